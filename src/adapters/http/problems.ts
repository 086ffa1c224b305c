/**
 * The catalogue of errors and the form in which they are answered: application/problem+json (RFC 9457) with a
 * `code` to program against, a `detail` that says what was expected and what to do next, and one entry per faulty
 * field. `docs/errors.md` and GET /errors/{code} are made from this catalogue.
 */
import { hideCardNumbers } from '../../core/card.ts';
import { type Rejection, REJECTION_RETRY, type RejectionCode } from '../../core/rejections.ts';

export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What it means and what to do, for the documentation. */
  readonly help: string;
}

/** Refusals of the engine. */
const REJECTIONS: Readonly<Record<RejectionCode, ProblemKind>> = {
  payment_not_found: {
    status: 404,
    title: 'No such payment',
    help: 'No payment has this id. Check the id, or list payments with GET /payments. DELETE /admin/reset removes all of them.',
  },
  refund_not_allowed: {
    status: 409,
    title: 'Refund not allowed now',
    help: 'Only a payment in SUCCESS can be refunded. Wait for the outcome, or read the payment to see what became of it.',
  },
  refund_exceeds_remaining: {
    status: 409,
    title: 'Refund exceeds what is left',
    help: 'The refund is larger than the captured amount less earlier refunds. Leave out the amount to refund all that is left.',
  },
  refund_amount_not_positive: {
    status: 400,
    title: 'Refund amount not positive',
    help: 'A refund needs an amount above zero, or none for all that is left.',
  },
  refund_limit_reached: {
    status: 409,
    title: 'Too many refunds',
    help: 'A payment takes a limited number of partial refunds. Refund larger parts.',
  },
  retry_not_allowed: {
    status: 409,
    title: 'Retry not allowed now',
    help: 'Only a FAILED payment whose reason is retryable can be tried again; `retryable` on the payment says so.',
  },
  retry_limit_reached: {
    status: 409,
    title: 'Retry limit reached',
    help: 'The payment was retried MAX_RETRIES times. Create a new payment.',
  },
  invalid_amount_precision: {
    status: 400,
    title: 'Too many fraction digits',
    help: 'The amount has more fraction digits than its currency (ISO 4217). It is never rounded for you.',
  },
  amount_too_large: {
    status: 400,
    title: 'Amount too large',
    help: 'The largest amount is 999,999,999,999 minor units, the width of ISO 8583 field 4.',
  },
  stale_timer: {
    status: 409,
    title: 'Timer out of date',
    help: 'Internal: a timer fired for a payment that had moved on. No client sees this.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'Idempotency key reused',
    help: 'The Idempotency-Key was sent before with another method, path or body. Use a new key for a new request.',
  },
  idempotency_key_in_use: {
    status: 409,
    title: 'Idempotency key in use',
    help: 'The first request with this key is still being answered. Ask again after Retry-After seconds.',
  },
};

