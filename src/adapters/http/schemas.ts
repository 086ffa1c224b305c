/**
 * What goes in and out, as JSON Schema: the same objects validate requests (Ajv) and print docs/openapi.json.
 * Amounts are checked a second time from their exact digits, see payment-request.ts.
 */
import { type Static, Type } from 'typebox';
import { EVENT_TYPES } from '../../core/events.ts';
import { FAILURE_REASONS } from '../../core/failures.ts';
import { type Metadata, STATUSES } from '../../core/payment.ts';
import type { Outcome } from '../../core/scenario.ts';
import {
  EVENT_EXAMPLE,
  PAYMENT_EXAMPLE,
  REFUND_EXAMPLE,
  SUMMARY_EXAMPLE,
} from './schema-examples.ts';
import { EVENT_PAGE_ITEMS_MAX, PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from './limits.ts';

const DELAY_MS_MAX = 3_600_000;

export function optionalText(maxLength: number, description: string) {
  return Type.Optional(
    Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength, description }),
  );
}

export function nullable<Value>(type: string, more: Record<string, unknown> = {}) {
  return Type.Unsafe<Value | null>({ type: [type, 'null'], ...more });
}

const OUTCOMES = Type.Unsafe<Outcome>({
  type: 'string',
  enum: ['APPROVE', ...FAILURE_REASONS],
  description: 'APPROVE, or the failure reason to end with.',
});

export const SimulateSchema = Type.Object(
  {
    outcome: Type.Optional(OUTCOMES),
    delay_ms: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: DELAY_MS_MAX,
        description: 'Milliseconds from PROCESSING to the outcome.',
      }),
    ),
    sequence: Type.Optional(
      Type.Array(OUTCOMES, {
        minItems: 1,
        maxItems: 10,
        description: 'One outcome per attempt; the last one holds for all further attempts.',
      }),
    ),
    http: Type.Optional(
      Type.Object(
        {
          fault: Type.Unsafe<'drop' | 'timeout' | '429' | '500'>({
            type: 'string',
            enum: ['drop', 'timeout', '429', '500'],
          }),
          when: Type.Optional(
            Type.Unsafe<'before' | 'after'>({
              type: 'string',
              enum: ['before', 'after'],
              description: 'Before the payment is made, or after: then it is made all the same.',
            }),
          ),
        },
        { additionalProperties: false, description: 'The answer is lost.' },
      ),
    ),
  },
  { additionalProperties: false, description: 'Asks for an outcome instead of drawing one.' },
);
export type SimulateBody = Static<typeof SimulateSchema>;

export const SimulateField = Type.Optional(
  Type.Unsafe<SimulateBody | null>({ ...SimulateSchema, type: ['object', 'null'] }),
);

export const CaptureField = Type.Optional(
  Type.Unsafe<'automatic' | null>({
    type: ['string', 'null'],
    enum: ['automatic', null],
    description: 'A payment is captured as soon as it succeeds.',
  }),
);

const METADATA = {
  propertyNames: { minLength: 1, maxLength: 40 },
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'], maxLength: 500 },
  maxProperties: 50,
  description: 'Up to 50 facts of your own, kept and given back.',
};
const MetadataSchema = Type.Unsafe<Metadata>({ type: 'object', ...METADATA });

export const MetadataField = Type.Optional(
  Type.Unsafe<Metadata | null>({ type: ['object', 'null'], ...METADATA }),
);

export const CardSchema = Type.Object(
  {
    number: Type.String({
      maxLength: 40,
      description: '12 to 19 digits, single spaces or hyphens between them allowed. Never stored.',
    }),
    exp_month: Type.Optional(nullable<number>('integer', { minimum: 1, maximum: 12 })),
    exp_year: Type.Optional(nullable<number>('integer', { description: '2030 or 30.' })),
  },
  { additionalProperties: false, description: 'A card; absent: a payment from an account.' },
);
export type CardBody = Static<typeof CardSchema>;

