/** A server process, as these tests ask it for jobs. */
import { passed } from '../property/store.ts';
import { type Answer, clientOf } from '../support/http.ts';
import { type ServerOptions, type ServerProcess, startServer } from '../support/server.ts';

export interface WireJob {
  readonly id: string;
  readonly status: string;
  readonly progress: { readonly done: number; readonly total: number | null };
  readonly attempts: number;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly error: string | null;
}

export interface Service {
  readonly server: ServerProcess & { readonly url: string };
  post(path: string, body?: object | null): Promise<Answer>;
  /** Asks for a job, which is taken. */
  create(type: string, params: object): Promise<WireJob>;
  job(id: string): Promise<WireJob>;
  /** Looks at it until this is so. */
  until(id: string, isSo: (job: WireJob) => boolean): Promise<WireJob>;
  /** All payments there are. */
  payments(): Promise<number>;
  close(): void;
}

/** What is waited for comes within half a minute, and a little more on a busy machine. */
const WAIT_MS_MAX = 60_000;
const LOOK_MS = 20;

export async function startService(options: ServerOptions): Promise<Service> {
  const server = await startServer(options);
  const client = clientOf(server.url, 4);
  const post = async (path: string, body: object | null = null) => {
    const text = body === null ? null : JSON.stringify(body);
    const answer = await client.call({ method: 'POST', path, body: text });
    if (answer === null) throw new Error(`no answer to POST ${path}`);
    return answer;
  };
  const job = async (id: string) => (await client.json(`/jobs/${id}`)) as WireJob;
  return {
    server,
    post,
    async create(type, params) {
      const { status, text } = await post('/jobs', { type, params });
      if (status !== 202) throw new Error(`POST /jobs answered ${status}: ${text}`);
      return JSON.parse(text) as WireJob;
    },
    job,
    async until(id, isSo) {
      const startedAt = performance.now();
      for (;;) {
        const now = await job(id);
        if (isSo(now)) return now;
        if (performance.now() - startedAt > WAIT_MS_MAX) {
          throw new Error(`the job does not come to that: ${JSON.stringify(now)}`);
        }
        await passed(LOOK_MS);
      }
    },
    async payments() {
      const { total } = (await client.json('/summary')) as { total: number };
      return total;
    },
    close: () => client.close(),
  };
}

export function isOver({ status }: WireJob): boolean {
  return status !== 'queued' && status !== 'running';
}
