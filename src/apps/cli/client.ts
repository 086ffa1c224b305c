/**
 * A small client of the HTTP API. Every answer is either what was asked for or an error with its exit code: refused
 * (4xx), broken (5xx), or nobody there. Bodies are made and kept as text, so that no amount goes through a float.
 */
import { STATUS_CODES } from 'node:http';
import { CliError, EXIT, ProblemError } from './exit.ts';
import { printable } from './output.ts';
import { problemFrom, type WireProblem } from './wire.ts';

export interface Target {
  /** Without a slash at its end. */
  readonly url: string;
  readonly apiKey: string | undefined;
}

export interface Answer {
  /** The body, byte for byte. */
  readonly text: string;
  /** The body, parsed; undefined when there is none (204). */
  readonly body: unknown;
  readonly headers: Headers;
}

type Query = Readonly<Record<string, string | undefined>>;

export interface PostOptions {
  readonly idempotencyKey: string | undefined;
  /** How long the server may take to wait for the outcome; undefined: it answers at once. */
  readonly waitSeconds: number | undefined;
  /** How long an answer may take that is not there at once for another reason. */
  readonly timeoutMs?: number;
}

export interface Client {
  readonly url: string;
  get(path: string, query?: Query, signal?: AbortSignal): Promise<Answer>;
  post(path: string, body: string, options: PostOptions): Promise<Answer>;
  /** What can be sent twice and is done once. */
  send(method: 'PUT' | 'PATCH', path: string, body: string): Promise<Answer>;
  /** Waits up to `timeoutMs` for the answer. */
  delete(path: string, timeoutMs: number): Promise<Answer>;
}

/** A server that is there answers sooner; what it is asked to wait for comes on top. */
const ANSWER_MS_MAX = 15_000;

const NO_CONTENT = 204;

/** Failures of a connection, by Node's code, in words. */
const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  ETIMEDOUT: 'nothing answers there',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

/** Codes after which it is certain that the request never arrived. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

export function createClient(target: Target): Client {
  return {
    url: target.url,
    async get(path, query = {}, signal) {
      const given = Object.entries(query).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      );
      const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
      return request(target, `${path}${search}`, { headers: {} }, ANSWER_MS_MAX, signal);
    },
    async post(path, body, { idempotencyKey, waitSeconds, timeoutMs = ANSWER_MS_MAX }) {
      const headers = {
        'content-type': 'application/json',
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        ...(waitSeconds === undefined ? {} : { prefer: `wait=${waitSeconds}` }),
      };
      const patienceMs = timeoutMs + (waitSeconds ?? 0) * 1000;
      return request(target, path, { method: 'POST', body, headers }, patienceMs);
    },
    async send(method, path, body) {
      const headers = { 'content-type': 'application/json' };
      return request(target, path, { method, body, headers }, ANSWER_MS_MAX);
    },
    async delete(path, timeoutMs) {
      return request(target, path, { method: 'DELETE', headers: {} }, timeoutMs);
    },
  };
}

interface Init {
  /** Absent: GET. */
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function request(
  target: Target,
  path: string,
  init: Init,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const authorization =
    target.apiKey === undefined ? {} : { authorization: `Bearer ${target.apiKey}` };
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${target.url}${path}`, {
      ...init,
      headers: { accept: 'application/json', ...authorization, ...init.headers },
      // Following a redirect would turn a POST into a GET.
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    text = await response.text();
  } catch (error) {
    const isChange = init.method !== undefined;
    throw unreachable(target.url, error, { timeoutMs, isChange, takesKey: init.method === 'POST' });
  }
  return answerFrom(target, response, text);
}

function answerFrom(target: Target, response: Response, text: string): Answer {
  const { status, headers } = response;
  const body = parsed(text);
  const isEmpty = status === NO_CONTENT;
  if (isEmpty || (response.ok && body !== undefined)) return { text, body, headers };
  throw refusal(target, { status, headers, text });
}

/** The error for an answer that is not what was asked for. */
export function refusal(
  { url, apiKey }: Target,
  { status, headers, text }: { status: number; headers: Headers; text: string },
): CliError {
  const problem = problemFrom(parsed(text));
  if (problem === null) {
    const said = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
    return new CliError(
      EXIT.unreachable,
      `${url} answered ${said}, and not as a Farthing server does; is --url right?`,
    );
  }
  const isKeyMissing = status === 401 && apiKey === undefined;
  return new ProblemError(
    { status, body: text, code: problem.code, retryAfterMs: retryAfterMs(headers) },
    problemText(status, problem) +
      (isKeyMissing ? '\nGive it with --api-key or in FARTHING_API_KEY.' : ''),
  );
}

/** Title, detail, and the faulty fields, of which the detail may have said everything. */
function problemText(status: number, { title, detail, code, errors }: WireProblem): string {
  const faults = errors
    .filter((fault) => !(detail.includes(fault.pointer) && detail.includes(fault.detail)))
    .map(({ pointer, detail: said }) =>
      detail.includes(said) ? `at ${pointer}` : `at ${pointer}: ${said}`,
    );
  return [`${title} (${status} ${code})`, detail, ...faults].map(printable).join('\n');
}

function retryAfterMs(headers: Headers): number | null {
  const seconds = headers.get('retry-after');
  return seconds !== null && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : null;
}

/** The error for a request that got no answer; the cause of `error` says why. `takesKey`: an Idempotency-Key helps. */
export function unreachable(
  url: string,
  error: unknown,
  { timeoutMs, isChange, takesKey }: { timeoutMs: number; isChange: boolean; takesKey: boolean },
): CliError {
  const cause = error instanceof Error ? error.cause : undefined;
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  const reason = isLate
    ? `no answer within ${timeoutMs / 1000} seconds`
    : failureText(cause instanceof Error ? cause : error);
  const isInDoubt = isChange && !NEVER_SENT.has(codeOf(cause));
  const advice = isInDoubt
    ? 'What you asked for may have been done all the same; look before you repeat it.' +
      (takesKey ? '\nWith --idempotency-key it can be repeated safely.' : '')
    : 'Start the server with: farthing start. Or say where it is: --url, FARTHING_URL.';
  return new CliError(EXIT.unreachable, `cannot reach ${url}: ${reason}\n${advice}`, {
    cause: error,
  });
}

/** Why a connection failed, in words. */
export function failureText(error: unknown): string {
  return FAILURES[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The value of a JSON text; undefined when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
