/**
 * No card number reaches a page beyond the field that takes it: cards are submitted in every way there is, numbers are
 * typed where none belongs, and then every page, what its links and tabs lead to, is searched for them.
 */
import type { Page } from '@playwright/test';
import { expect, test } from 'vitest';
import {
  CARD,
  dashboardUnderTest,
  expectLive,
  expectLoaded,
  expectShown,
} from '../support/dashboard-under-test.ts';

const TYPED = '4242424242424242';
const IN_A_TEXT = '5555555555554444';

/** More than there are: a page that leads to ever new ones must not keep the test busy for ever. */
const VISITS_MAX = 80;
const TEST_MS_MAX = 240_000;

const { start, openPage } = dashboardUnderTest();

test(
  'no page shows the number of a card',
  async () => {
    const { url, pay, send } = await start();
    const numbers = [CARD, ...(await testCardNumbers(url))];
    expect(numbers).toEqual(expect.arrayContaining([CARD, TYPED, IN_A_TEXT]));
    await send('/webhook-endpoints', { url: '/sinks/demo' });
    await pay({ description: `by ${IN_A_TEXT}`, metadata: { note: `card ${IN_A_TEXT}` } });
    await send('/payment', { card_number: TYPED, amount: 20, merchant: `Shop ${IN_A_TEXT}` });
    const page = await openPage(`${url}/demo/card-lab`);
    await expectLive(page);
    await submitByForm(page);
    expect(await numbersOn(page, numbers)).toEqual([]);
    const visited = await searchAll(
      page,
      [`${url}/demo/requests?method=POST`, `${url}/demo/`],
      numbers,
    );
    const opened = (path: string) => visited.filter((address) => address.includes(path)).length;
    expect(opened('/demo/requests?method=POST&open=')).toBeGreaterThanOrEqual(5);
    expect(opened('/demo/payments/')).toBeGreaterThanOrEqual(3);
    expect(visited.length).toBeGreaterThan(20);
  },
  TEST_MS_MAX,
);

test('a number that did reach a page would be found', async () => {
  const { url } = await start();
  const page = await openPage(`${url}/demo/payments?q=4242+4242-42424242`);
  await expectLoaded(page);
  expect(await numbersOn(page, [TYPED, CARD])).toEqual([TYPED]);
});

async function submitByForm(page: Page): Promise<void> {
  const decision = page.getByTestId('decision-result');
  const submit = page.getByRole('button', { name: 'Simulate authorization' });
  await submit.click();
  await decision.filter({ hasText: '"status": "Approved"' }).waitFor();
  await page.getByLabel('Scenario').selectOption('declined');
  await submit.click();
  await decision.filter({ hasText: '"status": "Declined"' }).waitFor();
  await page
    .getByRole('textbox', { name: 'Card number' })
    .fill(TYPED.replaceAll(/(.{4})/g, '$1 ').trim());
  await submit.click();
  await expectShown(page, '[data-testid=audit-trail]', `"card_number": "************4242"`);
}

/** Looks at these pages, at all that their links lead to, and so on. */
async function searchAll(
  page: Page,
  addresses: readonly string[],
  numbers: readonly string[],
): Promise<readonly string[]> {
  const waiting = [...addresses];
  const visited: string[] = [];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (visited.includes(next) || visited.length >= VISITS_MAX) continue;
    visited.push(next);
    await page.goto(next);
    await expectLive(page);
    await expectLoaded(page);
    expect([next, await numbersOn(page, numbers)]).toEqual([next, []]);
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await expectLoaded(page);
      const where = `${next}, ${await tab.innerText()}`;
      expect([where, await numbersOn(page, numbers)]).toEqual([where, []]);
    }
    const links = await linksOn(page);
    // The log of requests is short, and every visit adds to it: what it leads to is looked at first.
    if (next.includes('/demo/requests?method=POST')) waiting.unshift(...links.filter(isLogged));
    waiting.push(...links.filter((link) => !isLogged(link)));
  }
  return visited;
}

function isLogged(address: string): boolean {
  return address.includes('/demo/requests?');
}

/** Addresses of the dashboard, each once. */
async function linksOn(page: Page): Promise<string[]> {
  const hrefs = await page.evaluate<string[]>(
    `[...document.querySelectorAll('a[href^="/demo"]')].map((link) => link.getAttribute('href'))`,
  );
  return [...new Set(hrefs)].map((href) => new URL(href, page.url()).href);
}

/** Which of them stand on the page, in any field but that of the form, or in what it keeps; grouped by spaces or not. */
async function numbersOn(page: Page, numbers: readonly string[]): Promise<string[]> {
  const texts = await page.evaluate<string[]>(`[
    (() => {
      const copy = document.documentElement.cloneNode(true);
      for (const field of copy.querySelectorAll('input[name=card_number]')) field.remove();
      return copy.outerHTML;
    })(),
    ...[...document.querySelectorAll('input, textarea, select')]
      .filter(({ name }) => name !== 'card_number').map(({ value }) => value),
    document.title, decodeURIComponent(location.href),
    JSON.stringify(localStorage), JSON.stringify(sessionStorage), JSON.stringify(history.state),
  ]`);
  const plain = texts.map((text) => text.replaceAll(/[ +-]/g, ''));
  return numbers.filter((number) => plain.some((text) => text.includes(number)));
}

async function testCardNumbers(url: string): Promise<string[]> {
  const answer = await fetch(`${url}/test-cards`);
  const { cards } = (await answer.json()) as { cards: readonly { readonly number: string }[] };
  return cards.map(({ number }) => number);
}
