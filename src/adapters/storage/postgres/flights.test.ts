/** Two batches of one process on their way at once. Another connection holds the writer's row, so that both are. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  createCommand,
  mustDecide,
  publish,
  requestOf,
  runTimers,
  testClock,
  testEngine,
} from '../../../../test/support/engine.ts';
import { testDatabase } from '../../../../test/support/postgres.ts';
import type { PaymentId } from '../../../core/ids.ts';
import { execute } from '../../../engine/execute.ts';
import type { CommandRequest, Engine, Store } from '../../../engine/ports.ts';
import { Flights } from './flights.ts';
import { openPostgresStore } from './store.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

const clock = testClock();
let store: Store;
let engine: Engine;
let holder: pg.Client;
/** Names in the batches that were decided, in their order. */
let decided: (readonly string[])[];

beforeEach(async () => {
  await DATABASE.query('drop schema public cascade; create schema public');
  store = await openPostgresStore({
    url: DATABASE.url,
    newLog: () => 'log',
    publish,
    nowMs: () => clock.nowMs(),
    reach: () => {},
  });
  decided = [];
  engine = testEngine({ ...store, batch: noting }, clock);
  holder = new pg.Client({ connectionString: DATABASE.url });
  await holder.connect();
});
afterEach(async () => {
  await holder.end();
  await store.close();
});

const noting: Store['batch'] = (requests, decideAll) =>
  store.batch(requests, (working) => {
    decided.push(requests.map(nameOf));
    return decideAll(working);
  });

function nameOf({ command }: CommandRequest): string {
  return command.type === 'create_payment' ? (command.recipient ?? '') : command.type;
}

const pay = (recipient: string) => mustDecide(engine, createCommand({ recipient }));

/** Holds what `sql` locks until it is told to commit. */
async function hold(sql = 'select 1 from writers for update'): Promise<void> {
  await holder.query('begin');
  await holder.query(sql);
}

/** Two payments, decided one on top of the other, neither of them written. */
async function twoUnderWay(): Promise<[Promise<unknown>, Promise<unknown>]> {
  const first = pay('first');
  await vi.waitFor(() => expect(decided).toHaveLength(1));
  const second = pay('second');
  await vi.waitFor(() => expect(decided).toHaveLength(2));
  return [first, second];
}

async function recipients(): Promise<string> {
  const rows = await DATABASE.query('select recipient from payments order by ordinal');
  return rows.map(({ recipient }) => String(recipient)).join(', ');
}

/** In the order of the alphabet. */
async function recipientsByName(): Promise<string> {
  const rows = await DATABASE.query('select recipient from payments order by recipient');
  return rows.map(({ recipient }) => String(recipient)).join(', ');
}

async function chain(): Promise<unknown[]> {
  return DATABASE.query(`select events.sequence::int, hash = lead(prev_hash, 1, writers_hash) over (
      order by sequence) as is_next
    from events cross join (select hash as writers_hash from writers) writers order by sequence`);
}

const soundChain = (length: number) =>
  Array.from({ length }, (_, index) => ({ sequence: index + 1, is_next: true }));

test('two batches are on their way at once, and are written one after the other', async () => {
  await hold();
  const both = await twoUnderWay();
  expect(await recipients()).toBe('');
  await holder.query('commit');
  await Promise.all(both);
  expect(decided).toEqual([['first'], ['second']]);
  expect(await recipients()).toBe('first, second');
  expect(await chain()).toEqual(soundChain(2));
});

test('when the first is not written the second is not either, and both are decided again', async () => {
  await hold('update writers set generation = generation + 1');
  const both = await twoUnderWay();
  await holder.query('commit');
  await Promise.all(both);
  expect(new Set(decided.slice(2).flat())).toEqual(new Set(['first', 'second']));
  expect(await recipientsByName()).toBe('first, second');
  expect(await chain()).toEqual(soundChain(2));
});

test('when the connection breaks under both, both are asked again or refused, and none is there twice', async () => {
  await hold();
  const both = await twoUnderWay();
  await DATABASE.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'farthing'`);
  await holder.query('commit');
  const outcomes = await Promise.allSettled(both);
  const kept = ['first', 'second'].filter((_, index) => outcomes[index]?.status === 'fulfilled');
  expect(await recipientsByName()).toBe(kept.join(', '));
  await pay('third').catch(() => pay('third'));
  expect(await recipientsByName()).toBe([...kept, 'third'].join(', '));
  expect(await chain()).toEqual(soundChain(kept.length + 1));
});

test('a refusal whose connection breaks is kept under its key all the same', async () => {
  await hold();
  const paymentId = randomUUID() as PaymentId;
  const idempotency = { keyHash: 'a-key', fingerprint: 'asked', waits: false };
  const retry = { type: 'retry_payment', paymentId, card: null, modelScore: null } as const;
  const refused = execute(engine, requestOf(retry, idempotency));
  const cut = () =>
    DATABASE.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'farthing'
        and wait_event_type = 'Lock'`);
  await vi.waitFor(async () => expect(await cut()).toHaveLength(1));
  await holder.query('commit');
  const reply = await refused;
  if (reply.kind !== 'refused') throw new Error('there is no such payment');
  const { stored } = reply;
  const kept = await DATABASE.query('select key_hash, status, body from replies');
  expect(kept).toEqual([{ key_hash: 'a-key', status: stored?.status, body: stored?.body }]);
  expect(decided).toHaveLength(2);
});

test('a refund waits for the batch that changes its payment, and is decided on what that left', async () => {
  const { id } = await pay('shop');
  await runTimers(engine, clock);
  const refund = () => execute(engine, requestOf(fullRefund(id)));
  await hold();
  decided = [];
  const first = refund();
  await vi.waitFor(() => expect(decided).toHaveLength(1));
  const second = refund();
  // Time enough to read the payment and decide, were it not to wait.
  for (let count = 0; count < 20; count += 1) await recipients();
  expect(decided).toHaveLength(1);
  await holder.query('commit');
  expect([(await first).kind, (await second).kind]).toEqual(['decided', 'refused']);
  expect(decided).toEqual([['refund_payment'], ['refund_payment']]);
});

const fullRefund = (paymentId: PaymentId) =>
  ({ type: 'refund_payment', paymentId, amount: null, reason: null }) as const;

test('what is behind a flight that failed is lost, what was before it is not', async () => {
  const flights = new Flights();
  const head = {} as Parameters<Flights['begin']>[0]['head'];
  const [a, b, c] = [1, 2, 4].map((events) =>
    flights.begin({ head, events, touched: new Set(), isAlone: false }),
  );
  if (a === undefined || b === undefined || c === undefined) throw new Error('three were begun');
  expect(flights.events).toBe(7);
  expect(flights.from(b)).toEqual([b, c]);
  flights.end(b, false);
  expect([a, b, c].map((flight) => flights.isLost(flight))).toEqual([false, true, true]);
  expect(await b.written).toBe(false);
  flights.end(c, false);
  flights.end(a, true);
  expect(await a.written).toBe(true);
  expect(flights.last).toBeNull();
});
