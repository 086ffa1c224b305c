/** A store of deliveries for the contract suites: an empty one before each test. */
import { afterEach, beforeEach } from 'vitest';
import type { Delivery } from '../../src/core/webhooks/delivery.ts';
import type { Endpoint, EndpointId } from '../../src/core/webhooks/endpoint.ts';
import type { LogPosition } from '../../src/engine/ports.ts';
import type { ClaimRequest, DeliveryStore, FannedEvent } from '../../src/engine/webhooks/ports.ts';
import { endpointOf, NOW_MS } from './deliveries.ts';

export interface DeliveriesUnderTest {
  /** Opens the same deliveries each time it is called between `reset` calls, also while they are open. */
  open(): Promise<DeliveryStore>;
  /** Makes the next `open` find nothing. */
  reset(): void | Promise<void>;
}

export const LOG = 'log-1';
export const LEASE_MS = 30_000;

/** What stands at the moment: another store after `reopen` and in the next test. */
export interface StandingDeliveries {
  readonly store: DeliveryStore;
  /** Closes the store and opens it again, as a restart does. */
  reopen(): Promise<void>;
  /** Adds an endpoint that hears everything of the log. */
  add(index: number, changes?: Partial<Endpoint>, after?: LogPosition): Promise<Endpoint>;
  /** Makes the deliveries of these events, and moves the cursor to the last. */
  fanOut(events: readonly FannedEvent[]): Promise<number>;
  request(id: EndpointId, limit?: number, token?: string): ClaimRequest;
  claim(id: EndpointId, limit?: number, token?: string): Promise<readonly Delivery[]>;
}

/** To be called inside `describe`. */
export function standingDeliveries(under: DeliveriesUnderTest): StandingDeliveries {
  let store: DeliveryStore | null = null;
  const current = () => {
    if (store === null) throw new Error('a store stands only while a test runs');
    return store;
  };
  const request = (endpointId: EndpointId, limit = 100, token = 'token'): ClaimRequest => ({
    endpointId,
    limit,
    nowMs: NOW_MS,
    leaseUntilMs: NOW_MS + LEASE_MS,
    token,
  });
  beforeEach(async () => {
    await under.reset();
    store = await under.open();
  });
  afterEach(() => current().close());
  return {
    get store() {
      return current();
    },
    async reopen() {
      await current().close();
      store = await under.open();
    },
    async add(index, changes = {}, after = { writer: LOG, sequence: 0 }) {
      const endpoint = endpointOf(index, changes);
      if (!(await current().addEndpoint(endpoint, after))) throw new Error('there are too many');
      return endpoint;
    },
    fanOut: (events) =>
      current().fanOut(events, { writer: LOG, sequence: events.at(-1)?.sequence ?? 0 }, NOW_MS),
    request,
    claim: (id, limit, token) => current().claim(request(id, limit, token)),
  };
}
