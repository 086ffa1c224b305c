/** A thief pays with a customer's card: new device, new place, as much as possible before it is noticed. */
import { Chance } from '../chance.ts';
import type { Draft, DraftMoment } from '../draft.ts';
import { merchantNamed } from '../merchants.ts';
import { shopPriceText } from '../prices.ts';
import { newDevice, ownAddress, shopperAt } from '../shoppers.ts';
import { cardPayment, customerIndex } from './shopping.ts';

/** Shops whose goods can be sold on. */
const SHOPS = ['Bright Bulb Electronics', 'Window Seat Travel', 'Paper Lantern Gifts'];

/** Dearer than anything the customer bought. */
const LEVEL = 18;
const SPREAD = 0.5;

/** Most thieves hide behind an ordinary address, the others pay from where nobody should (RFC 5737). */
const ORDINARY_ADDRESS_SHARE = 0.6;

export function takeover({ chance, seed, customers, episode }: DraftMoment): Draft {
  const { victim, device, ip } = theftOf(seed, episode, customers);
  const { name: merchant, channel } = merchantNamed(chance.oneOf(SHOPS));
  const { cardNumber, currency } = victim;
  const amount = Number(shopPriceText(chance, { level: LEVEL, spread: SPREAD, currency }));
  const payment = { amount, currency, merchant, channel, device, ip };
  return { ...cardPayment(chance, cardNumber, payment), followUp: null };
}

function theftOf(seed: string, episode: number, customers: number) {
  const chance = new Chance(seed, `takeover ${episode}`);
  return {
    // Cards that are used often are stolen often.
    victim: shopperAt(
      seed,
      Math.min(customerIndex(chance, customers), customerIndex(chance, customers)),
    ),
    device: newDevice(chance),
    ip: chance.happens(ORDINARY_ADDRESS_SHARE)
      ? ownAddress(chance)
      : `203.0.113.${chance.between(1, 255)}`,
  };
}
