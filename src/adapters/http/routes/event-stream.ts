/** The live feed over HTTP: who is let in, where it begins, and what the log and the metrics say of it. */
import { Type, type Static } from 'typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { EVENT_TYPES } from '../../../core/events.ts';
import { EVENT_PATTERNS } from '../../../core/webhooks/endpoint.ts';
import type { FeedFilter } from '../../../engine/feed/filter.ts';
import { openFeed } from '../../../engine/feed/live-feed.ts';
import type { AskedPlace } from '../../../engine/feed/place.ts';
import { FEED_LIMITS } from '../../../engine/feed/ports.ts';
import type { HttpDeps } from '../deps.ts';
import { eventPosition } from '../event-position.ts';
import { listed } from '../listed.ts';
import { logStream } from '../log.ts';
import { operation } from '../operation.ts';
import { Problem } from '../problems.ts';
import { EVENT_EXAMPLE } from '../schema-examples.ts';
import { FRAMES, STREAM_HEADERS, streamOver } from '../sse.ts';
import { typesOf } from '../webhook-query.ts';
import { knownPaymentId } from './payments.ts';

const StreamQuerySchema = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        maxLength: 200,
        description:
          'A cursor to go on behind; empty: from the beginning of the log; absent: what happens from now on. ' +
          'A Last-Event-ID header counts more.',
      }),
    ),
    type: Type.Optional(
      Type.String({
        maxLength: 400,
        description:
          'Event types, joined by commas; payment.* for all of a kind, * for all. A reset is always sent.',
      }),
    ),
    payment_id: Type.Optional(
      Type.String({
        maxLength: 64,
        description: 'One payment only, however long ago it was: nothing of it is too old.',
      }),
    ),
  },
  { additionalProperties: false },
);
type StreamQuery = Static<typeof StreamQuerySchema>;

const StreamHeadersSchema = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'The id of the last event that was seen; an EventSource sends it by itself.',
    }),
  ),
});

const DESCRIPTION =
  `Server-sent events, as an EventSource reads them: \`id\` is the event's cursor and \`data\` the event as
GET /events shows it, without an \`event\` field. Every event comes once and in order, also over lost connections when
the last id is sent again. \`event: reset\` says that this cannot be: everything was removed (\`log_reset\`), more than
${FEED_LIMITS.behindMax.toLocaleString('en')} entries were missed (\`too_old\`), or an older copy of the log was put back (\`not_in_log\`); its \`data\` has
\`reason\`, \`detail\` and the \`cursor\` from which the feed goes on. A comment comes every
${FEED_LIMITS.heartbeatMs / 1000} seconds, with an id that says how far the log was looked through. A client that does not read is cut off,
and may come back.`.replaceAll('\n', ' ');

const EXAMPLE = `retry: 1000\n\nid: ${EVENT_EXAMPLE.cursor}\ndata: ${JSON.stringify(EVENT_EXAMPLE)}\n\n`;

export function eventStreamRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const { engine, logger, metrics } = deps;
  const feed = openFeed({
    engine,
    frames: FRAMES,
    limits: { ...FEED_LIMITS, ...deps.feedLimits },
    onError: (error) => logger.error({ err: error }, 'the live feed could not read the log'),
  });
  metrics.watchFeed(() => feed.facts());
  app.addHook('preClose', () => feed.end());

  app.get<{ Querystring: StreamQuery }>(
    '/events/stream',
    {
      schema: {
        ...operation('streamEvents', 'Events', 'The event log, live', {
          querystring: StreamQuerySchema,
          response: {
            200: {
              description: 'The feed; it does not end by itself.',
              content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } },
            },
          },
          problems: [
            'payment_not_found',
            'validation_failed',
            'invalid_cursor',
            'too_many_streams',
          ],
        }),
        description: DESCRIPTION,
        headers: StreamHeadersSchema,
      },
    },
    async (request, reply) => {
      const filter = filterOf(request.query);
      const place = placeOf(request);
      const head = await engine.store.logHead();
      if (feed.isFull) throw tooMany();
      if (request.method === 'HEAD') return reply.headers(STREAM_HEADERS).send();
      reply.hijack();
      logStream(deps, request, reply);
      const outlet = streamOver(reply.raw, reply.getHeaders());
      feed.follow({ filter, place, outlet }, head);
      return reply;
    },
  );
}

function placeOf({ headers, query }: FastifyRequest<{ Querystring: StreamQuery }>): AskedPlace {
  const seen = headers['last-event-id'];
  // An EventSource that comes back asks for the same address as the first time, and knows better by then.
  if (typeof seen === 'string' && seen !== '') return eventPosition(seen);
  if (query.after === undefined) return 'now';
  return query.after === '' ? 'start' : eventPosition(query.after);
}

function filterOf({ type, payment_id: id }: StreamQuery): FeedFilter {
  return {
    types: type === undefined ? null : feedTypes(type),
    paymentId: id === undefined ? null : knownPaymentId({ payment_id: id }),
  };
}

/** Null for all of them. */
function feedTypes(text: string): FeedFilter['types'] {
  const types = typesOf(listed(text, '?type', EVENT_PATTERNS));
  return types.length === EVENT_TYPES.length ? null : types;
}

function tooMany(): Problem {
  return new Problem(
    'too_many_streams',
    'As many clients follow the live feed as it takes; ask again later, or read GET /events.',
    { headers: { 'retry-after': '5' } },
  );
}
