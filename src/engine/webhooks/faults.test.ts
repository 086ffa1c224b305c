/** The fault lab, with the courier around it. */
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CourierUnderTest, courierUnderTest, idOf } from '../../../test/support/far-end.ts';
import { SECRET } from '../../../test/support/receivers.ts';
import type { EndpointFaults, FaultKind, FaultRule } from '../../core/webhooks/faults.ts';

let at: CourierUnderTest;
beforeEach(async () => {
  at = await courierUnderTest();
});
afterEach(async () => {
  await at.close();
  if (at.errors.length > 0) throw at.errors[0];
});

const rule = (changes: Partial<FaultRule> = {}): FaultRule => ({
  rate: 0,
  next: 0,
  delayMs: 0,
  ...changes,
});

async function endpoint(faults: EndpointFaults, changes: object = {}) {
  return at.add(1, { events: ['payment.created'], faults, ...changes });
}

async function attempts() {
  const { items } = await at.deliveries.listDeliveries({ limit: 100, cursor: null });
  const found = await Promise.all(items.map(({ ordinal }) => at.deliveries.findDelivery(ordinal)));
  return found.toReversed().map((one) => one?.attempts ?? []);
}

async function marks(): Promise<(readonly FaultKind[])[][]> {
  return (await attempts()).map((made) => made.map(({ deliberate }) => deliberate));
}

async function pay(times = 1): Promise<void> {
  await at.pay(times);
  await at.courier.settle();
}

test('what is dropped is not sent, is kept as an attempt, and comes by the schedule', async () => {
  await endpoint({ drop: rule({ next: 1 }) });
  await pay();
  expect(at.sent).toEqual([]);
  const [dropped] = (await attempts()).flat();
  expect(dropped?.error).toBe('dropped on purpose');
  await at.next();
  expect(await marks()).toEqual([[['drop'], []]]);
  expect(at.sent).toHaveLength(1);
});

test('what is delayed comes as much later, and is held up once', async () => {
  await endpoint({ delay: rule({ rate: 1, delayMs: 7_000 }) });
  await pay();
  const startMs = at.clock.nowMs();
  expect(at.sent).toEqual([]);
  await at.next();
  expect(at.clock.nowMs() - startMs).toBe(7_000);
  expect(await marks()).toEqual([[['delay']]]);
  expect(await at.next()).toBe(false);
});

test('what is sent twice has the same id and body twice, and the second is marked', async () => {
  await endpoint({ duplicate: rule({ next: 1 }) });
  await pay(2);
  expect(at.sent).toHaveLength(3);
  expect(new Set(at.sent.map(idOf)).size).toBe(2);
  const [first, second] = await marks();
  expect([first, second]).toEqual([[[], ['duplicate']], [[]]]);
});

test('a receiver that accepts one of two has it', async () => {
  await endpoint({ duplicate: rule({ rate: 1 }) });
  let answers = 0;
  at.answer(() => (answers++ === 0 ? 204 : 500));
  await pay();
  const { items } = await at.deliveries.listDeliveries({ limit: 1, cursor: null });
  expect(items).toMatchObject([{ status: 'delivered', attempts: 2 }]);
});

test('a corrupt signature is that of another body', async () => {
  await endpoint({ corrupt_signature: rule({ next: 1 }) });
  await pay(2);
  const verdicts = at.sent.map(({ headers, body }) => {
    const right = new Webhook(SECRET).sign(idOf({ headers }), new Date(at.clock.nowMs()), body);
    return headers['webhook-signature'] === right;
  });
  expect(verdicts).toEqual([false, true]);
});

describe('what is held back while later events pass it', () => {
  test('comes after them on a strict endpoint too', async () => {
    await at.add(1, { ordering: 'strict', faults: { reorder: rule({ next: 1, delayMs: 5_000 }) } });
    await pay();
    const places = () => at.sent.map((request) => idOf(request).slice(-1));
    expect(places()).toEqual(['2', '3']);
    await at.next();
    expect(places()).toEqual(['2', '3', '1']);
    expect((await marks())[0]).toEqual([['reorder']]);
  });
});

test('the next n are counted down where a person sees it, and then it is over', async () => {
  const { id } = await endpoint({ drop: rule({ next: 3 }), duplicate: rule({ next: 1 }) });
  await pay(2);
  const left = async () => (await at.deliveries.findEndpoint(id))?.faults;
  expect(await left()).toMatchObject({ drop: { next: 1 }, duplicate: { next: 1 } });
  await pay(2);
  expect(await left()).toMatchObject({ drop: { next: 0 }, duplicate: { next: 0 } });
  await pay(1);
  while (await at.next());
  expect((await marks()).flat(2).toSorted()).toEqual(['drop', 'drop', 'drop', 'duplicate']);
});

test('at a rate, as many are hit as it says, and the same ones with the same seed', async () => {
  const hits = async () => {
    await endpoint({ corrupt_signature: rule({ rate: 0.3 }) });
    await pay(100);
    return (await marks()).map(([one]) => one?.length ?? 0);
  };
  const first = await hits();
  const count = first.filter((marked) => marked > 0).length;
  expect(count).toBeGreaterThan(15);
  expect(count).toBeLessThan(45);
  await at.close();
  at = await courierUnderTest();
  expect(await hits()).toEqual(first);
});
