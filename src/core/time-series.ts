/**
 * What happened when: how many payments were made and what became of them, how much money moved, how long it took and how
 * risky it was, by the minute. A projection of the event log: what an event adds follows from the event alone, so that
 * counting the log again gives the same numbers, and minutes add up to hours and days.
 */
import type { PaymentEventType } from './events.ts';
import type { Payment, Refund, Status } from './payment.ts';
import { binOf } from './sketch.ts';
import { levelStart } from './time-levels.ts';

export const TALLY_COUNTS = [
  'created',
  'succeeded',
  'failed',
  'authorized',
  'canceled',
  'refunded',
] as const;
export type TallyCount = (typeof TALLY_COUNTS)[number];

/** Risk scores are counted in so many buckets of equal width; the last one has the score 1 too. */
export const SCORE_BUCKETS = 20;

/** Of a stretch of time. It is changed in place: a second of a busy server is thousands of events. */
export interface Tally {
  /** Payments that came into a status; refunds, whole and partial ones. */
  readonly counts: Record<TallyCount, number>;
  /** Captured, minor units by currency; a currency of which nothing was is not there. */
  readonly volume: Map<string, bigint>;
  readonly refundVolume: Map<string, bigint>;
  /** Sketches (sketch.ts) of milliseconds: from creation to the first outcome, and for deciding about a card. */
  readonly outcomeBins: Map<number, number>;
  readonly decisionBins: Map<number, number>;
  /** Card payments by the score of their first decided attempt, lowest bucket first. */
  readonly scores: number[];
}

/** Tallies by the beginning of their minute, milliseconds since 1970. */
export type Minutes = Map<number, Tally>;

/** What is counted of a payment, as it became by the event. */
export type CountedPayment = Pick<
  Payment,
  'version' | 'status' | 'attempts' | 'capturedMinor' | 'currency' | 'createdAtMs' | 'updatedAtMs'
> & { readonly refunds: readonly Pick<Refund, 'amountMinor'>[] };

/** What is counted of an event about a payment. */
export interface CountedEvent {
  readonly type: PaymentEventType;
  /** A decision on a card says how risky it was, and how many milliseconds it took. */
  readonly cause: {
    readonly command: string;
    readonly risk?: { readonly score: number };
    readonly latency_ms?: number;
  };
}

/** What each event is to the series: the end of an attempt, a refund, or nothing but that a payment may be new. */
const KINDS: Readonly<Record<PaymentEventType, 'step' | 'outcome' | 'refund'>> = {
  'payment.created': 'step',
  'payment.processing': 'step',
  'payment.succeeded': 'outcome',
  'payment.failed': 'outcome',
  'payment.retried': 'step',
  'payment.partially_refunded': 'refund',
  'payment.refunded': 'refund',
};

/** The types of event that add something: all that needs to be read when the log is counted again. */
export const COUNTED_TYPES: readonly PaymentEventType[] = [
  'payment.created',
  ...(Object.keys(KINDS) as PaymentEventType[]).filter((type) => KINDS[type] !== 'step'),
];

const OUTCOMES: Readonly<Record<Status, TallyCount | null>> = {
  CREATED: null,
  PROCESSING: null,
  AUTHORIZED: 'authorized',
  SUCCESS: 'succeeded',
  FAILED: 'failed',
  CANCELED: 'canceled',
  REFUNDED: null,
};

/** Adds an event to its minute. */
export function countEvent(
  minutes: Minutes,
  { type, cause }: CountedEvent,
  payment: CountedPayment,
): void {
  const kind = KINDS[type];
  const isNew = payment.version === 1;
  if (kind === 'step' && !isNew) return;
  const tally = tallyAt(minutes, levelStart('minute', payment.updatedAtMs));
  if (isNew) tally.counts.created += 1;
  if (kind === 'refund') countRefund(tally, payment);
  if (kind === 'outcome') countOutcome(tally, cause, payment);
}

function countRefund({ counts, refundVolume }: Tally, { refunds, currency }: CountedPayment): void {
  counts.refunded += 1;
  addMoney(refundVolume, currency.code, refunds.at(-1)?.amountMinor ?? 0n);
}

function countOutcome(tally: Tally, cause: CountedEvent['cause'], payment: CountedPayment): void {
  const { status, capturedMinor, currency, attempts, version, createdAtMs, updatedAtMs } = payment;
  const count = OUTCOMES[status];
  if (count !== null) tally.counts[count] += 1;
  addMoney(tally.volume, currency.code, capturedMinor);
  // As in the totals: only a first attempt tells how long an outcome takes, and is an authorization of its own.
  if (attempts > 1) return;
  const isAtOnce = version === 1;
  if (!isAtOnce) addOne(tally.outcomeBins, binOf(updatedAtMs - createdAtMs));
  if (cause.latency_ms !== undefined) addOne(tally.decisionBins, binOf(cause.latency_ms));
  if (cause.risk !== undefined) addScore(tally.scores, scoreBucket(cause.risk.score), 1);
}

/** The bucket of a score from 0 to 1. Scores have four decimals: as whole numbers they fall on no wrong side of an edge. */
export function scoreBucket(score: number): number {
  const width = 10_000 / SCORE_BUCKETS;
  return Math.min(Math.floor(Math.round(score * 10_000) / width), SCORE_BUCKETS - 1);
}

export function emptyTally(): Tally {
  return {
    counts: { created: 0, succeeded: 0, failed: 0, authorized: 0, canceled: 0, refunded: 0 },
    volume: new Map(),
    refundVolume: new Map(),
    outcomeBins: new Map(),
    decisionBins: new Map(),
    scores: Array.from({ length: SCORE_BUCKETS }, () => 0),
  };
}

/** The tally of the stretch of time that begins at `startMs`; an empty one is put there when there is none. */
export function tallyAt(tallies: Map<number, Tally>, startMs: number): Tally {
  const known = tallies.get(startMs);
  if (known !== undefined) return known;
  const tally = emptyTally();
  tallies.set(startMs, tally);
  return tally;
}

/** Adds what `part` has counted to `sum`. */
export function addTally(sum: Tally, part: Tally): void {
  for (const name of TALLY_COUNTS) sum.counts[name] += part.counts[name];
  for (const [code, minor] of part.volume) addMoney(sum.volume, code, minor);
  for (const [code, minor] of part.refundVolume) addMoney(sum.refundVolume, code, minor);
  for (const [bin, count] of part.outcomeBins) addOne(sum.outcomeBins, bin, count);
  for (const [bin, count] of part.decisionBins) addOne(sum.decisionBins, bin, count);
  addScores(sum.scores, part.scores);
}

/** Adds the counts of one histogram of scores to another, which may have none yet. */
export function addScores(sum: number[], part: readonly number[]): void {
  for (const [bucket, count] of part.entries()) addScore(sum, bucket, count);
}

function addScore(scores: number[], bucket: number, count: number): void {
  scores[bucket] = (scores[bucket] ?? 0) + count;
}

function addMoney(sums: Map<string, bigint>, code: string, minor: bigint): void {
  if (minor !== 0n) sums.set(code, (sums.get(code) ?? 0n) + minor);
}

function addOne(bins: Map<number, number>, bin: number, count = 1): void {
  bins.set(bin, (bins.get(bin) ?? 0) + count);
}
