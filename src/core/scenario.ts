/**
 * The simulated network: what it answers and when. Outcomes come from what the request asked for (a scenario)
 * or from rates and draws; delays come from the settings. A draw is a pure function of (payment ordinal,
 * attempt, purpose), so that the same commands give the same history however they are batched.
 */
import { assert } from './assert.ts';
import type { Currency } from './currencies.ts';
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
}

/** A uniform number in [0, 1) for this purpose: the same arguments always give the same number. */
export type Draw = (ordinal: number, attempt: number, purpose: DrawPurpose) => number;
export type DrawPurpose = 'failure' | 'jitter';

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
}

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

/** True when the amount is above the limit that holds for its currency. */
export function isAbove(limit: AmountLimit, amountMinor: bigint, currency: Currency): boolean {
  assert(currency.minorDigits <= 4, 'no ISO 4217 currency has more than four digits');
  const limitE4 = limit.byCurrencyE4.get(currency.code) ?? limit.anyE4;
  return amountMinor * 10n ** BigInt(4 - currency.minorDigits) > limitE4;
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
