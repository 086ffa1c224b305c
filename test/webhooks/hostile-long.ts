/**
 * Bad receivers for a while, beside a healthy one, on a real server:
 * `node scripts/run.js test/webhooks/hostile-long.ts [seconds] [payments a second]`. The schedule is compressed a
 * thousandfold, so that there are as many attempts as a server sees in days. Then all heal. It prints what the server's
 * memory did, main thread and courier apart, and ends with 1 when a promise of the webhooks was broken:
 * a healthy endpoint's deliveries come within a second (p99), memory grows by less than 100 MB, no redirect is
 * followed, everything is delivered in the end.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { quantile } from '../../bench/statistics.ts';
import { startServer } from '../support/server.ts';
import type { HeapLine } from './heap-probe.ts';

const GROWTH_MB_MAX = 100;
const P99_MS_MAX = 1_000;
const HEALED_MS_MAX = 180_000;
/** With the healthy receiver alone, before the others come: what the server needs anyway. */
const WARMUP_SECONDS = 10;
const EVENTS_A_PAYMENT = 3;

const [seconds = 40, paymentsPerSecond = 33] = process.argv.slice(2).map(Number);

interface Far {
  readonly name: string;
  readonly url: string;
  /** Ids that were answered with a 204. */
  readonly accepted: Set<string>;
  attempts: number;
  isHealed: boolean;
  readonly latenessMs: number[];
  readonly close: () => void;
}

let trapVisits = 0;
const trap = await listen((_, response) => {
  trapVisits += 1;
  response.writeHead(204).end();
});

const HOSTILE: Readonly<Record<string, RequestListener>> = {
  hangs: () => {},
  resets: (_, response) => void response.socket?.resetAndDestroy(),
  'drips one byte a second': (_, response) => {
    response.writeHead(500);
    const drip = setInterval(() => response.write('.'), 1_000);
    response.once('close', () => clearInterval(drip));
  },
  'answers 500': (_, response) => void response.writeHead(500).end('no'),
  'answers 429, Retry-After: 1': (_, response) =>
    void response.writeHead(429, { 'retry-after': '1' }).end(),
  redirects: (_, response) => void response.writeHead(302, { location: trap.url }).end(),
  'endless body': (_, response) => {
    response.writeHead(503);
    const pour = () => {
      while (response.write(POURED));
    };
    response.on('drain', pour);
    pour();
  },
};
const POURED = 'x'.repeat(16_384);

/** Lines of the probe that were read. */
let readTo = 0;
const folder = mkdtempSync(join(tmpdir(), 'farthing-hostile-'));
const probe = join(folder, 'heap.jsonl');
const server = await startServer({
  database: join(folder, 'test.db'),
  environment: {
    WEBHOOK_TIME_SCALE: '0.001',
    FAILURE_RATE: '0',
    HEAP_PROBE: probe,
    NODE_OPTIONS: `--import=${fileURLToPath(new URL('heap-probe.ts', import.meta.url))}`,
  },
});
const healthy = await openFar('healthy', null);
const hostile = await Promise.all(
  Object.entries(HOSTILE).map(([name, behaviour]) => openFar(name, behaviour)),
);
try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  await server.end('SIGTERM');
  for (const { close } of [healthy, ...hostile, trap]) close();
  rmSync(folder, { recursive: true, force: true });
}

/** False when a promise was broken. */
async function run(): Promise<boolean> {
  await subscribe(healthy);
  const paidBefore = await pay(WARMUP_SECONDS);
  const before = memory();
  console.log(`after ${WARMUP_SECONDS} s with the healthy receiver alone\n${textOf(before)}`);
  for (const far of hostile) await subscribe(far);
  healthy.latenessMs.length = 0;
  const paid = await pay(seconds);
  const during = memory();
  const p99Ms = quantile(healthy.latenessMs, 0.99);
  console.log(`the most in ${seconds} s with ${hostile.length} hostile ones beside it`);
  console.log(textOf(during));
  for (const { name, attempts } of hostile) console.log(`  ${attempts} attempts: ${name}`);
  for (const far of hostile) far.isHealed = true;
  const healedAt = performance.now();
  const isDelivered = await delivered(paidBefore, paid);
  const drainSeconds = (performance.now() - healedAt) / 1_000;
  const growthMb = ((during.rssMib - before.rssMib) * 1024 * 1024) / 1e6;
  console.log(`after they healed, for ${drainSeconds.toFixed(1)} s\n${textOf(memory())}`);
  console.log(
    JSON.stringify({
      payments: paidBefore + paid,
      healthyP99Ms: p99Ms,
      growthMb: Math.round(growthMb),
      redirectsFollowed: trapVisits,
      isDelivered,
      drainSeconds: Math.round(drainSeconds),
    }),
  );
  return isDelivered && trapVisits === 0 && p99Ms < P99_MS_MAX && growthMb < GROWTH_MB_MAX;
}

