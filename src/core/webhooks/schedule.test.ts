import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOver, nextAttemptAtMs, RETRY_AFTER_MS_MAX, type ScheduleQuestion } from './schedule.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FROM_MS = 1_800_000_000_000;

/** The moments that semantics promise: up to eight hours, then every twelve up to thirty days. */
const PROMISED_MS = [
  0,
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  ...Array.from({ length: 59 }, (_, index) => 20 * HOUR + index * 12 * HOUR),
];

function ask(changes: Partial<ScheduleQuestion>): number | null {
  const plain = { fromMs: FROM_MS, nowMs: FROM_MS, draw: 0.5, scale: 1, retryAfterMs: null };
  return nextAttemptAtMs({ ...plain, ...changes });
}

/** The ages of all attempts, in uncompressed time, of a receiver that fails each after `takesMs`. */
function simulate(draw: () => number, takesMs: () => number, scale = 1): number[] {
  const ages = [0];
  for (let atMs: number | null = FROM_MS; ;) {
    atMs = ask({ nowMs: atMs + takesMs() * scale, draw: draw(), scale });
    if (atMs === null) return ages;
    ages.push((atMs - FROM_MS) / scale);
    if (ages.length > 200) throw new Error('it does not end');
  }
}

/** Each promised moment comes once, off by a tenth of the wait at most (and of how far off the one before was). */
function expectPromised(ages: readonly number[], slackMs = 1): void {
  expect(ages).toHaveLength(PROMISED_MS.length);
  for (const [index, age] of ages.entries()) {
    const promised = PROMISED_MS[index] ?? 0;
    const wait = promised - (PROMISED_MS[index - 1] ?? 0);
    expect(Math.abs(age - promised)).toBeLessThanOrEqual(wait * 0.12 + slackMs);
    expect(age).toBeLessThanOrEqual(30 * DAY);
  }
}

describe('the schedule', () => {
  test('has exactly the promised moments when chance changes nothing', () => {
    const ages = simulate(
      () => 0.5,
      () => 0,
    );
    expect(ages).toEqual(PROMISED_MS);
    expect(ages.at(-1)).toBe(716 * HOUR);
  });

  test.each([0, 0.25, 0.75, 1 - 2 ** -53])('has each moment once when every draw is %d', (draw) => {
    expectPromised(
      simulate(
        () => draw,
        () => 0,
      ),
    );
  });

  test('has each moment once, whatever is drawn and however long an attempt takes', () => {
    const steps = { minLength: 70, maxLength: 70 };
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const takes = fc.integer({ min: 0, max: 15 * SECOND });
    fc.assert(
      fc.property(fc.array(draw, steps), fc.array(takes, steps), (drawn, taken) => {
        let attempt = 0;
        const ages = simulate(
          () => drawn[(attempt += 1) - 1] ?? 0.5,
          // The first answers in time for the second.
          () => Math.min(taken[attempt] ?? 0, attempt === 0 ? 4 * SECOND : Infinity),
        );
        expectPromised(ages, 2 * SECOND);
      }),
    );
  });

  test('leaves out a moment that passed while an attempt took its time', () => {
    expect(ask({ nowMs: FROM_MS + 15 * SECOND })).toBe(FROM_MS + 30 * SECOND);
  });

  test('is compressed by the scale, in all its parts', () => {
    for (const scale of [0.5, 0.001]) {
      let draws = 0;
      const ages = simulate(
        () => ((draws += 1) % 10) / 10,
        () => 0,
        scale,
      );
      expectPromised(ages, 1 / scale);
    }
    expect(ask({ scale: 0.001 })).toBe(FROM_MS + 5);
    expect(() => ask({ scale: 0 })).toThrow('time does not stand still');
  });

  test('goes on with its own moments when an attempt was late', () => {
    expect(ask({ nowMs: FROM_MS + 3 * HOUR })).toBe(FROM_MS + 4 * HOUR);
    expect(ask({ nowMs: FROM_MS + 10 * DAY })).toBe(FROM_MS + 248 * HOUR);
  });

  test('ends after thirty days', () => {
    expect(ask({ nowMs: FROM_MS + 703 * HOUR })).toBe(FROM_MS + 716 * HOUR);
    expect(ask({ nowMs: FROM_MS + 716 * HOUR })).toBeNull();
    expect(ask({ nowMs: FROM_MS + 31 * DAY })).toBeNull();
    expect(isOver(FROM_MS, FROM_MS + 30 * DAY, 1)).toBe(false);
    expect(isOver(FROM_MS, FROM_MS + 30 * DAY + 1, 1)).toBe(true);
    expect(isOver(FROM_MS, FROM_MS + 3 * DAY + 1, 0.1)).toBe(true);
  });

  test('waits as long as the receiver asks, up to a day, but not shorter than planned', () => {
    expect(ask({ retryAfterMs: 90 * SECOND })).toBe(FROM_MS + 90 * SECOND);
    expect(ask({ retryAfterMs: SECOND })).toBe(FROM_MS + 5 * SECOND);
    expect(ask({ retryAfterMs: 0 })).toBe(FROM_MS + 5 * SECOND);
    expect(ask({ retryAfterMs: RETRY_AFTER_MS_MAX })).toBe(FROM_MS + DAY);
    expect(ask({ retryAfterMs: 40 * DAY })).toBe(FROM_MS + DAY);
    expect(ask({ retryAfterMs: 40 * DAY, scale: 0.001 })).toBe(FROM_MS + DAY / 1_000);
    expect(ask({ nowMs: FROM_MS + 29.5 * DAY, retryAfterMs: DAY })).toBeNull();
  });

  test('goes on at once when the clock was put back', () => {
    expect(ask({ nowMs: FROM_MS - 365 * DAY })).toBe(FROM_MS - 365 * DAY + 5 * SECOND);
  });
});
