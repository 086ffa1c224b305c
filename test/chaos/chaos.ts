/**
 * A service of two servers and two workers on one Postgres and one Redis, under load, while one thing after the other is
 * harmed; and then an audit of everything that anybody was told. What harms only Redis may cost no request.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Chance, chanceFrom } from '../support/chance.ts';
import { clientOf } from '../support/http.ts';
import { runOn } from '../support/postgres.ts';
import { accept, type Received, type Receiver, startReceiver } from '../support/receivers.ts';
import { auditChaos, type ChaosVerdict } from './audit.ts';
import { type FeedReader, readFeed } from './feed-reader.ts';
import { type ChaosLoad, type Sample, startChaosLoad } from './load.ts';
import { openStage, type Stage } from './stage.ts';

export interface ChaosOptions {
  readonly seed: string;
  readonly clients: number;
  readonly rate: number;
  /** Of processes with -9, one after the other. */
  readonly kills: number;
  /** Of Postgres, in immediate mode. */
  readonly restarts: number;
  /** Pairs of phases with Redis and without it. */
  readonly redisPairs: number;
  readonly redisGoneMs: number;
  readonly freezeMs: number;
  readonly flushes: number;
  /** All processes are started while Redis is away. */
  readonly startsWithoutRedis: boolean;
  readonly onLine: (line: string) => void;
}

/** What clients saw in a phase. */
export interface Phase {
  readonly name: string;
  readonly requests: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface ChaosReport extends ChaosVerdict {
  readonly phases: readonly Phase[];
  readonly feedConnections: number;
  readonly drainedMs: number;
}

/** A lease, and what is tried again after it. */
const DRAIN_MS_MAX = 120_000;
const ORDERINGS = ['none', 'strict'] as const;

interface World {
  readonly options: ChaosOptions;
  readonly stage: Stage;
  readonly load: ChaosLoad;
  readonly chance: Chance;
  readonly phases: Phase[];
  readonly faults: string[];
}

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const stage = await openStage();
  const receivers = await Promise.all(
    ORDERINGS.map((ordering) => startReceiver(moody(`${options.seed}-${ordering}`))),
  );
  try {
    await makeEndpoints(stage, receivers);
    const feed = readFeed(stage.urls);
    const { seed, clients, rate } = options;
    const load = startChaosLoad({ urls: stage.urls, clients, rate, seed });
    const chance = chanceFrom(`${seed}-harm`);
    const world: World = { options, stage, load, chance, phases: [], faults: [] };
    await harm(world);
    await load.stop();
    for (const receiver of receivers) receiver.behave(accept);
    const drainedMs = await drain(stage, receivers, feed);
    const [url = ''] = stage.urls;
    const [, strict] = receivers;
    const evidence = { ...load, receivers, strict: new Set(strict ? [strict] : []) };
    const verdict = await auditChaos(stage.databaseUrl, url, { ...evidence, feed: feed.events });
    await feed.close();
    const faults = [...verdict.faults, ...world.faults, ...stage.faults(), ...(await stage.end())];
    const { phases } = world;
    return { ...verdict, faults, phases, feedConnections: feed.connections, drainedMs };
  } finally {
    await stage.close();
    await Promise.all(receivers.map((receiver) => receiver.close()));
  }
}

async function harm(world: World): Promise<void> {
  const { options, stage, chance } = world;
  await phase(world, 'nothing is harmed', () => sleep(2_000));
  await harmRedis(world);
  for (let kill = 0; kill < options.kills; kill += 1) {
    const name = stage.names[kill % stage.names.length] ?? '';
    const goneMs = chance.int(0, 1_500);
    await phase(world, `${name} is killed (${kill + 1}), ${goneMs} ms`, async () => {
      await stage.replace(name, goneMs);
      await sleep(chance.int(300, 2_000));
    });
  }
  for (let restart = 0; restart < options.restarts; restart += 1) {
    const goneMs = chance.int(0, 1_500);
    await phase(world, `Postgres is restarted (${restart + 1}), ${goneMs} ms`, async () => {
      await stage.restartPostgres(goneMs);
      await sleep(chance.int(1_500, 3_500));
    });
  }
}

