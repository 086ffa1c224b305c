import { expect, test } from 'vitest';
import { emptyStore } from '../../test/support/store.ts';
import { createCommand, mustDecide, testClock, testEngine } from '../../test/support/engine.ts';
import { type Hint, tellOfCommits } from './hints.ts';
import { takeIn } from './others.ts';

test('each commit of this process is told, with its earliest timer; what others did is not', async () => {
  const clock = testClock();
  const store = await emptyStore(clock);
  const engine = testEngine(store, clock);
  const told: Hint[] = [];
  const end = tellOfCommits(engine, { tell: (hint) => told.push(hint), listen: () => () => {} });
  await mustDecide(engine, createCommand());
  expect(told).toEqual([{ dueAtMs: await store.nextTimerAtMs(), areWebhooksChanged: false }]);
  takeIn(engine, [{ sequence: 9, type: 'payment.created', atMs: 1, cause: '{}', paymentId: null }]);
  expect(told).toHaveLength(1);
  end();
  await mustDecide(engine, createCommand());
  expect(told).toHaveLength(1);
  await store.close();
});
