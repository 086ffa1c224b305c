/** The settings: what is in force and why, what can be taken along, what this browser keeps, and beginning anew. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import {
  dashboardUnderTest,
  expectLive,
  expectLoaded,
  expectShown,
} from '../support/dashboard-under-test.ts';
import { expectAccessible, expectToFit } from '../support/page-checks.ts';

const { start, openPage, expectFailedRequests } = dashboardUnderTest();

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const setting = (page: Page, name: string) =>
  page
    .getByRole('table', { name: 'Settings' })
    .locator('tbody tr')
    .filter({ has: page.getByText(name, { exact: true }) });

async function downloaded(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return readFileSync(await download.path(), 'utf8');
}

describe('the configuration', () => {
  test('shows every value, where it came from and what it means, but no secret', async () => {
    const { url } = await start({ WEBHOOK_SECRET: SECRET, MAX_RETRIES: '7' });
    const page = await openPage(`${url}/demo/settings`);
    await setting(page, 'MAX_RETRIES')
      .filter({ hasText: /often.*7.*Environment/ })
      .waitFor();
    await setting(page, 'HOST').filter({ hasText: '127.0.0.1Default' }).waitFor();
    await setting(page, 'API_KEYS').filter({ hasText: 'noneDefault' }).waitFor();
    await setting(page, 'WEBHOOK_SECRET').filter({ hasText: 'Environment' }).waitFor();
    expect(await page.content()).not.toContain(SECRET.slice(6));
  });

  test('is filtered by what is typed, and says so when nothing is left', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo/settings`);
    const field = page.getByLabel('Filter the settings');
    await field.pressSequentially('retried');
    await setting(page, 'MAX_RETRIES').waitFor();
    await setting(page, 'HOST').waitFor({ state: 'detached' });
    await page.getByLabel('Filter by origin').selectOption('environment');
    await expectShown(page, 'p', 'No setting meets «retried» and «From: environment»');
    await page.reload();
    await expectShown(page, 'p', 'No setting meets «retried» and «From: environment»');
    await page.getByRole('button', { name: 'Show all settings' }).click();
    await setting(page, 'HOST').waitFor();
    expect(await field.inputValue()).toBe('');
    expect(new URL(page.url()).search).toBe('');
  });

  test('is taken along as files that set the same again, without the secrets', async () => {
    const origins = `http://a.example,http://b.example`;
    const { url } = await start({
      CORS_ORIGINS: origins,
      RULES_FILE: '',
      WEBHOOK_SECRET: SECRET,
      FRAUD_THRESHOLD: '500,JPY:75000',
    });
    const page = await openPage(`${url}/demo/settings`);
    const text = await downloaded(page, '.env');
    expect(text).toMatch(/^# WEBHOOK_SECRET/m);
    expect(parseEnv(text)).toMatchObject({
      CORS_ORIGINS: origins,
      FRAUD_THRESHOLD: '500,JPY:75000',
    });
    expect(parseEnv(text)).not.toHaveProperty('HOST');
    await expectShown(page, '[role=status]', 'Saved farthing.env without 1 secret');
    const json: unknown = JSON.parse(await downloaded(page, 'JSON'));
    expect(json).toMatchObject({ CORS_ORIGINS: origins, WEBHOOK_SECRET: null });
    expect(`${text}${JSON.stringify(json)}`).not.toContain(SECRET.slice(6));
  });

  test('with values that need quotes is quoted, and what no quotes fit is left out', async () => {
    const { url } = await start({
      DATABASE_URL: 'sqlite::memory:',
      SIMULATION_SEED: `a "b" 'c' # d`,
    });
    const page = await openPage(`${url}/demo/settings`);
    await setting(page, 'SIMULATION_SEED').filter({ hasText: `a "b" 'c' # d` }).waitFor();
    expect(parseEnv(await downloaded(page, '.env'))).toMatchObject({
      DATABASE_URL: 'sqlite::memory:',
      SIMULATION_SEED: `a "b" 'c' # d`,
    });
    const other = await start({ SIMULATION_SEED: `"'\`` });
    await page.goto(`${other.url}/demo/settings`);
    await setting(page, 'SIMULATION_SEED').filter({ hasText: `"'\`` }).waitFor();
    const text = await downloaded(page, '.env');
    expect(text).toContain('# SIMULATION_SEED= (its value cannot be quoted)');
    expect(parseEnv(text)).not.toHaveProperty('SIMULATION_SEED');
  });
});

describe('this browser', () => {
  test('keeps the theme and whether keys do anything', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo/settings`);
    await page.getByLabel('Theme', { exact: true }).selectOption('dark');
    await page.locator('html.dark').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Turn keys off' }).click();
    await page.reload();
    await expectShown(page, 'p', 'Single keys do nothing.');
    await page.locator('html.dark').waitFor({ state: 'attached' });
    await page.locator('main').press('?');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('button', { name: 'Turn keys on' }).click();
    await page.locator('main').press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  });
});

describe('beginning anew', () => {
  test('says how much goes, and does it at the second press only', async () => {
    const { url, pay } = await start();
    await pay();
    await pay();
    const page = await openPage(`${url}/demo/settings`);
    await page.getByRole('button', { name: 'Clear demo data' }).click();
    const again = page.getByRole('button', { name: 'Press again to remove 2 payments' });
    await again.waitFor();
    // Whoever turns away has not confirmed.
    await page.getByLabel('Filter the settings').focus();
    await page.getByRole('button', { name: 'Clear demo data' }).click();
    await again.click();
    await expectShown(page, '[role=status]', 'All data removed');
    await page.getByRole('link', { name: 'Payments' }).click();
    await expectShown(page, 'p', 'There are no payments yet');
  });
});

describe('when the configuration does not come', () => {
  test('the page says so, the rest of it works, and it is asked for again', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo/payments`);
    await expectLive(page);
    await page.route('**/configuration', (route) => route.abort());
    await page.getByRole('link', { name: 'Settings' }).click();
    await expectShown(page, '[role=alert]', 'The service does not answer');
    await page.getByRole('button', { name: 'Turn keys off' }).waitFor();
    await page.unroute('**/configuration');
    await page.getByRole('button', { name: 'Try again' }).click();
    await setting(page, 'HOST').waitFor();
    expectFailedRequests();
  });

  test('what came before stays in sight without a server', async () => {
    const server = await start({});
    const page = await openPage(`${server.url}/demo/settings`);
    await setting(page, 'HOST').waitFor();
    await expectLive(page);
    await server.end('SIGKILL');
    await page.locator('[data-state=offline]').waitFor();
    await setting(page, 'HOST').waitFor();
    expectFailedRequests();
  });

  test('a service with keys asks for one, and shows none', async () => {
    const secret = 's'.repeat(24);
    const { url } = await start({ API_KEYS: `till:${secret}` });
    const page = await openPage(`${url}/demo/settings`);
    await page.getByLabel('API key').fill(secret);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await setting(page, 'API_KEYS').filter({ hasText: 'Environment' }).waitFor();
    expect(await page.content()).not.toContain(secret);
    expectFailedRequests();
  });
});

