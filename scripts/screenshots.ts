/**
 * `npm run screenshots`: takes the pictures of the README from the running product, every page in the light and in the
 * dark, and a film of a few seconds. A real server, an hour of made-up business in its database, more of it while the
 * pictures are taken. Writes docs/images; everything else is gone afterwards. Takes three minutes.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from '@playwright/test';
import { launchBrowser, railPaths } from '../test/support/browser.ts';
import { endServers, startServer } from '../test/support/server.ts';
import { ensureDashboard } from './dashboard.js';
import { RECORDING_SIZE, recordFirstMinute } from './screenshots/recording.ts';
import { keepSending, seedHour } from './screenshots/seeded-hour.ts';

const IMAGES = fileURLToPath(new URL('../docs/images', import.meta.url));
const DATABASE = 'farthing.db';
const USUAL_PORT = 8000;
const PICTURE_SIZE = { width: 1440, height: 900 };
const PICTURE_QUALITY = 80;
const FILM_BYTES_MAX = 1_500_000;

const TRAFFIC = { preset: 'card_testing', rate: 5, seed: 7, duration: 60 };

process.exitCode = await main();

async function main(): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'farthing-screenshots-'));
  if (!(await ensureDashboard(process.execPath, console.error))) return 1;
  const home = process.cwd();
  // The settings page names the database as it is given: not by a folder of this machine.
  process.chdir(folder);
  const browser = await launchBrowser();
  let stopSending = () => {};
  try {
    const settings = { PORT: String(await freePort()) };
    console.log('living through an hour');
    await seedHour(DATABASE, settings);
    const { url } = await startServer({ database: DATABASE, environment: settings });
    stopSending = keepSending(url);
    mkdirSync(IMAGES, { recursive: true });
    for (const theme of ['light', 'dark'] as const) await takePictures(browser, url, theme);
    return await film(browser, url);
  } finally {
    stopSending();
    await browser.close();
    await endServers();
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The one that everybody knows, when it is free: it stands in commands that can be copied. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(USUAL_PORT, '127.0.0.1', () => probe.close(() => resolve(USUAL_PORT)));
  });
}

async function takePictures(browser: Browser, url: string, theme: 'light' | 'dark') {
  const page = await openPage(browser, PICTURE_SIZE, theme);
  await page.goto(`${url}/demo`);
  for (const href of await railPaths(page)) {
    const name = href.replace(/^\/demo\/?/, '') || 'overview';
    await page.goto(`${url}${href}`);
    if (name === 'simulator') await letTrafficRun(page, url);
    if (name === 'card-lab') await tryCard(page);
    await takePicture(page, `${name}-${theme}`);
    if (name === 'simulator') await setTraffic(url, 'DELETE');
  }
  await page.goto(`${url}/demo/payments/${await cardPayment(url)}`);
  await page.getByRole('tab', { name: 'Risk' }).click();
  await takePicture(page, `payment-${theme}`);
  await page.context().close();
}

/** Begins a run of generated traffic, or ends it. */
async function setTraffic(url: string, method: 'POST' | 'DELETE'): Promise<void> {
  const answer = await fetch(`${url}/simulation/traffic`, {
    method,
    ...(method === 'DELETE'
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(TRAFFIC) }),
  });
  if (!answer.ok) throw new Error(`traffic: ${answer.status} ${await answer.text()}`);
}

/** Until there is something to count. */
async function letTrafficRun(page: Page, url: string): Promise<void> {
  await setTraffic(url, 'POST');
  await page.waitForTimeout(10_000);
}

async function tryCard(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Simulate authorization' }).click();
  await page.getByTestId('audit-trail').filter({ hasText: '7890' }).waitFor();
}

/** Of a card, so that there is a risk to be seen. */
async function cardPayment(url: string): Promise<string> {
  const answer = await fetch(`${url}/payments?method=card&status=SUCCESS&limit=1`);
  const { data } = (await answer.json()) as { data: readonly { payment_id: string }[] };
  return data[0]?.payment_id ?? '';
}

async function takePicture(page: Page, name: string): Promise<void> {
  await page.locator('[data-testid=connection][data-state=live]').waitFor();
  await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
  // Until the charts are there, and what has just changed is no longer tinted.
  await page.waitForTimeout(2_000);
  const fault = page.locator('main [role=alert]').first();
  if (await fault.isVisible()) throw new Error(`${name}: ${await fault.innerText()}`);
  const session = await page.context().newCDPSession(page);
  const options = { format: 'webp', quality: PICTURE_QUALITY } as const;
  const { data } = await session.send('Page.captureScreenshot', options);
  await session.detach();
  save(`${name}.webp`, Buffer.from(data, 'base64'));
}

async function film(browser: Browser, url: string): Promise<number> {
  const page = await openPage(browser, RECORDING_SIZE, 'light');
  await page.goto(`${url}/demo`);
  await page.locator('[data-testid=connection][data-state=live]').waitFor();
  const bytes = save('first-minute.webp', await recordFirstMinute(page));
  if (bytes <= FILM_BYTES_MAX) return 0;
  console.error(
    `the film is ${bytes} bytes; expected at most ${FILM_BYTES_MAX}: make it shorter, smaller or of lower quality`,
  );
  return 1;
}

async function openPage(
  browser: Browser,
  viewport: { readonly width: number; readonly height: number },
  theme: 'light' | 'dark',
): Promise<Page> {
  const context = await browser.newContext({
    viewport,
    colorScheme: theme,
    // Its places, not this machine's.
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  return context.newPage();
}

/** Gives its size in bytes. */
function save(name: string, bytes: Buffer): number {
  const file = path.join(IMAGES, name);
  writeFileSync(file, bytes);
  const { size } = statSync(file);
  console.log(`${String(Math.round(size / 1_000)).padStart(5)} kB  docs/images/${name}`);
  return size;
}
