/**
 * The model's idea of risk: it keeps every decided card attempt for ever and looks through all of them each time,
 * where the engine keeps a few numbers per card, device and address. Formulas and constants are written down again
 * from their descriptions; only the hash behind the priors is the engine's own.
 */
import type { Currency } from '../../src/core/currencies.ts';
import { hash32 } from '../../src/core/hash32.ts';

/** An address of the workload: who it counts as, and what is thought of one of its kind. */
export interface ModelAddress {
  readonly text: string;
  readonly subject: string;
  readonly lowest: number;
  readonly span: number;
}

export const ADDRESSES: readonly ModelAddress[] = [
  { text: '8.8.8.8', subject: '8.8.8.8', lowest: 0.15, span: 0.3 },
  { text: '::ffff:8.8.8.8', subject: '8.8.8.8', lowest: 0.15, span: 0.3 },
  { text: '10.0.0.1', subject: '10.0.0.1', lowest: 0.05, span: 0.1 },
  { text: '203.0.113.9', subject: '203.0.113.9', lowest: 0.4, span: 0.2 },
  { text: 'nowhere', subject: 'nowhere', lowest: 0.6, span: 0.2 },
];

export interface Attempted {
  readonly card: string;
  readonly device: string | null;
  readonly ip: string | null;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly modelScore: number | null;
}

interface Seen {
  readonly atMs: number;
  readonly card: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly isApproved: boolean;
  /** False for a fifth currency while four others are in use: its sums are not kept. */
  readonly isSummed: boolean;
}

export interface ModelRisk {
  readonly score: number;
  readonly level: string;
  readonly features: {
    readonly spending_velocity: number;
    readonly device_trust_score: number;
    readonly ip_risk_score: number;
  };
  readonly contributions: Readonly<Record<string, number>>;
  /** Five or more within a minute by the card, or from the device with five or more cards. */
  readonly isCardTesting: boolean;
}

const MINUTE = { bucketMs: 10_000, buckets: 6, payments: 8, thresholds: 4 };
const HOUR = { bucketMs: 300_000, buckets: 12, payments: 24, thresholds: 8 };
const DAY = { bucketMs: 3_600_000, buckets: 24, payments: 60, thresholds: 16 };
const WEEK_MS = 7 * 24 * 3_600_000;

type Window = typeof MINUTE;

export class ModelRisks {
  /** By `kind subject`. */
  readonly #seen = new Map<string, Seen[]>();

  forget(): void {
    this.#seen.clear();
  }

  observe(attempted: Attempted, isApproved: boolean, atMs: number): void {
    const { card, currency } = attempted;
    const amountMinor = positive(attempted.amountMinor);
    for (const name of subjectsOf(attempted)) {
      const known = this.#seen.get(name) ?? [];
      const inUse = new Set(
        within(DAY, known, atMs).flatMap((one) => (one.isSummed ? [one.currency] : [])),
      );
      const isSummed = inUse.has(currency.code) || inUse.size < 4;
      known.push({ atMs, card, currency: currency.code, amountMinor, isApproved, isSummed });
      this.#seen.set(name, known);
    }
  }

  /** `threshold`: above it an amount is high, minor units. */
  assess(
    attempted: Attempted,
    { threshold, blockScore }: { threshold: number; blockScore: number },
    nowMs: number,
  ): ModelRisk {
    const card = this.#of('card', attempted.card);
    const device = attempted.device === null ? [] : this.#of('device', attempted.device);
    const velocity = velocityOf(card, attempted.currency.code, threshold, nowMs);
    const trust = trustIn(attempted.device, device, nowMs);
    const ip = riskOfAddress(attempted.ip, (subject) => this.#of('ip', subject), nowMs);
    const amount = Math.round(share(Number(attempted.amountMinor), 2 * threshold) * 1_000);
    const parts = {
      device_trust: 4 * (1_000 - trust),
      ip_risk: 3 * ip,
      amount: 2 * amount,
      spending_velocity: velocity,
    };
    const sum = Object.values(parts).reduce((total, part) => total + part, 0);
    const { modelScore } = attempted;
    const score = modelScore === null ? sum / 10_000 : Math.round(modelScore * 10_000) / 10_000;
    const inMinute = (known: readonly Seen[]) => within(MINUTE, known, nowMs).length;
    return {
      score,
      level: score >= blockScore ? 'highest' : score >= 0.5 ? 'elevated' : 'normal',
      features: {
        spending_velocity: velocity / 1_000,
        device_trust_score: trust / 1_000,
        ip_risk_score: ip / 1_000,
      },
      contributions:
        modelScore === null
          ? Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part / 10_000]))
          : { model: score },
      isCardTesting: inMinute(card) >= 5 || (inMinute(device) >= 5 && cardsOf(device) >= 5),
    };
  }

  #of(kind: string, subject: string): readonly Seen[] {
    return this.#seen.get(`${kind} ${subject}`) ?? [];
  }
}

