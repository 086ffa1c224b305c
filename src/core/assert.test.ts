import { expect, test } from 'vitest';
import { assert, assertNever } from './assert.ts';

test('assertions name what must hold', () => {
  assert(true, 'fine');
  expect(() => assert(false, 'one is one')).toThrow('assertion failed: one is one');
  expect(() => assertNever('more' as never)).toThrow('unexpected value "more"');
});
