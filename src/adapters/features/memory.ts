/**
 * Features in this process's memory, bounded without a list of who was used last: two generations. What is written goes
 * into the young one; when that is full it becomes the old one, and what was left in the old one is forgotten. So an
 * entity is known until about as many others of its kind as a generation holds were written after it. Each kind has its
 * own, so that no flood of invented devices drives a card out.
 */
import { assert } from '../../core/assert.ts';
import { ENTITY_KINDS, type EntityKind, kindOf } from '../../core/entity.ts';
import type { History } from '../../core/history.ts';
import type { FeatureCache } from '../../engine/features.ts';
import { bytesAt, hashAt } from './history-record.ts';
import { HistoryTable } from './history-table.ts';
import { KeyBytes } from './key-bytes.ts';

/** A generation of cards so holds a million and a quarter: a million in use always stay known. */
export const ENTITIES_MAX = 4_000_000;

const SHARES: Readonly<Record<EntityKind, number>> = { card: 5 / 8, device: 3 / 16, ip: 3 / 16 };

/**
 * What there is for each on average. A card that paid once takes 110 bytes, and 24 more for each payment of the last day that
 * does not fall into a bucket with another. When they need more, fewer are known: all together never take more than a
 * gigabyte, and half as much again in reserve and indexes.
 */
const ENTITY_BYTES_MAX = 256;

/**
 * Of each kind; a power of two. A table that grows is copied whole, and everybody waits: of many small ones one grows at a
 * time, in less than a millisecond. They are also the parts in which a checkpoint is written. More of them would not stay
 * in the processor's cache.
 */
const SHARDS = 128;

/** Some of what is known, copied in one moment: a row of records (history-record.ts) of one kind of entity. */
export interface FeaturePart {
  readonly kind: EntityKind;
  readonly records: Uint8Array;
}

export interface MemoryFeatures extends FeatureCache {
  /**
   * All that is known, part by part. Each is copied when it is asked for, and in between the cache may change: whoever is
   * known all the time is in just one of them, as it was known when the first was asked for, or later.
   */
  parts(): Iterable<FeaturePart>;
  /** Takes a part back into a cache that knows none of those in it. */
  restore(part: FeaturePart): void;
}

/** How many entities there is room for in a machine with so many bytes of memory: an eighth of it is theirs. */
export function entitiesFor(memoryBytes: number): number {
  return Math.min(ENTITIES_MAX, Math.floor(memoryBytes / 8 / ENTITY_BYTES_MAX));
}

/** At most about `entitiesMax` entities, spread over `shards` of each kind. */
export function memoryFeatures({
  entitiesMax = ENTITIES_MAX,
  shards = SHARDS,
}: { readonly entitiesMax?: number; readonly shards?: number } = {}): MemoryFeatures {
  assert(Number.isInteger(Math.log2(shards)), 'shards are a power of two');
  const ofKind = (kind: EntityKind) => {
    const generationMax = Math.max(1, Math.floor((entitiesMax * SHARES[kind]) / 2 / shards));
    return Array.from({ length: shards }, () => new Shard(generationMax));
  };
  const kinds = { card: ofKind('card'), device: ofKind('device'), ip: ofKind('ip') };
  const all = [...kinds.card, ...kinds.device, ...kinds.ip];
  const bytes = new KeyBytes();
  const shardOf = (kind: EntityKind, hash: number) => {
    const shard = kinds[kind][hash & (shards - 1)];
    assert(shard !== undefined, 'every key has a shard');
    return shard;
  };
  return {
    read: (key) => shardOf(kindOf(key), bytes.set(key).hash).read(bytes),
    write(entries) {
      for (const [key, history] of entries) {
        shardOf(kindOf(key), bytes.set(key).hash).write(bytes, history);
      }
    },
    clear() {
      for (const shard of all) shard.clear();
    },
    get size() {
      return all.reduce((sum, shard) => sum + shard.size, 0);
    },
    *parts() {
      for (const kind of ENTITY_KINDS) {
        for (const shard of kinds[kind]) yield { kind, records: shard.copy() };
      }
    },
    restore({ kind, records }) {
      const from = new DataView(records.buffer, records.byteOffset, records.length);
      for (let at = 0; at < records.length; at += bytesAt(from, at)) {
        shardOf(kind, hashAt(from, at)).restore(from, at);
      }
    },
  };
}

/** No key is in both generations. */
class Shard {
  readonly #generationMax: number;
  #young = new HistoryTable();
  #old = new HistoryTable();

  constructor(generationMax: number) {
    this.#generationMax = generationMax;
  }

  get size(): number {
    return this.#young.count + this.#old.count;
  }

  read(key: KeyBytes): History | null {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  write(key: KeyBytes, history: History): void {
    const { count } = this.#young;
    this.#young.set(key, history);
    if (this.#young.count > count) this.#old.delete(key);
    this.#growOld();
  }

  /** The older ones first, so that they are the older ones again when they are restored in this order. */
  copy(): Uint8Array {
    const records = Buffer.allocUnsafe(this.#old.bytes + this.#young.bytes);
    this.#old.copyTo(records, 0);
    this.#young.copyTo(records, this.#old.bytes);
    return records;
  }

  restore(from: DataView, at: number): void {
    this.#young.add(from, at);
    this.#growOld();
  }

  clear(): void {
    this.#young = new HistoryTable();
    this.#old = new HistoryTable();
  }

  #growOld(): void {
    const { count, bytes } = this.#young;
    if (count < this.#generationMax && bytes < this.#generationMax * ENTITY_BYTES_MAX) return;
    this.#old = this.#young;
    this.#young = new HistoryTable();
  }
}
