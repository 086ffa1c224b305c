/** Background jobs, wired: where they are kept, what does their work, and the runner of this process. */
import { existsSync } from 'node:fs';
import type { HttpOptions, JobDeps } from '../adapters/http/deps.ts';
import { commandsInProcess } from '../adapters/http/in-process.ts';
import { assert } from '../core/assert.ts';
import { execute } from '../engine/execute.ts';
import type { JobHandlers } from '../engine/jobs/handlers.ts';
import { startDaily } from '../engine/jobs/daily.ts';
import { localHints } from '../engine/jobs/hints.ts';
import type { JobHints, JobStore } from '../engine/jobs/ports.ts';
import { refreshFeatures } from '../engine/jobs/refresh-features.ts';
import { retention } from '../engine/jobs/retention.ts';
import { type Runner, startRunner } from '../engine/jobs/runner.ts';
import { type SeedSource, seedTransactions } from '../engine/jobs/seed-transactions.ts';
import type { FeatureStore } from '../engine/features.ts';
import type { Engine } from '../engine/ports.ts';
import type { Workers } from '../engine/presence.ts';
import type { DeliveryStore } from '../engine/webhooks/ports.ts';
import { requestAt } from './cli/seed/requests.ts';
import type { Config } from './config.ts';
import { isPostgres } from './database-kind.ts';
import type { Report } from './report.ts';

/** What everything a job does is said to have been done by. */
const JOB_ACTOR = 'job';

export interface Jobs {
  readonly deps: JobDeps;
  /** Begins to run what is there to be run. */
  begin(): void;
  /** Gives back what is in hand; the store stays open for the routes. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface JobParts {
  readonly engine: Engine;
  readonly workers: Workers;
  readonly keyedHash: (text: string) => string;
  readonly deliveries: DeliveryStore;
  /** Where other processes find what is known of cards when they start; absent: nowhere. */
  readonly shared?: FeatureStore | null;
  /** Absent: those of this process alone. */
  readonly hints?: JobHints;
}

export function openJobs(
  config: Config,
  { engine, workers, keyedHash, deliveries, shared = null, hints = localHints() }: JobParts,
  report: Report,
): Jobs {
  const stored = storedJobs(config);
  const handlers = handlersOf({
    engine,
    keyedHash,
    luhn: config.luhn,
    shared,
    deliveries,
    open: stored.open,
  });
  // Payments do not end because jobs cannot be written: wrapped, it is fatal to nobody.
  const unwritten = report('background jobs cannot be read or written; it goes on by itself');
  const onStoreError = (error: unknown) => unwritten(new Error('not written', { cause: error }));
  let runner: Runner | null = null;
  let endDaily = () => {};
  return {
    deps: { existing: stored.existing, open: stored.open, enqueued: (id) => hints.enqueued(id) },
    begin() {
      runner = startRunner({
        store: stored.existing,
        clock: engine.clock,
        handlers,
        hints,
        isWanted: () => !workers.areLive(),
        chance: Math.random,
        onError: report('a background job failed; what became of it stands in GET /jobs'),
        onStoreError,
      });
      endDaily = startDaily({
        open: stored.open,
        clock: engine.clock,
        hints,
        onError: onStoreError,
      });
    },
    async stop() {
      endDaily();
      await runner?.stop();
      runner = null;
    },
    close: stored.close,
  };
}

interface StoredJobs {
  /** Null while there is no store, and none is made. */
  readonly existing: () => Promise<JobStore | null>;
  readonly open: () => Promise<JobStore>;
  readonly close: () => Promise<void>;
}

/** Beside a database file they are in a file of their own, which is made with the first job. */
function storedJobs(config: Config): StoredJobs {
  let opened: Promise<JobStore> | null = null;
  const open = () => {
    opened ??= openStore(config).catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
  return {
    open,
    async existing() {
      return opened === null && !isPostgres(config) && !existsSync(pathOf(config)) ? null : open();
    },
    async close() {
      const store = await opened?.catch(() => null);
      await store?.close();
    },
  };
}

async function openStore(config: Config): Promise<JobStore> {
  if (isPostgres(config)) {
    const { openPostgresJobs } = await import('../adapters/storage/postgres-jobs/store.ts');
    return openPostgresJobs({ url: config.databasePath });
  }
  const { openSqliteJobs } = await import('../adapters/storage/sqlite-jobs/store.ts');
  // Who has the database has it alone.
  return openSqliteJobs({ path: pathOf(config), isAlone: true });
}

function pathOf({ databasePath }: Config): string {
  return databasePath === ':memory:' ? databasePath : `${databasePath}.jobs`;
}

interface HandlerParts extends SeedParts {
  readonly shared: FeatureStore | null;
  readonly deliveries: DeliveryStore;
  readonly open: () => Promise<JobStore>;
}

function handlersOf(parts: HandlerParts): JobHandlers {
  const { engine, shared, deliveries, open } = parts;
  return {
    seed_synthetic_transactions: seedTransactions(seedSource(parts), engine.clock),
    refresh_features: refreshFeatures({ engine, shared }),
    retention: retention({
      clock: engine.clock,
      store: engine.store,
      deliveries,
      jobs: open,
    }),
  };
}

interface SeedParts {
  readonly engine: Engine;
  readonly keyedHash: (text: string) => string;
  readonly luhn: HttpOptions['luhn'];
}

/** A town has about as many cards as there are payments: some pay often, most once. */
const CARDS_MIN = 200;

function seedSource({ engine, keyedHash, luhn }: SeedParts): SeedSource {
  const commandOf = commandsInProcess({ engine, keyedHash, luhn });
  return {
    prepare({ jobId, number, count, seed }) {
      const request = requestAt(seed, number, Math.max(count, CARDS_MIN));
      const command = commandOf(request);
      // The key makes a payment that was asked for by an earlier try the same payment.
      const idempotency = {
        keyHash: keyedHash(`job\n${jobId}\n${number}`),
        fingerprint: keyedHash(`${request.path}\n${request.body}`),
        waits: false,
      };
      const requestId = `${jobId}-${number}`;
      const origin = { actor: JOB_ACTOR, requestId, path: null };
      return async () => {
        const reply = await execute(engine, { command, origin, idempotency });
        const isMade = reply.kind === 'decided' || reply.kind === 'replayed';
        assert(isMade, 'a payment that is made up is taken');
      };
    },
  };
}
