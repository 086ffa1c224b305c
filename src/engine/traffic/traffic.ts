/**
 * Generated traffic: one run at a time, kept in memory. It makes its payments through the same door as everybody, so that
 * they are as real as any; of the run itself, the log has only what its payments say in their metadata.
 *
 *   none ──start──► breaking what the plan asks for ──► sending ──► waiting for answers, mending ──► none, and the last one
 *                                                          └─ stop, a failure ─┘
 */
import { planOf, seedFor, type TrafficWish } from '../../core/traffic/plan.ts';
import { StorageError } from '../ports.ts';
import { disturb, type DisturbedWorld } from './disturb.ts';
import { LiveRun, type RunParts } from './run.ts';
import type { TrafficRun } from './tally.ts';

/** What everything a run does is said to have been done by. */
export const TRAFFIC_ACTOR = 'traffic';

export interface TrafficParts extends RunParts, DisturbedWorld {
  /** Hears of what broke a run, and of what could not be mended after it. */
  readonly onError: (error: unknown) => void;
}

export class Traffic {
  readonly #parts: TrafficParts;
  #current: { readonly run: LiveRun; readonly ended: Promise<TrafficRun> } | null = null;
  #last: TrafficRun | null = null;
  #isClosed = false;

  constructor(parts: TrafficParts) {
    this.#parts = parts;
  }

  /** Null when none is running. */
  get running(): TrafficRun | null {
    return this.#current?.run.view() ?? null;
  }

  /** The last one that ended; null when none has since the start of the process. */
  get last(): TrafficRun | null {
    return this.#last;
  }

  /** Begins a run; null when there is one already. Rejects with a StorageError when it cannot begin. */
  async start(wish: TrafficWish): Promise<TrafficRun | null> {
    if (this.#isClosed) throw new StorageError('unavailable', 'the server is stopping');
    if (this.#current !== null) return null;
    const { clock, random } = this.#parts.engine;
    const nowMs = clock.nowMs();
    const id = `tr_${random.newId(nowMs)}`;
    const run = new LiveRun(this.#parts, planOf(wish, seedFor(nowMs, shareOf(id))), id);
    const mending = disturb(this.#parts, run.plan, { actor: TRAFFIC_ACTOR, requestId: id });
    // From here on there is a run, whoever else asks.
    this.#current = { run, ended: this.#live(run, mending) };
    try {
      await mending;
    } catch (error) {
      this.#current = null;
      throw error;
    }
    return run.view();
  }

  /** Ends the run and waits until everything is as before; null when none is running. */
  async stop(): Promise<TrafficRun | null> {
    this.#current?.run.stop();
    return (await this.#current?.ended) ?? null;
  }

  /** Ends the run, and lets no other begin. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.stop();
  }

  async #live(run: LiveRun, mending: Promise<() => Promise<void>>): Promise<TrafficRun> {
    // One that could not begin is told to whoever asked for it.
    const mend = await mending.catch(() => null);
    if (mend === null) return run.view();
    await run.live().catch(this.#parts.onError);
    await mend().catch((error: unknown) => {
      run.fail(error);
      this.#parts.onError(error);
    });
    run.end();
    this.#last = run.view();
    this.#current = null;
    return this.#last;
  }
}

/** A uniform number in [0, 1) from the random end of a UUID: chance that nothing else is drawn from. */
function shareOf(id: string): number {
  return Number.parseInt(id.slice(-12), 16) / 16 ** 12;
}
