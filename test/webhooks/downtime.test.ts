/**
 * A receiver that is down for hours, days, weeks of virtual time, with ten thousand payments waiting for it. The log and
 * the deliveries are real, only the far end is a function.
 */
import { afterEach, expect, test } from 'vitest';
import type { WebhookRequest } from '../../src/engine/webhooks/ports.ts';
import { type CourierUnderTest, courierUnderTest, idOf } from '../support/far-end.ts';
import { isPostgres } from '../support/store.ts';

const HOUR_MS = 3_600_000;
// Each costs Postgres several times what it costs a file.
const PAYMENTS = isPostgres ? 250 : 10_000;
const PAYMENTS_AT_ONCE = 250;

/** In so many steps does the time of a failure go by: each brings an attempt to all that became due in it. */
const STEPS = 6;

let at: CourierUnderTest | undefined;
afterEach(async () => {
  await at?.close();
  at = undefined;
});

/** What arrived, as a receiver that keeps books sees it. */
class Books {
  /** The body of each id. */
  readonly bodies = new Map<string, string>();
  readonly faults: string[] = [];
  /** The last event of each payment, by its place in the payment's history. */
  readonly #last = new Map<string, number>();
  readonly #isStrict: boolean;

  constructor(isStrict: boolean) {
    this.#isStrict = isStrict;
  }

  enter(request: WebhookRequest): void {
    const id = idOf(request);
    if (this.bodies.has(id)) this.faults.push(`${id} was accepted and came again`);
    this.bodies.set(id, request.body);
    const [, payment = '', place = ''] = id.split('_');
    const last = this.#last.get(payment) ?? 0;
    this.#last.set(payment, Number(place));
    if (this.#isStrict && Number(place) !== last + 1) this.faults.push(`${id} after ${last}`);
  }
}

async function payAll(under: CourierUnderTest): Promise<void> {
  for (let made = 0; made < PAYMENTS; made += PAYMENTS_AT_ONCE) await under.pay(PAYMENTS_AT_ONCE);
}

test.each([
  ['strict', 'two hours', 2 * HOUR_MS],
  ['strict', 'three days', 72 * HOUR_MS],
  ['strict', '29 days', 29 * 24 * HOUR_MS],
  ['none', 'two hours', 2 * HOUR_MS],
] as const)(
  'with order %s, nothing is lost while the receiver is down for %s, and all is delivered after',
  { timeout: 120_000 },
  async (ordering, _, downMs) => {
    at = await courierUnderTest();
    await at.add(1, { ordering });
    const books = new Books(ordering === 'strict');
    const bodies = new Map<string, string>();
    const changed: string[] = [];
    let isUp = false;
    at.answer((request) => {
      const id = idOf(request);
      const before = bodies.get(id) ?? request.body;
      if (before !== request.body) changed.push(id);
      bodies.set(id, before);
      if (!isUp) return { statusCode: null, error: 'connection refused', retryAfterMs: null };
      books.enter(request);
      return 204;
    });
    await payAll(at);
    await at.courier.settle();
    for (let step = 0; step < STEPS; step += 1) {
      at.clock.advance(downMs / STEPS);
      await at.courier.settle();
    }
    expect(books.bodies.size).toBe(0);

    isUp = true;
    while (await at.next());
    const { sequence: events } = await at.engine.store.logHead();
    expect(events).toBe(3 * PAYMENTS);
    expect({
      accepted: books.bodies.size,
      changed,
      faults: books.faults,
      errors: at.errors,
    }).toEqual({ accepted: events, changed: [], faults: [], errors: [] });
    const counts = [...(await at.deliveries.counts()).values()];
    expect(counts).toEqual([{ pending: 0, failing: 0, dead: 0, delivered: events }]);
  },
);
