/**
 * Which faults the attempts of deliveries have. They are drawn once per attempt: one that is held up keeps its plan until
 * it has been made. Rules for the next n are used up in the store, before anything is sent.
 */
import { HELD_DELIVERIES_MAX } from '../../core/limits.ts';
import type { Draw } from '../../core/scenario.ts';
import type { Delivery } from '../../core/webhooks/delivery.ts';
import type { Endpoint } from '../../core/webhooks/endpoint.ts';
import { type EndpointFaults, type FaultKind, planFaults } from '../../core/webhooks/faults.ts';
import type { DeliveryStore } from './ports.ts';

export interface Plan {
  readonly kinds: readonly FaultKind[];
  readonly delayMs: number;
  /** The attempt that it is for. */
  readonly attempt: number;
  /** True once it has been held up: the next time it is made. */
  readonly isHeld: boolean;
}

export class FaultLab {
  readonly #store: DeliveryStore;
  readonly #draw: Draw;
  /** By ordinal; the oldest first. */
  readonly #plans = new Map<number, Plan>();

  constructor(store: DeliveryStore, draw: Draw) {
    this.#store = store;
    this.#draw = draw;
  }

  /** Draws for those that have no plan yet. */
  async plan(endpoint: Endpoint, deliveries: readonly Delivery[]): Promise<void> {
    const { faults } = endpoint;
    const isFaultless = Object.keys(faults).length === 0;
    const fresh = deliveries.filter((delivery) => this.of(delivery) === undefined);
    if (isFaultless || fresh.length === 0) return;
    if (Object.values(faults).every(({ next }) => next === 0)) {
      this.#planAll(faults, fresh);
      return;
    }
    // Counted down where it stands, so that a person who changes the rules meanwhile is not overruled.
    await this.#store.changeEndpoint(endpoint.id, (before) => ({
      ...before,
      faults: this.#planAll(before.faults, fresh),
    }));
  }

  /** The plan of this delivery's next attempt; undefined when nothing goes wrong on purpose. */
  of({ ordinal, attempts }: Delivery): Plan | undefined {
    const plan = this.#plans.get(ordinal);
    return plan?.attempt === attempts ? plan : undefined;
  }

  /** It is held up: the next time it is made. */
  hold(ordinal: number): void {
    const plan = this.#plans.get(ordinal);
    if (plan !== undefined) this.#plans.set(ordinal, { ...plan, isHeld: true });
  }

  /** The attempt was made. */
  forget(ordinal: number): void {
    this.#plans.delete(ordinal);
  }

  #planAll(before: EndpointFaults, deliveries: readonly Delivery[]): EndpointFaults {
    let faults = before;
    for (const { ordinal, attempts } of deliveries) {
      const draw = (kind: FaultKind) => this.#draw(ordinal, attempts, `fault:${kind}`);
      const { kinds, delayMs, after } = planFaults(faults, draw);
      faults = after;
      if (kinds.length === 0) continue;
      this.#plans.set(ordinal, { kinds, delayMs, attempt: attempts, isHeld: false });
    }
    for (const ordinal of this.#plans.keys()) {
      if (this.#plans.size <= HELD_DELIVERIES_MAX) break;
      this.#plans.delete(ordinal);
    }
    return faults;
  }
}
