import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { RiskQuestion } from '../../engine/ports.ts';
import { httpRiskModel } from './http.ts';

const QUESTION: RiskQuestion = {
  amount: '150.75',
  currency: 'GBP',
  merchant: 'Coffee Shop',
  channel: 'ecommerce',
  device_id: null,
  ip: null,
  card: {
    brand: 'visa',
    bin: '400000',
    last4: '7890',
    fingerprint: 'f'.repeat(32),
    luhn_valid: false,
  },
};

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

async function modelThat(answers: RequestListener, timeoutMs = 2_000) {
  server = createServer(answers);
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  const failures: unknown[] = [];
  const url = `http://127.0.0.1:${port}/score`;
  const model = httpRiskModel({ url, timeoutMs, onFailure: (error) => failures.push(error) });
  return { model, failures };
}

const answering = (status: number, body: string, headers = {}): RequestListener => {
  return (_request, response) => response.writeHead(status, headers).end(body);
};

describe('an outside risk model', () => {
  test.each([0, 0.12, 1])('gives the score %s', async (score) => {
    const { model, failures } = await modelThat(answering(200, JSON.stringify({ score })));
    expect(await model.score(QUESTION)).toBe(score);
    expect(failures).toEqual([]);
  });

  test('is told what is known, in JSON', async () => {
    let told = '';
    const { model } = await modelThat((request, response) => {
      request.on('data', (chunk: Buffer) => (told += chunk.toString()));
      request.on('end', () => response.end('{"score":0.5}'));
    });
    await model.score(QUESTION);
    expect(JSON.parse(told)).toEqual(QUESTION);
  });

  const useless: readonly [string, RequestListener][] = [
    ['a status that is not 200', answering(500, '{"score":0.5}')],
    ['no JSON', answering(200, 'half')],
    ['another shape', answering(200, '[0.5]')],
    ['null', answering(200, 'null')],
    ['a score as text', answering(200, '{"score":"0.5"}')],
    ['a score above 1', answering(200, '{"score":1.5}')],
    ['a score below 0', answering(200, '{"score":-0.1}')],
    ['a very long answer', answering(200, `{"score":0.5,"x":"${'x'.repeat(5_000)}"}`)],
    ['a redirect', answering(302, '', { location: 'http://127.0.0.1:1/' })],
    ['a broken connection', (request) => request.socket.destroy()],
  ];
  test.each(useless)('with %s gives no score, and says so', async (_name, answers) => {
    const { model, failures } = await modelThat(answers);
    expect(await model.score(QUESTION)).toBeNull();
    expect(failures).toHaveLength(1);
  });

  const slow: readonly [string, RequestListener][] = [
    ['never answers', () => {}],
    ['never ends its answer', (_request, response) => void response.writeHead(200).write('{')],
  ];
  test.each(slow)('that %s is given up', async (_name, answers) => {
    const { model, failures } = await modelThat(answers, 50);
    expect(await model.score(QUESTION)).toBeNull();
    expect(failures).toHaveLength(1);
  });
});
