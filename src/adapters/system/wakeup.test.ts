import { expect, test } from 'vitest';
import { paymentIdOf } from '../../core/ids.ts';
import type { Commit } from '../../engine/ports.ts';
import { localWakeup } from './wakeup.ts';

const ID = paymentIdOf('01980000-0000-7000-8000-000000000001');
const OTHER = paymentIdOf('01980000-0000-7000-8000-000000000002');
const commitOf = (...settled: Commit['settled']): Commit => ({
  settled,
  timers: [],
  hasEvents: true,
  recorded: [],
  sequence: 1,
  isReset: false,
});

test('a commit is told to all who listen, until they stop', () => {
  const wakeup = localWakeup();
  const heard: string[] = [];
  const stopOne = wakeup.subscribe(() => heard.push('one'));
  wakeup.subscribe(() => heard.push('two'));
  wakeup.committed(commitOf());
  stopOne();
  wakeup.committed(commitOf());
  expect(heard).toEqual(['one', 'two', 'two']);
});

test('a payment that comes to rest wakes those who wait for it, and nobody else', () => {
  const wakeup = localWakeup();
  const heard: string[] = [];
  wakeup.onSettled(ID, () => heard.push('one'));
  wakeup.onSettled(ID, () => heard.push('two'));
  wakeup.onSettled(OTHER, () => heard.push('other'));
  wakeup.committed(commitOf(ID));
  expect(heard).toEqual(['one', 'two']);
});

test('who has stopped waiting is not woken', () => {
  const wakeup = localWakeup();
  const heard: string[] = [];
  const stop = wakeup.onSettled(ID, () => heard.push('one'));
  wakeup.onSettled(ID, () => heard.push('two'));
  stop();
  stop();
  wakeup.committed(commitOf(ID, OTHER));
  expect(heard).toEqual(['two']);
});

test('a listener that stops itself while it is called is called once', () => {
  const wakeup = localWakeup();
  let calls = 0;
  const stop = wakeup.onSettled(ID, () => {
    calls += 1;
    stop();
  });
  wakeup.onSettled(ID, () => (calls += 10));
  wakeup.committed(commitOf(ID));
  wakeup.committed(commitOf(ID));
  expect(calls).toBe(21);
});

test('two who wait with the same function are two', () => {
  const wakeup = localWakeup();
  let calls = 0;
  const wake = () => (calls += 1);
  const stopOne = wakeup.onSettled(ID, () => wake());
  wakeup.onSettled(ID, () => wake());
  stopOne();
  wakeup.committed(commitOf(ID));
  expect(calls).toBe(1);
});

test('a listener that throws is told, and the others hear of the commit', () => {
  const errors: unknown[] = [];
  const wakeup = localWakeup((error) => errors.push(error));
  const heard: string[] = [];
  const bug = new Error('a bug');
  wakeup.subscribe(() => {
    throw bug;
  });
  wakeup.subscribe(() => heard.push('listener'));
  wakeup.onSettled(ID, () => heard.push('waiter'));
  wakeup.committed(commitOf(ID));
  expect(heard).toEqual(['listener', 'waiter']);
  expect(errors).toEqual([bug]);
});

test('a reset wakes all who wait: what they wait for is gone', () => {
  const wakeup = localWakeup();
  const heard: string[] = [];
  wakeup.onSettled(ID, () => heard.push('one'));
  const stop = wakeup.onSettled(OTHER, () => heard.push('other'));
  stop();
  wakeup.committed({ ...commitOf(), isReset: true });
  expect(heard).toEqual(['one']);
});

test('at the end all who wait are woken, those who come later too', async () => {
  const wakeup = localWakeup();
  const heard: string[] = [];
  wakeup.onSettled(ID, () => heard.push('one'));
  wakeup.onSettled(OTHER, () => heard.push('other'));
  wakeup.endWaits();
  expect(heard).toEqual(['one', 'other']);
  wakeup.onSettled(ID, () => heard.push('late'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(heard).toEqual(['one', 'other', 'late']);
});
