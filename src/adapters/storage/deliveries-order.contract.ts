/** The second half of the contract in deliveries.contract.ts: order, what is done by hand, looking, and others at work. */
import { describe, expect, test } from 'vitest';
import {
  type DeliveriesUnderTest,
  LEASE_MS,
  LOG,
  standingDeliveries,
} from '../../../test/support/deliveries-under-test.ts';
import {
  attemptOf,
  controlEventAt,
  dead,
  delivered,
  eventAt,
  EVENT_MS,
  eventsOf,
  failing,
  NOW_MS,
  paymentIdAt,
} from '../../../test/support/deliveries.ts';
import type { EventId } from '../../core/ids.ts';
import type { Delivery, DeliveryStatus } from '../../core/webhooks/delivery.ts';
import type { EndpointId } from '../../core/webhooks/endpoint.ts';
import type { DeliveryOutcome, DeliveryQuery } from '../../engine/webhooks/ports.ts';

const STRICT = { ordering: 'strict' } as const;

/** The places in the log, for short. */
function places(deliveries: readonly Delivery[]): (number | null)[] {
  return deliveries.map(({ sequence }) => sequence);
}

export function describeDeliveryOrder(name: string, under: DeliveriesUnderTest): void {
  const standing = () => {
    const at = standingDeliveries(under);
    const list = async (query: Partial<DeliveryQuery> = {}) =>
      (await at.store.listDeliveries({ limit: 1_000, cursor: null, ...query })).items;
    /** The delivery of the event at this place in the log. */
    const of = async (sequence: number): Promise<Delivery> => {
      const found = (await list()).find((delivery) => delivery.sequence === sequence);
      if (found === undefined) throw new Error(`event ${sequence} has no delivery`);
      return found;
    };
    /** Claims all that is due, gives the result to the one at this place and the others back. */
    const settle = async (
      id: EndpointId,
      sequence: number,
      outcome: (ordinal: number) => DeliveryOutcome,
    ) => {
      const claimed = await at.claim(id);
      const { ordinal } = await of(sequence);
      expect(await at.store.record('token', [outcome(ordinal)])).toEqual([ordinal]);
      const others = claimed.filter((delivery) => delivery.ordinal !== ordinal);
      await at.store.release(
        'token',
        others.map((delivery) => held(delivery)),
      );
    };
    /** What could be claimed now; nothing is. */
    const due = async (id: EndpointId) => {
      const claimed = await at.claim(id, 1_000, 'look');
      await at.store.release(
        'look',
        claimed.map((delivery) => held(delivery)),
      );
      return places(claimed);
    };
    return { at, list, of, settle, due };
  };
  const held = ({ ordinal }: Delivery, notBeforeMs: number | null = null, letsPass = false) => ({
    ordinal,
    notBeforeMs,
    letsPass,
  });

  describe(`${name} deliveries: strict order`, () => {
    const { at, of, settle, due } = standing();

    test('each payment has one in turn, and the others wait', async () => {
      const { id } = await at.add(1, STRICT);
      await at.fanOut([...eventsOf(6), controlEventAt(7, LOG), controlEventAt(8, LOG)]);
      expect(await due(id)).toEqual([1, 4, 7, 8]);
      expect((await of(2)).nextAttemptAtMs).toBeNull();
    });

    test('the next goes when the one before is delivered or dead, not before', async () => {
      const { id } = await at.add(1, STRICT);
      await at.fanOut(eventsOf(4, 4));
      await settle(id, 1, delivered);
      expect(await due(id)).toEqual([2]);
      expect(await of(2)).toMatchObject({ nextAttemptAtMs: EVENT_MS + 2 });
      await settle(id, 2, (ordinal) => failing(ordinal, NOW_MS + 1));
      expect(await due(id)).toEqual([]);
      const later = { ...at.request(id), nowMs: NOW_MS + 1 };
      const [second] = await at.store.claim(later);
      await at.store.record('token', [dead(second?.ordinal ?? 0)]);
      expect(await due(id)).toEqual([3]);
      await settle(id, 3, delivered);
      expect(await due(id)).toEqual([4]);
    });

    test('what comes later waits for what is undone, in this fan-out or an earlier one', async () => {
      const { id } = await at.add(1, STRICT);
      await at.fanOut([eventAt(1, 1, 1)]);
      await at.fanOut([eventAt(1, 1, 1), eventAt(2, 1, 2), eventAt(3, 2, 1)]);
      expect(await due(id)).toEqual([1, 3]);
      await settle(id, 1, delivered);
      await at.fanOut([eventAt(4, 1, 3), eventAt(5, 2, 2)]);
      expect(await due(id)).toEqual([2, 3]);
    });

    test('one that is on its way holds the next back', async () => {
      const { id } = await at.add(1, STRICT);
      await at.fanOut(eventsOf(2));
      const [first] = await at.claim(id);
      expect(await due(id)).toEqual([]);
      await at.store.record('token', [delivered(first?.ordinal ?? 0)]);
      expect(await due(id)).toEqual([2]);
    });

    test('one that is held up holds the next back, unless it lets it pass', async () => {
      const { id } = await at.add(1, STRICT);
      await at.fanOut(eventsOf(3));
      const [first] = await at.claim(id);
      if (first === undefined) throw new Error('the first is due');
      await at.store.release('token', [held(first, NOW_MS + 50)]);
      expect(await due(id)).toEqual([]);
      const later = { ...at.request(id), nowMs: NOW_MS + 50 };
      expect(places(await at.store.claim(later))).toEqual([1]);
      await at.store.release('token', [held(first, NOW_MS + 90, true)]);
      expect(await due(id)).toEqual([2]);
      await settle(id, 2, delivered);
      expect(await due(id)).toEqual([3]);
      expect(await of(1)).toMatchObject({ status: 'pending', nextAttemptAtMs: NOW_MS + 90 });
    });

    test('one that lets others pass goes on by its own schedule and holds nothing back', async () => {
      const { id } = await at.add(1, STRICT);
      await at.fanOut(eventsOf(2));
      const [first] = await at.claim(id);
      if (first === undefined) throw new Error('the first is due');
      await at.store.release('token', [held(first, NOW_MS, true)]);
      const both = await at.claim(id);
      expect(new Set(places(both))).toEqual(new Set([1, 2]));
      await at.store.record('token', [failing(first.ordinal, NOW_MS + 7)]);
      await at.store.release(
        'token',
        both.map((delivery) => held(delivery)),
      );
      expect(await of(1)).toMatchObject({ status: 'failing', nextAttemptAtMs: NOW_MS + 7 });
      await at.fanOut(eventsOf(3));
      expect(await due(id)).toEqual([2]);
    });

    test('endpoints do not wait for one another', async () => {
      const [one, other] = [await at.add(1, STRICT), await at.add(2, STRICT)];
      await at.fanOut(eventsOf(2));
      const [first] = await at.claim(one.id);
      await at.store.record('token', [delivered(first?.ordinal ?? 0)]);
      expect(await due(one.id)).toEqual([2]);
      expect(await due(other.id)).toEqual([1]);
    });

    test('begins for what waits when the endpoint becomes strict, and ends when it is no more', async () => {
      const { id } = await at.add(1);
      await at.fanOut([...eventsOf(6), controlEventAt(7, LOG)]);
      await settle(id, 1, delivered);
      await settle(id, 5, (ordinal) => failing(ordinal, NOW_MS));
      await at.store.changeEndpoint(id, (before) => ({ ...before, ordering: 'strict' }));
      expect(await due(id)).toEqual([2, 4, 7]);
      expect(await of(5)).toMatchObject({ status: 'failing', nextAttemptAtMs: null });
      await settle(id, 2, delivered);
      expect(await due(id)).toEqual([3, 4, 7]);
      await at.store.changeEndpoint(id, (before) => ({ ...before, ordering: 'none' }));
      expect(await due(id)).toEqual([3, 4, 5, 6, 7]);
      await settle(id, 3, delivered);
      await at.fanOut(eventsOf(9));
      expect(await due(id)).toEqual([4, 5, 6, 7, 8, 9]);
    });

    test('what is on its way when it begins falls into line after that', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(3));
      const [first, second, third] = (await at.claim(id)).map(({ ordinal }) => ordinal);
      await at.store.changeEndpoint(id, (before) => ({ ...before, ordering: 'strict' }));
      await at.store.record('token', [failing(second ?? 0, NOW_MS)]);
      await at.store.release('token', [
        { ordinal: third ?? 0, notBeforeMs: null, letsPass: false },
      ]);
      expect(await due(id)).toEqual([]);
      await at.store.record('token', [delivered(first ?? 0)]);
      expect(await due(id)).toEqual([2]);
    });
  });

  describe(`${name} deliveries: by hand`, () => {
    const { at, list, of, settle, due } = standing();

    test.each(['delivered', 'dead', 'failing', 'pending'] satisfies DeliveryStatus[])(
      'one that is %s is sent again, with a schedule from then on',
      async (status) => {
        const { id } = await at.add(1);
        await at.fanOut(eventsOf(1));
        const outcomes = {
          delivered,
          dead,
          failing: (ordinal: number) => failing(ordinal, NOW_MS + LEASE_MS),
        };
        if (status !== 'pending') await settle(id, 1, outcomes[status]);
        const before = await of(1);
        expect(before.status).toBe(status);
        const again = await at.store.resend(before.ordinal, NOW_MS + 5);
        expect(again).toEqual({
          ...before,
          status: 'pending',
          scheduledFromMs: NOW_MS + 5,
          nextAttemptAtMs: NOW_MS + 5,
        });
        const counts = { delivered: 0, dead: 0, failing: 0, pending: 1 };
        expect((await at.store.counts()).get(id)).toEqual(counts);
        const attempts = before.attempts + 1;
        const later = { ...at.request(id), nowMs: NOW_MS + 5 };
        expect(await at.store.claim(later)).toEqual([again]);
        await at.store.record('token', [delivered(before.ordinal)]);
        expect(await of(1)).toMatchObject({ status: 'delivered', attempts });
        expect(await at.store.resend(999, NOW_MS)).toBeNull();
      },
    );

    test('one that is on its way keeps that attempt and is sent once more', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(2));
      const [first, second] = await at.claim(id);
      const [one = 0, two = 0] = [first?.ordinal, second?.ordinal];
      expect(await at.store.resend(one, NOW_MS)).toMatchObject({ status: 'pending' });
      expect(await at.store.resend(two, NOW_MS)).toMatchObject({ nextAttemptAtMs: NOW_MS });
      expect(await due(id)).toEqual([]);
      expect(await at.store.record('token', [delivered(one)])).toEqual([one]);
      const held2 = { ordinal: two, notBeforeMs: NOW_MS + 60_000, letsPass: false };
      await at.store.release('token', [held2]);
      expect(await due(id)).toEqual([1, 2]);
      await settle(id, 1, delivered);
      expect((await at.store.findDelivery(one))?.attempts).toHaveLength(2);
      expect(await due(id)).toEqual([2]);
    });

    test('one whose sender was lost is sent once more, not twice', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(1));
      const [lost] = await at.claim(id);
      await at.store.resend(lost?.ordinal ?? 0, NOW_MS);
      const later = NOW_MS + LEASE_MS;
      const again = { ...at.request(id), nowMs: later, leaseUntilMs: later + LEASE_MS };
      expect(await at.store.claim(again)).toHaveLength(1);
      await at.store.record('token', [delivered(lost?.ordinal ?? 0)]);
      expect(await of(1)).toMatchObject({ status: 'delivered', attempts: 1 });
    });

    test('on a strict endpoint one that is sent again takes its turn', async () => {
      const { id } = await at.add(1, STRICT);
      await at.fanOut(eventsOf(3));
      await settle(id, 1, delivered);
      await at.store.resend((await of(3)).ordinal, NOW_MS);
      expect(await due(id)).toEqual([2]);
      await at.store.resend((await of(1)).ordinal, NOW_MS);
      expect(await due(id)).toEqual([1]);
      await settle(id, 1, delivered);
      expect(await due(id)).toEqual([2]);
    });

    test('a range is replayed: what was there again, what is missing is made, under the same event ids', async () => {
      const { id } = await at.add(1, { events: ['payment.*'] }, { writer: LOG, sequence: 2 });
      const events = [...eventsOf(4), controlEventAt(5, LOG)];
      await at.fanOut(events);
      await settle(id, 3, delivered);
      expect(await at.store.replay(id, events, NOW_MS)).toBe(4);
      expect(new Set(await due(id))).toEqual(new Set([1, 2, 3, 4]));
      const eventIds = (await list()).map(({ eventId }) => eventId).toSorted();
      expect(eventIds).toEqual(
        events
          .slice(0, 4)
          .map((event) => event.id)
          .toSorted(),
      );
      expect(await of(1)).toMatchObject({ scheduledFromMs: NOW_MS, createdAtMs: NOW_MS });
      expect((await at.store.counts()).get(id)).toMatchObject({ pending: 4, delivered: 0 });
      expect(await at.store.replay(id, events, NOW_MS)).toBe(4);
      expect(await list()).toHaveLength(4);
    });

    test('what was had is replayed also when it is not wanted any more', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(2));
      await at.store.changeEndpoint(id, (before) => ({ ...before, events: ['rules.changed'] }));
      expect(await at.store.replay(id, eventsOf(3), NOW_MS)).toBe(2);
    });

    test('a replay before the fan-out makes nothing twice', async () => {
      const { id } = await at.add(1);
      expect(await at.store.replay(id, eventsOf(2), NOW_MS)).toBe(2);
      expect(await at.fanOut(eventsOf(3))).toBe(1);
      expect(await due(id)).toHaveLength(3);
      expect(await at.store.replay(id, [], NOW_MS)).toBe(0);
    });

    test('a replay to a strict endpoint keeps the order', async () => {
      const { id } = await at.add(1, STRICT);
      await at.fanOut(eventsOf(3));
      for (const sequence of [1, 2, 3]) await settle(id, sequence, delivered);
      const backwards = eventsOf(4, 4).toReversed();
      expect(await at.store.replay(id, backwards, NOW_MS)).toBe(4);
      for (const sequence of [1, 2, 3, 4]) {
        expect(await due(id)).toEqual([sequence]);
        await settle(id, sequence, delivered);
      }
    });

    test('a test is a delivery of its own, with its own body', async () => {
      const { id } = await at.add(1, { events: ['payment.failed'], ordering: 'strict' });
      const asked = {
        endpointId: id,
        eventId: 'evt_test_1' as EventId,
        eventType: 'payment.succeeded',
        body: '{"type":"payment.succeeded"}',
      };
      const made = await at.store.addTest(asked, NOW_MS);
      expect(made).toMatchObject({
        ...asked,
        sequence: null,
        paymentId: null,
        status: 'pending',
        nextAttemptAtMs: NOW_MS,
      });
      await at.reopen();
      expect(await at.claim(id)).toEqual([made]);
      await at.store.record('token', [delivered(made.ordinal)]);
      expect((await at.store.counts()).get(id)).toMatchObject({ pending: 0, delivered: 1 });
    });
  });

  describe(`${name} deliveries: looking`, () => {
    const { at, list, settle } = standing();

    test('lists page newest first, whatever is asked for', async () => {
      const [one, other] = [await at.add(1), await at.add(2, { events: ['payment.succeeded'] })];
      await at.fanOut(eventsOf(12));
      await settle(one.id, 2, delivered);
      await settle(one.id, 5, dead);
      await settle(one.id, 7, (ordinal) => failing(ordinal, NOW_MS));
      const all = await list();
      expect(all).toHaveLength(16);
      const paymentId = paymentIdAt(2);
      const queries: [Partial<DeliveryQuery>, (delivery: Delivery) => boolean][] = [
        [{}, () => true],
        [{ endpointId: one.id }, ({ endpointId }) => endpointId === one.id],
        [{ statuses: ['pending'] }, ({ status }) => status === 'pending'],
        [{ statuses: ['dead', 'failing', 'dead'] }, ({ status }) => /dead|failing/.test(status)],
        [
          { endpointId: one.id, statuses: ['delivered', 'pending'] },
          ({ endpointId, status }) => endpointId === one.id && /delivered|pending/.test(status),
        ],
        [{ statuses: [] }, () => false],
        [{ paymentId }, (delivery) => delivery.paymentId === paymentId],
        [
          { paymentId, endpointId: other.id },
          (delivery) => delivery.paymentId === paymentId && delivery.endpointId === other.id,
        ],
        [{ paymentId, statuses: ['dead'] }, ({ status }) => status === 'dead'],
        [
          { eventTypes: ['payment.created', 'payment.succeeded'] },
          ({ eventType }) => eventType !== 'payment.processing',
        ],
      ];
      for (const [query, isWanted] of queries) {
        const pages: Delivery[] = [];
        let cursor: string | null = null;
        do {
          const page = await at.store.listDeliveries({ limit: 3, cursor, ...query });
          expect(page.items.length).toBeLessThanOrEqual(3);
          pages.push(...page.items);
          cursor = page.next;
        } while (cursor !== null);
        expect(pages).toEqual(all.filter(isWanted));
        expect(await list(query)).toEqual(pages);
      }
    });

    test('one event is found at each endpoint that had it', async () => {
      const [one, other] = [await at.add(1), await at.add(2)];
      await at.fanOut(eventsOf(3));
      const { id: eventId } = eventAt(2, 1, 2);
      expect((await list({ eventId })).map(({ endpointId }) => endpointId)).toEqual([
        other.id,
        one.id,
      ]);
      expect(await list({ eventId, endpointId: one.id })).toHaveLength(1);
      expect(await list({ eventId, paymentId: paymentIdAt(2) })).toEqual([]);
      expect(await list({ eventId: 'evt_none' })).toEqual([]);
    });

    test('a filter that no index serves looks at ten thousand and hands back a cursor', async () => {
      await at.add(1);
      const last = 12_000;
      await at.fanOut([controlEventAt(1, LOG), ...eventsOf(last - 1, 3, 2)]);
      const query = { limit: 10, eventTypes: ['rules.changed'] };
      const first = await at.store.listDeliveries({ ...query, cursor: null });
      expect(first).toEqual({ items: [], next: String(last - 10_000 + 1) });
      const second = await at.store.listDeliveries({ ...query, cursor: first.next });
      expect(places(second.items)).toEqual([1]);
      expect(second.next).toBeNull();
    });
  });
}

