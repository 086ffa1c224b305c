import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCommand, requestOf, testClock, testEngine } from '../../test/support/engine.ts';
import { withBatch } from '../../test/property/store.ts';
import { emptyStore } from '../../test/support/store.ts';
import { BATCH_COMMANDS_MAX, QUEUED_COMMANDS_MAX } from '../core/limits.ts';
import { betweenBatches, execute } from './execute.ts';
import {
  type Commit,
  type CommandRequest,
  type Engine,
  StorageError,
  type Store,
} from './ports.ts';

let store: Store;
beforeEach(async () => {
  store = await emptyStore();
});
afterEach(() => store.close());

const pay = (engine: Engine, recipient = 'alice') =>
  execute(engine, requestOf(createCommand({ recipient })));

/** What became of each, in the order of the calls: `decided`, or the error's message. */
async function outcomes(replies: readonly Promise<{ kind: string }>[]): Promise<string[]> {
  const settled = await Promise.allSettled(replies);
  return settled.map((one) =>
    one.status === 'fulfilled' ? one.value.kind : String((one.reason as Error).message),
  );
}

async function recipients(): Promise<(string | null)[]> {
  const { items } = await store.listPayments({ limit: 100, cursor: null });
  return items.map(({ recipient }) => recipient).toReversed();
}

/** An engine whose store notes the size of each batch, and first asks `before`. */
function watched(
  before: (requests: readonly CommandRequest[]) => Promise<void> | void = () => {},
  commitsElsewhere = false,
) {
  const sizes: number[] = [];
  const noting = withBatch(store, (requests) => {
    sizes.push(requests.length);
    return before(requests);
  });
  return { engine: testEngine({ ...noting, commitsElsewhere }), sizes };
}

function isPoisoned({ command }: CommandRequest): boolean {
  return command.type === 'create_payment' && command.recipient === 'poison';
}

