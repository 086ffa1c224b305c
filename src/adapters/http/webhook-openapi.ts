/** The `webhooks` of the OpenAPI document (3.1): one POST for each type of event, as a receiver gets it. */
import { EVENT_MEANINGS, EVENT_TYPES, type EventType } from '../../core/events.ts';
import { exampleEnvelope, WEBHOOK_HEADERS_EXAMPLE } from './webhook-examples.ts';

/** The schema of what `data` of a payment event is, by its name in the document. */
export const WEBHOOK_PAYMENT = 'WebhookPayment';

const HEADERS: Readonly<Record<string, string>> = {
  'webhook-id': "The event's id, the same on every attempt: whoever has seen it can ignore it.",
  'webhook-timestamp': 'Seconds since 1970, of this attempt.',
  'webhook-signature':
    'v1, and the base64 of HMAC-SHA-256 over id.timestamp.body; two of them, with a space between, for a day after a rotation.',
};

/** One path item a type, by its name. */
export function describeWebhooks(): Record<string, object> {
  return Object.fromEntries(EVENT_TYPES.map((type) => [type, { post: describe(type) }]));
}

function describe(type: EventType) {
  const subject = type.startsWith('payment.')
    ? { $ref: `#/components/schemas/${WEBHOOK_PAYMENT}` }
    : { type: 'object' };
  return {
    operationId: `webhook.${type}`,
    tags: ['Webhooks'],
    summary: EVENT_MEANINGS[type],
    security: [],
    parameters: Object.entries(HEADERS).map(([name, description]) => ({
      name,
      in: 'header',
      required: true,
      description,
      schema: { type: 'string' },
      example: Object.entries(WEBHOOK_HEADERS_EXAMPLE).find(([key]) => key === name)?.[1],
    })),
    requestBody: {
      required: true,
      description:
        'The envelope; an endpoint whose payload is `payment` gets what is in `data` alone.',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['type', 'timestamp', 'data'],
            properties: {
              type: { type: 'string', const: type },
              timestamp: { type: 'string', format: 'date-time', description: 'When it happened.' },
              data: subject,
            },
          },
          example: exampleEnvelope(type),
        },
      },
    },
    responses: {
      '2XX': { description: 'Received. Answer within 15 seconds, and do the work afterwards.' },
      '410': { description: 'No more, please: the endpoint is disabled.' },
      default: {
        description:
          'Anything else, a redirect too, is a failure and is tried again for 30 days. Retry-After is honoured.',
      },
    },
  };
}
