import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CELL_CURRENCIES_MAX } from './cells.ts';
import type { EntityKind } from './entity.ts';
import {
  approvedCount,
  countIn,
  declinedCount,
  DEVICE_CARDS_MAX,
  distinctCards,
  firstSeenMs,
  type History,
  historyFrom,
  lastSeenMs,
  lastSequence,
  type Observation,
  observe,
  sumIn,
} from './history.ts';
import { AMOUNT_MINOR_MAX, WIRE_MINOR_MAX } from './money.ts';
import { TIME_WINDOWS, type TimeWindow } from './time-windows.ts';

const NOW_MS = Date.UTC(2026, 0, 1, 12, 0, 0);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function observation(changes: Partial<Observation> = {}): Observation {
  return {
    atMs: NOW_MS,
    sequence: 1,
    currency: 'GBP',
    amountMinor: 100n,
    isApproved: true,
    card: 'card-1',
    ...changes,
  };
}

/** Observes in order, giving out sequences. */
function historyOf(
  changes: readonly Partial<Observation>[],
  kind: EntityKind = 'card',
): History | null {
  return changes.reduce<History | null>(
    (history, change, index) =>
      observe(history, observation({ sequence: index + 1, ...change }), kind),
    null,
  );
}

describe('a history', () => {
  test('of somebody who was never seen knows nothing', () => {
    for (const window of TIME_WINDOWS) {
      expect(countIn(null, window, NOW_MS)).toBe(0);
      expect(sumIn(null, window, 'GBP', NOW_MS)).toBe(0);
    }
    expect([approvedCount(null), declinedCount(null), distinctCards(null)]).toEqual([0, 0, 0]);
  });

  test('knows when it began and ended, and how payments went', () => {
    const history = observe(
      observe(observe(null, observation(), 'card'), observation({ sequence: 5 }), 'card'),
      observation({ sequence: 9, atMs: NOW_MS + 40 * HOUR, isApproved: false }),
      'card',
    );
    expect(firstSeenMs(history)).toBe(NOW_MS);
    expect(lastSeenMs(history)).toBe(NOW_MS + 40 * HOUR);
    expect(lastSequence(history)).toBe(9);
    expect([approvedCount(history), declinedCount(history)]).toEqual([2, 1]);
  });

  test('is never changed', () => {
    const before = observe(null, observation(), 'device');
    const copy = [...before];
    const after = observe(before, observation({ sequence: 2, card: 'card-2' }), 'device');
    expect(after).not.toBe(before);
    expect(before).toEqual(copy);
  });

  test('does not grow by an event that it knows', () => {
    const history = historyOf([{ sequence: 3 }, { sequence: 7 }]);
    for (const sequence of [1, 3, 6, 7]) {
      expect(observe(history, observation({ sequence }), 'card')).toBe(history);
    }
  });

  test('takes what claims to be earlier as of the last payment', () => {
    const history = historyOf([{}, { atMs: NOW_MS - 2 * HOUR }]);
    expect(firstSeenMs(history ?? fail())).toBe(NOW_MS);
    expect(lastSeenMs(history ?? fail())).toBe(NOW_MS);
    expect(countIn(history, '1m', NOW_MS)).toBe(2);
  });

  test('is read as of its last payment by whoever has an older clock', () => {
    const history = historyOf([{}, { atMs: NOW_MS + 2 * MINUTE }]);
    expect(countIn(history, '1m', NOW_MS)).toBe(1);
    expect(sumIn(history, '1m', 'GBP', NOW_MS)).toBe(100);
    expect(countIn(history, '1h', NOW_MS)).toBe(2);
  });
});

