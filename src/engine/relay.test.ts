import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCommand, mustDecide, testEngine } from '../../test/support/engine.ts';
import { expectEventually, passed } from '../../test/property/store.ts';
import { emptyStore } from '../../test/support/store.ts';
import type { Engine, LogPosition, Store } from './ports.ts';
import { catchUp, type Follower, type Relay, startRelay } from './relay.ts';

let store: Store;
let engine: Engine;
let relay: Relay | undefined;
beforeEach(async () => {
  store = await emptyStore();
  engine = testEngine(store);
});
afterEach(async () => {
  await relay?.stop();
  relay = undefined;
  await store.close();
});

const pay = (times: number) =>
  Promise.all(Array.from({ length: times }, () => mustDecide(engine, createCommand())));
const cursor = async (name = 'test') => (await store.cursor(name))?.sequence ?? null;

type Follow = Follower['follow'];

/** A follower that notes where it was called from, and does as `follow` says. */
function followerOf(follow: Follow, name = 'test'): Follower & { readonly from: number[] } {
  const from: number[] = [];
  return {
    name,
    from,
    follow(position, head) {
      from.push(position.sequence);
      return follow(position, head);
    },
  };
}

const toTheHead: Follow = async (_from, head) => head;
const inSteps =
  (most: number): Follow =>
  async (from, head) => ({
    ...from,
    sequence: Math.min(from.sequence + most, head.sequence),
  });

describe('catching up', () => {
  test('begins at the beginning, ends at the head, and then has nothing to do', async () => {
    await pay(3);
    const follower = followerOf(toTheHead);
    await catchUp(engine, follower);
    expect(follower.from).toEqual([0]);
    expect(await cursor()).toBe(3);
    await catchUp(engine, follower);
    expect(follower.from).toEqual([0]);
    await pay(2);
    await catchUp(engine, follower);
    expect(follower.from).toEqual([0, 3]);
    expect(await cursor()).toBe(5);
  });

  test('of an empty log calls nobody', async () => {
    const follower = followerOf(toTheHead);
    await catchUp(engine, follower);
    expect(follower.from).toEqual([]);
    expect(await cursor()).toBeNull();
  });

  test('goes on in steps, and keeps how far it came after each', async () => {
    await pay(7);
    const kept: (number | null)[] = [];
    const step = inSteps(3);
    const follower = followerOf(async (from, head) => {
      kept.push(await cursor());
      return step(from, head);
    });
    await catchUp(engine, follower);
    expect(follower.from).toEqual([0, 3, 6]);
    expect(kept).toEqual([null, 3, 6]);
    expect(await cursor()).toBe(7);
  });

  test('moves the cursor only after the work: what failed comes again', async () => {
    await pay(4);
    let fails = true;
    const follower = followerOf(async (from, head) => {
      if (from.sequence === 2 && fails) throw new Error('broken');
      return inSteps(2)(from, head);
    });
    await expect(catchUp(engine, follower)).rejects.toThrow('broken');
    expect(await cursor()).toBe(2);
    fails = false;
    await catchUp(engine, follower);
    expect(follower.from).toEqual([0, 2, 2]);
    expect(await cursor()).toBe(4);
  });

  test('repeats the last step when its cursor could not be kept', async () => {
    await pay(4);
    let crashes = true;
    const dying: Engine = {
      ...engine,
      store: {
        ...store,
        saveCursor(name, to) {
          if (to.sequence === 4 && crashes) return Promise.reject(new Error('crash'));
          return store.saveCursor(name, to);
        },
      },
    };
    const follower = followerOf(inSteps(2));
    await expect(catchUp(dying, follower)).rejects.toThrow('crash');
    crashes = false;
    await catchUp(dying, follower);
    expect(follower.from).toEqual([0, 2, 2]);
  });

  test('of a log that another writer began starts at its beginning', async () => {
    await pay(3);
    await store.saveCursor('test', { writer: 'before-the-reset', sequence: 2 });
    const writers: string[] = [];
    const follower = followerOf(async (from, head) => {
      writers.push(from.writer, head.writer);
      return head;
    });
    await catchUp(engine, follower);
    expect(follower.from).toEqual([0]);
    expect(new Set(writers)).toEqual(new Set(['abc123']));
    expect(await store.cursor('test')).toEqual({ writer: 'abc123', sequence: 3 });
  });

  test('stops where a follower does not go on, and asks again the next time', async () => {
    await pay(3);
    const follower = followerOf(async (from) => from);
    await catchUp(engine, follower);
    await catchUp(engine, follower);
    expect(follower.from).toEqual([0, 0]);
    expect(await cursor()).toBeNull();
  });

  test('takes a follower that goes back for a bug', async () => {
    await pay(3);
    await store.saveCursor('test', { writer: 'abc123', sequence: 2 });
    const follower = followerOf(async (from): Promise<LogPosition> => ({ ...from, sequence: 1 }));
    await expect(catchUp(engine, follower)).rejects.toThrow('assertion failed');
    expect(await cursor()).toBe(2);
  });

  test('keeps each follower its own cursor', async () => {
    await pay(4);
    await catchUp(engine, followerOf(toTheHead, 'one'));
    await pay(1);
    await catchUp(engine, followerOf(toTheHead, 'two'));
    expect([await cursor('one'), await cursor('two')]).toEqual([4, 5]);
  });
});

