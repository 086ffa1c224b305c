/** The simulator: a network that fails on purpose, traffic that nobody sends, webhooks that break; and what says so. */
import type { Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import {
  dashboardUnderTest,
  expectLive,
  expectLoaded,
  expectShown,
} from '../support/dashboard-under-test.ts';
import { expectAccessible, expectToFit } from '../support/page-checks.ts';

/** Axe looks at hundreds of elements, twice. */
const LOOKS_MS_MAX = 60_000;

const { start, openPage, expectFailedRequests } = dashboardUnderTest();

const banner = (page: Page) => page.getByRole('region', { name: 'Simulated now' });
const field = (page: Page, name: string) => page.locator(`main [name="${name}"]`);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function read(url: string): Promise<Readonly<Record<string, unknown>>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}

async function change(url: string, body: object): Promise<void> {
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

/** What the service said is wrong stands at the field, and is tied to it. */
async function expectFault(page: Page, name: string, words: string): Promise<void> {
  await page.locator(`main [name="${name}"][aria-invalid=true]`).waitFor();
  const note = await field(page, name).getAttribute('aria-describedby');
  expect(await page.locator(`[id="${note}"]`).textContent()).toBe(words);
}

describe('the network', () => {
  test('is changed for a time, says so on every page, and is as before when it is ended there', async () => {
    const { url, send } = await start({});
    const page = await openPage(`${url}/demo/simulator`);
    await expectLive(page);
    await button(page, 'Nothing is changed yet').waitFor();
    expect(await banner(page).count()).toBe(0);
    await field(page, 'failure_rate').fill('1');
    await field(page, 'processing_delay_ms').fill('20');
    await expectShown(page, 'pre', 'curl -s -X PATCH');
    await expectShown(page, 'pre', '{"failure_rate":1,"processing_delay_ms":20,"expires_in":300}');
    await button(page, 'Change the network').click();
    await banner(page)
      .filter({ hasText: /Failure rate 1, processing delay 20 ms, (5:00|4:5\d) left/ })
      .waitFor();
    await expectShown(page, 'label', 'Failure rate (for a time)');
    const payment = await send('/payments', { amount: 5, currency: 'USD', recipient: 'bob' });
    expect(payment['failure_reason']).toBe('PROCESSING_ERROR');
    await page.getByRole('link', { name: 'Payments' }).click();
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    await banner(page).getByRole('button').click();
    await banner(page).waitFor({ state: 'detached' });
    expect(await read(`${url}/simulation`)).toMatchObject({
      failure_rate: 0,
      processing_delay_ms: 0,
      temporary: [],
    });
  });

  test('that is changed for good keeps its outage until that is ended', async () => {
    const { url } = await start({});
    const page = await openPage(`${url}/demo/simulator`);
    await field(page, 'outage').selectOption('timeout');
    await field(page, 'expires_in').selectOption({ label: 'good, until changed' });
    await button(page, 'Change the network').click();
    await banner(page).filter({ hasText: 'Issuer timeouts' }).waitFor();
    expect(await banner(page).textContent()).not.toContain('left');
    expect(await read(`${url}/simulation`)).toMatchObject({ outage: 'timeout', temporary: [] });
    await button(page, 'End: Issuer timeouts').click();
    await banner(page).waitFor({ state: 'detached' });
    expect(await read(`${url}/simulation`)).toMatchObject({ outage: 'none' });
  });

  test('that is changed elsewhere shows at once, while what is typed here stays, and ends by itself', async () => {
    const { url } = await start({});
    const page = await openPage(`${url}/demo/simulator`);
    await expectLive(page);
    await field(page, 'random_decline_rate').fill('0.7');
    await change(`${url}/simulation`, { outage: 'unavailable', amount_tails: true, expires_in: 3 });
    await banner(page).filter({ hasText: 'Amount tails on, Issuer outage' }).waitFor();
    expect(await field(page, 'outage').inputValue()).toBe('unavailable');
    expect(await field(page, 'random_decline_rate').inputValue()).toBe('0.7');
    await banner(page).waitFor({ state: 'detached' });
    expect(await field(page, 'outage').inputValue()).toBe('none');
    await button(page, 'Put back').click();
    expect(await field(page, 'random_decline_rate').inputValue()).toBe('0');
  });

  test('refuses what makes no sense at the field that it was put into', async () => {
    const { url } = await start({});
    const page = await openPage(`${url}/demo/simulator`);
    await field(page, 'failure_rate').fill('2');
    await field(page, 'processing_jitter_ms').fill('');
    await field(page, 'fraud_threshold').fill('10,ABC:5');
    await button(page, 'Change the network').click();
    await expectFault(page, 'failure_rate', 'Must be <= 1.');
    await expectFault(page, 'processing_jitter_ms', 'Must be an integer.');
    await field(page, 'failure_rate').fill('0');
    await field(page, 'processing_jitter_ms').fill('0');
    await button(page, 'Change the network').click();
    await field(page, 'failure_rate').and(page.locator(':not([aria-invalid])')).waitFor();
    await page.locator('main [name=fraud_threshold][aria-invalid=true]').waitFor();
    expect(await read(`${url}/simulation`)).toMatchObject({ temporary: [] });
    expectFailedRequests();
  });
});

describe('traffic', () => {
  test('is begun with a preset, counts what it sends, is stopped, and sent again the same', async () => {
    const { url } = await start({});
    const page = await openPage(`${url}/demo/simulator`);
    await page.getByRole('radio', { name: /^Card testing/ }).check();
    await field(page, 'rate').fill('50');
    await field(page, 'seed').fill('7');
    await expectShown(page, 'pre', '{"preset":"card_testing","rate":50,"seed":7}');
    await button(page, 'Start traffic').click();
    await banner(page)
      .filter({ hasText: /Traffic: Card testing 50\/s, \d+ sent, \d/ })
      .waitFor();
    await expectShown(page, 'p', /Legitimate \d+ .+ · Card testing \d+/);
    await button(page, 'One run at a time: stop it first').waitFor();
    await button(page, 'Stop').click();
    await banner(page).waitFor({ state: 'detached' });
    await expectShown(page, 'p', /Card testing: stopped 50\/s, seed 7/);
    const { last } = (await read(`${url}/simulation/traffic`)) as {
      last: { sent: number; accepted: number };
    };
    expect(last.sent).toBeGreaterThan(0);
    await expectShown(page, 'dl', new RegExp(`Sent${last.sent}Accepted${last.accepted}Refused0`));
    await button(page, 'Send the same again').click();
    await expectShown(page, 'p', /Card testing: running 50\/s, seed 7/);
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await banner(page).getByRole('button').click();
    await banner(page).waitFor({ state: 'detached' });
    expect(await read(`${url}/simulation/traffic`)).toMatchObject({ running: null });
  });

  test('that is begun elsewhere is named, and its end too', async () => {
    const { url, send } = await start({});
    const page = await openPage(`${url}/demo/payments`);
    await expectLive(page);
    expect(await banner(page).count()).toBe(0);
    await send('/simulation/traffic', { rate: 10, duration: 4 });
    await banner(page).filter({ hasText: 'Traffic: of your own 10/s' }).waitFor();
    await banner(page).waitFor({ state: 'detached' });
  });

  test('refuses what makes no sense at its fields, also those that were shut away', async () => {
    const { url } = await start({});
    const page = await openPage(`${url}/demo/simulator`);
    await field(page, 'rate').fill('9999');
    await field(page, 'duration').fill('1.5');
    await page.getByText('Mix, by weight').click();
    await field(page, 'mix/shopping').fill('-1');
    await page.getByText('Mix, by weight').click();
    await button(page, 'Start traffic').click();
    await expectFault(page, 'rate', 'Must be <= 500.');
    await expectFault(page, 'duration', 'Must be an integer.');
    await expectFault(page, 'mix/shopping', 'Must be >= 0.');
    await field(page, 'rate').fill('5');
    await field(page, 'duration').fill('5');
    for (const name of ['shopping', 'invoices', 'account_takeover', 'friendly_fraud']) {
      await field(page, `mix/${name}`).fill('0');
    }
    await button(page, 'Start traffic').click();
    await expectShown(page, 'details p', 'Must give some scenario a weight above zero.');
    expect(await read(`${url}/simulation/traffic`)).toMatchObject({ running: null, last: null });
    expectFailedRequests();
  });

  test('that slows webhooks down names that too, and mends them when it is stopped', async () => {
    const { url, send } = await start({});
    await send('/webhook-endpoints', { url: '/sinks/demo' });
    const page = await openPage(`${url}/demo/simulator`);
    await page.getByRole('radio', { name: /^Slow webhooks/ }).check();
    await button(page, 'Start traffic').click();
    await banner(page).filter({ hasText: 'Traffic: Slow webhooks' }).waitFor();
    await expectShown(page, '[data-testid=faults] button', 'Delay 5.0 s, 100 %');
    await banner(page).filter({ hasText: 'Webhook faults: delay' }).waitFor();
    await button(page, 'Stop').click();
    await banner(page).waitFor({ state: 'detached' });
    await expectShown(page, '[data-testid=faults]', 'Nothing goes wrong on purpose');
  });
});

describe('webhook faults', () => {
  test('need an endpoint, which is one press away; are put on, named, and taken away', async () => {
    const { url } = await start({});
    const page = await openPage(`${url}/demo/simulator`);
    await expectShown(page, 'p', 'No endpoint gets webhooks that could go wrong');
    await button(page, 'Send them to the built-in sink').click();
    await expectShown(page, '[data-testid=faults] li', '/sinks/demo');
    await field(page, 'kind').selectOption('drop');
    expect(await field(page, 'delay_ms').count()).toBe(0);
    await button(page, 'Let it go wrong').click();
    await field(page, 'kind').selectOption('reorder');
    await field(page, 'how').selectOption('rate');
    await field(page, 'delay_ms').fill('100');
    await button(page, 'Let it go wrong').click();
    await expectShown(page, '[data-testid=faults] button', 'Reorder 100 ms, 50.0 %');
    await banner(page).filter({ hasText: 'Webhook faults: drop, reorder' }).waitFor();
    await button(page, 'Remove the fault Drop, next 10').click();
    await banner(page).filter({ hasText: 'Webhook faults: reorder' }).waitFor();
    await banner(page).getByRole('button').click();
    await expectShown(page, '[data-testid=faults]', 'Nothing goes wrong on purpose');
    await banner(page).waitFor({ state: 'detached' });
  });

  test('that make no sense are refused at their fields', async () => {
    const { url, send } = await start({});
    await send('/webhook-endpoints', { url: '/sinks/demo' });
    const page = await openPage(`${url}/demo/simulator`);
    await field(page, 'next').fill('-1');
    await field(page, 'delay_ms').fill('');
    await button(page, 'Let it go wrong').click();
    await expectFault(page, 'next', 'Must be >= 0.');
    await expectFault(page, 'delay_ms', 'Must be an integer.');
    expectFailedRequests();
  });
});

describe('without a server', () => {
  test('each part says so, and tries again', async () => {
    const { url } = await start({});
    const page = await openPage(`${url}/demo/payments`);
    await expectLive(page);
    const asked = new RegExp(`^${url}/(simulation|webhook-endpoints)`);
    await page.route(asked, (route) => route.abort());
    await page.reload();
    await expectLive(page);
    await page.getByRole('link', { name: 'Simulator' }).click();
    for (const id of ['Traffic', 'Network', 'Webhook faults']) {
      await expectShown(page, `section[aria-label="${id}"]`, 'The service does not answer');
    }
    await page.unroute(asked);
    for (const id of ['Traffic', 'Network', 'Webhook faults']) {
      const part = page.locator(`section[aria-label="${id}"]`);
      const again = part.getByRole('button', { name: 'Try again' });
      // Traffic is asked for again by itself.
      if ((await again.count()) > 0) await again.click();
    }
    await field(page, 'failure_rate').waitFor();
    await page.getByRole('radio', { name: /^Quiet shop/ }).waitFor();
    await expectShown(page, 'p', 'No endpoint gets webhooks');
    expectFailedRequests();
  });

  test('what is on stays named, and to end it says that nobody answers', async () => {
    const server = await start({});
    await change(`${server.url}/simulation`, { outage: 'unavailable' });
    const page = await openPage(`${server.url}/demo/simulator`);
    await expectLive(page);
    await banner(page).filter({ hasText: 'Issuer outage' }).waitFor();
    await server.end('SIGKILL');
    await page.locator('[data-testid=connection][data-state=offline]').waitFor();
    await button(page, 'End: Issuer outage').click();
    await expectShown(page, '[role=status]', /answer/);
    await banner(page).filter({ hasText: 'Issuer outage' }).waitFor();
    expect(await field(page, 'outage').inputValue()).toBe('unavailable');
    expectFailedRequests();
  });
});

describe('by keyboard alone', () => {
  test('traffic is chosen and begun, a rate is changed, and both are ended', async () => {
    const { url } = await start({});
    const page = await openPage(`${url}/demo`);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    const presets = page.getByRole('radio');
    await presets.first().waitFor();
    await page.locator('main').focus();
    await page.keyboard.press('Tab');
    await page.locator('input[name=preset]:focus').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator('input[value=black_friday]:focus:checked').waitFor();
    await page.keyboard.press('Enter');
    await banner(page).filter({ hasText: 'Traffic: Black Friday' }).waitFor();
    await field(page, 'failure_rate').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await banner(page).filter({ hasText: 'Failure rate 0.05' }).waitFor();
    await page.locator('main').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await banner(page).filter({ hasNotText: 'Traffic' }).waitFor();
    await page.locator('main').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await banner(page).waitFor({ state: 'detached' });
    expect(await read(`${url}/simulation/traffic`)).toMatchObject({ running: null });
    expect(await read(`${url}/simulation`)).toMatchObject({ failure_rate: 0, temporary: [] });
  });
});

describe('for everybody', () => {
  test.each(['light', 'dark'] as const)(
    'the simulator keeps the rules of axe in the %s, and fits, with nothing and with everything on',
    async (theme) => {
      const { url, send } = await start({});
      const page = await openPage(`${url}/demo/simulator`, { theme });
      await expectShown(page, 'p', 'No endpoint gets webhooks');
      await expectLoaded(page);
      await expectAccessible(page, 'with nothing on');
      const endpoint = await send('/webhook-endpoints', {
        url: `http://127.0.0.1:9/${'long-'.repeat(40)}`,
        faults: { drop: { rate: 1 }, delay: { next: 5 } },
      });
      expect(endpoint['enabled']).toBe(true);
      await send('/simulation/traffic', { preset: 'issuer_outage', rate: 1 });
      await change(`${url}/simulation`, { amount_tails: true, failure_rate: 1, expires_in: 60 });
      await page.reload();
      await banner(page).filter({ hasText: 'Webhook faults: drop, delay' }).waitFor();
      await banner(page).filter({ hasText: 'Amount tails on' }).waitFor();
      await page.getByText('Mix, by weight').click();
      await field(page, 'failure_rate').fill('7');
      await button(page, 'Change the network').click();
      await expectFault(page, 'failure_rate', 'Must be <= 1.');
      await expectAccessible(page, 'with everything on');
      await expectToFit(page);
      expectFailedRequests();
    },
    LOOKS_MS_MAX,
  );
});
