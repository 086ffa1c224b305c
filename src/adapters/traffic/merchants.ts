/** The shops of the town: what they are called, how dear they are, and when people go there. */

export type Channel = 'pos' | 'ecommerce' | 'mobile' | 'moto';

/** When a shop is busy. */
export type Rhythm = 'morning' | 'midday' | 'day' | 'evening' | 'always';

export interface Merchant {
  readonly name: string;
  readonly channel: Channel;
  /** How dear it is; 1 for an ordinary shop. */
  readonly level: number;
  /** Of all card payments. */
  readonly share: number;
  readonly rhythm: Rhythm;
  /** How far its prices lie apart: the standard deviation of their natural logarithm. */
  readonly spread: number;
}

export const MERCHANTS: readonly Merchant[] = [
  {
    name: 'Blue Door Coffee',
    channel: 'pos',
    level: 0.2,
    share: 0.09,
    rhythm: 'morning',
    spread: 0.4,
  },
  {
    name: 'Corner Bakery',
    channel: 'pos',
    level: 0.25,
    share: 0.06,
    rhythm: 'morning',
    spread: 0.5,
  },
  {
    name: 'Market Street Grocery',
    channel: 'pos',
    level: 0.9,
    share: 0.12,
    rhythm: 'day',
    spread: 0.8,
  },
  { name: 'Northside Fuel', channel: 'pos', level: 1.1, share: 0.06, rhythm: 'day', spread: 0.4 },
  {
    name: 'Station Kiosk',
    channel: 'pos',
    level: 0.3,
    share: 0.04,
    rhythm: 'morning',
    spread: 0.6,
  },
  {
    name: 'Old Mill Restaurant',
    channel: 'pos',
    level: 1.2,
    share: 0.05,
    rhythm: 'evening',
    spread: 0.5,
  },
  {
    name: 'Harbour Books',
    channel: 'ecommerce',
    level: 0.7,
    share: 0.07,
    rhythm: 'evening',
    spread: 0.6,
  },
  {
    name: 'Fern & Field Clothing',
    channel: 'ecommerce',
    level: 1.4,
    share: 0.09,
    rhythm: 'evening',
    spread: 0.7,
  },
  {
    name: 'Bright Bulb Electronics',
    channel: 'ecommerce',
    level: 3,
    share: 0.06,
    rhythm: 'evening',
    spread: 0.9,
  },
  {
    name: 'Long Shelf Furniture',
    channel: 'ecommerce',
    level: 4,
    share: 0.02,
    rhythm: 'evening',
    spread: 0.8,
  },
  {
    name: 'Paper Lantern Gifts',
    channel: 'ecommerce',
    level: 0.8,
    share: 0.05,
    rhythm: 'day',
    spread: 0.6,
  },
  {
    name: 'Second Spring Pharmacy',
    channel: 'ecommerce',
    level: 0.6,
    share: 0.04,
    rhythm: 'day',
    spread: 0.6,
  },
  {
    name: 'Tuneful Streaming',
    channel: 'ecommerce',
    level: 0.25,
    share: 0.06,
    rhythm: 'always',
    spread: 0.2,
  },
  {
    name: 'Window Seat Travel',
    channel: 'ecommerce',
    level: 5,
    share: 0.03,
    rhythm: 'evening',
    spread: 0.8,
  },
  {
    name: 'City Tram Tickets',
    channel: 'mobile',
    level: 0.2,
    share: 0.06,
    rhythm: 'midday',
    spread: 0.3,
  },
  {
    name: 'Quick Bike Rental',
    channel: 'mobile',
    level: 0.35,
    share: 0.04,
    rhythm: 'midday',
    spread: 0.4,
  },
  {
    name: 'Pixel Pond Games',
    channel: 'mobile',
    level: 0.4,
    share: 0.04,
    rhythm: 'evening',
    spread: 0.7,
  },
  { name: 'Hillside Hotel', channel: 'moto', level: 4, share: 0.02, rhythm: 'day', spread: 0.5 },
];

export function merchantNamed(name: string): Merchant {
  const found = MERCHANTS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`assertion failed: ${name} is a shop of the town`);
  return found;
}
