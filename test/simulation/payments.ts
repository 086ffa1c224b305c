/** The payments that a workload asks for: around every limit, by account and by card, at either door. */
import type { Card } from '../../src/core/card.ts';
import type { AuthorizeCard, CreatePayment, OtherCard } from '../../src/core/commands.ts';
import { currencyOf } from '../../src/core/currencies.ts';
import type { Outcome, Scenario } from '../../src/core/scenario.ts';
import type { Chance } from '../support/chance.ts';
import { cardOf } from '../support/payment.ts';
import { TEST_CARDS } from './outcome.ts';
import { ADDRESSES } from './risk.ts';

export function createCommand(chance: Chance): CreatePayment {
  const card = chance.happens(0.4) ? someCard(chance) : null;
  return {
    type: 'create_payment',
    ...asked(chance),
    card,
    modelScore: card === null ? null : modelScore(chance),
    scenario: scenario(chance, card !== null),
  };
}

export function authorizeCommand(chance: Chance): AuthorizeCard {
  return {
    type: 'authorize_card',
    ...asked(chance),
    card: someCard(chance),
    modelScore: modelScore(chance),
    scenario: scenario(chance, true),
  };
}

export function otherCard(chance: Chance): OtherCard {
  return { card: someCard(chance), ...cardStory(chance) };
}

/** Mostly none; else around the limits at which a score means something, and with too many digits. */
export function modelScore(chance: Chance): number | null {
  return chance.pick([null, null, null, null, 0, 0.123_456_7, 0.499_96, 0.85, 0.849_94, 1]);
}

function asked(chance: Chance): Omit<CreatePayment, 'type' | 'card' | 'modelScore' | 'scenario'> {
  return {
    amountMinor: amountMinor(chance),
    currency: currencyOf(chance.pick(['USD', 'USD', 'EUR', 'JPY', 'KWD', 'CLF', 'XXX'])),
    recipient: chance.pick([
      'alice@example.com',
      'Bob',
      'Ünïcode ✓ \u{1f600}',
      null,
      'x'.repeat(255),
    ]),
    reference: chance.pick([null, null, 'order 1', 'order 2', `order ${chance.int(3, 999)}`]),
    description: chance.pick([null, 'Invoice #1042', 'line\nfeed \u2028 "quotes" \\ \u0007']),
    channel: chance.pick([null, 'pos']),
    deviceId: chance.pick([null, 'd-1', 'd-2', `d-${chance.int(3, 40)}`]),
    ip: chance.pick([null, ...ADDRESSES.map(({ text }) => text)]),
    metadata: chance.pick([{}, {}, { a: 1.5, b: null, c: true, d: 'text' }]),
  };
}

/** Few, so that each has a history; now and then one that was never seen. */
function someCard(chance: Chance): Card {
  const number = chance.happens(0.9) ? chance.int(1, 8) : chance.int(9, 9_999);
  return { ...cardOf(String(number).padStart(4, '0')), isLuhnValid: number !== 3 };
}

/** Around every limit: nothing, less than nothing, the thresholds, tails, the largest amount. */
function amountMinor(chance: Chance): bigint {
  return chance.pick([
    1n,
    BigInt(chance.int(1, 999)),
    BigInt(chance.int(1_000, 999_999)),
    50_000n,
    50_001n,
    BigInt(chance.int(1, 99)) * 100n + chance.pick([5n, 51n, 54n, 91n]),
    1_000_000n,
    1_000_001n,
    1_500_000n,
    1_500_001n,
    10_000_000n,
    10_000_001n,
    999_999_999_999n,
    0n,
    -1n,
    -999_999_999_999n,
  ]);
}

function scenario(chance: Chance, isByCard: boolean): Scenario | null {
  if (chance.happens(0.4)) return null;
  const outcomes = chance.pick<readonly Outcome[]>([
    [],
    [],
    ['APPROVE'],
    ['APPROVE'],
    ['PROCESSING_ERROR'],
    ['PROCESSING_ERROR', 'APPROVE'],
    ['ISSUER_TIMEOUT', 'CARD_VELOCITY_EXCEEDED', 'ISSUER_UNAVAILABLE', 'APPROVE'],
    ['STOLEN_CARD'],
    ['PROCESSING_ERROR', 'INSUFFICIENT_FUNDS', 'APPROVE'],
  ]);
  const { testCard, isExpired } = isByCard
    ? cardStory(chance)
    : { testCard: null, isExpired: false };
  const delayMs = chance.pick([null, 0, 0, 10, 3_600_000]);
  return { outcomes, delayMs, testCard, isCardExpired: isExpired };
}

function cardStory(chance: Chance): { testCard: string | null; isExpired: boolean } {
  const names = [null, null, null, null, null, ...Object.keys(TEST_CARDS)];
  return { testCard: chance.pick(names), isExpired: chance.happens(0.05) };
}
