import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  authorizeCommand,
  controlsOf,
  mustDecide,
  SETTINGS,
  testClock,
  testEngine,
} from '../../test/support/engine.ts';
import { cardOf } from '../../test/support/payment.ts';
import { emptyStore } from '../../test/support/store.ts';
import { entityKey } from '../core/entity.ts';
import { approvedCount } from '../core/history.ts';
import { paymentIdOf } from '../core/ids.ts';
import { betweenBatches } from './execute.ts';
import { type OthersEvent, takeChange, takeIn } from './others.ts';
import { type Commit, type Engine, type Store, StorageError } from './ports.ts';

const ID = paymentIdOf('019b76da-a800-7000-8000-000000000001');
const CARD = cardOf().fingerprint;

let store: Store;
beforeEach(async () => {
  store = await emptyStore();
});
afterEach(() => store.close());

function othersEvent(changes: Partial<OthersEvent> = {}): OthersEvent {
  const facts = { card: CARD, device: null, ip: null, amount_minor: '100', currency: 'USD' };
  return {
    sequence: 100,
    type: 'payment.succeeded',
    atMs: testClock().nowMs(),
    paymentId: ID,
    cause: JSON.stringify({ command: 'authorize_card', facts }),
    ...changes,
  };
}

const approvedBy = ({ features }: Engine) => approvedCount(features.read(entityKey('card', CARD)));

describe('what others committed', () => {
  test('is known of cards, and the same event again changes nothing', () => {
    const engine = testEngine(store);
    takeIn(engine, [othersEvent(), othersEvent({ sequence: 101 })]);
    takeIn(engine, [othersEvent({ sequence: 101 })]);
    expect(approvedBy(engine)).toBe(2);
  });

  test.each([
    ['payment.created', false],
    ['payment.processing', false],
    ['payment.retried', false],
    ['payment.succeeded', true],
    ['payment.failed', true],
    ['payment.partially_refunded', true],
    ['payment.refunded', true],
  ])('%s: ends waits for its payment is %s', (type, isEnd) => {
    const engine = testEngine(store);
    const heard: Commit[] = [];
    engine.wakeup.subscribe((commit) => heard.push(commit));
    takeIn(engine, [othersEvent({ type, cause: '' })]);
    expect(heard).toMatchObject([
      { settled: isEnd ? [ID] : [], hasEvents: true, recorded: [], isReset: false },
    ]);
  });
});

describe('a change by others', () => {
  const controls = controlsOf({ ...SETTINGS, failureRate: 1 });

  test('of settings leaves what is known of cards', () => {
    const engine = testEngine(store);
    takeIn(engine, [othersEvent()]);
    takeChange(engine, controls, { isReset: false });
    expect(engine.controls.current).toBe(controls);
    expect(approvedBy(engine)).toBe(1);
  });

  test('that begins a new log empties what is known, and all who follow the log hear of it', () => {
    const engine = testEngine(store);
    const heard: Commit[] = [];
    takeIn(engine, [othersEvent()]);
    engine.wakeup.subscribe((commit) => heard.push(commit));
    takeChange(engine, controls, { isReset: true });
    expect(engine.features.size).toBe(0);
    expect(heard).toMatchObject([{ hasEvents: true, isReset: true }]);
  });
});

describe('work between batches', () => {
  /** An engine whose batches are held up behind their decisions. */
  function heldUp(fails = false) {
    const { promise: decided, resolve: isDecided } = Promise.withResolvers<void>();
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
    const batch: Store['batch'] = async (requests, decideAll) => {
      const replies = await store.batch(requests, decideAll);
      isDecided();
      await gate;
      if (fails) throw new StorageError('unavailable', 'lost');
      return replies;
    };
    return { engine: testEngine({ ...store, batch }), decided, letGo };
  }

  test('runs at once when none is under way', () => {
    const engine = testEngine(store);
    let isDone = false;
    void betweenBatches(engine, () => (isDone = true));
    expect(isDone).toBe(true);
  });

  test.each([
    ['is written', false, 2],
    ['fails', true, 1],
  ])('waits for the one that is, which %s, and loses nothing of it', async (_how, fails, known) => {
    const { engine, decided, letGo } = heldUp(fails);
    const paid = mustDecide(engine, authorizeCommand()).catch(() => null);
    await decided;
    let isDone = false;
    const done = betweenBatches(engine, () => {
      takeIn(engine, [othersEvent()]);
      isDone = true;
    });
    await new Promise(setImmediate);
    expect(isDone).toBe(false);
    letGo();
    await Promise.all([paid, done]);
    expect(approvedBy(engine)).toBe(known);
  });

  test('tells who asked for it what went wrong, and stops nobody', async () => {
    const engine = testEngine(store);
    const broken = betweenBatches(engine, () => {
      throw new Error('broken');
    });
    await expect(broken).rejects.toThrow('broken');
    await mustDecide(engine, authorizeCommand());
  });
});
