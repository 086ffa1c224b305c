/** GET /timeseries and GET /histograms/risk-score: what goes in and out. */
import { type Static, Type } from 'typebox';
import { SCORE_BUCKETS, TALLY_COUNTS, type TallyCount } from '../../core/time-series.ts';
import { POINTS_MAX, TIME_STEPS, type TimeStep } from '../../core/time-grid.ts';
import { nullable } from './schemas.ts';

const RANGE = {
  from: Type.Optional(
    Type.String({ format: 'date-time', description: 'Absent: an hour before `to`.' }),
  ),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Absent: now.' })),
};

export const TimeSeriesQuerySchema = Type.Object(
  {
    ...RANGE,
    step: Type.Optional(
      Type.Unsafe<TimeStep>({
        type: 'string',
        enum: [...TIME_STEPS],
        description: `Absent: the smallest that makes at most 120 points. \`1m\` and \`5m\` reach back 48 hours; ${POINTS_MAX.toLocaleString('en')} points are the most. Days are those of UTC.`,
      }),
    ),
  },
  { additionalProperties: false },
);
export type TimeSeriesQuery = Static<typeof TimeSeriesQuerySchema>;

export const HistogramQuerySchema = Type.Object(
  {
    from: Type.Optional(
      Type.String({ format: 'date-time', description: 'Absent: from the beginning.' }),
    ),
    to: RANGE.to,
  },
  { additionalProperties: false },
);
export type HistogramQuery = Static<typeof HistogramQuerySchema>;

const COUNTS: Readonly<Record<TallyCount, string>> = {
  created: 'Payments that were made.',
  succeeded: 'Payments that came into SUCCESS by an attempt.',
  failed: 'Attempts that failed.',
  authorized: 'Payments that came into AUTHORIZED.',
  canceled: 'Payments that came into CANCELED.',
  refunded: 'Refunds, whole and partial ones.',
};

const latencies = (description: string) =>
  nullable<object>('object', {
    description,
    required: ['p50', 'p95'],
    properties: { p50: { type: 'number' }, p95: { type: 'number' } },
  });

const PointSchema = Type.Object({
  at: Type.String({ format: 'date-time', description: 'The beginning of the step.' }),
  ...Object.fromEntries(
    TALLY_COUNTS.map((name) => [name, Type.Integer({ description: COUNTS[name] })]),
  ),
  volume: Type.Record(Type.String(), Type.Number(), {
    description: 'Captured in the step per currency, refunds not taken off.',
  }),
  refund_volume: Type.Record(Type.String(), Type.Number(), {
    description: 'Refunded in the step per currency.',
  }),
  outcome_ms: latencies(
    'From creation to the first outcome, within 1 %; null when no payment came to its first outcome.',
  ),
  decision_ms: latencies(
    'How long deciding about a card took, within 1 %; null when none was decided about.',
  ),
});

const QUIET_POINT = {
  at: '2026-02-26T10:00:00.000Z',
  created: 0,
  succeeded: 0,
  failed: 0,
  authorized: 0,
  canceled: 0,
  refunded: 0,
  volume: {},
  refund_volume: {},
  outcome_ms: null,
  decision_ms: null,
};

const BUSY_POINT = {
  ...QUIET_POINT,
  at: '2026-02-26T10:01:00.000Z',
  created: 20,
  succeeded: 15,
  failed: 4,
  refunded: 1,
  volume: { EUR: 310.5, USD: 2840 },
  refund_volume: { USD: 100 },
  outcome_ms: { p50: 507.8, p95: 517.9 },
  decision_ms: { p50: 0.303, p95: 1.363 },
};

export const TimeSeriesSchema = Type.Object(
  {
    from: Type.String({ format: 'date-time', description: 'The beginning of the first step.' }),
    to: Type.String({ format: 'date-time', description: 'The end of the last step.' }),
    step_seconds: Type.Integer(),
    points: Type.Array(PointSchema, {
      description: 'Every step, those in which nothing happened included; oldest first.',
    }),
  },
  {
    examples: [
      {
        from: '2026-02-26T10:00:00.000Z',
        to: '2026-02-26T10:02:00.000Z',
        step_seconds: 60,
        points: [QUIET_POINT, BUSY_POINT],
      },
    ],
  },
);

const BucketSchema = Type.Object({
  from: Type.Number({ description: 'Scores from this one on …' }),
  to: Type.Number({ description: '… and below this one; the last bucket has the score 1 too.' }),
  count: Type.Integer(),
});

const COUNTED: Readonly<Record<number, number>> = { 3: 12, 6: 25, 7: 4, 17: 1 };

export const RiskScoreHistogramSchema = Type.Object(
  {
    from: nullable<string>('string', {
      format: 'date-time',
      description: 'The beginning of what was counted; null for the beginning of all.',
    }),
    to: Type.String({ format: 'date-time', description: 'The end of what was counted.' }),
    buckets: Type.Array(BucketSchema, {
      minItems: SCORE_BUCKETS,
      maxItems: SCORE_BUCKETS,
      description: 'Lowest scores first.',
    }),
    total: Type.Integer({ description: 'Card payments that were decided.' }),
  },
  {
    examples: [
      {
        from: null,
        to: '2026-02-26T10:02:00.000Z',
        buckets: scoreBuckets((bucket) => COUNTED[bucket] ?? 0),
        total: 42,
      },
    ],
  },
);

/** The buckets of scores from 0 to 1, with what was counted in each. */
export function scoreBuckets(countOf: (bucket: number) => number) {
  return Array.from({ length: SCORE_BUCKETS }, (_, bucket) => ({
    from: bucket / SCORE_BUCKETS,
    to: (bucket + 1) / SCORE_BUCKETS,
    count: countOf(bucket),
  }));
}
