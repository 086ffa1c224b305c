/** The wire of API B: what a card authorization is asked with, and what it answers. */
import { type Static, Type } from 'typebox';
import {
  AUDIT_EXAMPLE,
  AUTHORIZATION_EXAMPLE,
  STATS_EXAMPLE,
  TRANSACTION_EXAMPLE,
} from './schema-examples.ts';
import { CaptureField, MetadataField, nullable, optionalText, SimulateField } from './schemas.ts';

export const AuthorizeSchema = Type.Object(
  {
    card_number: Type.String({
      maxLength: 40,
      description:
        '12 to 19 digits. Never stored. A wrong check digit is a sign of risk, no error.',
    }),
    amount: Type.Number({ description: 'Above zero; major units, exact.' }),
    currency: optionalText(16, 'ISO 4217 code, any case; absent: GBP.'),
    merchant: Type.String({ minLength: 1, maxLength: 255, description: 'Who is paid.' }),
    channel: optionalText(64, 'Absent: ecommerce; null stays null.'),
    device_id: optionalText(128, 'The device it was made on.'),
    ip: optionalText(64, 'The address it came from. The address of the connection is never used.'),
    capture: CaptureField,
    metadata: MetadataField,
    simulate: SimulateField,
  },
  {
    additionalProperties: false,
    examples: [
      { card_number: '4000001234567890', amount: 150.75, currency: 'GBP', merchant: 'Coffee Shop' },
    ],
  },
);
export type AuthorizeBody = Static<typeof AuthorizeSchema>;

const FeaturesSchema = Type.Object({
  spending_velocity: Type.Number(),
  device_trust_score: Type.Number(),
  ip_risk_score: Type.Number(),
});

const StatusSchema = Type.Unsafe<'Approved' | 'Declined'>({
  type: 'string',
  enum: ['Approved', 'Declined'],
});

export const AuthorizationSchema = Type.Object(
  {
    transaction_id: Type.String({ format: 'uuid' }),
    status: StatusSchema,
    decision_reason: nullable<string>('string', { description: 'null when approved.' }),
    score: Type.Number({ minimum: 0, maximum: 1 }),
    latency_ms: Type.Number({ description: 'How long deciding took.' }),
    features: FeaturesSchema,
    failure_reason: nullable<string>('string'),
    rule: Type.String({ description: 'The rule that settled it.' }),
    contributions: Type.Record(Type.String(), Type.Number(), {
      description: 'What each feature added to the score; together they are the score.',
    }),
    level: Type.Unsafe<string>({ type: 'string', enum: ['normal', 'elevated', 'highest'] }),
    flags: Type.Optional(Type.Array(Type.String(), { description: 'Rules that flagged it.' })),
    shadow: Type.Optional(
      Type.Array(Type.Object({ rule: Type.String(), outcome: Type.String() }), {
        description: 'What rules in shadow would have done.',
      }),
    ),
  },
  { examples: [AUTHORIZATION_EXAMPLE] },
);

export const TransactionSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    card_last4: Type.String(),
    amount: Type.Number(),
    currency: Type.String(),
    merchant: nullable<string>('string'),
    channel: nullable<string>('string'),
    device_id: nullable<string>('string'),
    status: StatusSchema,
    risk_flag: nullable<string>('string', {
      description: 'Why it was declined; null when approved.',
    }),
    created_at: Type.String({ format: 'date-time' }),
  },
  { examples: [TRANSACTION_EXAMPLE] },
);

export const AuditEntrySchema = Type.Object(
  {
    id: Type.String(),
    transaction_id: Type.String({ format: 'uuid' }),
    request_payload: Type.Unsafe<object>({
      type: 'object',
      description: 'What was asked, the card number masked.',
    }),
    decision_payload: Type.Unsafe<object>({
      type: 'object',
      description: 'What was decided, by which rule, from which facts and draws.',
      required: ['status', 'score', 'reason', 'latency_ms', 'features'],
      properties: {
        status: { type: 'string', enum: ['Approved', 'Declined'] },
        score: { type: ['number', 'null'] },
        reason: { type: ['string', 'null'] },
        latency_ms: { type: ['number', 'null'] },
        features: { type: ['object', 'null'] },
        rule: { type: 'string', description: 'What settled it.' },
        outcome: { type: 'string', description: 'APPROVE, or the failure reason.' },
        draws: {
          type: 'object',
          description: 'What was drawn from the seeded generator, by the rule that asked.',
        },
        flags: { type: 'array', items: { type: 'string' } },
        shadow: { type: 'array', items: { type: 'object' } },
        contributions: { type: ['object', 'null'] },
        reasons: { type: 'array', items: { type: 'string' } },
        facts: { type: ['object', 'null'], description: 'What was looked up.' },
        attempt: { type: 'integer' },
      },
    }),
    latency_ms: nullable<number>('number'),
    created_at: Type.String({ format: 'date-time' }),
    request_id: Type.String(),
    actor: Type.String(),
  },
  { examples: [AUDIT_EXAMPLE] },
);

export const StatsSchema = Type.Object(
  {
    total: Type.Integer(),
    approved: Type.Integer(),
    declined: Type.Integer(),
    approval_rate: Type.Number({ description: 'Four decimals; 0 when there is none.' }),
    avg_amount: Type.Number({ description: 'Two decimals, over all currencies alike.' }),
    p95_latency: nullable<number>('number', {
      description: 'Milliseconds that 95 % of decisions took at most, within 1 %; null when empty.',
    }),
    by_currency: Type.Record(
      Type.String(),
      Type.Object({
        total: Type.Integer(),
        approved: Type.Integer(),
        declined: Type.Integer(),
        approval_rate: Type.Number(),
        avg_amount: Type.Number(),
      }),
    ),
  },
  { examples: [STATS_EXAMPLE] },
);
