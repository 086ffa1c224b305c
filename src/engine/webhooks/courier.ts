/**
 * Delivers: brings the deliveries up to the log and lets every endpoint that has something due work through it, each in
 * a lane of its own. It keeps no time: `look` does what is due now, `nextDueAtMs` says when to look again; what calls
 * it by the clock is startCourier.
 */
import type { EndpointId } from '../../core/webhooks/endpoint.ts';
import type { AttemptParts } from './attempt.ts';
import { type EventLog, EventTexts } from './event-texts.ts';
import { fanOutPage } from './fan-out.ts';
import { FaultLab } from './fault-lab.ts';
import { Lane, type LaneParts } from './lane.ts';
import type { DeliveryStore } from './ports.ts';

export interface CourierParts extends AttemptParts {
  readonly store: DeliveryStore;
  readonly log: EventLog;
  /** A name for a claim that no other has. */
  readonly newToken: () => string;
  /** An absolute address; null while it is not known where our own sinks are. */
  readonly addressOf: (url: string) => string | null;
  /** Results that come within this time are written together; 0 for those of one turn of the event loop. */
  readonly gatherMs: number;
  /** May hold the thread for a moment, for the sake of others; see the lanes. */
  readonly giveWay?: (dueForMs?: number) => void;
  /** Hears of failed storage; what failed is tried again. */
  readonly onError: (error: unknown) => void;
}

/** What is under way may take so long to end when the courier stops; the rest is given back. */
const STOP_MS_MAX = 5_000;

export class Courier {
  readonly #parts: CourierParts;
  readonly #laneParts: LaneParts;
  readonly #texts: EventTexts;
  readonly #lanes = new Map<EndpointId, Lane>();
  #isStopping = false;
  /** Called when a lane has come to rest. */
  onRest: () => void = () => {};

  constructor(parts: CourierParts) {
    this.#parts = parts;
    this.#texts = new EventTexts(parts.log);
    this.#laneParts = {
      ...parts,
      texts: this.#texts,
      lab: new FaultLab(parts.store, parts.draw),
      onRest: () => this.onRest(),
    };
  }

  /** Follows the log to its head and begins all that is due. Never to be called twice at once. */
  async look(): Promise<void> {
    let goesOn = true;
    while (goesOn && !this.#isStopping) {
      goesOn = await fanOutPage(this.#parts, this.#texts);
      await this.#wakeLanes();
      // A long log is not followed at the cost of answers that come in meanwhile.
      if (goesOn) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Endpoints or deliveries were changed by hand. */
  async reconsider(): Promise<void> {
    const known = new Set((await this.#parts.store.endpoints()).map(({ id }) => id));
    for (const [id, lane] of this.#lanes) {
      await lane.reconsider();
      if (!known.has(id)) this.#lanes.delete(id);
    }
  }

  /** Resolves when nothing is under way and nothing that can be sent is due now: for tests, whose clock stands still. */
  async settle(): Promise<void> {
    do {
      await this.look();
      await Promise.all([...this.#lanes.values()].map((lane) => lane.rested()));
    } while (await this.#hasWork());
  }

  /** When something is due next; null when nothing is. */
  nextDueAtMs(): Promise<number | null> {
    return this.#parts.store.nextDueAtMs();
  }

  /** Begins nothing more, waits for what is under way, and gives back what does not end in time. */
  async stop(withinMs = STOP_MS_MAX): Promise<void> {
    this.#isStopping = true;
    const lanes = [...this.#lanes.values()];
    const stopped = Promise.all(lanes.map((lane) => lane.stop()));
    const impatience = setTimeout(() => {
      for (const lane of lanes) void lane.abandon();
    }, withinMs);
    await stopped;
    clearTimeout(impatience);
  }

  async #wakeLanes(): Promise<void> {
    const { store, nowMs } = this.#parts;
    for (const id of await store.endpointsWithWork(nowMs())) {
      if (this.#isStopping) return;
      const lane = this.#lanes.get(id) ?? new Lane(id, this.#laneParts);
      this.#lanes.set(id, lane);
      lane.wake();
    }
  }

  async #hasWork(): Promise<boolean> {
    const { store, nowMs, addressOf } = this.#parts;
    for (const id of await store.endpointsWithWork(nowMs())) {
      const endpoint = await store.findEndpoint(id);
      if (endpoint !== null && addressOf(endpoint.url) !== null) return true;
    }
    return false;
  }
}
