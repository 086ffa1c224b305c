import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonOf, type Service, testService } from '../../../../test/property/app.ts';
import { AMOUNT_TAILS } from '../../../core/amount-tails.ts';
import { declineOf, FAILURE_REASONS } from '../../../core/failures.ts';
import { TEST_CARDS } from '../../../core/test-cards.ts';

interface WireTestCards {
  readonly cards: readonly object[];
  readonly amount_tails: readonly object[];
  readonly reasons: readonly object[];
}

let api: Service;
beforeAll(async () => {
  api = await testService();
});
afterAll(() => api.close());

describe('GET /test-cards', () => {
  test('lists every card and amount tail, and what every reason means', async () => {
    const answer = await api.get('/test-cards');
    expect(answer.statusCode).toBe(200);
    const listed = jsonOf<WireTestCards>(answer);
    expect(listed.cards).toEqual(TEST_CARDS);
    expect(listed.amount_tails).toEqual(AMOUNT_TAILS);
    expect(listed.reasons).toEqual(
      FAILURE_REASONS.map((reason) => ({ reason, ...declineOf(reason) })),
    );
  });

  test('shows the numbers whole, and the log shows none of them', async () => {
    const { body } = await api.get('/test-cards');
    const logged = [...api.requestLines, ...api.errors].join('\n');
    expect(logged).toContain('/test-cards');
    for (const { number } of TEST_CARDS) {
      expect(body).toContain(`"number":"${number}"`);
      expect(logged).not.toContain(number);
    }
  });
});
