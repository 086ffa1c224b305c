/** The overview as people use it: looking at another time, zooming, reading charts as tables, holding still. */
import type { Locator, Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import {
  CARD,
  dashboardUnderTest,
  expectLive,
  expectShown,
} from '../support/dashboard-under-test.ts';
import { expectAccessible } from '../support/page-checks.ts';

const { start, openPage, expectFailedRequests } = dashboardUnderTest();

const MINUTE = 60_000;

/** A little longer than the pause between two answers. */
const REFRESH_MS = 3_300;

const range = (page: Page) => page.getByRole('navigation', { name: 'Time range' });
const chart = (page: Page, name: string) => page.getByTestId(name);
const picture = (page: Page, name: string) => chart(page, name).getByRole('img');
const searchOf = (page: Page) => new URL(page.url()).searchParams;

/** One of the sums that the server counts by the minute, which may be about to end. */
async function expectSummary(page: Page, name: string, text: RegExp): Promise<void> {
  await chart(page, name).locator('[role=img]').and(page.getByLabel(text)).waitFor();
}

/** Draws from one place of a chart to another, both in shares of its width. */
async function drag(page: Page, place: Locator, [from, to]: readonly [number, number]) {
  const box = await place.locator('[data-plot]').boundingBox();
  if (box === null) throw new Error('the chart is not drawn');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, y, { steps: 4 });
  await page.mouse.up();
}

/** Holds the pointer at a place of a chart, a share of its width. */
async function point(page: Page, place: Locator, share: number): Promise<void> {
  const box = await place.locator('[data-plot]').boundingBox();
  if (box === null) throw new Error('the chart is not drawn');
  await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
}

/** What is drawn where the pointer is, one for each chart over time; nothing while it is nowhere. */
function lines(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    `[...document.querySelectorAll('[data-cursor]')].map((cursor) => cursor.firstChild.getAttribute('d') ?? '')`,
  );
}

