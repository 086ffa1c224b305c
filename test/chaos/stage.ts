/** Two servers and two workers on a Postgres and a Redis of their own, and every way to harm them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { freePort, type OwnRedis, startRedis } from '../support/redis.ts';
import { type ServerProcess, spawnServer } from '../support/server.ts';

export interface StageOptions {
  readonly environment?: Readonly<Record<string, string>>;
}

interface Slot {
  readonly name: string;
  readonly kind: 'start' | 'worker';
  readonly environment: Readonly<Record<string, string>>;
  process: ServerProcess;
}

export interface Stage {
  readonly databaseUrl: string;
  /** Of the servers. */
  readonly urls: readonly string[];
  readonly redis: OwnRedis;
  /** Servers and workers in turn. */
  readonly names: readonly string[];
  /** Kills it with -9, waits, and starts it again; resolves when it listens. */
  replace(name: string, goneMs: number): Promise<void>;
  /** Ends Postgres in immediate mode and starts it again. */
  restartPostgres(goneMs: number): Promise<void>;
  /** One sentence for each process that ended by itself. */
  faults(): readonly string[];
  /** SIGTERM to all; says what did not end well. */
  end(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const ENVIRONMENT = {
  PROCESSING_DELAY_MS: '100',
  WEBHOOK_TIME_SCALE: '0.01',
  // Far away, so that it is counted and reached by nobody.
  RATE_LIMIT_PER_MINUTE: '1000000',
};

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const [postgres, redis] = await Promise.all([
    startPostgres({ settings: { max_wal_size: '256MB' } }),
    startRedis(),
  ]);
  const settings = {
    ...ENVIRONMENT,
    ...options.environment,
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
  };
  const faults: string[] = [];
  const slots: Slot[] = [];
  for (const name of ['api-1', 'worker-1', 'api-2', 'worker-2']) {
    const kind = name.startsWith('api') ? 'start' : 'worker';
    const port = String(await freePort());
    const environment = { ...settings, PORT: port, WORKER_PORT: port };
    slots.push({ name, kind, environment, process: launch({ kind, environment }) });
  }
  await Promise.all(slots.map(({ process }) => process.listening));
  for (const slot of slots) watch(slot, faults);
  const urlOf = ({ environment }: Slot) => `http://127.0.0.1:${environment['PORT']}`;
  return {
    databaseUrl: postgres.url,
    urls: slots.filter(({ kind }) => kind === 'start').map(urlOf),
    redis,
    names: slots.map(({ name }) => name),
    replace: (name, goneMs) => replace(slots, name, { goneMs, faults }),
    restartPostgres: (goneMs) => restart(postgres, goneMs),
    faults: () => faults,
    end: () => endAll(slots),
    async close() {
      for (const { process } of slots) process.send('SIGKILL');
      await Promise.all(slots.map(({ process }) => process.ended));
      await Promise.all([postgres.stop(), redis.stop()]);
    },
  };
}

function launch({ kind, environment }: Pick<Slot, 'kind' | 'environment'>): ServerProcess {
  return spawnServer({ database: environment['DATABASE_URL'] ?? '', environment, command: kind });
}

/** Whoever ends without having been killed is a fault: nothing that is done here is a reason to. */
function watch({ name, process }: Slot, faults: string[]): void {
  void process.ended.then(({ code, signal }) => {
    if (signal === 'SIGKILL' || code === 0) return;
    faults.push(`${name} ended by itself (${code ?? signal}):\n${process.output().slice(-1_500)}`);
  });
}

async function replace(
  slots: readonly Slot[],
  name: string,
  { goneMs, faults }: { goneMs: number; faults: string[] },
): Promise<void> {
  const slot = slots.find((one) => one.name === name);
  if (slot === undefined) throw new Error(`there is no process ${name}`);
  await slot.process.end('SIGKILL');
  await sleep(goneMs);
  slot.process = launch(slot);
  watch(slot, faults);
  await slot.process.listening;
}

async function restart(postgres: PostgresServer, goneMs: number): Promise<void> {
  await postgres.halt();
  await sleep(goneMs);
  await postgres.resume();
}

async function endAll(slots: readonly Slot[]): Promise<readonly string[]> {
  const ended = await Promise.all(slots.map(({ process }) => process.end('SIGTERM')));
  return slots.flatMap(({ name, process }, index) => {
    const { code, signal } = ended[index] ?? { code: null, signal: null };
    return code === 0 ? [] : [`${name} ended with ${code ?? signal}:\n${process.output()}`];
  });
}