/** For stores that more than one process or thread can have open. */
export function describeSharedDeliveries(name: string, under: DeliveriesUnderTest): void {
  describe(`${name} deliveries, open twice`, () => {
    const at = standingDeliveries(under);

    test('each sees at once what the other did', async () => {
      const other = await under.open();
      const endpoint = await at.add(1);
      expect(await other.endpoints()).toEqual([endpoint]);
      await other.fanOut(eventsOf(2), { writer: LOG, sequence: 2 }, NOW_MS);
      expect(await at.store.cursor()).toEqual({ writer: LOG, sequence: 2 });
      const [claimed] = await other.claim(at.request(endpoint.id, 1, 'other'));
      await at.store.changeEndpoint(endpoint.id, (before) => ({ ...before, isEnabled: false }));
      expect(await other.endpointsWithWork(NOW_MS)).toEqual([]);
      await other.record('other', [delivered(claimed?.ordinal ?? 0)]);
      expect(await at.store.findDelivery(claimed?.ordinal ?? 0)).toMatchObject({
        delivery: { status: 'delivered' },
        attempts: [attemptOf()],
      });
      await at.store.removeEndpoint(endpoint.id);
      expect(await other.endpoints()).toEqual([]);
      await other.fanOut(eventsOf(4), { writer: LOG, sequence: 4 }, NOW_MS);
      await other.close();
    });

    test('nothing is claimed twice, however claims and results mix', async () => {
      const stores = [at.store, await under.open(), await under.open()];
      const { id } = await at.add(1);
      const total = 300;
      await at.fanOut(eventsOf(total));
      const sent: number[] = [];
      await Promise.all(
        stores.map(async (store, worker) => {
          for (let round = 0; ; round += 1) {
            const token = `${worker}-${round}`;
            const claimed = await store.claim(at.request(id, 7, token));
            if (claimed.length === 0) return;
            sent.push(...claimed.map(({ ordinal }) => ordinal));
            const recorded = await store.record(
              token,
              claimed.map(({ ordinal }) => delivered(ordinal)),
            );
            expect(recorded).toHaveLength(claimed.length);
          }
        }),
      );
      expect(sent).toHaveLength(total);
      expect(new Set(sent).size).toBe(total);
      for (const store of stores.slice(1)) await store.close();
    });

    test('what one leased and never gave back, the other takes over', async () => {
      const { id } = await at.add(1, STRICT);
      await at.fanOut(eventsOf(2));
      const crashed = await under.open();
      await crashed.claim(at.request(id, 9, 'crashed'));
      await crashed.close();
      const later = NOW_MS + LEASE_MS;
      const request = { ...at.request(id), nowMs: later, leaseUntilMs: later + LEASE_MS };
      const [taken] = await at.store.claim(request);
      expect(taken).toMatchObject({ sequence: 1, attempts: 0 });
    });
  });
}
