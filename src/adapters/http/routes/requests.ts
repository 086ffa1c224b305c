/** The request log, to look at. */
import type { FastifyInstance } from 'fastify';
import { decodeCursor, encodeCursor } from '../cursors.ts';
import { LOGGED_BODY_BYTES_MAX, PAGE_ITEMS_DEFAULT } from '../limits.ts';
import { operation } from '../operation.ts';
import { Problem } from '../problems.ts';
import {
  LoggedRequestListSchema,
  LoggedRequestWithBodiesSchema,
  type RequestListQuery,
  RequestListQuerySchema,
  type RequestParams,
  RequestParamsSchema,
} from '../request-log-schemas.ts';
import { wireRequest, wireRequestWithBodies } from '../request-log-wire.ts';
import type { RingEntry } from '../request-ring.ts';

const CURSORS = 'requests';

const DESCRIPTION =
  'The last requests, in memory: a restart empties the list. It holds 200 that changed something, 100 that read, 150 ' +
  'that were refused (4xx) or not answered, and 50 that failed (5xx), 8 MiB in all, so that many of one ' +
  'kind do not push out the few of another. Not listed: reading this list, health checks and metrics, pages and ' +
  'their files, and what sinks receive (they keep it themselves). Of bodies and answers ' +
  `${LOGGED_BODY_BYTES_MAX / 1024} KiB are kept. Nothing here holds a card number, a credential or a secret of ` +
  'webhooks: every run of 12 digits or more is masked but for its last four (payment ids stay), of headers that are ' +
  'not known to be harmless only the name is shown, and so is a field or parameter whose name says that it is a secret.';

export function requestRoutes(app: FastifyInstance): void {
  const { requestLog } = app;

  app.get<{ Querystring: RequestListQuery }>(
    '/requests',
    {
      schema: {
        ...operation('listRequests', 'Operations', 'The last requests, newest first', {
          querystring: RequestListQuerySchema,
          response: { 200: LoggedRequestListSchema },
          problems: ['validation_failed', 'invalid_cursor'],
        }),
        description: DESCRIPTION,
      },
    },
    async ({ query }) => {
      const { limit = PAGE_ITEMS_DEFAULT, cursor } = query;
      const before =
        cursor === undefined || cursor === ''
          ? Number.POSITIVE_INFINITY
          : Number(decodeCursor(CURSORS, cursor, /^\d{1,15}$/));
      const left = requestLog
        .list()
        .filter((entry) => entry.ordinal < before && isAsked(entry, query));
      const page = left.slice(0, limit);
      const last = left.length > limit ? page.at(-1) : undefined;
      return {
        data: page.map(wireRequest),
        has_more: last !== undefined,
        next_cursor: last === undefined ? null : encodeCursor(CURSORS, String(last.ordinal)),
      };
    },
  );

  app.get<{ Params: RequestParams }>(
    '/requests/:request_id',
    {
      schema: {
        ...operation('getRequest', 'Operations', 'Read a request and its answer', {
          params: RequestParamsSchema,
          response: { 200: LoggedRequestWithBodiesSchema },
          problems: ['request_not_found'],
        }),
        description:
          'By the `id` of its entry, or by its request id: then the last one that came with it. What is redacted is ' +
          'said at GET /requests.',
      },
    },
    async ({ params }) => {
      const entries = requestLog.list();
      const { request_id: asked } = params;
      const found =
        entries.find(({ ordinal }) => `req_${ordinal}` === asked) ??
        entries.find(({ request }) => request.requestId === asked);
      if (found === undefined) {
        throw new Problem(
          'request_not_found',
          'The request log has no request with this id, or no more; GET /requests lists those there are.',
        );
      }
      return wireRequestWithBodies(found);
    },
  );
}

function isAsked({ request }: RingEntry, query: RequestListQuery): boolean {
  const { method, status, path, request_id: requestId } = query;
  return (
    (method === undefined || request.method === method.toUpperCase()) &&
    (status === undefined || isOfStatus(request.status, status)) &&
    (path === undefined || request.url.toLowerCase().includes(path.toLowerCase())) &&
    (requestId === undefined || request.requestId === requestId)
  );
}

function isOfStatus(status: number | null, asked: string): boolean {
  if (status === null) return asked === 'none';
  return asked.endsWith('xx')
    ? asked.startsWith(String(status).slice(0, 1))
    : asked === String(status);
}
