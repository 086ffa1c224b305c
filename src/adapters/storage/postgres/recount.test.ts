/** The recount on Postgres: a sound database, and one that was broken in one place, for each check. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  authorizeCommand,
  createCommand,
  mustDecide,
  publish,
  runTimers,
  testClock,
  testEngine,
} from '../../../../test/support/engine.ts';
import { scenarioOf } from '../../../../test/support/payment.ts';
import { testDatabase } from '../../../../test/support/postgres.ts';
import { collectTimeSeries } from '../../../engine/time-series/collector.ts';
import type { RecountCheck } from '../sqlite/recount-check.ts';
import { recount } from './recount.ts';
import { openSnapshot, snapshotOn } from './snapshot.ts';
import { openPostgresStore } from './store.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

/** Of both of two writers: succeeded and refunded, failed, a card, one under way. */
beforeAll(async () => {
  const clock = testClock();
  const nowMs = () => clock.nowMs();
  const options = { url: DATABASE.url, newLog: () => 'log', publish, nowMs, reach: () => {} };
  const stores = [await openPostgresStore(options), await openPostgresStore(options)];
  for (const [index, store] of stores.entries()) {
    const engine = testEngine(store, clock, { seed: String(index) });
    const { id } = await mustDecide(engine, createCommand());
    const scenario = scenarioOf({ outcomes: ['PROCESSING_ERROR'] });
    await mustDecide(engine, createCommand({ scenario }));
    await mustDecide(engine, authorizeCommand());
    await runTimers(engine, clock);
    const refund = { paymentId: id, amount: '10.01', reason: null };
    await mustDecide(engine, { type: 'refund_payment', ...refund });
    clock.advance(1_000);
    await mustDecide(engine, createCommand());
    const series = collectTimeSeries(engine);
    await series.catchUp(100);
    await series.save();
  }
  const [first] = stores;
  if (first === undefined) throw new Error('there are two');
  const head = await first.logHead();
  await first.events({ after: head.sequence, limit: 1 });
  for (const store of stores) await store.close();
});

/** What a recount finds after this was done; it is undone again. */
async function recountAfter(sql: string): Promise<readonly RecountCheck[]> {
  const client = new pg.Client({
    connectionString: DATABASE.url,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === 20 ? Number : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  });
  await client.connect();
  try {
    await client.query(`begin; set local session_replication_role = replica; ${sql}`);
    return await recount(snapshotOn(client));
  } finally {
    await client.query('rollback');
    await client.end();
  }
}

test('a sound database has no difference, and all of it was looked at', async () => {
  const snapshot = await openSnapshot(DATABASE.url);
  const checks = await recount(snapshot);
  await snapshot.close();
  expect(checks.filter(({ differences }) => differences > 0)).toEqual([]);
  expect(checks.map(({ name, figure }) => `${name}: ${figure}`)).toEqual([
    expect.stringMatching(/^account_totals: \d account totals, [4-9] entries$/),
    expect.stringMatching(/^trial_balance: \d.* USD/),
    'payment_amounts: 8 payments',
    expect.stringMatching(/^counters: \d+ counters$/),
    'versions: 8 payments',
    'timers: 1 payment',
    expect.stringMatching(/^log_order: [12]\d places$/),
    expect.stringMatching(/^time_series: [1-9]\d* rows, [1-9]\d* events$/),
  ]);
});

test.each<[RecountCheck['name'], string, RegExp]>([
  [
    'account_totals',
    'update ledger_totals set debits_minor = debits_minor + 1 where debits_minor > 0',
    /: the entries make .* of debits, the total says /,
  ],
  [
    'trial_balance',
    'update ledger_totals set credits_minor = 0 where writer_no = 2',
    /^debits are .*, credits /,
  ],
  [
    'payment_amounts',
    `update payments set captured_minor = captured_minor + 1 where status = 'REFUNDED' or refunded_minor > 0`,
    /: says .* captured, its entries make /,
  ],
  ['payment_amounts', 'delete from refunds', /: says .* refunded, its refunds make 0.00 USD/],
  [
    'payment_amounts',
    `insert into ledger_entries select 'pay_none', kind, operation, debit, credit, currency,
       amount_minor, at_ms from ledger_entries limit 1`,
    /^pay_none: has ledger entries, but is no payment$/,
  ],
  [
    'counters',
    `update counters set total = total + 1 where name = 'status:FAILED' and writer_no = 2`,
    /^status:FAILED says 3, the payments make 2$/,
  ],
  [
    'counters',
    `delete from counters where name like 'card_approved:%'`,
    /^card_approved:\w+ says 0, the payments make 2$/,
  ],
  ['versions', `update payments set version = 9 where status = 'FAILED'`, /: is at version 9, its/],
  [
    'versions',
    `delete from events where payment_id = (select min(payment_id) from payments)`,
    /: is at version \d, the log does not know it$/,
  ],
  ['timers', 'delete from timers', /: is (CREATED|PROCESSING), but no timer will take it on$/],
  ['log_order', 'delete from log_order where position = 3', / has no place in the log$/],
  [
    'log_order',
    'update log_order set position = position + 1 where position = (select max(position) from log_order)',
    /^number \d+ of the log is missing$/,
  ],
  [
    'time_series',
    `update time_series set succeeded = succeeded + 1 where level = 'ever'`,
    /^all of time says \d succeeded, its events make \d$/,
  ],
])('%s is found to be wrong after: %s', async (name, sql, example) => {
  const checks = await recountAfter(sql);
  const found = checks.find((check) => check.name === name);
  expect(found?.differences).toBeGreaterThan(0);
  expect(found?.examples[0]).toMatch(example);
});
