/** Two API processes, one worker, one Postgres and one Redis, as people run them. */
import { type Answer, type Call, type Client, clientOf } from '../support/http.ts';
import { endServers, type ServerProcess, startServer } from '../support/server.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Process extends Client {
  readonly server: ServerProcess & { readonly url: string };
  ask(method: Call['method'], path: string, body?: object | null, headers?: Sent): Promise<Answer>;
}
type Sent = Readonly<Record<string, string>>;

export interface Several {
  readonly a: Process;
  readonly b: Process;
  readonly worker: Process;
  /** Another worker, or the first one again. */
  startWorker(): Promise<Process>;
  /** Ends all of them; throws when a request had a 5xx. */
  end(): Promise<void>;
}

const CONNECTIONS = 32;

export interface SeveralOptions {
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startSeveral({
  databaseUrl,
  redisUrl,
  environment = {},
}: SeveralOptions): Promise<Several> {
  const answers: Answer[] = [];
  const clients: Client[] = [];
  const settings = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl ?? '',
    FAILURE_RATE: '0',
    PROCESSING_DELAY_MS: '300',
    RATE_LIMIT_PER_MINUTE: '0',
    ...environment,
  };
  const start = async (command: 'start' | 'worker'): Promise<Process> => {
    const server = await startServer({ database: '', environment: settings, command });
    const client = clientOf(server.url, CONNECTIONS);
    clients.push(client);
    return {
      ...client,
      server,
      async ask(method, path, body = null, headers = {}) {
        const text = body === null ? null : JSON.stringify(body);
        const answer = await client.call({ method, path, headers, body: text });
        if (answer === null) throw new Error(`no answer to ${method} ${path}`);
        answers.push(answer);
        return answer;
      },
    };
  };
  const worker = await start('worker');
  const [a, b] = await Promise.all([start('start'), start('start')]);
  return {
    a,
    b,
    worker,
    startWorker: () => start('worker'),
    async end() {
      for (const client of clients) client.close();
      await endServers();
      const failed = answers.find(({ status }) => status >= 500);
      if (failed !== undefined) throw new Error(`a process failed: ${failed.text}`);
    },
  };
}

export function jsonOf({ text }: Answer): Json {
  return JSON.parse(text) as Json;
}
