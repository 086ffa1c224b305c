import { describe, expect, test } from 'vitest';
import { type SinkMessage, SinkStore } from './sink-store.ts';

type Arriving = Omit<SinkMessage, 'ordinal' | 'duplicateOf' | 'status'>;

function message(changes: Partial<Arriving> = {}): Arriving {
  return {
    receivedAtMs: 0,
    method: 'POST',
    headers: {},
    body: '',
    encoding: 'utf8',
    isTruncated: false,
    webhookId: null,
    verdict: { valid: false, reason: 'not signed' },
    ...changes,
  };
}

const LIMITS = { sinks: 3, messages: 4, bytes: 1_000_000 };
const namesOf = (store: SinkStore) => store.list().map(({ name }) => name);
const ordinalsOf = (store: SinkStore, name: string) =>
  store.find(name).messages.map(({ ordinal }) => ordinal);

describe('a sink', () => {
  test('keeps its last messages, newest first', () => {
    const store = new SinkStore(LIMITS);
    for (let index = 0; index < 6; index += 1) store.receive('a', message());
    expect(ordinalsOf(store, 'a')).toEqual([6, 5, 4, 3]);
  });

  test('tells a message that came before, while the first is kept', () => {
    const store = new SinkStore(LIMITS);
    const again = message({ webhookId: 'evt_1' });
    store.receive('a', again);
    store.receive('a', message());
    store.receive('a', again);
    store.receive('b', again);
    store.receive('a', again);
    const duplicates = () => store.find('a').messages.map((one) => one.duplicateOf);
    expect(duplicates()).toEqual([1, 1, null, null]);
    for (let index = 0; index < 4; index += 1) store.receive('a', message({ webhookId: 'evt_2' }));
    expect(duplicates()).toEqual([6, 6, 6, null]);
    store.receive('a', again);
    expect(duplicates()).toEqual([null, 6, 6, 6]);
    expect(store.find('b').messages).toMatchObject([{ duplicateOf: null }]);
  });

  test('answers 200 at once until it is told otherwise', () => {
    const store = new SinkStore(LIMITS);
    const beginning = { status: 200, delayMs: 0, isHanging: false, next: null };
    expect(store.receive('a', message()).behavior).toEqual(beginning);
    store.behave('a', { status: 500, delayMs: 5 });
    store.behave('a', { isHanging: true });
    const changed = { status: 500, delayMs: 5, isHanging: true, next: null };
    expect(store.receive('a', message()).behavior).toEqual(changed);
    expect(store.receive('a', message()).behavior).toEqual(changed);
    store.clear('a');
    expect(store.receive('a', message()).behavior).toEqual(beginning);
  });

  test('answers otherwise for so many messages', () => {
    const store = new SinkStore(LIMITS);
    store.behave('a', { status: 503, next: 2 });
    const statuses = [1, 2, 3].map(() => store.receive('a', message()).behavior.status);
    expect(statuses).toEqual([503, 503, 200]);
    expect(store.find('a').behavior.next).toBeNull();
    store.behave('a', { status: 410, next: 5 });
    store.behave('a', { delayMs: 1 });
    expect(store.find('a').behavior).toMatchObject({ status: 410, next: null });
  });
});

describe('all sinks together', () => {
  test('are listed, the last used first', () => {
    const store = new SinkStore(LIMITS);
    for (const name of ['a', 'b', 'c', 'a']) store.receive(name, message());
    expect(namesOf(store)).toEqual(['a', 'c', 'b']);
    expect(store.find('d')).toMatchObject({ messages: [] });
    expect(namesOf(store)).toHaveLength(3);
  });

  test('are so many at most: the one that was longest unused goes', () => {
    const store = new SinkStore(LIMITS);
    for (const name of ['a', 'b', 'c', 'a', 'd']) store.receive(name, message());
    expect(namesOf(store)).toEqual(['d', 'a', 'c']);
    store.behave('e', { status: 500 });
    expect(namesOf(store)).toEqual(['e', 'd', 'a']);
  });

  test('hold so many bytes at most: the oldest messages go first, of whatever sink', () => {
    const store = new SinkStore({ ...LIMITS, bytes: 10_000 });
    const large = message({ body: 'x'.repeat(1_500) });
    store.receive('a', large);
    store.receive('b', large);
    expect([ordinalsOf(store, 'a'), ordinalsOf(store, 'b')]).toEqual([[1], [2]]);
    store.receive('b', large);
    expect([ordinalsOf(store, 'a'), ordinalsOf(store, 'b')]).toEqual([[], [3, 2]]);
    store.receive('c', large);
    expect(ordinalsOf(store, 'b')).toEqual([3]);
    store.clear('b');
    store.clear('c');
    store.receive('a', large);
    store.receive('a', large);
    expect(ordinalsOf(store, 'a')).toEqual([6, 5]);
  });

  test('count headers too', () => {
    const store = new SinkStore({ ...LIMITS, bytes: 10_000 });
    const large = message({ headers: { 'x-long': 'x'.repeat(3_000) } });
    store.receive('a', large);
    store.receive('a', large);
    expect(ordinalsOf(store, 'a')).toEqual([2]);
  });
});
