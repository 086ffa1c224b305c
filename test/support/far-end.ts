/** A courier whose far end is a function and whose clock stands until it is moved; log and deliveries are real ones. */
import { signer } from '../../src/adapters/webhooks/sign.ts';
import type { AttemptResult } from '../../src/core/webhooks/delivery.ts';
import type { Endpoint } from '../../src/core/webhooks/endpoint.ts';
import type { Engine } from '../../src/engine/ports.ts';
import { Courier, type CourierParts } from '../../src/engine/webhooks/courier.ts';
import type { DeliveryStore, WebhookRequest } from '../../src/engine/webhooks/ports.ts';
import { endpointOf } from './deliveries.ts';
import {
  createCommand,
  mustDecide,
  runTimers,
  testClock,
  type TestClock,
  testEngine,
} from './engine.ts';
import { SECRET } from './receivers.ts';
import { emptyDeliveries, emptyStore } from './store.ts';

/** What the far end answers: a status, or everything. May take its time. */
export type Answer = number | AttemptResult;
export type FarEnd = (request: WebhookRequest) => Answer | Promise<Answer>;

export interface CourierUnderTest {
  readonly engine: Engine;
  readonly clock: TestClock;
  readonly deliveries: DeliveryStore;
  readonly courier: Courier;

  /** Everything that was sent, in order. */
  readonly sent: readonly WebhookRequest[];
  readonly errors: readonly unknown[];
  /** Adds an endpoint that hears of everything from now on. */
  add(index: number, changes?: Partial<Endpoint>): Promise<Endpoint>;
  answer(farEnd: FarEnd): void;
  /** Makes payments and brings them to their outcome. */
  pay(times: number): Promise<void>;
  /** Moves the clock to what is due next, and sends it; false when nothing is due any more. */
  next(): Promise<boolean>;
  close(): Promise<void>;
}

export async function courierUnderTest(
  changes: Partial<CourierParts> = {},
): Promise<CourierUnderTest> {
  const clock = testClock();
  const nowMs = () => clock.nowMs();
  // A reset begins another log, with another name.
  let logs = 0;
  const newLog = () => `abc${(logs += 1)}`;
  const store = await emptyStore(clock, newLog);
  const engine = testEngine(store, clock);
  const deliveries = await emptyDeliveries();
  const sent: WebhookRequest[] = [];
  const errors: unknown[] = [];
  let farEnd: FarEnd = () => 204;
  let tokens = 0;
  const courier = new Courier({
    store: deliveries,
    log: store,
    sender: {
      async send(request) {
        sent.push(request);
        const answer = await farEnd(request);
        const { url, headers } = request;
        const atMs = clock.nowMs();
        return {
          atMs,
          durationMs: 1,
          request: { url, headers },
          response: null,
          ...resultOf(answer),
        };
      },
    },
    sign: signer(() => Math.floor(clock.nowMs() / 1_000)),
    draw: engine.random.draw,
    nowMs,
    newToken: () => `token-${(tokens += 1)}`,
    addressOf: (url) => url,
    scale: 1,
    gatherMs: 0,
    onError: (error) => errors.push(error),
    ...changes,
  });
  await courier.settle();
  return {
    engine,
    clock,
    deliveries,
    courier,
    sent,
    errors,
    async add(index, endpointChanges = {}) {
      const endpoint = endpointOf(index, { secret: SECRET, ...endpointChanges });
      await deliveries.addEndpoint(endpoint, await store.logHead());
      return endpoint;
    },
    answer(next) {
      farEnd = next;
    },
    async pay(times) {
      await Promise.all(Array.from({ length: times }, () => mustDecide(engine, createCommand())));
      await runTimers(engine, clock);
    },
    async next() {
      const dueAtMs = await courier.nextDueAtMs();
      if (dueAtMs === null) return false;
      clock.advance(Math.max(0, dueAtMs - clock.nowMs()));
      await courier.settle();
      return true;
    },
    async close() {
      await courier.stop();
      await deliveries.close();
      await store.close();
    },
  };
}

function resultOf(answer: Answer): AttemptResult {
  if (typeof answer !== 'number') return answer;
  const isFine = answer >= 200 && answer < 300;
  return { statusCode: answer, error: isFine ? null : `it answered ${answer}`, retryAfterMs: null };
}

export function idOf({ headers }: Pick<WebhookRequest, 'headers'>): string {
  return headers['webhook-id'] ?? '';
}
