/** Returning customers at shops that have their hours; and those of them who want their money back. */
import type { FollowUp } from '../../../engine/traffic/ports.ts';
import type { Chance } from '../chance.ts';
import type { Draft, DraftMoment } from '../draft.ts';
import type { Merchant } from '../merchants.ts';
import { merchantsAt } from '../opening-hours.ts';
import { shopPriceText } from '../prices.ts';
import { CURRENCIES, newDevice, type Shopper, shopperAt } from '../shoppers.ts';

/** Customers for each payment a second: the keenest one then buys twice a minute, which no rule need suspect. */
const CUSTOMERS_PER_RATE = 200;
const CUSTOMERS_MIN = 200;

/**
 * Some buy often, most rarely: the n-th as often as 1 / (n + offset) (Zipf and Mandelbrot). The offset, a share of all
 * customers, keeps the first few from being half of the town.
 */
const OFFSET_SHARE = 0.05;

/** By `POST /payment`, decided at once; the others by `POST /payments`, with a life of their own. */
const AT_ONCE_SHARE = 0.6;
const HOME_CURRENCY_SHARE = 0.95;

/** Somebody has a new telephone; and pays from the office or on the way. */
const NEW_DEVICE_SHARE = 0.02;
const AWAY_SHARE = 0.15;

const REFUND_SHARE = 0.04;
const PARTIAL_SHARE = 0.3;
const REFUND_REASONS = ['Changed my mind', 'Wrong size', 'Arrived damaged', 'Ordered twice'];
const CLAIM_REASONS = [
  'I do not recognise this payment',
  'It never arrived',
  'Not as described',
  'I cancelled this subscription',
];

/** Days in life, seconds here: a run is short. */
const REFUND_AFTER_MS = { from: 3_000, to: 15_000 };
const CLAIM_AFTER_MS = { from: 2_000, to: 8_000 };

export function purchase({ chance, seed, customers, hour }: DraftMoment): Draft {
  const shopper = shopperAt(seed, customerIndex(chance, customers));
  const bought = buy(chance, shopper, chance.byShare(merchantsAt(hour)));
  const isReturned = chance.happens(REFUND_SHARE);
  return { ...bought, followUp: isReturned ? refund(chance, bought) : null };
}

/** Indistinguishable from a purchase over a network, until the money is claimed back. */
export function friendlyFraud({ chance, seed, customers, hour }: DraftMoment): Draft {
  const shopper = shopperAt(seed, customerIndex(chance, customers));
  const merchants = merchantsAt(hour);
  let merchant = chance.byShare(merchants);
  while (!isRemote(merchant)) merchant = chance.byShare(merchants);
  const body = JSON.stringify({ reason: chance.oneOf(CLAIM_REASONS) });
  const afterMs = chance.between(CLAIM_AFTER_MS.from, CLAIM_AFTER_MS.to);
  const bought = buy(chance, shopper, merchant);
  return { ...bought, followUp: { kind: 'refund', afterMs, body } };
}

/** How many customers a town has where so many payments a second are made. */
export function customersAt(rate: number): number {
  return Math.max(CUSTOMERS_MIN, Math.ceil(rate * CUSTOMERS_PER_RATE));
}

/** Which of the customers; the first ones come most often. */
export function customerIndex(chance: Chance, customers: number): number {
  const spread = ((1 + OFFSET_SHARE) / OFFSET_SHARE) ** chance.share() - 1;
  return Math.min(customers - 1, Math.floor(customers * OFFSET_SHARE * spread));
}

/** A payment by card, in the form of one of the two APIs. */
export function cardPayment(
  chance: Chance,
  cardNumber: string,
  payment: {
    readonly amount: number;
    readonly currency: string;
    readonly merchant: string;
    readonly channel: string;
    readonly device: string | undefined;
    readonly ip: string | undefined;
  },
): Pick<Draft, 'path' | 'fields'> {
  const { amount, currency, merchant, channel, device: device_id, ip } = payment;
  const shared = { amount, currency, channel, device_id, ip };
  return chance.happens(AT_ONCE_SHARE)
    ? { path: '/payment', fields: { card_number: cardNumber, merchant, ...shared } }
    : {
        path: '/payments',
        fields: { card: { number: cardNumber }, recipient: merchant, ...shared },
      };
}

interface Purchase extends Pick<Draft, 'path' | 'fields'> {
  readonly amount: number;
}

function buy(chance: Chance, shopper: Shopper, merchant: Merchant): Purchase {
  const currency = chance.happens(HOME_CURRENCY_SHARE)
    ? shopper.currency
    : chance.byShare(CURRENCIES).code;
  // Up to 15 digits are the same in a number: see core/money.ts.
  const amount = Number(shopPriceText(chance, { ...merchant, currency }));
  const isNew = chance.happens(NEW_DEVICE_SHARE);
  const device = isNew ? newDevice(chance) : chance.oneOf(shopper.devices);
  const ip = chance.happens(AWAY_SHARE) ? shopper.ip : shopper.homeIp;
  const { name, channel } = merchant;
  const where = isRemote(merchant) ? { device, ip } : { device: undefined, ip: undefined };
  const payment = { amount, currency, merchant: name, channel, ...where };
  return { ...cardPayment(chance, shopper.cardNumber, payment), amount };
}

function isRemote({ channel }: Merchant): boolean {
  return channel === 'ecommerce' || channel === 'mobile';
}

/** All of it, or about half: whole units, so that every currency has the digits. */
function refund(chance: Chance, { amount }: Purchase): FollowUp {
  const half = Math.floor(amount / 2);
  const isPartial = chance.happens(PARTIAL_SHARE) && half > 0;
  const reason = chance.oneOf(REFUND_REASONS);
  const afterMs = chance.between(REFUND_AFTER_MS.from, REFUND_AFTER_MS.to);
  return {
    kind: 'refund',
    afterMs,
    body: JSON.stringify(isPartial ? { amount: half, reason } : { reason }),
  };
}
