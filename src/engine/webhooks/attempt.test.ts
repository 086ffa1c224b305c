import { expect, test } from 'vitest';
import { endpointOf, EVENT_MS, NOW_MS } from '../../../test/support/deliveries.ts';
import type { EventId } from '../../core/ids.ts';
import type { Delivery } from '../../core/webhooks/delivery.ts';
import { attempt, type AttemptParts, type Ready } from './attempt.ts';

const DELIVERY: Delivery = {
  ordinal: 1,
  endpointId: endpointOf(1).id,
  eventId: 'evt_1' as EventId,
  sequence: 1,
  body: null,
  eventType: 'payment.created',
  paymentId: null,
  paymentSequence: null,
  scheduledFromMs: EVENT_MS,
  createdAtMs: EVENT_MS,
  status: 'pending',
  attempts: 0,
  nextAttemptAtMs: EVENT_MS,
};
const READY: Ready = {
  delivery: DELIVERY,
  endpoint: endpointOf(1),
  url: 'http://127.0.0.1:9/1',
  body: '{}',
  kinds: [],
  mayRepeat: () => true,
};

test('a card number that a receiver answers with is masked before it is kept', async () => {
  const parts: AttemptParts = {
    sender: {
      send: async (request) => ({
        statusCode: 422,
        error: 'status 422',
        retryAfterMs: null,
        atMs: NOW_MS,
        durationMs: 1,
        request,
        response: {
          headers: { 'x-card': '4242 4242 4242 4242', 'content-type': 'text/plain' },
          body: 'no such card: 4242424242424242',
          isTruncated: false,
        },
      }),
    },
    sign: (id) => ({ 'webhook-id': id, 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' }),
    draw: () => 0.5,
    nowMs: () => NOW_MS,
    scale: 1,
  };
  const { attempts, after } = await attempt(READY, parts);
  expect(after.status).toBe('failing');
  expect(JSON.stringify(attempts)).not.toMatch(/4242[ ]?4242[ ]?4242/);
  expect(attempts[0]?.response).toMatchObject({
    headers: { 'content-type': 'text/plain' },
    body: expect.stringMatching(/^no such card: \D*4242$/) as unknown,
  });
});
