/** The one place where anything that went wrong becomes an answer. */
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorObject } from 'ajv';
import type {
  ConnectionError,
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
} from 'fastify';
import { ForeignCursorError, StorageError } from '../../engine/ports.ts';
import type { Access } from './access.ts';
import type { HttpDeps } from './deps.ts';
import { nearest } from '../../core/nearest.ts';
import { Problem, problemBody, PROBLEMS, PROBLEM_TYPE, type ProblemCode } from './problems.ts';
import { pathOf, printablePath } from './paths.ts';
import { type KnownRoutes, knownRoutes } from './known-routes.ts';
import { validationProblem } from './validation.ts';

/** Fastify's own refusals, by its error code. */
const FASTIFY_CODES: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'Send JSON with the header Content-Type: application/json.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'bad_request',
    'The body is not as long as Content-Length says.',
  ],
  FST_ERR_BAD_URL: [
    'bad_request',
    'The path is not a valid URL; percent-encode what is not ASCII.',
  ],
};

/** What the file server refuses, by status. */
const STATUS_PROBLEMS: Readonly<Record<number, readonly [ProblemCode, string]>> = {
  400: ['bad_request', 'The path is not one that can be served; check it.'],
  403: ['not_found', 'Nothing answers at this path; /docs lists every operation.'],
  404: ['not_found', 'Nothing answers at this path; /docs lists every operation.'],
  412: [
    'precondition_failed',
    'The file is not as If-Match or If-Unmodified-Since expects; ask without.',
  ],
  416: [
    'range_not_satisfiable',
    'The file ends before the range that was asked for; ask without Range.',
  ],
};

export function answerErrors(
  app: FastifyInstance,
  deps: Pick<HttpDeps, 'logger' | 'onFatal'>,
): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemFrom(error, request);
    if (error instanceof StorageError && error.kind === 'fatal') deps.onFatal(error);
    if (PROBLEMS[problem.code].status >= 500 && problem.code !== 'simulated_error') {
      deps.logger.error({ err: error, request_id: request.id }, problem.detail);
    }
    return sendProblem(request, reply, problem);
  });
}

/** Refuses what no route takes before its body is read. */
export function refuseUnknownRoutes(app: FastifyInstance): void {
  const routes = knownRoutes(app);
  app.addHook('preParsing', (request, _reply, payload, done) => {
    if (request.is404) done(notFound(routes, request));
    else done(null, payload);
  });
  // Files that are not there are found missing later than that.
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, notFound(routes, request)),
  );
}

/** Answers paths that the router cannot even read; they pass the first door like any other. */
export function answerUnroutable(
  deps: HttpDeps,
  access: Access,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  let problem = problemFrom(error, request);
  try {
    access.assertAddressed(request);
  } catch (refusal) {
    if (refusal instanceof Problem) problem = refusal;
  }
  deps.logger.info({ request_id: request.id, status: PROBLEMS[problem.code].status }, problem.code);
  void sendProblem(request, reply.header('x-request-id', request.id), problem);
  const { status } = PROBLEMS[problem.code];
  request.server.requestLog.record(request, reply, 'unmatched', status);
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const instance = printablePath(request);
  const body = problemBody(problem, { instance, requestId: request.id });
  // What the router could not read passes no hook that would keep it for the request log.
  request.answer = body;
  return reply
    .code(PROBLEMS[problem.code].status)
    .headers(problem.headers)
    .header('content-type', PROBLEM_TYPE)
    .send(body);
}

function problemFrom(error: FastifyError, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  // A request that was read to its end is destroyed too, but complete.
  if (error.code === 'ECONNRESET' || (request.raw.destroyed && !request.raw.complete)) {
    return new Problem('bad_request', 'The request broke off before it was complete.');
  }
  if (error instanceof StorageError && error.kind === 'unavailable') {
    return new Problem(
      'storage_unavailable',
      `Nothing was changed: ${error.message}; ask again in a second.`,
      {
        headers: { 'retry-after': '1' },
      },
    );
  }
  if (error instanceof ForeignCursorError) {
    return new Problem(
      'invalid_cursor',
      'This cursor is of another database; leave it out to begin with the first page.',
    );
  }
  if (error.validation !== undefined) {
    return validationProblem(ajvErrors(error.validation), error.validationContext ?? 'body');
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const { bodyLimit } = request.routeOptions;
    const detail = `The body is larger than ${bodyLimit / 1024} KiB; send less.`;
    return new Problem('body_too_large', detail);
  }
  const known = FASTIFY_CODES[error.code];
  if (known !== undefined) return new Problem(...known);
  const byStatus = STATUS_PROBLEMS[error.statusCode ?? 500];
  if (byStatus !== undefined) return new Problem(...byStatus);
  return new Problem(
    'internal_error',
    "This is a bug; the server's log has it under this request id. With an Idempotency-Key it is safe to ask again.",
  );
}

/** Fastify types validation errors loosely; ours all come from Ajv. */
function ajvErrors(errors: readonly object[]): ErrorObject[] {
  return errors.filter(
    (error): error is ErrorObject => 'instancePath' in error && 'keyword' in error,
  );
}

function notFound(routes: KnownRoutes, request: FastifyRequest): Problem {
  const path = pathOf(request);
  const allowed = routes.methodsOf(path);
  if (allowed.length > 0 && !allowed.includes(request.method)) {
    return new Problem(
      'method_not_allowed',
      `This path takes ${allowed.join(', ')}, not ${request.method}.`,
      { headers: { allow: allowed.join(', ') } },
    );
  }
  const suggestion = nearest(path, routes.paths());
  const hint = suggestion === null ? '/docs lists every operation.' : `did you mean ${suggestion}?`;
  return new Problem('not_found', `Nothing answers at this path; ${hint}`);
}

/** Answers what is not even HTTP, straight onto the socket. */
export function rejectBrokenHttp(
  this: FastifyInstance,
  error: ConnectionError,
  socket: Socket,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const [code, detail] = BROKEN_HTTP[error.code] ?? [
    'bad_request',
    'This is not a valid HTTP/1.1 request; check the request line, the headers and their lengths.',
  ];
  const { status } = PROBLEMS[code];
  const body = this.requestLog.refuseUnread(status, (requestId) =>
    problemBody({ code, detail, errors: [] }, { instance: null, requestId }),
  );
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Node answers an Expect header other than 100-continue by itself, and not with a problem. */
export function answerExpectations(app: FastifyInstance): void {
  app.server.on('checkExpectation', (_request, response: ServerResponse) => {
    const detail = 'The only Expect header that can be met is 100-continue; send none.';
    const body = app.requestLog.refuseUnread(PROBLEMS.expectation_failed.status, (requestId) =>
      problemBody(
        { code: 'expectation_failed', detail, errors: [] },
        { instance: null, requestId },
      ),
    );
    response.writeHead(417, { 'content-type': PROBLEM_TYPE, connection: 'close' }).end(body);
  });
}

const BROKEN_HTTP: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  HPE_HEADER_OVERFLOW: [
    'headers_too_large',
    'Request line and headers are over 16 KiB; send less.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    'request_timeout',
    'The request took too long to arrive; headers have 10 seconds, all of it 30.',
  ],
};