async function openFar(name: string, behaviour: RequestListener | null): Promise<Far> {
  const far = { name, accepted: new Set<string>(), attempts: 0, isHealed: behaviour === null };
  const latenessMs: number[] = [];
  const { url, close } = await listen((request, response) => {
    const chunks: Buffer[] = [];
    response.on('error', () => {});
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      made.attempts += 1;
      if (!made.isHealed && behaviour !== null) return behaviour(request, response);
      response.once('finish', () => made.accepted.add(String(request.headers['webhook-id'])));
      if (behaviour === null) latenessMs.push(Date.now() - eventTimeMs(Buffer.concat(chunks)));
      response.writeHead(204).end();
    });
  });
  const made: Far = { ...far, url, latenessMs, close };
  return made;
}

function eventTimeMs(body: Buffer): number {
  const { timestamp } = JSON.parse(body.toString()) as { timestamp: string };
  return Date.parse(timestamp);
}

async function listen(
  listener: RequestListener,
): Promise<{ readonly url: string; readonly close: () => void }> {
  const far = createServer(listener);
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  const { port } = far.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    close() {
      far.close();
      far.closeAllConnections();
    },
  };
}

async function subscribe({ url }: Far): Promise<void> {
  await post('/webhook-endpoints', { url, events: ['*'] });
}

/** At the rate, whatever the server does; gives how many. */
async function pay(forSeconds: number): Promise<number> {
  const body = { amount: 1_000, currency: 'USD', recipient: 'alice@example.com' };
  const total = Math.round(forSeconds * paymentsPerSecond);
  const startedAt = performance.now();
  const answers: Promise<void>[] = [];
  for (let made = 0; made < total; made += 1) {
    const waitMs = startedAt + (made * 1_000) / paymentsPerSecond - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    answers.push(post('/payments', body));
  }
  await Promise.all(answers);
  return total;
}

async function post(path: string, body: object): Promise<void> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`${path} answered ${response.status}: ${text}`);
}

/** Waits, within reason, until everybody has everything: the hostile ones what happened since they subscribed. */
async function delivered(paidBefore: number, paid: number): Promise<boolean> {
  const lacking = () => {
    const all = EVENTS_A_PAYMENT * (paidBefore + paid);
    const late = hostile.filter(({ accepted }) => accepted.size < EVENTS_A_PAYMENT * paid);
    return healthy.accepted.size < all ? [healthy, ...late] : late;
  };
  const endsAt = performance.now() + HEALED_MS_MAX;
  while (lacking().length > 0 && performance.now() < endsAt) await sleep(100);
  for (const { name, accepted } of lacking()) console.log(`  ${name} has ${accepted.size} only`);
  return lacking().length === 0;
}

interface Memory {
  readonly rssMib: number;
  /** By thread, the most that each figure was. */
  readonly threads: ReadonlyMap<HeapLine['thread'], HeapLine>;
}

/** The most that there was since the last look. */
function memory(): Memory {
  const lines = existsSync(probe) ? readFileSync(probe, 'utf8').split('\n').slice(0, -1) : [];
  const threads = new Map<HeapLine['thread'], HeapLine>();
  for (const text of lines.slice(readTo)) {
    const line = JSON.parse(text) as HeapLine;
    const known = threads.get(line.thread) ?? line;
    threads.set(line.thread, {
      thread: line.thread,
      rssMib: Math.max(known.rssMib, line.rssMib),
      heapMib: Math.max(known.heapMib, line.heapMib),
      usedMib: Math.max(known.usedMib, line.usedMib),
      youngMib: Math.max(known.youngMib, line.youngMib),
      buffersMib: Math.max(known.buffersMib, line.buffersMib),
    });
  }
  readTo = lines.length;
  return { rssMib: Math.max(...[...threads.values()].map(({ rssMib }) => rssMib)), threads };
}

function textOf({ rssMib, threads }: Memory): string {
  const rows = [...threads.values()].map(
    ({ thread, heapMib, usedMib, youngMib, buffersMib }) =>
      `  ${thread}: heap ${heapMib.toFixed(0)} MiB (${usedMib.toFixed(0)} used, ${youngMib.toFixed(0)} young), buffers ${buffersMib.toFixed(0)}`,
  );
  return [`  resident ${rssMib.toFixed(0)} MiB`, ...rows].join('\n');
}
