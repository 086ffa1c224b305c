import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/adapters/storage/sqlite/store.ts';
import { execute } from '../../src/engine/execute.ts';
import { freshSeed } from '../support/chance.ts';
import { createCommand, publish, requestOf, testEngine } from '../support/engine.ts';
import { STATUS_OF_CODE } from './model.ts';
import { type Batching, simulate } from './simulator.ts';

const STEPS = 2_000;

/** Every kind of reply that a workload must have brought about, or it tested less than it says. */
const ASKED = ['create', 'authorize', 'refund', 'retry', 'retry with another card'];
const REPLIES = [
  ...[...ASKED, 'timer'].map((kind) => `decided ${kind}`),
  ...ASKED.map((kind) => `replayed ${kind}`),
  ...['create', 'retry', 'retry with another card'].map((kind) => `waiting ${kind}`),
  ...['change', 'rules', 'reset', 'timer'].map((kind) => `changed ${kind}`),
  ...Object.keys(STATUS_OF_CODE),
];

/** Everything that can decide an attempt. */
const RULES = [
  'amount_must_be_positive',
  'recipient_and_currency_required',
  'outcome_asked_for',
  'card_expired',
  'test_card',
  'amount_tail',
  'issuer_unavailable',
  'issuer_timeout',
  'block_list',
  'fraud_threshold',
  'risk_block',
  'high_amount',
  'random_decline',
  'random_failure',
  'no_objection',
  'in shadow',
];

describe('the engine', () => {
  const replies = new Set<string>();
  const rules = new Set<string>();

  // Two seeds that are always the same, and one that nobody has seen yet.
  test.each(['farthing', 'ha’penny', freshSeed()])(
    'does what the model says, step by step, from seed %s',
    { timeout: 120_000 },
    async (seed) => {
      const report = await simulate({
        seed,
        batching: 'some',
        reopening: 0.02,
        isDone: (steps) => steps >= STEPS,
      });
      for (const reply of Object.keys(report.replies)) replies.add(reply);
      for (const rule of Object.keys(report.rules)) rules.add(rule);
      expect(report.payments).toBeGreaterThan(STEPS / 2);
      expect(report.reopened).toBeGreaterThan(10);
    },
  );

  test('was asked everything it can be asked', () => {
    expect([...replies].sort()).toEqual(REPLIES.toSorted());
    expect([...rules].sort()).toEqual(RULES.toSorted());
  });
});

/**
 * Every row of every table of ours. SQLite's own statistics follow how often a file was closed, and the search index
 * goes on in its own time: it holds the same in other pieces.
 */
function contentsOf(path: string): Record<string, unknown[]> {
  const reader = new DatabaseSync(path, { readOnly: true });
  const tables = reader.prepare(
    `select name from sqlite_schema
      where type = 'table' and name not like 'sqlite_%' and name not like 'search_%'`,
  );
  const contents = tables.all().map(({ name }) => {
    return [String(name), reader.prepare(`select * from ${String(name)}`).all()] as const;
  });
  reader.close();
  return Object.fromEntries(contents);
}

describe('the same seed and the same commands', () => {
  const historyOf = async (batching: Batching, reopening: number) => {
    let contents: Record<string, unknown[]> = {};
    const report = await simulate({
      seed: 'the same',
      batching,
      reopening,
      isDone: (steps) => steps >= 400,
      atEnd: (path) => {
        contents = contentsOf(path);
      },
    });
    return { contents, report };
  };

  test(
    'give the same history, byte for byte, whatever the batching and however often it was opened anew',
    { timeout: 120_000 },
    async () => {
      const { contents: alone, report } = await historyOf('one', 0);
      // The first entry of a log has the hash of the log before it: the last one vouches for all.
      expect(report.resets).toBeGreaterThan(0);
      expect(report.events).toBeGreaterThan(1_000);
      expect(alone['events']?.length).toBeGreaterThan(100);
      expect((await historyOf('all', 0)).contents).toEqual(alone);
      expect((await historyOf('some', 0.05)).contents).toEqual(alone);
    },
  );
});

describe('a batch that is on disk', () => {
  test('is not run a second time when the hint after it fails', async () => {
    const nowMs = () => 0;
    const store = openSqliteStore({ path: ':memory:', newWriter: () => 'abc123', publish, nowMs });
    const engine = testEngine(store);
    engine.wakeup.subscribe(() => {
      throw new Error('a listener has a bug');
    });
    const asked = [1, 2, 3].map(() => execute(engine, requestOf(createCommand())));
    await Promise.allSettled(asked);
    const { items } = await store.listPayments({ limit: 100, cursor: null });
    await store.close();
    expect(items).toHaveLength(asked.length);
  });
});
