/** The dashboard for everybody: under the rules of axe, in windows of every width, and light enough to come at once. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import { describe, expect, test } from 'vitest';
import {
  BUILT_FOLDER,
  CARD,
  dashboardUnderTest,
  expectLive,
  expectLoaded,
} from '../support/dashboard-under-test.ts';

const PAGES = ['/demo', '/demo/payments', '/demo/card-lab'];

const { start, openPage } = dashboardUnderTest();

describe('for everybody', () => {
  test.each(['light', 'dark'] as const)('no page breaks a rule of axe in the %s', async (theme) => {
    const { url, pay, send } = await start();
    const id = await pay();
    await pay({ simulate: { outcome: 'CARD_DECLINED' } });
    const card = await send('/payment', { card_number: CARD, amount: 20, merchant: 'Coffee Shop' });
    const page = await openPage(`${url}/demo`, { theme });
    const look = async (what: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id: rule, nodes }) => [what, rule, nodes[0]?.html])).toEqual([]);
    };
    for (const path of [...PAGES, `/demo/payments?open=${id}`]) {
      await page.goto(`${url}${path}`);
      await expectLive(page);
      await expectLoaded(page);
      await look(path);
    }
    await page.goto(`${url}/demo/payments/${String(card['transaction_id'])}`);
    for (const tab of ['Timeline', 'Risk', 'Ledger', 'JSON']) {
      await page.getByRole('tab', { name: tab }).click();
      await expectLoaded(page);
      await look(tab);
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
  });

  test.each([320, 768, 2560])('every page fits into a window %i pixels wide', async (width) => {
    const { url, pay } = await start();
    const id = await pay({ recipient: `${'very-long-'.repeat(20)}recipient@example.com` });
    const page = await openPage(`${url}/demo`, { width });
    for (const path of [...PAGES, `/demo/payments/${id}`]) {
      await page.goto(`${url}${path}`);
      await expectLive(page);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - innerWidth',
      );
      expect(`${path} ${overflow}`).toBe(`${path} 0`);
    }
  });
});

describe('its JavaScript', () => {
  test('stays within 190 kB compressed, and 130 for the first page', async () => {
    const assets = join(BUILT_FOLDER, 'assets');
    const sizes = new Map(
      readdirSync(assets)
        .filter((name) => name.endsWith('.js'))
        .map((name) => [name, gzipSync(readFileSync(join(assets, name))).length]),
    );
    const sum = (names: Iterable<string>) =>
      [...names].reduce((bytes, name) => bytes + (sizes.get(name) ?? 0), 0);
    const { url } = await start();
    const page = await openPage(`${url}/demo`);
    await page.getByRole('button', { name: 'Simulate authorization' }).waitFor();
    const loaded = await page.evaluate<string[]>(
      'performance.getEntriesByType("resource").map(({ name }) => name.split("/").at(-1))',
    );
    expect(sum(sizes.keys())).toBeLessThan(190_000);
    expect(sum(new Set(loaded))).toBeLessThan(130_000);
    expect(sum(new Set(loaded))).toBeGreaterThan(50_000);
  });
});