/** How fast the card is, in thousandths: by number or by sum, in the window that tells most. */
function velocityOf(
  card: readonly Seen[],
  currency: string,
  threshold: number,
  nowMs: number,
): number {
  const shares = [MINUTE, HOUR, DAY].flatMap((window) => {
    const known = within(window, card, nowMs);
    const summed = known.filter((one) => one.isSummed && one.currency === currency);
    const sum = Number(summed.reduce((total, one) => total + one.amountMinor, 0n));
    return [share(known.length, window.payments), share(sum, window.thresholds * threshold)];
  });
  return Math.round(Math.max(...shares) * 1_000);
}

/** Trust in a device, in thousandths: it grows with age and approvals and goes down with the number of cards. */
function trustIn(name: string | null, device: readonly Seen[], nowMs: number): number {
  if (name === null) return 600;
  const prior = 0.45 + (0.3 * hash32(name)) / 2 ** 32;
  const [first] = device;
  if (first === undefined) return Math.round(prior * 1_000);
  const ageMs = nowMs - first.atMs;
  const maturity = ageMs / (ageMs + WEEK_MS);
  const approved = 1 - declinedShare(device);
  const crowd = Math.min(1, (cardsOf(device) - 1) / (7 * (1 + 2 * maturity)));
  const trust = (0.6 + 0.4 * maturity) * (0.4 + 0.6 * approved) * (1 - 0.9 * crowd);
  return blended(prior, trust, 2, device.length);
}

/** Risk of an address, in thousandths: declines and crowds, and half of what is thought of its kind for ever. */
function riskOfAddress(
  text: string | null,
  seenFrom: (subject: string) => readonly Seen[],
  nowMs: number,
): number {
  const address = ADDRESSES.find((one) => one.text === text);
  if (address === undefined) return 300;
  const { subject, lowest, span } = address;
  const prior = lowest + (span * hash32(subject)) / 2 ** 32;
  const known = seenFrom(subject);
  if (known.length === 0) return Math.round(prior * 1_000);
  const crowd = Math.min(1, within(HOUR, known, nowMs).length / 60);
  const always = lowest / 2;
  const risk = always + (1 - always) * (0.7 * declinedShare(known) + 0.3 * crowd);
  return blended(prior, risk, 4, known.length);
}

/** A prior counts like so many payments. */
function blended(prior: number, seen: number, priorPayments: number, payments: number): number {
  const weight = priorPayments / (priorPayments + payments);
  return Math.round((weight * prior + (1 - weight) * seen) * 1_000);
}

/** A window is the bucket of the moment and those before it. */
function within(
  { bucketMs, buckets }: Window,
  known: readonly Seen[],
  nowMs: number,
): readonly Seen[] {
  const now = Math.floor(nowMs / bucketMs);
  return known.filter(({ atMs }) => now - Math.floor(atMs / bucketMs) < buckets);
}

function subjectsOf({ card, device, ip }: Attempted): string[] {
  const address = ADDRESSES.find(({ text }) => text === ip);
  return [
    `card ${card}`,
    ...(device === null ? [] : [`device ${device}`]),
    ...(address === undefined ? [] : [`ip ${address.subject}`]),
  ];
}

function declinedShare(known: readonly Seen[]): number {
  return known.filter(({ isApproved }) => !isApproved).length / known.length;
}

function cardsOf(known: readonly Seen[]): number {
  return Math.min(16, new Set(known.map(({ card }) => card)).size);
}

function share(part: number, whole: number): number {
  return part <= 0 ? 0 : Math.min(1, part / whole);
}

function positive(amountMinor: bigint): bigint {
  return amountMinor > 0n ? amountMinor : 0n;
}
