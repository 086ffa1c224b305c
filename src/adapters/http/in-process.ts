/**
 * Requests that are made in this process and never were HTTP: read, validated and turned into commands as those that come
 * over the network are, and executed at the one door. They pass none of the doors that are there for callers: no key, no
 * rate limit, no request log.
 */
import type { Static } from 'typebox';
import { assert } from '../../core/assert.ts';
import type { Command } from '../../core/commands.ts';
import { parsePaymentId, type PaymentId } from '../../core/ids.ts';
import { execute } from '../../engine/execute.ts';
import { type Engine, type Reply, StorageError } from '../../engine/ports.ts';
import type { AskTraffic, TrafficRequest } from '../../engine/traffic/ports.ts';
import { TRAFFIC_ACTOR } from '../../engine/traffic/traffic.ts';
import { type AuthorizeBody, AuthorizeSchema } from './card-schemas.ts';
import type { HttpDeps, HttpOptions } from './deps.ts';
import {
  authorizeCommand,
  type CardContext,
  createPaymentCommand,
  refundPaymentCommand,
  retryCommand,
} from './payment-request.ts';
import { Problem } from './problems.ts';
import { noSuchPayment } from './routes/payments.ts';
import {
  type CreatePaymentBody,
  CreatePaymentSchema,
  RefundRequestSchema,
  RetryRequestSchema,
} from './schemas.ts';
import { type ParsedJson, parseStrictJson } from './strict-json.ts';
import { bodyCheck } from './validation.ts';

export interface InProcessParts extends Pick<HttpDeps, 'keyedHash' | 'newRequestId'> {
  readonly engine: Engine;
  readonly luhn: HttpOptions['luhn'];
}

/** Makes the engine's `AskTraffic` port. */
export function requestsInProcess(parts: InProcessParts): AskTraffic {
  const { engine, newRequestId } = parts;
  const read = commandsInProcess(parts);
  return async (request) => {
    const command = read(request);
    const origin = { actor: TRAFFIC_ACTOR, requestId: newRequestId(), path: null };
    let reply: Reply;
    try {
      reply = await execute(engine, { command, origin, idempotency: null });
    } catch (error) {
      if (error instanceof StorageError && error.kind !== 'fatal') return { ok: false };
      throw error;
    }
    return reply.kind === 'decided' ? { ok: true, payment: reply.payment } : { ok: false };
  };
}

type NumberTexts = ParsedJson['numbers'];

interface Operation {
  readonly path: RegExp;
  /** Throws a Problem for a body that does not fit. */
  readonly check: (body: unknown) => void;
  /** `body` fits. */
  readonly commandFrom: (body: unknown, numbers: NumberTexts, id: PaymentId | null) => Command;
}

/** From a request to its command; throws a Problem for what cannot be read. */
export function commandsInProcess(
  parts: Omit<InProcessParts, 'newRequestId'>,
): (request: TrafficRequest) => Command {
  const operations = operationsOf(parts);
  return ({ path, body }) => {
    const operation = operations.find((one) => one.path.test(path));
    assert(operation !== undefined, 'only what is listed here is asked for in process');
    const { value, numbers } = parsedJson(body);
    operation.check(value);
    return operation.commandFrom(value, numbers, parsePaymentId(path.split('/')[2] ?? ''));
  };
}

function operationsOf({
  engine,
  keyedHash,
  luhn,
}: Omit<InProcessParts, 'newRequestId'>): readonly Operation[] {
  const context = (): CardContext => ({ keyedHash, luhn, nowMs: engine.clock.nowMs() });
  return [
    {
      path: /^\/payment$/,
      check: bodyCheck(AuthorizeSchema),
      commandFrom: (body, numbers) =>
        authorizeCommand(body as AuthorizeBody, numbers, context()).command,
    },
    {
      path: /^\/payments$/,
      check: bodyCheck(CreatePaymentSchema),
      commandFrom: (body, numbers) =>
        createPaymentCommand(body as CreatePaymentBody, numbers, context()).command,
    },
    {
      path: /^\/payments\/[^/]+\/refund$/,
      check: bodyCheck(RefundRequestSchema),
      commandFrom: (body, numbers, id) =>
        refundPaymentCommand(known(id), body as Static<typeof RefundRequestSchema>, numbers),
    },
    {
      path: /^\/payments\/[^/]+\/retry$/,
      check: bodyCheck(RetryRequestSchema),
      commandFrom: (body, _numbers, id) =>
        retryCommand(known(id), body as Static<typeof RetryRequestSchema>, context()).command,
    },
  ];
}

/** An empty body is no body. */
function parsedJson(text: string): { value: unknown; numbers: NumberTexts } {
  if (text === '') return { value: null, numbers: new Map() };
  const parsed = parseStrictJson(Buffer.from(text));
  if (parsed.ok) return parsed.value;
  const { code, detail, pointer } = parsed.fault;
  throw new Problem(code, detail, { errors: [{ pointer, code, detail }] });
}

function known(id: PaymentId | null): PaymentId {
  if (id === null) throw noSuchPayment();
  return id;
}
