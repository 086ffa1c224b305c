/** What is loaded only where there is a REDIS_URL. */
export { connectRedis } from '../adapters/redis/connection.ts';
export { FEATURES_ASK_MS_MAX, redisFeatures } from '../adapters/redis/features.ts';
export { channelHints } from '../adapters/redis/hints.ts';
export { namesFor } from '../adapters/redis/names.ts';
export { workQueue } from '../adapters/redis/queue.ts';
export { sharedCounter } from '../adapters/redis/rate-limits.ts';
