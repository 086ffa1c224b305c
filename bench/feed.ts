/**
 * The live feed: two hundred clients and five that never read, while 500 events a second happen. Do all of them hear
 * all, once and in order; what does it take; and does the server still end at once.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.ts';
import type { Heard } from './feed-listeners.ts';
import { runLoad } from './load.ts';
import { residentMib } from './machine.ts';
import { figure, type Line } from './report.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const SECTION = 'feed';
const LISTENERS = 200;
const FROZEN = 5;
/** Three events each. */
const PAYMENTS_PER_SECOND = 167;
const SETTLE_MS = 2_000;
const WARMUP_SECONDS = 5;
const POLL_MS = 200;
const LISTEN_MS_MAX = 20_000;
const CLOSE_SECONDS_BELOW = 3;

export async function measureFeed(bench: Bench): Promise<Line[]> {
  const alone = await startServer(bench, { databasePath: path.join(bench.folder, 'alone.db') });
  const quiet = await drive(bench, alone);
  await alone.stop();
  const heardBy = await startServer(bench, { databasePath: path.join(bench.folder, 'feed.db') });
  const listeners = startListeners(bench, heardBy.url);
  const loud = await drive(bench, heardBy);
  const heard = await heardAtLast(listeners);
  const closingAt = performance.now();
  await heardBy.stop();
  const closeSeconds = (performance.now() - closingAt) / 1_000;
  listeners.stop();
  const least = heard.fewest.toLocaleString('en');
  const line = (name: string, value: number, unit: Line['unit'], note: string): Line => {
    return { section: SECTION, name, value, unit, target: null, note };
  };
  return [
    {
      ...line('gaps, repeats and lost listeners', heard.gaps + heard.repeats + heard.ended, '', ''),
      target: { kind: 'at_most', value: 0 },
      note: `${LISTENERS} listeners heard ${least} events each; ${FROZEN} beside them never read`,
    },
    {
      ...line('events that one heard and another did not', heard.most - heard.fewest, '', ''),
      target: { kind: 'at_most', value: 0 },
    },
    line(
      'memory in that time',
      loud.grownMib,
      'MiB',
      `${figure(quiet.grownMib, 'MiB')} without listeners`,
    ),
    line(
      `p99 of POST /payments at ${PAYMENTS_PER_SECOND}/s`,
      loud.p99Ms,
      'ms',
      `${figure(quiet.p99Ms, 'ms')} without listeners`,
    ),
    {
      ...line('until it has ended', closeSeconds, 's', 'with all of them listening'),
      target: { kind: 'below', value: CLOSE_SECONDS_BELOW },
    },
  ];
}

interface Driven {
  readonly p99Ms: number;
  readonly grownMib: number;
}

async function drive(bench: Bench, server: ServerProcess): Promise<Driven> {
  const load = (seconds: number) =>
    runLoad(bench, { ...server, seconds, ratePerSecond: PAYMENTS_PER_SECOND });
  await load(WARMUP_SECONDS);
  await sleep(SETTLE_MS);
  const memoryMib = () => residentMib(server.pid) ?? Number.NaN;
  const before = memoryMib();
  const { p99Ms } = await load(bench.options.plan.feedSeconds);
  await sleep(SETTLE_MS);
  return { p99Ms, grownMib: memoryMib() - before };
}

/** Two hundred clients on one processor take a while to read what was sent to them. */
async function heardAtLast({ ask }: { ask: () => Promise<Heard> }): Promise<Heard> {
  const endsAt = performance.now() + LISTEN_MS_MAX;
  for (;;) {
    const heard = await ask();
    if (heard.fewest === heard.most || performance.now() > endsAt) return heard;
    await sleep(POLL_MS);
  }
}

function startListeners(bench: Bench, url: string) {
  const program = fileURLToPath(new URL('./feed-listeners.ts', import.meta.url));
  const args = [program, url, String(LISTENERS), String(FROZEN)];
  const child = spawn(process.execPath, args, {
    cwd: bench.folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: child.stdout });
  return {
    ask: () =>
      new Promise<Heard>((resolve) => {
        answers.once('line', (answer) => resolve(JSON.parse(answer) as Heard));
        child.stdin.write('?\n');
      }),
    stop: () => child.stdin.end(),
  };
}