describe('the tiles', () => {
  test('count the time that is looked at, and go on while it is live', async () => {
    const { url, pay } = await start();
    await pay({ amount: 40, simulate: { outcome: 'APPROVE' } });
    await pay({ simulate: { outcome: 'INSUFFICIENT_FUNDS' } });
    const page = await openPage(`${url}/demo`);
    await expectShown(page, '[data-testid=tiles]', /Payments\s*2/);
    await expectShown(page, '[data-testid=tiles]', /Success rate\s*50\.0 %/);
    await expectShown(page, '[data-testid=tiles]', /Volume\s*40\.00 USD/);
    await expectLive(page);
    await pay();
    await expectShown(page, '[data-testid=tiles]', /Payments\s*3/);
    await expectSummary(page, 'throughput', /in the last hour: succeeded 2, failed 1/);
    // A time before all of it.
    const from = new Date(Date.now() - 600 * MINUTE).toISOString();
    const to = new Date(Date.now() - 540 * MINUTE).toISOString();
    await page.goto(`${url}/demo?from=${from}&to=${to}`);
    await expectShown(page, '[data-testid=tiles]', /Payments\s*0/);
    await expectSummary(page, 'throughput', /none in/);
  });

  test('say what exactly they count, by keyboard too', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo?range=6h`);
    const definition = page.getByText('in the last 6 hours, also those that failed later');
    expect(await definition.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'What is counted: Payments' }).focus();
    await page.keyboard.press('Enter');
    await definition.waitFor();
    await page.keyboard.press('Escape');
    await definition.waitFor({ state: 'hidden' });
  });

  test('hold still while it is paused, and catch up', async () => {
    const { url, pay } = await start();
    await pay();
    const page = await openPage(`${url}/demo`);
    await expectShown(page, '[data-testid=tiles]', /Payments\s*1/);
    await expectLive(page);
    await pay();
    await expectShown(page, '[data-testid=tiles]', /Payments\s*2/);
    await pay();
    // It has come, and the figures are to be read anew in a moment.
    await page.getByTestId('latest-events').getByText('Success').nth(2).waitFor();
    await page.locator('body').press('Space');
    await page.locator('[data-state=paused]').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.waitForTimeout(REFRESH_MS);
    expect(asked).not.toContain('/timeseries');
    await page.locator('body').press('Space');
    await expectShown(page, '[data-testid=tiles]', /Payments\s*3/);
  });
});

describe('the time range', () => {
  test('stands in the URL, and goes along to the pages that know it', async () => {
    const { url, pay } = await start();
    const id = await pay();
    const page = await openPage(`${url}/demo`);
    const current = range(page).locator('[aria-current]');
    await current.filter({ hasText: '1h' }).waitFor();
    await range(page).getByRole('link', { name: '24h' }).click();
    await current.filter({ hasText: '24h' }).waitFor();
    expect(searchOf(page).get('range')).toBe('24h');
    await page.getByRole('link', { name: 'Ledger' }).click();
    await page.getByRole('heading', { name: 'Ledger' }).waitFor();
    expect([...searchOf(page)]).toEqual([]);
    await page.getByRole('link', { name: 'Payments', exact: true }).click();
    await page.locator(`[data-payment="${id}"]`).waitFor();
    expect(searchOf(page).get('range')).toBe('24h');
    await range(page).getByRole('link', { name: 'All' }).click();
    await current.filter({ hasText: 'All' }).waitFor();
    expect([...searchOf(page)]).toEqual([]);
  });

  test('is drawn on a chart, kept over a reload, and left by a button', async () => {
    const { url, pay } = await start();
    await pay();
    const page = await openPage(`${url}/demo?range=6h`);
    await picture(page, 'latency').waitFor();
    await drag(page, picture(page, 'throughput'), [0.25, 0.5]);
    await page.waitForURL(/from=/);
    const zoomed = () => {
      const search = searchOf(page);
      return [search.get('from'), search.get('to')].map((text) => Date.parse(text ?? ''));
    };
    const [from = 0, to = 0] = zoomed();
    expect(Math.abs(to - from - 90 * MINUTE)).toBeLessThan(10 * MINUTE);
    expect(Math.abs(Date.now() - from - 270 * MINUTE)).toBeLessThan(15 * MINUTE);
    await page.reload();
    await chart(page, 'latency').getByRole('button', { name: 'Zoom out' }).click();
    await page.waitForURL(/\?range=6h$/);
    await page.goBack();
    expect(zoomed()).toEqual([from, to]);
    await page.getByRole('button', { name: 'Leave this time' }).click();
    await page.waitForURL(/\?range=6h$/);
  });

  test('is typed by whoever does not draw, and says what is wrong with it', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo`);
    await page.getByRole('button', { name: 'A time of your own' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Time range' });
    await dialog.getByLabel('From').fill('2026-02-26T10:00');
    await dialog.getByLabel('To').fill('2026-02-26T09:00');
    await page.keyboard.press('Enter');
    await dialog.getByText('The end must lie after the beginning.').waitFor();
    await dialog.getByLabel('To').fill('2026-02-26T12:00');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const [from, to] = [searchOf(page).get('from'), searchOf(page).get('to')];
    expect(Date.parse(to ?? '') - Date.parse(from ?? '')).toBe(120 * MINUTE);
    await expectShown(page, '[data-testid=tiles]', /Payments\s*0/);
  });

  test('that makes no sense is left out', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo?range=banana&from=never&to=2026-02-26T12:00:00Z`);
    await range(page).locator('[aria-current]').filter({ hasText: '1h' }).waitFor();
    await expectShown(page, '[data-testid=tiles]', /Payments\s*0/);
  });
});

describe('a chart', () => {
  test('shows the values where the pointer is, and the others with it', async () => {
    const { url, pay } = await start();
    await pay();
    const page = await openPage(`${url}/demo?range=7d`);
    await expectSummary(page, 'latency', /^Time to the outcome in the last 7 days: p50/);
    const legend = (name: string) => chart(page, name).locator('ul').first();
    await legend('throughput').filter({ hasText: 'In all, by hour' }).waitFor();
    expect(await lines(page)).toEqual(['', '']);
    await point(page, picture(page, 'throughput'), 0.999);
    // The step that is not over, at the right edge: its payment, and how long that took.
    await legend('throughput')
      .filter({ hasText: /\d\d:00Succeeded1Failed0/ })
      .waitFor();
    await legend('latency')
      .filter({ hasText: /p95\d.*p50\d/ })
      .waitFor();
    const [one = '', other = ''] = await lines(page);
    expect(one).toMatch(/^M\d/);
    expect(other.split('V')[0]).toBe(one.split('V')[0]);
    // A step with nothing in it.
    await point(page, picture(page, 'latency'), 0.001);
    await legend('latency').filter({ hasText: 'p95–p50–' }).waitFor();
    await legend('throughput').filter({ hasText: 'Succeeded0' }).waitFor();
    await page.mouse.move(0, 0);
    await legend('throughput').filter({ hasText: 'In all, by hour' }).waitFor();
    expect(await lines(page)).toEqual(['', '']);
  });

  test('follows the pointer without drawing its values anew', async () => {
    const { url, pay } = await start();
    await pay();
    const page = await openPage(`${url}/demo?range=6h`);
    await picture(page, 'latency').waitFor();
    await page.locator('body').press('Space');
    await page.locator('[data-state=paused]').waitFor();
    await page.evaluate<unknown>(`
      globalThis.changed = [];
      new MutationObserver((all) => changed.push(...all.map(({ target }) => target)))
        .observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    `);
    for (const place of [0.2, 0.4, 0.6]) await point(page, picture(page, 'throughput'), place);
    await expect.poll(async () => (await lines(page))[1]).toMatch(/^M/);
    const others = await page.evaluate<number>(
      `changed.filter((node) => !(node.closest ? node : node.parentNode).closest('[data-cursor], ul, [data-stretch]')).length`,
    );
    expect(others).toBe(0);
  });

  test('is left by two presses when it is zoomed, and by none of a finger zoomed', async () => {
    const { url, pay } = await start();
    await pay();
    const page = await openPage(`${url}/demo?range=6h`);
    const throughput = picture(page, 'throughput');
    await throughput.waitFor();
    const finger = { button: 0, pointerId: 7, pointerType: 'touch', clientY: 300 };
    for (const [type, clientX] of [
      ['pointerdown', 500],
      ['pointermove', 700],
      ['pointerup', 700],
    ] as const) {
      await throughput.dispatchEvent(type, { ...finger, clientX, bubbles: true });
    }
    expect(searchOf(page).get('from')).toBeNull();
    await drag(page, throughput, [0.6, 0.5]);
    await page.waitForURL(/from=/);
    await throughput.dblclick();
    await page.waitForURL(/\?range=6h$/);
  });

  test.each(['light', 'dark'] as const)('is accessible in the %s', async (theme) => {
    const { url, pay } = await start();
    await pay();
    const page = await openPage(`${url}/demo?range=6h`, { theme });
    await picture(page, 'latency').waitFor();
    await point(page, picture(page, 'throughput'), 0.5);
    await expectAccessible(page, 'pictures');
    for (const name of ['throughput', 'latency']) {
      await chart(page, name).getByRole('button', { name: 'View as table' }).click();
    }
    await expectAccessible(page, 'tables');
  });

  test('fits again when the window is another one', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo`);
    const edges = async () => {
      const outer = await picture(page, 'throughput').boundingBox();
      const inner = await picture(page, 'throughput').locator('[data-plot]').boundingBox();
      return (outer?.x ?? 0) + (outer?.width ?? 0) - (inner?.x ?? 0) - (inner?.width ?? 0);
    };
    await picture(page, 'throughput').waitFor();
    const before = await edges();
    for (const width of [320, 2_560]) {
      await page.setViewportSize({ width, height: 800 });
      await expect.poll(edges).toBeCloseTo(before);
    }
  });

  test('is said in a sentence, and read as a table', async () => {
    const { url, pay, send } = await start();
    const id = await pay();
    await send(`/payments/${id}/refund`, { amount: 5 });
    await send('/payment', { card_number: CARD, amount: 20, merchant: 'Coffee Shop' });
    const page = await openPage(`${url}/demo?range=15m`);
    await expectSummary(page, 'throughput', /: succeeded 2, .*refunded 1; the most at/);
    await expectSummary(
      page,
      'latency',
      /^Time to the outcome in the last 15 minutes: p50 between/,
    );
    await chart(page, 'latency').getByRole('button', { name: 'Card decision' }).click();
    await expectSummary(page, 'latency', /^Time to decide about a card in/);
    expect(searchOf(page).get('latency')).toBe('decision');
    await expectSummary(page, 'risk-scores', /^Risk scores of 1 card decisions/);
    for (const [name, rows] of [
      ['throughput', 15],
      ['latency', 15],
      ['risk-scores', 20],
    ] as const) {
      const before = await chart(page, name).boundingBox();
      await chart(page, name).getByRole('button', { name: 'View as table' }).press('Enter');
      await chart(page, name).getByRole('table').waitFor();
      expect(await chart(page, name).locator('tbody tr').count()).toBe(rows);
      expect((await chart(page, name).boundingBox())?.height).toBe(before?.height);
    }
    // The newest first, and marked: it still grows.
    const first = chart(page, 'throughput').locator('tbody tr').first();
    expect(await first.textContent()).toContain('not over yet');
  });

  test('does not move what is below it when it comes', async () => {
    const { url, pay } = await start();
    await pay();
    const page = await openPage(`${url}/demo/card-lab`);
    let letThrough = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    await page.route('**/assets/charts-*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByRole('link', { name: 'Overview' }).click();
    const below = page.getByRole('region', { name: 'Payments by state' });
    await expectShown(page, '[data-testid=tiles]', /Payments\s*1/);
    await below
      .getByRole('link', { name: /Success/ })
      .first()
      .waitFor();
    expect(await picture(page, 'throughput').count()).toBe(0);
    const before = await below.boundingBox();
    letThrough();
    await picture(page, 'latency').waitFor();
    expect((await below.boundingBox())?.y).toBe(before?.y);
  });

  test('that cannot be read says why, and is read again', async () => {
    const { url } = await start();
    const page = await openPage(`${url}/demo/card-lab`);
    await expectLive(page);
    await page.route('**/timeseries?*', (route) => route.abort());
    await page.getByRole('link', { name: 'Overview' }).click();
    await expectShown(page, '[role=alert]', 'The service does not answer');
    await page.unroute('**/timeseries?*');
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await picture(page, 'throughput').waitFor();
    expectFailedRequests();
  });
});
