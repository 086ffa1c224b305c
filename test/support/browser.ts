/**
 * The system's Chromium, for tests of the dashboard. CHROMIUM_PATH names another one. Where there is none and we may,
 * it is installed; a test that has no browser fails and says what to do.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { type Browser, chromium, type Page } from '@playwright/test';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** apt-get has the network to wait for. */
export const BROWSER_MS_MAX = 300_000;

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findBrowser() ?? installBrowser(),
    headless: process.env['HEADED'] === undefined,
    // Its sandbox refuses root, which is what containers run as.
    args: isRoot() ? ['--no-sandbox'] : [],
  });
}

/** Where the pages are that the rail of the dashboard leads to, in its order. */
export async function railPaths(page: Page): Promise<string[]> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('listitem').first().waitFor();
  return page.evaluate<string[]>(
    `[...document.querySelectorAll('nav[aria-label=Pages] li a')].map((link) => link.getAttribute('href'))`,
  );
}

function findBrowser(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (named === undefined) return PLACES.find((place) => existsSync(place));
  if (existsSync(named)) return named;
  throw new Error(
    `CHROMIUM_PATH is ${named}, where there is no browser; name one, or unset it to have it looked for`,
  );
}

function installBrowser(): string {
  if (isRoot() && existsSync('/usr/bin/apt-get')) {
    const options = { stdio: 'pipe', timeout: BROWSER_MS_MAX } as const;
    execFileSync('apt-get', ['update', '-qq'], options);
    execFileSync('apt-get', ['install', '-y', '-qq', 'chromium'], options);
    const found = findBrowser();
    if (found !== undefined) return found;
  }
  throw new Error(
    'The dashboard is tested in Chromium, and there is none. Install it (apt-get install chromium, ' +
      'brew install --cask chromium), or set CHROMIUM_PATH to where a Chromium or Chrome is.',
  );
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
