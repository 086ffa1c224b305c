import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CourierUnderTest, courierUnderTest } from '../../../test/support/far-end.ts';
import { requestOf } from '../../../test/support/engine.ts';
import { emptyDeliveries } from '../../../test/support/store.ts';
import { FAN_OUT_EVENTS_MAX } from '../../core/limits.ts';
import { execute } from '../execute.ts';
import { EventTexts } from './event-texts.ts';
import { fanOutPage } from './fan-out.ts';

let at: CourierUnderTest;
beforeEach(async () => {
  at = await courierUnderTest();
});
afterEach(() => at.close());

function page(): Promise<boolean> {
  const parts = { store: at.deliveries, log: at.engine.store, nowMs: () => at.clock.nowMs() };
  return fanOutPage(parts, new EventTexts(at.engine.store));
}

const made = async () => [...(await at.deliveries.counts()).values()][0]?.pending ?? 0;

test('a page at a time, until the cursor is at the head', async () => {
  await at.add(1);
  await at.pay(200);
  expect(await page()).toBe(true);
  expect(await made()).toBe(FAN_OUT_EVENTS_MAX);
  expect(await page()).toBe(true);
  expect(await made()).toBe(600);
  expect(await page()).toBe(false);
  expect(await at.deliveries.cursor()).toMatchObject({ sequence: 600 });
});

test('begins at the end of a log that was never followed, and at the beginning of a new one', async () => {
  const fresh = await emptyDeliveries();
  await at.pay(1);
  const parts = { store: fresh, log: at.engine.store, nowMs: () => at.clock.nowMs() };
  const texts = new EventTexts(at.engine.store);
  expect(await fanOutPage(parts, texts)).toBe(false);
  expect(await fresh.cursor()).toMatchObject({ sequence: 3 });
  await execute(at.engine, requestOf({ type: 'reset_data' }));
  expect(await fanOutPage(parts, texts)).toBe(true);
  const { writer } = await at.engine.store.logHead();
  expect(await fresh.cursor()).toEqual({ writer, sequence: 1 });
  await fresh.close();
});

test('a database that was put back to an earlier state is followed from there', async () => {
  await at.add(1);
  await at.pay(2);
  await page();
  const head = await at.engine.store.logHead();
  await at.deliveries.fanOut([], { ...head, sequence: 1_000 }, at.clock.nowMs());
  expect(await page()).toBe(false);
  expect(await at.deliveries.cursor()).toEqual({ writer: head.writer, sequence: 6 });
  expect(await made()).toBe(0);
  await at.pay(1);
  await page();
  expect(await made()).toBe(3);
});
