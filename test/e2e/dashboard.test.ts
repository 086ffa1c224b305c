/** The dashboard as people use it: making payments, finding them, changing them, trying cards, losing the server. */
import type { Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import {
  CARD,
  dashboardUnderTest,
  expectLive,
  expectShown,
} from '../support/dashboard-under-test.ts';

const { start, openPage, expectFailedRequests } = dashboardUnderTest();

const list = (page: Page) => page.getByTestId('payment-list');
const rowsOf = (page: Page) => list(page).locator('tbody tr');
const link = (page: Page, id: string) => page.locator(`[data-payment="${id}"]`);
const status = (page: Page) => page.getByTestId('payment-status');
const connection = (page: Page) => page.getByTestId('connection');

describe('the overview', () => {
  test('explains itself, makes a first payment, and shows it move', async () => {
    const { url } = await start({ PROCESSING_DELAY_MS: '700' });
    const page = await openPage(url);
    expect(new URL(page.url()).pathname).toBe('/demo');
    await expectShown(page, 'section', 'Farthing is a whole payment network in one process');
    await expectShown(page, 'pre', `curl -s ${url}/payments`);
    await expectLive(page);
    await page.getByRole('button', { name: 'Send the first payment' }).click();
    const events = page.getByTestId('latest-events').locator('li');
    for (const word of ['Created', 'Processing', 'Success']) {
      await events.filter({ hasText: word }).filter({ hasText: '250.00 USD' }).waitFor();
    }
    await expectShown(page, 'a[href="/demo/payments?status=SUCCESS"]', /Success\s*1/);
    await expectShown(page, '[data-testid=tiles]', /Payments\s*1/);
    await page.getByLabel('First steps').waitFor({ state: 'detached' });
  });

  test('leads from a failure reason and from a state to their payments', async () => {
    const { url, pay } = await start();
    const failed = await pay({ simulate: { outcome: 'INSUFFICIENT_FUNDS' } });
    await pay();
    const page = await openPage(`${url}/demo`);
    await page.getByRole('link', { name: /^Insufficient funds/ }).click();
    await link(page, failed).waitFor();
    expect(await rowsOf(page).count()).toBe(1);
    expect(page.url()).toContain('failure_reason=INSUFFICIENT_FUNDS');
  });
});

describe('the list of payments', () => {
  test('is filtered by what stands in the URL, and says so when nothing is left', async () => {
    const { url, pay } = await start();
    const paid = await pay();
    const failed = await pay({ simulate: { outcome: 'ISSUER_UNAVAILABLE' }, currency: 'EUR' });
    const page = await openPage(`${url}/demo/payments`);
    await link(page, paid).waitFor();
    await page.getByRole('link', { name: 'Failed', exact: true }).click();
    await link(page, paid).waitFor({ state: 'detached' });
    await link(page, failed).waitFor();
    await page.reload();
    await link(page, failed).waitFor();
    expect(await rowsOf(page).count()).toBe(1);
    await page.getByLabel('Currency, then Enter').fill('usd');
    await page.keyboard.press('Enter');
    await expectShown(page, 'p', 'No payment meets «Status: Failed» and «Currency: USD»');
    await page.getByRole('link', { name: 'Remove the filter Status: Failed' }).click();
    await link(page, paid).waitFor();
    expect(new URL(page.url()).search).toBe('?currency=USD');
  });

  test('takes new payments in at the top, but never moves what somebody is at', async () => {
    const { url, pay } = await start();
    const first = await pay();
    const page = await openPage(`${url}/demo/payments`);
    await link(page, first).waitFor();
    await expectLive(page);
    const second = await pay();
    await link(page, second).waitFor();
    await link(page, first).focus();
    const third = await pay();
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect(await link(page, third).count()).toBe(0);
    const focused = page.locator(':focus');
    expect(await focused.getAttribute('data-payment')).toBe(first);
    await page.getByRole('button', { name: '1 new' }).click();
    await link(page, third).waitFor();
    expect(await rowsOf(page).count()).toBe(3);
  });

  test('loads older ones, and draws only what is in sight of many', async () => {
    const { url, pay } = await start();
    for (let sent = 0; sent < 230; sent += 10) {
      await Promise.all(
        Array.from({ length: 10 }, () => pay({ simulate: { outcome: 'APPROVE' } })),
      );
    }
    const page = await openPage(`${url}/demo/payments`);
    await rowsOf(page).first().waitFor();
    for (const count of [100, 150, 200, 230]) {
      await page.getByRole('button', { name: 'Load older' }).click();
      await page.locator(`table[aria-rowcount="${count + 1}"]`).waitFor();
    }
    await expectShown(page, 'div', 'All 230 payments are shown');
    expect(await rowsOf(page).count()).toBeLessThan(100);
  });

  test('holds still while it is paused, and catches up', async () => {
    const { url, pay } = await start();
    await pay();
    const page = await openPage(`${url}/demo/payments`);
    await expectLive(page);
    await page.keyboard.press('Space');
    await page.locator('[data-state=paused]').waitFor();
    const late = await pay();
    await connection(page).filter({ hasText: 'new' }).waitFor();
    expect(await link(page, late).count()).toBe(0);
    await page.keyboard.press('Space');
    await link(page, late).waitFor();
  });
});

describe('a payment', () => {
  test('is opened beside the list, refunded, and closed', async () => {
    const { url, pay } = await start();
    const id = await pay({ amount: 30 });
    const page = await openPage(`${url}/demo/payments`);
    await link(page, id).click();
    await page.getByRole('button', { name: 'Refund', exact: true }).click();
    await page.getByLabel('Amount (USD)').fill('10');
    await page.getByRole('button', { name: 'Refund now' }).click();
    await expectShown(page, 'dd', '10.00 USD');
    await expectShown(page, '[data-testid=timeline] li', 'Partially refunded');
    await page.getByRole('tab', { name: 'Ledger' }).click();
    await expectShown(page, 'table[aria-label], table', 'Refund');
    await page.getByRole('button', { name: 'Refund', exact: true }).click();
    await page.getByRole('button', { name: 'Refund now' }).click();
    await status(page).filter({ hasText: 'Refunded' }).waitFor();
    await expectShown(page, 'p', 'Everything has been given back already.');
    await page.getByRole('button', { name: 'Close' }).click();
    await status(page).waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('');
  });

  test('is tried again where that may help, and says why where it may not', async () => {
    const { url, pay } = await start();
    const passing = await pay({ simulate: { sequence: ['PROCESSING_ERROR', 'APPROVE'] } });
    const final = await pay({ simulate: { outcome: 'FRAUD_SUSPECTED' } });
    const page = await openPage(`${url}/demo/payments/${final}`);
    await expectShown(page, 'p', 'Fraud suspected is final');
    const blocked = page.getByRole('button', { name: 'Retry' });
    expect(await blocked.getAttribute('aria-disabled')).toBe('true');
    await page.goto(`${url}/demo/payments/${passing}`);
    await page.getByRole('button', { name: 'Retry' }).click();
    await status(page).filter({ hasText: 'Success' }).waitFor();
    await expectShown(page, '[data-testid=timeline] li', 'Retried');
  });

  test('is found by its id, and by that of an event or a refund', async () => {
    const { url, pay, send } = await start();
    const id = await pay();
    const refunded = await send(`/payments/${id}/refund`, {});
    const [refund] = refunded['refunds'] as readonly { readonly refund_id: string }[];
    const page = await openPage(`${url}/demo`);
    for (const text of [id, `evt_${id.replaceAll('-', '')}_1`, refund?.refund_id ?? '']) {
      await page.goto(`${url}/demo`);
      await page.getByRole('searchbox').fill(text);
      await page.keyboard.press('Enter');
      await expectShown(page, 'code', id);
    }
  });

  test('that does not exist says so, with the id of the request', async () => {
    const { url } = await start();
    const missing = '01a20580-2a3f-760c-91f2-9ac3d8a18f6e';
    const page = await openPage(`${url}/demo/payments/${missing}`);
    await expectShown(page, '[role=alert]', /Payment not found \(404\).*Request .+Try again/s);
    expectFailedRequests();
  });
});

describe('the card lab', () => {
  test.each(['/demo', '/demo/card-lab'])(
    'on %s shows the decision about a card, its audit trail and the statistics',
    async (path) => {
      const { url } = await start();
      const page = await openPage(`${url}${path}`);
      const button = page.getByRole('button', { name: 'Simulate authorization' });
      await button.waitFor();
      expect(await button.count()).toBe(1);
      await expectShown(page, '[data-testid=stats-panel]', '"total": 0');
      await button.click();
      await expectShown(page, '[data-testid=decision-result]', '"status": "Approved"');
      await expectShown(page, '[data-testid=transaction-record]', '"card_last4": "7890"');
      await expectShown(page, '[data-testid=audit-trail]', '"card_number": "************7890"');
      await expectShown(page, '[data-testid=stats-panel]', '"total": 1');
      await page.getByLabel('Scenario').selectOption('insufficient_funds');
      await button.click();
      await expectShown(page, '[data-testid=decision-result]', '"status": "Declined"');
      await expectShown(page, '[data-testid=audit-trail]', 'INSUFFICIENT_FUNDS');
      await expectShown(page, '[data-testid=stats-panel]', '"total": 2');
    },
  );

  test('lets no card number out of its field', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo`);
    await page.getByRole('button', { name: 'Simulate authorization' }).click();
    await expectShown(page, '[data-testid=audit-trail]', '7890');
    const outside = async () => {
      const html = await page.content();
      return html.replace(/<input[^>]*name="card_number"[^>]*>/, '').replaceAll(/[ -]/g, '');
    };
    expect((await outside()).includes(CARD)).toBe(false);
    await page.getByLabel('Scenario').selectOption('declined');
    await page.getByRole('button', { name: 'Simulate authorization' }).click();
    await expectShown(page, '[data-testid=decision-result]', 'Declined');
    expect(/4000000000000002|4242424242424242/.test(await outside())).toBe(false);
  });

  test('clears everything at the second press, after saying how much goes', async () => {
    const { url, pay } = await start();
    await pay();
    const page = await openPage(`${url}/demo/card-lab`);
    await page.getByRole('button', { name: 'Clear demo data' }).click();
    await page.getByRole('button', { name: 'Press again to remove 1 payments' }).click();
    await expectShown(page, '[role=status]', 'All data removed');
    await page.getByRole('link', { name: 'Payments' }).click();
    await expectShown(page, 'p', 'There are no payments yet');
  });
});

describe('by keyboard alone', () => {
  test('a payment is found, opened, refunded and closed', async () => {
    const { url, pay } = await start();
    const older = await pay();
    const newer = await pay();
    const page = await openPage(`${url}/demo`);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await link(page, older).waitFor();
    await page.keyboard.press('j');
    await page.locator(`[data-payment="${newer}"]:focus`).waitFor();
    await page.keyboard.press('j');
    await page.locator(`[data-payment="${older}"]:focus`).waitFor();
    await page.keyboard.press('Enter');
    await status(page).filter({ hasText: 'Success' }).waitFor();
    await page.keyboard.press('f');
    await page.locator('input[name=amount]:focus').waitFor();
    await page.keyboard.press('Enter');
    await status(page).filter({ hasText: 'Refunded' }).waitFor();
    await page.keyboard.press('Escape');
    await status(page).waitFor({ state: 'detached' });
    await page.locator(`[data-payment="${older}"]:focus`).waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  test('what can be done is found by typing a part of its name', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo`);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'What to do' }).fill('card');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Card lab' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('option', { name: 'Go to Overview' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/demo/card-lab');
  });

  test('keys do nothing in a field, and nothing at all when they are turned off', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo`);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('c?t gp');
    expect(await page.getByRole('searchbox').inputValue()).toBe('c?t gp');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('searchbox').blur();
    await page.keyboard.press('?');
    await page.getByRole('button', { name: 'Turn keys off' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('c');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(new URL(page.url()).pathname).toBe('/demo');
  });
});

describe('without a server', () => {
  test('it says that it is offline and how old the data is, and comes back by itself', async () => {
    const server = await start({});
    const id = await server.pay();
    const page = await openPage(`${server.url}/demo/payments`);
    await link(page, id).waitFor();
    await expectLive(page);
    await server.end('SIGKILL');
    await page.locator('[data-state=reconnecting]').waitFor();
    await page
      .locator('[data-state=offline]')
      .filter({ hasText: /data \d.* old/ })
      .waitFor();
    // What is known stays in sight.
    await link(page, id).waitFor();
    await start({ PORT: new URL(server.url).port }, true);
    await expectLive(page);
    expectFailedRequests();
  });

  test('a page that has nothing yet says that the service does not answer', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo/card-lab`);
    await expectLive(page);
    await page.route('**/payments?*', (route) => route.abort());
    await page.getByRole('link', { name: 'Payments' }).click();
    await expectShown(page, '[role=alert]', 'The service does not answer');
    await page.unroute('**/payments?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expectShown(page, 'p', 'There are no payments yet');
    expectFailedRequests();
  });
});

describe('a service with API keys', () => {
  test('is asked for with a key, which is kept for the tab', async () => {
    const secret = 's'.repeat(24);
    const { url } = await start({ API_KEYS: `till:${secret}` });
    const page = await openPage(`${url}/demo/payments`);
    await page.getByLabel('API key').fill(secret);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await expectShown(page, 'p', 'There are no payments yet');
    await expectLive(page);
    await page.reload();
    await expectShown(page, 'p', 'There are no payments yet');
    expectFailedRequests();
  });
});
