/**
 * Whatever happens, and wherever the process is killed in between: what the series say is what the log says. The expected
 * sums are made of the log's entries by another, simpler way of counting.
 */
import { expect, test } from 'vitest';
import { openReadOnly } from '../../src/adapters/storage/sqlite/database.ts';
import { recount } from '../../src/adapters/storage/sqlite/recount.ts';
import { currencyOf } from '../../src/core/currencies.ts';
import type { PaymentId } from '../../src/core/ids.ts';
import { binOf } from '../../src/core/sketch.ts';
import { isForTwoDays, minutesFrom, type TimeLevel } from '../../src/core/time-levels.ts';
import type { Tally } from '../../src/core/time-series.ts';
import { execute } from '../../src/engine/execute.ts';
import type { Engine, Store } from '../../src/engine/ports.ts';
import { collectTimeSeries, type Collector } from '../../src/engine/time-series/collector.ts';
import { type Chance, chanceFrom, freshSeed } from '../support/chance.ts';
import {
  authorizeCommand,
  createCommand,
  requestOf,
  retryCommand,
  runTimers,
  SETTINGS,
  testClock,
  testEngine,
} from '../support/engine.ts';
import { scenarioOf } from '../support/payment.ts';
import { isPostgres, type TestPlace, testPlace } from '../support/store.ts';

const WIDTHS: Readonly<Record<TimeLevel, number>> = {
  minute: 60_000,
  five_minutes: 300_000,
  hour: 3_600_000,
  day: 86_400_000,
  ever: Infinity,
};
const STEPS = 120;

interface Opened {
  readonly store: Store;
  readonly engine: Engine;
  readonly collector: Collector;
}

test.each([freshSeed(), freshSeed(), freshSeed()])(
  'the series are the sums of the log, after any kill, seed %s',
  async (seed) => {
    const world = await World.open(seed);
    try {
      for (let step = 0; step < STEPS; step += 1) await world.step();
      await world.compare();
      await world.restart();
      await world.compare();
      expect(world.compared.length).toBeGreaterThan(10);
      for (const { what, actual, expected } of world.compared) {
        expect({ what, actual }).toEqual({ what, actual: expected });
      }
      expect(world.seen.payments).toBeGreaterThan(20);
      expect(world.seen.kills).toBeGreaterThan(2);
    } finally {
      await world.end();
    }
  },
);

class World {
  readonly seen = { payments: 0, kills: 0 };
  /** What was said, beside what the log makes of it. */
  readonly compared: { what: string; actual: unknown; expected: unknown }[] = [];
  readonly #chance: Chance;
  readonly #seed: string;
  readonly #place: TestPlace;
  readonly #clock = testClock();
  #opened: Opened | undefined;
  #openings = 0;

  private constructor(seed: string, place: TestPlace) {
    this.#seed = seed;
    this.#place = place;
    this.#chance = chanceFrom(seed);
  }

  static async open(seed: string): Promise<World> {
    const world = new World(seed, await testPlace());
    await world.#open();
    return world;
  }

  get #now(): Opened {
    if (this.#opened === undefined) throw new Error('it is not open');
    return this.#opened;
  }

