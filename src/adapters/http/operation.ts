/** The description of one operation: what is validated and what the OpenAPI document says. */
import { assert } from '../../core/assert.ts';
import { exampleOf } from './examples.ts';
import { type FieldFault, problemBody, type ProblemCode, PROBLEMS } from './problems.ts';

interface Parts {
  readonly params?: object;
  readonly querystring?: object;
  readonly body?: object;
  readonly response: Readonly<Record<number, object>>;
  /** Problems that this operation has beside those that every one has; the first of a status is its example. */
  readonly problems?: readonly ProblemCode[];
}

const EVERYWHERE: readonly ProblemCode[] = [
  'validation_failed',
  'invalid_header',
  'bad_request',
  'unauthorized',
  'read_only_key',
  'host_not_allowed',
  'origin_not_allowed',
  'rate_limited',
  'storage_unavailable',
];

const WITH_BODY: readonly ProblemCode[] = [
  'invalid_json',
  'invalid_utf8',
  'duplicate_key',
  'forbidden_key',
  'too_deep',
  'invalid_string',
  'request_timeout',
  'body_too_large',
  'unsupported_media_type',
];

/** What every POST that takes an Idempotency-Key may meet. */
export const KEY_PROBLEMS: readonly ProblemCode[] = [
  'idempotency_key_in_use',
  'idempotency_key_reused',
];

/** What a POST that makes a payment may meet. */
export const MAKING_PROBLEMS: readonly ProblemCode[] = [
  'validation_failed',
  'unknown_currency',
  'invalid_amount_precision',
  'amount_too_large',
  ...KEY_PROBLEMS,
  'rate_limited',
  'simulated_rate_limit',
  'simulated_error',
];

/** A Fastify schema with an operationId, a tag and a summary. */
export function operation(operationId: string, tag: string, summary: string, parts: Parts) {
  const { problems = [], response, ...validated } = parts;
  const ofBody = parts.body === undefined ? [] : WITH_BODY;
  const codes = [...new Set([...problems, ...EVERYWHERE, ...ofBody])];
  const statuses = new Set(codes.map((code) => PROBLEMS[code].status));
  return {
    operationId,
    tags: [tag],
    summary,
    ...validated,
    response: {
      ...Object.fromEntries(
        [...statuses].map((status) => [status, problemResponse(status, codes)]),
      ),
      ...Object.fromEntries(
        Object.entries(response).map(([status, schema]) => [status, withExample(schema)]),
      ),
    },
  };
}

/** A text in another format than JSON brings its own. */
function withExample(schema: object): object {
  if ('content' in schema) return schema;
  const example = exampleOf(schema);
  return example === undefined ? schema : { ...schema, examples: [example] };
}

function problemResponse(status: number, all: readonly ProblemCode[]) {
  const codes = all.filter((code) => PROBLEMS[code].status === status);
  const [first] = codes;
  assert(first !== undefined, 'a status is there because of a code');
  return {
    description: codes.map((code) => PROBLEMS[code].title).join(' · '),
    content: {
      'application/problem+json': { schema: { $ref: 'Problem#' }, example: exampleProblem(first) },
    },
  };
}

const REQUEST_ID = '0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a21';

/** What stands in `errors`, for the codes that say little without. */
const FAULTS: Partial<Record<ProblemCode, FieldFault>> = {
  validation_failed: { pointer: '/amount', code: 'wrong_type', detail: 'must be a number' },
  invalid_rules: {
    pointer: '/card/7/when',
    code: 'unknown_fact',
    detail: 'column 1: amout is no fact; did you mean amount?',
  },
};

function exampleProblem(code: ProblemCode): unknown {
  const fault = FAULTS[code];
  const detail = fault === undefined ? PROBLEMS[code].help : `${fault.pointer}: ${fault.detail}`;
  const errors = fault === undefined ? [] : [fault];
  return JSON.parse(
    problemBody({ code, detail, errors }, { instance: null, requestId: REQUEST_ID }),
  );
}
