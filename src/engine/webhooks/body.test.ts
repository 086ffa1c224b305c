import { expect, test } from 'vitest';
import { bodyOf } from './body.ts';

// Spaces and a number that JavaScript would write differently: nothing is read and written again.
const event = {
  type: 'payment.created',
  atMs: 1_800_000_000_123,
  data: '{ "amount": 10.00 }',
} as const;

test('a payload of the payment alone is the text of the log', () => {
  expect(bodyOf(event, 'payment')).toBe(event.data);
});

test('an envelope says type and time, and holds the text of the log byte for byte', () => {
  const body = bodyOf(event, 'envelope');
  expect(body).toBe(
    '{"type":"payment.created","timestamp":"2027-01-15T08:00:00.123Z","data":{ "amount": 10.00 }}',
  );
  expect(JSON.parse(body)).toMatchObject({ type: 'payment.created' });
});
