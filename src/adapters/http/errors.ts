/** The one place where anything that went wrong becomes an answer. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorObject } from 'ajv';
import type {
  ConnectionError,
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
} from 'fastify';
import { StorageError } from '../../engine/ports.ts';
import type { HttpDeps } from './deps.ts';
import { nearest } from './nearest.ts';
import { Problem, problemBody, PROBLEMS, PROBLEM_TYPE, type ProblemCode } from './problems.ts';
import { pathOf, printablePath } from './paths.ts';
import { type KnownRoutes, knownRoutes } from './known-routes.ts';
import { validationProblem } from './validation.ts';

/** Fastify's own refusals, by its error code. */
const FASTIFY_CODES: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'The body is larger than 64 KiB; send less.'],
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

export function answerErrors(app: FastifyInstance, deps: HttpDeps): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemFrom(error);
    if (error instanceof StorageError && error.kind === 'fatal') deps.onFatal(error);
    if (PROBLEMS[problem.code].status >= 500) {
      deps.logger.error({ err: error, request_id: request.id }, problem.detail);
    }
    return sendProblem(request, reply, problem);
  });
  const routes = knownRoutes(app);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, notFound(routes, request)),
  );
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const instance = printablePath(request);
  return reply
    .code(PROBLEMS[problem.code].status)
    .headers(problem.headers)
    .header('content-type', PROBLEM_TYPE)
    .send(problemBody(problem, { instance, requestId: request.id }));
}

function problemFrom(error: FastifyError): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StorageError && error.kind === 'unavailable') {
    return new Problem(
      'storage_unavailable',
      `Nothing was changed: ${error.message}; ask again in a second.`,
      {
        headers: { 'retry-after': '1' },
      },
    );
  }
  if (error.validation !== undefined) {
    return validationProblem(ajvErrors(error.validation), error.validationContext ?? 'body');
  }
  const known = FASTIFY_CODES[error.code];
  if (known !== undefined) return new Problem(...known);
  if (error.statusCode === 429) return new Problem('rate_limited', error.message);
  return new Problem(
    'internal_error',
    "This is a bug; nothing was changed. The server's log has it under this request id.",
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
  if (allowed.length > 0) {
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
  const body = problemBody({ code, detail, errors: [] }, { instance: null, requestId: 'none' });
  const { status } = PROBLEMS[code];
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
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
