/**
 * The features of risk, from what was seen before the payment that is being decided. Each is a number from 0 to 1 in
 * whole thousandths, so that scores and contributions are exact sums; beside it stands a sentence when it is notable.
 *
 * Of whom nothing is known yet there is a prior, drawn from a hash: the same for the same device or address everywhere
 * and always. It counts like k payments: after n real ones its weight is k / (k + n). Together the worst priors and the
 * highest amount come to less than 0.7, so that nobody is blocked for being new.
 */
import { type AddressKind, readAddress } from './address.ts';
import type { Subjects } from './entity.ts';
import { hash32 } from './hash32.ts';
import {
  approvedCount,
  countIn,
  declinedCount,
  DEVICE_CARDS_MAX,
  distinctCards,
  firstSeenMs,
  type History,
  sumIn,
} from './history.ts';
import { formatAmount } from './money.ts';
import { TIME_WINDOWS, type TimeWindow } from './time-windows.ts';
import type { VelocityQuestion } from './velocity.ts';

export interface FeatureFacts extends VelocityQuestion, Subjects {
  /** Above it an amount is high: minor units of the payment's currency. */
  readonly highAmountThresholdMinor: bigint;
}

export interface Feature {
  readonly thousandths: number;
  /** What raised the risk notably; null when nothing did. */
  readonly reason: string | null;
}

/** From this share of what is possible on, a part of a feature is worth a sentence. */
const NOTABLE_SHARE = 0.4;

/** What makes a card as fast as can be: so many payments, or so many times the threshold for high amounts. */
const FULL_SPEED: Readonly<Record<TimeWindow, { payments: number; thresholds: number }>> = {
  '1m': { payments: 8, thresholds: 4 },
  '1h': { payments: 24, thresholds: 8 },
  '24h': { payments: 60, thresholds: 16 },
};

/** How fast the card is: the most telling of six shares, count and sum in each window. 0 for an unseen card. */
export function spendingVelocity(facts: FeatureFacts): Feature {
  const { card } = facts.histories;
  if (card === null) return { thousandths: 0, reason: null };
  const speeds = TIME_WINDOWS.map((window) => speedIn(window, card, facts));
  const most = speeds.reduce((left, right) => (right.share > left.share ? right : left));
  const isNotable = most.share >= NOTABLE_SHARE;
  return { thousandths: thousandths(most.share), reason: isNotable ? said(most, facts) : null };
}

/** A device that says nothing of itself is taken as one of which nothing is known: the middle of the priors. */
const TRUST_WITHOUT_DEVICE = 0.6;
const DEVICE_PRIOR = { lowest: 0.45, span: 0.3, payments: 2 };

/** A device is half grown up after a week. */
const MATURITY_MS = 7 * 24 * 60 * 60 * 1000;

/** Cards beside its first that take a new device's trust away; a grown-up one may have three times as many. */
const CARDS_FULL = 7;

/** Trust grows with the device's age and the approved share of its payments, and goes down with the number of its cards. */
export function deviceTrust({ deviceId, histories, nowMs }: FeatureFacts): Feature {
  const { device } = histories;
  if (deviceId === null) return { thousandths: thousandths(TRUST_WITHOUT_DEVICE), reason: null };
  const prior = priorOf(deviceId, DEVICE_PRIOR);
  if (device === null) return { thousandths: thousandths(prior), reason: null };

  const ageMs = Math.max(0, nowMs - firstSeenMs(device));
  const maturity = ageMs / (ageMs + MATURITY_MS);
  const approved = 1 - declinedShare(device);
  const cards = distinctCards(device);
  const crowd = Math.min(1, (cards - 1) / (CARDS_FULL * (1 + 2 * maturity)));
  const seen = (0.6 + 0.4 * maturity) * (0.4 + 0.6 * approved) * (1 - 0.9 * crowd);
  const trust = blend(prior, seen, device, DEVICE_PRIOR.payments);
  const orMore = cards === DEVICE_CARDS_MAX ? ' or more' : '';
  const reason =
    crowd >= NOTABLE_SHARE
      ? `The device used ${cards} cards${orMore}.`
      : isMostlyDeclined(device)
        ? 'Most payments of the device were declined.'
        : null;
  return { thousandths: thousandths(trust), reason };
}

/** No address is no fact: the middle of the priors of public ones. */
const RISK_WITHOUT_ADDRESS = 0.3;
const ADDRESS_PRIOR_PAYMENTS = 4;

