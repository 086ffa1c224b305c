/** The list of payments by time, amount and reference; and a card payment that is tried again with another card. */
import type { Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import { dashboardUnderTest, expectLive, expectShown } from '../support/dashboard-under-test.ts';
import { expectAccessible, expectNoCardNumber, expectToFit } from '../support/page-checks.ts';

const { start, openPage, expectFailedRequests } = dashboardUnderTest();

const DECLINED = '4000000000000002';
const GOOD = '5555555555554444';

const rows = (page: Page) => page.getByTestId('payment-list').locator('tbody tr');
const link = (page: Page, id: string) => page.locator(`[data-payment="${id}"]`);
const status = (page: Page) => page.getByTestId('payment-status');
const search = (page: Page) => new URL(page.url()).search;
const otherCard = (page: Page) => page.getByRole('button', { name: 'Retry with another card' });
const cardForm = (page: Page) => page.getByRole('form', { name: 'Retry with another card' });
const cardNumber = (page: Page) => page.getByLabel('Card number');

/** Waits until the list is these, and no others. */
async function expectRows(page: Page, ids: readonly string[]): Promise<void> {
  for (const id of ids) await link(page, id).waitFor();
  await expect.poll(() => rows(page).count()).toBe(ids.length);
}

function chip(page: Page, words: string) {
  return page.getByRole('link', { name: `Remove the filter ${words}` });
}

describe('the list', () => {
  test('is filtered by amount and reference, each a chip that takes it away', async () => {
    const { url, pay } = await start();
    const small = await pay({ amount: 5, reference: 'order 1' });
    const middle = await pay({ amount: 50.25, reference: 'order 2' });
    const large = await pay({ amount: 500 });
    const page = await openPage(`${url}/demo/payments`);
    await expectRows(page, [small, middle, large]);
    await page.getByLabel('Amount from').fill('50.25');
    await page.getByLabel('Amount to').fill('500');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await expectRows(page, [middle, large]);
    expect(search(page)).toBe('?min=50.25&max=500');
    await page.getByLabel('Reference').fill('order 2');
    await page.keyboard.press('Enter');
    await expectRows(page, [middle]);
    await page.reload();
    await expectRows(page, [middle]);
    await chip(page, 'At least 50.25').click();
    await chip(page, 'Reference: order 2').click();
    await expectRows(page, [small, middle, large]);
    expect(search(page)).toBe('?max=500');
    expect(await page.getByLabel('Amount from').inputValue()).toBe('');
    await page.getByLabel('Reference').fill('order 3');
    await page.keyboard.press('Enter');
    await expectShown(page, 'p', 'No payment meets «At most 500» and «Reference: order 3»');
  });

  test('takes in live only what meets them', async () => {
    const { url, pay } = await start();
    const page = await openPage(`${url}/demo/payments?min=10&max=20&reference=a`);
    await expectShown(page, 'p', 'No payment meets');
    await expectLive(page);
    for (const amount of [9.99, 20.01]) await pay({ amount, reference: 'a' });
    await pay({ amount: 15, reference: 'b' });
    const [least, most] = [
      await pay({ amount: 10, reference: 'a' }),
      await pay({ amount: 20, reference: 'a' }),
    ];
    await expectRows(page, [least, most]);
    await page.reload();
    await expectRows(page, [least, most]);
  });

  test('is filtered by time, which goes along from view to view', async () => {
    const { url, pay } = await start();
    const paid = await pay();
    const failed = await pay({ simulate: { outcome: 'CARD_DECLINED' } });
    const past = '?from=2020-01-01T10:00:00Z&to=2020-01-01T11:00:00Z';
    const page = await openPage(`${url}/demo/payments${past}&range=1h`);
    await expectShown(page, 'p', /No payment meets «Made .*2020|No payment meets «Made 1 Jan/);
    // A zoom leads back to what it was made from.
    await page.getByRole('link', { name: /^Remove the filter Made (?!in)/ }).click();
    await expectRows(page, [paid, failed]);
    expect(search(page)).toBe('?range=1h');
    await page.getByRole('link', { name: 'Failed', exact: true }).click();
    await expectRows(page, [failed]);
    expect(new URLSearchParams(search(page)).get('range')).toBe('1h');
    const current = page.getByLabel('Views').locator('[aria-current]');
    expect(await current.textContent()).toBe('Failed');
    await chip(page, 'Made in the last hour').click();
    await expectRows(page, [failed]);
    expect(search(page)).toBe('?status=FAILED');
  });

  test('has the views that are one press away', async () => {
    const { url, pay } = await start();
    const paid = await pay();
    const fraud = await pay({ simulate: { outcome: 'FRAUD_SUSPECTED' } });
    const refunded = await pay();
    await fetch(`${url}/payments/${refunded}/refund`, { method: 'POST' });
    const page = await openPage(`${url}/demo/payments`);
    for (const [view, ids] of [
      ['All', [paid, fraud, refunded]],
      ['Failed', [fraud]],
      ['Suspected fraud', [fraud]],
      ['Refunded', [refunded]],
    ] as const) {
      await page.getByRole('link', { name: view, exact: true }).click();
      await expectRows(page, ids);
    }
    await page.getByRole('link', { name: 'Stuck', exact: true }).click();
    await expectShown(page, 'p', 'No payment meets «Without outcome for a minute»');
  });

  test('says at the field that an amount is none, and of a written URL what the service says', async () => {
    const { url, pay } = await start();
    const id = await pay();
    const page = await openPage(`${url}/demo/payments`);
    await expectRows(page, [id]);
    await page.getByLabel('Amount from').fill('-1e3');
    await page.keyboard.press('Enter');
    await page.locator('input[name=min]:invalid:focus').waitFor();
    expect(search(page)).toBe('');
    await page.goto(`${url}/demo/payments?min=lots`);
    await expectShown(page, '[role=alert]', /\?amount\[gte\].*Try again/s);
    await chip(page, 'At least lots').click();
    await expectRows(page, [id]);
    expectFailedRequests();
  });
});

describe('a declined card', () => {
  test('is replaced by another one, whose number stays in its field', async () => {
    const { url, pay } = await start();
    const id = await pay({ card: { number: DECLINED } });
    const page = await openPage(`${url}/demo/payments/${id}`);
    await status(page).filter({ hasText: 'Failed' }).waitFor();
    await expectShown(page, 'p', 'After card declined it takes another card.');
    expect(
      await page.getByRole('button', { name: 'Retry', exact: true }).getAttribute('aria-disabled'),
    ).toBe('true');
    await otherCard(page).click();
    await page.getByLabel('Scenario').and(page.locator(':focus')).waitFor();
    expect(await cardNumber(page).inputValue()).toBe('');
    await page.getByLabel('Scenario').selectOption('mastercard');
    expect(await cardNumber(page).inputValue()).toBe(GOOD);
    await expectNoCardNumber(page, GOOD);
    await page.getByRole('button', { name: 'Retry now' }).click();
    await status(page).filter({ hasText: 'Success' }).waitFor();
    await cardForm(page).waitFor({ state: 'detached' });
    await expectShown(page, 'dd', 'Mastercard ··4444');
    await expectShown(page, '[data-testid=timeline] li', 'Retried');
    for (const number of [GOOD, DECLINED]) await expectNoCardNumber(page, number);
    await expectShown(page, 'p', 'Only a failed payment can be tried again; this one is Success.');
    expect(await otherCard(page).getAttribute('aria-disabled')).toBe('true');
  });

  test('is refused another one that is no card, at its field, and may be declined again', async () => {
    const { url, pay } = await start();
    const id = await pay({ card: { number: DECLINED } });
    const page = await openPage(`${url}/demo/payments/${id}`);
    await otherCard(page).click();
    await cardNumber(page).fill('4242');
    await page.getByRole('button', { name: 'Retry now' }).click();
    await expectShown(page, '[id$=-note]', 'Must be 12 to 19 digits');
    expect(await cardNumber(page).getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Scenario').selectOption('insufficient_funds');
    await page.getByRole('button', { name: 'Retry now' }).click();
    await expectShown(page, 'p', 'Insufficient funds');
    await expectShown(page, 'dd', 'Visa ··9995');
    expectFailedRequests();
  });

  test('is not tried more often than is allowed, nor after what is final', async () => {
    const { url, pay } = await start({ MAX_RETRIES: '1' });
    const final = await pay({ card: { number: GOOD }, simulate: { outcome: 'FRAUD_SUSPECTED' } });
    const page = await openPage(`${url}/demo/payments/${final}`);
    await expectShown(page, 'p', 'Fraud suspected is final');
    expect(await otherCard(page).getAttribute('aria-disabled')).toBe('true');
    const spent = await pay({ card: { number: DECLINED } });
    await page.goto(`${url}/demo/payments/${spent}`);
    await otherCard(page).click();
    await page.getByLabel('Scenario').selectOption('declined');
    await page.getByRole('button', { name: 'Retry now' }).click();
    await expectShown(page, 'dd', /^2$/);
    await expectShown(page, 'p', 'It has been tried as often as is allowed.');
    expect(await otherCard(page).getAttribute('aria-disabled')).toBe('true');
  });

  test('is nothing that a payment from an account has', async () => {
    const { url, pay } = await start();
    const id = await pay({ simulate: { outcome: 'CARD_DECLINED' } });
    const page = await openPage(`${url}/demo/payments/${id}`);
    await status(page).filter({ hasText: 'Failed' }).waitFor();
    expect(await otherCard(page).count()).toBe(0);
  });

  test('is replaced by keyboard alone, beside the list', async () => {
    const { url, pay } = await start();
    const id = await pay({ card: { number: DECLINED } });
    const page = await openPage(`${url}/demo/payments`);
    await link(page, id).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await status(page).filter({ hasText: 'Failed' }).waitFor();
    await page.keyboard.press('r');
    await page.getByLabel('Scenario').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await cardForm(page).waitFor({ state: 'detached' });
    await otherCard(page).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await page.getByLabel('Scenario').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.insertText(GOOD);
    await page.keyboard.press('Enter');
    await status(page).filter({ hasText: 'Success' }).waitFor();
    await expectNoCardNumber(page, GOOD);
  });
});

describe('for everybody', () => {
  test.each(['light', 'dark'] as const)(
    'filters and the form for another card keep the rules of axe in the %s, and fit',
    async (theme) => {
      const { url, pay } = await start();
      const id = await pay({ card: { number: DECLINED }, reference: 'x'.repeat(200) });
      const filters = `min=1&max=1000&range=24h&reference=${'x'.repeat(200)}`;
      const page = await openPage(`${url}/demo/payments?${filters}`, { theme });
      await expectRows(page, [id]);
      await expectLive(page);
      await expectAccessible(page, 'filters');
      await expectToFit(page);
      await page.goto(`${url}/demo/payments/${id}`);
      await otherCard(page).click();
      await cardNumber(page).fill('4242');
      await page.getByRole('button', { name: 'Retry now' }).click();
      await expectShown(page, '[id$=-note]', 'Must be 12 to 19 digits');
      await expectAccessible(page, 'another card');
      await expectToFit(page);
      expectFailedRequests();
    },
  );
});
