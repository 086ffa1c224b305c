import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAYMENT, type TestApp, testApp } from '../../../test/property/app.ts';
import { wireEvent } from './event-wire.ts';
import { FRAMES } from './sse.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const ODD = 'Zoë\u2028"\\\r\n\tévénement: 🪙';

test('an event in the feed is, byte for byte, the event in the list', async () => {
  const metadata = { [ODD]: ODD, 10: 'ten', 2: 'two' };
  const card = { number: '4242424242424242', exp_month: 12, exp_year: 2030 };
  const refunded = await api.settled({ ...PAYMENT, amount: 0.07, description: ODD, metadata });
  await api.post(`/payments/${refunded.payment_id}/refund`, { amount: 0.02, reason: ODD });
  await api.settled({ ...PAYMENT, simulate: { outcome: 'EXPIRED_CARD' } });
  await api.settled({ ...PAYMENT, card });
  await api.send('PATCH', '/simulation', { failure_rate: 0.25 });
  await api.send('PUT', '/rules', (await api.get('/rules')).body, {
    'content-type': 'application/json',
  });
  const { writer } = await api.engine.store.logHead();
  const { events } = await api.engine.store.events({ after: 0, limit: 500 });
  const types = new Set(events.map(({ type }) => type));
  expect([...types].toSorted()).toEqual([
    'payment.created',
    'payment.failed',
    'payment.partially_refunded',
    'payment.processing',
    'payment.succeeded',
    'rules.changed',
    'simulation.changed',
  ]);
  for (const event of events) {
    const wire = wireEvent(event, writer);
    expect(FRAMES.event(event, writer)).toBe(
      `id: ${wire.cursor}\ndata: ${JSON.stringify(wire)}\n\n`,
    );
  }
});

test('the first frame and a heartbeat have a place and no event', () => {
  const position = { writer: 'abc123', sequence: 7 };
  const id = Buffer.from('events:abc123.7').toString('base64url');
  expect(FRAMES.opening(position)).toBe(`retry: 1000\nid: ${id}\n\n`);
  expect(FRAMES.heartbeat(position)).toBe(`: still here\nid: ${id}\n\n`);
});

test('a reset is an event of its own that says why and from where it goes on', () => {
  const position = { writer: 'abc123', sequence: 7 };
  const id = Buffer.from('events:abc123.7').toString('base64url');
  for (const reason of ['log_reset', 'too_old', 'not_in_log'] as const) {
    const [event, idLine, content = '', ...rest] = FRAMES.reset(reason, position).split('\n');
    expect([event, idLine, ...rest]).toEqual(['event: reset', `id: ${id}`, '', '']);
    const { detail, ...told } = JSON.parse(content.replace('data: ', '')) as { detail: string };
    expect(told).toEqual({ reason, cursor: id });
    expect(detail).toMatch(/\w{4}.*\.$/);
  }
});
