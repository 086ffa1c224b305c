import { expect, test } from 'vitest';
import { Contended } from './contended.ts';

const none = new Set<string>();
const keys = (...names: string[]) => ({ keys: new Set(names), ids: none });
const ids = (...names: string[]) => ({ keys: none, ids: new Set(names) });

test('what was contended is remembered for a second, by its keys and its ids', () => {
  let nowMs = 5_000;
  const contended = new Contended(() => nowMs);
  contended.add({ keys: new Set(['key']), ids: new Set(['id']) });
  expect(contended.has(keys('other', 'key'))).toBe(true);
  expect(contended.has(ids('id'))).toBe(true);
  expect(contended.has(ids('other'))).toBe(false);
  nowMs += 999;
  expect(contended.has(ids('id'))).toBe(true);
  nowMs += 1;
  expect(contended.has(ids('id'))).toBe(false);
});

test('contended again it is remembered from then on, and the oldest go when there are too many', () => {
  let nowMs = 5_000;
  const contended = new Contended(() => nowMs);
  contended.add(ids('old', 'hot'));
  nowMs += 500;
  contended.add(ids('hot'));
  nowMs += 600;
  expect([contended.has(ids('old')), contended.has(ids('hot'))]).toEqual([false, true]);
  contended.add(ids(...Array.from({ length: 4_096 }, (_, index) => `p${index}`)));
  expect(contended.has(ids('hot'))).toBe(false);
  expect(contended.has(ids('p0'))).toBe(true);
});
