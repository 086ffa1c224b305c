import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  authorizeCommand,
  createCommand,
  mustDecide,
  requestOf,
  runTimers,
  testClock,
  type TestClock,
  testEngine,
} from '../../test/support/engine.ts';
import { cardOf, scenarioOf } from '../../test/support/payment.ts';
import { passed, withBatch } from '../../test/property/store.ts';
import { emptyStore } from '../../test/support/store.ts';
import { memoryFeatures } from '../adapters/features/memory.ts';
import type { AuthorizeCard, Command } from '../core/commands.ts';
import { subjectKeys } from '../core/entity.ts';
import { execute } from './execute.ts';
import { replay } from './feature-replay.ts';
import {
  type DecidedReply,
  type Engine,
  type RiskModel,
  type RiskQuestion,
  StorageError,
  type Store,
} from './ports.ts';
import type { WorkingSet } from './working-set.ts';

let store: Store;
let clock: TestClock;
beforeEach(async () => {
  clock = testClock();
  store = await emptyStore(clock);
});
afterEach(() => store.close());

const authorize = (changes: Partial<AuthorizeCard> = {}) =>
  authorizeCommand({ deviceId: 'd-1', ip: '192.0.2.7', ...changes });
const keys = subjectKeys({ card: cardOf().fingerprint, deviceId: 'd-1', ip: '192.0.2.7' });

async function decide(engine: Engine, command: Command): Promise<DecidedReply> {
  const reply = await execute(engine, requestOf(command));
  if (reply.kind !== 'decided') throw new Error(`expected a decision, got ${reply.kind}`);
  return reply;
}

function riskIn({ cause }: DecidedReply) {
  if (!('risk' in cause) || cause.risk === undefined) throw new Error('a card has a risk');
  return cause.risk;
}
const velocityIn = (reply: DecidedReply) => riskIn(reply).features.spending_velocity;

/** The store, but each batch is decided in full before `after` may refuse it. */
function withRefusal(after: (working: WorkingSet) => void): Store {
  return {
    ...store,
    batch: (requests, decideAll) =>
      store.batch(requests, (working) => {
        const replies = decideAll(working);
        after(working);
        return replies;
      }),
  };
}

function isPoisoned({ recorded }: WorkingSet): boolean {
  return recorded.some(({ decision }) => {
    return decision.kind === 'payment' && decision.payment.recipient === 'poison';
  });
}

