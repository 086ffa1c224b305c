/**
 * Card numbers that ask for an outcome. They are the ones that developers know by heart, as Stripe documents them
 * (docs.stripe.com/testing), so that a test suite can be pointed here as it is; none of them is a real card.
 *
 * A payment keeps the name of its test card, never the number: names are part of what is stored, and stay as they
 * are. 4000001234567890, which clients of the card API send as a sample, is an ordinary card and not one of these.
 */
import type { Outcome } from './scenario.ts';

/** What comes after the authorization, which is approved: a dispute, a slow refund, a refund that fails. */
export type CardStory = 'dispute' | 'refund_pending' | 'refund_fails';

export interface TestCard {
  /** The scenario, in snake_case; unique. */
  readonly name: string;
  /** All 12 to 19 digits. */
  readonly number: string;
  /** As in `Card`. */
  readonly brand: string;
  /** What every attempt with this card ends with. */
  readonly outcome: Outcome;
  /** null: nothing comes later. */
  readonly story: CardStory | null;
  /** A few words for a list. */
  readonly title: string;
  /** A sentence for people. */
  readonly description: string;
}

/** Every test card, in the order of the documentation: approved, declined, and those with a story. */
export const TEST_CARDS: readonly TestCard[] = [
  approving('visa', '4242424242424242', 'visa', 'Visa'),
  approving('visa_debit', '4000056655665556', 'visa', 'Visa, debit'),
  approving('mastercard', '5555555555554444', 'mastercard', 'Mastercard'),
  approving('mastercard_2_series', '2223003122003222', 'mastercard', 'Mastercard, 2-series'),
  approving('mastercard_debit', '5200828282828210', 'mastercard', 'Mastercard, debit'),
  approving('mastercard_prepaid', '5105105105105100', 'mastercard', 'Mastercard, prepaid'),
  approving('american_express', '378282246310005', 'american_express', 'American Express'),
  approving('american_express_2', '371449635398431', 'american_express', 'American Express'),
  approving('discover', '6011111111111117', 'discover', 'Discover'),
  approving('discover_2', '6011000990139424', 'discover', 'Discover'),
  approving('discover_debit', '6011981111111113', 'discover', 'Discover, debit'),
  approving('diners_club', '3056930009020004', 'diners_club', 'Diners Club'),
  approving('diners_club_14', '36227206271667', 'diners_club', 'Diners Club, 14 digits'),
  approving('jcb', '3566002020360505', 'jcb', 'JCB'),
  approving('unionpay', '6200000000000005', 'unionpay', 'UnionPay'),
  approving('unionpay_debit', '6200000000000047', 'unionpay', 'UnionPay, debit'),
  approving('unionpay_19', '6205500000000000004', 'unionpay', 'UnionPay, 19 digits'),
  {
    ...visa('declined', '4000000000000002'),
    outcome: 'CARD_DECLINED',
    title: 'Declined',
    description: 'The issuer declines and does not say why.',
  },
  {
    ...visa('insufficient_funds', '4000000000009995'),
    outcome: 'INSUFFICIENT_FUNDS',
    title: 'Insufficient funds',
    description: 'The account has too little money, whatever the amount.',
  },
  {
    ...visa('lost_card', '4000000000009987'),
    outcome: 'LOST_CARD',
    title: 'Lost card',
    description: 'The card was reported lost; people are told no more than that it was declined.',
  },
  {
    ...visa('stolen_card', '4000000000009979'),
    outcome: 'STOLEN_CARD',
    title: 'Stolen card',
    description: 'The card was reported stolen; people are told no more than that it was declined.',
  },
  {
    ...visa('expired_card', '4000000000000069'),
    outcome: 'EXPIRED_CARD',
    title: 'Expired card',
    description: 'The issuer says that the card has expired, whatever expiry date was sent.',
  },
  {
    ...visa('incorrect_cvc', '4000000000000127'),
    outcome: 'INCORRECT_CVC',
    title: 'Incorrect CVC',
    description: 'The security code is wrong, although none was sent: the card alone decides.',
  },
  {
    ...visa('processing_error', '4000000000000119'),
    outcome: 'PROCESSING_ERROR',
    title: 'Processing error',
    description: 'The processor cannot complete the payment; a retry with another card may pass.',
  },
  {
    ...visa('velocity_exceeded', '4000000000006975'),
    outcome: 'CARD_VELOCITY_EXCEEDED',
    title: 'Velocity limit exceeded',
    description: 'The card was used too often in a short time, even if this is the first time.',
  },
  {
    ...visa('fraud_blocked', '4100000000000019'),
    // Both this and RISK_BLOCKED are response code 59, "suspected fraud". RISK_BLOCKED says that the payment's score
    // reached RISK_BLOCK_SCORE, which the score shown beside it would contradict; a suspicion needs no score. It is
    // also what Stripe answers for this card: fraudulent.
    outcome: 'FRAUD_SUSPECTED',
    title: 'Blocked as fraud',
    description: 'Blocked as suspected fraud; people are told no more than that it was declined.',
  },
  {
    ...visa('disputed', '4000000000000259'),
    outcome: 'APPROVE',
    story: 'dispute',
    title: 'Disputed later',
    description: 'Approved; after the capture the cardholder disputes the payment as fraudulent.',
  },
  {
    ...visa('refund_pending', '4000000000007726'),
    outcome: 'APPROVE',
    story: 'refund_pending',
    title: 'Refund pending',
    description: 'Approved; a refund begins as pending and succeeds some time later.',
  },
  {
    ...visa('refund_fails', '4000000000005126'),
    outcome: 'APPROVE',
    story: 'refund_fails',
    title: 'Refund fails',
    description: 'Approved; a refund succeeds at first and fails some time later.',
  },
];

function approving(name: string, number: string, brand: string, title: string): TestCard {
  const description = 'Approved, whatever the rates say.';
  return { name, number, brand, outcome: 'APPROVE', story: null, title, description };
}

function visa(name: string, number: string) {
  return { name, number, brand: 'visa', story: null };
}

const BY_NUMBER: ReadonlyMap<string, TestCard> = new Map(
  TEST_CARDS.map((card) => [card.number, card]),
);
const BY_NAME: ReadonlyMap<string, TestCard> = new Map(TEST_CARDS.map((card) => [card.name, card]));

/** The test card with this number (digits only); null for any other card. */
export function findTestCard(number: string): TestCard | null {
  return BY_NUMBER.get(number) ?? null;
}

/** The test card that a payment has kept the name of; null for a name that is none. */
export function testCardNamed(name: string): TestCard | null {
  return BY_NAME.get(name) ?? null;
}
