import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  authorizeCommand,
  createCommand,
  mustDecide,
  publish,
  requestOf,
  runTimers,
  START_MS,
  testClock,
  type TestClock,
  testEngine,
} from '../../../test/support/engine.ts';
import { openSqliteStore } from '../../adapters/storage/sqlite/store.ts';
import { localWakeup } from '../../adapters/system/wakeup.ts';
import { levelStart, type Span, type TimeLevel } from '../../core/time-levels.ts';
import type { Tally } from '../../core/time-series.ts';
import { execute } from '../execute.ts';
import { type Commit, type Engine, type Store, StorageError } from '../ports.ts';
import { type Collector, collectTimeSeries } from './collector.ts';

const MINUTE = 60_000;
const ALL = 1_000_000;
const EVER: Span = { level: 'ever', fromMs: 0, beforeMs: 1 };
const spanOf = (level: TimeLevel): Span => ({ level, fromMs: 0, beforeMs: START_MS * 2 });

let folder: string;
let clock: TestClock;
let store: Store;
let engine: Engine;
let collector: Collector;
let writers = 0;
let openings = 0;

function open(wrap: (store: Store) => Store = (opened) => opened): void {
  const opened = openSqliteStore({
    path: join(folder, 'test.db'),
    newWriter: () => `writer-${(writers += 1)}`,
    publish,
    nowMs: () => clock.nowMs(),
  });
  store = wrap(opened);
  openings += 1;
  engine = testEngine(store, clock, { seed: `opening-${openings}` });
  collector = collectTimeSeries(engine);
}

/** What a kill leaves behind: what is on disk, and nothing of what was in memory. */
async function crash(wrap?: (store: Store) => Store): Promise<void> {
  collector.close();
  await store.close();
  open(wrap);
}

/** The store, with some of what it does done otherwise. */
const changed = (change: (opened: Store) => Partial<Store>) => (opened: Store) => ({
  ...opened,
  ...change(opened),
});

const pay = () => mustDecide(engine, createCommand());
const payMany = (count: number) => Promise.all(Array.from({ length: count }, pay));
const reset = () => execute(engine, requestOf({ type: 'reset_data' }));
const saved = async () => (await store.cursor('time_series'))?.sequence ?? null;
const ever = async (): Promise<Tally['counts'] | undefined> =>
  (await collector.tallies(EVER)).get(0)?.counts;
