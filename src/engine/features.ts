/**
 * What the engine remembers of cards, devices and addresses: a projection of the event log, kept in memory for speed, and
 * never the truth. It can be thrown away at any moment and made again from the log (feature-replay.ts).
 *
 * A decision sees all payments before it, those of its own batch included; the cache sees a batch when it is on disk.
 */
import type { EntityKey, SubjectKeys } from '../core/entity.ts';
import { type History, type Observation, observe } from '../core/history.ts';
import type { Histories } from '../core/velocity.ts';

export type FeatureEntry = readonly [EntityKey, History];

export interface FeatureReader {
  /** Null for an entity of which nothing is known. */
  read(key: EntityKey): History | null;
}

/** Histories by key, bounded: it forgets those that have not been written for the longest time. */
export interface FeatureCache extends FeatureReader {
  /** Takes in what was observed: called after the COMMIT of its events, and never before. */
  write(entries: Iterable<FeatureEntry>): void;
  clear(): void;
  /** How many entities are known. */
  readonly size: number;
}

/**
 * What one batch knows: what was known before it, and its own observations on top, so that the second payment of a card in
 * a batch sees the first. Thrown away with the batch if that is rolled back. One overlay may lie over another, when a batch
 * is decided while the one before it is on its way to the disk.
 */
export class FeatureOverlay implements FeatureReader {
  #below: FeatureReader;
  readonly #changes = new Map<EntityKey, History>();

  constructor(below: FeatureReader) {
    this.#below = below;
  }

  /** What to hand to the cache once the batch is on disk. */
  get changes(): ReadonlyMap<EntityKey, History> {
    return this.#changes;
  }

  /** What lay below is on disk and in `below` now. */
  settleOn(below: FeatureReader): void {
    this.#below = below;
  }

  read(key: EntityKey): History | null {
    return this.#changes.get(key) ?? this.#below.read(key);
  }

  /** What is known of a payment's subjects. */
  histories({ card, device, ip }: SubjectKeys): Histories {
    return {
      card: this.read(card),
      device: device === null ? null : this.read(device),
      ip: ip === null ? null : this.read(ip),
    };
  }

  /** A card payment was decided: all its subjects remember it. */
  observe(keys: SubjectKeys, observation: Observation): void {
    for (const [key, history] of observedBy(this, keys, observation)) {
      this.#changes.set(key, history);
    }
  }
}

/** What a payment's subjects are known by, once it is decided, one after the other: what was known of each, and this. */
export function* observedBy(
  known: FeatureReader,
  { card, device, ip }: SubjectKeys,
  observation: Observation,
): Generator<FeatureEntry, void> {
  yield [card, observe(known.read(card), observation, 'card')];
  if (device !== null) yield [device, observe(known.read(device), observation, 'device')];
  if (ip !== null) yield [ip, observe(known.read(ip), observation, 'ip')];
}
