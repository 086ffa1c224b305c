/** The real service on a real socket, a client of it, and what may lie between the two. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { listenOn, type Service, testService } from '../../test/property/app.ts';
import { type Client, type ClientOptions, createClient } from '../src/index.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Closes it when the test is over. */
export function closeLater(close: () => Promise<void>): void {
  closing.push(close);
}

/** Pauses of a few milliseconds between attempts: tests need not wait like people. */
export const QUICK: ClientOptions = { retryDelayMs: 4, timeoutMs: 20_000 };

export interface Running {
  readonly service: Service;
  readonly port: number;
  readonly client: Client;
  /** A client of the same service, told something else. */
  readonly clientWith: (options: ClientOptions) => Client;
}

export async function start(environment: Parameters<typeof testService>[0] = {}): Promise<Running> {
  const service = await testService({ PROCESSING_DELAY_MS: '20', ...environment });
  closeLater(() => service.close());
  const port = await listenOn(service);
  const make = (options: ClientOptions) =>
    createClient({ baseUrl: `http://127.0.0.1:${port}`, ...QUICK, ...options });
  return { service, port, client: make({}), clientWith: make };
}

/** Everything that it gives, to its end. */
export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

export interface Cable {
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
  /** Ends all there are. */
  cut(): void;
}

/** A wire between client and service that can be cut. */
export async function cableTo(port: number): Promise<Cable> {
  const open = new Set<Socket>();
  let connections = 0;
  const server = createServer((near) => {
    connections += 1;
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('error', () => {});
      from.once('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeLater(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  );
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    cut,
  };
}
