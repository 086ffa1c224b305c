import { describe, expect, test } from 'vitest';
import {
  dueAtMs,
  hourAt,
  paymentsDue,
  plannedPayments,
  planOf,
  seedFor,
  TRAFFIC_SEED_MAX,
  type TrafficPlan,
} from './plan.ts';
import { TRAFFIC_PRESET_NAMES, TRAFFIC_PRESETS } from './preset.ts';

const MONDAY_MS = Date.UTC(2026, 10, 23); // a Monday, 00:00
const HOUR_MS = 3_600_000;

function plan(more: Partial<TrafficPlan> = {}): TrafficPlan {
  return { ...planOf({ preset: 'quiet_shop' }, 7), rate: 10, durationSeconds: 60, ...more };
}

describe('a plan', () => {
  test('is the preset where nothing else is asked for', () => {
    for (const preset of TRAFFIC_PRESET_NAMES) {
      const { rate, mix, durationSeconds, pace, disturbance } = TRAFFIC_PRESETS[preset];
      const expected = { preset, rate, mix, durationSeconds, pace, disturbance, seed: 5 };
      expect(planOf({ preset }, 5)).toEqual(expected);
    }
  });

  test('without a preset is like quiet_shop, and has no name', () => {
    const { preset, ...rest } = planOf({}, 5);
    expect(preset).toBeNull();
    expect(rest).toEqual({ ...planOf({ preset: 'quiet_shop' }, 5), preset: undefined });
  });

  test('has what was asked for in the place of the preset’s', () => {
    const wish = { rate: 1.5, mix: { invoices: 1 }, seed: 0, durationSeconds: 3 };
    expect(planOf({ preset: 'black_friday', ...wish }, 5)).toMatchObject({
      ...wish,
      preset: 'black_friday',
      pace: 'rising',
    });
  });
});

describe('a seed', () => {
  test.each([
    [MONDAY_MS, 0],
    [MONDAY_MS + 5 * HOUR_MS + 1, 5],
    [MONDAY_MS + 6 * 24 * HOUR_MS + 23 * HOUR_MS, 167],
    [0, 72], // 1970 began on a Thursday
  ])('that is drawn at %d begins in the hour of the week that it is', (nowMs, hour) => {
    for (const draw of [0, 0.5, 1 - 2 ** -53]) {
      const seed = seedFor(nowMs, draw);
      expect(Number.isSafeInteger(seed)).toBe(true);
      expect(hourAt(plan({ seed }), 0)).toBe(hour);
    }
  });

  test('says the hour, and time goes on from there', () => {
    const drawn = plan({ seed: 168 * 3 + 166 });
    expect([0, HOUR_MS - 1, HOUR_MS, 2 * HOUR_MS].map((ms) => hourAt(drawn, ms))).toEqual([
      166, 166, 167, 0,
    ]);
    expect(hourAt(plan({ seed: TRAFFIC_SEED_MAX }), 0)).toBeLessThan(168);
  });
});

describe('payments are due', () => {
  test('evenly where the pace is steady, the first one at once', () => {
    const steady = plan();
    expect(plannedPayments(steady)).toBe(600);
    expect(
      [0, 99, 100, 1_000, 59_900, 60_000, 90_000].map((ms) => paymentsDue(steady, ms)),
    ).toEqual([1, 1, 2, 11, 600, 600, 600]);
    expect(dueAtMs(steady, 0)).toBe(0);
    expect(dueAtMs(steady, 599)).toBeCloseTo(59_900);
  });

  test('from a fifth of the rate to all of it where it rises', () => {
    const rising = plan({ pace: 'rising' });
    expect(plannedPayments(rising)).toBe(360);
    const perSecond = (second: number) =>
      paymentsDue(rising, (second + 1) * 1_000) - paymentsDue(rising, second * 1_000);
    expect(perSecond(0)).toBe(2);
    expect(perSecond(30)).toBe(6);
    expect(perSecond(58)).toBe(10);
    expect(paymentsDue(rising, 60_000)).toBe(360);
  });

  test.each([
    plan(),
    plan({ pace: 'rising' }),
    plan({ rate: 0.1, durationSeconds: 1 }),
    plan({ rate: 500, durationSeconds: 7, pace: 'rising' }),
    plan({ rate: 0.3, durationSeconds: 86_400 }),
  ])('at the same time whichever way it is asked: $rate/s, $pace', (one) => {
    const total = plannedPayments(one);
    expect(total).toBeGreaterThanOrEqual(1);
    for (let step = 0; step < 50; step += 1) {
      const index = Math.floor((step * total) / 50);
      const atMs = dueAtMs(one, index);
      expect(atMs).toBeLessThan(one.durationSeconds * 1_000);
      expect(paymentsDue(one, atMs + 0.01)).toBeGreaterThan(index);
      expect(paymentsDue(one, atMs - 0.01)).toBeLessThanOrEqual(Math.max(index, 1));
    }
  });
});

test('every preset says how much of what, and for how long', () => {
  for (const { mix, rate, durationSeconds, title, description } of Object.values(TRAFFIC_PRESETS)) {
    expect(Object.values(mix).reduce((sum, weight) => sum + weight, 0)).toBe(100);
    expect(rate * durationSeconds).toBeGreaterThan(500);
    expect(title).not.toBe('');
    expect(description).toMatch(/\.$/);
  }
});
