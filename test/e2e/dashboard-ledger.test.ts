/** The books: empty, balanced, torn apart on purpose, those of one payment, without a server, by keyboard, for everybody. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from '@playwright/test';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  dashboardUnderTest,
  expectLive,
  expectLoaded,
  expectShown,
} from '../support/dashboard-under-test.ts';
import { expectAccessible, expectToFit } from '../support/page-checks.ts';

const { start, openPage, expectFailedRequests } = dashboardUnderTest();

const MISSING = '01a20580-2a3f-760c-91f2-9ac3d8a18f6e';

const balanceOf = (page: Page, currency: string) =>
  page.getByRole('table', { name: 'Trial balance' }).getByRole('row', { name: currency });
const accounts = (page: Page) => page.getByRole('table', { name: 'Accounts' });
const entries = (page: Page) => page.getByLabel('Ledger entries').locator('tbody tr');

describe('the ledger', () => {
  test('that is empty explains itself, and fills at the press of a button', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo/ledger`);
    await expectShown(page, 'p', 'Nothing has been booked yet');
    await expectShown(page, 'pre', `curl -s ${url}/payments`);
    await expectShown(page, 'dd', 'it owes us: an asset, which grows by debits');
    await expectLive(page);
    await page.getByRole('button', { name: 'Send the first payment' }).click();
    await balanceOf(page, 'USD').filter({ hasText: '250.00250.00Balanced' }).waitFor();
  });

  test('shows both sides and every balance in the digits of its currency, and follows what is booked', async () => {
    const { url, pay, send } = await start();
    const id = await pay({ amount: 1234.5 });
    await pay({ amount: 700, currency: 'JPY' });
    const page = await openPage(`${url}/demo/ledger`);
    await balanceOf(page, 'USD').filter({ hasText: '1,234.501,234.50Balanced' }).waitFor();
    await balanceOf(page, 'JPY').filter({ hasText: '700700Balanced' }).waitFor();
    await expectShown(page, 'section[aria-label="Trial balance"] header', 'Balanced');
    await expectLive(page);
    await send(`/payments/${id}/refund`, { amount: 234.5 });
    await balanceOf(page, 'USD').filter({ hasText: '1,469.001,469.00Balanced' }).waitFor();
    for (const account of ['Merchant payable', 'Network receivable']) {
      await accounts(page)
        .locator('tbody')
        .filter({ hasText: account })
        .filter({ hasText: '1,000.00 USD' })
        .filter({ hasText: '700 JPY' })
        .waitFor();
    }
    await expectShown(page, 'th', 'What we owe to recipients for captured payments');
  });

  test('that does not balance says so, and by how much', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'farthing-ledger-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'torn.db');
    const { url, pay } = await start({ DATABASE_URL: `sqlite:${file}` });
    await pay();
    await pay({ currency: 'EUR' });
    const database = new DatabaseSync(file);
    const torn = database
      .prepare(
        "update ledger_totals set debits_minor = '2005' where currency = 'USD' and account = ?",
      )
      .run('network_receivable');
    database.close();
    expect(torn.changes).toBe(1);
    const page = await openPage(`${url}/demo/ledger`);
    await balanceOf(page, 'USD').filter({ hasText: 'Not balanced0.05 USD apart' }).waitFor();
    await expectShown(page, 'section[aria-label="Trial balance"] header', 'Not balanced');
    await balanceOf(page, 'EUR').filter({ hasText: '20.0020.00Balanced' }).waitFor();
  });
});

describe('the entries of a payment', () => {
  test('are one press away, stand in the URL, and lead to the payment', async () => {
    const { url, pay, send } = await start();
    const id = await pay({ amount: 30 });
    await send(`/payments/${id}/refund`, { amount: 10 });
    const page = await openPage(`${url}/demo/ledger`);
    await page.getByRole('link', { name: `…${id.slice(-8)}` }).click();
    await entries(page).filter({ hasText: 'Refund' }).filter({ hasText: '10.00 USD' }).waitFor();
    expect(await entries(page).count()).toBe(2);
    expect(new URL(page.url()).search).toBe(`?payment=${id}`);
    await page.reload();
    await entries(page).filter({ hasText: 'Capture' }).filter({ hasText: '30.00 USD' }).waitFor();
    expect(await page.getByLabel('Payment id').inputValue()).toBe(id);
    await page.getByRole('link', { name: 'Open the payment' }).click();
    await expectShown(page, 'code', id);
    expect(new URL(page.url()).pathname).toBe(`/demo/payments/${id}`);
  });

  test('of one that failed are none, and that is said', async () => {
    const { url, pay } = await start();
    const id = await pay({ simulate: { outcome: 'INSUFFICIENT_FUNDS' } });
    const page = await openPage(`${url}/demo/ledger?payment=${id}`);
    await expectShown(page, 'p', 'Nothing has been booked for this payment');
  });

  test('of one that does not exist are a problem with the id of the request', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo/ledger?payment=${MISSING}`);
    await expectShown(page, '[role=alert]', /Payment not found \(404\).*Request .+Try again/s);
    await page.getByLabel('Payment id').fill('<b>none</b>');
    await page.getByRole('button', { name: 'Show' }).click();
    await expectShown(page, 'p', 'That is no payment id. It has 32 hexadecimal digits');
    expect(await page.getByLabel('Payment id').getAttribute('aria-invalid')).toBe('true');
    expectFailedRequests();
  });

  test('are found by keyboard alone, whatever the id was copied with', async () => {
    const { url, pay } = await start();
    const id = await pay({ amount: 30 });
    const page = await openPage(`${url}/demo/payments`);
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByRole('heading', { name: 'Ledger' }).waitFor();
    await page.locator('main').focus();
    await page.keyboard.press('Tab');
    await page.locator('input[name=payment]:focus').waitFor();
    await page.keyboard.insertText(`see ${url}/payments/${id.toUpperCase()}/events`);
    await page.keyboard.press('Enter');
    await entries(page).filter({ hasText: '30.00 USD' }).waitFor();
    // From the field over its button to the entries, which may have to be scrolled.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.getByLabel('Ledger entries').and(page.locator(':focus')).waitFor();
    expect(new URL(page.url()).search).toBe(`?payment=${id}`);
  });
});

describe('without a server', () => {
  test('the ledger keeps what it knows, and says that it may be old', async () => {
    const server = await start({});
    await server.pay();
    const page = await openPage(`${server.url}/demo/ledger`);
    await balanceOf(page, 'USD').filter({ hasText: '20.00' }).waitFor();
    await expectLive(page);
    await server.end('SIGKILL');
    await page.locator('[data-state=offline]').waitFor();
    await balanceOf(page, 'USD').filter({ hasText: '20.00' }).waitFor();
    expectFailedRequests();
  });

  test('a ledger that has nothing yet says so in each part, and tries again', async () => {
    const { url, pay } = await start();
    await pay();
    const page = await openPage(`${url}/demo/payments`);
    await expectLive(page);
    await page.route('**/ledger/*', (route) => route.abort());
    await page.getByRole('link', { name: 'Ledger' }).click();
    for (const part of ['Trial balance', 'Accounts']) {
      await expectShown(page, `section[aria-label="${part}"]`, 'The service does not answer');
    }
    await page.unroute('**/ledger/*');
    for (const part of ['Trial balance', 'Accounts']) {
      const retry = page.getByLabel(part, { exact: true }).getByRole('button');
      await retry.click();
    }
    await balanceOf(page, 'USD').filter({ hasText: '20.00' }).waitFor();
    expectFailedRequests();
  });
});

describe('for everybody', () => {
  test.each(['light', 'dark'] as const)(
    'the ledger keeps the rules of axe in the %s, and fits',
    async (theme) => {
      const { url, pay } = await start();
      const page = await openPage(`${url}/demo/ledger`, { theme });
      await expectShown(page, 'p', 'Nothing has been booked yet');
      await expectAccessible(page, 'empty');
      const id = await pay({ amount: 9_999.99 });
      await page.goto(`${url}/demo/ledger?payment=${id}`);
      await entries(page).waitFor();
      await expectLive(page);
      await expectLoaded(page);
      await expectAccessible(page, 'with entries');
      await expectToFit(page);
    },
  );
});