/** In all of these, no request may fail. */
async function harmRedis(world: World): Promise<void> {
  const { options, stage } = world;
  const { redis } = stage;
  for (let pair = 1; pair <= options.redisPairs; pair += 1) {
    await unharmed(world, `Redis is there (${pair})`, () => sleep(options.redisGoneMs));
    await unharmed(world, `Redis is gone (${pair})`, async () => {
      await redis.kill();
      await sleep(options.redisGoneMs);
    });
    await redis.restart();
    await sleep(1_000);
  }
  for (let flush = 1; flush <= options.flushes; flush += 1) {
    await unharmed(world, `Redis is flushed (${flush})`, async () => {
      await redis.flush();
      await sleep(1_000);
    });
  }
  if (options.freezeMs > 0) {
    await unharmed(world, `Redis is frozen for ${options.freezeMs} ms`, async () => {
      redis.freeze();
      await sleep(options.freezeMs);
      redis.thaw();
    });
    await unharmed(world, 'Redis goes on', () => sleep(1_000));
  }
  if (!options.startsWithoutRedis) return;
  await redis.kill();
  for (const name of stage.names) {
    await phase(world, `${name} is started without Redis`, () => stage.replace(name, 0));
  }
  await unharmed(world, 'Redis was absent at the start', () => sleep(options.redisGoneMs));
  await redis.restart();
  await unharmed(world, 'Redis came', () => sleep(2_000));
}

async function unharmed(world: World, name: string, work: () => Promise<void>): Promise<void> {
  const { failures } = await phase(world, name, work);
  for (const [failure, times] of Object.entries(failures)) {
    world.faults.push(`while ${name}, ${times} requests failed: ${failure}`);
  }
}

async function phase(world: World, name: string, work: () => Promise<void>): Promise<Phase> {
  const fromMs = performance.now();
  await work();
  const toMs = performance.now();
  const samples = world.load.samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const made = phaseOf(name, samples);
  world.phases.push(made);
  const { requests, p50Ms, p99Ms, failures } = made;
  world.options.onLine(
    `${name.padEnd(44)} ${String(requests).padStart(6)} requests, p50 ${p50Ms.toFixed(1).padStart(6)} ms, ` +
      `p99 ${p99Ms.toFixed(1).padStart(7)} ms  ${JSON.stringify(failures)}`,
  );
  return made;
}

export function phaseOf(name: string, samples: readonly Sample[]): Phase {
  const failures: Record<string, number> = {};
  for (const { failure } of samples) {
    if (failure !== null) failures[failure] = (failures[failure] ?? 0) + 1;
  }
  const took = samples
    .filter(({ waits, failure }) => !waits && failure === null)
    .map(({ tookMs }) => tookMs)
    .toSorted((a, b) => a - b);
  const at = (part: number) => took[Math.min(took.length - 1, Math.floor(part * took.length))] ?? 0;
  return { name, requests: samples.length, failures, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Accepts most of what comes, now and then only after a while; the rest it refuses or cuts off. */
function moody(seed: string) {
  const chance = chanceFrom(seed);
  return (request: Received, response: Parameters<typeof accept>[1]) => {
    const mood = chance.fraction();
    if (mood < 0.03) response.writeHead(500).end();
    else if (mood < 0.05) response.destroy();
    else setTimeout(() => accept(request, response), mood < 0.2 ? chance.int(1, 60) : 0);
  };
}

async function makeEndpoints(stage: Stage, receivers: readonly Receiver[]): Promise<void> {
  const client = clientOf(stage.urls[0] ?? '', 1);
  for (const [index, { url }] of receivers.entries()) {
    const body = JSON.stringify({ url, events: ['*'], ordering: ORDERINGS[index] });
    const answer = await client.call({ method: 'POST', path: '/webhook-endpoints', body });
    if (answer?.status !== 201) throw new Error(`no endpoint was made: ${answer?.text}`);
  }
  client.close();
}

/** Waits until no payment is under way and everybody has heard of everything; gives how long that took. */
async function drain(
  stage: Stage,
  receivers: readonly Receiver[],
  feed: FeedReader,
): Promise<number> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < DRAIN_MS_MAX) {
    const [row] = await runOn(
      stage.databaseUrl,
      `select (select count(*) from events) as events,
         (select count(*) from payments where status in ('CREATED', 'PROCESSING')) as open`,
    );
    const events = Number(row?.['events']);
    const isHeard = receivers.every(({ accepted }) => accepted.size >= events);
    if (Number(row?.['open']) === 0 && isHeard && feed.events.length >= events) break;
    await sleep(200);
  }
  return Math.round(performance.now() - startedAt);
}
