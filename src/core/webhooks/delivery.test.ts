import { describe, expect, test } from 'vitest';
import {
  afterAttempt,
  type AttemptResult,
  deliveryIdOf,
  isDelivered,
  isDone,
  isExpired,
  parseDeliveryId,
} from './delivery.ts';

const FROM_MS = 1_800_000_000_000;
const DAY_MS = 86_400_000;

function result(statusCode: number | null, retryAfterMs: number | null = null): AttemptResult {
  return { statusCode, error: statusCode === 200 ? null : 'it failed', retryAfterMs };
}

function after(answer: AttemptResult, nowMs = FROM_MS) {
  return afterAttempt({ scheduledFromMs: FROM_MS }, answer, { nowMs, draw: 0.5, scale: 1 });
}

describe('what follows from an attempt', () => {
  test.each([200, 201, 204, 299])('a %d is delivered', (statusCode) => {
    const delivered = { status: 'delivered', nextAttemptAtMs: null, isGone: false };
    expect(after(result(statusCode))).toEqual(delivered);
  });

  test.each([100, 199, 300, 302, 304, 400, 404, 429, 500, 503, null])(
    'a %s is tried again',
    (statusCode) => {
      const failing = { status: 'failing', nextAttemptAtMs: FROM_MS + 5_000, isGone: false };
      expect(after(result(statusCode))).toEqual(failing);
      expect(isDelivered(result(statusCode))).toBe(false);
    },
  );

  test('one that asks for patience gets it', () => {
    expect(after(result(429, 60_000)).nextAttemptAtMs).toBe(FROM_MS + 60_000);
  });

  test('it is dead when its time is over', () => {
    const over = after(result(500), FROM_MS + 30 * DAY_MS);
    expect(over).toEqual({ status: 'dead', nextAttemptAtMs: null, isGone: false });
  });

  test('a 410 says that the endpoint is gone; the delivery waits for it to come back', () => {
    expect(after(result(410))).toMatchObject({ status: 'failing', isGone: true });
  });
});

describe('a delivery', () => {
  test('is done when nothing more will be tried', () => {
    const done = (['pending', 'delivered', 'failing', 'dead'] as const).filter(isDone);
    expect(done).toEqual(['delivered', 'dead']);
  });

  test('is given up when it waited past its time, but not without one attempt', () => {
    const nowMs = FROM_MS + 30 * DAY_MS + 1;
    expect(isExpired({ scheduledFromMs: FROM_MS, attempts: 1 }, nowMs, 1)).toBe(true);
    expect(isExpired({ scheduledFromMs: FROM_MS, attempts: 1 }, nowMs - 1, 1)).toBe(false);
    expect(isExpired({ scheduledFromMs: FROM_MS, attempts: 0 }, nowMs, 1)).toBe(false);
  });

  test('has its ordinal in its id', () => {
    expect(deliveryIdOf(42)).toBe('del_42');
    expect(parseDeliveryId('del_42')).toBe(42);
    expect(parseDeliveryId('del_999999999999999')).toBe(999_999_999_999_999);
    for (const text of ['', 'del_', 'del_0', 'del_007', 'del_-1', 'del_1.5', '42', 'del_1 ']) {
      expect(parseDeliveryId(text)).toBeNull();
    }
    expect(parseDeliveryId('del_1000000000000000')).toBeNull();
  });
});
