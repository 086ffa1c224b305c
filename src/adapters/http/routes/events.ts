/** The event log, and one payment's part of it: its timeline. */
import type { FastifyInstance } from 'fastify';
import { EVENT_TYPES } from '../../../core/events.ts';
import { parsePaymentId, type PaymentId } from '../../../core/ids.ts';
import type { EventQuery } from '../../../engine/ports.ts';
import type { HttpDeps } from '../deps.ts';
import { sequenceAfter } from '../event-position.ts';
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

  const page = async (query: EventListQuery, paymentId: PaymentId | undefined) => {
    const head = await store.logHead();
    const limit = query.limit ?? PAGE_ITEMS_DEFAULT;
    const storeQuery: EventQuery = {
      after: sequenceAfter(query.after, head),
      limit: limit + 1,
      ...(paymentId === undefined ? {} : { paymentId }),
      ...(query.type === undefined ? {} : { types: listed(query.type, '?type', EVENT_TYPES) }),
    };
    const { events, scannedTo } = await store.events(storeQuery);
    const shown = events.slice(0, limit);
    const last = shown.at(-1)?.sequence;
    // A filter by type stops looking after a while: then the place it came to is where to go on.
    const hasMore = events.length > limit || scannedTo < head.sequence;
    const cursor = events.length > limit ? last : Math.max(scannedTo, last ?? 0);
    return {
      data: shown.map((event) => wireEvent(event, head.writer)),
      has_more: hasMore,
      next_cursor:
        cursor === undefined ? null : eventCursor({ writer: head.writer, sequence: cursor }),
    };
  };

  app.get<{ Querystring: EventListQuery }>(
    '/events',
    {
      schema: operation('listEvents', 'Events', 'The event log, oldest first', {
        querystring: EventListQuerySchema,
        response: { 200: listOf(EventSchema) },
        problems: ['payment_not_found', 'validation_failed', 'invalid_cursor'],
      }),
    },
    async (request) => {
      const { payment_id: asked } = request.query;
      if (asked === undefined) return page(request.query, undefined);
      return page(request.query, knownPaymentId({ payment_id: asked }));
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
      return page(request.query, parsePaymentId(id) ?? undefined);
    },
  );
}
