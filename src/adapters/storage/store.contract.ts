/**
 * What every store promises, as tests: one suite, run against each of them. A store that passes it can carry the
 * engine.
 */
import { describe, expect, test } from 'vitest';
import {
  authorizeCommand,
  createCommand,
  mustDecide,
  requestOf,
  retryCommand,
  runTimers,
  testEngine,
} from '../../../test/support/engine.ts';
import { cardOf, scenarioOf } from '../../../test/support/payment.ts';
import { standing, type StoreUnderTest } from '../../../test/support/store-under-test.ts';
import { currencyOf } from '../../core/currencies.ts';
import { parsePaymentId } from '../../core/ids.ts';
import { trialBalance } from '../../core/ledger.ts';
import { IDEMPOTENCY_KEPT_MS } from '../../core/limits.ts';
import { quantile } from '../../core/sketch.ts';
import { execute } from '../../engine/execute.ts';
import { type Idempotency, StorageError, type Store } from '../../engine/ports.ts';
import { hashEvent } from './chain.ts';

export function describeStore(name: string, under: StoreUnderTest): void {
  describe(`${name} store`, () => {
    const at = standing(under);
    const key = (keyHash: string, more: Partial<Idempotency> = {}): Idempotency => ({
      keyHash,
      fingerprint: 'print',
      waits: false,
      ...more,
    });

    test('gives back a payment exactly as it was decided, also after it was opened again', async () => {
      const made = await mustDecide(
        at.engine,
        createCommand({
          amountMinor: 999_999_999_999n,
          currency: currencyOf('KWD'),
          reference: 'order 7',
          description: 'Ünïcode ✓ \u{1f600}',
          channel: 'pos',
          deviceId: 'd-1',
          metadata: { a: 1.5, b: null, c: true, d: 'text' },
          scenario: scenarioOf({ outcomes: ['PROCESSING_ERROR', 'APPROVE'], delayMs: 7 }),
        }),
      );
      expect(await at.store.findPayment(made.id)).toEqual(made);
      await at.reopen();
      expect(await at.store.findPayment(made.id)).toEqual(made);
    });

    test('gives back a card payment exactly as it was decided, at either door', async () => {
      const asked = {
        channel: 'pos',
        deviceId: 'd-1',
        ip: '2001:db8::7',
        card: { ...cardOf('0341'), brand: 'maestro', isLuhnValid: false },
        modelScore: 0.123_456_789,
        scenario: scenarioOf({ outcomes: ['LOST_CARD'], testCard: 'visa', isCardExpired: true }),
      };
      const authorized = await mustDecide(at.engine, authorizeCommand(asked));
      const created = await at.settled(asked);
      expect(authorized).toMatchObject({ entry: 'payment', risk: { score: 0.1235 } });
      expect(created).toMatchObject({ entry: 'payments', risk: { score: 0.1235 } });
      for (const payment of [authorized, created]) {
        expect(payment).toMatchObject({ ...asked, failureReason: 'LOST_CARD' });
        expect(await at.store.findPayment(payment.id)).toEqual(payment);
      }
      await at.reopen();
      expect(await at.store.findPayment(authorized.id)).toEqual(authorized);
      expect(await at.store.findPayment(created.id)).toEqual(created);
    });

    test('keeps the other card of a retry in the place of the first, with its story and its score', async () => {
      const failing = scenarioOf({ outcomes: ['LOST_CARD', 'APPROVE'], testCard: 'lost_card' });
      const { id } = await mustDecide(
        at.engine,
        authorizeCommand({ scenario: failing, modelScore: 0.25 }),
      );
      const card = { card: cardOf('0341'), testCard: 'visa', isExpired: true };
      const retried = await mustDecide(at.engine, retryCommand(id, { card, modelScore: 0.5 }));
      expect(retried).toMatchObject({
        card: card.card,
        modelScore: 0.5,
        scenario: { ...failing, testCard: 'visa', isCardExpired: true },
        // Of the attempt that was decided: the next one has its own.
        risk: { score: 0.25 },
      });
      expect(await at.store.findPayment(id)).toEqual(retried);
      await at.reopen();
      expect(await at.store.findPayment(id)).toEqual(retried);
      await runTimers(at.engine, at.clock);
      const ended = await at.store.findPayment(id);
      expect(ended).toMatchObject({ status: 'SUCCESS', card: card.card, risk: { score: 0.5 } });
    });

    test('knows no payment that was never made', async () => {
      const id = parsePaymentId('01980000-0000-7000-8000-000000000000');
      if (id === null) throw new Error('this is a payment id');
      expect(await at.store.findPayment(id)).toBeNull();
    });

    test('takes a payment through its life, timers included', async () => {
      const payment = await at.settled();
      expect(payment.status).toBe('SUCCESS');
      expect(payment.capturedMinor).toBe(10_000n);
      expect(payment.version).toBe(3);
      expect(await at.store.nextTimerAtMs()).toBeNull();
    });

    test('keeps timers over a restart', async () => {
      const { id } = await mustDecide(at.engine, createCommand());
      await at.reopen();
      await runTimers(at.engine, at.clock);
      expect((await at.store.findPayment(id))?.status).toBe('SUCCESS');
    });

    test('shows two refunds of one batch to each other', async () => {
      const { id } = await at.settled();
      const replies = await Promise.all(
        Array.from({ length: 10 }, () =>
          execute(
            at.engine,
            requestOf({ type: 'refund_payment', paymentId: id, amount: '30', reason: null }),
          ),
        ),
      );
      expect(replies.filter((reply) => reply.kind === 'decided')).toHaveLength(3);
      const payment = await at.store.findPayment(id);
      expect(payment?.refundedMinor).toBe(9_000n);
      expect(payment?.refunds).toHaveLength(3);
      expect(payment?.status).toBe('SUCCESS');
    });

    test('finds a refund by its id, with its payment', async () => {
      const { id } = await at.settled();
      const refunded = await mustDecide(at.engine, {
        type: 'refund_payment',
        paymentId: id,
        amount: null,
        reason: 'broken',
      });
      const [refund] = refunded.refunds;
      if (refund === undefined) throw new Error('there is a refund');
      expect(await at.store.findRefund(refund.id)).toEqual({ refund, payment: refunded });
    });

    test('keeps the ledger balanced and the totals right, also after a restart', async () => {
      const { id } = await at.settled();
      await at.settled({ currency: currencyOf('JPY'), amountMinor: 500n });
      await mustDecide(at.engine, {
        type: 'refund_payment',
        paymentId: id,
        amount: '1.01',
        reason: null,
      });
      await at.reopen();
      const totals = await at.store.accountTotals();
      expect(trialBalance(totals).balanced).toBe(true);
      const receivable = totals.find(
        ({ account, currency }) => account === 'network_receivable' && currency.code === 'USD',
      );
      expect(receivable).toMatchObject({ debitsMinor: 10_000n, creditsMinor: 101n });
      const { counters, timeToOutcome } = await at.store.totals();
      expect(counters.get('status:SUCCESS')).toBe(2n);
      expect(counters.get('status:CREATED')).toBe(0n);
      expect(counters.get('volume:USD')).toBe(10_000n);
      expect([...timeToOutcome.values()].reduce((sum, count) => sum + count, 0)).toBe(2);
    });

    test('counts authorizations by card and how long they took, also after a restart', async () => {
      const latencies = [0.2, 0.2, 40];
      const timed = () => {
        let ticks = 0;
        const ticksMs = () => (ticks += ticks === 0 ? 1 : (latencies.shift() ?? 0));
        return { ...at.engine, clock: { ...at.clock, ticksMs } };
      };
      const pounds = { currency: currencyOf('GBP'), amountMinor: 700n };
      const declined = scenarioOf({ outcomes: ['LOST_CARD'] });
      await mustDecide(timed(), authorizeCommand(pounds));
      const { id } = await mustDecide(timed(), authorizeCommand({ ...pounds, scenario: declined }));
      await at.settled({ card: cardOf() });
      await at.reopen();
      await mustDecide(timed(), authorizeCommand({ ...pounds, amountMinor: 0n }));
      // Neither a retry nor a payment from an account is an authorization.
      await mustDecide(
        at.engine,
        retryCommand(id, { card: { card: cardOf(), testCard: null, isExpired: false } }),
      );
      await at.settled();

      const { counters, decisionLatency } = await at.store.totals();
      const cards = [...counters].filter(([counter]) => counter.startsWith('card_'));
      expect(Object.fromEntries(cards)).toEqual({
        'card_approved:GBP': 1n,
        'card_declined:GBP': 2n,
        'card_amount:GBP': 1_400n,
        'card_approved:USD': 1n,
        'card_amount:USD': 10_000n,
      });
      expect([...decisionLatency.values()].reduce((sum, count) => sum + count, 0)).toBe(4);
      expect(quantile(decisionLatency, 0.75)).toBeCloseTo(0.2, 2);
      expect(quantile(decisionLatency, 1)).toBeCloseTo(40, -1);
    });

    test('holds sums beyond 64 bits exactly', async () => {
      const engine = testEngine(at.store, at.clock, {
        settings: { fraudThreshold: { anyE4: 10n ** 18n, byCurrencyE4: new Map() } },
      });
      const most = createCommand({ amountMinor: 999_999_999_999n });
      await Promise.all(Array.from({ length: 300 }, () => mustDecide(engine, most)));
      await runTimers(engine, at.clock);
      await at.reopen();
      expect((await at.store.totals()).counters.get('volume:USD')).toBe(299_999_999_999_700n);
    });

    test('writes one gapless hash chain', async () => {
      await at.settled();
      await at.settled();
      await at.reopen();
      await at.settled();
      const head = await at.store.logHead();
      const { events } = await at.store.events({ after: 0, limit: 100 });
      expect(events.map((event) => event.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      const [first = '', ...stored] = await under.hashes();
      let previous = first;
      for (const [index, event] of events.entries()) {
        previous = hashEvent(previous, head.writer, event);
        expect(stored[index]).toBe(previous);
      }
      expect(head.hash).toBe(previous);
    });

    test('says where its chain ends', async () => {
      expect(await at.store.chainHeads()).toEqual([]);
      await at.settled();
      const { writer, sequence, hash } = await at.store.logHead();
      expect(await at.store.chainHeads()).toEqual([{ writer, sequence, hash }]);
    });

    test('orders the events of one payment without gaps', async () => {
      const { id } = await at.settled();
      await at.settled();
      const { events } = await at.store.events({ after: 0, limit: 10, paymentId: id });
      expect(events.map((event) => event.type)).toEqual([
        'payment.created',
        'payment.processing',
        'payment.succeeded',
      ]);
      expect(events.map((event) => event.paymentSequence)).toEqual([1, 2, 3]);
    });

    test('pages the log by sequence and says how far it looked for a type', async () => {
      await at.settled();
      await at.settled();
      const page = await at.store.events({ after: 2, limit: 2 });
      expect(page.events.map((event) => event.sequence)).toEqual([3, 4]);
      expect(page.scannedTo).toBe(4);
      const created = await at.store.events({ after: 0, limit: 10, types: ['payment.created'] });
      expect(created.events).toHaveLength(2);
      expect(created.scannedTo).toBe(6);
    });

    test('reads the log backwards too, between two sequences, and says how far it looked', async () => {
      const { id } = await at.settled();
      await at.settled();
      const read = async (query: Partial<Parameters<Store['events']>[0]>) => {
        const page = await at.store.events({ after: 0, limit: 10, order: 'desc', ...query });
        return [page.events.map(({ sequence }) => sequence), page.scannedTo];
      };
      expect(await read({})).toEqual([[6, 5, 4, 3, 2, 1], 1]);
      expect(await read({ limit: 2 })).toEqual([[6, 5], 5]);
      expect(await read({ before: 5, limit: 2 })).toEqual([[4, 3], 3]);
      expect(await read({ before: 5, after: 2 })).toEqual([[4, 3], 3]);
      expect(await read({ before: 5, after: 2, order: 'asc' })).toEqual([[3, 4], 4]);
      expect(await read({ before: 100, types: ['payment.created'] })).toEqual([[4, 1], 1]);
      expect(await read({ paymentId: id, limit: 2 })).toEqual([[3, 2], 2]);
      expect(await read({ before: 1 })).toEqual([[], 1]);
    });

    test('answers a repeated key from what it stored, also after a restart', async () => {
      const first = await execute(at.engine, requestOf(createCommand(), key('k')));
      await runTimers(at.engine, at.clock);
      await at.reopen();
      const second = await execute(at.engine, requestOf(createCommand(), key('k')));
      if (first.kind !== 'decided') throw new Error('the first is decided');
      expect(second).toEqual({ kind: 'replayed', stored: first.stored });
      expect(await at.list({})).toHaveLength(1);
    });

    test('answers 200 of the same key at once with one payment', async () => {
      const replies = await Promise.all(
        Array.from({ length: 200 }, () =>
          execute(at.engine, requestOf(createCommand(), key('same'))),
        ),
      );
      const bodies = replies.map((reply) => ('stored' in reply ? reply.stored?.body : undefined));
      expect(new Set(bodies).size).toBe(1);
      expect(await at.list({})).toHaveLength(1);
    });

    test('refuses a key that comes with another request', async () => {
      await execute(at.engine, requestOf(createCommand(), key('k')));
      const reply = await execute(
        at.engine,
        requestOf(createCommand(), key('k', { fingerprint: 'other' })),
      );
      expect(reply).toMatchObject({
        kind: 'refused',
        rejection: { code: 'idempotency_key_reused' },
      });
    });

    test('forgets a key after its time', async () => {
      await execute(at.engine, requestOf(createCommand(), key('k')));
      at.clock.advance(IDEMPOTENCY_KEPT_MS + 1);
      const reply = await execute(at.engine, requestOf(createCommand(), key('k')));
      expect(reply.kind).toBe('decided');
      expect(await at.list({})).toHaveLength(2);
    });

    test('takes out replies that are asked to go, the oldest first, and no payment with them', async () => {
      const startMs = at.clock.nowMs();
      for (const one of ['k-1', 'k-2', 'k-3']) {
        await execute(at.engine, requestOf(createCommand(), key(one)));
        at.clock.advance(1_000);
      }
      expect(await at.store.removeReplies(startMs - 1, 10)).toBe(0);
      expect(await at.store.removeReplies(startMs + 1_000, 1)).toBe(1);
      expect(await at.store.removeReplies(startMs + 1_000, 10)).toBe(1);
      const kinds = ['k-1', 'k-2', 'k-3'].map(
        async (one) => (await execute(at.engine, requestOf(createCommand(), key(one)))).kind,
      );
      expect(await Promise.all(kinds)).toEqual(['decided', 'decided', 'replayed']);
      expect(await at.list({})).toHaveLength(5);
    });

    test('replaces the reply of a waiting caller in the commit that ends the wait', async () => {
      const waiting = key('w', { waits: true });
      await execute(at.engine, requestOf(createCommand(), waiting));
      expect((await execute(at.engine, requestOf(createCommand(), waiting))).kind).toBe('waiting');
      await at.reopen();
      await runTimers(at.engine, at.clock);
      const replay = await execute(at.engine, requestOf(createCommand(), waiting));
      if (replay.kind !== 'replayed') throw new Error(`expected a replay, got ${replay.kind}`);
      expect(replay.stored.status).toBe(201);
      expect(JSON.parse(replay.stored.body)).toMatchObject({ status: 'SUCCESS' });
      expect(await at.store.endWait('w')).toEqual(replay.stored);
    });

    test('keeps the reply as it stands when the caller stops waiting first', async () => {
      const waiting = key('w', { waits: true });
      await execute(at.engine, requestOf(createCommand(), waiting));
      const ended = await at.store.endWait('w');
      await runTimers(at.engine, at.clock);
      const replay = await execute(at.engine, requestOf(createCommand(), waiting));
      expect(replay).toEqual({ kind: 'replayed', stored: ended });
      expect(JSON.parse(ended?.body ?? '')).toMatchObject({ status: 'CREATED' });
    });

    test('stores a refusal under its key, and nothing else of it', async () => {
      const { id } = await mustDecide(at.engine, createCommand());
      const refund = { type: 'refund_payment', paymentId: id, amount: null, reason: null } as const;
      const refused = await execute(at.engine, requestOf(refund, key('r')));
      const head = await at.store.logHead();
      const again = await execute(at.engine, requestOf(refund, key('r')));
      if (refused.kind !== 'refused') throw new Error('a CREATED payment cannot be refunded');
      expect(again).toEqual({ kind: 'replayed', stored: refused.stored });
      expect((await at.store.logHead()).sequence).toBe(head.sequence);
    });

    test('writes nothing of a batch whose decisions throw', async () => {
      await mustDecide(at.engine, createCommand());
      const before = await at.store.logHead();
      await expect(
        at.store.batch([requestOf(createCommand())], () => {
          throw new Error('a bug');
        }),
      ).rejects.toThrow('a bug');
      expect(await at.store.logHead()).toEqual(before);
      expect((await mustDecide(at.engine, createCommand())).ordinal).toBe(2);
    });

    test('refuses a change to a payment that is not as it was read', async () => {
      const { id } = await at.settled();
      const payment = await at.store.findPayment(id);
      if (payment === null) throw new Error('the payment is gone');
      const refund = { type: 'refund_payment', paymentId: id, amount: '1', reason: null } as const;
      const stale = at.store.batch([requestOf(refund)], (working) => {
        const before = { ...payment, version: payment.version - 1 };
        working.apply(
          {
            kind: 'payment',
            before,
            payment: { ...payment, version: payment.version + 1 },
            event: { type: 'payment.retried', cause: { command: 'retry_payment' } },
            entries: [],
            refund: null,
            timer: null,
            seen: null,
          },
          { actor: 'test', requestId: 'r', path: null },
        );
        const cause = { command: 'retry_payment' } as const;
        return [{ kind: 'decided', payment, cause, stored: null }];
      });
      await expect(stale).rejects.toThrow(StorageError);
      expect(await at.store.findPayment(id)).toEqual(payment);
    });

    test('remembers the cursor of a follower and what was set once', async () => {
      expect(await at.store.cursor('f')).toBeNull();
      await at.store.saveCursor('f', { writer: 'w', sequence: 7 });
      expect(await at.store.remember('seed', 'one')).toBe('one');
      await at.reopen();
      expect(await at.store.cursor('f')).toEqual({ writer: 'w', sequence: 7 });
      expect(await at.store.remember('seed', 'two')).toBe('one');
    });
  });
}
