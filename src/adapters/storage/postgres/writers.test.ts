/** Several processes on one database, as several stores in this one: each has connections and a writer of its own. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
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
import type { Command } from '../../../core/commands.ts';
import { trialBalance } from '../../../core/ledger.ts';
import { execute } from '../../../engine/execute.ts';
import type { Engine, Reply, Store, StoredEvent } from '../../../engine/ports.ts';
import { CHAIN_START, hashEntry } from '../chain.ts';
import { openPostgresStore } from './store.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

interface Process {
  readonly store: Store;
  readonly engine: Engine;
  readonly foreign: { isReset: boolean }[];
  readonly close: () => Promise<void>;
}

let processes: Process[] = [];
let logs = 0;
beforeEach(async () => {
  await DATABASE.query('drop schema public cascade; create schema public');
});
afterEach(async () => {
  for (const { close } of processes) await close();
  processes = [];
});

async function startProcess(seed: string): Promise<Process> {
  const clock = testClock();
  const foreign: { isReset: boolean }[] = [];
  const store = await openPostgresStore({
    url: DATABASE.url,
    newLog: () => `a${(logs += 1)}`,
    publish,
    nowMs: () => clock.nowMs(),
    reach: (ms) => clock.advance(Math.max(0, ms - clock.nowMs())),
    onForeignChange: async (change) => () => void foreign.push(change),
  });
  let isClosed = false;
  const close = async () => {
    if (!isClosed) await store.close();
    isClosed = true;
  };
  const started = { store, engine: testEngine(store, clock, { seed }), foreign, close };
  processes.push(started);
  return started;
}

/** Everybody at once, in turns between the processes. */
function race(
  racers: readonly Process[],
  count: number,
  command: Command,
  keyHash: string | null = null,
): Promise<Reply[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const racer = racers[index % racers.length];
      if (racer === undefined) throw new Error('somebody races');
      const idempotency = keyHash === null ? null : { keyHash, fingerprint: 'print', waits: false };
      return execute(racer.engine, requestOf(command, idempotency));
    }),
  );
}

async function logOf(store: Store): Promise<readonly StoredEvent[]> {
  return (await store.events({ after: 0, limit: 10_000 })).events;
}

describe('two processes that write to one database', () => {
  test('have a chain each, and read one order of both, without gaps, each payment in its own order', async () => {
    const a = await startProcess('a');
    const b = await startProcess('b');
    const made = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        mustDecide((index % 2 === 0 ? a : b).engine, createCommand()),
      ),
    );
    // Each takes what is due, whoever made it.
    a.engine.clock.nowMs();
    await Promise.all([
      runTimers(a.engine, a.engine.clock as ReturnType<typeof testClock>),
      runTimers(b.engine, b.engine.clock as ReturnType<typeof testClock>),
    ]);
    const events = await logOf(a.store);
    expect(events).toEqual(await logOf(b.store));
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    expect(events).toHaveLength(600);
    const last = new Map<string, number>();
    for (const { paymentId, paymentSequence } of events) {
      expect(paymentSequence).toBe((last.get(paymentId ?? '') ?? 0) + 1);
      last.set(paymentId ?? '', paymentSequence ?? 0);
    }
    expect(new Set(made.map(({ ordinal }) => ordinal)).size).toBe(200);
    await expectSoundChains(2);
  });

  test.each([
    ['a full refund', { type: 'refund_payment', amount: null }, 1],
    ['a third of it', { type: 'refund_payment', amount: '30' }, 3],
  ] as const)('let %s be made no more often than it can be', async (_name, refund, winners) => {
    const a = await startProcess('a');
    const b = await startProcess('b');
    const { id } = await mustDecide(a.engine, createCommand());
    await runTimers(a.engine, a.engine.clock as ReturnType<typeof testClock>);
    const replies = await race([a, b], 100, { ...refund, paymentId: id, reason: null });
    expect(replies.filter(({ kind }) => kind === 'decided')).toHaveLength(winners);
    expect(replies.filter(({ kind }) => kind === 'refused')).toHaveLength(100 - winners);
    expect(trialBalance(await b.store.accountTotals()).balanced).toBe(true);
    await expectSoundChains(2);
  });

  test('make one payment of a hundred requests under one key, and answer all of them the same', async () => {
    const a = await startProcess('a');
    const b = await startProcess('b');
    const replies = await race([a, b], 100, createCommand(), 'one key');
    const bodies = replies.map((reply) => ('stored' in reply ? reply.stored?.body : undefined));
    expect(new Set(bodies).size).toBe(1);
    expect((await b.store.listPayments({ limit: 100, cursor: null })).items).toHaveLength(1);
  });

  test('add up to one set of totals', async () => {
    const a = await startProcess('a');
    const b = await startProcess('b');
    await Promise.all([a, b, a].map(({ engine }) => mustDecide(engine, createCommand())));
    for (const { store } of [a, b]) {
      expect((await store.totals()).counters.get('status:CREATED')).toBe(3n);
    }
  });

  test('hear of a setting that the other one changed before they decide anything more', async () => {
    const a = await startProcess('a');
    const b = await startProcess('b');
    const change: Command = {
      type: 'change_simulation',
      patch: { failureRate: 1 },
      expiresInMs: null,
    };
    await execute(a.engine, requestOf(change));
    await mustDecide(b.engine, createCommand());
    expect(b.foreign).toEqual([{ isReset: false }]);
    expect(a.foreign).toEqual([]);
  });

  test('begin anew together when one of them is told to', async () => {
    const a = await startProcess('a');
    const b = await startProcess('b');
    await Promise.all([
      mustDecide(a.engine, createCommand()),
      mustDecide(b.engine, createCommand()),
    ]);
    await execute(a.engine, requestOf({ type: 'reset_data' }));
    const { writer } = await b.store.logHead();
    await mustDecide(b.engine, createCommand());
    expect(b.foreign).toEqual([{ isReset: true }]);
    expect((await a.store.logHead()).writer).toBe(writer);
    const events = await logOf(a.store);
    expect(events.map(({ type }) => type)).toEqual(['data.reset', 'payment.created']);
    await expectSoundChains(2);
  });
});

