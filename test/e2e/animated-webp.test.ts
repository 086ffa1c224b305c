/** The film of the README as a browser reads it: what `scripts/screenshots` puts together is what Chromium takes apart. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from '@playwright/test';
import { animatedWebp } from '../../scripts/screenshots/animated-webp.ts';
import { BROWSER_MS_MAX, launchBrowser } from '../support/browser.ts';

const SIZE = { width: 101, height: 60 };

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, BROWSER_MS_MAX);
afterAll(() => browser.close());

test('single pictures become one that moves', async () => {
  const page = await browser.newPage({ viewport: SIZE });
  const session = await page.context().newCDPSession(page);
  const pictures: Buffer[] = [];
  for (const color of ['#ff0000', '#0000ff']) {
    await page.setContent(`<body bgcolor="${color}">`);
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 90 });
    pictures.push(Buffer.from(data, 'base64'));
  }
  const film = animatedWebp(
    pictures.map((picture, index) => ({ picture, durationMs: 100 * (index + 1) })),
    SIZE,
  );
  // Only there is ImageDecoder: a secure context.
  await page.goto('chrome://version');
  const found = await page.evaluate<unknown>(`(async () => {
    const data = Uint8Array.from(atob('${film.toString('base64')}'), (c) => c.charCodeAt(0));
    const decoder = new ImageDecoder({ data, type: 'image/webp' });
    await Promise.all([decoder.tracks.ready, decoder.completed]);
    const { frameCount, repetitionCount } = decoder.tracks.selectedTrack;
    const frames = [];
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex += 1) {
      const { image } = await decoder.decode({ frameIndex });
      const canvas = new OffscreenCanvas(1, 1).getContext('2d');
      canvas.drawImage(image, 0, 0);
      const [red, , blue] = canvas.getImageData(0, 0, 1, 1).data;
      frames.push([image.displayWidth, image.displayHeight, image.duration / 1000, red > 200, blue > 200]);
    }
    return { isEndless: repetitionCount === Infinity, frames };
  })()`);
  expect(found).toEqual({
    isEndless: true,
    frames: [
      [101, 60, 100, true, false],
      [101, 60, 200, false, true],
    ],
  });
});

test('what is no WebP is refused', () => {
  expect(() => animatedWebp([{ picture: Buffer.alloc(40), durationMs: 1 }], SIZE)).toThrow(
    'not a WebP',
  );
});
