import { afterEach, expect, test, vi } from 'vitest';
import { clockFrom, momentOf } from './thread-clock.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('goes on from the moment of another clock, whatever the wall clock says', () => {
  const farAhead = 4_000_000_000_000;
  const nowMs = clockFrom(momentOf({ nowMs: () => farAhead }));
  expect(nowMs()).toBeGreaterThanOrEqual(farAhead);
  expect(nowMs()).toBeLessThan(farAhead + 10_000);
  vi.spyOn(process.hrtime, 'bigint').mockReturnValue(process.hrtime.bigint() + 5_000_000_000n);
  expect(nowMs()).toBeGreaterThanOrEqual(farAhead + 5_000);
});