  async #open(): Promise<void> {
    this.#openings += 1;
    const name = `${this.#seed}-${this.#openings}`;
    let logs = 0;
    const store = await this.#place.openStore({
      hasWriteThread: this.#chance.happens(0.3),
      newLog: () => `${name}-${(logs += 1)}`,
      nowMs: () => this.#clock.nowMs(),
    });
    const settings = { ...SETTINGS, failureRate: 0.3, processingJitterMs: 300 };
    const engine = testEngine(store, this.#clock, { seed: name, settings });
    this.#opened = { store, engine, collector: collectTimeSeries(engine) };
  }

  /** As after a kill: nothing is written that was not. */
  async restart(): Promise<void> {
    this.seen.kills += 1;
    await this.#close();
    await this.#open();
  }

  async end(): Promise<void> {
    await this.#close();
    await this.#place.remove();
  }

  async #close(): Promise<void> {
    this.#now.collector.close();
    await this.#now.store.close();
  }

  async step(): Promise<void> {
    const { engine, collector } = this.#now;
    const chance = this.#chance;
    const happened = chance.fraction();
    if (happened < 0.4) await this.#pay(chance.int(1, 6));
    else if (happened < 0.55) await this.#change();
    else if (happened < 0.65) await runTimers(engine, this.#clock);
    else if (happened < 0.75) this.#clock.advance(10 ** chance.int(1, 7.7));
    else if (happened < 0.82) await collector.catchUp(chance.pick([1, 500, Infinity]));
    else if (happened < 0.9) await Promise.all([this.#pay(2), collector.save(), this.#pay(1)]);
    else if (happened < 0.96) await this.restart();
    else if (happened < 0.97) await execute(engine, requestOf({ type: 'reset_data' }));
    else await this.compare();
  }

  async #pay(count: number): Promise<void> {
    const chance = this.#chance;
    this.seen.payments += count;
    await Promise.all(
      Array.from({ length: count }, () => {
        const asked = {
          currency: currencyOf(chance.pick(['USD', 'JPY', 'KWD'])),
          amountMinor: BigInt(chance.int(-1, 999_999)),
          scenario: chance.happens(0.3) ? scenarioOf({ outcomes: ['PROCESSING_ERROR'] }) : null,
          modelScore: chance.happens(0.7) ? chance.int(0, 10_000) / 10_000 : null,
        };
        const command = chance.happens(0.5) ? createCommand(asked) : authorizeCommand(asked);
        return execute(this.#now.engine, requestOf(command));
      }),
    );
  }

  /** Refunds and retries; those that are refused are welcome too. */
  async #change(): Promise<void> {
    const { items } = await this.#now.store.listPayments({ limit: 20, cursor: null });
    await Promise.all(
      items.map(({ id }) =>
        execute(
          this.#now.engine,
          requestOf(this.#chance.happens(0.5) ? retryCommand(id) : this.#refund(id)),
        ),
      ),
    );
  }

  #refund(paymentId: PaymentId) {
    const amount = this.#chance.pick([null, '1', '20']);
    return { type: 'refund_payment', paymentId, amount, reason: null } as const;
  }

  /** The collector as it stands, beside the log; and the recount of what is on disk. */
  async compare(): Promise<void> {
    await this.#now.collector.catchUp(Infinity);
    const entries = await this.#entries();
    for (const level of Object.keys(WIDTHS) as TimeLevel[]) {
      const oldestMs = isForTwoDays(level) ? minutesFrom(this.#clock.nowMs()) : 0;
      const span = { level, fromMs: oldestMs, beforeMs: Number.MAX_SAFE_INTEGER };
      const tallies = await this.#now.collector.tallies(span);
      const expected = expectedOf(entries, WIDTHS[level]);
      for (const startMs of expected.keys()) if (startMs < oldestMs) expected.delete(startMs);
      this.compared.push({ what: level, actual: tallies, expected });
      const scores = await this.#now.collector.riskScores([span]);
      const counted = scores.map((_, bucket) =>
        [...expected.values()].reduce((sum, tally) => sum + (tally.scores[bucket] ?? 0), 0),
      );
      this.compared.push({ what: `${level} scores`, actual: scores, expected: counted });
    }
    if (!isPostgres) this.#recount();
  }

  /** As `farthing ledger check` does it on a file. */
  #recount(): void {
    const database = openReadOnly(this.#place.path);
    const series = recount(database).find(({ name }) => name === 'time_series');
    database.close();
    this.compared.push({ what: 'recount', actual: series?.examples, expected: [] });
  }

  async #entries(): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (;;) {
      const page = await this.#now.store.events({ after: entries.length, limit: 500 });
      if (page.events.length === 0) return entries;
      entries.push(
        ...page.events.map(({ atMs, paymentSequence, type, cause, data }) => ({
          atMs,
          type,
          isNew: paymentSequence === 1,
          cause: JSON.parse(cause) as Entry['cause'],
          data: JSON.parse(data) as Entry['data'],
        })),
      );
    }
  }
}

interface Entry {
  readonly atMs: number;
  readonly type: string;
  readonly isNew: boolean;
  readonly cause: { readonly latency_ms?: number; readonly risk?: { readonly score: number } };
  readonly data: {
    readonly currency: string;
    readonly attempts: number;
    readonly created_at: string;
    readonly amount_captured: number;
    readonly refunds: readonly { readonly amount: number }[];
  };
}

function expectedOf(entries: readonly Entry[], widthMs: number): Map<number, Tally> {
  const groups = new Map<number, Entry[]>();
  for (const entry of entries) {
    if (!entry.isNew && !/succeeded|failed|refunded/.test(entry.type)) continue;
    const startMs = widthMs === Infinity ? 0 : entry.atMs - (entry.atMs % widthMs);
    groups.set(startMs, [...(groups.get(startMs) ?? []), entry]);
  }
  return new Map([...groups].map(([startMs, group]) => [startMs, tallyOf(group)]));
}

function tallyOf(group: readonly Entry[]): Tally {
  const ofType = (pattern: RegExp) => group.filter(({ type }) => pattern.test(type));
  const ends = ofType(/succeeded|failed/);
  const first = ends.filter(({ data }) => data.attempts === 1);
  const waited = first.filter(({ isNew }) => !isNew);
  const risky = first.flatMap(({ cause }) => cause.risk ?? []);
  return {
    counts: {
      created: group.filter(({ isNew }) => isNew).length,
      succeeded: ofType(/succeeded/).length,
      failed: ofType(/failed/).length,
      authorized: 0,
      canceled: 0,
      refunded: ofType(/refunded/).length,
    },
    volume: sums(ofType(/succeeded/).map(({ data }) => [data.currency, data.amount_captured])),
    refundVolume: sums(
      ofType(/refunded/).map(({ data }) => [data.currency, data.refunds.at(-1)?.amount ?? 0]),
    ),
    outcomeBins: bins(waited.map(({ atMs, data }) => atMs - Date.parse(data.created_at))),
    decisionBins: bins(first.flatMap(({ cause }) => cause.latency_ms ?? [])),
    scores: Array.from(
      { length: 20 },
      (_, bucket) =>
        risky.filter(({ score }) => Math.min(19, Math.floor((score * 10_000) / 500)) === bucket)
          .length,
    ),
  };
}

function sums(amounts: readonly (readonly [string, number])[]): Map<string, bigint> {
  const made = new Map<string, bigint>();
  for (const [code, amount] of amounts) {
    const minor = BigInt(Math.round(amount * 10 ** currencyOf(code).minorDigits));
    made.set(code, (made.get(code) ?? 0n) + minor);
  }
  return made;
}

function bins(values: readonly number[]): Map<number, number> {
  const made = new Map<number, number>();
  for (const value of values) made.set(binOf(value), (made.get(binOf(value)) ?? 0) + 1);
  return made;
}
