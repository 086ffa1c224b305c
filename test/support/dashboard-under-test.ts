/**
 * The dashboard for tests: built as a start builds it, given out by a real server, opened in a real browser. Whatever
 * its pages complain about fails the test that opened them. E2E_BASE_URL names another host that is running, whose
 * dashboard is looked at instead; tests that would end, empty or configure it fail there (scripts/e2e.ts leaves them out).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { ensureDashboard } from '../../scripts/dashboard.js';
import { BROWSER_MS_MAX, launchBrowser } from './browser.ts';
import { endServers, startServer } from './server.ts';

export const BUILT_FOLDER = fileURLToPath(new URL('../../dashboard/dist', import.meta.url));

/** The card that the form of the card lab begins with. */
export const CARD = '4000001234567890';

/** A build takes five seconds, and several times that beside other tests. */
const BUILD_MS_MAX = 120_000;

/** Nothing fails by chance, and nothing waits. */
const CALM = { FAILURE_RATE: '0', RANDOM_DECLINE_RATE: '0', PROCESSING_DELAY_MS: '0' };

const OTHER_HOST = process.env['E2E_BASE_URL']?.replace(/\/+$/, '');

type Json = Readonly<Record<string, unknown>>;
type Server = Awaited<ReturnType<typeof startServer>>;
type Environment = Readonly<Record<string, string>>;

interface OpenOptions {
  readonly theme?: 'light' | 'dark';
  /** In CSS pixels. */
  readonly width?: number;
}

export interface Host {
  /** Without a slash at its end. */
  readonly url: string;
  readonly send: (path: string, body: object) => Promise<Json>;
  /** Makes a payment, waits for its outcome, and gives its id. */
  readonly pay: (fields?: object) => Promise<string>;
}

interface Service extends Host {
  readonly end: Server['end'];
}

interface DashboardUnderTest {
  /**
   * A service with nothing in it. One is enough for all tests that ask for no settings; a test that ends its own may
   * start another on the database of the one before.
   */
  readonly start: (environment?: Environment, keepsDatabase?: boolean) => Promise<Service>;
  /** For tests that leave what is there alone: the host of E2E_BASE_URL, or else an empty service of ours. */
  readonly anyHost: () => Promise<Host>;
  readonly openPage: (address: string, options?: OpenOptions) => Promise<Page>;
  /** For a test whose requests are meant to fail: the browser itself reports each of them. */
  readonly expectFailedRequests: () => void;
}

/** To be called once in a test file; its hooks build, open and close everything. */
export function dashboardUnderTest(): DashboardUnderTest {
  const folder = mkdtempSync(join(tmpdir(), 'farthing-dashboard-'));
  const complaints: string[] = [];
  const own: Server[] = [];
  let browser: Browser;
  let shared: Server | undefined;
  let databases = 0;

  beforeAll(async () => {
    if (OTHER_HOST === undefined) await buildDashboard();
    browser = await launchBrowser();
  }, BUILD_MS_MAX + BROWSER_MS_MAX);
  afterEach(async () => {
    const said = complaints.splice(0);
    for (const context of browser.contexts()) await context.close();
    for (const server of own.splice(0)) await server.end('SIGKILL');
    if (said.length > 0) throw new Error(`the console says:\n${said.join('\n')}`);
  });
  afterAll(async () => {
    await endServers();
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const startOwn = async (environment: Environment, keepsDatabase: boolean) => {
    if (!keepsDatabase) databases += 1;
    const server = await startServer({
      database: join(folder, `${databases}.db`),
      environment: { ...CALM, ...environment },
    });
    own.push(server);
    return server;
  };
  const emptied = async () => {
    shared ??= await startServer({ database: join(folder, 'shared.db'), environment: CALM });
    await fetch(`${shared.url}/admin/reset`, { method: 'DELETE' });
    return shared;
  };
  const start: DashboardUnderTest['start'] = async (environment, keepsDatabase = false) => {
    if (OTHER_HOST !== undefined) {
      throw new Error(
        `this test needs a server of its own, not ${OTHER_HOST}: npm run test:e2e leaves it out`,
      );
    }
    const server =
      environment === undefined ? await emptied() : await startOwn(environment, keepsDatabase);
    return { ...hostAt(server.url), end: (signal) => server.end(signal) };
  };
  return {
    start,
    anyHost: async () => (OTHER_HOST === undefined ? start() : hostAt(OTHER_HOST)),
    openPage: (address, options = {}) => open(browser, address, options, complaints),
    expectFailedRequests() {
      const said = complaints.splice(0);
      expect(said.length).toBeGreaterThan(0);
      for (const text of said) expect(text).toMatch(/^Failed to load resource|ERR_/);
    },
  };
}

/** Waits until there is an element with this text in sight. */
export async function expectShown(
  page: Page,
  selector: string,
  text: string | RegExp,
): Promise<void> {
  await page.locator(selector).filter({ hasText: text, visible: true }).first().waitFor();
}

export async function expectLive(page: Page): Promise<void> {
  await page.locator('[data-testid=connection][data-state=live]').waitFor();
}

/** The page is there, and nothing on it is still being read. */
export async function expectLoaded(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
}

async function buildDashboard(): Promise<void> {
  const said: string[] = [];
  const isBuilt = await ensureDashboard(process.execPath, (text: string) => void said.push(text));
  if (!isBuilt) throw new Error(said.join('\n'));
}

function hostAt(url: string): Host {
  const send = async (path: string, body: object) => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=10' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBeLessThan(300);
    return (await answer.json()) as Json;
  };
  return {
    url,
    send,
    async pay(fields = {}) {
      const request = { amount: 20, currency: 'USD', recipient: 'alice', ...fields };
      return String((await send('/payments', request))['payment_id']);
    },
  };
}

async function open(
  browser: Browser,
  address: string,
  { theme = 'light', width = 1280 }: OpenOptions,
  complaints: string[],
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(address);
  return page;
}
