/**
 * The requests of a seed: card authorizations and account payments as a busy shop floor would make them. The n-th request
 * follows from the seed, the number of cards and n, so that a run can be made again byte for byte, and a longer one begins
 * like a shorter one.
 */
import { exactNumber } from '../../../adapters/http/exact-number.ts';
import { Chance } from './chance.ts';
import { priceText } from './prices.ts';
import { CURRENCIES, type Shopper, shopperAt } from './shoppers.ts';

export interface SeedRequest {
  readonly path: '/payment' | '/payments';
  /** JSON. */
  readonly body: string;
}

type Channel = 'pos' | 'ecommerce' | 'mobile' | 'moto';

interface Merchant {
  readonly name: string;
  readonly channel: Channel;
  /** How dear it is; 1 for an ordinary shop. */
  readonly level: number;
  /** Of all card payments. */
  readonly share: number;
}

const MERCHANTS: readonly Merchant[] = [
  merchant('Blue Door Coffee', 'pos', 0.2, 0.09),
  merchant('Corner Bakery', 'pos', 0.25, 0.06),
  merchant('Market Street Grocery', 'pos', 0.9, 0.12),
  merchant('Northside Fuel', 'pos', 1.1, 0.06),
  merchant('Station Kiosk', 'pos', 0.3, 0.04),
  merchant('Old Mill Restaurant', 'pos', 1.2, 0.05),
  merchant('Harbour Books', 'ecommerce', 0.7, 0.07),
  merchant('Fern & Field Clothing', 'ecommerce', 1.4, 0.09),
  merchant('Bright Bulb Electronics', 'ecommerce', 3, 0.06),
  merchant('Long Shelf Furniture', 'ecommerce', 4, 0.02),
  merchant('Paper Lantern Gifts', 'ecommerce', 0.8, 0.05),
  merchant('Second Spring Pharmacy', 'ecommerce', 0.6, 0.04),
  merchant('Tuneful Streaming', 'ecommerce', 0.25, 0.06),
  merchant('Window Seat Travel', 'ecommerce', 5, 0.03),
  merchant('City Tram Tickets', 'mobile', 0.2, 0.06),
  merchant('Quick Bike Rental', 'mobile', 0.35, 0.04),
  merchant('Pixel Pond Games', 'mobile', 0.4, 0.04),
  merchant('Hillside Hotel', 'moto', 4, 0.02),
];

function merchant(name: string, channel: Channel, level: number, share: number): Merchant {
  return { name, channel, level, share };
}

const CARD_SHARE = 0.75;
const HOME_CURRENCY_SHARE = 0.93;

/** Not on a device of their own: no device said, or somebody else's, as after a theft. */
const NO_DEVICE_SHARE = 0.06;
const STRANGE_DEVICE_SHARE = 0.01;

const FIRST_NAMES =
  'alice bob carol dave erin frank grace heidi ivan judy ken laura mia noor'.split(' ');
const LAST_NAMES =
  'adams baker chen diaz evans fischer garcia hansen ito jones kaya lind moreau'.split(' ');
const REFERENCE_SHARE = 0.4;

/** The n-th request, from 0; `cards` in all are used, some of them often and many rarely. */
export function requestAt(seed: string, index: number, cards: number): SeedRequest {
  const chance = new Chance(seed, `request ${index}`);
  return chance.happens(CARD_SHARE)
    ? cardRequest(chance, seed, cards)
    : accountRequest(chance, index);
}

function cardRequest(chance: Chance, seed: string, cards: number): SeedRequest {
  const shopper = shopperAt(seed, drawnCard(chance, cards));
  const { name, channel, level } = chance.byShare(MERCHANTS);
  const currency = chance.happens(HOME_CURRENCY_SHARE)
    ? shopper.currency
    : chance.byShare(CURRENCIES).code;
  const amount = exactNumber(priceText(chance, { level, currency }));
  const isRemote = channel === 'ecommerce' || channel === 'mobile';
  const device = isRemote ? deviceOf(chance, shopper, seed, cards) : undefined;
  const body = JSON.stringify({
    card_number: shopper.cardNumber,
    amount,
    currency,
    merchant: name,
    channel,
    device_id: device,
    ip: isRemote ? shopper.ip : undefined,
  });
  return { path: '/payment', body };
}

/** The square of a draw: a tenth of the cards makes a third of the payments. */
function drawnCard(chance: Chance, cards: number): number {
  return Math.floor(chance.share() ** 2 * cards);
}

function deviceOf(
  chance: Chance,
  { devices }: Shopper,
  seed: string,
  cards: number,
): string | undefined {
  if (chance.happens(NO_DEVICE_SHARE)) return undefined;
  if (!chance.happens(STRANGE_DEVICE_SHARE)) return chance.oneOf(devices);
  return chance.oneOf(shopperAt(seed, drawnCard(chance, cards)).devices);
}

function accountRequest(chance: Chance, index: number): SeedRequest {
  const currency = chance.byShare(CURRENCIES).code;
  const invoice = 1_000 + index;
  const body = JSON.stringify({
    amount: exactNumber(priceText(chance, { level: 2, currency })),
    currency,
    recipient: `${chance.oneOf(FIRST_NAMES)}.${chance.oneOf(LAST_NAMES)}@example.com`,
    description: `Invoice #${invoice}`,
    reference: chance.happens(REFERENCE_SHARE) ? `inv-${invoice}` : undefined,
  });
  return { path: '/payments', body };
}
