/**
 * What the engine remembers of cards, devices and addresses: a projection of the event log, kept in memory for speed, and
 * never the truth. It can be thrown away at any moment and made again from the log (feature-replay.ts).
 *
 * A decision sees all payments before it, those of its own batch included; the cache sees a batch when it is on disk.
 */
import type { EntityKey, SubjectKeys } from '../core/entity.ts';
import { type History, type Observation, observe } from '../core/history.ts';
import type { Histories } from '../core/velocity.ts';
import type { LogPosition } from './ports.ts';

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
 * What is known, kept where every process finds it when it starts: a projection of the log up to a position, made by one
 * process at a time. In it the numbers of events are their positions in the log. Never the truth, and it may be away.
 */
export interface FeatureStore {
  /** Up to where in the log it knows all; null when it knows nothing, or cannot be asked. */
  reached(): Promise<LogPosition | null>;
  /**
   * Puts these in place of what it knows of the same entities. They are to be made of all that the log says of them up to
   * `position`. `behind`: it knows the log further than that, and nothing was done; read on and put again.
   */
  put(
    entries: Iterable<FeatureEntry>,
    position: LogPosition,
  ): Promise<'written' | 'behind' | 'unavailable'>;
  /** Forgets all of it, so that it is made again from the beginning of the log. False when it cannot be asked. */
  rebuild(): Promise<boolean>;
}

/** A feature store as its keeper (feature-keeper.ts) and those who start from it see it. */
export interface KeptFeatures extends FeatureStore {
  /** Makes this process the keeper for some seconds, or lets it stay that; false when another one is, or nobody can be asked. */
  hold(): Promise<boolean>;
  /** Begins anew, knowing nothing of that log yet. Only the keeper may; false when this is not the keeper, or cannot ask. */
  beginLog(writer: string): Promise<boolean>;
  /** What is known of each, in the order of the keys; null when it cannot be asked. */
  read(keys: readonly EntityKey[]): Promise<readonly (History | null)[] | null>;
  /** Adds what the log says from one position to the next. False when it was not done, and all is as it was. */
  advance(step: FeatureStep): Promise<boolean>;
  /**
   * Hands on all that is known, each entity once. Gives where in the log it stood before the first was read; what is handed on
   * may be known up to a later position. Null when not all of it could be read: then what was handed on is worth nothing.
   */
  load(take: (entries: Iterable<FeatureEntry>) => void): Promise<LoadedFeatures | null>;
}

export interface FeatureStep {
  readonly from: LogPosition;
  readonly to: number;
  /** The last event of the step that anything was learnt from; null when there was none. */
  readonly mark: FeatureMark | null;
  readonly entries: Iterable<FeatureEntry>;
}

/** An event by which a log can be told from an older copy of it that went another way. */
export interface FeatureMark {
  readonly sequence: number;
  readonly requestId: string;
}

export interface LoadedFeatures {
  readonly position: LogPosition;
  readonly mark: FeatureMark | null;
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
