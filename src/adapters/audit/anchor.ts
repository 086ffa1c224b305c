/**
 * Anchors: the head of the hash chain, copied to an append-only file beside the database every 1,000 entries or 60
 * seconds. The chain alone cannot show that its tail was cut off; an anchor past the cut can.
 */
import { appendFile } from 'node:fs/promises';
import type { Clock, Store } from '../../engine/ports.ts';
import type { Follower } from '../../engine/relay.ts';

const ENTRIES_PER_ANCHOR = 1_000;
const MS_PER_ANCHOR = 60_000;

export interface Anchor {
  readonly writer: string;
  readonly sequence: number;
  readonly hash: string;
  readonly at_ms: number;
}

/**
 * Follows the log and writes anchors to `path`. It needs no event, only how far the log has come. The seconds are those of
 * the engine's clock: a log that falls silent gets its last anchor too.
 */
export function anchorFollower(path: string, store: Store, clock: Clock): Follower {
  let lastAtMs = -Infinity;
  return {
    name: 'anchor',
    async follow(from) {
      const { writer, sequence, hash, atMs } = await store.logHead();
      const nowMs = clock.nowMs();
      const isDue =
        sequence - from.sequence >= ENTRIES_PER_ANCHOR || nowMs - lastAtMs >= MS_PER_ANCHOR;
      if (!isDue) return from;
      const anchor: Anchor = { writer, sequence, hash, at_ms: atMs };
      await appendDurably(path, `${JSON.stringify(anchor)}\n`);
      lastAtMs = nowMs;
      return { writer, sequence };
    },
  };
}

/** On disk before the follower's cursor moves. */
async function appendDurably(path: string, line: string): Promise<void> {
  await appendFile(path, line, { mode: 0o640, flush: true });
}
