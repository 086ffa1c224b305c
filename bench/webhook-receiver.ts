/**
 * The far end of webhooks, a program of its own: answers 204 and keeps how late each came after its event. GET tells
 * and forgets. Ends with its stdin, so that it never outlives the benchmark.
 */
import http from 'node:http';
import { quantile } from './statistics.ts';

/** What GET answers. */
export interface Received {
  readonly deliveries: number;
  /** From the event to its arrival, on one clock: the machine's. Null when nothing came. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

let latenessMs: number[] = [];

const server = http.createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify(tell()));
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    latenessMs.push(Date.now() - eventTimeMs(Buffer.concat(chunks).toString()));
    response.writeHead(204).end();
  });
});

/** Of an envelope, which begins with `{"type":"…","timestamp":"…"`: to parse all of it would be the receiver's time. */
function eventTimeMs(body: string): number {
  const [, timestamp = ''] = /"timestamp":"([^"]+)"/.exec(body) ?? [];
  return Date.parse(timestamp);
}

function tell(): Received {
  const values = latenessMs;
  latenessMs = [];
  const at = (share: number) => (values.length === 0 ? null : quantile(values, share));
  return { deliveries: values.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  console.log(JSON.stringify({ message: 'listening', url: `http://127.0.0.1:${address.port}` }));
});
process.stdin.resume().on('end', () => process.exit(0));
