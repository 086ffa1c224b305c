/**
 * What every store promises about settings that change while it runs and about beginning anew: the second half of the
 * contract in store.contract.ts.
 */
import { describe, expect, test } from 'vitest';
import {
  authorizeCommand,
  createCommand,
  mustDecide,
  requestOf,
  runTimers,
} from '../../../test/support/engine.ts';
import { cardOf, scenarioOf } from '../../../test/support/payment.ts';
import { standing, type StoreUnderTest } from '../../../test/support/store-under-test.ts';
import type { Command } from '../../core/commands.ts';
import type { RefundId } from '../../core/ids.ts';
import { execute } from '../../engine/execute.ts';
import type { Reply, StoredEvent } from '../../engine/ports.ts';
import { CHAIN_START, hashEvent } from './chain.ts';

const APPROVE = scenarioOf({ outcomes: ['APPROVE'] });
const RESET: Command = { type: 'reset_data' };
const change = (failureRate: number, expiresInMs: number | null = null): Command => ({
  type: 'change_simulation',
  patch: { failureRate },
  expiresInMs,
});

export function describeControls(name: string, under: StoreUnderTest): void {
  describe(`${name} store, its settings and its new beginnings`, () => {
    const at = standing(under);
    const ask = (command: Command): Promise<Reply> => execute(at.engine, requestOf(command));
    const log = async (): Promise<readonly StoredEvent[]> =>
      (await at.store.events({ after: 0, limit: 1_000 })).events;

    /** Each event follows on the one before it, from the beginning to the head. */
    const expectSoundChain = async () => {
      const head = await at.store.logHead();
      const events = await log();
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
      const [first, ...stored] = await under.hashes();
      expect(first).toBe(CHAIN_START);
      let previous = CHAIN_START;
      for (const [index, event] of events.entries()) {
        previous = hashEvent(previous, head.writer, event);
        expect(stored[index]).toBe(previous);
      }
      expect(head).toMatchObject({ hash: previous, sequence: events.length });
    };

    test('keeps a setting as it was last set, also after a restart', async () => {
      expect(await at.store.setting('simulation')).toBeNull();
      await ask(change(0.5));
      const first = await at.store.setting('simulation');
      expect(first).toContain('0.5');
      await Promise.all([ask(change(0.25)), ask(change(0.125))]);
      const last = await at.store.setting('simulation');
      expect(last).toContain('0.125');
      expect(last).not.toBe(first);
      await at.reopen();
      expect(await at.store.setting('simulation')).toBe(last);
      expect(await at.store.setting('rules')).toBeNull();
    });

    test('keeps rules as they were written', async () => {
      const { rules } = at.engine.controls.current;
      await ask({ type: 'change_rules', rules });
      await at.reopen();
      expect(JSON.parse((await at.store.setting('rules')) ?? '')).toEqual(rules.document);
    });

    test('keeps no setting of a batch that throws', async () => {
      const refused = at.store.batch([requestOf(change(0.5))], (working) => {
        working.settings.set('simulation', '{}');
        throw new Error('a bug');
      });
      await expect(refused).rejects.toThrow('a bug');
      expect(await at.store.setting('simulation')).toBeNull();
    });

    test('logs what is about no payment among all else, in one sound chain', async () => {
      const { id } = await mustDecide(at.engine, createCommand());
      const approved = authorizeCommand({ scenario: APPROVE });
      await Promise.all([ask(change(0.5)), ask(approved), ask(change(0.25))]);
      await at.reopen();
      await ask({ type: 'change_rules', rules: at.engine.controls.current.rules });
      await runTimers(at.engine, at.clock);
      const events = await log();
      expect(events.map(({ type }) => type)).toEqual([
        'payment.created',
        'simulation.changed',
        'payment.succeeded',
        'simulation.changed',
        'rules.changed',
        'payment.processing',
        'payment.succeeded',
      ]);
      const controls = events.filter(({ paymentId }) => paymentId === null);
      expect(controls.map(({ paymentSequence }) => paymentSequence)).toEqual([null, null, null]);
      expect(controls[0]).toMatchObject({
        atMs: at.clock.nowMs() - 500,
        requestId: 'req-1',
        actor: 'test',
        cause: '{"command":"change_simulation"}',
      });
      expect(JSON.parse(controls[0]?.data ?? '')).toMatchObject({ failure_rate: 0.5 });
      await expectSoundChain();
      const own = await at.store.events({ after: 0, limit: 10, paymentId: id });
      expect(own.events.map(({ paymentSequence }) => paymentSequence)).toEqual([1, 2, 3]);
      const found = await at.store.events({ after: 0, limit: 10, types: ['simulation.changed'] });
      expect(found.events).toHaveLength(2);
    });

    test('keeps a timer that is about no payment, of each moment the last one alone', async () => {
      await ask(change(0.5, 60_000));
      await ask(change(0.25, 60_000));
      await at.reopen();
      expect(await at.store.nextTimerAtMs()).toBe(at.clock.nowMs() + 60_000);
      at.clock.advance(60_000);
      const due = await at.store.dueTimers(at.clock.nowMs(), 10);
      const timer = {
        dueAtMs: at.clock.nowMs(),
        paymentId: null,
        kind: 'simulation_expires',
        attempt: 2,
      };
      expect(due).toEqual([{ ...timer, requestId: 'req-1' }]);
    });

    test('takes a timer out that fired, and not the one that took its place', async () => {
      await ask(change(0.5, 60_000));
      const [old] = await at.store.dueTimers(at.clock.nowMs() + 60_000, 1);
      if (old === undefined) throw new Error('a timer is set');
      await Promise.all([ask(change(0.25, 60_000)), ask({ type: 'timer_elapsed', timer: old })]);
      await ask({ type: 'timer_elapsed', timer: old });
      const [next] = await at.store.dueTimers(at.clock.nowMs() + 60_000, 1);
      expect(next).toMatchObject({ kind: 'simulation_expires', attempt: 2 });
      if (next === undefined) throw new Error('a timer is set');
      await ask({ type: 'timer_elapsed', timer: next });
      expect(await at.store.nextTimerAtMs()).toBeNull();
    });

    /** Something in every table and in every total; gives the ids that must be gone with it. */
    const fill = async () => {
      const { id } = await mustDecide(
        at.engine,
        authorizeCommand({ deviceId: 'd-1', scenario: APPROVE }),
      );
      const refund = { type: 'refund_payment', paymentId: id, amount: '1', reason: null } as const;
      const { refunds } = await mustDecide(at.engine, refund);
      const idempotency = { keyHash: 'k', fingerprint: 'print', waits: true };
      await execute(at.engine, requestOf(createCommand(), idempotency));
      await runTimers(at.engine, at.clock);
      await mustDecide(at.engine, createCommand({ card: cardOf(), reference: 'order 7' }));
      await at.store.saveCursor('f', { writer: 'w', sequence: 3 });
      await at.store.remember('seed', 'one');
      await ask(change(0.5));
      const refundId: RefundId | undefined = refunds[0]?.id;
      if (refundId === undefined) throw new Error('there is a refund');
      return { id, refundId };
    };

    test('has nothing left after a reset but what it is and what was set', async () => {
      const { id, refundId } = await fill();
      const kept = await at.store.setting('simulation');
      await ask(RESET);
      const expectNothing = async () => {
        expect(await at.store.findPayment(id)).toBeNull();
        expect(await at.store.findRefund(refundId)).toBeNull();
        expect((await at.store.listPayments({ limit: 10, cursor: null })).items).toEqual([]);
        const found = await at.store.listPayments({ limit: 10, cursor: null, searchPrefix: 'a' });
        expect(found.items).toEqual([]);
        expect(await at.store.ledgerEntries(id)).toEqual([]);
        expect(await at.store.accountTotals()).toEqual([]);
        expect(await at.store.nextTimerAtMs()).toBeNull();
        expect(await at.store.cursor('f')).toBeNull();
        const totals = await at.store.totals();
        const sizes = [totals.counters, totals.timeToOutcome, totals.decisionLatency];
        expect(sizes.map(({ size }) => size)).toEqual([0, 0, 0]);
        expect(await at.store.setting('simulation')).toBe(kept);
        expect(await at.store.remember('seed', 'two')).toBe('one');
        expect(await at.store.endWait('k')).toBeNull();
      };
      await expectNothing();
      await at.reopen();
      await expectNothing();
    });

    test('begins a new log at a reset, whose first entry tells the head of the old one', async () => {
      await fill();
      const old = await at.store.logHead();
      at.clock.advance(1_000);
      await ask(RESET);
      const head = await at.store.logHead();
      expect(head.writer).not.toBe(old.writer);
      expect(head).toMatchObject({ sequence: 1, atMs: at.clock.nowMs() });
      const [first, ...others] = await log();
      expect(others).toEqual([]);
      expect(first).toMatchObject({
        sequence: 1,
        type: 'data.reset',
        paymentId: null,
        paymentSequence: null,
      });
      expect(JSON.parse(first?.data ?? '')).toEqual({
        previous: { writer: old.writer, entries: old.sequence, hash: old.hash },
      });
      await expectSoundChain();
      await at.reopen();
      expect(await at.store.logHead()).toEqual(head);
      await expectSoundChain();
    });

    test('goes on after a reset as at its first day, also after a restart', async () => {
      await fill();
      await ask(RESET);
      const live = async () => {
        const key = { keyHash: 'k', fingerprint: 'print', waits: false };
        const bob = createCommand({ recipient: 'Bob', scenario: APPROVE });
        const reply = await execute(at.engine, requestOf(bob, key));
        expect(reply.kind).toBe('decided');
        await mustDecide(at.engine, authorizeCommand({ scenario: APPROVE }));
        await runTimers(at.engine, at.clock);
        const { items } = await at.store.listPayments({ limit: 10, cursor: null });
        expect(items.map(({ ordinal, status }) => [ordinal, status])).toEqual([
          [2, 'SUCCESS'],
          [1, 'SUCCESS'],
        ]);
        const { counters, timeToOutcome, decisionLatency } = await at.store.totals();
        expect(counters.get('status:SUCCESS')).toBe(2n);
        expect(counters.get('volume:USD')).toBe(20_000n);
        expect([...timeToOutcome.values(), ...decisionLatency.values()]).toEqual([1, 1]);
        const sides = (await at.store.accountTotals()).map(({ debitsMinor, creditsMinor }) => {
          return [debitsMinor, creditsMinor];
        });
        expect(sides).toEqual([
          [0n, 20_000n],
          [20_000n, 0n],
        ]);
        const found = await at.store.listPayments({ limit: 9, cursor: null, searchPrefix: 'bo' });
        expect(found.items).toHaveLength(1);
        await expectSoundChain();
      };
      await live();
      await at.reopen();
      await ask(RESET);
      await at.reopen();
      await live();
    });

    test('names the log of each reset anew', async () => {
      const writers = new Set([(await at.store.logHead()).writer]);
      for (let resets = 0; resets < 3; resets += 1) {
        await ask(RESET);
        if (resets === 1) await at.reopen();
        writers.add((await at.store.logHead()).writer);
      }
      expect(writers.size).toBe(4);
    });

    test('does not begin anew in a batch that throws', async () => {
      const { id } = await fill();
      const before = await at.store.logHead();
      const refused = at.store.batch([requestOf(RESET)], (working) => {
        working.isReset = true;
        throw new Error('a bug');
      });
      await expect(refused).rejects.toThrow('a bug');
      expect(await at.store.logHead()).toEqual(before);
      expect((await at.store.findPayment(id))?.id).toBe(id);
      expect((await mustDecide(at.engine, createCommand())).ordinal).toBe(4);
    });
  });
}
