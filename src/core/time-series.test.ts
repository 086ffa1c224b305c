import { describe, expect, test } from 'vitest';
import { paymentOf } from '../../test/support/payment.ts';
import { currencyOf } from './currencies.ts';
import { PAYMENT_EVENT_TYPES, type PaymentEventType } from './events.ts';
import type { Payment, Refund } from './payment.ts';
import { binOf } from './sketch.ts';
import {
  addScores,
  addTally,
  COUNTED_TYPES,
  type CountedEvent,
  countEvent,
  emptyTally,
  type Minutes,
  SCORE_BUCKETS,
  scoreBucket,
  type Tally,
} from './time-series.ts';

const MINUTE = 60_000;

function counted(
  type: PaymentEventType,
  payment: Partial<Payment>,
  cause: CountedEvent['cause'] = { command: 'timer_elapsed' },
): Minutes {
  const minutes: Minutes = new Map();
  countEvent(minutes, { type, cause }, paymentOf(payment));
  return minutes;
}

/** What is not as in an empty tally. */
function shown(tally: Tally | undefined): Record<string, unknown> {
  if (tally === undefined) return {};
  const { counts, volume, refundVolume, outcomeBins, decisionBins, scores } = tally;
  const parts = {
    ...counts,
    volume: Object.fromEntries(volume),
    refunds: Object.fromEntries(refundVolume),
    outcomes: [...outcomeBins],
    decisions: [...decisionBins],
    scores: scores.flatMap((count, bucket) => (count === 0 ? [] : [[bucket, count]])),
  };
  return Object.fromEntries(
    Object.entries(parts).filter(([, part]) =>
      typeof part === 'object' ? Object.keys(part).length > 0 : part !== 0,
    ),
  );
}

function only(minutes: Minutes): Record<string, unknown> {
  expect(minutes.size).toBeLessThan(2);
  return shown([...minutes.values()][0]);
}

function refundOf(amountMinor: bigint): Refund {
  return {
    id: 're_1' as Refund['id'],
    paymentId: paymentOf({}).id,
    amountMinor,
    reason: null,
    createdAtMs: 0,
  };
}

describe('an event adds to its minute', () => {
  test.each<[PaymentEventType, Partial<Payment>, Record<string, unknown>]>([
    ['payment.created', { version: 1 }, { created: 1 }],
    ['payment.processing', { version: 2, status: 'PROCESSING', attempts: 1 }, {}],
    ['payment.retried', { version: 4, status: 'PROCESSING', attempts: 2 }, {}],
    [
      'payment.succeeded',
      { version: 3, status: 'SUCCESS', attempts: 1, capturedMinor: 250n, updatedAtMs: 500 },
      { succeeded: 1, volume: { USD: 250n }, outcomes: [[binOf(500), 1]] },
    ],
    [
      'payment.failed',
      { version: 3, status: 'FAILED', attempts: 1, failureReason: 'LOST_CARD', updatedAtMs: 40 },
      { failed: 1, outcomes: [[binOf(40), 1]] },
    ],
    [
      'payment.succeeded',
      { version: 3, status: 'AUTHORIZED', attempts: 1, updatedAtMs: 7 },
      { authorized: 1, outcomes: [[binOf(7), 1]] },
    ],
    [
      'payment.failed',
      { version: 3, status: 'CANCELED', attempts: 1, updatedAtMs: 7 },
      { canceled: 1, outcomes: [[binOf(7), 1]] },
    ],
    // A retry's outcome says nothing of how long payments take.
    [
      'payment.succeeded',
      { version: 5, status: 'SUCCESS', attempts: 2, capturedMinor: 5n, updatedAtMs: 99 },
      { succeeded: 1, volume: { USD: 5n } },
    ],
    [
      'payment.partially_refunded',
      { version: 5, status: 'SUCCESS', capturedMinor: 9n, refunds: [refundOf(1n), refundOf(2n)] },
      { refunded: 1, refunds: { USD: 2n } },
    ],
    [
      'payment.refunded',
      {
        version: 6,
        status: 'REFUNDED',
        currency: currencyOf('JPY'),
        refunds: [refundOf(1n), refundOf(8n)],
      },
      { refunded: 1, refunds: { JPY: 8n } },
    ],
    ['payment.refunded', { version: 6, status: 'REFUNDED' }, { refunded: 1 }],
    // An attempt ends in none of these; if one did, nothing would be counted twice.
    ['payment.failed', { version: 6, status: 'PROCESSING', attempts: 2 }, {}],
  ])('%s, case %#', (type, payment, expected) => {
    expect(only(counted(type, payment))).toEqual(expected);
  });

  test('of a card that is authorized at once: a payment, its outcome, how risky and how fast', () => {
    const cause = { command: 'authorize_card', risk: { score: 0.3333 }, latency_ms: 1.25 };
    const payment = { version: 1, status: 'SUCCESS', attempts: 1, capturedMinor: 3n } as const;
    expect(only(counted('payment.succeeded', payment, cause))).toEqual({
      created: 1,
      succeeded: 1,
      volume: { USD: 3n },
      decisions: [[binOf(1.25), 1]],
      scores: [[6, 1]],
    });
    // A card payment is decided about once more when it is tried again; it is still one payment.
    const retried = { version: 5, status: 'FAILED', attempts: 2 } as const;
    expect(only(counted('payment.failed', retried, cause))).toEqual({ failed: 1 });
  });

  test('by the time of the event, from the first to the last millisecond', () => {
    const minutesOf = (atMs: number) => [
      ...counted('payment.created', { createdAtMs: atMs, updatedAtMs: atMs }).keys(),
    ];
    expect(minutesOf(7 * MINUTE - 1)).toEqual([6 * MINUTE]);
    expect(minutesOf(7 * MINUTE)).toEqual([7 * MINUTE]);
  });
});

