/** Which of the many small hashes an entity is in. Each kind has its own, so that no flood of devices drives a card out. */
import { type EntityKey, type EntityKind, ENTITY_KINDS, kindOf } from '../../core/entity.ts';
import { hash32 } from '../../core/hash32.ts';

/** Of each kind; a power of two. One is read at once when a process starts: with four million entities, a few megabytes. */
const SHARDS = 64;

/** As many as a process keeps in its memory, and shared out as there (features/memory.ts). They take about a gigabyte. */
export const ENTITIES_MAX = 4_000_000;

const SHARES: Readonly<Record<EntityKind, number>> = { card: 5 / 8, device: 3 / 16, ip: 3 / 16 };

export interface Shard {
  readonly name: string;
  /** Entities of its young hash that make it the old one. */
  readonly fullAt: number;
}

export interface Shards {
  of(key: EntityKey): Shard;
  readonly all: readonly Shard[];
}

/** For about so many entities at most. */
export function shardsFor(entitiesMax: number): Shards {
  const ofKind = (kind: EntityKind): Shard[] => {
    const fullAt = Math.max(1, Math.floor((entitiesMax * SHARES[kind]) / 2 / SHARDS));
    return Array.from({ length: SHARDS }, (_, index) => ({ name: `${kind}-${index}`, fullAt }));
  };
  const all = ENTITY_KINDS.flatMap(ofKind);
  return {
    all,
    of(key) {
      const kind = ENTITY_KINDS.indexOf(kindOf(key));
      const shard = all[kind * SHARDS + (hash32(key) & (SHARDS - 1))];
      if (shard === undefined) throw new Error('assertion failed: every key has a shard');
      return shard;
    },
  };
}