describe('what is known of a card', () => {
  const three = () => [authorize(), authorize({ card: cardOf('0005') }), authorize()];

  test('grows within a batch: the second payment sees the first', async () => {
    const engine = testEngine(store, clock);
    const replies = await Promise.all(three().map((command) => decide(engine, command)));
    expect(replies.map(velocityIn)).toEqual([0, 0, 0.125]);
  });

  test('is the same however its payments are cut into batches', async () => {
    const sizes: number[] = [];
    const note = withBatch(store, (requests) => void sizes.push(requests.length));
    const together = testEngine(note, clock);
    const inOne = await Promise.all(three().map((command) => decide(together, command)));
    const other = await emptyStore(clock);
    const alone = testEngine(other, clock);
    const oneByOne: DecidedReply[] = [];
    for (const command of three()) oneByOne.push(await decide(alone, command));
    await other.close();
    expect(sizes).toEqual([3]);
    expect(inOne.map(riskIn)).toEqual(oneByOne.map(riskIn));
    expect(together.features.read(keys.device ?? '')).toEqual(
      alone.features.read(keys.device ?? ''),
    );
  });

  test('is of both doors, and of an attempt when it ends', async () => {
    const engine = testEngine(store, clock);
    await mustDecide(engine, createCommand({ card: cardOf() }));
    expect(velocityIn(await decide(engine, authorize()))).toBe(0);
    await runTimers(engine, clock);
    expect(velocityIn(await decide(engine, authorize()))).toBe(0.25);
  });

  test('is what the log says, event by event', async () => {
    const engine = testEngine(store, clock, { settings: { randomDeclineRate: 0.5 } });
    for (const last4 of ['0001', '0002', '0003', '0001']) {
      const card = cardOf(last4);
      await Promise.all([
        mustDecide(engine, authorize({ card, ip: null })),
        mustDecide(engine, createCommand({ card, deviceId: 'd-1' })),
        mustDecide(engine, createCommand()),
        mustDecide(engine, authorize({ card, scenario: scenarioOf({ outcomes: ['LOST_CARD'] }) })),
      ]);
      clock.advance(7_000);
      await runTimers(engine, clock);
    }
    const again = memoryFeatures();
    await replay(store, again, 0);
    expect(again.size).toBe(engine.features.size);
    for (const last4 of ['0001', '0002', '0003']) {
      const subjects = { card: cardOf(last4).fingerprint, deviceId: 'd-1', ip: '192.0.2.7' };
      const { card, device, ip } = subjectKeys(subjects);
      for (const key of [card, device ?? '', ip ?? '']) {
        expect(again.read(key)).not.toBeNull();
        expect(again.read(key)).toEqual(engine.features.read(key));
      }
    }
  });

  test('does not change before the batch is on disk', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow: Store = {
      ...store,
      async batch(requests, decideAll) {
        const replies = await store.batch(requests, decideAll);
        await gate;
        return replies;
      },
    };
    const engine = testEngine(slow, clock);
    const reply = decide(engine, authorize());
    await passed(30);
    expect(engine.features.size).toBe(0);
    release();
    await reply;
    expect(engine.features.size).toBe(3);
  });

  test('is unchanged by a batch that storage could not write', async () => {
    let isBroken = true;
    const engine = testEngine(
      withRefusal(() => {
        if (isBroken) throw new StorageError('unavailable', 'the disk is full');
      }),
      clock,
    );
    await expect(
      Promise.all([authorize(), authorize()].map((one) => decide(engine, one))),
    ).rejects.toThrow('the disk is full');
    expect(engine.features.size).toBe(0);
    isBroken = false;
    expect(velocityIn(await decide(engine, authorize()))).toBe(0);
  });

  test('counts each payment once when a refused batch is run again one by one', async () => {
    const engine = testEngine(
      withRefusal((working) => {
        if (isPoisoned(working)) throw new StorageError('refused', 'poisoned');
      }),
      clock,
    );
    const commands = [authorize(), authorize({ recipient: 'poison' }), authorize()];
    const settled = await Promise.allSettled(commands.map((one) => decide(engine, one)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const seen = settled.flatMap((one) =>
      one.status === 'fulfilled' ? [velocityIn(one.value)] : [],
    );
    expect(seen).toEqual([0, 0.125]);
  });
});

describe('an outside risk model', () => {
  function asked(answer: RiskModel['score']) {
    const questions: RiskQuestion[] = [];
    const riskModel: RiskModel = {
      score(question) {
        questions.push(question);
        return answer(question);
      },
    };
    return { engine: { ...testEngine(store, clock), riskModel }, questions };
  }

  test('is told what the payment is, and never a card number', async () => {
    const { engine, questions } = asked(async () => 0.1);
    await decide(engine, authorize({ channel: 'pos', amountMinor: 12_345n }));
    expect(questions).toEqual([
      {
        amount: '123.45',
        currency: 'USD',
        merchant: 'alice@example.com',
        channel: 'pos',
        device_id: 'd-1',
        ip: '192.0.2.7',
        card: {
          brand: 'visa',
          bin: '424242',
          last4: '4242',
          fingerprint: cardOf().fingerprint,
          luhn_valid: true,
        },
      },
    ]);
  });

  test('decides by its score at both doors', async () => {
    const { engine } = asked(async () => 0.9);
    const reply = await decide(engine, authorize());
    expect(reply.payment).toMatchObject({
      failureReason: 'RISK_BLOCKED',
      modelScore: 0.9,
      risk: { score: 0.9, level: 'highest' },
    });
    const { id } = await mustDecide(engine, createCommand({ card: cardOf() }));
    await runTimers(engine, clock);
    expect(await store.findPayment(id)).toMatchObject({
      failureReason: 'RISK_BLOCKED',
      modelScore: 0.9,
    });
  });

  test('without an answer gives way to the built-in score', async () => {
    const { engine } = asked(async () => null);
    const plain = testEngine(await emptyStore(clock), clock);
    const [reply, expected] = [await decide(engine, authorize()), await decide(plain, authorize())];
    expect(reply.payment.modelScore).toBeNull();
    expect(riskIn(reply)).toEqual(riskIn(expected));
    await plain.store.close();
  });

  test('is asked only about what brings a card', async () => {
    const { engine, questions } = asked(async () => 0.1);
    const { id } = await mustDecide(engine, createCommand());
    await runTimers(engine, clock);
    await mustDecide(engine, {
      type: 'refund_payment',
      paymentId: id,
      amount: null,
      reason: null,
    });
    expect(questions).toEqual([]);
  });

  test('is asked before the batch: nobody waits for its answer but its own payment', async () => {
    let answer = (_score: number) => {};
    const score = new Promise<number>((resolve) => (answer = resolve));
    const { engine, questions } = asked(() => score);
    const sizes: number[] = [];
    const note = withBatch(store, (requests) => void sizes.push(requests.length));
    const slow = { ...engine, store: note };
    const reply = decide(slow, authorize());
    await mustDecide(slow, createCommand());
    expect(questions).toHaveLength(1);
    expect(sizes).toEqual([1]);
    answer(0.9);
    expect((await reply).payment.failureReason).toBe('RISK_BLOCKED');
    expect(sizes).toEqual([1, 1]);
  });
});
