/**
 * The dashboard in a real browser while 200 events a second happen: how long its pages are busy at a time, whether
 * their memory grows, and whether a row that somebody is at stays where it is. Before that, how soon a page that is
 * opened shows something.
 */
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from '@playwright/test';
import { ensureDashboard } from '../scripts/dashboard.js';
import { launchBrowser } from '../test/support/browser.ts';
import type { Bench } from './bench.ts';
import { runLoad } from './load.ts';
import { tasksDuring } from './main-thread.ts';
import { figure, type Line } from './report.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { median, quantile, spread } from './statistics.ts';

const SECTION = 'dashboard';

/** Three events each. */
const PAYMENTS_PER_SECOND = 67;
const STEP_SECONDS = 10;
const OPENINGS = 5;
const WAIT_MS_MAX = 30_000;

const TASK_MS_BELOW = 50;
const FIRST_CONTENT_SECONDS_BELOW = 1;

/** Of a heap of some ten: what a browser that is measured makes by itself. */
const GROWTH_MIB_MAX = 1;

const LIST = `document.querySelector('[data-testid=payment-list]')`;
const PLACE = `JSON.stringify([document.activeElement.dataset.payment, ${LIST}.scrollTop])`;

export async function measureDashboard(bench: Bench): Promise<Line[]> {
  if (!(await ensureDashboard(process.execPath, bench.say))) {
    throw new Error('there is no dashboard of these sources');
  }
  const server = await startServer(bench, { databasePath: path.join(bench.folder, 'pages.db') });
  const browser = await launchBrowser();
  try {
    await load(bench, server, STEP_SECONDS / 2);
    return [...(await openings(browser, server)), ...(await underLoad(bench, browser, server))];
  } finally {
    await browser.close();
    await server.stop();
  }
}

function load(bench: Bench, server: ServerProcess, seconds: number) {
  return runLoad(bench, { ...server, seconds, ratePerSecond: PAYMENTS_PER_SECOND });
}

/** Each time as somebody who has never been there: nothing is cached. */
async function openings(browser: Browser, { url }: ServerProcess): Promise<Line[]> {
  const painted: number[] = [];
  const usable: number[] = [];
  for (let count = 0; count < OPENINGS; count += 1) {
    const startedAt = performance.now();
    const page = await open(browser, `${url}/demo`);
    await page.getByRole('button', { name: 'Simulate authorization' }).waitFor();
    usable.push((performance.now() - startedAt) / 1_000);
    const ms = await page.evaluate<number>(
      `performance.getEntriesByName('first-contentful-paint')[0].startTime`,
    );
    painted.push(ms / 1_000);
    await page.context().close();
  }
  return [
    {
      section: SECTION,
      name: 'first content of /demo',
      value: median(painted),
      unit: 's',
      target: { kind: 'below', value: FIRST_CONTENT_SECONDS_BELOW },
      note: `${spread(painted, 2)} in ${OPENINGS} openings; can be used after ${figure(median(usable), 's')}`,
    },
  ];
}

async function underLoad(bench: Bench, browser: Browser, server: ServerProcess): Promise<Line[]> {
  const overview = await open(browser, `${server.url}/demo`);
  const list = await open(browser, `${server.url}/demo/payments`);
  const read = await open(browser, `${server.url}/demo/payments`);
  const place = await settleDown(read);
  const heaps = [await Promise.all([overview, list].map(heapMib))];
  const tasks: number[] = [];
  let moves = 0;
  for (let step = 0; step < bench.options.plan.dashboardSeconds / STEP_SECONDS; step += 1) {
    const found = await tasksDuring(browser, () =>
      load(bench, server, STEP_SECONDS).then(() => {}),
    );
    tasks.push(...found);
    if ((await read.evaluate<string>(PLACE)) !== place) moves += 1;
    heaps.push(await Promise.all([overview, list].map(heapMib)));
  }
  return [taskLine(tasks), ...heapLines(heaps), movesLine(moves)];
}

function taskLine(tasks: readonly number[]): Line {
  const long = tasks.filter((ms) => ms >= TASK_MS_BELOW).length;
  return {
    section: SECTION,
    name: `p95 of what keeps a page busy, at ${3 * PAYMENTS_PER_SECOND} events/s`,
    value: quantile(tasks, 0.95),
    unit: 'ms',
    target: { kind: 'below', value: TASK_MS_BELOW },
    note: `${tasks.length} tasks of 1 ms and more on three pages; ${long} of ${TASK_MS_BELOW} ms and more, the longest ${figure(Math.max(...tasks), 'ms')}`,
  };
}

/** The first step is left out: lists fill up to their limits, and code is compiled. */
function heapLines(heaps: readonly (readonly number[])[]): Line[] {
  return ['Overview', 'Payments'].map((name, index) => {
    const sizes = heaps.map((heap) => heap[index] ?? Number.NaN);
    return {
      section: SECTION,
      name: `heap of ${name}, last minus second`,
      value: (sizes.at(-1) ?? Number.NaN) - (sizes[1] ?? Number.NaN),
      unit: 'MiB',
      target: { kind: 'at_most', value: GROWTH_MIB_MAX },
      note: `every ${STEP_SECONDS} s, after a collection: ${sizes.map((mib) => mib.toFixed(1)).join(' ')}`,
    };
  });
}

function movesLine(moves: number): Line {
  return {
    section: SECTION,
    name: 'times a row in focus or a scrolled list was moved',
    value: moves,
    unit: '',
    target: { kind: 'at_most', value: 0 },
    note: '',
  };
}

async function open(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS_MAX);
  await page.goto(address);
  await page.locator('[data-testid=connection][data-state=live]').waitFor();
  return page;
}

/** Puts the focus on a row in the middle and scrolls a little; gives where that is. */
async function settleDown(page: Page): Promise<string> {
  await page.locator('[data-payment]').nth(25).focus();
  await page.evaluate(`${LIST}.scrollTo({ top: 600 })`);
  await sleep(1_000);
  return page.evaluate<string>(PLACE);
}

async function heapMib(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  const { value } = metrics.find(({ name }) => name === 'JSHeapUsedSize') ?? { value: Number.NaN };
  return value / 2 ** 20;
}
