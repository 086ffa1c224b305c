/** Redis, wired: what several processes share to be quick. It is never the truth, and nobody waits for it. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { CountForAll } from '../adapters/http/rate-limit-store.ts';
import type { WorkQueue } from '../adapters/redis/queue.ts';
import { newSeed } from '../adapters/system/random.ts';
import type { KeptFeatures } from '../engine/features.ts';
import type { Hints } from '../engine/hints.ts';
import type { Store } from '../engine/ports.ts';
import type { Config } from './config.ts';

export interface Shared {
  readonly hints: Hints;
  readonly countForAll: CountForAll;
  readonly queue: WorkQueue;
  readonly features: KeptFeatures;
  /** `ok`, or why not and what is used instead. */
  check(): string;
  close(): void;
}

interface Sharer {
  readonly store: Store;
  /** This process. */
  readonly self: string;
  readonly logger: Logger;
}

/** Null when there is no REDIS_URL. Settles within a second or two, whether Redis is there or not. */
export async function openShared(
  { redisUrl: url }: Config,
  { store, self, logger }: Sharer,
): Promise<Shared | null> {
  if (url === null) return null;
  const redis = await import('./redis-adapters.ts');
  // Other databases may share the same Redis.
  const names = redis.namesFor(await store.remember('installation', newSeed()));
  const [connection, featureConnection] = await Promise.all([
    redis.connectRedis(url),
    redis.connectRedis(url, redis.FEATURES_ASK_MS_MAX),
  ]);
  const say = () => {
    const reason = connection.reason();
    if (reason === null) logger.info('Redis answers');
    else logger.warn({ reason }, `Redis does not answer; ${INSTEAD}`);
  };
  say();
  connection.onChange(say);
  const hints = redis.channelHints({ url, connection, channel: names.hints, self });
  const queue = redis.workQueue({ url, connection, prefix: names.queues });
  return {
    hints,
    countForAll: redis.sharedCounter(connection, names.limit),
    queue,
    features: redis.redisFeatures({
      connection: featureConnection,
      name: names.features,
      self,
      newEpoch: randomUUID,
    }),
    check() {
      const reason = connection.reason();
      return reason === null ? 'ok' : `unavailable: ${reason}; ${INSTEAD}`;
    },
    close() {
      queue.close();
      hints.close();
      connection.close();
      featureConnection.close();
    },
  };
}

const INSTEAD = 'using memory and the database instead';
