/**
 * Kills the real server with SIGKILL while it delivers webhooks, again and again, on one database. After the last
 * restart every event of the log must have reached every endpoint; what came more than once came with the same id and
 * the same bytes, and an endpoint that asked for order got it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chanceFrom } from '../support/chance.ts';
import { type Client, clientOf } from '../support/http.ts';
import { accept, type Received, type Receiver, startReceiver } from '../support/receivers.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { databaseUrl, queryAt } from '../support/store.ts';
import { startLoad } from './load.ts';

export interface WebhookKillOptions {
  readonly seed: string;
  readonly rounds: number;
  readonly requestsMax: number;
  readonly onRound: (line: string) => void;
}

export interface WebhookKillReport {
  readonly faults: readonly string[];
  readonly events: number;
  readonly requests: number;
  /** Requests with the id of one that had been accepted. */
  readonly repeated: number;
  /** Milliseconds from the last restart until everything was delivered. */
  readonly drainedMs: number;
}

/** The second one asks for order. */
const ORDERINGS = ['none', 'strict', 'none'] as const;

/** Retries come soon, so that the end does not have to be waited for. */
const ENVIRONMENT = { WEBHOOK_TIME_SCALE: '0.01', PROCESSING_DELAY_MS: '100' };

/** A lease, and what is tried again after it. */
const DRAIN_MS_MAX = 150_000;
const FAULTS_SHOWN_MAX = 10;

export async function runWebhookKills(options: WebhookKillOptions): Promise<WebhookKillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'farthing-webhook-kill-'));
  const database = await databaseUrl(join(folder, 'one.db'));
  const receivers: Receiver[] = [];
  try {
    for (const ordering of ORDERINGS) {
      receivers.push(await startReceiver(moody(`${options.seed}-${ordering}-${receivers.length}`)));
    }
    await makeEndpoints(database, receivers);
    for (let index = 0; index < options.rounds; index += 1) {
      options.onRound(await round({ ...options, database, receivers, index }));
    }
    for (const receiver of receivers) receiver.behave(accept);
    const drainedMs = await drain(database, receivers);
    const events = await eventIds(database);
    const faults = receivers.flatMap((receiver, index) => [
      ...missing(events, receiver),
      ...changed(receiver),
      ...(ORDERINGS[index] === 'strict' ? outOfOrder(receiver) : []),
    ]);
    return {
      faults: faults.slice(0, FAULTS_SHOWN_MAX),
      events: events.length,
      requests: sum(receivers.map(({ received }) => received.length)),
      repeated: sum(receivers.map(({ acceptedTimes }) => repeats(acceptedTimes))),
      drainedMs,
    };
  } finally {
    await Promise.all(receivers.map((receiver) => receiver.close()));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Accepts most of what comes, now and then only after a while; the rest it refuses or cuts off. */
function moody(seed: string) {
  const chance = chanceFrom(seed);
  return (request: Received, response: Parameters<typeof accept>[1]) => {
    const mood = chance.fraction();
    if (mood < 0.05) response.writeHead(500).end();
    else if (mood < 0.08) response.destroy();
    else setTimeout(() => accept(request, response), mood < 0.3 ? chance.int(1, 60) : 0);
  };
}

async function makeEndpoints(database: string, receivers: readonly Receiver[]): Promise<void> {
  const server = await startServer({ database, environment: ENVIRONMENT });
  const client = clientOf(server.url, 1);
  for (const [index, { url }] of receivers.entries()) {
    const body = JSON.stringify({ url, events: ['*'], ordering: ORDERINGS[index] });
    const answer = await client.call({ method: 'POST', path: '/webhook-endpoints', body });
    if (answer?.status !== 201) throw new Error(`no endpoint was made: ${answer?.text}`);
  }
  client.close();
  await server.end('SIGKILL');
}

interface Round extends WebhookKillOptions {
  readonly database: string;
  readonly receivers: readonly Receiver[];
  readonly index: number;
}

async function round({ seed, requestsMax, database, receivers, index }: Round): Promise<string> {
  const name = `${seed}-${index}`;
  const chance = chanceFrom(name);
  const requests = () => sum(receivers.map(({ received }) => received.length));
  const before = requests();
  const server = await startServer({ database, environment: ENVIRONMENT });
  const load = startLoad({ url: server.url, connections: 8, seed: name, requestsMax });
  const killedMs = chance.int(300, 1_500);
  await sleep(killedMs);
  await server.end('SIGKILL');
  await load.done;
  return `round ${index + 1}: killed after ${killedMs} ms, ${load.asked.length} asked, ${requests() - before} webhooks came`;
}

/** Starts it once more and waits until nothing is left to deliver. */
async function drain(database: string, receivers: readonly Receiver[]): Promise<number> {
  const server = await startServer({ database, environment: ENVIRONMENT });
  const client = clientOf(server.url, 1);
  const startedAt = performance.now();
  while (performance.now() - startedAt < DRAIN_MS_MAX) {
    await sleep(250);
    if (await isSettled(client)) {
      const events = await eventIds(database);
      if (receivers.every(({ accepted }) => accepted.size === events.length)) break;
    }
  }
  client.close();
  const drainedMs = Math.round(performance.now() - startedAt);
  await endCleanly(server);
  return drainedMs;
}

/** No payment is under way any more. */
async function isSettled(client: Client): Promise<boolean> {
  const page = (await client.json('/payments?status=CREATED,PROCESSING&limit=1')) as {
    data: unknown[];
  };
  return page.data.length === 0;
}

async function endCleanly(server: ServerProcess): Promise<void> {
  const { code } = await server.end('SIGTERM');
  if (code !== 0) throw new Error(`it did not stop cleanly:\n${server.output()}`);
}

async function eventIds(database: string): Promise<string[]> {
  const rows = await queryAt(database, 'select payment_id, payment_sequence from events');
  return rows.map(
    (row) =>
      `evt_${String(row['payment_id']).replaceAll('-', '')}_${String(row['payment_sequence'])}`,
  );
}

function missing(events: readonly string[], { url, accepted }: Receiver): string[] {
  return events.filter((id) => !accepted.has(id)).map((id) => `${url}: ${id} never came`);
}

function changed({ url, received }: Receiver): string[] {
  const bodies = new Map<string, string>();
  return received.flatMap(({ id, body }) => {
    const before = bodies.get(id) ?? body;
    bodies.set(id, before);
    return before === body ? [] : [`${url}: ${id} came with other bytes`];
  });
}

/** By when each was accepted for the first time. */
function outOfOrder({ url, acceptedTimes }: Receiver): string[] {
  const last = new Map<string, number>();
  return [...acceptedTimes.keys()].flatMap((id) => {
    const [, payment = '', place = ''] = id.split('_');
    const before = last.get(payment) ?? 0;
    last.set(payment, Number(place));
    return Number(place) === before + 1 ? [] : [`${url}: ${id} came after ${before}`];
  });
}

function repeats(times: ReadonlyMap<string, number>): number {
  return sum([...times.values()].map((count) => count - 1));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
