/**
 * What API processes leave to workers, carried by BullMQ: that timers come due, that there are events to deliver, that a
 * background job waits. A job of this queue is a hint and no more: the work itself is in the database, claimed there by
 * lease. One that is lost, stalled or done twice changes nothing but when it is looked.
 *
 * Timers and events are told by the tenth of a second, each of which is one job, however many processes say so: its id is
 * the same. It is gone as soon as it is done, so that the same tenth of a second can be told again.
 */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { clientOptions, type RedisConnection, withinCap } from './connection.ts';

const QUEUE = 'work';

/** What is due within this time is one job. */
const BUCKET_MS = 100;

/** A worker that has died while it looked holds up nothing: the job is another's within this time. */
const STALLED_MS = 10_000;

/** Of those that were done; and of the log of them that BullMQ keeps. */
const FAILED_KEPT_MAX = 100;
const LOGGED_MAX = 100;

/** How long a worker may take to say goodbye to a Redis that may be away. */
const CLOSE_MS_MAX = 500;

export type WorkKind = 'timers' | 'webhooks' | 'job';

export interface WorkQueue {
  /** Timers come due at that time, by the engine's clock, which is `nowMs` now. Never throws, and nobody waits for it. */
  timersDue(atMs: number, nowMs: number): void;
  /** There are new events, which somebody may want delivered. */
  eventsAdded(nowMs: number): void;
  jobEnqueued(id: string): void;
  /** Takes part in the work; `look` hears of what there is. Returns what ends that. */
  consume(look: (kind: WorkKind) => void): () => Promise<void>;
  close(): void;
}

export interface QueueOptions {
  readonly url: string;
  readonly connection: RedisConnection;
  /** What all keys of the queue begin with. */
  readonly prefix: string;
}

export function workQueue(options: QueueOptions): WorkQueue {
  const producer = new Producer(options);
  const told = new Set<string>();
  const tell = (kind: WorkKind, id: string, delayMs: number) => {
    if (told.has(id)) return;
    told.add(id);
    // By then it was looked, and may be told again.
    setTimeout(() => told.delete(id), delayMs + BUCKET_MS).unref();
    producer.add(kind, id, delayMs);
  };
  return {
    timersDue(atMs, nowMs) {
      const bucket = Math.floor(Math.max(atMs, nowMs) / BUCKET_MS);
      tell('timers', `timers-${bucket}`, Math.max(0, bucket * BUCKET_MS - nowMs));
    },
    eventsAdded: (nowMs) => tell('webhooks', `webhooks-${Math.floor(nowMs / BUCKET_MS)}`, 0),
    jobEnqueued: (id) => tell('job', `job-${id}`, 0),
    consume: (look) => consume(options, look),
    close: () => producer.close(),
  };
}

/**
 * One queue for as long as Redis answers: BullMQ's own is never ready again when it was made while Redis was away, and what
 * is added to it then hangs.
 */
class Producer {
  readonly #options: QueueOptions;
  readonly #client: Redis;
  readonly #unwatch: () => void;
  #queue: Queue | null = null;

  constructor(options: QueueOptions) {
    const { connection, url } = options;
    this.#options = options;
    this.#client = new Redis(url, clientOptions());
    this.#client.on('error', () => {});
    this.#client.connect().catch(() => {});
    this.#unwatch = connection.onChange(() => this.#forget());
  }

  add(kind: WorkKind, jobId: string, delay: number): void {
    // The client may be behind the connection that is probed; BullMQ would wait for it.
    if (this.#client.status !== 'ready') return;
    this.#queue ??= this.#open();
    const queue = this.#queue;
    void this.#options.connection.ask(() => queue.add(kind, null, { jobId, delay }));
  }

  close(): void {
    this.#unwatch();
    this.#forget();
    this.#client.disconnect();
  }

  #open(): Queue {
    const queue = new Queue(QUEUE, {
      connection: this.#client,
      prefix: this.#options.prefix,
      streams: { events: { maxLen: LOGGED_MAX } },
      defaultJobOptions: {
        attempts: 1,
        removeOnComplete: true,
        removeOnFail: { count: FAILED_KEPT_MAX },
      },
    });
    queue.on('error', () => {});
    return queue;
  }

  #forget(): void {
    const queue = this.#queue;
    this.#queue = null;
    queue?.close().catch(() => {});
    // It may be one to a machine that is gone.
    if (this.#options.connection.reason() === null && this.#client.status === 'ready') {
      this.#client.disconnect(true);
    }
  }
}

/**
 * One worker of BullMQ for as long as Redis answers, for the same reason: one that was made while Redis was on its way out
 * waits for ever.
 */
function consume(options: QueueOptions, look: (kind: WorkKind) => void): () => Promise<void> {
  const { connection } = options;
  let closeWorker = async () => {};
  const begin = () => {
    if (connection.reason() !== null) return;
    void closeWorker();
    closeWorker = openWorker(options, look);
  };
  begin();
  const unwatch = connection.onChange(begin);
  return async () => {
    unwatch();
    await closeWorker();
  };
}

function openWorker(
  { url, prefix }: QueueOptions,
  look: (kind: WorkKind) => void,
): () => Promise<void> {
  // It waits for jobs, and for Redis, for as long as it takes: nobody waits for it.
  const client = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  client.on('error', () => {});
  const worker = new Worker<null, void, WorkKind>(QUEUE, async ({ name }) => look(name), {
    connection: client,
    prefix,
    concurrency: 8,
    lockDuration: STALLED_MS,
    stalledInterval: STALLED_MS,
    maxStalledCount: 3,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: FAILED_KEPT_MAX },
  });
  worker.on('error', () => {});
  return async () => {
    await withinCap(worker.close(true), CLOSE_MS_MAX).catch(() => {});
    client.disconnect();
  };
}
