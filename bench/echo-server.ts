/**
 * The yardstick, a program of its own: what bare `node:http` does with the same requests when it parses the JSON and
 * answers with JSON, and does nothing else. Ends with its stdin, so that it never outlives the benchmark.
 */
import { randomUUID } from 'node:crypto';
import http from 'node:http';

const server = http.createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => {
    const answerTo = request.url === '/payment' ? authorizationTo : paymentTo;
    const text = JSON.stringify(answerTo(JSON.parse(body)));
    response.writeHead(201, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});

function paymentTo(asked: unknown) {
  const { amount, currency, recipient } = asked as Record<string, unknown>;
  const createdAt = new Date().toISOString();
  return {
    payment_id: randomUUID(),
    status: 'CREATED',
    amount,
    currency,
    recipient,
    created_at: createdAt,
  };
}

function authorizationTo(asked: unknown) {
  const { amount, currency, merchant, channel, device_id } = asked as Record<string, unknown>;
  return {
    transaction_id: randomUUID(),
    status: 'Approved',
    amount,
    currency,
    merchant,
    channel,
    device_id,
    created_at: new Date().toISOString(),
  };
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  console.log(JSON.stringify({ message: 'listening', url: `http://127.0.0.1:${address.port}` }));
});
process.stdin.resume().on('end', () => process.exit(0));