/** Refusals of the HTTP edge, before anything reaches the engine; never stored. */
const EDGE = {
  invalid_json: {
    status: 400,
    title: 'Malformed JSON',
    help: 'The body is not strict JSON (RFC 8259). `detail` says where reading stopped.',
  },
  invalid_utf8: {
    status: 400,
    title: 'Body is not UTF-8',
    help: 'Encode the body as UTF-8 without a byte order mark.',
  },
  duplicate_key: {
    status: 400,
    title: 'Duplicate key',
    help: 'A JSON object names the same key twice; which one counts would be a guess.',
  },
  forbidden_key: {
    status: 400,
    title: 'Forbidden key',
    help: 'The key __proto__ is refused everywhere.',
  },
  too_deep: {
    status: 400,
    title: 'Nested too deeply',
    help: 'JSON may be nested at most 32 levels.',
  },
  invalid_string: {
    status: 400,
    title: 'Text that cannot be stored',
    help: 'A text contains NUL or half of a surrogate pair, which no database keeps. Send well-formed Unicode.',
  },
  validation_failed: {
    status: 400,
    title: 'Request does not fit',
    help: '`errors` has one entry per faulty field, with a JSON pointer and what was expected.',
  },
  invalid_rules: {
    status: 400,
    title: 'Rules cannot be used',
    help: 'The rules have faults and nothing was changed. `errors` has one entry per fault, with a JSON pointer and what was expected; docs/rules.md describes the document.',
  },
  unknown_currency: {
    status: 400,
    title: 'Unknown currency',
    help: 'Currencies are active ISO 4217 codes such as USD, EUR or JPY; XXX, XTS and metals are refused.',
  },
  invalid_cursor: {
    status: 400,
    title: 'Cursor cannot be read',
    help: 'Use `next_cursor` of an earlier page of the same list as it stands, or leave it out to begin at the start.',
  },
  invalid_header: {
    status: 400,
    title: 'Header cannot be used',
    help: 'A header such as Idempotency-Key, X-Request-Id or Host is malformed or was sent twice.',
  },
  bad_request: {
    status: 400,
    title: 'Bad request',
    help: 'The request is not valid HTTP.',
  },
  unauthorized: {
    status: 401,
    title: 'API key needed',
    help: 'Send one of the keys in API_KEYS as Authorization: Bearer <key>.',
  },
  read_only_key: {
    status: 403,
    title: 'Key may only read',
    help: 'This API key is read-only. Use a full key to change anything.',
  },
  host_not_allowed: {
    status: 403,
    title: 'Host not allowed',
    help: 'The Host header names a host this server does not answer for. Add it to ALLOWED_HOSTS.',
  },
  origin_not_allowed: {
    status: 403,
    title: 'Origin not allowed',
    help: 'A web page of another origin may not use this server. Add its origin to CORS_ORIGINS.',
  },
  not_found: {
    status: 404,
    title: 'No such route',
    help: 'Nothing answers at this path. /docs lists every operation.',
  },
  refund_not_found: {
    status: 404,
    title: 'No such refund',
    help: 'No refund has this id. Each payment lists its refunds.',
  },
  request_not_found: {
    status: 404,
    title: 'No such request in the log',
    help: 'The request log holds the last requests only, in memory; it has none with this id, or no more. GET /requests lists those there are.',
  },
  error_not_found: {
    status: 404,
    title: 'No such error code',
    help: 'GET /errors lists every code.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    help: 'The path exists, but not with this method; the Allow header lists those it takes.',
  },
  request_timeout: {
    status: 408,
    title: 'Request too slow',
    help: 'Headers must arrive within 10 seconds, the whole request within 30.',
  },
  precondition_failed: {
    status: 412,
    title: 'Precondition failed',
    help: 'If-Match or If-Unmodified-Since does not hold for this file.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    help: 'A body has at most 64 KiB; one that is sent to /sinks/{name} 1 MiB.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    help: 'Send JSON with the header Content-Type: application/json.',
  },
  range_not_satisfiable: {
    status: 416,
    title: 'Range not satisfiable',
    help: 'The file is shorter than the range that was asked for.',
  },
  expectation_failed: {
    status: 417,
    title: 'Expectation failed',
    help: 'The only Expect header that can be met is 100-continue.',
  },
  simulated_rate_limit: {
    status: 429,
    title: 'Too many requests (simulated)',
    help: 'The request asked for this answer by `simulate.http`. Nothing limited it.',
  },
  simulated_error: {
    status: 500,
    title: 'Server error (simulated)',
    help: 'The request asked for this answer by `simulate.http`. Nothing broke; `when` says whether the payment was made.',
  },
  transaction_not_found: {
    status: 404,
    title: 'No such transaction',
    help: 'No card was authorized under this id. GET /payments?method=card lists those there are.',
  },
  webhook_address_refused: {
    status: 400,
    title: 'Webhook address refused',
    help: 'Webhooks are sent to public http and https addresses, and to /sinks/{name}. Loopback and private addresses are allowed while the server itself is bound to loopback, or by WEBHOOK_ALLOW_CIDRS; docs/webhooks.md has every rule.',
  },
  webhook_endpoint_not_found: {
    status: 404,
    title: 'No such webhook endpoint',
    help: 'No webhook endpoint has this id. GET /webhook-endpoints lists those there are.',
  },
  webhook_delivery_not_found: {
    status: 404,
    title: 'No such webhook delivery',
    help: 'No delivery has this id. GET /webhook-deliveries lists those there are; deliveries go with their endpoint, and with DELETE /admin/reset.',
  },
  webhook_endpoint_fixed: {
    status: 409,
    title: 'Webhook endpoint set by the environment',
    help: 'WEBHOOK_URL names this endpoint: its address is changed, and the endpoint taken away, by changing the variable and starting again. It can be paused, filtered and given faults like any other.',
  },
  too_many_webhook_endpoints: {
    status: 409,
    title: 'Too many webhook endpoints',
    help: 'There are as many endpoints as there may be. Remove one with DELETE /webhook-endpoints/{id}.',
  },
  traffic_running: {
    status: 409,
    title: 'Traffic is running',
    help: 'Traffic is generated by one run at a time. GET /simulation/traffic shows it; DELETE /simulation/traffic stops it.',
  },
  traffic_not_running: {
    status: 404,
    title: 'No traffic is running',
    help: 'No traffic is being generated. POST /simulation/traffic begins a run.',
  },
  job_not_found: {
    status: 404,
    title: 'No such job',
    help: 'No background job has this id. GET /jobs lists those there are; retention takes out those that have been over for long.',
  },
  job_finished: {
    status: 409,
    title: 'Job is over',
    help: 'The job succeeded or failed, so there is nothing left to cancel. GET /jobs/{id} tells what it came to.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    help: 'More requests came than RATE_LIMIT_PER_MINUTE allows. Ask again after Retry-After seconds.',
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    help: 'Request line and headers have at most 16 KiB together.',
  },
  internal_error: {
    status: 500,
    title: 'Something broke',
    help: 'This is a bug in Farthing; the log has it under the request id. With the same Idempotency-Key it is safe to ask again: what was done is not done twice.',
  },
  too_many_streams: {
    status: 503,
    title: 'Too many live feeds',
    help: 'The live feed takes 1,000 clients at once. Ask again after Retry-After seconds, or read GET /events.',
  },
  storage_unavailable: {
    status: 503,
    title: 'Storage cannot write now',
    help: 'The disk is full or too much is waiting; `detail` says whether anything was changed. Ask again after Retry-After seconds.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = RejectionCode | keyof typeof EDGE;

/** Every code there is. */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemKind>> = { ...REJECTIONS, ...EDGE };

/** Codes in the order of the documentation; `stale_timer` never leaves the engine. */
export const PUBLIC_CODES: readonly ProblemCode[] = Object.keys(PROBLEMS)
  .filter((code): code is ProblemCode => code in PROBLEMS && code !== 'stale_timer')
  .sort((left, right) => PROBLEMS[left].status - PROBLEMS[right].status || (left < right ? -1 : 1));

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

/** Whether the same request may succeed when it is sent again. */
export function isRetryable(code: ProblemCode): boolean {
  if (isRejectionCode(code)) return REJECTION_RETRY[code] === 'retryable';
  return [408, 429, 500, 503].includes(PROBLEMS[code].status);
}

function isRejectionCode(code: ProblemCode): code is RejectionCode {
  return Object.hasOwn(REJECTION_RETRY, code);
}

export interface FieldFault {
  /** JSON pointer into the body (RFC 6901), or `?name` for a query parameter. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Thrown inside a route, answered by the one error handler. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly FieldFault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    more: { errors?: readonly FieldFault[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    const hidden = hideCardNumbers(detail);
    super(hidden);
    this.code = code;
    this.detail = hidden;
    this.errors = (more.errors ?? []).map((fault) => ({
      ...fault,
      pointer: hideCardNumbers(fault.pointer),
      detail: hideCardNumbers(fault.detail),
    }));
    this.headers = more.headers ?? {};
  }
}

/** The Content-Type of a problem. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The problem for a refusal of the engine. */
export function problemOf({ code, detail }: Rejection): Problem {
  return new Problem(code, detail);
}

/** The document that is sent (and, for a refusal under an idempotency key, stored). */
export function problemBody(
  problem: Pick<Problem, 'code' | 'detail' | 'errors'>,
  where: { instance: string | null; requestId: string },
): string {
  const { status, title } = PROBLEMS[problem.code];
  return JSON.stringify({
    type: `/errors/${problem.code}`,
    title,
    status,
    detail: problem.detail,
    ...(where.instance === null ? {} : { instance: hideCardNumbers(where.instance) }),
    code: problem.code,
    request_id: hideCardNumbers(where.requestId),
    errors: problem.errors,
  });
}
