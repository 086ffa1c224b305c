import { describe, expect, test } from 'vitest';
import { execute } from '../../src/engine/execute.ts';
import { freshSeed } from '../support/chance.ts';
import { createCommand, requestOf, testEngine } from '../support/engine.ts';
import { emptyStore, isPostgres } from '../support/store.ts';
import { STATUS_OF_CODE } from './model.ts';
import { type Batching, simulate } from './simulator.ts';

const STEPS = isPostgres ? 1_000 : 2_000;

/** So many steps are made on SQLite that all kinds come; on Postgres some of the rarest do not. */
const KINDS_LEFT_OUT_MAX = isPostgres ? 6 : 0;

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

  // Two seeds that are always the same (on Postgres, where a step takes several times as long, one), and one that nobody
  // has seen yet.
  test.each([...(isPostgres ? [] : ['ha’penny']), 'farthing', freshSeed()])(
    'does what the model says, step by step, from seed %s',
    { timeout: 240_000 },
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
    const missing = (all: readonly string[], seen: ReadonlySet<string>) =>
      all.filter((one) => !seen.has(one)).slice(KINDS_LEFT_OUT_MAX);
    expect(missing(REPLIES, replies)).toEqual([]);
    expect(missing(RULES, rules)).toEqual([]);
    expect([...replies, ...rules].filter((one) => ![...REPLIES, ...RULES].includes(one))).toEqual(
      [],
    );
  });
});

describe('the same seed and the same commands', () => {
  const historyOf = async (batching: Batching, reopening: number) => {
    let contents: Record<string, unknown[]> = {};
    const report = await simulate({
      seed: 'the same',
      batching,
      reopening,
      isDone: (steps) => steps >= 400,
      atEnd: async (stored) => {
        contents = await stored.contents();
      },
    });
    return { contents, report };
  };

  test(
    'give the same history, byte for byte, whatever the batching and however often it was opened anew',
    { timeout: 240_000 },
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
    const store = await emptyStore({ nowMs: () => 0 });
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
