/** Every card number and amount that asks for an outcome, and what each outcome means: what GET /test-cards answers. */
import { AMOUNT_TAILS } from '../../core/amount-tails.ts';
import { declineOf, FAILURE_REASONS } from '../../core/failures.ts';
import { TEST_CARDS } from '../../core/test-cards.ts';

/** The numbers are public and nobody's: here, and nowhere else, they go out whole. */
export function testCardsWire() {
  return {
    cards: TEST_CARDS.map(({ number, brand, name, title, outcome, story, description }) => ({
      number,
      brand,
      name,
      title,
      outcome,
      story,
      description,
    })),
    amount_tails: AMOUNT_TAILS.map(({ tail, outcome }) => ({ tail, outcome })),
    reasons: FAILURE_REASONS.map((reason) => ({ reason, ...declineOf(reason) })),
  };
}
