import { expect, test } from 'vitest';
import { eventFrom } from '../wire.ts';
import { arrivalText, resultJson, resultText } from './lines.ts';

const SETTINGS = eventFrom({
  id: 'evt_1_1',
  type: 'simulation.changed',
  payment_id: null,
  created_at: '2026-02-26T10:00:00.123Z',
  data: {},
});

test('what an event is stands in fixed columns, also without a payment', () => {
  const line = arrivalText({ ...SETTINGS, type: 'payment.partially_refunded' }, false);
  expect(line).toHaveLength('2026-02-26T10:00:00.123Z'.length + 2 + 26 + 2 + 36);
  expect(arrivalText(SETTINGS, false)).toHaveLength(line.length);
  expect(arrivalText(SETTINGS, true)).toMatch(/^10:00:00\.123 {2}simulation\.changed {2}/);
});

test('a type from outside does not drive the terminal', () => {
  expect(arrivalText({ ...SETTINGS, type: 'x\u001b[2J' }, true)).toContain('x\\u001b[2J');
});

test.each([
  [{ statusCode: 204, error: null, durationMs: 12 }, false, '→ 204 [12 ms]'],
  [{ statusCode: 302, error: null, durationMs: 0 }, true, '→ 302 [0 ms] again'],
  [
    { statusCode: null, error: 'nothing listens there', durationMs: 3 },
    false,
    '→ nothing listens there [3 ms]',
  ],
])('what came of it: %j', (forwarded, isAgain, expected) => {
  expect(resultText(forwarded, isAgain)).toBe(expected);
});

test('all of it as JSON', () => {
  const forwarded = { statusCode: 200, error: null, durationMs: 5 };
  expect(JSON.parse(resultJson(SETTINGS, forwarded, true))).toEqual({
    event_id: 'evt_1_1',
    type: 'simulation.changed',
    payment_id: null,
    created_at: '2026-02-26T10:00:00.123Z',
    status_code: 200,
    error: null,
    duration_ms: 5,
    again: true,
  });
});
