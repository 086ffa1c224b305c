/**
 * Every page in windows of every width, in the light and in the dark: nothing is cut, nothing lies on anything else,
 * nothing makes the page wider than its window, and no rule of axe is broken. Also on the host that E2E_BASE_URL names.
 */
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from 'vitest';
import { railPaths } from '../support/browser.ts';
import {
  CARD,
  dashboardUnderTest,
  expectLive,
  expectLoaded,
  type Host,
} from '../support/dashboard-under-test.ts';

/** 640 is what a window of 1280 becomes at a zoom of 200 %. */
const WIDTHS = [320, 375, 640, 768, 1280, 2560];

/** A look at each page at each width. */
const LOOKS_MS_MAX = 120_000;

const FAULTS = readFileSync(new URL('../support/layout-faults.js', import.meta.url), 'utf8');

const { anyHost, openPage } = dashboardUnderTest();

test.each(['light', 'dark'] as const)(
  'every page in the %s fits its window, at every width, and keeps the rules of axe',
  async (theme) => {
    const host = await anyHost();
    const { ids, cleanUp } = await makeThings(host);
    const page = await openPage(`${host.url}/demo`, { theme });
    const faults: string[] = [];
    for (const path of [...(await railPaths(page)), ...ids.map((id) => `/demo/payments/${id}`)]) {
      await page.goto(`${host.url}${path}`);
      await expectLive(page);
      await expectLoaded(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      faults.push(...violations.map(({ id, nodes }) => `${path}: ${id} ${nodes[0]?.html}`));
      faults.push(...(await layoutFaults(page)).map((fault) => `${path} ${fault}`));
    }
    await cleanUp();
    expect(faults).toEqual([]);
  },
  LOOKS_MS_MAX,
);

test('finds what is cut, what overlaps and what is too wide', async () => {
  const { url } = await anyHost();
  const page = await openPage(`${url}/demo/settings`);
  await expectLoaded(page);
  await page.evaluate(`
    const add = (text, style, parent) => {
      const element = document.createElement('div');
      element.textContent = text;
      element.style.cssText = style;
      return parent.appendChild(element);
    };
    const main = document.querySelector('main');
    add('what is cut', 'width: 40px; overflow: hidden; white-space: nowrap', main);
    add('what is above', 'position: absolute', add('what is below', 'position: relative', main));
    main.lastElementChild.lastElementChild.style.inset = '0';
    add('what is wide', 'width: 3000px', main);`);
  const faults = (await page.evaluate<string[]>(FAULTS)).join('\n');
  expect(faults).toMatch(/cut: «what is cut».*overlap: «what is below».*«what is above»/s);
  expect(faults).toMatch(/the page is \d{4} wide in 1280/);
});

/** Sentences, each with the width at which it is so. */
async function layoutFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width > 2000 ? 1440 : 800 });
    // Charts are drawn anew a frame after their place has changed.
    await page.evaluate('new Promise((done) => setTimeout(() => requestAnimationFrame(done), 50))');
    const found = await page.evaluate<string[]>(FAULTS);
    faults.push(...found.map((fault) => `at ${width}: ${fault}`));
  }
  return faults;
}

/** Payments with long words in them, in every state that is easily had, and webhooks about them. */
async function makeThings({ url, pay, send }: Host) {
  const { id: endpointId } = await send('/webhook-endpoints', {
    url: '/sinks/layout',
    description: `${'long-'.repeat(12)}description`,
  });
  const long = await pay({ recipient: `${'very-long-'.repeat(18)}recipient@example.com` });
  await pay({ amount: 999_999_999.99, description: 'A description without an end '.repeat(5) });
  await pay({ simulate: { outcome: 'CARD_VELOCITY_EXCEEDED' } });
  await send(`/payments/${await pay()}/refund`, {});
  const card = await send('/payment', { card_number: CARD, amount: 20, merchant: 'Coffee Shop' });
  return {
    ids: [long, String(card['transaction_id'])],
    cleanUp: async () => {
      await fetch(`${url}/webhook-endpoints/${String(endpointId)}`, { method: 'DELETE' });
    },
  };
}
