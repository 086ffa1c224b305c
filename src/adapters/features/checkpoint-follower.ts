/** Follows the log and writes a checkpoint now and then, so that a start after a crash has little to read. */
import { setImmediate } from 'node:timers/promises';
import type { LogPosition } from '../../engine/ports.ts';
import type { Follower } from '../../engine/relay.ts';
import { writeCheckpoint } from './checkpoint.ts';
import type { MemoryFeatures } from './memory.ts';

/** Read again in little more than a second at a start; at 500 card payments a second there is a checkpoint every three minutes. */
const ENTRIES_PER_CHECKPOINT = 100_000;

export function checkpointFollower(path: string, cache: Pick<MemoryFeatures, 'parts'>): Follower {
  return {
    name: 'features',
    async follow(from, head) {
      if (head.sequence - from.sequence < ENTRIES_PER_CHECKPOINT) return from;
      await checkpointAt(path, head, cache);
      return head;
    },
  };
}

/** Writes what the cache knows, which is all up to `head` or more. */
export async function checkpointAt(
  path: string,
  head: LogPosition,
  cache: Pick<MemoryFeatures, 'parts'>,
): Promise<void> {
  // The cache takes a batch in right after its commit, in the same turn of the event loop.
  await setImmediate();
  await writeCheckpoint(path, head, cache);
}
