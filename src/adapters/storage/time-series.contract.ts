/** What every store promises about the time series: they move with their place in the log, or not at all. */
import { describe, expect, test } from 'vitest';
import { createCommand, mustDecide, requestOf } from '../../../test/support/engine.ts';
import { standing, type StoreUnderTest } from '../../../test/support/store-under-test.ts';
import { levelStart, type Span, TIME_LEVELS, type TimeLevel } from '../../core/time-levels.ts';
import { emptyTally, type Minutes, type Tally } from '../../core/time-series.ts';
import { execute } from '../../engine/execute.ts';
import { TIME_SERIES_FOLLOWER } from '../../engine/ports.ts';

const MINUTE = 60_000;
/** The last minute of a day. */
const LAST_MS = Date.UTC(2026, 0, 2) - MINUTE;

/** Everything in it is another number, so that no two can be confused. */
function tallyOf(by: number): Tally {
  const scores = emptyTally().scores.map((_, bucket) => (bucket === 19 ? by : 0));
  return {
    counts: {
      created: by,
      succeeded: 2 * by,
      failed: 3 * by,
      authorized: 4 * by,
      canceled: 5 * by,
      refunded: 6 * by,
    },
    volume: new Map([['USD', 7n * BigInt(by)]]),
    refundVolume: new Map([['JPY', 8n * BigInt(by)]]),
    outcomeBins: new Map([
      [9, by],
      [-400, by],
    ]),
    decisionBins: new Map([[-11, by]]),
    scores,
  };
}

const minutesOf = (...tallies: readonly (readonly [number, number])[]): Minutes =>
  new Map(tallies.map(([startMs, by]) => [startMs, tallyOf(by)]));

