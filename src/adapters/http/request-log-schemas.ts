/** The wire of the request log. */
import { type Static, Type } from 'typebox';
import { PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from './limits.ts';
import { listOf, nullable } from './schemas.ts';

export const KEY_VERDICTS = ['new', 'replayed', 'mismatch', 'waiting', 'unused'] as const;
export type KeyVerdict = (typeof KEY_VERDICTS)[number];

const REQUEST_EXAMPLE = {
  id: 'req_42',
  request_id: '0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a21',
  at: '2026-02-26T10:00:00.000Z',
  method: 'POST',
  path: '/payments',
  query: null,
  route: '/payments',
  status: 201,
  duration_ms: 1.204,
  actor: 'anonymous',
  idempotency: { key_present: true, verdict: 'new' },
  payment_id: '0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a22',
  error_code: null,
} as const;

const ITEM = {
  id: Type.String({ description: 'Of this entry of the log: a request id may come twice.' }),
  request_id: Type.String(),
  at: Type.String({ format: 'date-time', description: 'When it came.' }),
  method: Type.String({ description: '`-` for what was no HTTP.' }),
  path: Type.String({ description: 'As asked, redacted; very long ones are cut.' }),
  query: nullable<string>('string', { description: 'Behind the ?, redacted; null without one.' }),
  route: Type.String({ description: 'The pattern that matched; `unmatched` when none did.' }),
  status: nullable<number>('integer', {
    description:
      'null when nothing was sent: the answer was lost on purpose, or the client had gone.',
  }),
  duration_ms: Type.Number({
    description: 'Until it was answered; of a live feed until it began.',
  }),
  actor: nullable<string>('string', {
    description: 'The name of the API key, or anonymous; null when it was refused before that.',
  }),
  idempotency: Type.Unsafe<{ key_present: true; verdict: KeyVerdict } | null>({
    type: ['object', 'null'],
    description:
      'null without an Idempotency-Key. The verdict: new (nothing was kept under it), replayed, mismatch (kept for ' +
      'another request: 422), waiting (the first request was still being answered: 409), unused (it was not looked at).',
    required: ['key_present', 'verdict'],
    properties: {
      key_present: { type: 'boolean' },
      verdict: { type: 'string', enum: [...KEY_VERDICTS] },
    },
  }),
  payment_id: nullable<string>('string', { format: 'uuid' }),
  error_code: nullable<string>('string', { description: 'Of a problem: see GET /errors.' }),
};

const Headers = Type.Record(Type.String(), Type.String());
const BODY =
  'As text, redacted; null when there was none, or it was not read, or is no text, or is kept at a sink.';

export const LoggedRequestListSchema = listOf(Type.Object(ITEM, { examples: [REQUEST_EXAMPLE] }));
export const LoggedRequestWithBodiesSchema = Type.Object(
  {
    ...ITEM,
    request_headers: Headers,
    request_body: nullable<string>('string', { description: BODY }),
    request_truncated: Type.Boolean({ description: 'Only the beginning of the body is kept.' }),
    response_headers: Headers,
    response_body: nullable<string>('string', { description: BODY }),
    response_truncated: Type.Boolean({ description: 'Only the beginning of the body is kept.' }),
  },
  {
    examples: [
      {
        ...REQUEST_EXAMPLE,
        request_headers: { 'content-type': 'application/json', 'idempotency-key': '(masked)' },
        request_body: '{"card":{"number":"************4242"},"amount":250.00,"currency":"USD"}',
        request_truncated: false,
        response_headers: { 'content-type': 'application/json; charset=utf-8' },
        response_body: '{"payment_id":"0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a22","status":"CREATED"}',
        response_truncated: false,
      },
    ],
  },
);

export const RequestListQuerySchema = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: PAGE_ITEMS_MAX, default: PAGE_ITEMS_DEFAULT }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
    method: Type.Optional(
      Type.String({ maxLength: 20, pattern: '^[A-Za-z-]+$', description: 'Any case.' }),
    ),
    status: Type.Optional(
      Type.String({
        pattern: '^([1-5]xx|[1-5]\\d\\d|none)$',
        description: 'One status, or a class of them: 2xx, 4xx, 5xx; none: nothing was sent.',
      }),
    ),
    path: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'A part of the path or of the query as they are shown, any case.',
      }),
    ),
    request_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  { additionalProperties: false },
);
export type RequestListQuery = Static<typeof RequestListQuerySchema>;

export const RequestParamsSchema = Type.Object({ request_id: Type.String() });
export type RequestParams = Static<typeof RequestParamsSchema>;
