/** The requests of a workload, for each of the generators. */
import { paymentBodies } from './bodies.ts';
import { authorizationBody, cardDraws } from './cards.ts';
import type { Workload } from './load-result.ts';

/** autocannon prepares all of them for each of its connections before it begins. */
const SOME_BODIES = 2_000;

/** All bodies of payments; of authorizations, some. */
export function someBodies(workload: Workload): string[] {
  if (workload.kind === 'payments') return paymentBodies();
  const { cards, seed } = workload;
  const draw = cardDraws(cards, seed);
  return Array.from({ length: SOME_BODIES }, () => authorizationBody(draw(), cards));
}

/** Gives one whole HTTP/1.1 request after the other, ready to be written. `url` says where they go. */
export function requestSource(url: URL, workload: Workload): () => Buffer {
  const head =
    `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\n` +
    'Content-Length: ';
  const request = (body: string) => Buffer.from(`${head}${body.length}\r\n\r\n${body}`, 'latin1');
  if (workload.kind === 'cards') {
    // A million finished requests would take the memory that the server's files are cached in.
    const { cards, seed } = workload;
    const draw = cardDraws(cards, seed);
    return () => request(authorizationBody(draw(), cards));
  }
  const requests = paymentBodies().map(request);
  let next = 0;
  return () => requests[next++ % requests.length] ?? Buffer.of();
}
