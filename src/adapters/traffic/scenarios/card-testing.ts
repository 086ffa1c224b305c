/** A thief finds out which of many stolen numbers work: small amounts, one after the other, from one place. */
import type { Outcome } from '../../../core/scenario.ts';
import { cardNumberAt } from '../card-numbers.ts';
import { Chance } from '../chance.ts';
import type { Draft, DraftMoment } from '../draft.ts';
import { newDevice, ownAddress } from '../shoppers.ts';

/** Beyond the cards of all customers; so many stolen numbers there are before they come again. */
const STOLEN_FROM = 10_000_000;
const STOLEN_CARDS = 50_000_000;

/** Numbers that are tried again at once. */
const AGAIN_SHARE = 0.1;

/** Most stolen numbers are dead: their issuers say so, whatever anybody else decides. */
const DEAD_SHARE = 0.65;
const DEAD_OUTCOMES: readonly Outcome[] = [
  'INCORRECT_CVC',
  'EXPIRED_CARD',
  'DO_NOT_HONOR',
  'CARD_DECLINED',
  'LOST_CARD',
  'STOLEN_CARD',
];

/** Shops whose goods need no address. */
const SHOPS = ['Tuneful Streaming', 'Pixel Pond Games', 'Paper Lantern Gifts'];

/** Half of the thieves hide behind an ordinary address, the others pay from where nobody should (RFC 5737). */
const ORDINARY_ADDRESS_SHARE = 0.5;

/** Hundredths: too little to be noticed. */
const AMOUNT = { from: 50, to: 400 };

export function cardTest({ chance, seed, episode, place }: DraftMoment): Draft {
  const thief = thiefOf(seed, episode);
  const isAgain = place > 0 && chance.happens(AGAIN_SHARE);
  const tried = thief.firstCard + (isAgain ? place - 1 : place);
  const fields = {
    card_number: cardNumberAt(STOLEN_FROM + (tried % STOLEN_CARDS), 0),
    amount: chance.between(AMOUNT.from, AMOUNT.to) / 100,
    currency: thief.currency,
    merchant: thief.shop,
    channel: 'ecommerce',
    device_id: thief.device,
    ip: thief.ip,
    simulate: chance.happens(DEAD_SHARE) ? { outcome: chance.oneOf(DEAD_OUTCOMES) } : undefined,
  };
  return { path: '/payment', fields, followUp: null };
}

function thiefOf(seed: string, episode: number) {
  const chance = new Chance(seed, `card tester ${episode}`);
  return {
    firstCard: chance.between(0, STOLEN_CARDS),
    currency: chance.oneOf(['GBP', 'EUR', 'USD']),
    shop: chance.oneOf(SHOPS),
    device: newDevice(chance),
    ip: chance.happens(ORDINARY_ADDRESS_SHARE)
      ? ownAddress(chance)
      : `198.51.100.${chance.between(1, 255)}`,
  };
}