describe('by keyboard alone', () => {
  test('a setting is found and the theme changed', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo/payments`);
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await setting(page, 'HOST').waitFor();
    await page.locator('main').focus();
    const field = page.getByLabel('Filter the settings').and(page.locator(':focus'));
    for (let presses = 0; presses < 4 && (await field.count()) === 0; presses += 1) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.type('seed');
    await setting(page, 'SIMULATION_SEED').waitFor();
    await setting(page, 'HOST').waitFor({ state: 'detached' });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.getByLabel('Theme', { exact: true }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.locator('html.dark').waitFor({ state: 'attached' });
    expect(new URL(page.url()).search).toBe('?q=seed');
  });
});

describe('for everybody', () => {
  test.each(['light', 'dark'] as const)(
    'the settings keep the rules of axe in the %s, and fit',
    async (theme) => {
      const { url } = await start({ ALLOWED_HOSTS: `${'long'.repeat(15)}.example` });
      const page = await openPage(`${url}/demo/settings`, { theme });
      await setting(page, 'HOST').waitFor();
      await expectLive(page);
      await expectLoaded(page);
      await expectAccessible(page, 'all');
      await expectToFit(page);
      await page.getByLabel('Filter the settings').fill('nothing has this');
      await expectShown(page, 'p', 'No setting meets «nothing has this»');
      await expectAccessible(page, 'nothing left');
    },
  );
});
