import process from 'node:process';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startProgress } from './progress.ts';

let shown: string;

beforeEach(() => {
  shown = '';
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function showOn({ isTTY, columns }: { isTTY: boolean; columns?: number }): void {
  const stream = new PassThrough().on('data', (chunk) => (shown += String(chunk)));
  const stderr = Object.assign(stream, { isTTY, columns }) as unknown as typeof process.stderr;
  vi.spyOn(process, 'stderr', 'get').mockReturnValue(stderr);
}

function step(progress: ReturnType<typeof startProgress>, times: number): void {
  for (let made = 0; made < times; made += 1) progress.step();
}

test('in a terminal one line is written anew, and gone in the end', () => {
  showOn({ isTTY: true, columns: 80 });
  const progress = startProgress(4_000);
  step(progress, 1_000);
  vi.advanceTimersByTime(100);
  expect(shown).toBe(
    `\r\u001b[K${'█'.repeat(6)}${'░'.repeat(18)} 25 %  1,000 of 4,000, 10,000 a second, 1 s left`,
  );
  progress.say('wait');
  progress.end();
  expect(stripVTControlCharacters(shown)).toMatch(/left\rwait\n\r$/);
  vi.advanceTimersByTime(1_000);
  expect(shown.endsWith('\r\u001b[K')).toBe(true);
});

test('what was done before stands in the line, and not in how fast it goes', () => {
  showOn({ isTTY: true, columns: 80 });
  const progress = startProgress(4_000, 1_000);
  vi.advanceTimersByTime(100);
  expect(shown).toContain('25 %  1,000 of 4,000, 0 a second');
  expect(shown).not.toContain('left');
  step(progress, 1_000);
  vi.advanceTimersByTime(900);
  expect(shown).toContain('50 %  2,000 of 4,000, 1,000 a second, 2 s left');
  progress.end();
});

test('the line is cut to the width of the terminal', () => {
  showOn({ isTTY: true, columns: 30 });
  const progress = startProgress(10);
  step(progress, 5);
  vi.advanceTimersByTime(100);
  progress.end();
  expect(shown.split('\r\u001b[K')[1]).toHaveLength(29);
});

test('elsewhere there is a line for each tenth', () => {
  showOn({ isTTY: false });
  const progress = startProgress(25);
  step(progress, 12);
  vi.advanceTimersByTime(1_000);
  step(progress, 13);
  progress.end();
  const lines = shown.trimEnd().split('\n');
  expect(lines).toHaveLength(10);
  expect(lines[0]).toMatch(/^3 of 25, /);
  expect(lines.at(-1)).toBe('25 of 25, 25 a second');
  expect(shown).not.toContain('\u001b');
});
