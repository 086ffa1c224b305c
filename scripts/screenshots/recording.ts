/** The first minute with the dashboard, as a film of a few seconds: a card is tried, and found again in the list. */
import type { Page } from '@playwright/test';
import { animatedWebp, type Frame } from './animated-webp.ts';

const SIZE = { width: 1280, height: 720 };
const QUALITY = 40;
const FRAME_MS = 400;

/** Until the film begins anew. */
const LAST_FRAME_MS = 2_500;

/** The film in WebP. The page is to be on the overview, in a window of `RECORDING_SIZE`. */
export async function recordFirstMinute(page: Page): Promise<Buffer> {
  await page.locator('[data-plot]').first().waitFor();
  const film = await startFilm(page);
  await page.waitForTimeout(1_500);
  await page.getByRole('button', { name: 'Simulate authorization' }).scrollIntoViewIfNeeded();
  await page.getByLabel('Scenario').selectOption('insufficient_funds');
  await page.waitForTimeout(800);
  await page.getByRole('button', { name: 'Simulate authorization' }).click();
  await page.getByTestId('decision-result').filter({ hasText: 'Declined' }).waitFor();
  await page.getByTestId('decision-result').scrollIntoViewIfNeeded();
  await page.waitForTimeout(2_000);
  await page.getByRole('navigation', { name: 'Pages' }).getByText('Payments').click();
  await page.locator('[data-payment]').nth(3).waitFor();
  await page.waitForTimeout(2_500);
  // The one that has just been tried.
  await page.locator('tr', { hasText: '··9995' }).locator('[data-payment]').first().click();
  await page.getByTestId('timeline').waitFor();
  await page.waitForTimeout(1_500);
  await page.getByRole('tab', { name: 'Risk' }).click();
  await page.waitForTimeout(1_500);
  return animatedWebp(await film.end(), SIZE);
}

export const RECORDING_SIZE = SIZE;

/** Takes a picture several times a second; one that is like the one before only makes that one last longer. */
async function startFilm(page: Page) {
  const session = await page.context().newCDPSession(page);
  const frames: Frame[] = [];
  const ending = new AbortController();
  const add = (picture: Buffer, durationMs: number) => {
    const last = frames.at(-1);
    if (last?.picture.equals(picture) !== true) frames.push({ picture, durationMs });
    else frames[frames.length - 1] = { picture, durationMs: last.durationMs + durationMs };
  };
  const filming = (async () => {
    while (!ending.signal.aborted) {
      const startedAt = performance.now();
      const options = { format: 'webp', quality: QUALITY } as const;
      const { data } = await session.send('Page.captureScreenshot', options);
      const spentMs = performance.now() - startedAt;
      await page.waitForTimeout(Math.max(0, FRAME_MS - spentMs));
      add(Buffer.from(data, 'base64'), Math.round(performance.now() - startedAt));
    }
  })();
  return {
    async end(): Promise<readonly Frame[]> {
      ending.abort();
      await filming;
      const last = frames.at(-1);
      return last === undefined
        ? []
        : [...frames.slice(0, -1), { ...last, durationMs: LAST_FRAME_MS }];
    },
  };
}