describe('the relay', () => {
  const start = (followers: readonly Follower[], errors: string[] = []) => {
    relay = startRelay(engine, followers, (name, error) =>
      errors.push(`${name}: ${String((error as Error).message)}`),
    );
  };

  test('works off at its start what came before it', async () => {
    await pay(2);
    start([followerOf(toTheHead)]);
    await expectEventually(async () => (await cursor()) === 2, 900);
  });

  test('follows soon after a commit, and once for many', async () => {
    const follower = followerOf(toTheHead);
    start([follower]);
    await passed(100);
    for (let count = 0; count < 10; count += 1) await pay(1);
    await expectEventually(async () => (await cursor()) === 10, 700);
    expect(follower.from.length).toBeLessThan(5);
  });

  test('looks without a hint, too', async () => {
    start([followerOf(toTheHead)]);
    await passed(100);
    const silent = testEngine(store, undefined, { seed: 'another' });
    await mustDecide(silent, createCommand());
    await expectEventually(async () => (await cursor()) === 1, 3_000);
  });

  test('tries a follower that failed again, and holds up no other', async () => {
    const errors: string[] = [];
    let failures = 1;
    const failing = followerOf(async (_from, head) => {
      failures -= 1;
      if (failures >= 0) throw new Error('broken');
      return head;
    }, 'failing');
    await pay(1);
    start([failing, followerOf(toTheHead, 'sound')], errors);
    await expectEventually(async () => (await cursor('sound')) === 1, 900);
    await expectEventually(async () => (await cursor('failing')) === 1, 3_000);
    expect(errors).toEqual(['failing: broken']);
  });

  test('never calls a follower that is still at work', async () => {
    let atWork = 0;
    let most = 0;
    const slow = followerOf(async (_from, head) => {
      atWork += 1;
      most = Math.max(most, atWork);
      await passed(250);
      atWork -= 1;
      return head;
    });
    start([slow]);
    for (let count = 0; count < 8; count += 1) {
      await pay(1);
      await passed(60);
    }
    await relay?.stop();
    expect(most).toBe(1);
    expect(await cursor()).toBe(8);
  });

  test('gives a slow follower no event twice and none out of order', async () => {
    const seen: number[] = [];
    const slow = followerOf(async (from, head) => {
      await passed(120);
      for (let at = from.sequence + 1; at <= head.sequence; at += 1) seen.push(at);
      return head;
    });
    start([slow]);
    for (let count = 0; count < 6; count += 1) {
      await pay(1);
      await passed(60);
    }
    await relay?.stop();
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('that is stopped brings everybody to the head first, then calls nobody', async () => {
    const follower = followerOf(toTheHead);
    start([follower]);
    await passed(20);
    await pay(5);
    await relay?.stop();
    expect(await cursor()).toBe(5);
    const calls = follower.from.length;
    await pay(1);
    await passed(200);
    expect(follower.from).toHaveLength(calls);
  });

  test('that is stopped waits for a follower at work', async () => {
    let isDone = false;
    const slow = followerOf(async (_from, head) => {
      await passed(200);
      isDone = true;
      return head;
    });
    await pay(1);
    start([slow]);
    await expectEventually(() => slow.from.length === 1);
    await relay?.stop();
    expect(isDone).toBe(true);
  });
});
