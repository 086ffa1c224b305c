/** Requests of each caller, counted for all processes together in windows of fixed length. */
import type { RedisConnection } from './connection.ts';

/**
 * Counts, and begins a window with the first; a counter without an end (somebody else's doing) gets one. Both at once, so
 * that no counter stays for ever.
 */
const COUNT = `
local current = redis.call('incr', KEYS[1])
local left = redis.call('pttl', KEYS[1])
if left < 0 then
  redis.call('pexpire', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {current, left}`;

/** The number of this request in the caller's window, and what is left of that, in milliseconds; null when Redis is not there. */
export type CountRequest = (
  caller: string,
  windowMs: number,
) => Promise<{ readonly current: number; readonly ttl: number } | null>;

export function sharedCounter(
  connection: RedisConnection,
  keyOf: (caller: string) => string,
): CountRequest {
  return async (caller, windowMs) => {
    const answer = await connection.ask((client) =>
      client.eval(COUNT, 1, keyOf(caller), String(windowMs)),
    );
    if (!answer.ok || !Array.isArray(answer.value)) return null;
    const [current, ttl] = answer.value as readonly unknown[];
    return typeof current === 'number' && typeof ttl === 'number' ? { current, ttl } : null;
  };
}
