/** The far end of webhooks in tests: receivers on real sockets that behave as they are told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export interface Received {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly atMs: number;
}

/** What a receiver does with a request once it is read whole; the answer is its own business. */
export type Behaviour = (request: Received, response: ServerResponse) => void;

export interface Receiver {
  readonly url: string;
  /** Every request, in the order in which they came. */
  readonly received: readonly Received[];
  /** Ids of what was answered with a 204. */
  readonly accepted: { readonly size: number; has(id: string): boolean };
  /** How often each id was, in the order in which they were for the first time. */
  readonly acceptedTimes: ReadonlyMap<string, number>;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export const accept: Behaviour = (_, response) => void response.writeHead(204).end();

/** Listens on a free port of 127.0.0.1. */
export async function startReceiver(behaviour: Behaviour = accept): Promise<Receiver> {
  const received: Received[] = [];
  const accepted = new Map<string, number>();
  let current = behaviour;
  const server = createServer((request, response) => {
    response.on('error', () => {});
    void readWhole(request).then((body) => {
      if (body === null) return;
      const headers = request.headers as Record<string, string>;
      const one = { id: headers['webhook-id'] ?? '', headers, body, atMs: Date.now() };
      received.push(one);
      response.once('finish', () => {
        if (response.statusCode === 204) accepted.set(one.id, (accepted.get(one.id) ?? 0) + 1);
      });
      current(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    accepted,
    acceptedTimes: accepted,
    behave(next) {
      current = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Null when it was broken off. */
async function readWhole(request: IncomingMessage): Promise<string | null> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  } catch {
    return null;
  }
}
