import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createCommand,
  mustDecide,
  publish,
  requestOf,
  runTimers,
  START_MS,
  testClock,
  testEngine,
} from '../../../../test/support/engine.ts';
import { scenarioOf } from '../../../../test/support/payment.ts';
import { currencyOf } from '../../../core/currencies.ts';
import { execute } from '../../../engine/execute.ts';
import { collectTimeSeries } from '../../../engine/time-series/collector.ts';
import { openReadOnly } from './database.ts';
import { recount } from './recount.ts';
import type { RecountCheck } from './recount-check.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-recount-'));
const sound = join(folder, 'sound.db');
let copies = 0;

beforeAll(() => makeSoundDatabase());
afterAll(() => rmSync(folder, { recursive: true }));

/** Two payments succeeded (one was refunded in parts), one failed, one is PROCESSING and one CREATED. */
async function makeSoundDatabase(): Promise<void> {
  const clock = testClock();
  const store = openSqliteStore({
    path: sound,
    newWriter: () => 'abc123',
    publish,
    nowMs: () => clock.nowMs(),
  });
  const engine = testEngine(store, clock);
  const { id } = await mustDecide(engine, createCommand());
  await mustDecide(engine, createCommand({ currency: currencyOf('JPY'), amountMinor: 500n }));
  const scenario = scenarioOf({ outcomes: ['PROCESSING_ERROR'] });
  await mustDecide(engine, createCommand({ scenario }));
  await runTimers(engine, clock);
  for (const amount of ['30', '10.01']) {
    await mustDecide(engine, { type: 'refund_payment', paymentId: id, amount, reason: null });
  }
  await mustDecide(engine, createCommand());
  // The log has an entry about no payment, and the network a timer.
  await execute(
    engine,
    requestOf({ type: 'change_simulation', patch: { failureRate: 0 }, expiresInMs: 60_000 }),
  );
  const series = collectTimeSeries(engine);
  await series.catchUp(100);
  await series.save();
  const [start] = await store.dueTimers(clock.nowMs(), 1);
  if (start === undefined) throw new Error('a timer is due');
  await execute(engine, requestOf({ type: 'timer_elapsed', timer: start }));
  await mustDecide(engine, createCommand());
  await store.close();
}

/** Recounts a copy of the sound database after `sql` has broken it. */
function recountAfter(sql: string): readonly RecountCheck[] {
  copies += 1;
  const path = join(folder, `copy-${copies}.db`);
  copyFileSync(sound, path);
  const database = new DatabaseSync(path);
  try {
    database.exec('pragma foreign_keys = off; pragma ignore_check_constraints = on');
    database.exec('drop trigger events_are_final; drop trigger events_are_kept');
    database.exec(sql);
    return recount(database);
  } finally {
    database.close();
  }
}

/** The checks that found something, with what they said, in alphabetical order. */
function found(checks: readonly RecountCheck[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    checks
      .filter(({ differences }) => differences > 0)
      .map(({ name, examples }) => [
        name,
        examples.map((text) => text.replace(/^[0-9a-f-]{36}/, 'ID')).sort(),
      ]),
  );
}

const FIRST = `(select payment_id from payments where ordinal = 1)`;
/** All of the series, when the log has fewer new payments than they count. */
const miscounted = (payments: number) =>
  [
    'all of time',
    ...['day', 'five minutes', 'hour', 'minute'].map((level) => `the ${level} of ${START_ISO}`),
  ].map((name) => `${name} says 4 created, its events make ${payments}`);
const START_ISO = new Date(START_MS).toISOString();

const STRAY = '01980000-0000-7000-8000-00000000000f';

