/**
 * Anchors: the head of each hash chain, copied to an append-only file every 1,000 entries or 60 seconds. A chain alone
 * cannot show that its tail was cut off; an anchor past the cut can.
 */
import { appendFile } from 'node:fs/promises';
import type { Clock, LogPosition, Store } from '../../engine/ports.ts';
import type { Follower } from '../../engine/relay.ts';

const ENTRIES_PER_ANCHOR = 1_000;
const MS_PER_ANCHOR = 60_000;

export interface Anchor {
  /** The name of the chain, which is its writer's. */
  readonly writer: string;
  /** The entry's place in it. */
  readonly sequence: number;
  readonly hash: string;
  /** When it was anchored. */
  readonly at_ms: number;
}

/**
 * Follows the log and writes anchors to `path`, of all chains that have gone on. It needs no event, only how far the log has
 * come. The seconds are those of the engine's clock: a log that falls silent gets its last anchor too.
 *
 * Where several processes write the log, each has a file of its own and its own count of when the next anchor is due.
 */
export function anchorFollower(path: string, store: Store, clock: Clock): Follower {
  let lastAtMs = -Infinity;
  let reached: LogPosition | null = null;
  const anchored = new Map<string, number>();
  return {
    name: 'anchor',
    async follow(from, head) {
      const nowMs = clock.nowMs();
      const last = store.ordersLater ? reached : from;
      const entries = head.sequence - (last?.writer === head.writer ? last.sequence : 0);
      const isDue = entries >= ENTRIES_PER_ANCHOR || nowMs - lastAtMs >= MS_PER_ANCHOR;
      if (!isDue || entries === 0) return from;
      const heads = await store.chainHeads();
      const moved = heads.filter(({ writer, sequence }) => anchored.get(writer) !== sequence);
      const lines = moved.map(({ writer, sequence, hash }) => {
        const anchor: Anchor = { writer, sequence, hash, at_ms: nowMs };
        return `${JSON.stringify(anchor)}\n`;
      });
      if (lines.length > 0) await appendDurably(path, lines.join(''));
      for (const { writer, sequence } of moved) anchored.set(writer, sequence);
      lastAtMs = nowMs;
      reached = head;
      // The cursor that the store keeps is one for all processes: it says nothing of this one's file.
      return store.ordersLater ? from : head;
    },
  };
}

/** On disk before the follower's cursor moves. */
async function appendDurably(path: string, lines: string): Promise<void> {
  await appendFile(path, lines, { mode: 0o640, flush: true });
}
