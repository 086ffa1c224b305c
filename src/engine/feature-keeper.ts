/**
 * Keeps the feature store up with the log, and starts processes from it. One process keeps it, by a lease: it reads on where
 * the store stands, page by page, asks the store what is known of those who paid, and hands back what is known of them now,
 * together with the new place. It holds nothing itself, so that another one can go on at any moment.
 *
 *   resting ──a second──► holding the lease? ──no──► resting
 *                              └──yes──► reading on to the end of the log ──► resting
 */
import { subjectKeys } from '../core/entity.ts';
import type { History } from '../core/history.ts';
import { lastSequence } from '../core/history.ts';
import { DECISION_TYPES, observationOf, replay } from './feature-replay.ts';
import {
  type FeatureCache,
  type FeatureMark,
  FeatureOverlay,
  type KeptFeatures,
} from './features.ts';
import type { LogPosition, Store, StoredEvent } from './ports.ts';
import type { Workers } from './presence.ts';

const LOOK_MS = 1_000;

/** Of one step: what they tell is written at once, and everybody else waits for that. */
const PAGE_EVENTS = 500;

/** Steps of one look; then the lease is asked for again. */
const STEPS_MAX = 20;

export interface FeatureKeeper {
  /** Resolves when nothing is under way. */
  stop(): Promise<void>;
}

export interface KeeperParts {
  readonly store: Pick<Store, 'events' | 'logHead'>;
  readonly kept: KeptFeatures;
  /** While a worker lives, the others leave it to that. */
  readonly workers: Workers;
  /** Hears of a failure after a success; it goes on by itself. */
  readonly onError: (error: unknown) => void;
}

export function startFeatureKeeper(parts: KeeperParts): FeatureKeeper {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let isFailing = false;
  let looking: Promise<void> = Promise.resolve();
  const look = async () => {
    try {
      if (!parts.workers.areLive()) await keepUp(parts, () => isStopped);
      isFailing = false;
    } catch (error) {
      if (!isFailing) parts.onError(error);
      isFailing = true;
    }
    if (!isStopped) schedule();
  };
  const schedule = () => {
    timer = setTimeout(() => {
      looking = look();
    }, LOOK_MS);
  };
  schedule();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

/** Reads on to the end of the log, if this process is the keeper. True when there may be more to read. */
export async function keepUp(
  { store, kept }: Pick<KeeperParts, 'store' | 'kept'>,
  isEnough: () => boolean = () => false,
): Promise<boolean> {
  if (!(await kept.hold())) return false;
  const { writer, sequence: head } = await store.logHead();
  let from = await kept.reached();
  if (from === null || from.writer !== writer || from.sequence > head) {
    if (!(await kept.beginLog(writer))) return false;
    from = { writer, sequence: 0 };
  }
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    if (isEnough() || from.sequence >= head) return false;
    const reached: LogPosition | null = await readOn({ store, kept }, from);
    if (reached === null) return false;
    from = reached;
  }
  return true;
}

/** One page further; null when it could not be written, or the log is another by now. */
async function readOn(
  { store, kept }: Pick<KeeperParts, 'store' | 'kept'>,
  from: LogPosition,
): Promise<LogPosition | null> {
  const after = from.sequence;
  const page = await store.events({ after, limit: PAGE_EVENTS, types: DECISION_TYPES });
  // A name never comes back: what was read before it is found unchanged is of this log.
  if ((await store.logHead()).writer !== from.writer || page.scannedTo <= after) return null;
  const learnt = await learn(kept, page.events);
  if (learnt === null) return null;
  const { overlay, mark } = learnt;
  const step = { from, to: page.scannedTo, mark, entries: overlay.changes };
  return (await kept.advance(step)) ? { ...from, sequence: page.scannedTo } : null;
}

/** What is known of everybody in these events after them; null when it cannot be asked what was known before. */
async function learn(
  kept: KeptFeatures,
  events: readonly StoredEvent[],
): Promise<{ overlay: FeatureOverlay; mark: FeatureMark | null } | null> {
  const observed = events.flatMap((event) => {
    const said = observationOf(event);
    return said === null ? [] : [{ ...said, event, keys: subjectKeys(said.subjects) }];
  });
  const keys = [
    ...new Set(
      observed.flatMap(({ keys: { card, device, ip } }) =>
        [card, device, ip].filter((key) => key !== null),
      ),
    ),
  ];
  const known = keys.length === 0 ? [] : await kept.read(keys);
  if (known === null) return null;
  const before = new Map<string, History | null>(
    keys.map((key, index) => [key, known[index] ?? null]),
  );
  const overlay = new FeatureOverlay({ read: (key) => before.get(key) ?? null });
  let mark: FeatureMark | null = null;
  for (const { event, keys: subjects, observation } of observed) {
    overlay.observe(subjects, observation);
    mark = { sequence: event.sequence, requestId: event.requestId };
  }
  return { overlay, mark };
}

/** Where a process began to know, and why not further on. */
export interface FeatureStart {
  /** The position up to which the cache knows all now. */
  readonly knownTo: number;
  /** Events of the log that had to be read. */
  readonly read: number;
  /** Null when it began with what was kept; else why it did not. */
  readonly refusal: string | null;
}

/**
 * Brings an empty cache to the end of the log, from what is kept if that is of this log, whole and not ahead of it; else from
 * the log's beginning.
 */
export async function startFeatures(
  store: Pick<Store, 'events' | 'logHead'>,
  kept: Pick<KeptFeatures, 'load'>,
  cache: FeatureCache,
): Promise<FeatureStart> {
  const loaded = await load(store, kept, cache);
  const after = typeof loaded === 'number' ? loaded : 0;
  if (typeof loaded === 'string') cache.clear();
  const knownTo = await replay(store, cache, after);
  const refusal = typeof loaded === 'string' ? loaded : null;
  return { knownTo, read: knownTo - after, refusal };
}

/** The position to read on from, or why what is kept is of no use. */
async function load(
  store: Pick<Store, 'events' | 'logHead'>,
  kept: Pick<KeptFeatures, 'load'>,
  cache: FeatureCache,
): Promise<number | string> {
  let highest = 0;
  const loaded = await kept.load((entries) => {
    const taken = [...entries];
    cache.write(taken);
    for (const [, history] of taken) highest = Math.max(highest, lastSequence(history));
  });
  if (loaded === null) return 'nothing is kept, or not all of it could be read';
  const head = await store.logHead();
  const { position, mark } = loaded;
  if (position.writer !== head.writer) return 'what is kept is of another log';
  if (Math.max(position.sequence, highest) > head.sequence)
    return 'what is kept is ahead of the log';
  if (mark === null) return position.sequence;
  const { events } = await store.events({
    after: mark.sequence - 1,
    before: mark.sequence + 1,
    limit: 1,
  });
  const isThere = events[0]?.requestId === mark.requestId;
  return isThere ? position.sequence : 'what is kept is of a log that went another way';
}
