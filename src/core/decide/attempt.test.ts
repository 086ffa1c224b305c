import { describe, expect, test } from 'vitest';
import { decided, elapsed, NEW_ID, NOW_MS, processing } from '../../../test/support/decide.ts';
import { authorizeCommand } from '../../../test/support/engine.ts';
import { cardOf, PAYMENT_ID, scenarioOf } from '../../../test/support/payment.ts';
import { currencyOf } from '../currencies.ts';
import { observe } from '../history.ts';

const capture = {
  kind: 'capture',
  operation: '1',
  debit: 'network_receivable',
  credit: 'merchant_payable',
  currency: currencyOf('USD'),
  amountMinor: 10_000n,
  atMs: NOW_MS,
};

/** Of a card without device and address: a device nobody knows is trusted 0.6, no address is a risk of 0.3. */
const RISK = {
  score: 0.27,
  level: 'normal',
  features: { spending_velocity: 0, device_trust_score: 0.6, ip_risk_score: 0.3 },
  contributions: { device_trust: 0.16, ip_risk: 0.09, amount: 0.02, spending_velocity: 0 },
  reasons: [],
};
const FACTS = {
  card: cardOf().fingerprint,
  device: null,
  ip: null,
  amount_minor: '10000',
  currency: 'USD',
};

describe('the attempt of a payment from an account', () => {
  test('that succeeds captures the whole amount and posts it', () => {
    const { payment, event, entries, timer, seen } = decided(elapsed('complete', 1), processing());
    expect(payment).toEqual(
      processing({ status: 'SUCCESS', capturedMinor: 10_000n, version: 3, updatedAtMs: NOW_MS }),
    );
    expect(event).toEqual({
      type: 'payment.succeeded',
      cause: {
        command: 'timer_elapsed',
        verdict: { outcome: 'APPROVE', rule: 'no_objection', draws: { random_failure: 0.5 } },
      },
    });
    expect(entries).toEqual([{ paymentId: PAYMENT_ID, ...capture }]);
    expect([timer, seen]).toEqual([null, null]);
  });

  test('that fails posts nothing and says why', () => {
    const settings = { failureRate: 0.6 };
    const { payment, event, entries } = decided(elapsed('complete', 1), processing(), {
      settings,
    });
    expect(payment).toMatchObject({
      status: 'FAILED',
      failureReason: 'PROCESSING_ERROR',
      capturedMinor: 0n,
    });
    expect(event).toEqual({
      type: 'payment.failed',
      cause: {
        command: 'timer_elapsed',
        verdict: {
          outcome: 'PROCESSING_ERROR',
          rule: 'random_failure',
          draws: { random_failure: 0.5 },
        },
      },
    });
    expect(entries).toEqual([]);
  });

  test('draws by its ordinal, its attempt and the rule', () => {
    const asked: unknown[] = [];
    decided(elapsed('complete', 3), processing({ ordinal: 5, attempts: 3 }), {
      draw: (...of) => {
        asked.push(of);
        return 0.5;
      },
    });
    expect(asked).toEqual([[5, 3, 'random_failure']]);
  });
});

describe('the attempt of a card payment that was created', () => {
  test('ends by its timer, keeps its risk and is remembered by its card', () => {
    const before = processing({ card: cardOf(), deviceId: null });
    const { payment, event, entries, seen } = decided(elapsed('complete', 1), before);
    expect(payment).toEqual({
      ...before,
      status: 'SUCCESS',
      capturedMinor: 10_000n,
      version: 3,
      risk: { score: 0.27, level: 'normal', reasons: [] },
      updatedAtMs: NOW_MS,
    });
    expect(event.cause).toEqual({
      command: 'timer_elapsed',
      verdict: { outcome: 'APPROVE', rule: 'no_objection', draws: { random_decline: 0.5 } },
      facts: FACTS,
      risk: RISK,
      latency_ms: 0,
    });
    expect(entries).toEqual([{ paymentId: PAYMENT_ID, ...capture }]);
    expect(seen?.subjects).toEqual({ card: `c:${cardOf().fingerprint}`, device: null, ip: null });
  });

  test('that fails is remembered, too', () => {
    const before = processing({
      card: cardOf(),
      scenario: scenarioOf({ outcomes: ['LOST_CARD'] }),
    });
    const { payment, seen } = decided(elapsed('complete', 1), before);
    expect(payment.failureReason).toBe('LOST_CARD');
    expect(seen?.observation.isApproved).toBe(false);
  });
});

