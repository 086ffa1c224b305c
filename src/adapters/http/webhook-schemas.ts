/** The wire of /webhook-endpoints and /webhook-deliveries. What JSON Schema cannot say is in webhook-request.ts. */
import { type Static, type TSchema, Type } from 'typebox';
import { EVENT_TYPES, type EventType } from '../../core/events.ts';
import { DELIVERY_STATUSES } from '../../core/webhooks/delivery.ts';
import { EVENT_PATTERNS, ORDERINGS, PAYLOADS } from '../../core/webhooks/endpoint.ts';
import type { Ordering, Payload } from '../../core/webhooks/endpoint.ts';
import { FAULT_KINDS, type FaultKind } from '../../core/webhooks/faults.ts';
import {
  DELAY_MS_MAX,
  PAGE_ITEMS_DEFAULT,
  PAGE_ITEMS_MAX,
  WEBHOOK_URL_CHARACTERS_MAX,
} from './limits.ts';
import { nullable, optionalText } from './schemas.ts';
import { DELIVERY_EXAMPLE, ENDPOINT_EXAMPLE, SECRET_EXAMPLE } from './webhook-examples.ts';

/** Attempts that a fault may be asked for ahead. */
const FAULT_NEXT_MAX = 1_000_000;

const FAULT_MEANINGS: Readonly<Record<FaultKind, string>> = {
  drop: 'The attempt is not sent; the schedule goes on.',
  delay: 'It is sent delay_ms later.',
  reorder: 'It is held back for delay_ms while later events pass it, on strict endpoints too.',
  duplicate: 'It is sent twice.',
  corrupt_signature: 'The signature is that of another body.',
};

export interface FaultBody {
  readonly rate?: number;
  readonly next?: number;
  readonly delay_ms?: number;
}
/** null takes a fault away. */
export type FaultsBody = Readonly<Partial<Record<FaultKind, FaultBody | null>>>;

const FaultsSchema = Type.Unsafe<FaultsBody>({
  type: 'object',
  additionalProperties: false,
  description: 'What goes wrong on purpose; what is absent does not happen.',
  properties: Object.fromEntries(FAULT_KINDS.map((kind) => [kind, faultSchema(kind)])),
});

function faultSchema(kind: FaultKind) {
  const isLate = kind === 'delay' || kind === 'reorder';
  return {
    type: ['object', 'null'],
    additionalProperties: false,
    description: FAULT_MEANINGS[kind],
    properties: {
      rate: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        description: 'Probability that it happens to an attempt; absent: 0.',
      },
      next: {
        type: 'integer',
        minimum: 0,
        maximum: FAULT_NEXT_MAX,
        description: 'It happens to so many attempts first, whatever the rate; absent: 0.',
      },
      ...(isLate
        ? {
            delay_ms: {
              type: 'integer',
              minimum: 0,
              maximum: DELAY_MS_MAX,
              description: 'Milliseconds; absent: 2000.',
            },
          }
        : {}),
    },
  };
}

const UrlSchema = Type.String({
  minLength: 1,
  maxLength: WEBHOOK_URL_CHARACTERS_MAX,
  description: 'An http or https address, or /sinks/{name} for a receiver of our own.',
});
const EventsSchema = Type.Array(Type.Unsafe<string>({ type: 'string', enum: EVENT_PATTERNS }), {
  minItems: 1,
  maxItems: EVENT_PATTERNS.length,
  description: 'Event types, `payment.*` for all of a kind, `*` for all.',
});
const PayloadSchema = Type.Unsafe<Payload>({
  type: 'string',
  enum: [...PAYLOADS],
  description: 'envelope: {type, timestamp, data} (Standard Webhooks); payment: the data alone.',
});
const OrderingSchema = Type.Unsafe<Ordering>({
  type: 'string',
  enum: [...ORDERINGS],
  description:
    "none: each event follows its own schedule; strict: a payment's next event waits for the one before.",
});
const EnabledSchema = Type.Boolean({ description: 'false: deliveries are made and wait.' });
const DESCRIPTION = optionalText(255, 'Free text of your own.');

/** The same fields make an endpoint and change one. */
const CHANGEABLE = {
  events: Type.Optional(EventsSchema),
  description: DESCRIPTION,
  payload: Type.Optional(PayloadSchema),
  ordering: Type.Optional(OrderingSchema),
  enabled: Type.Optional(EnabledSchema),
  faults: Type.Optional(nullablePart(FaultsSchema)),
};

