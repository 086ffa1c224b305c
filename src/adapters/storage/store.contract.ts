/**
 * What every store promises, as tests: one suite, run against each of them. A store that passes it can carry the
 * engine.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createCommand,
  mustDecide,
  publish,
  requestOf,
  runTimers,
  testClock,
  type TestClock,
  testEngine,
} from '../../../test/support/engine.ts';
import type { CreatePayment } from '../../core/commands.ts';
import { currencyOf } from '../../core/currencies.ts';
import { parsePaymentId } from '../../core/ids.ts';
import { trialBalance } from '../../core/ledger.ts';
import { IDEMPOTENCY_KEPT_MS } from '../../core/limits.ts';
import type { Payment } from '../../core/payment.ts';
import { execute } from '../../engine/execute.ts';
import {
  type Engine,
  type Idempotency,
  type PaymentQuery,
  StorageError,
  type Store,
} from '../../engine/ports.ts';
import { hashEvent } from './chain.ts';

export interface StoreUnderTest {
  /** Opens the same database each time it is called between `reset` calls. */
  open(publishPayment: (payment: Payment) => string, nowMs: () => number): Promise<Store>;
  /** Makes the next `open` find an empty database. */
  reset(): Promise<void>;
  /** The stored hash of each event in order, lower-case hex, after the first event's previous hash. */
  hashes(): Promise<string[]>;
}

const FIRST_PAGE = { limit: 20, cursor: null };

