import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditFile } from '../../../../test/support/audit.ts';
import { cardNumber } from '../../../../test/support/cards.ts';
import {
  createCommand,
  mustDecide,
  publish,
  requestOf,
  runTimers,
  testClock,
  testEngine,
} from '../../../../test/support/engine.ts';
import type { AuthorizeCard, Command } from '../../../core/commands.ts';
import { execute } from '../../../engine/execute.ts';
import type { Engine, Reply, Store } from '../../../engine/ports.ts';
import { withBatch } from '../../../../test/property/store.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-batch-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

const authorization: AuthorizeCard = {
  ...createCommand(),
  type: 'authorize_card',
  card: {
    brand: 'visa',
    bin: '453212',
    last4: cardNumber(1).slice(-4),
    fingerprint: 'f'.repeat(32),
    isLuhnValid: true,
  },
  scenario: { outcomes: ['APPROVE'], delayMs: null, testCard: null, isCardExpired: false },
};

describe.each([true, false])('a batch behind another (with a thread of its own: %s)', (thread) => {
  let path: string;
  let store: Store;
  let engine: Engine;
  let sizes: number[];
  const clock = testClock();

  beforeEach(() => {
    files += 1;
    path = join(folder, `${files}.db`);
    store = open();
    sizes = [];
    engine = testEngine(
      withBatch(store, (requests) => void sizes.push(requests.length)),
      clock,
    );
  });
  afterEach(() => store.close());

  function open(): Store {
    return openSqliteStore({
      path,
      hasWriteThread: thread,
      newWriter: () => 'abc123',
      publish,
      nowMs: () => clock.nowMs(),
    });
  }

  const ask = (command: Command) => execute(engine, requestOf(command));

  /** Two batches, the second decided while the first is on its way to the disk. */
  async function twoBatches(first: readonly Command[], second: readonly Command[]) {
    const replies: Promise<Reply>[] = first.map(ask);
    await setImmediate();
    replies.push(...second.map(ask));
    return Promise.all(replies);
  }

  test('is decided on top of it', async () => {
    const replies = await twoBatches(
      [authorization, authorization],
      [authorization, authorization, authorization],
    );
    expect(sizes).toEqual([2, 3]);
    const velocities = replies.map((reply) =>
      reply.kind === 'decided' && 'risk' in reply.cause
        ? reply.cause.risk?.features.spending_velocity
        : null,
    );
    expect(velocities).toEqual([0, 0.125, 0.25, 0.375, 0.5]);
    const ordinals = replies.map((reply) => (reply.kind === 'decided' ? reply.payment.ordinal : 0));
    expect(ordinals).toEqual([1, 2, 3, 4, 5]);
    expect((await store.logHead()).sequence).toBe(5);
  });

  test('sees its payments and its replies', async () => {
    const key = { keyHash: 'k', fingerprint: 'f', waits: false };
    const made = execute(engine, requestOf(createCommand(), key));
    await setImmediate();
    const again = execute(engine, requestOf(createCommand(), key));
    expect((await made).kind).toBe('decided');
    expect((await again).kind).toBe('replayed');
    expect(sizes).toEqual([1, 1]);
  });

  test('that is refused is superseded and decided again', async () => {
    const paid = await mustDecide(engine, createCommand());
    await runTimers(engine, clock);
    sizes.length = 0;
    // Somebody else changes a payment: what was decided on the one we knew is refused.
    const other = new DatabaseSync(path);
    other.exec('update payments set version = 9');
    other.close();
    const refund = {
      type: 'refund_payment',
      paymentId: paid.id,
      amount: '1',
      reason: null,
    } as const;
    const replies = await twoBatches(
      [authorization, refund],
      [authorization, authorization, createCommand()],
    );
    // Where the first has failed before the second is decided, there is nothing to supersede.
    expect([
      [2, 3, 1, 1, 3],
      [2, 1, 1, 3],
    ]).toContainEqual(sizes);
    expect(replies.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'decided'));
    const head = await store.logHead();
    expect(head.sequence).toBe(3 + 5);
    const { items } = await store.listPayments({ limit: 10, cursor: null });
    expect(items.map(({ ordinal }) => ordinal)).toEqual([5, 4, 3, 2, 1]);
    expect(engine.features.read(`c:${'f'.repeat(32)}`)).not.toBeNull();
  });

  test('leaves a sound database, whatever comes together', async () => {
    for (let round = 0; round < 20; round += 1) {
      await twoBatches(
        Array.from({ length: 1 + (round % 5) }, () => authorization),
        Array.from({ length: 1 + (round % 7) }, () => createCommand()),
      );
    }
    await runTimers(engine, clock);
    await store.close();
    expect(auditFile(path).faults).toEqual([]);
    store = open();
  });
});
