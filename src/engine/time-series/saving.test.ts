import { expect, test } from 'vitest';
import { expectEventually } from '../../../test/property/store.ts';
import type { Collector } from './collector.ts';
import { startSaving } from './saving.ts';

function collectorOf(changes: Partial<Collector>): Collector & { readonly done: string[] } {
  const done: string[] = [];
  return {
    done,
    isBehind: false,
    tallies: async () => new Map(),
    riskScores: async () => [],
    async catchUp() {
      done.push('catch up');
    },
    async save() {
      done.push('save');
    },
    close() {
      done.push('close');
    },
    ...changes,
  };
}

test('what was counted is written again and again, and a last time at the end', async () => {
  const collector = collectorOf({});
  const saving = startSaving(collector, (error) => {
    throw error;
  });
  const turn = ['catch up', 'save'];
  await expectEventually(() => collector.done.length >= 4);
  await saving.stop();
  expect(collector.done.slice(0, 4)).toEqual([...turn, ...turn]);
  expect(collector.done.slice(-3)).toEqual([...turn, 'close']);
  const { length } = collector.done;
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(collector.done).toHaveLength(length);
});

test('a failure is told, and it goes on; at the end it keeps nobody from stopping', async () => {
  const errors: unknown[] = [];
  const collector = collectorOf({
    save: () => Promise.reject(new Error('the disk is full')),
  });
  const saving = startSaving(collector, (error) => errors.push(error));
  await expectEventually(() => errors.length >= 2);
  await saving.stop();
  expect(errors).toHaveLength(3);
  expect(collector.done.at(-1)).toBe('close');
});

test('a long log is counted without a rest in between', async () => {
  let rounds = 0;
  const collector = collectorOf({
    get isBehind() {
      return rounds < 50;
    },
    async catchUp() {
      rounds += 1;
    },
  });
  const saving = startSaving(collector, (error) => {
    throw error;
  });
  // With a second between two of them it would take a minute.
  await expectEventually(() => rounds >= 50, 10_000);
  await saving.stop();
});