test('what is read again of a log is every type that can add something', () => {
  const adds = PAYMENT_EVENT_TYPES.filter(
    (type) => counted(type, { version: type === 'payment.created' ? 1 : 2 }).size > 0,
  );
  expect([...COUNTED_TYPES].sort()).toEqual([...adds].sort());
});

test.each([
  [0, 0],
  [0.0499, 0],
  [0.05, 1],
  [0.15, 3],
  [0.3, 6],
  [0.35, 7],
  [0.5499, 10],
  [0.55, 11],
  [0.9999, 19],
  [1, 19],
])('a score of %d is in bucket %d', (score, bucket) => {
  expect(scoreBucket(score)).toBe(bucket);
});

test('every edge of four decimals falls on its own side', () => {
  const buckets = Array.from({ length: 10_000 }, (_, score) => scoreBucket(score / 10_000));
  expect(buckets).toEqual(Array.from({ length: 10_000 }, (_, score) => Math.floor(score / 500)));
});

test('tallies add up to what all their events make', () => {
  const cause = { command: 'authorize_card', risk: { score: 0.5 }, latency_ms: 2 };
  const events: [PaymentEventType, Partial<Payment>][] = [
    ['payment.succeeded', { status: 'SUCCESS', attempts: 1, capturedMinor: 10n ** 15n }],
    ['payment.succeeded', { version: 3, status: 'SUCCESS', attempts: 1, capturedMinor: 7n }],
    ['payment.refunded', { version: 4, status: 'REFUNDED', refunds: [refundOf(7n)] }],
    ['payment.failed', { version: 2, status: 'FAILED', attempts: 1, currency: currencyOf('EUR') }],
  ];
  const together: Minutes = new Map();
  const sum = emptyTally();
  for (const [type, changes] of events) {
    countEvent(together, { type, cause }, paymentOf(changes));
    for (const tally of counted(type, changes, cause).values()) addTally(sum, tally);
  }
  expect([...together.values()]).toEqual([sum]);
  expect(shown(sum)).toMatchObject({
    created: 1,
    succeeded: 2,
    refunded: 1,
    failed: 1,
    volume: { USD: 10n ** 15n + 7n },
    scores: [[10, 3]],
  });
  expect(sum.scores).toHaveLength(SCORE_BUCKETS);
  const scores: number[] = [];
  addScores(scores, sum.scores);
  expect(scores).toEqual(sum.scores);
});
