/** What things cost: mostly little, rarely very much, and often one cent less than a round number. */
import { currencyOf } from '../../core/currencies.ts';
import { formatAmount } from '../../core/money.ts';
import type { Chance } from './chance.ts';

/** Hundredths of a pound; within a bracket every price is as likely as any other. */
const BRACKETS = [
  { share: 0.3, from: 250, to: 1_500 },
  { share: 0.33, from: 1_500, to: 4_500 },
  { share: 0.2, from: 4_500, to: 12_000 },
  { share: 0.11, from: 12_000, to: 30_000 },
  { share: 0.045, from: 30_000, to: 60_000 },
  { share: 0.014, from: 60_000, to: 250_000 },
  { share: 0.001, from: 250_000, to: 900_000 },
] as const;

/** What stands behind the point; null for whatever comes. */
const ENDINGS = [
  { share: 0.45, cents: 99 },
  { share: 0.15, cents: 0 },
  { share: 0.1, cents: 50 },
  { share: 0.08, cents: 95 },
  { share: 0.22, cents: null },
] as const;

/** Where there are no hundredths a unit is worth less, and prices are in tens. */
const WHOLE_UNITS_PER_POUND = 190;

/** Exact, with all the digits of the currency; `level` says how dear the shop is, 1 for an ordinary one. */
export function priceText(
  chance: Chance,
  { level, currency }: { level: number; currency: string },
): string {
  const { from, to } = chance.byShare(BRACKETS);
  const ending = chance.byShare(ENDINGS);
  return textOf(Math.round(chance.between(from, to) * level), ending, currency);
}

/** Half of all prices are below it, in hundredths of a pound, in an ordinary shop. */
const MEDIAN = 2_500;

/** Nothing that a shop sells costs more: half of what an account may pay before it looks like fraud. */
const HUNDREDTHS_MAX = 500_000;

/** The same for shops whose prices are distributed log-normally, `spread` being the deviation of their logarithm. */
export function shopPriceText(
  chance: Chance,
  { level, spread, currency }: { level: number; spread: number; currency: string },
): string {
  const hundredths = MEDIAN * level * Math.exp(spread * normal(chance));
  const ending = chance.byShare(ENDINGS);
  return textOf(Math.min(HUNDREDTHS_MAX, Math.round(hundredths)), ending, currency);
}

/** From the standard normal distribution (Box and Muller). */
function normal(chance: Chance): number {
  const radius = Math.sqrt(-2 * Math.log(1 - chance.share()));
  return radius * Math.cos(2 * Math.PI * chance.share());
}

function textOf(hundredths: number, { cents }: (typeof ENDINGS)[number], currency: string): string {
  const plain = Math.max(100, hundredths);
  const price = cents === null ? plain : plain - (plain % 100) + cents;
  const { minorDigits } = currencyOf(currency);
  if (minorDigits === 2) return formatAmount(BigInt(price), minorDigits);
  const tens = Math.max(1, Math.round((price / 100) * (WHOLE_UNITS_PER_POUND / 10)));
  return formatAmount(BigInt(tens * 10 * 10 ** minorDigits), minorDigits);
}