export function describeStore(name: string, under: StoreUnderTest): void {
  describe(`${name} store`, () => {
    let store: Store;
    let engine: Engine;
    let clock: TestClock;

    beforeEach(async () => {
      await under.reset();
      clock = testClock();
      store = await under.open(publish, () => clock.nowMs());
      engine = testEngine(store, clock);
    });
    afterEach(() => store.close());

    const reopen = async () => {
      await store.close();
      store = await under.open(publish, () => clock.nowMs());
      engine = testEngine(store, clock);
    };
    const succeeded = async (changes: Partial<CreatePayment> = {}): Promise<Payment> => {
      const { id } = await mustDecide(engine, createCommand(changes));
      await runTimers(engine, clock);
      const payment = await store.findPayment(id);
      if (payment === null) throw new Error('the payment is gone');
      return payment;
    };
    const list = async (query: Partial<PaymentQuery>) =>
      (await store.listPayments({ ...FIRST_PAGE, ...query })).items;
    const key = (keyHash: string, more: Partial<Idempotency> = {}): Idempotency => ({
      keyHash,
      fingerprint: 'print',
      waits: false,
      ...more,
    });

    test('gives back a payment exactly as it was decided, also after it was opened again', async () => {
      const made = await mustDecide(
        engine,
        createCommand({
          amountMinor: 999_999_999_999n,
          currency: currencyOf('KWD'),
          reference: 'order 7',
          description: 'Ünïcode ✓ \u{1f600}',
          channel: 'pos',
          deviceId: 'd-1',
          metadata: { a: 1.5, b: null, c: true, d: 'text' },
          scenario: { outcomes: ['PROCESSING_ERROR', 'APPROVE'], delayMs: 7 },
        }),
      );
      expect(await store.findPayment(made.id)).toEqual(made);
      await reopen();
      expect(await store.findPayment(made.id)).toEqual(made);
    });

    test('knows no payment that was never made', async () => {
      const id = parsePaymentId('01980000-0000-7000-8000-000000000000');
      if (id === null) throw new Error('this is a payment id');
      expect(await store.findPayment(id)).toBeNull();
    });

    test('takes a payment through its life, timers included', async () => {
      const payment = await succeeded();
      expect(payment.status).toBe('SUCCESS');
      expect(payment.capturedMinor).toBe(10_000n);
      expect(payment.version).toBe(3);
      expect(await store.nextTimerAtMs()).toBeNull();
    });

    test('keeps timers over a restart', async () => {
      const { id } = await mustDecide(engine, createCommand());
      await reopen();
      await runTimers(engine, clock);
      expect((await store.findPayment(id))?.status).toBe('SUCCESS');
    });

    test('shows two refunds of one batch to each other', async () => {
      const { id } = await succeeded();
      const replies = await Promise.all(
        Array.from({ length: 10 }, () =>
          execute(
            engine,
            requestOf({ type: 'refund_payment', paymentId: id, amount: '30', reason: null }),
          ),
        ),
      );
      expect(replies.filter((reply) => reply.kind === 'decided')).toHaveLength(3);
      const payment = await store.findPayment(id);
      expect(payment?.refundedMinor).toBe(9_000n);
      expect(payment?.refunds).toHaveLength(3);
      expect(payment?.status).toBe('SUCCESS');
    });

    test('finds a refund by its id, with its payment', async () => {
      const { id } = await succeeded();
      const refunded = await mustDecide(engine, {
        type: 'refund_payment',
        paymentId: id,
        amount: null,
        reason: 'broken',
      });
      const [refund] = refunded.refunds;
      if (refund === undefined) throw new Error('there is a refund');
      expect(await store.findRefund(refund.id)).toEqual({ refund, payment: refunded });
    });

    test('keeps the ledger balanced and the totals right, also after a restart', async () => {
      const { id } = await succeeded();
      await succeeded({ currency: currencyOf('JPY'), amountMinor: 500n });
      await mustDecide(engine, {
        type: 'refund_payment',
        paymentId: id,
        amount: '1.01',
        reason: null,
      });
      await reopen();
      const totals = await store.accountTotals();
      expect(trialBalance(totals).balanced).toBe(true);
      const receivable = totals.find(
        ({ account, currency }) => account === 'network_receivable' && currency.code === 'USD',
      );
      expect(receivable).toMatchObject({ debitsMinor: 10_000n, creditsMinor: 101n });
      const { counters, timeToOutcome } = await store.totals();
      expect(counters.get('status:SUCCESS')).toBe(2n);
      expect(counters.get('status:CREATED')).toBe(0n);
      expect(counters.get('volume:USD')).toBe(10_000n);
      expect([...timeToOutcome.values()].reduce((sum, count) => sum + count, 0)).toBe(2);
    });

    test('holds sums beyond 64 bits exactly', async () => {
      engine = testEngine(store, clock, {
        settings: { fraudThreshold: { anyE4: 10n ** 18n, byCurrencyE4: new Map() } },
      });
      const most = createCommand({ amountMinor: 999_999_999_999n });
      await Promise.all(Array.from({ length: 300 }, () => mustDecide(engine, most)));
      await runTimers(engine, clock);
      await reopen();
      expect((await store.totals()).counters.get('volume:USD')).toBe(299_999_999_999_700n);
    });

    test('writes one gapless hash chain', async () => {
      await succeeded();
      await succeeded();
      await reopen();
      await succeeded();
      const head = await store.logHead();
      const { events } = await store.events({ after: 0, limit: 100 });
      expect(events.map((event) => event.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      const [first = '', ...stored] = await under.hashes();
      let previous = first;
      for (const [index, event] of events.entries()) {
        previous = hashEvent(previous, head.writer, event);
        expect(stored[index]).toBe(previous);
      }
      expect(head.hash).toBe(previous);
    });

    test('orders the events of one payment without gaps', async () => {
      const { id } = await succeeded();
      await succeeded();
      const { events } = await store.events({ after: 0, limit: 10, paymentId: id });
      expect(events.map((event) => event.type)).toEqual([
        'payment.created',
        'payment.processing',
        'payment.succeeded',
      ]);
      expect(events.map((event) => event.paymentSequence)).toEqual([1, 2, 3]);
    });

    test('pages the log by sequence and says how far it looked for a type', async () => {
      await succeeded();
      await succeeded();
      const page = await store.events({ after: 2, limit: 2 });
      expect(page.events.map((event) => event.sequence)).toEqual([3, 4]);
      expect(page.scannedTo).toBe(4);
      const created = await store.events({ after: 0, limit: 10, types: ['payment.created'] });
      expect(created.events).toHaveLength(2);
      expect(created.scannedTo).toBe(6);
    });

    test('answers a repeated key from what it stored, also after a restart', async () => {
      const first = await execute(engine, requestOf(createCommand(), key('k')));
      await runTimers(engine, clock);
      await reopen();
      const second = await execute(engine, requestOf(createCommand(), key('k')));
      if (first.kind !== 'decided') throw new Error('the first is decided');
      expect(second).toEqual({ kind: 'replayed', stored: first.stored });
      expect(await list({})).toHaveLength(1);
    });

    test('answers 200 of the same key at once with one payment', async () => {
      const replies = await Promise.all(
        Array.from({ length: 200 }, () => execute(engine, requestOf(createCommand(), key('same')))),
      );
      const bodies = replies.map((reply) => ('stored' in reply ? reply.stored?.body : undefined));
      expect(new Set(bodies).size).toBe(1);
      expect(await list({})).toHaveLength(1);
    });

    test('refuses a key that comes with another request', async () => {
      await execute(engine, requestOf(createCommand(), key('k')));
      const reply = await execute(
        engine,
        requestOf(createCommand(), key('k', { fingerprint: 'other' })),
      );
      expect(reply).toMatchObject({
        kind: 'refused',
        rejection: { code: 'idempotency_key_reused' },
      });
    });

    test('forgets a key after its time', async () => {
      await execute(engine, requestOf(createCommand(), key('k')));
      clock.advance(IDEMPOTENCY_KEPT_MS + 1);
      const reply = await execute(engine, requestOf(createCommand(), key('k')));
      expect(reply.kind).toBe('decided');
      expect(await list({})).toHaveLength(2);
    });

    test('replaces the reply of a waiting caller in the commit that ends the wait', async () => {
      const waiting = key('w', { waits: true });
      await execute(engine, requestOf(createCommand(), waiting));
      expect((await execute(engine, requestOf(createCommand(), waiting))).kind).toBe('waiting');
      await reopen();
      await runTimers(engine, clock);
      const replay = await execute(engine, requestOf(createCommand(), waiting));
      if (replay.kind !== 'replayed') throw new Error(`expected a replay, got ${replay.kind}`);
      expect(replay.stored.status).toBe(201);
      expect(JSON.parse(replay.stored.body)).toMatchObject({ status: 'SUCCESS' });
      expect(await store.endWait('w')).toEqual(replay.stored);
    });

    test('keeps the reply as it stands when the caller stops waiting first', async () => {
      const waiting = key('w', { waits: true });
      await execute(engine, requestOf(createCommand(), waiting));
      const ended = await store.endWait('w');
      await runTimers(engine, clock);
      const replay = await execute(engine, requestOf(createCommand(), waiting));
      expect(replay).toEqual({ kind: 'replayed', stored: ended });
      expect(JSON.parse(ended.body)).toMatchObject({ status: 'CREATED' });
    });

    test('stores a refusal under its key, and nothing else of it', async () => {
      const { id } = await mustDecide(engine, createCommand());
      const refund = { type: 'refund_payment', paymentId: id, amount: null, reason: null } as const;
      const refused = await execute(engine, requestOf(refund, key('r')));
      const head = await store.logHead();
      const again = await execute(engine, requestOf(refund, key('r')));
      if (refused.kind !== 'refused') throw new Error('a CREATED payment cannot be refunded');
      expect(again).toEqual({ kind: 'replayed', stored: refused.stored });
      expect((await store.logHead()).sequence).toBe(head.sequence);
    });

    test('writes nothing of a batch whose decisions throw', async () => {
      await mustDecide(engine, createCommand());
      const before = await store.logHead();
      await expect(
        store.batch([requestOf(createCommand())], () => {
          throw new Error('a bug');
        }),
      ).rejects.toThrow('a bug');
      expect(await store.logHead()).toEqual(before);
      expect((await mustDecide(engine, createCommand())).ordinal).toBe(2);
    });

    test('refuses a change to a payment that is not as it was read', async () => {
      const { id } = await succeeded();
      const payment = await store.findPayment(id);
      if (payment === null) throw new Error('the payment is gone');
      const refund = { type: 'refund_payment', paymentId: id, amount: '1', reason: null } as const;
      const stale = store.batch([requestOf(refund)], (working) => {
        const before = { ...payment, version: payment.version - 1 };
        working.apply(
          {
            before,
            payment: { ...payment, version: payment.version + 1 },
            event: { type: 'payment.retried', cause: { command: 'retry_payment' } },
            entries: [],
            refund: null,
            timer: null,
          },
          { actor: 'test', requestId: 'r', path: null },
        );
        return [{ kind: 'decided', payment, stored: null }];
      });
      await expect(stale).rejects.toThrow(StorageError);
      expect(await store.findPayment(id)).toEqual(payment);
    });

    test('pages newest first without gaps or repeats while payments come in', async () => {
      for (let made = 0; made < 25; made += 1) await mustDecide(engine, createCommand());
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await store.listPayments({ limit: 10, cursor });
        seen.push(...page.items.map((payment) => payment.id));
        cursor = page.next;
        await mustDecide(engine, createCommand());
      } while (cursor !== null);
      expect(seen).toHaveLength(25);
      expect(seen).toEqual([...new Set(seen)].sort().reverse());
    });

    test('filters by each property', async () => {
      const error = { outcomes: ['PROCESSING_ERROR'], delayMs: null } as const;
      await succeeded({ reference: 'r-1', amountMinor: 100n });
      clock.advance(1_000);
      const middleMs = clock.nowMs();
      await succeeded({ scenario: error, currency: currencyOf('JPY'), amountMinor: 200n });
      clock.advance(1_000);
      await mustDecide(engine, createCommand({ recipient: 'Bob', amountMinor: 300n }));

      expect(await list({ statuses: ['FAILED'] })).toHaveLength(1);
      expect(await list({ statuses: ['FAILED', 'CREATED'] })).toHaveLength(2);
      expect(await list({ failureReason: 'PROCESSING_ERROR' })).toHaveLength(1);
      expect(await list({ failureReason: 'INSUFFICIENT_FUNDS' })).toHaveLength(0);
      expect(await list({ currency: 'JPY' })).toHaveLength(1);
      expect(await list({ method: 'account' })).toHaveLength(3);
      expect(await list({ method: 'card' })).toHaveLength(0);
      expect(await list({ reference: 'r-1' })).toHaveLength(1);
      expect(await list({ createdFromMs: middleMs })).toHaveLength(2);
      expect(await list({ createdBeforeMs: middleMs })).toHaveLength(1);
      expect(await list({ createdFromMs: clock.nowMs() + 1 })).toHaveLength(0);
      expect(await list({ createdBeforeMs: clock.nowMs() + 1 })).toHaveLength(3);
      // 1.00 USD, 200 JPY, 3.00 USD
      expect(await list({ amountMinE4: 30_000n })).toHaveLength(2);
      expect(await list({ amountMinE4: 30_001n, amountMaxE4: 2_000_000n })).toHaveLength(1);
      const [newest] = await list({});
      if (newest === undefined) throw new Error('there are payments');
      expect(await list({ paymentId: newest.id })).toEqual([newest]);
      expect(await list({ statuses: ['CREATED'], currency: 'USD', amountMaxE4: 30_000n })).toEqual([
        newest,
      ]);
    });

    test('finds payments by the beginning of a recipient, in any case, page by page', async () => {
      for (const recipient of ['Alice', 'alina', 'Bob', 'alice', 'ALBERT', 'al%', null]) {
        await mustDecide(engine, createCommand({ recipient }));
      }
      const first = await store.listPayments({ limit: 3, cursor: null, recipientPrefix: 'AL' });
      const second = await store.listPayments({
        limit: 3,
        cursor: first.next,
        recipientPrefix: 'AL',
      });
      expect([...first.items, ...second.items].map((payment) => payment.recipient)).toEqual([
        'al%',
        'ALBERT',
        'alice',
        'Alice',
        'alina',
      ]);
      expect(second.next).toBeNull();
    });

    test('hands back a cursor instead of scanning on for a rare match', async () => {
      await mustDecide(engine, createCommand({ currency: currencyOf('EUR') }));
      const many = Array.from({ length: 10_100 }, () =>
        execute(engine, requestOf(createCommand())),
      );
      await Promise.all(many);
      const first = await store.listPayments({ limit: 5, cursor: null, currency: 'EUR' });
      expect(first.items).toHaveLength(0);
      expect(first.next).not.toBeNull();
      const second = await store.listPayments({ limit: 5, cursor: first.next, currency: 'EUR' });
      expect(second.items).toHaveLength(1);
      expect(second.next).toBeNull();
    });

    test('remembers the cursor of a follower and what was set once', async () => {
      expect(await store.cursor('f')).toBeNull();
      await store.saveCursor('f', { writer: 'w', sequence: 7 });
      expect(await store.remember('seed', 'one')).toBe('one');
      await reopen();
      expect(await store.cursor('f')).toEqual({ writer: 'w', sequence: 7 });
      expect(await store.remember('seed', 'two')).toBe('one');
    });
  });
}
