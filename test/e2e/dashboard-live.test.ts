/**
 * Two hundred events a second under the eyes of somebody who reads: the row that has the focus, the text that is
 * selected, what is typed and how far it is scrolled stay as they are, and no page grows with what happens. How long
 * the browser is busy meanwhile is measured by `npm run bench -- --only dashboard`, not here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { expect, test } from 'vitest';
import { dashboardUnderTest, expectLive, expectShown } from '../support/dashboard-under-test.ts';

const SECONDS = 10;
const LOOKS_PER_SECOND = 4;

/** Each is created, processed and succeeds: three events. */
const PAYMENTS_PER_SECOND = 67;

/** Every so often a few at once, so that the timers of a busy machine matter little. */
const SENDS_PER_SECOND = 10;

/** A list shows at most what it has loaded and what it keeps of what came; of long ones only what is in sight is drawn. */
const ROWS_DRAWN_MAX = 210;
const EVENTS_SHOWN_MAX = 20;

const TEST_MS_MAX = 90_000;

const { start, openPage } = dashboardUnderTest();

test(
  'a list that is read stays where it is, and shows what came when it is asked to',
  async () => {
    const { url, pay } = await start();
    for (let made = 0; made < 80; made += 10) {
      await Promise.all(Array.from({ length: 10 }, () => pay()));
    }
    const page = await openPage(`${url}/demo/payments`);
    await expectLive(page);
    const rows = page.getByTestId('payment-list').locator('tbody tr');
    await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(50);
    await page.locator('[data-payment]').nth(25).focus();
    await page.evaluate(`${LIST}.scrollTo({ top: 600 })`);
    const before = await page.evaluate<string>(PLACE_IN_LIST);
    expect(before).toContain('"top":600');
    const sent = await underLoad(url, async () => {
      expect(await page.evaluate<string>(PLACE_IN_LIST)).toBe(before);
    });
    await page.getByRole('button', { name: /^\d+\+? new$/ }).click();
    const newest = await newestOf(url);
    await page.locator(`[data-payment="${newest}"]`).waitFor();
    expect(sent).toBe(PAYMENTS_PER_SECOND * SECONDS);
    expect(await rows.count()).toBeLessThanOrEqual(ROWS_DRAWN_MAX);
  },
  TEST_MS_MAX,
);

test(
  'an overview that is used stays where it is, and keeps what is selected and typed',
  async () => {
    const { url, pay } = await start();
    await pay();
    const page = await openPage(`${url}/demo`);
    await expectLive(page);
    const merchant = page.getByLabel('Merchant');
    await merchant.fill('Half a na');
    await page.getByTestId('latest-events').waitFor();
    await page.evaluate(SELECT_HEADING);
    await page.evaluate('scrollTo({ top: 120 })');
    const before = await page.evaluate<string>(PLACE_ON_PAGE);
    expect(before).toContain('"selected":"Latest events"');
    const sent = await underLoad(url, async () => {
      expect(await page.evaluate<string>(PLACE_ON_PAGE)).toBe(before);
      expect(await merchant.inputValue()).toBe('Half a na');
    });
    const total = (sent + 1).toLocaleString('en');
    await expectShown(page, '[data-testid=tiles]', new RegExp(`Payments\\s*${total}`));
    const events = page.getByTestId('latest-events').locator('li');
    expect(await events.count()).toBe(EVENTS_SHOWN_MAX);
  },
  TEST_MS_MAX,
);

test(
  'a list that nobody holds follows, and does not grow',
  async () => {
    const { url, pay } = await start();
    await pay();
    const page: Page = await openPage(`${url}/demo/payments`);
    await expectLive(page);
    const rows = page.getByTestId('payment-list').locator('tbody tr');
    await underLoad(url, async () => {
      expect(await rows.count()).toBeLessThanOrEqual(ROWS_DRAWN_MAX);
    });
    await page.locator(`[data-payment="${await newestOf(url)}"]`).waitFor();
  },
  TEST_MS_MAX,
);

const LIST = `document.querySelector('[data-testid=payment-list]')`;

/** How far it is scrolled, which row has the focus, and where that is. */
const PLACE_IN_LIST = `JSON.stringify({
  top: Math.round(${LIST}.scrollTop),
  row: document.activeElement.getAttribute('data-payment'),
  at: Math.round(document.activeElement.getBoundingClientRect().top),
})`;

const SELECT_HEADING = `
  getSelection().selectAllChildren(
    [...document.querySelectorAll('h2')].find(({ textContent }) => textContent === 'Latest events'))`;

const PLACE_ON_PAGE = `JSON.stringify({
  top: Math.round(scrollY),
  selected: getSelection().toString(),
})`;

/** Sends payments at a steady rate, and looks every now and then; gives how many were taken. */
async function underLoad(url: string, look: () => Promise<void>): Promise<number> {
  const answers: Promise<Response>[] = [];
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.min((performance.now() - startedAt) / 1_000, SECONDS);
    const due = Math.floor(seconds * PAYMENTS_PER_SECOND) - answers.length;
    for (let count = 0; count < due; count += 1) answers.push(sendPayment(url));
  }, 1_000 / SENDS_PER_SECOND);
  try {
    while (answers.length < SECONDS * PAYMENTS_PER_SECOND) {
      await sleep(1_000 / LOOKS_PER_SECOND);
      await look();
    }
  } finally {
    clearInterval(timer);
  }
  const taken = (await Promise.all(answers)).filter(({ status }) => status === 201);
  return taken.length;
}

function sendPayment(url: string): Promise<Response> {
  return fetch(`${url}/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ amount: 20, currency: 'USD', recipient: 'alice' }),
  });
}

async function newestOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/payments?limit=1`);
  const { data } = (await answer.json()) as { data: readonly { payment_id: string }[] };
  return data[0]?.payment_id ?? '';
}
