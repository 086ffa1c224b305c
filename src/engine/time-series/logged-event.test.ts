import { expect, test } from 'vitest';
import { emptyStore } from '../../../test/support/store.ts';
import {
  authorizeCommand,
  createCommand,
  mustDecide,
  requestOf,
  retryCommand,
  runTimers,
  testClock,
  testEngine,
} from '../../../test/support/engine.ts';
import { cardOf, scenarioOf } from '../../../test/support/payment.ts';
import { currencyOf, NO_CURRENCY } from '../../core/currencies.ts';
import { COUNTED_TYPES, type CountedPayment, countEvent } from '../../core/time-series.ts';
import { execute } from '../execute.ts';
import type { Recorded } from '../working-set.ts';
import { countedFrom, type LoggedEvent } from './logged-event.ts';

/** What is counted of a payment, and nothing else of it. */
function countedPart({ refunds, ...payment }: CountedPayment): CountedPayment {
  const { version, status, attempts, capturedMinor, currency, createdAtMs, updatedAtMs } = payment;
  return {
    version,
    status,
    attempts,
    capturedMinor,
    currency,
    createdAtMs,
    updatedAtMs,
    refunds: refunds.map(({ amountMinor }) => ({ amountMinor })),
  };
}

test('an entry of the log says what the decision said', async () => {
  const clock = testClock();
  const store = await emptyStore(clock);
  const engine = testEngine(store, clock);
  const recorded: Recorded[] = [];
  engine.wakeup.subscribe((commit) => recorded.push(...commit.recorded));

  const scenario = scenarioOf({ outcomes: ['PROCESSING_ERROR', 'APPROVE'] });
  const { id } = await mustDecide(engine, createCommand({ scenario, amountMinor: 12_345n }));
  await mustDecide(engine, createCommand({ currency: NO_CURRENCY }));
  await mustDecide(engine, createCommand({ amountMinor: -5n }));
  const dinars = { currency: currencyOf('KWD'), amountMinor: 999_999_999_999n };
  await mustDecide(engine, authorizeCommand({ ...dinars, modelScore: 0.0512 }));
  await mustDecide(engine, createCommand({ card: cardOf(), currency: currencyOf('JPY') }));
  await execute(engine, requestOf({ type: 'change_simulation', patch: {}, expiresInMs: null }));
  await runTimers(engine, clock);
  await mustDecide(engine, retryCommand(id));
  await runTimers(engine, clock);
  for (const amount of ['0.01', '23.44', null]) {
    await mustDecide(engine, { type: 'refund_payment', paymentId: id, amount, reason: null });
  }

  const { events } = await store.events({ after: 0, limit: 1_000, types: COUNTED_TYPES });
  const decided = recorded.flatMap(({ decision }) =>
    decision.kind === 'payment' && COUNTED_TYPES.includes(decision.event.type) ? [decision] : [],
  );
  expect(events.length).toBe(decided.length);
  expect(new Set(events.map(({ type }) => type))).toEqual(new Set(COUNTED_TYPES));
  for (const [index, { event, payment }] of decided.entries()) {
    const logged = events[index];
    const counted = logged === undefined ? null : countedFrom(logged);
    if (counted === null) throw new Error('all of these are counted');
    expect(counted.payment).toEqual(countedPart(payment));
    const [live, again] = [new Map(), new Map()];
    countEvent(live, event, payment);
    countEvent(again, counted.event, counted.payment);
    expect(again).toEqual(live);
  }
  await store.close();
});

const LOGGED: LoggedEvent = {
  type: 'payment.succeeded',
  atMs: 5,
  paymentSequence: 3,
  cause: '{"command":"timer_elapsed"}',
  data: JSON.stringify({
    status: 'SUCCESS',
    attempts: 1,
    amount_captured: 1.5,
    currency: 'USD',
    created_at: '1970-01-01T00:00:00.000Z',
    refunds: [],
  }),
};

test('what adds nothing is not even read', () => {
  expect(countedFrom({ ...LOGGED, type: 'payment.retried', data: '{' })).toBeNull();
  expect(countedFrom({ ...LOGGED, type: 'rules.changed', data: '{' })).toBeNull();
  expect(countedFrom(LOGGED)?.payment.capturedMinor).toBe(150n);
});

test.each([
  ['data', '[]', 'has a currency'],
  ['data', 'null', 'is an object'],
  ['cause', '{}', 'names its command'],
  ['cause', '{"command":"a","risk":{}}', 'score is a number'],
  ['cause', '{"command":"a","latency_ms":"1"}', 'latency_ms is a number'],
  ['data', LOGGED.data.replace('SUCCESS', 'LOST'), 'has a status'],
  ['data', LOGGED.data.replace('1.5', '1.555'), 'amount of its currency'],
  ['data', LOGGED.data.replace('"refunds":[]', '"refunds":[1]'), 'has its refunds'],
  ['data', LOGGED.data.replace('created_at', 'made_at'), 'was created at some time'],
] as const)('an entry with %s like %s is not ours', (part, text, fault) => {
  expect(() => countedFrom({ ...LOGGED, [part]: text })).toThrow(fault);
});