export const CreatePaymentSchema = Type.Object(
  {
    amount: Type.Number({
      description:
        'Major units, exact; at most as many fraction digits as the currency has. Zero or less is kept as a payment that fails with INVALID_AMOUNT.',
    }),
    currency: optionalText(
      16,
      'ISO 4217 code, any case. Absent: the payment fails with INVALID_REQUEST.',
    ),
    recipient: optionalText(255, 'Who is paid. Absent: the payment fails with INVALID_REQUEST.'),
    reference: optionalText(255, 'Your own name for it; lists can be filtered by it.'),
    description: optionalText(1000, 'Free text.'),
    capture: CaptureField,
    card: Type.Optional(Type.Unsafe<CardBody | null>({ ...CardSchema, type: ['object', 'null'] })),
    channel: optionalText(64, 'Where it was made: ecommerce, pos, …'),
    device_id: optionalText(128, 'The device it was made on.'),
    ip: optionalText(64, 'The address it came from. The address of the connection is never used.'),
    metadata: MetadataField,
    simulate: SimulateField,
  },
  {
    additionalProperties: false,
    examples: [
      {
        amount: 250.0,
        currency: 'USD',
        recipient: 'alice@example.com',
        description: 'Invoice #1042',
      },
    ],
  },
);
export type CreatePaymentBody = Static<typeof CreatePaymentSchema>;

export const RefundRequestSchema = Type.Unsafe<{
  amount?: number | null;
  reason?: string | null;
} | null>({
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    amount: {
      type: ['number', 'null'],
      description: 'Major units; absent: all that is left.',
    },
    reason: { type: ['string', 'null'], maxLength: 255 },
  },
  examples: [{ amount: 100, reason: 'one of two came back' }],
});

export const RetryRequestSchema = Type.Unsafe<{ card?: CardBody | null } | null>({
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    card: {
      ...CardSchema,
      type: ['object', 'null'],
      description: 'Another card, for a payment by card.',
    },
  },
});

export const RefundSchema = Type.Object(
  {
    refund_id: Type.String(),
    payment_id: Type.String({ format: 'uuid' }),
    amount: Type.Number(),
    currency: Type.String(),
    reason: nullable<string>('string'),
    status: Type.Unsafe<'SUCCEEDED'>({ type: 'string', enum: ['SUCCEEDED'] }),
    created_at: Type.String({ format: 'date-time' }),
  },
  { examples: [REFUND_EXAMPLE] },
);

export const PaymentSchema = Type.Object(
  {
    payment_id: Type.String({ format: 'uuid' }),
    status: Type.Unsafe<string>({ type: 'string', enum: [...STATUSES] }),
    amount: Type.Number(),
    currency: nullable<string>('string', { description: 'null when the request named none.' }),
    recipient: nullable<string>('string'),
    description: nullable<string>('string'),
    failure_reason: nullable<string>('string', { enum: [...FAILURE_REASONS, null] }),
    created_at: Type.String({ format: 'date-time' }),
    updated_at: Type.String({ format: 'date-time' }),
    reference: nullable<string>('string'),
    method: Type.Unsafe<'account' | 'card'>({ type: 'string', enum: ['account', 'card'] }),
    card: nullable<object>('object', {
      description: 'What is kept of its card; null for a payment from an account.',
      required: ['brand', 'bin', 'last4', 'fingerprint', 'luhn_valid'],
      properties: {
        brand: { type: 'string' },
        bin: { type: 'string', description: 'The first six digits.' },
        last4: { type: 'string' },
        fingerprint: { type: 'string', description: 'The same for the same card, and only here.' },
        luhn_valid: { type: 'boolean' },
      },
    }),
    channel: nullable<string>('string'),
    device_id: nullable<string>('string'),
    amount_captured: Type.Number(),
    amount_refunded: Type.Number(),
    refunds: Type.Array(RefundSchema),
    attempts: Type.Integer({ description: 'Attempts begun; 0 while CREATED.' }),
    retryable: Type.Boolean({ description: 'POST …/retry would be accepted now.' }),
    decline: nullable<object>('object', {
      description: 'Why it failed; null unless FAILED.',
      required: ['code', 'message', 'retry'],
      properties: {
        code: { type: 'string', description: 'ISO 8583 field 39.' },
        message: { type: 'string' },
        retry: { type: 'string', enum: ['never', 'later', 'other_card'] },
      },
    }),
    risk: nullable<object>('object', {
      description:
        'Of its last decided attempt; null before that, and for a payment from an account.',
      required: ['score', 'level', 'reasons'],
      properties: {
        score: { type: 'number', minimum: 0, maximum: 1 },
        level: { type: 'string', enum: ['normal', 'elevated', 'highest'] },
        reasons: { type: 'array', items: { type: 'string' } },
      },
    }),
    metadata: MetadataSchema,
  },
  { examples: [PAYMENT_EXAMPLE] },
);

