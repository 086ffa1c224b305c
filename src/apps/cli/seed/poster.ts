/**
 * POSTs JSON over connections that stay open. It costs a third of what `fetch` does, which makes the difference when a
 * million requests share a machine with the server that takes them.
 */
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import { type Target, unreachable } from '../client.ts';

export interface PostedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Poster {
  /** Rejects with a CliError when there is no answer. */
  post(path: string, body: string): Promise<PostedAnswer>;
  close(): void;
}

const ANSWER_MS_MAX = 15_000;

export function createPoster(target: Target, connections: number): Poster {
  const { request, Agent } = target.url.startsWith('https:') ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const authorization =
    target.apiKey === undefined ? {} : { authorization: `Bearer ${target.apiKey}` };
  const send = (path: string, body: string): Promise<PostedAnswer> =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...authorization,
      };
      const options = { method: 'POST', agent, headers, timeout: ANSWER_MS_MAX };
      const outgoing = request(`${target.url}${path}`, options, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => (text += chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
        });
      });
      outgoing.on('timeout', () => outgoing.destroy(lateError()));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return {
    async post(path, body) {
      try {
        return await send(path, body);
      } catch (error) {
        throw unreachable(target.url, inCause(error), {
          timeoutMs: ANSWER_MS_MAX,
          isChange: true,
          takesKey: false,
        });
      }
    },
    close: () => agent.destroy(),
  };
}

function lateError(): Error {
  const error = new Error('no answer');
  error.name = 'TimeoutError';
  return error;
}

/** As `fetch` throws it. */
function inCause(error: unknown): unknown {
  if (error instanceof Error && error.name === 'TimeoutError') return error;
  return new Error('the request failed', { cause: error });
}
