/** The one error that every call ends with when it fails. */

/** One fault of a request: a JSON pointer into the body, or `?name` for a query parameter, and what was expected. */
export interface FieldFault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Codes of failures that are not the service's own words; the service's stand in its docs/errors.md. */
export type ClientErrorCode =
  /** No whole answer came: refused, reset, cut off, name not found. */
  | 'connection_failed'
  /** No whole answer came in time. */
  | 'timeout'
  /** The answer is not one of the service: a proxy's page, a redirect. */
  | 'unexpected_response';

export interface FarthingErrorFacts {
  /** What was asked, as `POST /payments`: without a query, without a body. */
  readonly request: string;
  /** The HTTP status; null when no answer came. */
  readonly status: number | null;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldFault[];
  readonly requestId: string | null;
  readonly retryable: boolean;
  /** From a Retry-After; null when there was none. */
  readonly retryAfterMs?: number | null;
  readonly cause?: unknown;
}

export class FarthingError extends Error {
  override readonly name: string = 'FarthingError';
  /** The HTTP status; null when no answer came. */
  readonly status: number | null;
  /** What to program against: a code of the service's catalogue, or a `ClientErrorCode`. */
  readonly code: string;
  /** What was expected and what to do next, in words. */
  readonly detail: string;
  /** One entry per faulty field. */
  readonly errors: readonly FieldFault[];
  /** Finds the request in the service's log; null only when the answer named none. */
  readonly requestId: string | null;
  /** Whether the same request may succeed when it is sent again. The client did so already, as often as it may. */
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  /** How often it was sent. */
  attempts = 1;

  constructor(facts: FarthingErrorFacts) {
    const said = facts.status === null ? facts.code : `${facts.status} ${facts.code}`;
    super(
      `${facts.request}: ${said}: ${facts.detail}`,
      facts.cause === undefined ? undefined : { cause: facts.cause },
    );
    this.status = facts.status;
    this.code = facts.code;
    this.detail = facts.detail;
    this.errors = facts.errors ?? [];
    this.requestId = facts.requestId;
    this.retryable = facts.retryable;
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }
}

/** The error that an answer which is no success stands for; `body` is its text. */
export function errorOfAnswer(request: string, response: Response, body: string): FarthingError {
  const problem = problemOf(body);
  const code = textAt(problem, 'code') ?? 'unexpected_response';
  return new FarthingError({
    request,
    status: response.status,
    code,
    detail:
      textAt(problem, 'detail') ??
      `The answer is not one of Farthing's. Is baseUrl right, and no proxy in between?`,
    errors: Array.isArray(problem['errors']) ? problem['errors'].filter(isFieldFault) : [],
    requestId: textAt(problem, 'request_id') ?? response.headers.get('x-request-id'),
    retryable: isRetryable(response.status, code),
    retryAfterMs: retryAfterMs(response.headers.get('retry-after'), Date.now()),
  });
}

/**
 * 408, 429 and 5xx; and a key in use, which is what a second attempt finds when the first, whose answer was lost, is
 * still being carried out.
 */
function isRetryable(status: number, code: string): boolean {
  return status === 408 || status === 429 || status >= 500 || code === 'idempotency_key_in_use';
}

/** Milliseconds from now, of seconds or a date (RFC 9110, 10.2.3); null when it is neither. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

function problemOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function textAt(problem: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = problem[name];
  return typeof value === 'string' ? value : null;
}

function isFieldFault(value: unknown): value is FieldFault {
  return isRecord(value) && ['pointer', 'code', 'detail'].every((name) => name in value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