export const EventSchema = Type.Object(
  {
    id: Type.String(),
    cursor: Type.String({ description: 'Send it as `after` to go on from here.' }),
    type: Type.Unsafe<string>({ type: 'string', enum: [...EVENT_TYPES] }),
    payment_id: nullable<string>('string', {
      format: 'uuid',
      description: 'null when it is not about a payment.',
    }),
    payment_sequence: nullable<number>('integer'),
    created_at: Type.String({ format: 'date-time' }),
    request_id: Type.String(),
    actor: Type.String(),
    cause: Type.Unsafe<object>({
      type: 'object',
      description: 'The command, the rule, the draws.',
    }),
    data: Type.Unsafe<object>({
      type: 'object',
      description:
        'What it is about as it became: the payment, as GET /payments/{payment_id} shows it; the settings.',
    }),
  },
  { examples: [EVENT_EXAMPLE] },
);

export const SummarySchema = Type.Object(
  {
    total: Type.Integer(),
    success: Type.Integer(),
    failed: Type.Integer(),
    refunded: Type.Integer(),
    failure_reasons: Type.Record(Type.String(), Type.Integer()),
    created: Type.Integer(),
    processing: Type.Integer(),
    authorized: Type.Integer(),
    canceled: Type.Integer(),
    volume: Type.Record(Type.String(), Type.Number(), {
      description: 'Captured so far per currency, refunds not taken off.',
    }),
    time_to_outcome_ms: Type.Unsafe<object>({
      type: 'object',
      description: 'From creation to the first outcome, within 1 %; null before the first.',
      properties: {
        p50: { type: ['number', 'null'] },
        p95: { type: ['number', 'null'] },
        p99: { type: ['number', 'null'] },
      },
    }),
  },
  { examples: [SUMMARY_EXAMPLE] },
);

export function listOf(items: ReturnType<typeof Type.Object>) {
  return Type.Object({
    data: Type.Array(items),
    has_more: Type.Boolean({ examples: [false] }),
    next_cursor: nullable<string>('string', { examples: [null] }),
  });
}

export const ProblemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  instance: Type.Optional(Type.String()),
  code: Type.String(),
  request_id: Type.String(),
  errors: Type.Array(
    Type.Object({ pointer: Type.String(), code: Type.String(), detail: Type.String() }),
  ),
});

const DECIMAL = '^\\d{1,12}(\\.\\d{1,4})?$';

export const PaymentListQuerySchema = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: PAGE_ITEMS_MAX, default: PAGE_ITEMS_DEFAULT }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
    status: Type.Optional(
      Type.String({ maxLength: 100, description: 'One status or several, joined by commas.' }),
    ),
    currency: Type.Optional(Type.String({ maxLength: 16 })),
    method: Type.Optional(
      Type.Unsafe<'account' | 'card'>({ type: 'string', enum: ['account', 'card'] }),
    ),
    failure_reason: Type.Optional(
      Type.Unsafe<string>({ type: 'string', enum: [...FAILURE_REASONS] }),
    ),
    'created_at[gte]': Type.Optional(Type.String({ format: 'date-time' })),
    'created_at[lt]': Type.Optional(Type.String({ format: 'date-time' })),
    'amount[gte]': Type.Optional(Type.String({ pattern: DECIMAL })),
    'amount[lte]': Type.Optional(Type.String({ pattern: DECIMAL })),
    reference: Type.Optional(Type.String({ maxLength: 255 })),
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description:
          'A payment id, the last four digits of a card, or the beginning of a recipient (then in their order).',
      }),
    ),
  },
  { additionalProperties: false },
);
export type PaymentListQuery = Static<typeof PaymentListQuerySchema>;

export const EventListQuerySchema = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'A cursor: events that came behind it. Absent: from the beginning.',
      }),
    ),
    before: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'A cursor: events that came before it. Absent: to the end.',
      }),
    ),
    order: Type.Optional(
      Type.Unsafe<'asc' | 'desc'>({
        type: 'string',
        enum: ['asc', 'desc'],
        default: 'asc',
        description: 'asc: oldest first; desc: newest first.',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: EVENT_PAGE_ITEMS_MAX, default: PAGE_ITEMS_DEFAULT }),
    ),
    type: Type.Optional(
      Type.String({ maxLength: 400, description: 'One event type or several, joined by commas.' }),
    ),
    payment_id: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { additionalProperties: false },
);
export type EventListQuery = Static<typeof EventListQuerySchema>;

export const PageQuerySchema = Type.Object(
  {
    after: Type.Optional(Type.String({ maxLength: 200 })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: EVENT_PAGE_ITEMS_MAX, default: PAGE_ITEMS_DEFAULT }),
    ),
  },
  { additionalProperties: false },
);
export type PageQuery = Static<typeof PageQuerySchema>;

export const PaymentParamsSchema = Type.Object({ payment_id: Type.String() });
export type PaymentParams = Static<typeof PaymentParamsSchema>;
