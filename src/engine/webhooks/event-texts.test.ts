import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CourierUnderTest, courierUnderTest } from '../../../test/support/far-end.ts';
import { EVENT_TEXTS_CHARS_MAX } from '../../core/limits.ts';
import type { Delivery } from '../../core/webhooks/delivery.ts';
import { eventId } from '../event-id.ts';
import type { EventQuery } from '../ports.ts';
import { EventTexts } from './event-texts.ts';

let at: CourierUnderTest;
let queries: EventQuery[];
let texts: EventTexts;
beforeEach(async () => {
  at = await courierUnderTest();
  queries = [];
  const { store } = at.engine;
  texts = new EventTexts({
    logHead: () => store.logHead(),
    events(query) {
      queries.push(query);
      return store.events(query);
    },
  });
  await at.pay(20);
});
afterEach(() => at.close());

/** Deliveries of the events at these places. */
async function deliveriesAt(...sequences: number[]): Promise<Delivery[]> {
  const { writer } = await at.engine.store.logHead();
  const { events } = await at.engine.store.events({ after: 0, limit: 100 });
  return events
    .filter(({ sequence }) => sequences.includes(sequence))
    .map(
      (event) =>
        ({
          ordinal: event.sequence,
          sequence: event.sequence,
          eventId: eventId(event, writer),
        }) as Delivery,
    );
}

test('events near to each other are read at once, and then no more', async () => {
  const wanted = await deliveriesAt(3, 5, 9);
  expect([...(await texts.of(wanted)).keys()]).toEqual([3, 5, 9]);
  expect(queries).toEqual([{ after: 2, limit: 7 }]);
  await texts.of(wanted);
  expect(queries).toHaveLength(1);
});

test('what lies between events far from each other is not read', async () => {
  await texts.of(await deliveriesAt(1, 2, 40, 41));
  expect(queries).toEqual([
    { after: 0, limit: 2 },
    { after: 39, limit: 2 },
  ]);
});

test('an event of another log is not found, although there is one in its place', async () => {
  const [delivery] = await deliveriesAt(3);
  const other = { ...delivery, eventId: 'evt_other_3' } as Delivery;
  expect((await texts.of([other])).size).toBe(0);
});

test('more than the limit is not kept', async () => {
  const { writer } = await at.engine.store.logHead();
  const { events } = await at.engine.store.events({ after: 0, limit: 3 });
  const large = events.map((event) => ({ ...event, data: 'x'.repeat(EVENT_TEXTS_CHARS_MAX / 2) }));
  texts.keep(large, writer);
  await texts.of(await deliveriesAt(2, 3));
  expect(queries).toEqual([]);
  await texts.of(await deliveriesAt(1));
  expect(queries).toHaveLength(1);
});
