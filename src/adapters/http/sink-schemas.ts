/** The wire of /sinks. */
import { type Static, Type } from 'typebox';
import {
  PAGE_ITEMS_DEFAULT,
  PAGE_ITEMS_MAX,
  SINK_DELAY_MS_MAX,
  SINK_MESSAGES_MAX,
} from './limits.ts';
import { listOf, nullable } from './schemas.ts';
import { DELIVERY_EXAMPLE, WEBHOOK_HEADERS_EXAMPLE } from './webhook-examples.ts';

const STATUS = { minimum: 200, maximum: 599, description: 'What it answers with.' };
const DELAY = {
  minimum: 0,
  maximum: SINK_DELAY_MS_MAX,
  description: 'Milliseconds until it answers.',
};
const HANG = { description: 'It never answers; the connection ends after 30 s.' };

export const SinkPatchSchema = Type.Object(
  {
    status: Type.Optional(Type.Integer(STATUS)),
    delay_ms: Type.Optional(Type.Integer(DELAY)),
    hang: Type.Optional(Type.Boolean(HANG)),
    next: Type.Optional(
      nullable<number>('integer', {
        minimum: 1,
        maximum: 1_000_000,
        description:
          'For so many messages, then 200 at once as in the beginning; null or absent: until it is changed.',
      }),
    ),
  },
  { additionalProperties: false, examples: [{ status: 503, next: 3 }] },
);
export type SinkPatchBody = Static<typeof SinkPatchSchema>;

export const SinkSchema = Type.Object(
  {
    name: Type.String(),
    status: Type.Integer(STATUS),
    delay_ms: Type.Integer(DELAY),
    hang: Type.Boolean(HANG),
    next: nullable<number>('integer', {
      description: 'For how many messages this still holds; null: until it is changed.',
    }),
    messages: Type.Integer({ description: `Kept ones, at most ${SINK_MESSAGES_MAX}.` }),
    last_received_at: nullable<string>('string', { format: 'date-time' }),
  },
  {
    examples: [
      {
        name: 'shop',
        status: 200,
        delay_ms: 0,
        hang: false,
        next: null,
        messages: 1,
        last_received_at: '2026-02-26T10:00:00.563Z',
      },
    ],
  },
);

const MessageSchema = Type.Object(
  {
    id: Type.String(),
    received_at: Type.String({ format: 'date-time' }),
    method: Type.String(),
    headers: Type.Record(Type.String(), Type.String(), {
      description: 'Names in lower case; credentials are masked.',
    }),
    body: Type.String({ description: 'Card numbers are masked. At most 64 KiB of it.' }),
    body_encoding: Type.Unsafe<string>({
      type: 'string',
      enum: ['utf8', 'base64'],
      description: 'base64 when the body is not UTF-8.',
    }),
    body_truncated: Type.Boolean(),
    verdict: Type.Object(
      { valid: Type.Boolean(), reason: Type.String() },
      {
        description: 'What its signature is worth, by the secrets of the endpoints that send here.',
      },
    ),
    duplicate_of: nullable<string>('string', {
      description: 'The first kept message with the same webhook-id; null when this is the first.',
    }),
    answered: nullable<number>('integer', {
      description: 'The status that it was answered with; null when it was left hanging.',
    }),
  },
  {
    examples: [
      {
        id: 'msg_1',
        received_at: '2026-02-26T10:00:00.563Z',
        method: 'POST',
        headers: { host: 'localhost:8000', ...WEBHOOK_HEADERS_EXAMPLE },
        body: DELIVERY_EXAMPLE.request_body,
        body_encoding: 'utf8',
        body_truncated: false,
        verdict: { valid: true, reason: 'signed with the secret of the endpoint' },
        duplicate_of: null,
        answered: 200,
      },
    ],
  },
);

export const SinkMessagesSchema = Type.Object({
  ...listOf(MessageSchema).properties,
  sink: SinkSchema,
});

export const ReceivedSchema = Type.Object({ id: Type.String() }, { examples: [{ id: 'msg_1' }] });

export const SinkQuerySchema = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: PAGE_ITEMS_MAX, default: PAGE_ITEMS_DEFAULT }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
);
export type SinkQuery = Static<typeof SinkQuerySchema>;

export const SinkParamsSchema = Type.Object({ name: Type.String() });
export type SinkParams = Static<typeof SinkParamsSchema>;