describe('a recount', () => {
  test('finds nothing in a sound database, and says how much it compared', () => {
    const checks = recountAfter('');
    expect(found(checks)).toEqual({});
    expect(checks.map(({ name, figure }) => [name, figure])).toEqual([
      ['account_totals', '4 account totals, 4 entries'],
      ['trial_balance', '500 JPY, 140.01 USD'],
      ['payment_amounts', '5 payments'],
      ['counters', '7 counters'],
      ['versions', '5 payments'],
      ['timers', '2 payments'],
      ['search_index', '0 entries'],
      ['time_series', '5 rows, 9 events'],
    ]);
  });

  test('runs beside the server that writes to the file, read-only, and leaves nothing open', async () => {
    const path = join(folder, 'live.db');
    const clock = testClock(START_MS);
    const nowMs = () => clock.nowMs();
    const store = openSqliteStore({ path, newWriter: () => 'abc123', publish, nowMs });
    const engine = testEngine(store, clock);
    const reader = openReadOnly(path);
    for (let round = 1; round <= 3; round += 1) {
      await mustDecide(engine, createCommand());
      await runTimers(engine, clock);
      const checks = recount(reader);
      expect(found(checks)).toEqual({});
      expect(reader.isTransaction).toBe(false);
      expect(checks[2]?.figure).toBe(round === 1 ? '1 payment' : `${round} payments`);
    }
    reader.close();
    await store.close();
  });

  test('sees one moment, whatever is committed meanwhile', () => {
    const path = join(folder, 'moving.db');
    copyFileSync(sound, path);
    const writer = new DatabaseSync(path);
    const reader = openReadOnly(path);
    const prepare = reader.prepare.bind(reader);
    reader.prepare = (sql) => {
      if (sql.includes('from counters')) writer.exec(`update counters set total = '99'`);
      return prepare(sql);
    };
    expect(found(recount(reader))).toEqual({});
    expect(Object.keys(found(recount(reader)))).toEqual(['counters']);
    reader.close();
    writer.close();
  });

  test.each<[string, string, Record<string, readonly string[]>]>([
    [
      'account totals that moved together',
      `update ledger_totals set debits_minor = '10001'
         where account = 'network_receivable' and currency = 'USD';
       update ledger_totals set credits_minor = '10001'
         where account = 'merchant_payable' and currency = 'USD'`,
      {
        account_totals: [
          'merchant_payable: the entries make 100.00 USD of credits, the total says 100.01 USD',
          'network_receivable: the entries make 100.00 USD of debits, the total says 100.01 USD',
        ],
      },
    ],
    [
      'a total on one side only',
      `update ledger_totals set debits_minor = '400' where account = 'network_receivable' and currency = 'JPY'`,
      {
        account_totals: [
          'network_receivable: the entries make 500 JPY of debits, the total says 400 JPY',
        ],
        trial_balance: ['debits are 400 JPY, credits 500 JPY'],
      },
    ],
    [
      'a search index that holds less than it says',
      `insert into search_segments values (1, 0, 4, null)`,
      { search_index: ['payments have 4 terms to be found by, 0 are in the index'] },
    ],
    [
      'a series that counts a payment too many',
      `update time_series set created = 6 where level = 'hour'`,
      {
        time_series: ['the hour of 2026-01-01T00:00:00.000Z says 6 created, its events make 4'],
      },
    ],
    [
      'a series that counts other money, times or scores',
      `update time_series set volume = '{"USD":"1"}' where level = 'day'`,
      {
        time_series: [
          'the day of 2026-01-01T00:00:00.000Z says other sums, times or scores than its events make',
        ],
      },
    ],
    [
      'a series that lacks a row, and has one of nothing',
      `update time_series set start_ms = 7 where level = 'ever'`,
      { time_series: ['1 row of the series is of no event', 'all of time is not there'] },
    ],
    [
      'a series that says that it counts less of the log than it does',
      `update cursors set sequence = 3 where follower = 'time_series'`,
      { time_series: miscounted(3) },
    ],
    [
      'a total that is missing',
      `delete from ledger_totals where currency = 'JPY'`,
      {
        account_totals: [
          'merchant_payable: the entries make 500 JPY of credits, the total says 0 JPY',
          'network_receivable: the entries make 500 JPY of debits, the total says 0 JPY',
        ],
      },
    ],
    [
      'a payment that claims to have captured more',
      `update payments set captured_minor = 10001 where ordinal = 1`,
      {
        payment_amounts: ['ID: says 100.01 USD captured, its entries make 100.00 USD'],
        counters: ['volume:USD says 100.00 USD, the payments make 100.01 USD'],
      },
    ],
    [
      'a payment that claims to have refunded less',
      `update payments set refunded_minor = 0 where ordinal = 1`,
      {
        payment_amounts: [
          'ID: says 0.00 USD refunded, its entries make 40.01 USD',
          'ID: says 0.00 USD refunded, its refunds make 40.01 USD',
        ],
      },
    ],
    [
      'an entry that is gone',
      `delete from ledger_entries where currency = 'JPY'`,
      {
        account_totals: [
          'merchant_payable: the entries make 0 JPY of credits, the total says 500 JPY',
          'network_receivable: the entries make 0 JPY of debits, the total says 500 JPY',
        ],
        payment_amounts: ['ID: says 500 JPY captured, its entries make 0 JPY'],
      },
    ],
    [
      'refunds whose parts are not those of the entries, though the sum is',
      `update refunds set amount_minor = 4001 - amount_minor`,
      {
        payment_amounts: [
          expect.stringMatching(/^ID: refund re_[0-9a-f-]+ has no entry of its amount$/) as string,
          expect.stringMatching(/^ID: refund re_[0-9a-f-]+ has no entry of its amount$/) as string,
        ],
      },
    ],
    [
      'a refund without a payment',
      `insert into refunds values ('re_${STRAY}', '${STRAY}', 1, null, 0)`,
      { payment_amounts: ['ID: has refunds, but is no payment'] },
    ],
    [
      'an entry in another currency than its payment',
      `update payments set currency = 'EUR' where ordinal = 2;
       update counters set name = 'volume:EUR', total = '500' where name = 'volume:JPY'`,
      { payment_amounts: ['ID: is in EUR, but has an entry in JPY'] },
    ],
    [
      'entries without a payment',
      `delete from payments where ordinal = 2; delete from events where payment_id not in
         (select payment_id from payments);
       update counters set total = '1' where name = 'status:SUCCESS';
       delete from counters where name = 'volume:JPY'`,
      {
        payment_amounts: ['ID: has ledger entries, but is no payment'],
        time_series: miscounted(3),
      },
    ],
    [
      'counters of every kind',
      `update counters set total = '7' where name in ('status:FAILED', 'reason:PROCESSING_ERROR', 'volume:JPY')`,
      {
        counters: [
          'reason:PROCESSING_ERROR says 7, the payments make 1',
          'status:FAILED says 7, the payments make 1',
          'volume:JPY says 7 JPY, the payments make 500 JPY',
        ],
      },
    ],
    [
      'a counter that is missing, and one of nothing',
      `delete from counters where name = 'status:CREATED';
       insert into counters values ('reason:RISK_BLOCKED', '3')`,
      {
        counters: [
          'reason:RISK_BLOCKED says 3, the payments make 0',
          'status:CREATED says 0, the payments make 1',
        ],
      },
    ],
    [
      'a payment that is ahead of its log',
      `update payments set version = 6 where ordinal = 1`,
      { versions: ['ID: is at version 6, its last event is number 5'] },
    ],
    [
      'a log with a hole in it',
      `delete from events where payment_id = ${FIRST} and payment_sequence = 2`,
      { versions: ['ID: is at version 5, but has 4 events'] },
    ],
    [
      'a payment that the log does not know',
      `delete from events where payment_id = ${FIRST}`,
      {
        versions: ['ID: is at version 5, the log does not know it'],
        time_series: miscounted(3),
      },
    ],
    [
      'events without a payment',
      `update events set payment_id = '${STRAY}' where payment_id = ${FIRST}`,
      {
        versions: [
          'ID: has events, but is no payment',
          'ID: is at version 5, the log does not know it',
        ],
      },
    ],
    [
      'a payment that no timer will take on',
      `delete from timers`,
      {
        timers: [
          'ID: is CREATED, but no timer will take it on',
          'ID: is PROCESSING, but no timer will take it on',
        ],
      },
    ],
    [
      'a timer of an attempt that is over',
      `update timers set attempt = attempt + 1 where kind = 'complete'`,
      { timers: ['ID: is PROCESSING, but no timer will take it on'] },
    ],
    [
      'a timer of the wrong kind',
      `update timers set kind = 'complete' where kind = 'start'`,
      { timers: ['ID: is CREATED, but no timer will take it on'] },
    ],
  ])('finds %s', (_, sql, differences) => {
    expect(found(recountAfter(sql))).toEqual(differences);
  });

  test('adds up beyond 64 bits', () => {
    const most = 9_000_000_000_000_000_000n;
    const checks = recountAfter(`
      update ledger_entries set amount_minor = ${most} where kind = 'capture';
      update payments set captured_minor = ${most}, currency = 'USD' where status = 'SUCCESS';
      update ledger_entries set currency = 'USD';
      delete from ledger_totals where currency = 'JPY';
      update ledger_totals set debits_minor = '${2n * most}', credits_minor = '4001'
        where account = 'network_receivable';
      update ledger_totals set debits_minor = '4001', credits_minor = '${2n * most}'
        where account = 'merchant_payable';
      delete from counters where name = 'volume:JPY';
      update counters set total = '${2n * most}' where name = 'volume:USD'`);
    expect(found(checks)).toEqual({});
    expect(checks[1]?.figure).toBe('180000000000000040.01 USD');
  });

  test('counts all differences and keeps the first few', () => {
    const [, , amounts] = recountAfter(
      'update payments set captured_minor = captured_minor + 1, refunded_minor = refunded_minor + 1',
    );
    expect(amounts?.differences).toBe(15);
    expect(amounts?.examples).toHaveLength(5);
  });

  test('names minor units where nobody knows the currency', () => {
    const [totals] = recountAfter(
      `update ledger_entries set currency = 'QQQ' where currency = 'JPY'`,
    );
    expect(totals?.examples[0]).toBe(
      'network_receivable: the entries make 500 minor units of QQQ of debits, the total says 0 minor units of QQQ',
    );
  });

  test('stops at a total that is no number', () => {
    const broken = () => recountAfter(`update ledger_totals set debits_minor = 'many'`);
    expect(broken).toThrow(/debits_minor is not a number; the database is damaged/);
  });
});
