/** What things cost: mostly little, rarely very much, and often one cent less than a round number. */
import { currencyOf } from '../../../core/currencies.ts';
import { formatAmount } from '../../../core/money.ts';
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
  const { cents } = chance.byShare(ENDINGS);
  const plain = Math.max(100, Math.round(chance.between(from, to) * level));
  const hundredths = cents === null ? plain : plain - (plain % 100) + cents;
  const { minorDigits } = currencyOf(currency);
  if (minorDigits === 2) return formatAmount(BigInt(hundredths), minorDigits);
  const tens = Math.max(1, Math.round((hundredths / 100) * (WHOLE_UNITS_PER_POUND / 10)));
  return formatAmount(BigInt(tens * 10 * 10 ** minorDigits), minorDigits);
}
