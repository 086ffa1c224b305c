/**
 * A small HTTP client that tells an answer that was really received from one that was lost on the
 * way.
 */
import { Agent, request } from 'node:http';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text; null for none. */
  readonly body?: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Client {
  /** The whole answer, or null when the connection broke before its last byte. */
  call(call: Call): Promise<Answer | null>;
  /** The answer to a GET; throws when it is lost. */
  get(path: string): Promise<Answer>;
  /** What a GET answered with 200, read as JSON; throws on any other answer. */
  json(path: string): Promise<unknown>;
  close(): void;
}

/** Longer than any wait that a test asks for. */
const ANSWER_MS_MAX = 20_000;

export function clientOf(url: string, connections: number): Client {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const call = (asked: Call) => send(agent, hostname, Number(port), asked);
  const get = async (path: string) => {
    const answer = await call({ method: 'GET', path });
    if (answer === null) throw new Error(`no answer to GET ${path}`);
    return answer;
  };
  return {
    call,
    get,
    async json(path) {
      const { status, text } = await get(path);
      if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${text}`);
      return JSON.parse(text) as unknown;
    },
    close: () => agent.destroy(),
  };
}

function send(agent: Agent, hostname: string, port: number, asked: Call): Promise<Answer | null> {
  const { method, path, headers = {}, body = null } = asked;
  const type = body === null ? {} : { 'content-type': 'application/json' };
  const length = { 'content-length': String(body === null ? 0 : Buffer.byteLength(body)) };
  return new Promise((resolve) => {
    const lost = () => resolve(null);
    const outgoing = request(
      { agent, hostname, port, method, path, headers: { ...type, ...length, ...headers } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', lost);
        incoming.once('close', () => {
          // `complete` is false when the connection broke in the middle of the body.
          if (!incoming.complete) return lost();
          const text = Buffer.concat(chunks).toString();
          return resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
        });
      },
    );
    outgoing.setTimeout(ANSWER_MS_MAX, () => outgoing.destroy());
    outgoing.once('error', lost);
    outgoing.end(body ?? undefined);
  });
}

/** Runs `work` on every item, at most `width` at a time. */
export async function eachOf<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
