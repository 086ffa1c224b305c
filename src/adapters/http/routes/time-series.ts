/** What happened when, and how risky it was: charts, from rows whose number does not grow with what is stored. */
import type { FastifyInstance } from 'fastify';
import { currencyOf } from '../../../core/currencies.ts';
import { formatAmount } from '../../../core/money.ts';
import { quantilesOf } from '../../../core/sketch.ts';
import type { TimeGrid } from '../../../core/time-grid.ts';
import { spansOf } from '../../../core/time-levels.ts';
import { emptyTally, type Tally } from '../../../core/time-series.ts';
import { isoTime } from '../../../engine/snapshot.ts';
import type { HttpDeps } from '../deps.ts';
import { exactNumber } from '../exact-number.ts';
import { operation } from '../operation.ts';
import { gridAsked, rangeAsked } from '../time-range.ts';
import {
  type HistogramQuery,
  HistogramQuerySchema,
  RiskScoreHistogramSchema,
  scoreBuckets,
  type TimeSeriesQuery,
  TimeSeriesQuerySchema,
  TimeSeriesSchema,
} from '../time-series-schemas.ts';

export function timeSeriesRoutes(app: FastifyInstance, deps: HttpDeps): void {
  app.get<{ Querystring: TimeSeriesQuery }>(
    '/timeseries',
    {
      schema: operation('getTimeSeries', 'Payments', 'What happened, step by step', {
        querystring: TimeSeriesQuerySchema,
        response: { 200: TimeSeriesSchema },
      }),
    },
    async ({ query }) => {
      const grid = gridAsked(query, deps.engine.clock.nowMs());
      return chartOf(grid, await deps.timeSeries.tallies(grid));
    },
  );
  riskScoreRoute(app, deps);
}

function riskScoreRoute(app: FastifyInstance, { engine, timeSeries }: HttpDeps): void {
  app.get<{ Querystring: HistogramQuery }>(
    '/histograms/risk-score',
    {
      schema: operation('getRiskScoreHistogram', 'Payments', 'How risky card payments were', {
        querystring: HistogramQuerySchema,
        response: { 200: RiskScoreHistogramSchema },
      }),
    },
    async ({ query }) => {
      const nowMs = engine.clock.nowMs();
      const range = rangeAsked(query, nowMs);
      const spans =
        range === null
          ? [{ level: 'ever', fromMs: 0, beforeMs: 1 } as const]
          : spansOf(range.fromMs, range.beforeMs, nowMs);
      const scores = await timeSeries.riskScores(spans);
      const isFromBeginning = query.from === undefined;
      return {
        from: isFromBeginning ? null : isoTime(spans[0]?.fromMs ?? 0),
        to: isoTime(range === null ? nowMs : (spans.at(-1)?.beforeMs ?? nowMs)),
        buckets: scoreBuckets((bucket) => scores[bucket] ?? 0),
        total: scores.reduce((sum, count) => sum + count, 0),
      };
    },
  );
}

function chartOf({ fromMs, beforeMs, stepMs }: TimeGrid, tallies: ReadonlyMap<number, Tally>) {
  const count = (beforeMs - fromMs) / stepMs;
  const nothing = emptyTally();
  return {
    from: isoTime(fromMs),
    to: isoTime(beforeMs),
    step_seconds: stepMs / 1_000,
    points: Array.from({ length: count }, (_, index) => {
      const atMs = fromMs + index * stepMs;
      return pointOf(atMs, tallies.get(atMs) ?? nothing);
    }),
  };
}

function pointOf(atMs: number, { counts, volume, refundVolume, outcomeBins, decisionBins }: Tally) {
  return {
    at: isoTime(atMs),
    ...counts,
    volume: amounts(volume),
    refund_volume: amounts(refundVolume),
    outcome_ms: percentiles(outcomeBins, 1),
    decision_ms: percentiles(decisionBins, 3),
  };
}

/** In the order of their codes. */
function amounts(sums: ReadonlyMap<string, bigint>) {
  const sorted = [...sums].sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([code, minor]) => [
      code,
      exactNumber(formatAmount(minor, currencyOf(code).minorDigits)),
    ]),
  );
}

function percentiles(bins: ReadonlyMap<number, number>, digits: number) {
  const valueAt = quantilesOf(bins);
  const p50 = valueAt(0.5);
  const p95 = valueAt(0.95);
  return p50 === null || p95 === null
    ? null
    : { p50: rounded(p50, digits), p95: rounded(p95, digits) };
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
