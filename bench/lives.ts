/** How many whole lives a second: from the first POST until GET /summary says that the last payment is final. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { type Load, runLoad } from './load.ts';
import { profileArguments, profileText } from './profile.ts';
import { figure, type Line } from './report.ts';
import { alternate, rateLine, ratioLine } from './rounds.ts';
import { getText, type ServerProcess, startEcho, startServer } from './server-process.ts';
import { median } from './statistics.ts';

const RATIO_MIN = 0.1;

/** Short, so that lives overlap with new payments from the first moment on. */
const PROCESSING_DELAY_MS = '50';

const POLL_MS = 20;
const DRAIN_MS_MAX = 120_000;

interface Lives extends Load {
  /** From the last answer until the last payment was final. */
  readonly drainSeconds: number;
}

export async function measureLives(bench: Bench): Promise<Line[]> {
  const { pairs, roundSeconds, warmupSeconds } = bench.options.plan;
  const echo = await startEcho(bench);
  const server = await startServer(bench, {
    databasePath: path.join(bench.folder, 'lives.db'),
    settings: { PROCESSING_DELAY_MS },
    nodeArguments: profileArguments(bench, 'lives'),
  });
  const { url, pid } = echo;
  await runLoad(bench, { url, pid, seconds: warmupSeconds });
  await liveThrough(bench, server, warmupSeconds);
  const rounds = await alternate(
    pairs,
    () => liveThrough(bench, server, roundSeconds),
    () => runLoad(bench, { url, pid, seconds: roundSeconds }),
  );
  await Promise.all([server.stop(), echo.stop()]);
  bench.say(profileText(bench, 'lives'));
  const lives = rounds.map((round) => round.server);
  const rate = rateLine('lives', 'whole lives', lives);
  const drain = figure(median(lives.map(({ drainSeconds }) => drainSeconds)), 's');
  return [
    ratioLine(rounds, { section: 'lives', name: 'whole lives / bare echo', atLeast: RATIO_MIN }),
    { ...rate, note: `POST ${rate.note}; the last outcome ${drain} after the last answer` },
    rateLine(
      'lives',
      'bare echo',
      rounds.map((round) => round.echo),
    ),
  ];
}

/** Posts for some seconds and waits for the last outcome. */
async function liveThrough(bench: Bench, server: ServerProcess, seconds: number): Promise<Lives> {
  const before = await summary(server);
  const load = await runLoad(bench, { url: server.url, pid: server.pid, seconds });
  const deadline = performance.now() + DRAIN_MS_MAX;
  for (;;) {
    const now = await summary(server);
    if (now.isAllFinal) {
      const wholeSeconds = (Date.now() - load.startedAtMs) / 1000;
      const perSecond = (now.total - before.total) / wholeSeconds;
      return { ...load, perSecond, drainSeconds: wholeSeconds - load.seconds };
    }
    if (performance.now() > deadline) throw new Error('payments are still open after two minutes');
    await sleep(POLL_MS);
  }
}

async function summary({ url }: ServerProcess): Promise<{ total: number; isAllFinal: boolean }> {
  const text = await getText(`${url}/summary`);
  const { total, created, processing } = JSON.parse(text) as Record<string, number>;
  if (total === undefined) throw new Error(`GET /summary answered ${text}`);
  return { total, isAllFinal: created === 0 && processing === 0 };
}
