import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { courierHost, type StartCourier, threadCourier } from './host.ts';
import { momentOf } from './thread-clock.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A courier that notes what it is told. */
function noted() {
  const told: string[] = [];
  const ends: ((error: unknown) => void)[] = [];
  const start: StartCourier = (onEnd) => {
    told.push('start');
    ends.push(onEnd);
    return {
      look: () => void told.push('look'),
      changed: () => void told.push('changed'),
      listening: (origin) => void told.push(origin),
      stop: async () => void told.push('stop'),
    };
  };
  return { told, start, end: (error: unknown) => ends.at(-1)?.(error) };
}

test('nothing is started before there is something to deliver', () => {
  vi.useFakeTimers();
  const { told, start } = noted();
  const host = courierHost(start, () => {});
  host.look();
  host.listening('http://127.0.0.1:1');
  vi.runAllTimers();
  expect(told).toEqual([]);
  host.changed();
  expect(told).toEqual(['start', 'http://127.0.0.1:1', 'changed']);
});

test('of many commits it is told twenty times a second at most, and of the last one always', () => {
  vi.useFakeTimers();
  const { told, start } = noted();
  const host = courierHost(start, () => {});
  host.changed();
  for (let commit = 0; commit < 1_000; commit += 1) {
    host.look();
    vi.advanceTimersByTime(1);
  }
  vi.runAllTimers();
  const looks = told.filter((word) => word === 'look').length;
  expect(looks).toBeGreaterThan(15);
  expect(looks).toBeLessThanOrEqual(21);
});

test('one that ends by itself is started again, later each time', () => {
  vi.useFakeTimers();
  const { told, start, end } = noted();
  const errors: unknown[] = [];
  const host = courierHost(start, (error) => errors.push(error));
  host.changed();
  const starts = () => told.filter((word) => word === 'start').length;
  for (const waitMs of [1_000, 2_000, 4_000]) {
    const before = starts();
    end(new Error('it broke'));
    vi.advanceTimersByTime(waitMs - 1);
    expect(starts()).toBe(before);
    vi.advanceTimersByTime(1);
    expect(starts()).toBe(before + 1);
  }
  expect(errors).toHaveLength(3);
});

test('after a stop it is not started any more', async () => {
  vi.useFakeTimers();
  const { told, start, end } = noted();
  const host = courierHost(start, () => {});
  host.changed();
  await host.stop();
  end(new Error('late'));
  host.changed();
  vi.runAllTimers();
  expect(told).toEqual(['start', 'changed', 'stop']);
});

test('a thread that cannot begin says why, and can be stopped all the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'farthing-host-'));
  const settings = { seed: 'a', timeScale: 1, isOpen: true, allowCidrs: [], allowHosts: [] };
  const begin = () => ({
    settings,
    databasePath: join(folder, 'absent.db'),
    deliveriesPath: join(folder, 'absent.db.webhooks'),
    clock: momentOf({ nowMs: () => 0 }),
  });
  const failure = await new Promise((resolve) => threadCourier(begin, () => {})(resolve));
  expect(String(failure)).toContain('there is no database');
  rmSync(folder, { recursive: true });
});
