import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createCommand,
  mustDecide,
  requestOf,
  testClock,
  testEngine,
} from '../../../test/support/engine.ts';
import { expectEventually, passed } from '../../../test/property/store.ts';
import { emptyStore } from '../../../test/support/store.ts';
import { execute } from '../execute.ts';
import type { Engine, LogPosition, Store } from '../ports.ts';
import type { FeedFilter } from './filter.ts';
import { type LiveFeed, openFeed } from './live-feed.ts';
import type { AskedPlace } from './place.ts';
import { FEED_LIMITS, type FeedLimits, type Frames, type Outlet } from './ports.ts';

/** Frames that are easily read: an event is its sequence. */
const FRAMES: Frames = {
  opening: ({ sequence }) => `from ${sequence};`,
  event: ({ sequence }) => `${sequence};`,
  heartbeat: ({ sequence }) => `beat ${sequence};`,
  reset: (reason, { sequence }) => `${reason} ${sequence};`,
};

const ALL: FeedFilter = { types: null, paymentId: null };

let store: Store;
let engine: Engine;
let feed: LiveFeed;
let errors: unknown[];
beforeEach(async () => {
  let logs = 0;
  store = await emptyStore(testClock(), () => `a${logs++}`);
  engine = testEngine(store);
  open();
});
afterEach(async () => {
  await feed.end();
  await store.close();
});

function open(limits: Partial<FeedLimits> = {}, changed: Partial<Store> = {}): void {
  errors = [];
  feed = openFeed({
    engine: { ...engine, store: { ...store, ...changed } },
    frames: FRAMES,
    limits: { ...FEED_LIMITS, ...limits },
    onError: (error) => errors.push(error),
  });
}

const pay = async (times: number) => {
  for (let made = 0; made < times; made += 1) await mustDecide(engine, createCommand());
};
const payAtOnce = (times: number) =>
  Promise.all(Array.from({ length: times }, () => mustDecide(engine, createCommand())));
const resetAll = () => execute(engine, requestOf({ type: 'reset_data' }));
const at = (sequence: number, writer = 'a0'): LogPosition => ({ writer, sequence });

/** A connection whose far end takes everything, or nothing for as long as it is told so. */
class Wire implements Outlet {
  readonly taken: string[] = [];
  /** What each write was: readers of one filter share it. */
  readonly writes: Uint8Array[] = [];
  isGone = false;
  isCutOff = false;
  #isFrozen = false;
  #waiting: Uint8Array[] = [];
  #onGone: (() => void)[] = [];
  #onDrain: (() => void)[] = [];

