/** Two processes that count one log: two collectors on one store, each as if it had an engine of its own. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  authorizeCommand,
  mustDecide,
  requestOf,
  testClock,
  type TestClock,
  testEngine,
} from '../../../test/support/engine.ts';
import { type TestPlace, testPlace } from '../../../test/support/store.ts';
import { execute } from '../execute.ts';
import type { Engine, SeriesAddition, Store } from '../ports.ts';
import { type Collector, collectTimeSeries } from './collector.ts';

const EVER = { level: 'ever', fromMs: 0, beforeMs: 1 } as const;
const ALL = 1_000_000;

let place: TestPlace;
let clock: TestClock;
let store: Store;
let engine: Engine;
let additions: SeriesAddition[];
let logs = 0;

beforeEach(async () => {
  place = await testPlace();
  clock = testClock();
  additions = [];
  const opened = await place.openStore({
    newLog: () => `writer-${(logs += 1)}`,
    nowMs: () => clock.nowMs(),
  });
  store = {
    ...opened,
    ordersLater: true,
    addToSeries(addition) {
      additions.push(addition);
      return opened.addToSeries(addition);
    },
  };
  engine = testEngine(store, clock);
});
afterEach(async () => {
  await store.close();
  await place.remove();
});

const payMany = (count: number) =>
  Promise.all(Array.from({ length: count }, () => mustDecide(engine, authorizeCommand())));

async function counted(collector: Collector): Promise<number> {
  return (await collector.tallies(EVER)).get(0)?.counts.created ?? 0;
}

test('one counts and the other shows the same, each event once', async () => {
  const [a, b] = [collectTimeSeries(engine), collectTimeSeries(engine)];
  for (let second = 1; second <= 5; second += 1) {
    await payMany(20);
    await a.catchUp(ALL);
    await b.catchUp(ALL);
    expect([await counted(a), await counted(b)]).toEqual([second * 20, second * 20]);
  }
  const scores = await b.riskScores([EVER]);
  expect(scores.reduce((sum, count) => sum + count, 0)).toBe(100);
  // What one counts the other does not try to.
  expect(additions).toHaveLength(5);
});

test('when the one that counts is gone, the other goes on at its second look', async () => {
  const [a, b] = [collectTimeSeries(engine), collectTimeSeries(engine)];
  await payMany(1);
  await a.catchUp(ALL);
  await b.catchUp(ALL);
  await payMany(1);
  await a.catchUp(ALL);
  await b.catchUp(ALL);
  await payMany(3);
  await b.catchUp(ALL);
  expect(await counted(b)).toBe(5);
});

test('two that count at once count nothing twice', async () => {
  await payMany(50);
  const both = [collectTimeSeries(engine), collectTimeSeries(engine)];
  await Promise.all(both.map((collector) => collector.catchUp(ALL)));
  for (const collector of both) expect(await counted(collector)).toBe(50);
  await payMany(50);
  for (let second = 0; second < 3; second += 1) {
    for (const collector of both) await collector.catchUp(ALL);
  }
  expect(await counted(collectTimeSeries(engine))).toBe(100);
});

test('a long log is counted in pieces, and it says that it is behind', async () => {
  await payMany(600);
  const collector = collectTimeSeries(engine);
  await collector.catchUp(500);
  expect([await counted(collector), collector.isBehind]).toEqual([500, true]);
  await collector.catchUp(ALL);
  expect([await counted(collector), collector.isBehind]).toEqual([600, false]);
});

test('after a reset the new log is counted', async () => {
  const collector = collectTimeSeries(engine);
  await payMany(10);
  await collector.catchUp(ALL);
  await execute(engine, requestOf({ type: 'reset_data' }));
  await payMany(3);
  for (let second = 0; second < 2; second += 1) await collector.catchUp(ALL);
  expect(await counted(collector)).toBe(3);
});
