import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectEventually, passed } from '../../../../test/property/store.ts';
import {
  createCommand,
  mustDecide,
  publish,
  requestOf,
  retryCommand,
  runTimers,
  testClock,
  type TestClock,
  testEngine,
} from '../../../../test/support/engine.ts';
import { cardOf, scenarioOf } from '../../../../test/support/payment.ts';
import type { Payment } from '../../../core/payment.ts';
import { execute } from '../../../engine/execute.ts';
import type { Engine, Store } from '../../../engine/ports.ts';
import { countSearchEntries, type SearchCount } from './recount-search.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-search-'));
afterAll(() => rmSync(folder, { recursive: true }));

const STEP = 4;
const searchTuning = { stepPayments: STEP, fanOut: 2, sliceEntries: 3, blockChars: 24 };

let databases = 0;
let path: string;
let clock: TestClock;
let errors: unknown[];
let store: Store;
let engine: Engine;
/** Another connection to the same file. */
let beside: DatabaseSync;

beforeEach(() => {
  databases += 1;
  path = join(folder, `${databases}.db`);
  clock = testClock();
  errors = [];
  open();
  beside = new DatabaseSync(path);
});
afterEach(async () => {
  beside.close();
  await store.close();
});

function open(): void {
  store = openSqliteStore({
    path,
    newWriter: () => 'abc123',
    publish,
    nowMs: () => clock.nowMs(),
    searchTuning,
    onSearchError: (error) => errors.push(error),
  });
  engine = testEngine(store, clock);
}

async function pay(payments: number): Promise<void> {
  clock.advance(1);
  const requests = Array.from({ length: payments }, () => requestOf(createCommand()));
  await Promise.all(requests.map((request) => execute(engine, request)));
}

function rows(table: string): unknown {
  return beside.prepare(`select count(*) as n from ${table}`).get()?.['n'];
}

function indexedTo(): unknown {
  return beside.prepare('select max(last_ordinal) as n from search_segments').get()?.['n'];
}

/** Of one moment: the upkeep may be at work. */
function recounted(): SearchCount {
  beside.exec('begin');
  const counted = countSearchEntries(beside);
  beside.exec('commit');
  return counted;
}

async function found(searchPrefix = 'alice'): Promise<number> {
  const { items } = await store.listPayments({ limit: 100, cursor: null, searchPrefix });
  return items.length;
}

describe('the search index', () => {
  test('follows the payments without being asked', async () => {
    await pay(30);
    await expectEventually(() => indexedTo() === 28);
    await pay(2);
    await expectEventually(() => indexedTo() === 32);
    expect(await found()).toBe(32);
    expect(errors).toEqual([]);
  });

  test('is left in the middle of its upkeep when the store is closed, and goes on at the next start', async () => {
    await pay(90);
    await store.close();
    expect(Number(indexedTo())).toBeLessThan(88);
    expect(recounted().differences).toEqual([]);
    open();
    expect(await found()).toBe(90);
    await expectEventually(() => indexedTo() === 88);
    expect(recounted().differences).toEqual([]);
  });

  test('holds no payment up when it cannot be written, and goes on with later ones', async () => {
    await pay(STEP);
    await expectEventually(() => indexedTo() === STEP);
    beside.exec(`create trigger fails before insert on search_blocks
      begin select raise(abort, 'no more blocks'); end`);
    await pay(STEP);
    await expectEventually(() => errors.length === 1);
    expect(String(errors[0])).toContain('no more blocks');
    await pay(STEP - 1);
    expect(await found()).toBe(3 * STEP - 1);
    expect(indexedTo()).toBe(STEP);
    expect(errors).toHaveLength(1);
    beside.exec('drop trigger fails');
    await pay(1);
    await expectEventually(() => indexedTo() === 3 * STEP);
    expect(errors).toHaveLength(1);
  });

  test('takes in other cards when no new payments come', async () => {
    const failing = scenarioOf({ outcomes: ['PROCESSING_ERROR'] });
    const made: Payment[] = [];
    for (const last4 of ['0001', '0002', '0003', '0004']) {
      const command = createCommand({ card: cardOf(last4), scenario: failing });
      made.push(await mustDecide(engine, command));
    }
    await runTimers(engine, clock);
    await expectEventually(() => indexedTo() === STEP);
    const card = { card: cardOf('4242'), testCard: null, isExpired: false };
    for (const { id } of made) await mustDecide(engine, retryCommand(id, { card }));
    expect(await found('4242')).toBe(STEP);
    for (let more = 1; more < STEP; more += 1) {
      await pay(1);
      await runTimers(engine, clock);
    }
    await expectEventually(() => rows('search_changed') === 0);
    expect(recounted().differences).toEqual([]);
  });

  test('begins anew after a reset', async () => {
    await pay(5 * STEP);
    await expectEventually(() => indexedTo() === 5 * STEP && rows('search_segments') === 2);
    await passed(20);
    await execute(engine, requestOf({ type: 'reset_data' }));
    await pay(STEP + 1);
    expect(await found()).toBe(STEP + 1);
    await expectEventually(() => indexedTo() === STEP);
    expect(await found()).toBe(STEP + 1);
    expect(recounted()).toEqual({ entries: STEP, differences: [] });
    expect(errors).toEqual([]);
  });
});