describe('a card that is authorized', () => {
  test('and approved is a payment in SUCCESS with one event and one entry, and no timer', () => {
    const { before, payment, event, entries, timer, refund } = decided(authorizeCommand());
    expect(before).toBeNull();
    expect(payment).toMatchObject({
      id: NEW_ID,
      ordinal: 7,
      version: 1,
      status: 'SUCCESS',
      entry: 'payment',
      attempts: 1,
      capturedMinor: 10_000n,
      failureReason: null,
      risk: { score: 0.27, level: 'normal', reasons: [] },
      createdAtMs: NOW_MS,
      updatedAtMs: NOW_MS,
    });
    expect(event).toEqual({
      type: 'payment.succeeded',
      cause: {
        command: 'authorize_card',
        verdict: { outcome: 'APPROVE', rule: 'no_objection', draws: { random_decline: 0.5 } },
        facts: FACTS,
        risk: RISK,
        latency_ms: 0,
      },
    });
    expect(entries).toEqual([{ paymentId: NEW_ID, ...capture }]);
    expect([timer, refund]).toEqual([null, null]);
  });

  test('and declined is a payment that FAILED and says why', () => {
    const { payment, event, entries } = decided(authorizeCommand(), null, { draw: () => 0.05 });
    expect(payment).toMatchObject({
      version: 1,
      status: 'FAILED',
      failureReason: 'CARD_DECLINED',
      attempts: 1,
      capturedMinor: 0n,
    });
    expect(event).toEqual({
      type: 'payment.failed',
      cause: {
        command: 'authorize_card',
        verdict: {
          outcome: 'CARD_DECLINED',
          rule: 'random_decline',
          draws: { random_decline: 0.05 },
          message: 'Random decline to simulate the network.',
        },
        facts: FACTS,
        risk: RISK,
        latency_ms: 0,
      },
    });
    expect(entries).toEqual([]);
  });

  test('is remembered with its device and its address, however the address is spelled', () => {
    const command = authorizeCommand({ deviceId: 'd-1', ip: '::ffff:192.0.2.7' });
    const { seen, event } = decided(command);
    expect(seen).toEqual({
      subjects: { card: `c:${cardOf().fingerprint}`, device: 'd:d-1', ip: 'i:192.0.2.7' },
      observation: {
        atMs: NOW_MS,
        currency: 'USD',
        amountMinor: 10_000n,
        isApproved: true,
        card: cardOf().fingerprint,
      },
      latencyMs: 0,
    });
    expect(event.cause).toMatchObject({
      facts: { ...FACTS, device: 'd-1', ip: '::ffff:192.0.2.7' },
    });
  });

  test('without a sound amount is remembered as one of nothing', () => {
    const { payment, seen, event } = decided(authorizeCommand({ amountMinor: -5n }));
    expect(payment.failureReason).toBe('INVALID_AMOUNT');
    expect(seen?.observation).toMatchObject({ amountMinor: 0n, isApproved: false });
    expect(event.cause).toMatchObject({ facts: { ...FACTS, amount_minor: '0' } });
  });

  test('says how long deciding took, to a microsecond', () => {
    const ticks = [10, 10.412_567_8];
    const { event, seen } = decided(authorizeCommand(), null, {
      ticksMs: () => ticks.shift() ?? 0,
    });
    expect(event.cause).toMatchObject({ latency_ms: 0.413 });
    expect(seen?.latencyMs).toBe(0.413);
  });

  test('is judged by what was seen of its subjects before', () => {
    const observation = {
      atMs: NOW_MS,
      sequence: 1,
      currency: 'USD',
      amountMinor: 1n,
      isApproved: true,
      card: cardOf().fingerprint,
    };
    const card = observe(null, observation, 'card');
    const { event } = decided(authorizeCommand({ deviceId: 'd-1' }), null, {
      historiesOf: (subjects) => {
        expect(subjects).toEqual({ card: `c:${cardOf().fingerprint}`, device: 'd:d-1', ip: null });
        return { card, device: null, ip: null };
      },
    });
    expect(event.cause).toMatchObject({ risk: { features: { spending_velocity: 0.125 } } });
  });

  test('is scored by the outside model when that has answered', () => {
    const { payment, event } = decided(authorizeCommand({ modelScore: 0.512_34 }));
    const reasons = ['The risk model scored the payment 0.5123.'];
    expect(payment).toMatchObject({
      modelScore: 0.512_34,
      risk: { score: 0.5123, level: 'elevated', reasons },
    });
    expect(event.cause).toMatchObject({
      risk: {
        ...RISK,
        score: 0.5123,
        level: 'elevated',
        contributions: { model: 0.5123 },
        reasons,
      },
    });
  });
});