  get text(): string {
    return this.taken.join('');
  }
  get unsentBytes(): number {
    return this.#waiting.reduce((sum, { length }) => sum + length, 0);
  }
  write(bytes: Uint8Array): void {
    if (this.isGone) throw new Error('written to one that is gone');
    this.writes.push(bytes);
    if (this.#isFrozen) this.#waiting.push(bytes);
    else this.taken.push(new TextDecoder().decode(bytes));
  }
  drained(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onDrain.push(resolve));
  }
  freeze(): void {
    this.#isFrozen = true;
  }
  thaw(): void {
    this.#isFrozen = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const bytes of waiting) this.taken.push(new TextDecoder().decode(bytes));
    for (const listener of this.#onDrain.splice(0)) listener();
  }
  end(): void {
    if (!this.#isFrozen) this.leave();
  }
  cutOff(): void {
    this.isCutOff = true;
    this.leave();
  }
  leave(): void {
    this.isGone = true;
    for (const listener of [...this.#onDrain.splice(0), ...this.#onGone.splice(0)]) listener();
  }
  onGone(listener: () => void): void {
    if (this.isGone) listener();
    else this.#onGone.push(listener);
  }
}

async function follow(place: AskedPlace = 'now', filter = ALL, wire = new Wire()): Promise<Wire> {
  const { writer, sequence } = await store.logHead();
  feed.follow({ filter, place, outlet: wire }, { writer, sequence });
  return wire;
}

const expectText = (wire: Wire, text: string) =>
  expectEventually(() => wire.text === text).catch(() => expect(wire.text).toBe(text));
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index};`).join('');

describe('a reader', () => {
  test('is told its place and gets what happens from then on', async () => {
    await pay(2);
    const wire = await follow();
    expect(wire.text).toBe('from 2;');
    await pay(3);
    await expectText(wire, 'from 2;3;4;5;');
  });

  test('goes on behind the place it asks for, in as many pages as it takes', async () => {
    await payAtOnce(350);
    const wire = await follow(at(20));
    await expectText(wire, `from 20;${numbers(21, 350)}`);
    await pay(1);
    await expectText(wire, `from 20;${numbers(21, 351)}`);
  });

  test('hears of a commit without a hint, too', async () => {
    const deaf = { ...engine, wakeup: { ...engine.wakeup, subscribe: () => () => {} } };
    feed = openFeed({ engine: deaf, frames: FRAMES, limits: FEED_LIMITS, onError: () => {} });
    const wire = await follow();
    await pay(1);
    await expectText(wire, 'from 0;1;');
  });

  test('that comes at any time while much is written gets every event once', async () => {
    const wires: { wire: Wire; from: number }[] = [];
    const comeIn = async () => {
      const { sequence } = await store.logHead();
      const from = Math.floor(sequence * ((wires.length % 11) / 10));
      wires.push({ from, wire: await follow(at(from)) });
    };
    for (let round = 0; round < 60; round += 1) {
      const writing = payAtOnce(1 + (round % 17));
      await Promise.all([comeIn(), passed(round % 4).then(comeIn), writing]);
    }
    const { sequence: head } = await store.logHead();
    expect(wires).toHaveLength(120);
    for (const { wire, from } of wires)
      await expectText(wire, `from ${from};${numbers(from + 1, head)}`);
  });

  test('of one payment gets its events only, those long ago too', async () => {
    open({ behindMax: 1 });
    const payment = await mustDecide(engine, createCommand());
    await pay(5);
    const wire = await follow('start', { types: null, paymentId: payment.id });
    await expectText(wire, 'from 0;1;');
    await pay(1);
    await passed(100);
    expect(wire.text).toBe('from 0;1;');
  });

  test('of some types gets those only, before and after it is live', async () => {
    await pay(3);
    const none = await follow('start', { types: ['payment.failed'], paymentId: null });
    const created = await follow('start', { types: ['payment.created'], paymentId: null });
    await pay(2);
    await expectText(created, 'from 0;1;2;3;4;5;');
    expect(none.text).toBe('from 0;');
  });

  test('that was away for too long begins now, and is told', async () => {
    open({ behindMax: 4 });
    await pay(9);
    const wire = await follow(at(4));
    const level = await follow(at(5));
    await pay(1);
    await expectText(wire, 'from 9;too_old 9;10;');
    await expectText(level, 'from 5;6;7;8;9;10;');
  });

  test('is told now and then how far the log was looked through', async () => {
    open({ heartbeatMs: 30 });
    const wire = await follow('now', { types: ['payment.failed'], paymentId: null });
    await pay(2);
    await expectEventually(() => wire.text.endsWith('beat 2;'));
    expect(wire.text).toMatch(/^from 0;(beat [012];)*$/);
  });
});

describe('a reset', () => {
  test('is told to those who are live, who go on with the new log', async () => {
    await pay(3);
    const wire = await follow();
    await resetAll();
    await pay(2);
    await expectText(wire, 'from 3;log_reset 0;1;2;3;');
  });

  test('is told to whoever comes back with a place in the old log', async () => {
    await pay(3);
    await resetAll();
    const wire = await follow(at(2));
    await expectText(wire, 'from 0;log_reset 0;1;');
  });

  test('is told to one who is still reading the old log', async () => {
    await payAtOnce(300);
    const wire = new Wire();
    wire.freeze();
    await follow(at(0), ALL, wire);
    await expectEventually(() => wire.unsentBytes > 100);
    await resetAll();
    await pay(1);
    wire.thaw();
    await expectText(wire, `from 0;${numbers(1, 100)}log_reset 0;1;2;`);
  });

  test('that comes while one is let in leaves out nothing of the new log', async () => {
    const first = await follow();
    await resetAll();
    // The reader of the log does not know yet.
    const second = await follow('start');
    await pay(1);
    await expectText(first, 'from 0;log_reset 0;1;2;');
    await expectText(second, 'from 0;1;2;');
  });
});

describe('a reader that takes nothing', () => {
  test('is cut off when too much waits for it, and the others get everything', async () => {
    open({ unsentBytesMax: 60 });
    const frozen = new Wire();
    frozen.freeze();
    await follow('now', ALL, frozen);
    const others = [await follow(), await follow()];
    for (let round = 0; !frozen.isCutOff; round += 1) {
      expect(round).toBeLessThan(100);
      await payAtOnce(10);
      await passed(60);
      // The limit, and what came with one look.
      expect(feed.facts().unsentBytes).toBeLessThan(60 + 500);
    }
    expect(feed.facts()).toEqual({ readers: 2, live: 2, unsentBytes: 0, cutOff: 1 });
    const { sequence: head } = await store.logHead();
    for (const wire of others) await expectText(wire, `from 0;${numbers(1, head)}`);
  });

  test('of what it missed holds one page, and is cut off in the end', async () => {
    open({ stallMs: 200 });
    await payAtOnce(300);
    const wire = new Wire();
    wire.freeze();
    await follow(at(0), ALL, wire);
    await expectEventually(() => wire.unsentBytes > 100);
    const waiting = wire.unsentBytes;
    await passed(50);
    expect(wire.unsentBytes).toBe(waiting);
    await expectEventually(() => wire.isCutOff);
    expect(feed.facts()).toEqual({ readers: 0, live: 0, unsentBytes: 0, cutOff: 1 });
  });
});

test('readers of equal filters are sent the same memory, others their own', async () => {
  const created: FeedFilter = { types: ['payment.created'], paymentId: null };
  const [one, two] = [await follow(), await follow()];
  const three = await follow('now', created);
  await pay(1);
  for (const wire of [one, two, three]) await expectText(wire, 'from 0;1;');
  expect(one.writes[1]).toBe(two.writes[1]);
  expect(one.writes[1]).not.toBe(three.writes[1]);
});

test('the log is not read while nobody is there', async () => {
  let reads = 0;
  const events: Store['events'] = (query) => {
    reads += 1;
    return store.events(query);
  };
  open({}, { events });
  await pay(1);
  await passed(30);
  expect(reads).toBe(0);
  const wire = await follow();
  await pay(1);
  await expectText(wire, 'from 1;2;');
  wire.leave();
  const gone = new Wire();
  gone.leave();
  await follow('now', ALL, gone);
  const before = reads;
  await pay(1);
  await passed(100);
  expect(reads).toBe(before);
  expect(feed.facts().readers).toBe(0);
});

test('it takes so many and no more', async () => {
  open({ readersMax: 2 });
  const first = await follow();
  expect(feed.isFull).toBe(false);
  await follow();
  expect(feed.isFull).toBe(true);
  first.leave();
  expect(feed.isFull).toBe(false);
});

describe('a log that cannot be read', () => {
  test('for a while holds up those who are live, who then get everything', async () => {
    let failures = 1;
    const events: Store['events'] = async (query) => {
      if (query.limit === 500 && failures-- > 0) throw new Error('not now');
      return store.events(query);
    };
    open({}, { events });
    const wire = await follow();
    await pay(2);
    await expectText(wire, 'from 0;1;2;');
    expect(errors).toEqual([new Error('not now')]);
  });

  test('ends those who are behind, who come back', async () => {
    await pay(3);
    const events: Store['events'] = async () => {
      throw new Error('not now');
    };
    open({}, { events });
    const wire = await follow(at(1));
    await expectEventually(() => wire.isGone);
    expect(wire.text).toBe('from 1;');
  });

  test('because of what stands in it lets nobody miss an event', async () => {
    const frames: Frames = {
      ...FRAMES,
      event() {
        throw new Error('no text');
      },
    };
    feed = openFeed({
      engine,
      frames,
      limits: FEED_LIMITS,
      onError: (error) => errors.push(error),
    });
    const wire = await follow();
    await pay(1);
    await expectEventually(() => wire.isGone);
    expect(errors).toEqual([new Error('no text')]);
  });
});

describe('the end', () => {
  test('ends all at once, those who come later, and cuts off who takes nothing', async () => {
    open({ endMs: 20 });
    await payAtOnce(300);
    const [live, behind, frozen] = [await follow(), new Wire(), new Wire()];
    behind.freeze();
    frozen.freeze();
    await follow(at(0), ALL, behind);
    await follow('now', ALL, frozen);
    await feed.end();
    expect([live, behind, frozen].map(({ isGone }) => isGone)).toEqual([true, true, true]);
    expect([live, behind, frozen].map(({ isCutOff }) => isCutOff)).toEqual([false, true, true]);
    const late = await follow();
    expect(late.isGone).toBe(true);
    expect(feed.facts().readers).toBe(0);
  });
});
