/** How busy shops are in each hour of the week, and so where people go then. */
import { type Merchant, MERCHANTS, type Rhythm } from './merchants.ts';

interface Busyness {
  /** The hour of the day when most people come. */
  readonly peak: number;
  /** Hours on either side of it until it is much quieter: a standard deviation. */
  readonly width: number;
  /** What is left of it at the quietest hour, of 1. */
  readonly least: number;
  /** Saturday and Sunday, compared with other days. */
  readonly weekend: number;
}

const BUSYNESS: Readonly<Record<Rhythm, Busyness>> = {
  morning: { peak: 8, width: 2, least: 0.05, weekend: 0.6 },
  midday: { peak: 13, width: 4, least: 0.1, weekend: 1.2 },
  day: { peak: 15, width: 4, least: 0.05, weekend: 1.3 },
  evening: { peak: 20, width: 3, least: 0.15, weekend: 1.4 },
  always: { peak: 20, width: 8, least: 0.7, weekend: 1 },
};

const FIRST_WEEKEND_HOUR = 5 * 24;

/** Each hour of the week is worked out once. */
const known = new Map<number, readonly Merchant[]>();

/** Shops with the share of customers that each has in this hour of the week. */
export function merchantsAt(hour: number): readonly Merchant[] {
  const before = known.get(hour);
  if (before !== undefined) return before;
  const weights = MERCHANTS.map((merchant) => merchant.share * busynessAt(merchant.rhythm, hour));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const merchants = MERCHANTS.map((merchant, index) => ({
    ...merchant,
    share: (weights[index] ?? 0) / sum,
  }));
  known.set(hour, merchants);
  return merchants;
}

function busynessAt(rhythm: Rhythm, hour: number): number {
  const { peak, width, least, weekend } = BUSYNESS[rhythm];
  const away = Math.abs((hour % 24) - peak);
  const distance = Math.min(away, 24 - away);
  const busy = least + (1 - least) * Math.exp(-((distance / width) ** 2) / 2);
  return hour >= FIRST_WEEKEND_HOUR ? busy * weekend : busy;
}