/** Payments within an hour that make an address as crowded as can be. */
const ADDRESS_CROWD = 60;

/** The priors of addresses, by kind; and why a kind is suspicious. */
const KINDS: Readonly<
  Record<AddressKind, { lowest: number; span: number; reason: string | null }>
> = {
  loopback: { lowest: 0, span: 0.05, reason: null },
  private: { lowest: 0.05, span: 0.1, reason: null },
  link_local: { lowest: 0.1, span: 0.1, reason: null },
  public: { lowest: 0.15, span: 0.3, reason: null },
  documentation: {
    lowest: 0.4,
    span: 0.2,
    reason: 'The address is one of those that only documentation uses.',
  },
  reserved: {
    lowest: 0.5,
    span: 0.2,
    reason: 'The address is reserved: nobody can pay from there.',
  },
  unparseable: { lowest: 0.6, span: 0.2, reason: 'The address cannot be read.' },
};

/**
 * Risk grows with the declined share of the address's payments and with their number within an hour. Half of what its
 * kind says stays, whatever its history.
 */
export function ipRisk({ ip, histories, nowMs }: FeatureFacts): Feature {
  if (ip === null) return { thousandths: thousandths(RISK_WITHOUT_ADDRESS), reason: null };
  const address = readAddress(ip);
  const kind = KINDS[address.kind];
  const prior = priorOf(address.subject, kind);
  const history = histories.ip;
  if (history === null) return { thousandths: thousandths(prior), reason: kind.reason };

  const count = countIn(history, '1h', nowMs);
  const crowd = Math.min(1, count / ADDRESS_CROWD);
  const always = kind.lowest / 2;
  const seen = always + (1 - always) * (0.7 * declinedShare(history) + 0.3 * crowd);
  const risk = blend(prior, seen, history, ADDRESS_PRIOR_PAYMENTS);
  const crowded =
    crowd >= NOTABLE_SHARE ? `The address was used ${count} times within an hour.` : null;
  const declined = isMostlyDeclined(history)
    ? 'Most payments from the address were declined.'
    : null;
  return { thousandths: thousandths(risk), reason: kind.reason ?? declined ?? crowded };
}

interface Speed {
  readonly share: number;
  readonly window: TimeWindow;
  readonly count: number;
  /** Minor units; null when the count tells more than the sum. */
  readonly sum: number | null;
}

function speedIn(
  window: TimeWindow,
  card: History,
  { nowMs, currency, highAmountThresholdMinor }: FeatureFacts,
): Speed {
  const full = FULL_SPEED[window];
  const count = countIn(card, window, nowMs);
  const sum = sumIn(card, window, currency, nowMs);
  const byCount = shareOf(count, full.payments);
  const bySum = shareOf(sum, full.thresholds * Number(highAmountThresholdMinor));
  return bySum > byCount
    ? { share: bySum, window, count, sum }
    : { share: byCount, window, count, sum: null };
}

const WITHIN: Readonly<Record<TimeWindow, string>> = {
  '1m': 'within a minute',
  '1h': 'within an hour',
  '24h': 'within a day',
};

function said({ window, count, sum }: Speed, { minorDigits, currency }: FeatureFacts): string {
  if (sum === null) return `The card was used ${count} times ${WITHIN[window]}.`;
  const amount = formatAmount(BigInt(sum), minorDigits);
  return `The card's payments ${WITHIN[window]} come to ${amount} ${currency}.`;
}

/** At most 1; a share of nothing is 1, but for nothing itself. */
export function shareOf(part: number, whole: number): number {
  return part <= 0 ? 0 : Math.min(1, part / whole);
}

function priorOf(name: string, { lowest, span }: { lowest: number; span: number }): number {
  return lowest + (span * hash32(name)) / 2 ** 32;
}

function blend(prior: number, seen: number, history: History, priorPayments: number): number {
  const weight = priorPayments / (priorPayments + paymentsOf(history));
  return weight * prior + (1 - weight) * seen;
}

function paymentsOf(history: History): number {
  return approvedCount(history) + declinedCount(history);
}

function declinedShare(history: History): number {
  return declinedCount(history) / paymentsOf(history);
}

/** More than half of four or more: of fewer it may be chance. */
function isMostlyDeclined(history: History): boolean {
  return paymentsOf(history) >= 4 && declinedShare(history) > 0.5;
}

export function thousandths(share: number): number {
  return Math.round(share * 1_000);
}
