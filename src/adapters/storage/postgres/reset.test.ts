/** A reset whose connection is lost while it is committed: it is made once, whatever became of the commit. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CutLine, cutLine, type Fate } from '../../../../test/support/cut-line.ts';
import {
  createCommand,
  mustDecide,
  publish,
  requestOf,
  testClock,
  testEngine,
} from '../../../../test/support/engine.ts';
import { testDatabase } from '../../../../test/support/postgres.ts';
import { execute } from '../../../engine/execute.ts';
import type { Engine, Store } from '../../../engine/ports.ts';
import { openPostgresStore } from './store.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

let line: CutLine;
let store: Store;
let engine: Engine;
let names: number;

beforeEach(async () => {
  await DATABASE.query('drop schema public cascade; create schema public');
  names = 0;
  line = await cutLine(DATABASE.url, 'truncate payments');
  const clock = testClock();
  store = await openPostgresStore({
    url: line.url,
    newLog: () => `log-${(names += 1)}`,
    publish,
    nowMs: () => clock.nowMs(),
    reach: () => {},
  });
  engine = testEngine(store, clock);
});
afterEach(async () => {
  await store.close();
  line.close();
});

describe.each<[Fate, number]>([
  ['passes', 1],
  ['is lost', 2],
  ['is done, and its answer lost', 1],
])('a reset whose commit %s', (next, tries) => {
  test('is made once, and the store goes on behind it', async () => {
    await mustDecide(engine, createCommand());
    await mustDecide(engine, createCommand());
    const before = await store.logHead();
    expect(before).toMatchObject({ writer: 'log-1', sequence: 2 });
    line.fate = next;
    const reply = await execute(engine, requestOf({ type: 'reset_data' }));
    expect(reply.kind).toBe('changed');
    expect(line.fate).toBe('passes');
    const { id } = await mustDecide(engine, createCommand());
    const { events } = await store.events({ after: 0, limit: 10 });
    expect(events.map(({ type }) => type)).toEqual(['data.reset', 'payment.created']);
    // It tells of the log with the payments: another reset would tell of one with a reset in it.
    expect(JSON.parse(events[0]?.data ?? '')).toMatchObject({
      previous: { writer: 'log-1', entries: 2, hash: before.hash },
    });
    const { items } = await store.listPayments({ limit: 10, cursor: null });
    expect(items.map((payment) => payment.id)).toEqual([id]);
    // Opening the store and each try took a name.
    expect(names).toBe(1 + tries);
    expect((await store.logHead()).writer).toBe(`log-${names}`);
  });
});
