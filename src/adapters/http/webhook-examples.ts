/** An event of each type, for POST …/test and for the document; an endpoint, and a delivery that came through. */
import { assert } from '../../core/assert.ts';
import type { EventType } from '../../core/events.ts';
import { declineOf } from '../../core/failures.ts';
import { exampleOf } from './examples.ts';
import { RulesSchema } from './rules-schemas.ts';
import { EVENT_EXAMPLE, PAYMENT_EXAMPLE } from './schema-examples.ts';
import { SimulationSchema } from './simulation-schemas.ts';

const CAPTURED = EVENT_EXAMPLE.data;
const BEGUN = { ...CAPTURED, updated_at: CAPTURED.created_at, amount_captured: 0, risk: null };

/** What the event of a type carries: the payment as it became, the settings, the rules. */
export const EXAMPLE_DATA: Readonly<Record<EventType, object>> = {
  'payment.created': { ...BEGUN, status: 'CREATED', attempts: 0 },
  'payment.processing': { ...BEGUN, status: 'PROCESSING' },
  'payment.succeeded': CAPTURED,
  'payment.failed': {
    ...CAPTURED,
    status: 'FAILED',
    failure_reason: 'INSUFFICIENT_FUNDS',
    amount_captured: 0,
    retryable: true,
    decline: declineOf('INSUFFICIENT_FUNDS'),
  },
  'payment.retried': { ...BEGUN, status: 'PROCESSING', attempts: 2 },
  'payment.partially_refunded': PAYMENT_EXAMPLE,
  'payment.refunded': {
    ...PAYMENT_EXAMPLE,
    status: 'REFUNDED',
    amount_refunded: 250,
    refunds: PAYMENT_EXAMPLE.refunds.map((refund) => ({ ...refund, amount: 250 })),
  },
  'simulation.changed': exampleIn(SimulationSchema),
  'rules.changed': exampleIn(RulesSchema),
  'data.reset': {
    previous: {
      writer: 'f135b332abd12c19',
      entries: 42,
      hash: 'f8f0b1b3c4f25c5c8a4f8e2c1d1b7f0a3e6d9c2b5a8f1e4d7c0b3a6f9e2d5c8b',
    },
  },
};

/** The body of a webhook of this type, as envelope. */
export function exampleEnvelope(type: EventType) {
  return { type, timestamp: EVENT_EXAMPLE.created_at, data: EXAMPLE_DATA[type] };
}

/** `whsec_` and the base64 of 32 bytes: those of the text below. */
export const SECRET_EXAMPLE = `whsec_${Buffer.from('an example, and no secret at all').toString('base64')}`;

export const ENDPOINT_EXAMPLE = {
  id: 'we_0198a6c42f1e7d3a9c416b0f5e8d7a21',
  url: 'https://shop.example/webhooks',
  events: ['payment.*'],
  description: 'The shop',
  payload: 'envelope',
  ordering: 'none',
  enabled: true,
  disabled_reason: null,
  faults: { delay: { rate: 0, next: 3, delay_ms: 2000 } },
  from_environment: false,
  previous_secret_expires_at: null,
  created_at: '2026-02-26T09:58:00.000Z',
  updated_at: '2026-02-26T09:58:00.000Z',
  deliveries: { pending: 0, delivered: 3, failing: 0, dead: 0 },
};

const SENT_AT = '2026-02-26T10:00:00.561Z';

export const WEBHOOK_HEADERS_EXAMPLE = {
  'content-type': 'application/json',
  'webhook-id': EVENT_EXAMPLE.id,
  'webhook-timestamp': String(Date.parse(SENT_AT.replace('.561', ''))).slice(0, -3),
  'webhook-signature': 'v1,9C1E1cY0tTqpn3HK7iqJRxqT5kN2xdVxlKxAp9AD2ys=',
};

export const DELIVERY_EXAMPLE = {
  id: 'del_3',
  endpoint_id: ENDPOINT_EXAMPLE.id,
  event_id: EVENT_EXAMPLE.id,
  event_type: EVENT_EXAMPLE.type,
  payment_id: EVENT_EXAMPLE.payment_id,
  status: 'delivered',
  next_attempt_at: null,
  created_at: '2026-02-26T10:00:00.560Z',
  attempt_count: 1,
  test: false,
  request_body: JSON.stringify(exampleEnvelope('payment.succeeded')),
  attempts: [
    {
      at: SENT_AT,
      duration_ms: 12,
      status_code: 200,
      error: null,
      retry_after_ms: null,
      request: { url: ENDPOINT_EXAMPLE.url, headers: WEBHOOK_HEADERS_EXAMPLE },
      response_headers: { 'content-type': 'text/plain' },
      response_body: 'ok',
      response_truncated: false,
      deliberate: [],
    },
  ],
};

function exampleIn(schema: object): object {
  const example = exampleOf(schema);
  assert(typeof example === 'object' && example !== null, 'settings and rules have an example');
  return example;
}
