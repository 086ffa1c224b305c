/**
 * The simulated network: what it answers and when. Outcomes come from what the request asked for (a scenario)
 * or from rates and draws; delays come from the settings. A draw is a pure function of (payment ordinal,
 * attempt, purpose), so that the same commands give the same history however they are batched.
 */
import { assert } from './assert.ts';
import { type Currency, findCurrency } from './currencies.ts';
import type { FailureReason } from './failures.ts';
import type { Payment } from './payment.ts';

/** What one attempt ends with. */
export type Outcome = 'APPROVE' | FailureReason;

/** What a request asked to happen: one outcome per attempt, the last one for all further attempts. */
export interface Scenario {
  /** At least one; empty means "no wish" and only the delay counts. */
  readonly outcomes: readonly Outcome[];
  /** Time from PROCESSING to the outcome, in place of the settings' delay and jitter; null for theirs. */
  readonly delayMs: number | null;
  /** The name of the test card it was made with; null for any other card, and for none. */
  readonly testCard: string | null;
  /** Its card's date had passed. */
  readonly isCardExpired: boolean;
}

/**
 * A uniform number in [0, 1) for this purpose (`jitter`, or the name of a rule): the same arguments always give the
 * same number.
 */
export type Draw = (ordinal: number, attempt: number, purpose: string) => number;

export interface Settings {
  /** Probability in [0, 1] that an attempt fails with PROCESSING_ERROR. */
  readonly failureRate: number;
  /** From CREATED to PROCESSING. */
  readonly startDelayMs: number;
  /** From PROCESSING to the outcome. */
  readonly processingDelayMs: number;
  /** The outcome comes within this much of processingDelayMs, either side. */
  readonly processingJitterMs: number;
  /** How often a failed payment may be tried again. */
  readonly retriesMax: number;
  readonly fraudThreshold: AmountLimit;
  /** Card payments above it are declined at highAmountDeclineRate, others at randomDeclineRate. */
  readonly highAmountThreshold: AmountLimit;
  readonly highAmountDeclineRate: number;
  readonly randomDeclineRate: number;
  /** Card payments with this risk score or a higher one are declined. */
  readonly riskBlockScore: number;
  /** Whether the last two digits of an amount can force its outcome. */
  readonly hasAmountTails: boolean;
  /** What every attempt that nothing else forces meets: an issuer that refuses, or one that does not answer. */
  readonly outage: Outage;
}

export type Outage = 'none' | 'unavailable' | 'timeout';

/** A limit in ten-thousandths of a major unit: every ISO 4217 currency has at most four digits. */
export interface AmountLimit {
  readonly anyE4: bigint;
  readonly byCurrencyE4: ReadonlyMap<string, bigint>;
}

/**
 * Ten-thousandths of a major unit from plain decimal text: at most 12 digits before the point and 4 behind it;
 * null for any other text.
 */
export function tenThousandths(text: string): bigint | null {
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,4}))?$/.exec(text) ?? [];
  return whole === undefined ? null : BigInt(whole + fraction.padEnd(4, '0'));
}

/** Reads `10000,JPY:1500000`: one limit in major units, then others per currency; null for any other text. */
export function readLimit(text: string): AmountLimit | null {
  const [first = '', ...others] = text.split(',').map((part) => part.trim());
  const anyE4 = tenThousandths(first);
  if (anyE4 === null) return null;
  const byCurrencyE4 = new Map<string, bigint>();
  for (const item of others.filter((part) => part !== '')) {
    const [code = '', amount = '', ...more] = item.split(':');
    const currency = findCurrency(code);
    const limit = tenThousandths(amount);
    if (more.length > 0 || currency === undefined || limit === null) return null;
    byCurrencyE4.set(currency.code, limit);
  }
  return { anyE4, byCurrencyE4 };
}

/** The limit that holds for a currency, in its minor units: an amount is above the limit when it is above this. */
export function limitMinor(limit: AmountLimit, currency: Currency): bigint {
  assert(currency.minorDigits <= 4, 'no ISO 4217 currency has more than four digits');
  return limitE4(limit, currency.code) / 10n ** BigInt(4 - currency.minorDigits);
}

/** The same in major units, as rules compare it. */
export function majorLimit(limit: AmountLimit, currencyCode: string): number {
  return Number(limitE4(limit, currencyCode)) / 10_000;
}

function limitE4({ byCurrencyE4, anyE4 }: AmountLimit, currencyCode: string): bigint {
  return byCurrencyE4.get(currencyCode) ?? anyE4;
}

/** The outcome that the request asked for at this attempt (from 1), or null when it has no wish. */
export function forcedOutcome(scenario: Scenario | null, attempt: number): Outcome | null {
  if (scenario === null) return null;
  const last = scenario.outcomes.length - 1;
  return scenario.outcomes[Math.min(attempt - 1, last)] ?? null;
}

/** Milliseconds from PROCESSING to the outcome of the payment's current attempt; never negative. */
export function processingDelay(payment: Payment, settings: Settings, draw: Draw): number {
  if (payment.scenario !== null && payment.scenario.delayMs !== null) {
    return payment.scenario.delayMs;
  }
  const jitterMs = settings.processingJitterMs;
  if (jitterMs === 0) return settings.processingDelayMs;
  const offset = (draw(payment.ordinal, payment.attempts, 'jitter') * 2 - 1) * jitterMs;
  return Math.max(0, Math.round(settings.processingDelayMs + offset));
}
