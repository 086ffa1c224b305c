/**
 * An hour of business to take pictures of: servers on one database, one after the other, each on a clock that is a
 * minute less behind than the one before, take what a shop floor sends in that time. What they measure of themselves
 * (latencies, decisions) is real.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from '../../test/support/server.ts';
import { requestAt } from '../../src/apps/cli/seed/requests.ts';

const MINUTES = 60;
const MINUTE_MS = 60_000;

/** The same pictures each time, but for what is random on purpose. */
const SEED = 'screenshots';
const CARDS = 300;

/** A morning: quiet, then busier, and a peak near its end. */
const REQUESTS_MIN = 15;
const REQUESTS_MORE = 60;

/** Half a second until a payment has its outcome, and a little. */
const SETTLE_MS = 900;

const LIVE_PAUSE_MS = 333;

/** Beyond all that the hour has sent. */
const LIVE_FROM = 100_000;

const CLOCK = new URL('shifted-clock.js', import.meta.url).href;

type Settings = Readonly<Record<string, string>>;

export async function seedHour(database: string, settings: Settings): Promise<void> {
  let sent = 0;
  const beginsMs = Date.now() - MINUTES * MINUTE_MS;
  // Living through it takes a while, too: the hour ends when it has caught up.
  for (let atMs = beginsMs; atMs < Date.now(); atMs += MINUTE_MS) {
    const server = await startServer({
      database,
      environment: {
        ...settings,
        NODE_OPTIONS: `--import ${CLOCK}`,
        CLOCK_SHIFT_MS: String(Date.now() - atMs),
      },
    });
    if (sent === 0) await makeEndpoints(server.url);
    const count = requestsIn((atMs - beginsMs) / (MINUTES * MINUTE_MS));
    await Promise.all(Array.from({ length: count }, (_, index) => send(server.url, sent + index)));
    sent += count;
    await refundOne(server.url);
    await sleep(SETTLE_MS);
    await server.end('SIGTERM');
  }
}

/** How many come at this share of the hour. */
function requestsIn(share: number): number {
  const wave = Math.sin(share * 2.6) ** 2 * (0.75 + 0.25 * Math.sin(share * 40));
  return REQUESTS_MIN + Math.round(REQUESTS_MORE * wave);
}

async function makeEndpoints(url: string): Promise<void> {
  await post(`${url}/webhook-endpoints`, {
    url: '/sinks/shop',
    events: ['payment.*'],
    description: 'Shop',
  });
  await post(`${url}/webhook-endpoints`, {
    url: '/sinks/books',
    events: ['payment.succeeded', 'payment.refunded'],
    description: 'Bookkeeping',
  });
}

/** Goes on as the hour ended, with three a second, until it is told to stop. */
export function keepSending(url: string): () => void {
  let sent = LIVE_FROM;
  const timer = setInterval(() => {
    sent += 1;
    // One that is on its way when the server ends has nobody to answer it.
    send(url, sent).catch(() => {});
  }, LIVE_PAUSE_MS);
  return () => clearInterval(timer);
}

async function send(url: string, index: number): Promise<void> {
  const { path, body } = requestAt(SEED, index, CARDS);
  await post(`${url}${path}`, JSON.parse(body) as object, { 'idempotency-key': `order-${index}` });
}

async function refundOne(url: string): Promise<void> {
  const answer = await fetch(`${url}/payments?status=SUCCESS&limit=1`);
  const { data } = (await answer.json()) as { data: readonly { payment_id: string }[] };
  for (const { payment_id: id } of data) await post(`${url}/payments/${id}/refund`, {});
}

async function post(address: string, body: object, headers: Settings = {}): Promise<void> {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (answer.ok) return;
  throw new Error(`POST ${address} answered ${answer.status}: ${await answer.text()}`);
}
