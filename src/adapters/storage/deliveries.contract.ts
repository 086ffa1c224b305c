/**
 * What every store of webhook deliveries promises: this suite runs against each of them. Order and what is done by hand
 * are in deliveries-order.contract.ts, answers under idempotency keys in deliveries-replies.contract.ts.
 */
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
  endpointOf,
  eventAt,
  EVENT_MS,
  eventsOf,
  failing,
  NOW_MS,
} from '../../../test/support/deliveries.ts';
import { ENDPOINTS_MAX } from '../../core/webhooks/endpoint.ts';

const START = { writer: LOG, sequence: 0 };

export function describeDeliveries(name: string, under: DeliveriesUnderTest): void {
  describe(`${name} deliveries: endpoints`, () => {
    const at = standingDeliveries(under);

    test('are kept as they are, the oldest first, also after a restart', async () => {
      const plain = endpointOf(1);
      const full = endpointOf(2, {
        events: ['payment.*', 'rules.changed'],
        description: 'for "tests"',
        payload: 'payment',
        ordering: 'strict',
        isEnabled: false,
        disabledReason: 'unset',
        previousSecret: { secret: 'whsec_old', untilMs: NOW_MS },
        faults: {
          delay: { rate: 0.5, next: 2, delayMs: 100 },
          drop: { rate: 0, next: 1, delayMs: 0 },
        },
        isFromEnvironment: true,
      });
      expect(await at.store.endpoints()).toEqual([]);
      expect(await at.store.addEndpoint(plain, START)).toBe(true);
      expect(await at.store.addEndpoint(full, START)).toBe(true);
      expect(await at.store.endpoints()).toEqual([plain, full]);
      await at.reopen();
      expect(await at.store.findEndpoint(full.id)).toEqual(full);
      expect(await at.store.findEndpoint(endpointOf(3).id)).toBeNull();
    });

    test('are changed by what they were before', async () => {
      const { id } = await at.add(1);
      const changed = await at.store.changeEndpoint(id, (before) => ({
        ...before,
        url: `${before.url}/new`,
        events: ['payment.failed'],
        description: 'new',
        payload: 'payment',
        secret: 'whsec_new',
        previousSecret: { secret: before.secret, untilMs: NOW_MS },
        faults: { drop: { rate: 1, next: 0, delayMs: 0 } },
        updatedAtMs: NOW_MS,
      }));
      expect(changed).toMatchObject({ url: 'http://127.0.0.1:9/1/new', secret: 'whsec_new' });
      expect(await at.store.findEndpoint(id)).toEqual(changed);
      expect(await at.store.changeEndpoint(endpointOf(2).id, (before) => before)).toBeNull();
    });

    test('stay as they were when a change throws', async () => {
      const endpoint = await at.add(1);
      const refused = at.store.changeEndpoint(endpoint.id, () => {
        throw new Error('a bug');
      });
      await expect(refused).rejects.toThrow('a bug');
      const other = at.store.changeEndpoint(endpoint.id, () => endpointOf(2));
      await expect(other).rejects.toThrow('keeps the id');
      expect(await at.store.endpoints()).toEqual([endpoint]);
      await at.add(2);
    });

    test('are no more than a hundred', async () => {
      for (let index = 0; index < ENDPOINTS_MAX; index += 1) await at.add(index);
      const last = endpointOf(ENDPOINTS_MAX);
      expect(await at.store.addEndpoint(last, START)).toBe(false);
      expect(await at.store.removeEndpoint(endpointOf(0).id)).toBe(true);
      expect(await at.store.addEndpoint(last, START)).toBe(true);
    });

    test('go with their deliveries, at once', async () => {
      const [gone, kept] = [await at.add(1), await at.add(2)];
      await at.fanOut(eventsOf(3));
      const claimed = await at.claim(gone.id, 1);
      const [other] = await at.claim(gone.id, 1, 'other');
      await at.store.record('token', [delivered(claimed[0]?.ordinal ?? 0)]);
      expect(await at.store.removeEndpoint(gone.id)).toBe(true);
      expect(await at.store.removeEndpoint(gone.id)).toBe(false);

      expect(await at.store.findDelivery(claimed[0]?.ordinal ?? 0)).toBeNull();
      expect(await at.store.resend(other?.ordinal ?? 0, NOW_MS)).toBeNull();
      expect(await at.store.record('other', [delivered(other?.ordinal ?? 0)])).toEqual([]);
      await at.store.release('other', [
        { ordinal: other?.ordinal ?? 0, notBeforeMs: null, letsPass: false },
      ]);
      expect(await at.store.claim(at.request(gone.id))).toEqual([]);
      expect(await at.store.replay(gone.id, eventsOf(3), NOW_MS)).toBe(0);
      const { items } = await at.store.listDeliveries({ limit: 100, cursor: null });
      expect(items.map(({ endpointId }) => endpointId)).toEqual([kept.id, kept.id, kept.id]);
      const ofGone = { limit: 100, cursor: null, endpointId: gone.id };
      expect(await at.store.listDeliveries(ofGone)).toEqual({ items: [], next: null });
      expect([...(await at.store.counts()).keys()]).toEqual([kept.id]);
      expect(await at.store.endpointsWithWork(NOW_MS)).toEqual([kept.id]);
    });
  });

  describe(`${name} deliveries: following the log`, () => {
    const at = standingDeliveries(under);

    test('there is one for each endpoint that wants the event, and the cursor moves with them', async () => {
      const all = await at.add(1);
      const payments = await at.add(2, { events: ['payment.*'] });
      const created = await at.add(3, { events: ['payment.created', 'rules.changed'] });
      expect(await at.store.cursor()).toBeNull();
      const events = [eventAt(1, 1, 1), eventAt(2, 1, 2), controlEventAt(3, LOG)];
      expect(await at.fanOut(events)).toBe(3 + 2 + 2);
      expect(await at.store.cursor()).toEqual({ writer: LOG, sequence: 3 });
      await at.reopen();
      expect(await at.store.cursor()).toEqual({ writer: LOG, sequence: 3 });
      const { items } = await at.store.listDeliveries({ limit: 100, cursor: null });
      expect(items.map(({ sequence, endpointId }) => [sequence, endpointId])).toEqual([
        [3, created.id],
        [3, all.id],
        [2, payments.id],
        [2, all.id],
        [1, created.id],
        [1, payments.id],
        [1, all.id],
      ]);
      expect(items.at(-1)).toEqual({
        ordinal: 1,
        endpointId: all.id,
        eventId: events[0]?.id,
        sequence: 1,
        body: null,
        eventType: 'payment.created',
        paymentId: events[0]?.paymentId,
        paymentSequence: 1,
        scheduledFromMs: EVENT_MS + 1,
        createdAtMs: NOW_MS,
        status: 'pending',
        attempts: 0,
        nextAttemptAtMs: EVENT_MS + 1,
      });
      expect(items[0]).toMatchObject({ paymentId: null, paymentSequence: null });
    });

    test('the same events again make nothing', async () => {
      await at.add(1);
      expect(await at.fanOut(eventsOf(4))).toBe(4);
      expect(await at.fanOut(eventsOf(4))).toBe(0);
      expect(await at.fanOut(eventsOf(2))).toBe(0);
      expect(await at.store.cursor()).toEqual({ writer: LOG, sequence: 4 });
      expect(await at.fanOut(eventsOf(6))).toBe(2);
    });

    test('the cursor moves past events that nobody wants', async () => {
      expect(await at.store.fanOut([], { writer: LOG, sequence: 7 }, NOW_MS)).toBe(0);
      expect(await at.store.cursor()).toEqual({ writer: LOG, sequence: 7 });
      await at.add(1);
      expect(await at.fanOut(eventsOf(8))).toBe(1);
    });

    test('an endpoint hears nothing of before it was added', async () => {
      const { id } = await at.add(1, {}, { writer: LOG, sequence: 2 });
      expect(await at.fanOut(eventsOf(4))).toBe(2);
      const { items } = await at.store.listDeliveries({ limit: 9, cursor: null, endpointId: id });
      expect(items.map(({ sequence }) => sequence)).toEqual([4, 3]);
    });

    test('an endpoint of an older log hears all of the new one', async () => {
      await at.add(1, {}, { writer: 'log-0', sequence: 50 });
      expect(await at.fanOut(eventsOf(4))).toBe(4);
    });

    test('one of an endpoint that is paused is made and waits', async () => {
      const { id } = await at.add(1, { isEnabled: false });
      expect(await at.fanOut(eventsOf(2))).toBe(2);
      expect(await at.store.endpointsWithWork(NOW_MS)).toEqual([]);
      expect(await at.claim(id)).toEqual([]);
      expect(await at.store.nextDueAtMs()).toBeNull();
      await at.store.changeEndpoint(id, (before) => ({ ...before, isEnabled: true }));
      expect(await at.claim(id)).toHaveLength(2);
    });

    test('an event from the future is due now', async () => {
      const { id } = await at.add(1);
      await at.fanOut([{ ...eventAt(1, 1, 1), atMs: NOW_MS + 1_000_000 }]);
      const [claimed] = await at.claim(id);
      expect(claimed).toMatchObject({ scheduledFromMs: NOW_MS, nextAttemptAtMs: NOW_MS });
    });

    test('a new log takes them all out and keeps the endpoints; no ordinal comes again', async () => {
      const endpoint = await at.add(1);
      await at.fanOut(eventsOf(3));
      const [first] = await at.claim(endpoint.id, 1);
      await at.store.record('token', [delivered(first?.ordinal ?? 0)]);
      await at.store.beginLog({ writer: 'log-2', sequence: 0 });
      expect(await at.store.cursor()).toEqual({ writer: 'log-2', sequence: 0 });
      expect(await at.store.endpoints()).toEqual([endpoint]);
      expect(await at.store.findDelivery(first?.ordinal ?? 0)).toBeNull();
      expect(await at.store.nextDueAtMs()).toBeNull();
      expect((await at.store.counts()).get(endpoint.id)).toEqual({
        pending: 0,
        delivered: 0,
        failing: 0,
        dead: 0,
      });
      await at.reopen();
      await at.store.fanOut(eventsOf(3), { writer: 'log-2', sequence: 3 }, NOW_MS);
      const { items } = await at.store.listDeliveries({ limit: 9, cursor: null });
      expect(items.map(({ ordinal }) => ordinal)).toEqual([6, 5, 4]);
    });

    test('after a log was put back, an endpoint hears what comes next', async () => {
      const { id } = await at.add(1, {}, { writer: LOG, sequence: 50 });
      await at.store.beginLog({ writer: LOG, sequence: 2 });
      expect(await at.fanOut(eventsOf(4))).toBe(2);
      expect((await at.claim(id)).map(({ sequence }) => sequence)).toEqual([3, 4]);
    });

    test('what is late from the old log changes nothing in the new one', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(1));
      const [old] = await at.claim(id);
      await at.store.beginLog({ writer: 'log-2', sequence: 0 });
      await at.store.fanOut(eventsOf(1), { writer: 'log-2', sequence: 1 }, NOW_MS);
      expect(await at.store.record('token', [delivered(old?.ordinal ?? 0)])).toEqual([]);
      const stale = at.store.fanOut(eventsOf(2), { writer: LOG, sequence: 2 }, NOW_MS);
      await expect(stale).rejects.toThrow('a new log is begun');
      expect(await at.store.cursor()).toEqual({ writer: 'log-2', sequence: 1 });
    });

    test('a fan-out that fails leaves nothing behind', async () => {
      await at.add(1);
      const broken = { ...eventAt(2, 1, 2), paymentSequence: null };
      await expect(at.fanOut([eventAt(1, 1, 1), broken])).rejects.toMatchObject({
        kind: 'refused',
      });
      expect(await at.store.cursor()).toBeNull();
      expect((await at.store.listDeliveries({ limit: 9, cursor: null })).items).toEqual([]);
      expect(await at.fanOut(eventsOf(2))).toBe(2);
    });
  });

  describe(`${name} deliveries: work`, () => {
    const at = standingDeliveries(under);

    test('is leased to one, the oldest due first, as much as is asked for', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(5));
      const first = await at.claim(id, 3);
      expect(first.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      const second = await at.claim(id, 3, 'other');
      expect(second.map(({ sequence }) => sequence)).toEqual([4, 5]);
      expect(await at.claim(id, 3, 'third')).toEqual([]);
      expect(await at.store.endpointsWithWork(NOW_MS)).toEqual([]);
    });

    test('is not there before it is due', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(2));
      const early = { ...at.request(id), nowMs: EVENT_MS + 1, leaseUntilMs: EVENT_MS + LEASE_MS };
      expect(await at.store.endpointsWithWork(EVENT_MS)).toEqual([]);
      expect(await at.store.endpointsWithWork(EVENT_MS + 1)).toEqual([id]);
      expect((await at.store.claim(early)).map(({ sequence }) => sequence)).toEqual([1]);
      expect(await at.store.claim(at.request(endpointOf(2).id))).toEqual([]);
    });

    test('knows when the next is due, leases included', async () => {
      const { id } = await at.add(1);
      expect(await at.store.nextDueAtMs()).toBeNull();
      await at.fanOut(eventsOf(2));
      expect(await at.store.nextDueAtMs()).toBe(EVENT_MS + 1);
      await at.claim(id, 1);
      expect(await at.store.nextDueAtMs()).toBe(EVENT_MS + 2);
      const [second] = await at.claim(id, 1, 'other');
      expect(await at.store.nextDueAtMs()).toBe(NOW_MS + LEASE_MS);
      await at.store.record('other', [failing(second?.ordinal ?? 0, NOW_MS + 5_000)]);
      expect(await at.store.nextDueAtMs()).toBe(NOW_MS + 5_000);
    });

    test('comes back when a lease has run out, and the late result is refused', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(1));
      const [lost] = await at.claim(id, 1, 'lost');
      const later = NOW_MS + LEASE_MS;
      const again = { ...at.request(id, 1, 'next'), nowMs: later - 1, leaseUntilMs: later * 2 };
      expect(await at.store.claim(again)).toEqual([]);
      const [taken] = await at.store.claim({ ...again, nowMs: later });
      expect(taken).toEqual(lost);
      const ordinal = taken?.ordinal ?? 0;
      expect(await at.store.record('lost', [delivered(ordinal)])).toEqual([]);
      await at.store.release('lost', [{ ordinal, notBeforeMs: later, letsPass: true }]);
      expect((await at.store.findDelivery(ordinal))?.attempts).toEqual([]);
      expect(await at.store.record('next', [delivered(ordinal)])).toEqual([ordinal]);
      expect(await at.store.record('next', [delivered(ordinal)])).toEqual([]);
      expect((await at.store.findDelivery(ordinal))?.attempts).toHaveLength(1);
    });

    test('comes back at once when all leases are ended, and only to who leases it then', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(2));
      const [first] = await at.claim(id, 1, 'lost');
      await at.store.endLeases(NOW_MS, LEASE_MS);
      expect((await at.claim(id, 10, 'next')).map(({ ordinal }) => ordinal)).toEqual([1, 2]);
      expect(await at.store.record('lost', [delivered(first?.ordinal ?? 0)])).toEqual([]);
      expect(await at.store.record('next', [delivered(first?.ordinal ?? 0)])).toEqual([1]);
    });

    test('that was never leased takes no result', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(1));
      const [pending] = (await at.store.listDeliveries({ limit: 9, cursor: null })).items;
      const ordinal = pending?.ordinal ?? 0;
      expect(await at.store.record('token', [delivered(ordinal), delivered(999)])).toEqual([]);
      expect(await at.claim(id)).toEqual([pending]);
    });

    test('leaves every attempt as it was made', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(1));
      const [claimed] = await at.claim(id);
      const ordinal = claimed?.ordinal ?? 0;
      const refused = attemptOf({
        statusCode: 429,
        error: 'it answered 429',
        retryAfterMs: 1_500,
        response: { headers: { 'retry-after': '1.5' }, body: 'später "ja"', isTruncated: true },
        deliberate: ['delay', 'corrupt_signature'],
      });
      const unanswered = attemptOf({ statusCode: null, error: 'reset', response: null });
      await at.store.record('token', [
        {
          ordinal,
          attempts: [refused, unanswered],
          after: { status: 'failing', nextAttemptAtMs: NOW_MS + 5_000, isGone: false },
        },
      ]);
      await at.reopen();
      expect(await at.store.findDelivery(ordinal)).toEqual({
        delivery: { ...claimed, status: 'failing', attempts: 2, nextAttemptAtMs: NOW_MS + 5_000 },
        attempts: [refused, unanswered],
      });
      const again = { ...at.request(id), nowMs: NOW_MS + 5_000, leaseUntilMs: NOW_MS + LEASE_MS };
      expect(await at.store.claim(again)).toHaveLength(1);
      await at.store.record('token', [delivered(ordinal)]);
      const found = await at.store.findDelivery(ordinal);
      expect(found?.attempts).toEqual([refused, unanswered, attemptOf()]);
      expect(found?.delivery).toMatchObject({
        status: 'delivered',
        attempts: 3,
        nextAttemptAtMs: null,
      });
      expect(await at.store.findDelivery(999)).toBeNull();
    });

    test('that was given up has no further attempt', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(1));
      const [claimed] = await at.claim(id);
      const ordinal = claimed?.ordinal ?? 0;
      await at.store.record('token', [{ ...dead(ordinal), attempts: [] }]);
      expect(await at.store.findDelivery(ordinal)).toMatchObject({
        delivery: { status: 'dead', attempts: 0, nextAttemptAtMs: null },
        attempts: [],
      });
      expect(await at.store.nextDueAtMs()).toBeNull();
    });

    test('is written all or nothing', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(2));
      const [first, second] = await at.claim(id);
      const broken = failing(second?.ordinal ?? 0, Number.NaN);
      const recorded = at.store.record('token', [delivered(first?.ordinal ?? 0), broken]);
      await expect(recorded).rejects.toMatchObject({ kind: 'refused' });
      expect(await at.store.findDelivery(first?.ordinal ?? 0)).toEqual({
        delivery: first,
        attempts: [],
      });
      const both = [delivered(first?.ordinal ?? 0), delivered(second?.ordinal ?? 0)];
      expect(await at.store.record('token', both)).toHaveLength(2);
    });

    test('that is given back is due as before, or held up', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(2));
      const [first, second] = await at.claim(id);
      await at.store.release('token', [
        { ordinal: first?.ordinal ?? 0, notBeforeMs: null, letsPass: false },
        { ordinal: second?.ordinal ?? 0, notBeforeMs: NOW_MS + 99.5, letsPass: false },
      ]);
      expect(await at.claim(id)).toEqual([first]);
      expect((await at.store.findDelivery(second?.ordinal ?? 0))?.delivery).toEqual({
        ...second,
        nextAttemptAtMs: NOW_MS + 100,
      });
      expect(await at.store.record('token', [delivered(second?.ordinal ?? 0)])).toEqual([]);
    });

    test('ends when the endpoint says that it is gone; what waits stays', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(2));
      const [first] = await at.claim(id, 1);
      const outcome = failing(first?.ordinal ?? 0, NOW_MS + 5_000);
      await at.store.record('token', [{ ...outcome, after: { ...outcome.after, isGone: true } }]);
      expect(await at.store.findEndpoint(id)).toMatchObject({
        isEnabled: false,
        disabledReason: 'gone',
        updatedAtMs: NOW_MS + 13,
      });
      expect(await at.store.endpointsWithWork(NOW_MS)).toEqual([]);
      expect(await at.claim(id)).toEqual([]);
      expect((await at.store.counts()).get(id)).toMatchObject({ pending: 1, failing: 1 });
    });

    test('of an endpoint that a person paused meanwhile does not say that it is gone', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(1));
      const [first] = await at.claim(id);
      await at.store.changeEndpoint(id, (before) => ({ ...before, isEnabled: false }));
      const outcome = dead(first?.ordinal ?? 0);
      await at.store.record('token', [{ ...outcome, after: { ...outcome.after, isGone: true } }]);
      expect(await at.store.findEndpoint(id)).toMatchObject({
        isEnabled: false,
        disabledReason: null,
      });
    });

    test('is counted by endpoint and status', async () => {
      const [busy, idle] = [await at.add(1), await at.add(2, { events: ['rules.changed'] })];
      await at.fanOut(eventsOf(6));
      const ordinals = (await at.claim(busy.id, 4)).map(({ ordinal }) => ordinal);
      const [a = 0, b = 0, c = 0] = ordinals;
      await at.store.record('token', [delivered(a), failing(b, NOW_MS + 5_000), dead(c)]);
      const counts = await at.store.counts();
      expect(counts.get(busy.id)).toEqual({ pending: 3, delivered: 1, failing: 1, dead: 1 });
      expect(counts.get(idle.id)).toEqual({ pending: 0, delivered: 0, failing: 0, dead: 0 });
    });

    test('tells how long the last attempts took, without those that were dropped on purpose', async () => {
      const { id } = await at.add(1);
      await at.fanOut(eventsOf(4));
      const [a = 0, b = 0, c = 0, d = 0] = (await at.claim(id)).map(({ ordinal }) => ordinal);
      const slow = attemptOf({ durationMs: 900, deliberate: ['delay', 'corrupt_signature'] });
      const dropped = attemptOf({ durationMs: 0, deliberate: ['drop'] });
      await at.store.record('token', [
        { ...delivered(a), attempts: [attemptOf({ durationMs: 7 }), slow] },
        delivered(b),
        { ...failing(c, NOW_MS + 5_000), attempts: [attemptOf(), dropped] },
      ]);
      const tookMs = await at.store.lastAttemptsMs([a, b, c, d, 999]);
      expect([...tookMs].sort((one, other) => one - other)).toEqual([12.5, 900]);
      expect(await at.store.lastAttemptsMs([])).toEqual([]);
    });
  });
}