const created = async () => (await ever())?.created ?? 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'farthing-series-'));
  clock = testClock();
  open();
});
afterEach(async () => {
  collector.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

describe('what was committed is counted', () => {
  test('at once, before anything of it was written and before the log was looked at', async () => {
    await payMany(3);
    expect(await created()).toBe(3);
    expect(collector.isBehind).toBe(true);
    await collector.catchUp(ALL);
    expect(collector.isBehind).toBe(false);
    await pay();
    expect(await created()).toBe(4);
    expect(await saved()).toBeNull();
  });

  test('once, whether it is still in memory or on disk', async () => {
    await collector.catchUp(ALL);
    await pay();
    await collector.save();
    await pay();
    expect(await created()).toBe(2);
    await collector.save();
    expect(await created()).toBe(2);
    expect(await saved()).toBe(2);
    expect((await store.tallies(EVER)).get(0)?.counts.created).toBe(2);
  });

  test('once, also while it is being written', async () => {
    await collector.catchUp(ALL);
    await payMany(2);
    const answers = await Promise.all([
      created(),
      collector.save(),
      created(),
      pay(),
      collector.save(),
      created(),
    ]);
    expect(answers.filter((answer) => typeof answer === 'number')).toEqual([2, 2, 2]);
    expect(await created()).toBe(3);
  });

  test('each in the minute it happened in, those of one batch too', async () => {
    await collector.catchUp(ALL);
    const start = START_MS + MINUTE - 1;
    clock.advance(start - START_MS);
    const ticking: Engine = {
      ...engine,
      clock: {
        ...clock,
        nowMs() {
          clock.advance(1);
          return clock.nowMs() - 1;
        },
      },
    };
    let commits = 0;
    engine.wakeup.subscribe(() => (commits += 1));
    await Promise.all([1, 2, 3].map(() => mustDecide(ticking, createCommand())));
    expect(commits).toBe(1);
    for (const look of [1, 2]) {
      const minutes = await collector.tallies(spanOf('minute'));
      expect([...minutes].map(([at, { counts }]) => [at, counts.created])).toEqual([
        [START_MS, 1],
        [START_MS + MINUTE, 2],
      ]);
      const hours = await collector.tallies(spanOf('hour'));
      expect([...hours].map(([at, { counts }]) => [at, counts.created])).toEqual([
        [levelStart('hour', START_MS), 3],
      ]);
      if (look === 1) await collector.save();
    }
  });

  test('and nothing is written when nothing happened', async () => {
    let writes = 0;
    await crash(
      changed((opened) => ({
        addToSeries(addition) {
          writes += 1;
          return opened.addToSeries(addition);
        },
      })),
    );
    await collector.catchUp(ALL);
    await collector.save();
    expect(writes).toBe(0);
    await pay();
    await collector.save();
    await collector.save();
    expect(writes).toBe(1);
  });

  test('scores too, in memory and on disk, within each span alone', async () => {
    await collector.catchUp(ALL);
    const authorize = (modelScore: number) =>
      mustDecide(engine, authorizeCommand({ modelScore, amountMinor: 100n }));
    await authorize(0.5);
    await collector.save();
    clock.advance(MINUTE);
    await authorize(0.52);
    await authorize(1);
    const total = async (...spans: Span[]) =>
      (await collector.riskScores(spans)).flatMap((count, bucket) =>
        count === 0 ? [] : [[bucket, count]],
      );
    expect(await total(EVER)).toEqual([
      [10, 2],
      [19, 1],
    ]);
    const first = { level: 'minute', fromMs: START_MS, beforeMs: START_MS + MINUTE } as const;
    const second = { ...first, fromMs: START_MS + MINUTE, beforeMs: START_MS + 2 * MINUTE };
    expect(await total(first)).toEqual([[10, 1]]);
    expect(await total(second)).toEqual([
      [10, 1],
      [19, 1],
    ]);
    expect(await total(first, second)).toEqual(await total(EVER));
  });
});

describe('after a crash', () => {
  test('between commit and writing, what was not written is counted again from the log', async () => {
    await collector.catchUp(ALL);
    await payMany(2);
    await collector.save();
    await payMany(3);
    await runTimers(engine, clock);
    const before = await ever();
    expect(before).toMatchObject({ created: 5, succeeded: 5 });
    await crash();
    expect(await created()).toBe(2);
    await collector.catchUp(ALL);
    expect(await ever()).toEqual(before);
    await collector.save();
    await crash();
    await collector.catchUp(ALL);
    expect(await ever()).toEqual(before);
  });

  test('what is committed while the log is still read is counted once', async () => {
    await payMany(256);
    await payMany(256);
    await payMany(100);
    await crash();
    await pay();
    expect(await created()).toBe(1);
    await collector.catchUp(500);
    expect(collector.isBehind).toBe(true);
    await pay();
    // What was read so far can be written down; what came meanwhile waits for what is before it.
    await collector.save();
    expect(await saved()).toBe(500);
    await crash();
    await payMany(2);
    await collector.catchUp(ALL);
    expect(collector.isBehind).toBe(false);
    await pay();
    expect(await created()).toBe(617);
    await collector.save();
    expect(await saved()).toBe(617);
    expect(await created()).toBe(617);
  });

  test('a store that answers late counts nothing twice and leaves nothing out', async () => {
    await payMany(20);
    await crash(
      changed((opened) => ({
        // What it answers is from before, and from after, commits that were heard of meanwhile.
        async events(query) {
          await pay();
          const page = await opened.events(query);
          await pay();
          return page;
        },
      })),
    );
    await collector.catchUp(ALL);
    expect(collector.isBehind).toBe(false);
    const { sequence } = await store.logHead();
    expect(sequence).toBeGreaterThan(20);
    expect(await created()).toBe(sequence);
    await collector.save();
    expect(await created()).toBe(sequence);
    expect(await saved()).toBe(sequence);
  });
});

describe('a reset', () => {
  test('empties what was counted, on disk and in memory', async () => {
    await collector.catchUp(ALL);
    await payMany(2);
    await collector.save();
    await pay();
    await reset();
    expect(await ever()).toBeUndefined();
    await pay();
    expect(await created()).toBe(1);
    await collector.catchUp(ALL);
    await collector.save();
    expect(await saved()).toBe(2);
    await crash();
    await collector.catchUp(ALL);
    expect(await created()).toBe(1);
  });

  test('between counting and writing leaves nothing of the log before it', async () => {
    let beforeWriting: () => Promise<unknown> = async () => {};
    await crash(
      changed((opened) => ({
        async addToSeries(addition) {
          await beforeWriting();
          return opened.addToSeries(addition);
        },
      })),
    );
    await collector.catchUp(ALL);
    await payMany(2);
    beforeWriting = reset;
    await collector.save();
    beforeWriting = async () => {};
    expect(await ever()).toBeUndefined();
    await pay();
    await collector.catchUp(ALL);
    await collector.save();
    expect(await created()).toBe(1);
    expect((await store.tallies(EVER)).get(0)?.counts.created).toBe(1);
  });

  test('between writing and hearing of it begins anew at once', async () => {
    let afterWriting: () => Promise<unknown> = reset;
    await crash(
      changed((opened) => ({
        async addToSeries(addition) {
          const isAdded = await opened.addToSeries(addition);
          await afterWriting();
          return isAdded;
        },
      })),
    );
    await collector.catchUp(ALL);
    await payMany(2);
    await collector.save();
    afterWriting = async () => {};
    await pay();
    await collector.catchUp(ALL);
    await collector.save();
    expect((await store.tallies(EVER)).get(0)?.counts.created).toBe(1);
  });

  test('while somebody reads does not mix what was with what is', async () => {
    let whileReading: () => Promise<unknown> = async () => {};
    await crash(
      changed((opened) => ({
        async tallies(span) {
          const tallies = await opened.tallies(span);
          await whileReading();
          return tallies;
        },
      })),
    );
    await collector.catchUp(ALL);
    await payMany(2);
    await collector.save();
    whileReading = async () => {
      whileReading = async () => {};
      await reset();
      await pay();
    };
    expect(await created()).toBe(1);
  });
});

describe('when the store fails', () => {
  test('to write, what was counted is kept and written the next time', async () => {
    let isFull = true;
    await crash(
      changed((opened) => ({
        addToSeries: (addition) =>
          isFull
            ? Promise.reject(new StorageError('unavailable', 'the disk is full'))
            : opened.addToSeries(addition),
      })),
    );
    await collector.catchUp(ALL);
    await payMany(2);
    const [failed] = await Promise.allSettled([collector.save(), pay()]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable' } });
    expect(await created()).toBe(3);
    isFull = false;
    await collector.save();
    expect(await created()).toBe(3);
    expect((await store.tallies(EVER)).get(0)?.counts.created).toBe(3);
  });

  test('to read the log, it is read on the next time', async () => {
    await payMany(4);
    let isBroken = true;
    await crash(
      changed((opened) => ({
        events: (query) => (isBroken ? Promise.reject(new Error('broken')) : opened.events(query)),
      })),
    );
    await expect(collector.catchUp(ALL)).rejects.toThrow('broken');
    await pay();
    isBroken = false;
    await collector.catchUp(ALL);
    expect(await created()).toBe(5);
  });

  test('to say that it has written, what is on disk counts and not what is thought', async () => {
    await collector.catchUp(ALL);
    await payMany(2);
    // Somebody else counts the same log.
    const other = collectTimeSeries(engine);
    await other.catchUp(ALL);
    await other.save();
    other.close();
    await pay();
    await collector.save();
    await collector.catchUp(ALL);
    expect(await created()).toBe(3);
    await collector.save();
    expect(await created()).toBe(3);
    expect(await saved()).toBe(3);
  });
});

test('commits that are heard of after the log has told of them are counted once', async () => {
  const wakeup = localWakeup();
  const late: Commit[] = [];
  engine.wakeup.subscribe((commit) => late.push(commit));
  collector.close();
  collector = collectTimeSeries({ ...engine, wakeup });
  // Two commits, and the first page of the log ends within the second.
  await payMany(256);
  await payMany(256);
  expect(late.map(({ sequence }) => sequence)).toEqual([256, 512]);
  await collector.catchUp(500);
  expect(await created()).toBe(500);
  for (const commit of late) wakeup.committed(commit);
  expect(await created()).toBe(512);
  await collector.catchUp(ALL);
  for (const commit of late) wakeup.committed(commit);
  expect(await created()).toBe(512);
  expect(collector.isBehind).toBe(false);
});

test('a commit that was never heard of is found in the log', async () => {
  await collector.catchUp(ALL);
  await pay();
  const deaf = testEngine(store, clock, { seed: 'deaf' });
  await mustDecide(deaf, createCommand());
  expect(await created()).toBe(1);
  await pay();
  expect(collector.isBehind).toBe(true);
  await collector.catchUp(ALL);
  expect(await created()).toBe(3);
  await collector.save();
  expect(await saved()).toBe(3);
});
