/**
 * Card authorizations for the benchmark: a million cards, half a million devices, each card always on the same one. The
 * n-th card pays the same at the same merchant each time, so that a request follows from one number.
 */
import { cardNumberAt } from '../src/adapters/traffic/card-numbers.ts';
import { RECIPIENTS } from './bodies.ts';

/** Any key; the same one for those who fill a file and for the server that is asked about its cards. */
export const CARD_KEY = '5eed'.repeat(16);

const CARDS_PER_DEVICE = 2;

/** JSON of an authorization by the n-th of `cards` cards; all of the same length but for the brand's. */
export function authorizationBody(index: number, cards: number): string {
  const device = String(index % Math.ceil(cards / CARDS_PER_DEVICE)).padStart(7, '0');
  const merchant = String((index * 2_741) % RECIPIENTS).padStart(4, '0');
  return (
    `{"card_number":"${cardNumberAt(index, 0)}","amount":${amountText(index)},"currency":"GBP",` +
    `"merchant":"Coffee Shop ${merchant}","channel":"ecommerce","device_id":"device-${device}"}`
  );
}

/** Below the threshold for high amounts. */
export function amountText(index: number): string {
  return `${10 + (index % 90)}.99`;
}

/** Indexes of cards, evenly drawn: a linear congruential generator (Numerical Recipes), because it costs nothing. */
export function cardDraws(cards: number, seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * cards);
  };
}
