/** A tally as a row of `time_series`, and back. */
import { assert } from '../../core/assert.ts';
import { emptyTally, type Tally, TALLY_COUNTS } from '../../core/time-series.ts';
import type { Values } from './change-set.ts';
import { integer, type Row, text } from './rows.ts';

/** In the order in which `tallyValues` gives them. */
export const TALLY_COLUMNS = [
  ...TALLY_COUNTS,
  'volume',
  'refund_volume',
  'outcome_bins',
  'decision_bins',
  'risk_scores',
] as const;

export function tallyValues(tally: Tally): Values {
  return [
    ...TALLY_COUNTS.map((name) => tally.counts[name]),
    moneyText(tally.volume),
    moneyText(tally.refundVolume),
    binsText(tally.outcomeBins),
    binsText(tally.decisionBins),
    JSON.stringify(tally.scores),
  ];
}

export function tallyFrom(row: Row): Tally {
  const { counts } = emptyTally();
  for (const name of TALLY_COUNTS) counts[name] = integer(row, name);
  return {
    counts,
    volume: moneyFrom(row, 'volume'),
    refundVolume: moneyFrom(row, 'refund_volume'),
    outcomeBins: binsFrom(row, 'outcome_bins'),
    decisionBins: binsFrom(row, 'decision_bins'),
    scores: scoresFrom(row),
  };
}

export function scoresFrom(row: Row): number[] {
  const scores: unknown = JSON.parse(text(row, 'risk_scores'));
  assert(Array.isArray(scores) && scores.every(isWhole), 'scores are counted in whole numbers');
  return scores;
}

function moneyText(sums: ReadonlyMap<string, bigint>): string {
  return JSON.stringify(Object.fromEntries(Array.from(sums, ([code, sum]) => [code, String(sum)])));
}

function moneyFrom(row: Row, column: string): Map<string, bigint> {
  const sums: unknown = JSON.parse(text(row, column));
  assert(typeof sums === 'object' && sums !== null, 'sums of money are an object');
  return new Map(
    Object.entries(sums).map(([code, sum]: [string, unknown]) => {
      assert(typeof sum === 'string', 'a sum of money is decimal text');
      return [code, BigInt(sum)];
    }),
  );
}

function binsText(bins: ReadonlyMap<number, number>): string {
  return JSON.stringify([...bins].flat());
}

function binsFrom(row: Row, column: string): Map<number, number> {
  const flat: unknown = JSON.parse(text(row, column));
  assert(Array.isArray(flat) && flat.every(isWhole), 'bins and counts are whole numbers');
  const bins = new Map<number, number>();
  for (let index = 0; index < flat.length; index += 2)
    bins.set(flat[index] ?? 0, flat[index + 1] ?? 0);
  return bins;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