export const EndpointCreateSchema = Type.Object(
  { url: UrlSchema, ...CHANGEABLE },
  {
    additionalProperties: false,
    examples: [{ url: ENDPOINT_EXAMPLE.url, events: ENDPOINT_EXAMPLE.events }],
  },
);
export type EndpointCreateBody = Static<typeof EndpointCreateSchema>;

export const EndpointPatchSchema = Type.Object(
  { url: Type.Optional(UrlSchema), ...CHANGEABLE },
  {
    additionalProperties: false,
    description:
      'What is absent stays. null clears the description, one fault, or (`"faults": null`) all of them.',
    examples: [{ enabled: true, faults: { drop: { rate: 0.1 }, duplicate: { next: 3 } } }],
  },
);
export type EndpointPatchBody = Static<typeof EndpointPatchSchema>;

const TIME = { format: 'date-time' };

const ENDPOINT = {
  id: Type.String(),
  url: Type.String(),
  events: Type.Array(Type.String()),
  description: nullable<string>('string'),
  payload: PayloadSchema,
  ordering: OrderingSchema,
  enabled: EnabledSchema,
  disabled_reason: nullable<string>('string', {
    enum: ['gone', 'unset', null],
    description:
      'gone: it answered 410; unset: WEBHOOK_URL named it and does no more; null when enabled or paused by hand.',
  }),
  faults: FaultsSchema,
  from_environment: Type.Boolean({ description: 'WEBHOOK_URL names it.' }),
  previous_secret_expires_at: nullable<string>('string', {
    ...TIME,
    description: 'Until then the secret before the last rotation signs too; null when none does.',
  }),
  created_at: Type.String(TIME),
  updated_at: Type.String(TIME),
  deliveries: Type.Object(
    Object.fromEntries(DELIVERY_STATUSES.map((status) => [status, Type.Integer()])),
    { description: 'How many there are of each status.' },
  ),
};

export const EndpointSchema = Type.Object(ENDPOINT, { examples: [ENDPOINT_EXAMPLE] });

/** The answers to POST and rotate-secret. */
export const EndpointWithSecretSchema = Type.Object(
  {
    ...ENDPOINT,
    secret: Type.String({
      description: '`whsec_` and base64. No later answer contains it: keep it now.',
    }),
  },
  { examples: [{ ...ENDPOINT_EXAMPLE, secret: SECRET_EXAMPLE }] },
);

/** How it has been lately: of its last deliveries. */
export const EndpointHealthSchema = Type.Object(
  {
    endpoint_id: Type.String(),
    deliveries: Type.Array(
      Type.Object({
        id: Type.String(),
        status: Type.Unsafe<string>({ type: 'string', enum: [...DELIVERY_STATUSES] }),
      }),
      { description: `Its last ${PAGE_ITEMS_MAX} deliveries, newest first.` },
    ),
    attempt_ms: nullable<{ readonly p50: number; readonly p95: number }>('object', {
      properties: { p50: { type: 'number' }, p95: { type: 'number' } },
      required: ['p50', 'p95'],
      description:
        'How long the last attempt at each of them took, in milliseconds; without those that were dropped on purpose. null when there was none.',
    }),
  },
  {
    examples: [
      {
        endpoint_id: ENDPOINT_EXAMPLE.id,
        deliveries: [{ id: DELIVERY_EXAMPLE.id, status: DELIVERY_EXAMPLE.status }],
        attempt_ms: { p50: 12, p95: 12 },
      },
    ],
  },
);

export const EndpointParamsSchema = Type.Object({ endpoint_id: Type.String() });
export type EndpointParams = Static<typeof EndpointParamsSchema>;

const EventTypeSchema = Type.Unsafe<EventType>({ type: 'string', enum: [...EVENT_TYPES] });

export const EndpointTestSchema = nullablePart(
  Type.Object(
    {
      type: Type.Optional(
        Type.Unsafe<EventType>({
          ...EventTypeSchema,
          description: 'Absent: payment.succeeded.',
        }),
      ),
    },
    { additionalProperties: false, examples: [{ type: 'payment.failed' }] },
  ),
);
export type EndpointTestBody = Static<typeof EndpointTestSchema>;

