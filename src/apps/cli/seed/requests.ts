/**
 * The requests of a seed: card authorizations and account payments as a busy shop floor would make them. The n-th request
 * follows from the seed, the number of cards and n, so that a run can be made again byte for byte, and a longer one begins
 * like a shorter one.
 */
import { exactNumber } from '../../../adapters/http/exact-number.ts';
import { Chance } from '../../../adapters/traffic/chance.ts';
import { MERCHANTS } from '../../../adapters/traffic/merchants.ts';
import { payeeAddress } from '../../../adapters/traffic/payees.ts';
import { priceText } from '../../../adapters/traffic/prices.ts';
import { CURRENCIES, type Shopper, shopperAt } from '../../../adapters/traffic/shoppers.ts';

export interface SeedRequest {
  readonly path: '/payment' | '/payments';
  /** JSON. */
  readonly body: string;
}

const CARD_SHARE = 0.75;
const HOME_CURRENCY_SHARE = 0.93;

/** Not on a device of their own: no device said, or somebody else's, as after a theft. */
const NO_DEVICE_SHARE = 0.06;
const STRANGE_DEVICE_SHARE = 0.01;

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
    recipient: payeeAddress(chance),
    description: `Invoice #${invoice}`,
    reference: chance.happens(REFERENCE_SHARE) ? `inv-${invoice}` : undefined,
  });
  return { path: '/payments', body };
}
