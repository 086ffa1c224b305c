/** Webhooks for tests: a real store, the real guard, signer and sender; delivered when the test says so. */
import { randomBytes } from 'node:crypto';
import type { HttpDeps, WebhookDeps } from '../../src/adapters/http/deps.ts';
import { addressGuard } from '../../src/adapters/webhooks/addresses.ts';
import { newSecret } from '../../src/adapters/webhooks/secret.ts';
import { openSender } from '../../src/adapters/webhooks/sender.ts';
import { signer } from '../../src/adapters/webhooks/sign.ts';
import { verdictOf } from '../../src/adapters/webhooks/verify.ts';
import type { Engine } from '../../src/engine/ports.ts';
import { Courier } from '../../src/engine/webhooks/courier.ts';
import type { DeliveryStore } from '../../src/engine/webhooks/ports.ts';

export interface TestWebhooks {
  readonly deps: HttpDeps['webhooks'];
  /** Sends everything that is due now; resolves when nothing is under way. */
  deliver(): Promise<void>;
  close(): Promise<void>;
}

export interface TestWebhooksOptions {
  readonly store: DeliveryStore;
  /** Where our own sinks are; null while nothing listens. */
  readonly ownOrigin: () => string | null;
  /** True: whatever is changed by hand is delivered at once, as by a server. */
  readonly delivers: boolean;
  /** As of a server that is bound to loopback. */
  readonly isOpen: boolean;
}

export async function testWebhooks(
  engine: Engine,
  options: TestWebhooksOptions,
): Promise<TestWebhooks> {
  const { store, ownOrigin, delivers, isOpen } = options;
  // As a server does when it starts: what is made by hand before the courier looks belongs to this log.
  if ((await store.cursor()) === null) await store.beginLog(await engine.store.logHead());
  const guard = addressGuard({ isOpen, allowCidrs: [], allowHosts: [], ownOrigin });
  const nowSeconds = () => Math.floor(Date.now() / 1000);
  const nowMs = () => engine.clock.nowMs();
  const sender = openSender({ guard, nowMs, ticksMs: () => performance.now(), version: 'test' });
  const failures: unknown[] = [];
  let tokens = 0;
  const courier = new Courier({
    store,
    log: engine.store,
    sender,
    sign: signer(nowSeconds),
    draw: engine.random.draw,
    nowMs,
    scale: 1,
    newToken: () => `token-${(tokens += 1)}`,
    addressOf(url) {
      if (!url.startsWith('/')) return url;
      const origin = ownOrigin();
      return origin === null ? null : `${origin}${url}`;
    },
    gatherMs: 0,
    onError: (error) => failures.push(error),
  });
  let delivering = Promise.resolve();
  const deliver = () =>
    (delivering = delivering.then(async () => {
      await courier.reconsider();
      await courier.settle();
      if (failures.length > 0) throw failures[0];
    }));
  const deps: WebhookDeps = {
    store,
    changed() {
      if (delivers) void deliver();
    },
    newSecret: () => newSecret(randomBytes),
    refusalOf: (url) => guard.refusalOf(url),
    verdictOf: (question) => verdictOf(question, nowSeconds()),
  };
  return {
    deps,
    deliver,
    async close() {
      await delivering;
      await courier.stop();
      await sender.close();
      await store.close();
    },
  };
}
