/** The event log, and one payment's part of it: its timeline. */
import type { FastifyInstance } from 'fastify';
import { EVENT_TYPES } from '../../../core/events.ts';
import type { PaymentId } from '../../../core/ids.ts';
import type { Store } from '../../../engine/ports.ts';
import type { HttpDeps } from '../deps.ts';
import { sequenceAfter, sequenceAt } from '../event-position.ts';
import { eventCursor, wireEvent } from '../event-wire.ts';
import { PAGE_ITEMS_DEFAULT } from '../limits.ts';
import { listed } from '../listed.ts';
import { operation } from '../operation.ts';
import {
  type EventListQuery,
  EventListQuerySchema,
  EventSchema,
  listOf,
  type PageQuery,
  PageQuerySchema,
  type PaymentParams,
  PaymentParamsSchema,
} from '../schemas.ts';
import { knownPaymentId, noSuchPayment } from './payments.ts';

export function eventRoutes(app: FastifyInstance, { engine }: HttpDeps): void {
  const { store } = engine;

  app.get<{ Querystring: EventListQuery }>(
    '/events',
    {
      schema: {
        ...operation('listEvents', 'Events', 'The event log, oldest or newest first', {
          querystring: EventListQuerySchema,
          response: { 200: listOf(EventSchema) },
          problems: ['payment_not_found', 'validation_failed', 'invalid_cursor'],
        }),
        description:
          'Oldest first, `next_cursor` goes on as `after`, also when nothing has happened yet: so the log is followed. ' +
          'With `order=desc` newest first; then `next_cursor` goes on as `before`, and is null at the beginning of ' +
          'the log. `after` and `before` may stand together, in both orders.',
      },
    },
    async (request) => {
      const { payment_id: asked } = request.query;
      if (asked === undefined) return page(store, request.query, null);
      return page(store, request.query, knownPaymentId({ payment_id: asked }));
    },
  );

  app.get<{ Params: PaymentParams; Querystring: PageQuery }>(
    '/payments/:payment_id/events',
    {
      schema: operation('listPaymentEvents', 'Events', "A payment's timeline, oldest first", {
        params: PaymentParamsSchema,
        querystring: PageQuerySchema,
        response: { 200: listOf(EventSchema) },
        problems: ['payment_not_found', 'validation_failed', 'invalid_cursor'],
      }),
    },
    async (request) => {
      const id = knownPaymentId(request.params);
      if ((await store.findPayment(id)) === null) throw noSuchPayment();
      return page(store, request.query, id);
    },
  );
}

/** A page of the log, or of one payment's part of it. */
async function page(store: Store, query: EventListQuery, paymentId: PaymentId | null) {
  const head = await store.logHead();
  const { order = 'asc', limit = PAGE_ITEMS_DEFAULT } = query;
  const after = sequenceAfter(query.after, head);
  const before = sequenceAt(query.before, head) ?? head.sequence + 1;
  const { events, scannedTo } = await store.events({
    after,
    before,
    order,
    limit: limit + 1,
    ...(paymentId === null ? {} : { paymentId }),
    ...(query.type === undefined ? {} : { types: listed(query.type, '?type', EVENT_TYPES) }),
  });
  const shown = events.slice(0, limit);
  const isFull = events.length > limit;
  // A filter by type stops looking after a while: then the place it came to is where to go on.
  const place = isFull ? (shown.at(-1)?.sequence ?? after) : scannedTo;
  const last = Math.min(before - 1, head.sequence);
  const hasMore = isFull || (order === 'asc' ? place < last : place > after + 1);
  const cursor = eventCursor({ writer: head.writer, sequence: Math.max(place, after) });
  return {
    data: shown.map((event) => wireEvent(event, head.writer)),
    has_more: hasMore,
    // At the end of the log more will come; at its beginning nothing will.
    next_cursor: order === 'asc' || hasMore ? cursor : null,
  };
}
