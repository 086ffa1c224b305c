/**
 * How much JavaScript the dashboard is, compressed as the server sends it: 130 kB until the first page can be used, 190
 * in all. What comes after that (charts, dialogs, other pages) is not waited for, which is tried here, too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Route } from '@playwright/test';
import { expect, test } from 'vitest';
import { BUILT_FOLDER, dashboardUnderTest, expectShown } from '../support/dashboard-under-test.ts';

const FIRST_BYTES_MAX = 130_000;
const ALL_BYTES_MAX = 190_000;

const { start, openPage } = dashboardUnderTest();

test('all of it is light, and most of it is what the first page needs', () => {
  const files = builtFiles();
  const first = firstFiles(files);
  expect(bytesOf(files, files.keys())).toBeLessThan(ALL_BYTES_MAX);
  expect(bytesOf(files, first)).toBeLessThan(FIRST_BYTES_MAX);
  expect(bytesOf(files, first)).toBeGreaterThan(50_000);
});

test('the first page can be used before anything else has come', async () => {
  const { url, pay } = await start();
  await pay();
  const first = firstFiles(builtFiles());
  const held: Route[] = [];
  let areHeld = true;
  const page = await openPage('about:blank');
  await page.route('**/assets/*.js', async (route) => {
    const name = route.request().url().split('/').at(-1) ?? '';
    if (first.has(name) || !areHeld) await route.continue();
    else held.push(route);
  });
  await page.goto(`${url}/demo`);
  await expectShown(page, '[data-testid=tiles]', /Payments\s*1/);
  await page.getByRole('button', { name: 'Simulate authorization' }).click();
  await expectShown(page, '[data-testid=decision-result]', '"status": "Approved"');
  await page.getByRole('button', { name: 'New payment' }).click();
  await expect.poll(() => held.length).toBeGreaterThan(0);
  areHeld = false;
  for (const route of held) await route.continue();
  await page.getByRole('dialog', { name: 'New payment' }).waitFor();
});

type Files = ReadonlyMap<string, string>;

/** The text of each, by its name. */
function builtFiles(): Files {
  const assets = join(BUILT_FOLDER, 'assets');
  const names = readdirSync(assets).filter((name) => name.endsWith('.js'));
  return new Map(names.map((name) => [name, readFileSync(join(assets, name), 'utf8')]));
}

/** What index.html loads, the page that the router then asks for, and what these import. */
function firstFiles(files: Files): ReadonlySet<string> {
  const html = readFileSync(join(BUILT_FOLDER, 'index.html'), 'utf8');
  const waiting = [...html.matchAll(/src="\/demo\/assets\/([^"]+\.js)"/g)].map(([, name]) => name);
  waiting.push(...[...files.keys()].filter((name) => name.startsWith('overview-page')));
  const found = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const text = files.get(name) ?? '';
    const imports = text.matchAll(/\bimport(?:[\w$*{}\s,]*\bfrom)?\s*["'`]\.\/([^"'`]+\.js)["'`]/g);
    waiting.push(...[...imports].map(([, imported]) => imported));
  }
  return found;
}

function bytesOf(files: Files, names: Iterable<string>): number {
  return [...names].reduce((sum, name) => sum + gzipSync(files.get(name) ?? '').length, 0);
}