describe('commands that arrive together', () => {
  test('share one batch', async () => {
    const { engine, sizes } = watched();
    await Promise.all(Array.from({ length: 50 }, () => pay(engine)));
    expect(sizes).toEqual([50]);
  });

  test('are decided in the order of their arrival', async () => {
    const { engine } = watched();
    const names = Array.from({ length: 30 }, (_, index) => `n${index}`);
    await Promise.all(names.map((name) => pay(engine, name)));
    expect(await recipients()).toEqual(names);
  });

  test('are split into batches of a bounded size, none of them lost', async () => {
    const { engine, sizes } = watched();
    const count = BATCH_COMMANDS_MAX * 2 + 3;
    const replies = await outcomes(Array.from({ length: count }, () => pay(engine)));
    expect(replies.every((kind) => kind === 'decided')).toBe(true);
    expect(sizes).toEqual([BATCH_COMMANDS_MAX, BATCH_COMMANDS_MAX, 3]);
  });

  /** Batches of a store that takes 5 ms to read for each or to write it, while callers come in every 2 ms. */
  async function underLoad(
    callersAtOnce: number,
    { commitsElsewhere, isSlow }: { commitsElsewhere: boolean; isSlow: 'reading' | 'writing' },
  ): Promise<{ most: number; sizes: number[]; engine: Engine }> {
    let underWay = 0;
    let most = 0;
    const sizes: number[] = [];
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const engine = testEngine({
      ...store,
      commitsElsewhere,
      async batch(requests, decideAll) {
        sizes.push(requests.length);
        underWay += 1;
        most = Math.max(most, underWay);
        if (isSlow === 'reading') await wait(5);
        let isDecided = false;
        const replies = await store.batch(requests, (working) => {
          // What is read counts until it is decided, what is written until it is on disk.
          if (isSlow === 'reading' && !isDecided) underWay -= 1;
          isDecided = true;
          return decideAll(working);
        });
        if (isSlow === 'writing') {
          await wait(5);
          underWay -= 1;
        }
        return replies;
      },
    });
    const replies: Promise<unknown>[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      for (let count = 0; count < callersAtOnce; count += 1) replies.push(pay(engine));
      await wait(2);
    }
    await Promise.all(replies);
    return { most, sizes, engine };
  }

  test('during a batch wait for it: never are two under way', async () => {
    const { most, sizes } = await underLoad(2, { commitsElsewhere: false, isSlow: 'writing' });
    expect(most).toBe(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(20);
  });

  test('go behind a batch that is written elsewhere, when as many have come', async () => {
    const { most, sizes } = await underLoad(2, { commitsElsewhere: true, isSlow: 'writing' });
    expect(most).toBe(2);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(20);
    expect(sizes[1]).toBeGreaterThanOrEqual(sizes[0] ?? 0);
  });

  test('never make three batches at once', async () => {
    const { most } = await underLoad(BATCH_COMMANDS_MAX, {
      commitsElsewhere: true,
      isSlow: 'writing',
    });
    expect(most).toBe(2);
  });

  test('wait for a batch that has not been decided, for nothing can be decided on top of it', async () => {
    const { most } = await underLoad(2, { commitsElsewhere: true, isSlow: 'reading' });
    expect(most).toBe(1);
  });

  test('let in what waits for no batch to be under way, however many come', async () => {
    const held: (() => void)[] = [];
    const engine = testEngine({
      ...store,
      commitsElsewhere: true,
      async batch(requests, decideAll) {
        const replies = await store.batch(requests, decideAll);
        await new Promise<void>((resolve) => held.push(resolve));
        return replies;
      },
    });
    const first = pay(engine);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    const second = pay(engine);
    await vi.waitFor(() => expect(held).toHaveLength(2));
    let underWay = -1;
    const work = betweenBatches(engine, () => {
      underWay = held.length;
    });
    const third = pay(engine);
    for (const release of held.splice(0, 1)) release();
    await first;
    for (const release of held.splice(0)) release();
    await Promise.all([second, work]);
    expect(underWay).toBe(0);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    for (const release of held) release();
    await third;
  });

  test('settle only after the batch is on disk', async () => {
    const { engine } = watched();
    const reply = await pay(engine);
    if (reply.kind !== 'decided') throw new Error('a payment is always made');
    expect(await store.findPayment(reply.payment.id)).toEqual(reply.payment);
  });
});

describe('a batch that storage refuses', () => {
  const reasons: readonly [string, () => Error][] = [
    ['a constraint', () => new StorageError('refused', 'no')],
    ['a bug', () => new Error('assertion failed: no')],
  ];
  test.each(reasons)('(%s) is run again one by one: only its cause fails', async (_, error) => {
    const { engine, sizes } = watched((requests) => {
      if (requests.some(isPoisoned)) throw error();
    });
    const names = ['a', 'b', 'poison', 'c', 'd'];
    const replies = await outcomes(names.map((name) => pay(engine, name)));
    expect(replies).toEqual(['decided', 'decided', error().message, 'decided', 'decided']);
    expect(sizes).toEqual([5, 1, 1, 1, 1, 1]);
    expect(await recipients()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('is run again at most once', async () => {
    const { engine, sizes } = watched(() => {
      throw new StorageError('refused', 'no');
    });
    expect(await outcomes([pay(engine), pay(engine), pay(engine)])).toEqual(['no', 'no', 'no']);
    expect(sizes).toEqual([3, 1, 1, 1]);
  });

  test('leaves those who come meanwhile to a batch of their own', async () => {
    const late: Promise<{ kind: string }>[] = [];
    const { engine } = watched((requests) => {
      if (requests.length === 2) late.push(pay(engine, 'late'));
      if (requests.some(isPoisoned)) throw new StorageError('refused', 'no');
    });
    expect(await outcomes([pay(engine, 'poison'), pay(engine, 'a')])).toEqual(['no', 'decided']);
    expect(await outcomes(late)).toEqual(['decided']);
    expect(await recipients()).toEqual(['a', 'late']);
  });
});

describe('storage that fails', () => {
  test.each(['unavailable', 'fatal'] as const)(
    '(%s) fails everybody in the batch at once, and nobody after it',
    async (kind) => {
      let fails = true;
      const { engine, sizes } = watched(() => {
        if (fails) throw new StorageError(kind, 'broken');
      });
      expect(await outcomes([pay(engine), pay(engine)])).toEqual(['broken', 'broken']);
      expect(sizes).toEqual([2]);
      fails = false;
      expect(await outcomes([pay(engine, 'later')])).toEqual(['decided']);
      expect(await recipients()).toEqual(['later']);
    },
  );
});

describe('the queue', () => {
  test('takes so many and refuses the next one at once, without losing any', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { engine } = watched(() => gate);
    const first = pay(engine);
    await new Promise((resolve) => setTimeout(resolve, 20)); // now it is in a batch, not in the queue
    const waiting = Array.from({ length: QUEUED_COMMANDS_MAX }, () => pay(engine));
    const refused = pay(engine);
    await expect(refused).rejects.toMatchObject({ kind: 'unavailable' });
    release();
    const replies = await outcomes([first, ...waiting]);
    expect(replies.filter((kind) => kind === 'decided')).toHaveLength(QUEUED_COMMANDS_MAX + 1);
    expect(await outcomes([pay(engine)])).toEqual(['decided']);
  });

  test('of one engine is not that of another', async () => {
    const { engine: stuck } = watched(() => new Promise(() => {}));
    void pay(stuck);
    const { engine } = watched();
    expect(await outcomes([pay(engine)])).toEqual(['decided']);
  });
});

describe('the hint after a commit', () => {
  const hints = (engine: Engine): Commit[] => {
    const heard: Commit[] = [];
    engine.wakeup.subscribe((commit) => heard.push(commit));
    return heard;
  };

  test('tells what was set and what has come to rest', async () => {
    const clock = testClock();
    const engine = testEngine(store, clock);
    const heard = hints(engine);
    const made = await pay(engine);
    if (made.kind !== 'decided') throw new Error('a payment is always made');
    const { id } = made.payment;
    expect(heard).toMatchObject([
      {
        settled: [],
        hasEvents: true,
        recorded: [{ decision: { payment: { id } }, origin: { actor: 'test' } }],
        sequence: 1,
        isReset: false,
        timers: [{ dueAtMs: clock.nowMs(), paymentId: id, kind: 'start', attempt: 0 }],
      },
    ]);
    for (const kind of ['start', 'complete'] as const) {
      const [timer] = await store.dueTimers(clock.nowMs() + 500, 1);
      if (timer === undefined) throw new Error(`a ${kind} timer is set`);
      await execute(engine, requestOf({ type: 'timer_elapsed', timer }));
    }
    expect(heard.at(-1)).toMatchObject({
      settled: [id],
      hasEvents: true,
      timers: [],
      sequence: 3,
      isReset: false,
    });
  });

  test('of a refusal tells of no events, and a failed batch gives none', async () => {
    const { engine } = watched((requests) => {
      if (requests.some(isPoisoned)) throw new StorageError('unavailable', 'broken');
    });
    const heard = hints(engine);
    await outcomes([pay(engine, 'poison')]);
    expect(heard).toEqual([]);
    const timer = { dueAtMs: 0, paymentId: 'gone', kind: 'start', attempt: 0 };
    await execute(engine, requestOf({ type: 'timer_elapsed', timer } as never));
    expect(heard).toEqual([
      { settled: [], timers: [], hasEvents: false, recorded: [], sequence: 0, isReset: false },
    ]);
  });

  test('that makes a listener throw undoes nothing, repeats nothing and stops nobody', async () => {
    const { engine, sizes } = watched();
    const quiet = engine.wakeup.subscribe(() => {
      throw new Error('a bug in a listener');
    });
    await outcomes([pay(engine, 'a'), pay(engine, 'b')]);
    quiet();
    const later = await Promise.race([
      outcomes([pay(engine, 'c')]),
      new Promise((resolve) => setTimeout(resolve, 1_000, 'never decided')),
    ]);
    expect(later).toEqual(['decided']);
    expect(await recipients()).toEqual(['a', 'b', 'c']);
    expect(sizes).toEqual([2, 1]);
  });
});