describe('a writer', () => {
  test('is taken again by the next process once its owner is gone, and goes on where it was', async () => {
    const first = await startProcess('a');
    await mustDecide(first.engine, createCommand());
    await first.close();
    const second = await startProcess('b');
    const payment = await mustDecide(second.engine, createCommand());
    expect(payment.ordinal).toBe(2);
    expect(await DATABASE.query('select writer_no, sequence from writers')).toEqual([
      { writer_no: 1, sequence: '2' },
    ]);
    await expectSoundChains(1);
  });

  test('goes on after its connections were cut, and nothing is lost or there twice', async () => {
    const a = await startProcess('a');
    const before = await mustDecide(a.engine, createCommand());
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
    await DATABASE.query(cut);
    // The first statement finds a dead connection: nothing was written, and asking again is safe.
    const asked = () => mustDecide(a.engine, createCommand());
    const after = await asked().catch(asked);
    const { items } = await a.store.listPayments({ limit: 10, cursor: null });
    expect(items.map(({ id }) => id)).toEqual([after.id, before.id]);
    await expectSoundChains(1);
  });

  test('that somebody else has taken writes no more', async () => {
    const a = await startProcess('a');
    await mustDecide(a.engine, createCommand());
    await DATABASE.query('update writers set generation = generation + 1');
    // It takes the writer back, for it holds the lock, and decides again.
    await mustDecide(a.engine, createCommand());
    expect(await DATABASE.query('select generation, sequence from writers')).toEqual([
      { generation: '3', sequence: '2' },
    ]);
  });
});

test('the log cannot be edited', async () => {
  const { engine } = await startProcess('a');
  await mustDecide(engine, createCommand());
  await expect(DATABASE.query(`update events set actor = 'me'`)).rejects.toThrow('append-only');
  await expect(DATABASE.query('delete from events')).rejects.toThrow('append-only');
});

/** Every writer's events follow one on the other from the beginning. */
async function expectSoundChains(count: number): Promise<void> {
  const writers = await DATABASE.query('select * from writers order by writer_no');
  expect(writers).toHaveLength(count);
  for (const writer of writers) {
    const events = await DATABASE.query(
      `select * from events where writer_no = ${String(writer['writer_no'])} order by sequence`,
    );
    let hash = CHAIN_START;
    for (const [index, event] of events.entries()) {
      expect(event['prev_hash']).toBe(hash);
      hash = hashEntry(hash, String(writer['name']), index + 1, [
        event['payment_id'] as string | null,
        event['payment_sequence'] as number | null,
        String(event['type']),
        Number(event['at_ms']),
        String(event['request_id']),
        String(event['actor']),
        String(event['cause']),
        String(event['data']),
      ]);
      expect(event['hash']).toBe(hash);
    }
    expect([writer['hash'], Number(writer['sequence'])]).toEqual([hash, events.length]);
  }
}
