import { describe, expect, test } from 'vitest';
import { declineOf, FAILURE_REASONS, isRetryable } from './failures.ts';
import { REJECTION_CODES, REJECTION_RETRY, reject } from './rejections.ts';

describe('failure reasons', () => {
  test.each(FAILURE_REASONS)('%s has an ISO 8583 code, a sentence and advice', (reason) => {
    const { code, message, retry } = declineOf(reason);
    expect(code).toMatch(/^[0-9A-Z]{2}$/);
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(isRetryable(reason)).toBe(retry === 'later');
    expect(isRetryable(reason, true)).toBe(retry !== 'never');
  });

  test('say no more of a lost or stolen card than of any other decline', () => {
    const { message } = declineOf('CARD_DECLINED');
    for (const reason of ['LOST_CARD', 'STOLEN_CARD', 'FRAUD_SUSPECTED'] as const) {
      expect(declineOf(reason).message).toBe(message);
    }
  });
});

test('every rejection says whether asking again can help', () => {
  for (const code of REJECTION_CODES) expect(REJECTION_RETRY[code]).toMatch(/^(retryable|final)$/);
  expect(reject('stale_timer', 'why')).toEqual({
    ok: false,
    rejection: { code: 'stale_timer', detail: 'why' },
  });
});
