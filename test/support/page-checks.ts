/** What has to be true of every page of the dashboard, in every state that it is brought into. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from 'vitest';

/** No rule of axe is broken; `what` tells which state of the page it was. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [what, id, nodes[0]?.html])).toEqual([]);
}

/** Nothing is wider than the window, at each of these widths in CSS pixels (1280 at 200 % are 640). */
export async function expectToFit(
  page: Page,
  widths: readonly number[] = [320, 640, 768, 2560],
): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - innerWidth',
    );
    expect(`${width}: ${overflow}`).toBe(`${width}: 0`);
  }
}

/** No card number, in groups or not, stands anywhere in the document. */
export async function expectNoCardNumber(page: Page, number: string): Promise<void> {
  const html = await page.content();
  expect(html.replaceAll(/[ -]/g, '').includes(number)).toBe(false);
}