describe('a window', () => {
  const edges: readonly [TimeWindow, number, number][] = [
    ['1m', 59 * SECOND, 60 * SECOND],
    ['1h', 60 * MINUTE - 1, 60 * MINUTE],
    ['24h', 24 * HOUR - 1, 24 * HOUR],
  ];
  test.each(edges)('of %s forgets a payment when its bucket has left it', (window, in_, out) => {
    const history = historyOf([{}]);
    expect(countIn(history, window, NOW_MS + in_)).toBe(1);
    expect(sumIn(history, window, 'GBP', NOW_MS + in_)).toBe(100);
    expect(countIn(history, window, NOW_MS + out)).toBe(0);
    expect(sumIn(history, window, 'GBP', NOW_MS + out)).toBe(0);
  });

  test('sums each currency for itself', () => {
    const history = historyOf([{}, { currency: 'JPY', amountMinor: 7n }, { amountMinor: 11n }]);
    expect(sumIn(history, '1m', 'GBP', NOW_MS)).toBe(111);
    expect(sumIn(history, '1m', 'JPY', NOW_MS)).toBe(7);
    expect(sumIn(history, '1m', 'EUR', NOW_MS)).toBe(0);
    expect(countIn(history, '1m', NOW_MS)).toBe(3);
  });

  test('counts, and does not sum, while too many currencies are in use', () => {
    const currencies = ['AAA', 'BBB', 'CCC', 'DDD', 'EEE', 'FFF', 'EEE'];
    const history = historyOf(currencies.map((currency) => ({ currency })));
    const sums = currencies.map((currency) => sumIn(history, '24h', currency, NOW_MS));
    expect(sums).toEqual([100, 100, 100, 100, 0, 0, 0]);
    expect(countIn(history, '24h', NOW_MS)).toBe(7);

    // What is not summed is summed nowhere.
    expect(history?.at(-1)).toBe(0);

    const nextDay = { sequence: 100, atMs: NOW_MS + 24 * HOUR, currency: 'EEE' };
    const later = observe(history, observation(nextDay), 'card');
    expect(sumIn(later, '24h', 'EEE', nextDay.atMs)).toBe(100);
  });

  test('has room for a currency again when another is out of use, whatever else is counted', () => {
    const half = NOW_MS + 12 * HOUR;
    const later = NOW_MS + 24 * HOUR;
    const history = historyOf([
      ...['AAA', 'BBB', 'CCC', 'DDD'].map((currency) => ({ currency })),
      { currency: 'EEE', atMs: half },
      ...['FFF', 'GGG', 'HHH', 'III'].map((currency) => ({ currency, atMs: later })),
    ]);
    const sums = ['AAA', 'EEE', 'FFF', 'III'].map((each) => sumIn(history, '24h', each, later));
    expect(sums).toEqual([0, 0, 100, 100]);
    expect(countIn(history, '24h', later)).toBe(5);
  });

  test('has a sum that stops where numbers stop being exact', () => {
    const most = Array.from({ length: 10_000 }, () => ({ amountMinor: AMOUNT_MINOR_MAX }));
    const minute = most.map((change, index) => ({
      ...change,
      atMs: NOW_MS + (index % 2) * 10_000,
    }));
    expect(sumIn(historyOf(most), '1m', 'GBP', NOW_MS)).toBe(Number(WIRE_MINOR_MAX));
    expect(sumIn(historyOf(minute), '1m', 'GBP', NOW_MS)).toBe(Number(WIRE_MINOR_MAX));
    expect(historyFrom(historyOf(most) ?? fail())).toEqual(historyOf(most));
  });
});

describe('the cards of a device', () => {
  const cards = Array.from({ length: 40 }, (_, index) => ({ card: `card-${index % 20}` }));

  test('are told apart up to a limit', () => {
    for (const count of [1, 2, 8, DEVICE_CARDS_MAX, DEVICE_CARDS_MAX + 1, 40]) {
      const history = historyOf(cards.slice(0, count), 'device');
      expect(distinctCards(history)).toBe(Math.min(count, DEVICE_CARDS_MAX));
      expect(countIn(history, '1m', NOW_MS)).toBe(count);
    }
  });

  test('are not kept for cards and addresses', () => {
    expect(distinctCards(historyOf(cards, 'card'))).toBe(0);
    expect(distinctCards(historyOf(cards, 'ip'))).toBe(0);
  });
});

describe('observing', () => {
  const wrong: readonly [string, Partial<Observation>][] = [
    ['a fraction of a millisecond', { atMs: 0.5 }],
    ['a time before 1970', { atMs: -1 }],
    ['a time that never comes', { atMs: 2 ** 52 }],
    ['no place in the log', { sequence: 0 }],
    ['a place that is no number', { sequence: NaN }],
    ['a negative amount', { amountMinor: -1n }],
    ['an amount that is too large', { amountMinor: AMOUNT_MINOR_MAX + 1n }],
    ['a currency in lower case', { currency: 'gbp' }],
    ['a currency that is none', { currency: 'GBPX' }],
  ];
  test.each(wrong)('refuses %s', (_name, change) => {
    expect(() => historyOf([change])).toThrow('assertion failed');
  });

  test('works at the beginning of time', () => {
    const history = historyOf([{ atMs: 0 }, { atMs: 0, card: 'card-2' }], 'device');
    expect(countIn(history, '1m', 0)).toBe(2);
    expect(countIn(history, '24h', 0)).toBe(2);
  });
});

describe('numbers that were written somewhere', () => {
  test('are a history again', () => {
    const history = historyOf([{}, { card: 'card-2' }], 'device') ?? fail();
    expect(historyFrom([...history])).toEqual(history);
  });

  const broken: readonly [string, readonly number[]][] = [
    ['nothing', []],
    ['a header alone', [1, 1, 1, 1, 0]],
    ['cards alone', [1, 1, 1, 1, 0, -1, -2, -3]],
    ['a part of a cell', [1, 1, 1, 1, 0, 5, 1, 1, 5]],
    ['a fraction', [1, 1, 1, 1, 0, 5, 0.5, 1]],
    ['no number', [1, 1, 1, 1, 0, 5, NaN, 1]],
    ['too much', Array.from({ length: 5_003 }, () => 1)],
  ];
  test.each(broken)('are refused when they are %s', (_name, numbers) => {
    expect(() => historyFrom(numbers)).toThrow('assertion failed');
  });
});