export function describeTimeSeries(name: string, under: StoreUnderTest): void {
  describe(`${name} store, its time series`, () => {
    const at = standing(under);
    const all = (level: TimeLevel): Span => ({ level, fromMs: 0, beforeMs: LAST_MS * 2 });
    const tallies = (level: TimeLevel) => at.store.tallies(all(level));
    const add = async (after: number, to: number, minutes: Minutes, minutesKeptFromMs = 0) => {
      const { writer } = await at.store.logHead();
      const addition = { after, to: { writer, sequence: to }, minutes, minutesKeptFromMs };
      return at.store.addToSeries(addition);
    };

    test('has nothing to show at first', async () => {
      for (const level of TIME_LEVELS) expect(await tallies(level)).toEqual(new Map());
      expect(await at.store.riskScores(all('ever'))).toEqual(emptyTally().scores);
      expect(await at.store.cursor(TIME_SERIES_FOLLOWER)).toBeNull();
    });

    test('gives back what was added, by the minute, hour, day and of all time, also after a restart', async () => {
      expect(await add(0, 3, minutesOf([LAST_MS, 1], [LAST_MS + MINUTE, 10]))).toBe(true);
      await at.reopen();
      expect(await tallies('minute')).toEqual(minutesOf([LAST_MS, 1], [LAST_MS + MINUTE, 10]));
      for (const level of ['hour', 'day'] as const) {
        const starts = [LAST_MS, LAST_MS + MINUTE].map((ms) => levelStart(level, ms));
        expect(await tallies(level)).toEqual(minutesOf([starts[0] ?? 0, 1], [starts[1] ?? 0, 10]));
      }
      expect(await tallies('ever')).toEqual(minutesOf([0, 11]));
      expect(await at.store.riskScores(all('ever'))).toEqual(tallyOf(11).scores);
    });

    test('adds to what is there', async () => {
      await add(0, 3, minutesOf([LAST_MS, 1]));
      await at.reopen();
      expect(await add(3, 7, minutesOf([LAST_MS, 2]))).toBe(true);
      for (const level of TIME_LEVELS) {
        expect(await tallies(level)).toEqual(minutesOf([levelStart(level, LAST_MS), 3]));
      }
    });

    test('moves the place in the log with what is added, even when nothing is', async () => {
      const { writer } = await at.store.logHead();
      await add(0, 3, minutesOf([LAST_MS, 1]));
      expect(await at.store.cursor(TIME_SERIES_FOLLOWER)).toEqual({ writer, sequence: 3 });
      expect(await add(3, 9, new Map())).toBe(true);
      await at.reopen();
      expect(await at.store.cursor(TIME_SERIES_FOLLOWER)).toEqual({ writer, sequence: 9 });
    });

    test('adds nothing twice, and nothing behind a gap', async () => {
      await add(0, 3, minutesOf([LAST_MS, 1]));
      expect(await add(0, 3, minutesOf([LAST_MS, 1]))).toBe(false);
      expect(await add(4, 9, minutesOf([LAST_MS, 1]))).toBe(false);
      expect(await tallies('minute')).toEqual(minutesOf([LAST_MS, 1]));
      expect((await at.store.cursor(TIME_SERIES_FOLLOWER))?.sequence).toBe(3);
    });

    test('adds nothing that was counted of another log', async () => {
      const { writer } = await at.store.logHead();
      const counted = (after: number) => ({
        after,
        to: { writer, sequence: after + 5 },
        minutes: minutesOf([LAST_MS, 1]),
        minutesKeptFromMs: 0,
      });
      await at.store.addToSeries(counted(0));
      await execute(at.engine, requestOf({ type: 'reset_data' }));
      // As of before the first addition, and as of after it.
      expect(await at.store.addToSeries(counted(0))).toBe(false);
      expect(await at.store.addToSeries(counted(5))).toBe(false);
      for (const level of TIME_LEVELS) expect(await tallies(level)).toEqual(new Map());
    });

    test('is emptied by a reset, and counts the new log from its beginning', async () => {
      await mustDecide(at.engine, createCommand());
      await add(0, 1, minutesOf([LAST_MS, 1]));
      await execute(at.engine, requestOf({ type: 'reset_data' }));
      await at.reopen();
      for (const level of TIME_LEVELS) expect(await tallies(level)).toEqual(new Map());
      expect(await add(0, 2, minutesOf([LAST_MS, 4]))).toBe(true);
      expect(await tallies('ever')).toEqual(minutesOf([0, 4]));
    });

    test('drops minutes whose time is over, and no hour, day or sum', async () => {
      await add(0, 3, minutesOf([LAST_MS - MINUTE, 1], [LAST_MS, 2]));
      await add(3, 4, minutesOf([LAST_MS + MINUTE, 4]), LAST_MS);
      expect([...(await tallies('five_minutes')).keys()]).toEqual([LAST_MS + MINUTE]);
      expect([...(await tallies('minute')).keys()]).toEqual([LAST_MS, LAST_MS + MINUTE]);
      // One that comes too late to be kept is in the sums all the same.
      await add(4, 5, minutesOf([LAST_MS - MINUTE, 8]), LAST_MS);
      expect([...(await tallies('minute')).keys()]).toEqual([LAST_MS, LAST_MS + MINUTE]);
      expect(await tallies('hour')).toEqual(
        minutesOf([levelStart('hour', LAST_MS), 11], [LAST_MS + MINUTE, 4]),
      );
      expect(await tallies('ever')).toEqual(minutesOf([0, 15]));
    });

    test('shows of a level what begins from the first moment on and before the last', async () => {
      await add(0, 9, minutesOf([LAST_MS - MINUTE, 1], [LAST_MS, 2], [LAST_MS + MINUTE, 4]));
      const span = { level: 'minute', fromMs: LAST_MS, beforeMs: LAST_MS + MINUTE } as const;
      expect(await at.store.tallies(span)).toEqual(minutesOf([LAST_MS, 2]));
      expect(await at.store.riskScores(span)).toEqual(tallyOf(2).scores);
      expect(await at.store.riskScores({ ...span, beforeMs: LAST_MS + 1 })).toEqual(
        tallyOf(2).scores,
      );
      expect(await at.store.riskScores({ ...span, fromMs: LAST_MS + 1 })).toEqual(
        emptyTally().scores,
      );
    });

    test('holds sums beyond 64 bits exactly', async () => {
      const much = tallyOf(0);
      much.volume.set('USD', 2n ** 63n);
      await add(0, 1, new Map([[LAST_MS, much]]));
      await add(1, 2, new Map([[LAST_MS, much]]));
      expect((await tallies('day')).get(levelStart('day', LAST_MS))?.volume).toEqual(
        new Map([['USD', 2n ** 64n]]),
      );
    });
  });
}