const DELIVERY = {
  id: Type.String(),
  endpoint_id: Type.String(),
  event_id: Type.String({ description: 'What the header webhook-id says, on every attempt.' }),
  event_type: Type.String(),
  payment_id: nullable<string>('string', { format: 'uuid' }),
  status: Type.Unsafe<string>({ type: 'string', enum: [...DELIVERY_STATUSES] }),
  next_attempt_at: nullable<string>('string', {
    ...TIME,
    description: 'null when it is done, or waits for the event before it.',
  }),
  created_at: Type.String(TIME),
  attempt_count: Type.Integer({ description: 'Attempts that were made, duplicates included.' }),
  test: Type.Boolean({ description: 'Made by POST …/test: it stands for no event of the log.' }),
};

export const ListedDeliverySchema = Type.Object(DELIVERY, {
  examples: [withoutAttempts(DELIVERY_EXAMPLE)],
});

const HeadersSchema = Type.Record(Type.String(), Type.String());

const AttemptSchema = Type.Object({
  at: Type.String(TIME),
  duration_ms: Type.Number(),
  status_code: nullable<number>('integer', { description: 'null when no answer came.' }),
  error: nullable<string>('string', { description: 'What went wrong; null for a 2xx.' }),
  retry_after_ms: nullable<number>('integer', {
    description: 'What Retry-After asked for; null when it did not.',
  }),
  request: Type.Object({ url: Type.String(), headers: HeadersSchema }),
  response_headers: nullable<Readonly<Record<string, string>>>('object', {
    additionalProperties: { type: 'string' },
  }),
  response_body: nullable<string>('string', { description: 'At most 64 KiB of it.' }),
  response_truncated: Type.Boolean(),
  deliberate: Type.Array(Type.Unsafe<FaultKind>({ type: 'string', enum: [...FAULT_KINDS] }), {
    description: 'The faults that were made on purpose; empty when none was.',
  }),
});

export const DeliverySchema = Type.Object(
  {
    ...DELIVERY,
    request_body: nullable<string>('string', {
      description:
        "The bytes that every attempt sends, by the endpoint's payload as it is set now; null when the event is gone.",
    }),
    attempts: Type.Array(AttemptSchema),
  },
  { examples: [DELIVERY_EXAMPLE] },
);

export const DeliveryParamsSchema = Type.Object({ delivery_id: Type.String() });
export type DeliveryParams = Static<typeof DeliveryParamsSchema>;

export const DeliveryListQuerySchema = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: PAGE_ITEMS_MAX, default: PAGE_ITEMS_DEFAULT }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
    endpoint_id: Type.Optional(Type.String({ maxLength: 64 })),
    status: Type.Optional(
      Type.String({ maxLength: 100, description: 'One status or several, joined by commas.' }),
    ),
    event_id: Type.Optional(Type.String({ maxLength: 100 })),
    payment_id: Type.Optional(Type.String({ maxLength: 64 })),
    event_type: Type.Optional(
      Type.String({
        maxLength: 400,
        description: 'Event types or patterns such as payment.*, joined by commas.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type DeliveryListQuery = Static<typeof DeliveryListQuerySchema>;

export const ReplayRequestSchema = Type.Object(
  {
    endpoint_id: Type.String({ maxLength: 64 }),
    from: Type.Optional(
      nullable<string>('string', { ...TIME, description: 'Events from this time on.' }),
    ),
    to: Type.Optional(
      nullable<string>('string', { ...TIME, description: 'Events before this time.' }),
    ),
    after: Type.Optional(
      nullable<string>('string', {
        maxLength: 200,
        description: 'A cursor of the event log: events behind it.',
      }),
    ),
    event_types: Type.Optional(EventsSchema),
  },
  {
    additionalProperties: false,
    examples: [
      {
        endpoint_id: ENDPOINT_EXAMPLE.id,
        from: '2026-02-26T10:00:00Z',
        to: '2026-02-26T11:00:00Z',
        event_types: ['payment.succeeded'],
      },
    ],
  },
);
export type ReplayBody = Static<typeof ReplayRequestSchema>;

export const ReplaySchema = Type.Object(
  {
    replayed: Type.Integer({
      description: 'Deliveries that are due again, or for the first time.',
    }),
    has_more: Type.Boolean(),
    next_cursor: nullable<string>('string', {
      description: 'Send the same request with it as `after` to go on; null at the end.',
    }),
  },
  { examples: [{ replayed: 42, has_more: false, next_cursor: null }] },
);

/** The same schema, null allowed. */
function nullablePart<Schema extends TSchema>(schema: Schema) {
  return Type.Unsafe<Static<Schema> | null>({ ...schema, type: ['object', 'null'] });
}

function withoutAttempts({
  attempts: _attempts,
  request_body: _body,
  ...listed
}: typeof DELIVERY_EXAMPLE) {
  return listed;
}