/** The same answers from a list of all payments. */
class Recount {
  readonly #seen: { atMs: number; kept: string | null; amount: number; card: string }[] = [];
  #sequence = 0;
  approved = 0;
  declined = 0;

  observe({ atMs, sequence, currency, amountMinor, isApproved, card }: Observation): void {
    if (sequence <= this.#sequence) return;
    this.#sequence = sequence;
    const nowMs = Math.max(atMs, this.#seen.at(-1)?.atMs ?? 0);
    const inUse = new Set(this.#in('24h', nowMs).map(({ kept }) => kept));
    inUse.delete(null);
    const hasRoom = inUse.has(currency) || inUse.size < CELL_CURRENCIES_MAX;
    const kept = hasRoom ? currency : null;
    this.#seen.push({ atMs: nowMs, kept, amount: Number(amountMinor), card });
    if (isApproved) this.approved += 1;
    else this.declined += 1;
  }

  count(window: TimeWindow, nowMs: number): number {
    return this.#in(window, nowMs).length;
  }

  sum(window: TimeWindow, currency: string, nowMs: number): number {
    const kept = this.#in(window, nowMs).filter((seen) => seen.kept === currency);
    return kept.reduce((sum, { amount }) => sum + amount, 0);
  }

  cards(): number {
    return Math.min(new Set(this.#seen.map(({ card }) => card)).size, DEVICE_CARDS_MAX);
  }

  #in(window: TimeWindow, nowMs: number) {
    const [widthMs, buckets] = (
      { '1m': [10_000, 6], '1h': [300_000, 12], '24h': [3_600_000, 24] } as const
    )[window];
    const asOfMs = Math.max(nowMs, this.#seen.at(-1)?.atMs ?? 0);
    const current = Math.floor(asOfMs / widthMs);
    return this.#seen.filter(({ atMs }) => Math.floor(atMs / widthMs) > current - buckets);
  }
}

test('a history answers as a recount of all payments does', () => {
  const stepMs = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 15_000 }) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 10 * MINUTE }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 * HOUR }) },
    { weight: 1, arbitrary: fc.integer({ min: -30_000, max: 30 * HOUR }) },
  );
  const currency = fc.constantFrom('GBP', 'GBP', 'GBP', 'USD', 'EUR', 'JPY', 'KWD', 'CHF');
  const step = fc.record({
    stepMs,
    currency,
    sequenceStep: fc.constantFrom(1, 1, 1, 1, 2, 10, 0, -1),
    amountMinor: fc.bigInt({ min: 0n, max: 1_000_000n }),
    isApproved: fc.boolean(),
    card: fc.integer({ min: 0, max: 30 }).map(String),
    lookMs: fc.oneof(fc.constant(0), stepMs),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 120 }),
      fc.constantFrom<EntityKind>('card', 'device', 'ip'),
      (steps, kind) => {
        const recount = new Recount();
        let history: History | null = null;
        let [atMs, sequence] = [NOW_MS, 10];
        for (const { stepMs: ms, sequenceStep, lookMs, ...rest } of steps) {
          atMs += ms;
          sequence = Math.max(1, sequence + sequenceStep);
          const next = { ...rest, atMs, sequence };
          history = observe(history, next, kind);
          recount.observe(next);
          for (const window of TIME_WINDOWS) {
            expect(countIn(history, window, atMs + lookMs)).toBe(
              recount.count(window, atMs + lookMs),
            );
            for (const each of ['GBP', 'EUR', 'CHF']) {
              expect(sumIn(history, window, each, atMs + lookMs)).toBe(
                recount.sum(window, each, atMs + lookMs),
              );
            }
          }
          expect(approvedCount(history)).toBe(recount.approved);
          expect(declinedCount(history)).toBe(recount.declined);
          expect(distinctCards(history)).toBe(kind === 'device' ? recount.cards() : 0);
          expect(historyFrom(history)).toEqual(history);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a history that is used all the time stays within its bounds', () => {
  let history: History | null = null;
  let longest = 0;
  const currencies = ['GBP', 'USD', 'EUR', 'JPY', 'CHF'];
  for (let step = 0; step < 60_000; step += 1) {
    const next = observation({
      sequence: step + 1,
      atMs: NOW_MS + step * 2_000,
      card: `card-${step}`,
      currency: currencies[step % 5] ?? fail(),
    });
    history = observe(history, next, 'device');
    longest = Math.max(longest, history.length);
  }
  // The last minute, hour and day in five groups, less the buckets that lie within smaller windows.
  expect(longest).toBeLessThanOrEqual(5 + 16 + (6 + 12 + 24) * 5 * 3);
  expect(countIn(history, '1m', NOW_MS + 60_000 * 2_000)).toBeGreaterThanOrEqual(25);
  expect(historyFrom(history ?? fail())).toEqual(history);
});

function fail(): never {
  throw new Error('there is one');
}
