/** Who pays: a card, the money it is in, the devices it is used on and where from. All of it follows from seed and index. */
import { cardNumberAt } from './card-numbers.ts';
import { Chance } from './chance.ts';

export interface Shopper {
  readonly cardNumber: string;
  /** ISO 4217; most of what is bought is paid in it. */
  readonly currency: string;
  /** One or two. */
  readonly devices: readonly string[];
  /** Where many pay from: offices, mobile carriers. */
  readonly ip: string;
  /** At home; hardly anybody else's. */
  readonly homeIp: string;
}

export const CURRENCIES = [
  { code: 'GBP', share: 0.4 },
  { code: 'EUR', share: 0.28 },
  { code: 'USD', share: 0.22 },
  { code: 'JPY', share: 0.04 },
  { code: 'CHF', share: 0.03 },
  { code: 'SEK', share: 0.03 },
] as const;

/** Two devices are a phone and a computer. */
const SECOND_DEVICE_SHARE = 0.35;

/** Many share an address: offices, families, mobile carriers. None of these can be reached from outside (RFC 6598). */
const ADDRESSES = 48;

/** Few pay from where nobody should: documentation addresses, which are a sign of risk. */
const ODD_ADDRESS_SHARE = 0.01;

export function shopperAt(seed: string, index: number): Shopper {
  const chance = new Chance(seed, `shopper ${index}`);
  const deviceCount = chance.happens(SECOND_DEVICE_SHARE) ? 2 : 1;
  return {
    cardNumber: cardNumberAt(index, cardShift(seed)),
    currency: chance.byShare(CURRENCIES).code,
    devices: Array.from({ length: deviceCount }, () => newDevice(chance)),
    ip: address(chance),
    homeIp: ownAddress(chance),
  };
}

/** Other seeds have other cards. */
function cardShift(seed: string): number {
  return new Chance(seed, 'cards').between(0, 1_000_000);
}

/** One that nobody has seen. */
export function newDevice(chance: Chance): string {
  const half = () =>
    chance
      .between(0, 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return `dev-${half()}${half()}`;
}

function address(chance: Chance): string {
  if (chance.happens(ODD_ADDRESS_SHARE)) return `203.0.113.${chance.between(1, 4)}`;
  return `100.64.${chance.between(0, 4)}.${chance.between(1, 1 + ADDRESSES / 4)}`;
}

/** Of four million behind carriers (RFC 6598). */
export function ownAddress(chance: Chance): string {
  const [low, middle] = [chance.between(64, 128), chance.between(0, 256)];
  return `100.${low}.${middle}.${chance.between(1, 255)}`;
}
