/**
 * `refresh_features`: makes what is known of cards, devices and addresses anew from the log, compares it with what this
 * process knows, and puts right what differs; what processes find when they start is refreshed too, where there is that.
 *
 * What has just been used is not compared but waited for: another process's payment reaches this one a moment later than
 * the log.
 */
import { entityKey, type EntityKey, subjectKeys } from '../../core/entity.ts';
import { hash32 } from '../../core/hash32.ts';
import { type History, LAST_SEQUENCE, lastSeenMs } from '../../core/history.ts';
import { betweenBatches } from '../execute.ts';
import { DECISION_TYPES, observationOf } from '../feature-replay.ts';
import { type FeatureStore, observedBy } from '../features.ts';
import type { Engine, LogPosition, StoredEvent } from '../ports.ts';
import type { JobHandler, JobSteps } from './handlers.ts';
import type { JobResult } from './job.ts';
import { rest } from './rest.ts';

export interface RefreshParts {
  readonly engine: Engine;
  /** Where other processes find what is known when they start; null where there is none. */
  readonly shared: FeatureStore | null;
}

/** Made anew at a time, some fifty megabytes; where more are known the log is read several times. */
const PASS_ENTITIES_MAX = 100_000;

/** Read at once: a few milliseconds. */
const PAGE_EVENTS = 500;

/** Compared at once, while payments wait: less than a millisecond. */
const SLICE_ENTITIES = 200;

/** By now every process knows of a payment. */
const QUIET_MS = 3_000;

/** How often those that were in use are looked at again. */
const ROUNDS_MAX = 5;

type Steps = JobSteps<'refresh_features'>;

export function refreshFeatures(parts: RefreshParts): JobHandler<'refresh_features'> {
  return async (steps) => {
    const { card_fingerprint: fingerprint } = steps.params;
    const card = fingerprint === null ? null : entityKey('card', fingerprint);
    const known = parts.engine.features.size;
    const passes = card === null ? Math.max(1, Math.ceil(known / PASS_ENTITIES_MAX)) : 1;
    const came = { entities: 0, differing: 0, busy: 0 };
    for (let pass = 0; pass < passes; pass += 1) {
      const isMeant = (key: EntityKey) =>
        card === null ? hash32(key) % passes === pass : key === card;
      const refresh = new Refresh(parts, steps, { isMeant, pass, passes });
      await refresh.run();
      came.entities += refresh.entities;
      came.differing += refresh.differing;
      came.busy += refresh.busy;
      if (card !== null) return { ...came, ...(await refresh.share()) };
    }
    return { ...came, ...(await shareAll(parts)) };
  };
}

/** It is made again by whoever keeps it. */
async function shareAll({ shared }: RefreshParts): Promise<JobResult> {
  if (shared === null) return {};
  return { shared: (await shared.rebuild()) ? 'rebuilding' : 'unavailable' };
}

interface Pass {
  readonly isMeant: (key: EntityKey) => boolean;
  readonly pass: number;
  readonly passes: number;
}

class Refresh {
  readonly #parts: RefreshParts;
  readonly #steps: Steps;
  readonly #pass: Pass;
  readonly #fresh = new Map<EntityKey, History>();
  #log = '';
  #reached = 0;
  #headSequence = 0;
  differing = 0;
  /** Left alone, because they were in use whenever it looked. */
  busy = 0;

  constructor(parts: RefreshParts, steps: Steps, pass: Pass) {
    this.#parts = parts;
    this.#steps = steps;
    this.#pass = pass;
  }

  get entities(): number {
    return this.#fresh.size;
  }

  async run(): Promise<void> {
    const { signal } = this.#steps;
    await this.#readOn();
    let left = await this.#compare([...this.#fresh.keys()]);
    for (let round = 1; round < ROUNDS_MAX && left.length > 0; round += 1) {
      await rest(QUIET_MS, signal);
      await this.#readOn();
      left = await this.#compare(left);
    }
    this.busy = left.length;
  }

  /** Puts what was made anew where other processes find it. */
  async share(): Promise<JobResult> {
    const { shared } = this.#parts;
    if (shared === null) return {};
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const position = { writer: this.#log, sequence: this.#reached };
      const came = await shared.put(this.#fresh, position);
      if (came !== 'behind') return { shared: came };
      await this.#readOn();
    }
    return { shared: 'behind' };
  }

  /** To the end of the log, or to where it ended a moment ago. */
  async #readOn(): Promise<void> {
    const { store, clock } = this.#parts.engine;
    const head = await store.logHead();
    this.#assertSameLog(head);
    this.#headSequence = head.sequence;
    for (let isMore = true; isMore;) {
      const startedAt = clock.ticksMs();
      const query = { after: this.#reached, limit: PAGE_EVENTS, types: DECISION_TYPES };
      const { events, scannedTo } = await store.events(query);
      for (const event of events) this.#take(event);
      isMore = scannedTo > this.#reached;
      this.#reached = Math.max(scannedTo, this.#reached);
      await this.#advance();
      // As long as it took: others get their half.
      const { signal } = this.#steps;
      const tookMs = clock.ticksMs() - startedAt;
      if (isMore) await rest(tookMs, signal);
    }
    this.#assertSameLog(await store.logHead());
  }

  #assertSameLog({ writer }: LogPosition): void {
    if (this.#log === '') this.#log = writer;
    if (this.#log !== writer) throw new Error('the log was reset meanwhile; it is read anew');
  }

  async #advance(): Promise<void> {
    const { pass, passes } = this.#pass;
    const total = Math.max(this.#headSequence, this.#reached);
    await this.#steps.advance(pass * total + this.#reached, passes * total);
  }

  #take(event: StoredEvent): void {
    const observed = observationOf(event);
    if (observed === null) return;
    const reader = { read: (key: EntityKey) => this.#fresh.get(key) ?? null };
    const keys = subjectKeys(observed.subjects);
    for (const [key, history] of observedBy(reader, keys, observed.observation)) {
      if (this.#pass.isMeant(key)) this.#fresh.set(key, history);
    }
  }

  /** Gives those that are in use. */
  async #compare(keys: readonly EntityKey[]): Promise<EntityKey[]> {
    const busy: EntityKey[] = [];
    for (let from = 0; from < keys.length; from += SLICE_ENTITIES) {
      const slice = keys.slice(from, from + SLICE_ENTITIES);
      await betweenBatches(this.#parts.engine, () => {
        for (const key of slice) if (!this.#settle(key)) busy.push(key);
      });
      await this.#advance();
    }
    return busy;
  }

  /** False when it is in use. */
  #settle(key: EntityKey): boolean {
    const { features, clock } = this.#parts.engine;
    const fresh = this.#fresh.get(key);
    const known = features.read(key);
    const quietSinceMs = clock.nowMs() - QUIET_MS;
    if (fresh === undefined || lastSeenMs(fresh) > quietSinceMs) return fresh === undefined;
    if (known !== null && lastSeenMs(known) > quietSinceMs) return false;
    if (known !== null && isSame(known, fresh)) return true;
    this.differing += 1;
    features.write([[key, fresh]]);
    return true;
  }
}

/** But for the number of the last event: where several processes write, each counts for itself. */
function isSame(known: History, fresh: History): boolean {
  return (
    known.length === fresh.length &&
    known.every((number, index) => index === LAST_SEQUENCE || number === fresh[index])
  );
}
