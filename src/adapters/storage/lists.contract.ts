/** What every store promises about lists and searches: a part of the contract in store.contract.ts. */
import { describe, expect, test } from 'vitest';
import {
  authorizeCommand,
  createCommand,
  mustDecide,
  requestOf,
  retryCommand,
} from '../../../test/support/engine.ts';
import { cardOf, scenarioOf } from '../../../test/support/payment.ts';
import { standing, type StoreUnderTest } from '../../../test/support/store-under-test.ts';
import { currencyOf } from '../../core/currencies.ts';
import type { Payment } from '../../core/payment.ts';
import { execute } from '../../engine/execute.ts';
import { ForeignCursorError } from '../../engine/ports.ts';

export function describeLists(name: string, under: StoreUnderTest): void {
  describe(`${name} store, its lists and searches`, () => {
    const at = standing(under);

    test('pages newest first without gaps or repeats while payments come in', async () => {
      for (let made = 0; made < 25; made += 1) await mustDecide(at.engine, createCommand());
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await at.store.listPayments({ limit: 10, cursor });
        seen.push(...page.items.map((payment) => payment.id));
        cursor = page.next;
        await mustDecide(at.engine, createCommand());
      } while (cursor !== null);
      expect(seen).toHaveLength(25);
      expect(seen).toEqual([...new Set(seen)].sort().reverse());
    });

    test('refuses a cursor that another kind of store made', async () => {
      const page = at.store.listPayments({ limit: 1, cursor: '?' });
      await expect(page).rejects.toThrow(ForeignCursorError);
      const search = at.store.listPayments({ limit: 1, cursor: '?', searchPrefix: 'al' });
      await expect(search).rejects.toThrow(ForeignCursorError);
    });

    test('finds nothing by what no text can hold', async () => {
      await mustDecide(at.engine, createCommand({ reference: 'r' }));
      expect(await at.list({ reference: '\0' })).toEqual([]);
      expect(await at.list({ searchPrefix: '\0' })).toEqual([]);
      expect(await at.list({ searchPrefix: '\ud800' })).toEqual([]);
    });

    test('filters by each property', async () => {
      const error = scenarioOf({ outcomes: ['PROCESSING_ERROR'] });
      await at.settled({ reference: 'r-1', amountMinor: 100n });
      at.clock.advance(1_000);
      const middleMs = at.clock.nowMs();
      await at.settled({ scenario: error, currency: currencyOf('JPY'), amountMinor: 200n });
      at.clock.advance(1_000);
      await mustDecide(at.engine, createCommand({ recipient: 'Bob', amountMinor: 300n }));

      expect(await at.list({ statuses: ['FAILED'] })).toHaveLength(1);
      expect(await at.list({ statuses: ['FAILED', 'CREATED'] })).toHaveLength(2);
      expect(await at.list({ failureReason: 'PROCESSING_ERROR' })).toHaveLength(1);
      expect(await at.list({ failureReason: 'INSUFFICIENT_FUNDS' })).toHaveLength(0);
      expect(await at.list({ currency: 'JPY' })).toHaveLength(1);
      expect(await at.list({ method: 'account' })).toHaveLength(3);
      expect(await at.list({ method: 'card' })).toHaveLength(0);
      expect(await at.list({ reference: 'r-1' })).toHaveLength(1);
      expect(await at.list({ createdFromMs: middleMs })).toHaveLength(2);
      expect(await at.list({ createdBeforeMs: middleMs })).toHaveLength(1);
      expect(await at.list({ createdFromMs: at.clock.nowMs() + 1 })).toHaveLength(0);
      expect(await at.list({ createdBeforeMs: at.clock.nowMs() + 1 })).toHaveLength(3);
      // 1.00 USD, 200 JPY, 3.00 USD
      expect(await at.list({ amountMinE4: 30_000n })).toHaveLength(2);
      expect(await at.list({ amountMinE4: 30_001n, amountMaxE4: 2_000_000n })).toHaveLength(1);
      const [newest] = await at.list({});
      if (newest === undefined) throw new Error('there are payments');
      expect(await at.list({ paymentId: newest.id })).toEqual([newest]);
      expect(
        await at.list({ statuses: ['CREATED'], currency: 'USD', amountMaxE4: 30_000n }),
      ).toEqual([newest]);
      await mustDecide(at.engine, authorizeCommand({ scenario: error }));
      expect(await at.list({ method: 'account' })).toHaveLength(3);
      expect(await at.list({ method: 'card' })).toHaveLength(1);
      expect(await at.list({ method: 'card', statuses: ['FAILED'] })).toHaveLength(1);
      expect(await at.list({ method: 'card', statuses: ['CREATED'] })).toHaveLength(0);
      expect(await at.list({ method: 'account', failureReason: 'PROCESSING_ERROR' })).toHaveLength(
        1,
      );
    });

    test('finds payments by the beginning of a recipient, in any case, page by page', async () => {
      for (const recipient of ['Alice', 'alina', 'Bob', 'alice', 'ALBERT', 'al%', null]) {
        await mustDecide(at.engine, createCommand({ recipient }));
      }
      const first = await at.store.listPayments({ limit: 3, cursor: null, searchPrefix: 'AL' });
      const second = await at.store.listPayments({
        limit: 3,
        cursor: first.next,
        searchPrefix: 'AL',
      });
      expect([...first.items, ...second.items].map((payment) => payment.recipient)).toEqual([
        'al%',
        'ALBERT',
        'alice',
        'Alice',
        'alina',
      ]);
      expect(second.next).toBeNull();
    });

    test('finds a payment among many as soon as it is made, and pages on in order while more come', async () => {
      const recipients = ['Ann', 'anna', 'Bob', 'ann@example.com', 'AN', 'Zoe', null];
      const make = (recipient: string | null) =>
        mustDecide(at.engine, createCommand({ recipient }));
      const made = await Promise.all(
        Array.from({ length: 350 }, (_, index) => make(recipients[index % 7] ?? null)),
      );
      made.push(await make('aNna'));
      const term = ({ recipient }: Payment) => recipient?.toLowerCase() ?? '';
      const expected = made
        .filter((payment) => term(payment).startsWith('an'))
        .sort((a, b) => (term(a) < term(b) ? -1 : term(a) > term(b) ? 1 : b.ordinal - a.ordinal))
        .map((payment): string => payment.id);
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await at.store.listPayments({ limit: 9, cursor, searchPrefix: 'an' });
        seen.push(...page.items.map((payment) => payment.id));
        cursor = page.next;
        await Promise.all(recipients.map(make));
        if (seen.length !== 90) continue;
        at.clock.advance(1);
        await at.reopen();
      } while (cursor !== null);
      expect(seen.filter((id) => expected.includes(id))).toEqual(expected);
      expect(seen).toHaveLength(new Set(seen).size);
      expect(await at.list({ searchPrefix: 'b', statuses: ['FAILED'] })).toEqual([]);
    });

    test('finds a payment by the last four of its card, and of the other one it was tried again with', async () => {
      const failing = scenarioOf({ outcomes: ['PROCESSING_ERROR'] });
      const { id } = await at.settled({ card: cardOf('0341'), scenario: failing });
      await at.settled({ card: cardOf('4242') });
      expect((await at.list({ searchPrefix: '0341' })).map((payment) => payment.id)).toEqual([id]);
      const card = { card: cardOf('4243'), testCard: null, isExpired: false };
      await mustDecide(at.engine, retryCommand(id, { card }));
      expect(await at.list({ searchPrefix: '0341' })).toEqual([]);
      expect((await at.list({ searchPrefix: '4243' })).map((payment) => payment.id)).toEqual([id]);
      expect(await at.list({ searchPrefix: '424', method: 'card' })).toHaveLength(2);
      expect(await at.list({ searchPrefix: '424', method: 'account' })).toHaveLength(0);
    });

    test('hands back a cursor instead of scanning on for a rare match', async () => {
      await mustDecide(at.engine, createCommand({ currency: currencyOf('EUR') }));
      const many = Array.from({ length: 10_100 }, () =>
        execute(at.engine, requestOf(createCommand())),
      );
      await Promise.all(many);
      const first = await at.store.listPayments({ limit: 5, cursor: null, currency: 'EUR' });
      expect(first.items).toHaveLength(0);
      expect(first.next).not.toBeNull();
      const second = await at.store.listPayments({ limit: 5, cursor: first.next, currency: 'EUR' });
      expect(second.items).toHaveLength(1);
      expect(second.next).toBeNull();
    });
  });
}
