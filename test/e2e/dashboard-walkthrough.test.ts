/**
 * What a newcomer does first, on any host: one of ours, or the one that E2E_BASE_URL names. It takes the host as it is,
 * with its payments and its settings, and leaves both alone.
 */
import type { Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import {
  CARD,
  dashboardUnderTest,
  expectLive,
  expectLoaded,
  expectShown,
} from '../support/dashboard-under-test.ts';

const { anyHost, openPage } = dashboardUnderTest();

describe('a newcomer', () => {
  test.each(['/', '/demo/card-lab'])(
    'on %s submits a card, sees the decision, its audit trail and the stats',
    async (path) => {
      const { url } = await anyHost();
      const page = await openPage(`${url}${path}`);
      await expectLive(page);
      await expectShown(page, '[data-testid=stats-panel]', /"total": \d/);
      const before = await total(page);
      await page.getByRole('button', { name: 'Simulate authorization' }).click();
      await expectShown(page, '[data-testid=decision-result]', /"status": "(Approved|Declined)"/);
      await expectShown(page, '[data-testid=transaction-record]', '"card_last4": "7890"');
      await expectShown(page, '[data-testid=audit-trail]', '"card_number": "************7890"');
      await page.getByLabel('Scenario').selectOption('insufficient_funds');
      await page.getByRole('button', { name: 'Simulate authorization' }).click();
      await expectShown(page, '[data-testid=decision-result]', '"status": "Declined"');
      await expectShown(page, '[data-testid=audit-trail]', 'INSUFFICIENT_FUNDS');
      await expect.poll(() => total(page)).toBeGreaterThanOrEqual(before + 2);
    },
  );

  test('makes a payment, watches it come into the list, and reads what happened to it', async () => {
    const { url, pay } = await anyHost();
    const page = await openPage(`${url}/demo/payments`);
    await expectLive(page);
    await expectLoaded(page);
    const id = await pay({ simulate: { outcome: 'APPROVE' } });
    const link = page.locator(`[data-payment="${id}"]`);
    await link.click();
    await page.getByTestId('payment-status').filter({ hasText: 'Success' }).waitFor();
    for (const word of ['Created', 'Processing', 'Succeeded']) {
      await expectShown(page, '[data-testid=timeline] li', word);
    }
  });

  test('opens every page of the rail', async () => {
    const { url, send } = await anyHost();
    await send('/payment', { card_number: CARD, amount: 20, merchant: 'Coffee Shop' });
    const page = await openPage(url);
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('listitem');
    const names = await links.allInnerTexts();
    expect(names).toHaveLength(8);
    for (const name of names) {
      await links.filter({ hasText: name }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await expectLive(page);
      await expectLoaded(page);
    }
  });
});

/** How many cards the stats speak of. */
async function total(page: Page): Promise<number> {
  const text = await page.getByTestId('stats-panel').innerText();
  return Number(/"total": (\d+)/.exec(text)?.[1]);
}
