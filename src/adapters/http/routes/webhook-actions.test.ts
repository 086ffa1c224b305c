import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import {
  expectProblem,
  jsonOf,
  listenOn,
  matching,
  type TestApp,
  testApp,
} from '../../../../test/property/app.ts';
import { EVENT_TYPES } from '../../../core/events.ts';

interface Got {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver far away: keeps what came, answers as it is told. */
let receiver: Server;
let received: Got[];
let answer: { status: number; body: string };
let url: string;

let api: TestApp;
beforeEach(async () => {
  received = [];
  answer = { status: 200, body: 'thanks' };
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answer.status, { 'content-type': 'text/plain' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  api = await testApp({ delivers: true });
});
afterEach(async () => {
  // A 5xx leaves a line.
  if (api.errors.length > 0) throw new Error(api.errors.join('\n'));
  await api.close();
  receiver.closeAllConnections();
  receiver.close();
});

interface WireDelivery {
  readonly id: string;
  readonly status: string;
  readonly event_id: string;
  readonly request_body: string;
  readonly attempts: readonly Record<string, unknown>[];
  readonly [name: string]: unknown;
}

async function made(body: object = {}): Promise<{ id: string; secret: string }> {
  return jsonOf(await api.post('/webhook-endpoints', { url, ...body }));
}

async function tested(id: string, body?: object): Promise<WireDelivery> {
  const reply = await api.post(`/webhook-endpoints/${id}/test`, body);
  expect(`${reply.statusCode} ${reply.body}`).toMatch(/^200 /);
  return jsonOf<WireDelivery>(reply);
}

describe('POST …/test', () => {
  test('sends an example, signed, and answers with what came of it', async () => {
    const { id, secret } = await made();
    const delivery = await tested(id);
    expect(delivery).toMatchObject({
      id: matching(/^del_\d+$/),
      endpoint_id: id,
      event_id: matching(/^evt_test_[0-9a-f]{32}$/),
      event_type: 'payment.succeeded',
      status: 'delivered',
      next_attempt_at: null,
      attempt_count: 1,
      test: true,
      attempts: [
        {
          status_code: 200,
          error: null,
          request: { url, headers: { 'webhook-id': delivery.event_id } },
          response_headers: { 'content-type': 'text/plain' },
          response_body: 'thanks',
          response_truncated: false,
          deliberate: [],
        },
      ],
    });
    expect(received).toHaveLength(1);
    const [got] = received;
    expect(got?.body).toBe(delivery.request_body);
    const headers = got?.headers as Record<string, string>;
    expect(new Webhook(secret).verify(got?.body ?? '', headers)).toMatchObject({
      type: 'payment.succeeded',
      data: { status: 'SUCCESS', amount: 250 },
    });
    expect(jsonOf(await api.get(`/webhook-deliveries/${delivery.id}`))).toEqual(delivery);
  });

  test.each(EVENT_TYPES)('has an example of %s', async (type) => {
    const { id } = await made();
    expect(await tested(id, { type })).toMatchObject({ event_type: type, status: 'delivered' });
    const body = JSON.parse(received[0]?.body ?? '') as { type: string; data: object };
    expect(body.type).toBe(type);
    expect(Object.keys(body.data).length).toBeGreaterThan(0);
  });

  test('sends the data alone to an endpoint that wants it so, whatever events it hears of', async () => {
    const { id } = await made({ payload: 'payment', events: ['rules.changed'] });
    await tested(id, { type: 'payment.failed' });
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
      status: 'FAILED',
      failure_reason: 'INSUFFICIENT_FUNDS',
    });
  });

  test('tells of a failure and when it is tried again', async () => {
    answer = { status: 503, body: 'not now' };
    const { id } = await made();
    const delivery = await tested(id);
    expect(delivery).toMatchObject({ status: 'failing', next_attempt_at: matching(/Z$/) });
    expect(delivery.attempts).toMatchObject([
      { status_code: 503, error: matching(/\w/), response_body: 'not now' },
    ]);
  });

  test('marks what was made to go wrong', async () => {
    const { id, secret } = await made({
      faults: { corrupt_signature: { next: 1 }, duplicate: { next: 1 } },
    });
    const { attempts } = await tested(id);
    expect(attempts).toMatchObject([
      { deliberate: ['corrupt_signature'] },
      { deliberate: ['duplicate', 'corrupt_signature'] },
    ]);
    const headers = received[0]?.headers as Record<string, string>;
    expect(() => new Webhook(secret).verify(received[0]?.body ?? '', headers)).toThrow(/signature/);
    expect(jsonOf(await api.get(`/webhook-endpoints/${id}`))).toMatchObject({
      faults: { corrupt_signature: { next: 0 }, duplicate: { next: 0 } },
    });
  });

  test('of a paused endpoint is answered at once, pending', async () => {
    const { id } = await made({ enabled: false });
    expect(await tested(id)).toMatchObject({ status: 'pending', attempts: [], attempt_count: 0 });
    expect(received).toEqual([]);
  });

  test('is nothing to the log, nor to other endpoints', async () => {
    const { id } = await made();
    const other = await made();
    const before = await api.footprint();
    await tested(id);
    await api.deliver();
    expect(await api.footprint()).toEqual(before);
    const { data } = jsonOf(await api.get(`/webhook-deliveries?endpoint_id=${other.id}`));
    expect(data).toEqual([]);
  });

  const bodies: readonly [unknown, string][] = [
    [{ type: 'payment.suceeded' }, '/type'],
    [{ type: 'payment.*' }, '/type'],
    [{ type: 5 }, '/type'],
    [{ typ: 'payment.failed' }, '/typ'],
    ['"payment.failed"', ''],
  ];
  test.each(bodies)('with %j is 400 and sends nothing', async (body, pointer) => {
    const { id } = await made();
    const reply = await api.post(`/webhook-endpoints/${id}/test`, body as object);
    const { errors } = expectProblem(reply, 400, 'validation_failed');
    expect(errors[0]).toMatchObject({ pointer });
    expect(received).toEqual([]);
  });
});

describe('rotate-secret', () => {
  const isRight = (secret: string) => {
    const headers = received.at(-1)?.headers as Record<string, string>;
    try {
      new Webhook(secret).verify(received.at(-1)?.body ?? '', headers);
      return true;
    } catch {
      return false;
    }
  };

  test('lets both secrets sign for a day, then the new one alone', async () => {
    const { id, secret } = await made();
    const { secret: fresh } = jsonOf<{ secret: string }>(
      await api.post(`/webhook-endpoints/${id}/rotate-secret`),
    );
    await tested(id);
    expect([isRight(secret), isRight(fresh)]).toEqual([true, true]);
    api.clock.advance(24 * 3_600_000);
    await tested(id);
    expect([isRight(secret), isRight(fresh)]).toEqual([false, true]);
  });

  test('shows in the verdict of our own receiver', async () => {
    await listenOn(api);
    const { id } = await made({ url: '/sinks/shop' });
    await tested(id);
    await api.post(`/webhook-endpoints/${id}/rotate-secret`);
    await tested(id);
    const { data } = jsonOf<{ data: { verdict: object }[] }>(await api.get('/sinks/shop'));
    expect(data.map(({ verdict }) => verdict)).toEqual([
      { valid: true, reason: 'signed with the current secret' },
      { valid: true, reason: 'signed with the secret of the endpoint' },
    ]);
  });
});
