/** A server that ends under open pages: every one says so, says how old its data is, keeps showing it, and comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { expect, test } from 'vitest';
import { railPaths } from '../support/browser.ts';
import {
  CARD,
  dashboardUnderTest,
  expectLive,
  expectLoaded,
} from '../support/dashboard-under-test.ts';

/** Nine pages that try again, with pauses that grow. */
const TEST_MS_MAX = 90_000;

const { start, openPage, expectFailedRequests } = dashboardUnderTest();

test(
  'every page keeps its data, says how old it is, and comes back by itself',
  async () => {
    const server = await start({});
    const id = await server.pay({ simulate: { outcome: 'CARD_DECLINED' } });
    await server.pay();
    await server.send('/payment', { card_number: CARD, amount: 20, merchant: 'Coffee Shop' });
    await server.send('/webhook-endpoints', { url: '/sinks/demo' });
    const pages = await openAll(server.url, openPage, `/demo/payments/${id}`);
    const before = await Promise.all(pages.map(factsOn));
    await server.end('SIGKILL');
    for (const [index, page] of pages.entries()) {
      const offline = page.locator('[data-testid=connection][data-state=offline]');
      await offline.filter({ hasText: /data \d+(?:\.\d+)? \w+ old/ }).waitFor();
      expect([page.url(), await factsOn(page)]).toEqual([page.url(), before[index]]);
    }
    await start({ PORT: new URL(server.url).port }, true);
    for (const page of pages) await expectLive(page);
    expectFailedRequests();
  },
  TEST_MS_MAX,
);

test('an age that is shown grows', async () => {
  const server = await start({});
  const page = await openPage(`${server.url}/demo/payments`);
  await expectLive(page);
  await server.end('SIGKILL');
  const age = page.locator('[data-state=offline]').filter({ hasText: /data \d/ });
  await age.waitFor();
  const earlier = await age.innerText();
  await sleep(1_500);
  await expect.poll(() => age.innerText()).not.toBe(earlier);
  expectFailedRequests();
});

/** Every page of the rail, and this one, each in a window of its own; live, and with all that it shows. */
async function openAll(
  url: string,
  open: (address: string) => Promise<Page>,
  path: string,
): Promise<Page[]> {
  const first = await open(`${url}/demo`);
  const others = [...(await railPaths(first)).slice(1), path];
  const pages = [first];
  for (const other of others) pages.push(await open(`${url}${other}`));
  for (const page of pages) {
    await expectLive(page);
    await expectLoaded(page);
  }
  return pages;
}

/** Cells, entries and values, without what counts by itself; and that nothing is said to have gone wrong. */
async function factsOn(page: Page): Promise<readonly string[]> {
  const facts = await page.locator('main :is(th, td, dt, dd, li, [role=alert])').allInnerTexts();
  return facts.map((text) => text.replaceAll(/\d+(?:\.\d+)? (?:ms|s|min)\b/g, '').trim());
}
