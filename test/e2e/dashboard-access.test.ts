/** What opens over a page and beside it, under the rules of axe; the pages themselves are in dashboard-layout.test.ts. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from 'vitest';
import { CARD, dashboardUnderTest, expectLoaded } from '../support/dashboard-under-test.ts';

/** A dozen looks of axe, each of a second. */
const LOOKS_MS_MAX = 90_000;

const { start, openPage } = dashboardUnderTest();

test.each(['light', 'dark'] as const)(
  'no drawer, tab or dialog breaks a rule of axe in the %s',
  async (theme) => {
    const { url, pay, send } = await start();
    const id = await pay({ simulate: { outcome: 'CARD_DECLINED' } });
    const card = await send('/payment', { card_number: CARD, amount: 20, merchant: 'Shop' });
    const page = await openPage(`${url}/demo/payments?open=${id}`, { theme });
    const look = async (what: string) => {
      await expectLoaded(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id: rule, nodes }) => [what, rule, nodes[0]?.html])).toEqual([]);
    };
    await page.getByTestId('payment-status').waitFor();
    await look('the drawer of a payment');
    await page.goto(`${url}/demo/payments/${String(card['transaction_id'])}`);
    const tabs = page.getByRole('tab');
    await tabs.first().waitFor();
    expect(await tabs.count()).toBeGreaterThanOrEqual(4);
    for (const tab of await tabs.all()) {
      await tab.click();
      await look(await tab.innerText());
    }
    for (const [key, dialog] of [
      ['?', 'Keys'],
      ['c', 'New payment'],
      ['Control+k', 'What to do?'],
    ] as const) {
      await page.locator('body').press(key);
      await page.getByRole('dialog', { name: dialog }).waitFor();
      await look(dialog);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  },
  LOOKS_MS_MAX,
);
