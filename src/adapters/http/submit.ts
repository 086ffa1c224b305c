/**
 * From an HTTP request to the one door and back: the idempotency key, the wait for an outcome, the answer.
 *
 * A waiting caller's key row holds the reply as of the commit; the commit that ends the wait overwrites it, and
 * only then is anything sent. Somebody else who sends the key meanwhile waits too, but not for long.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assert } from '../../core/assert.ts';
import type { Command } from '../../core/commands.ts';
import type { PaymentId } from '../../core/ids.ts';
import { IDEMPOTENCY_WAIT_MS, WAIT_MS_MAX } from '../../core/limits.ts';
import { isSettled } from '../../core/payment.ts';
import { reject } from '../../core/rejections.ts';
import { execute } from '../../engine/execute.ts';
import {
  type CommandRequest,
  type Idempotency,
  type Reply,
  StorageError,
  type StoredBytes,
} from '../../engine/ports.ts';
import { waitUntilSettled } from '../../engine/waiting.ts';
import { canonicalBody } from './body.ts';
import type { HttpDeps } from './deps.ts';
import { IDEMPOTENCY_KEY_LENGTH_MAX } from './limits.ts';
import type { LostAnswer } from './lost-answers.ts';
import type { Mask } from './metadata.ts';
import { pathOf, printablePath } from './paths.ts';
import { Problem, problemOf, PROBLEM_TYPE } from './problems.ts';
import { replyRenderer } from './replies.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

export interface Submission {
  readonly command: Command;
  /** Masks the request's card, if it brings one. */
  readonly mask?: Mask;
  /** How the answer is to be lost; null when it is not. */
  readonly lost?: LostAnswer | null;
  /** How long the answer is held back. */
  readonly answerDelayMs?: number;
}

/** Executes a command and answers the request with what became of it. */
export async function submit(
  deps: HttpDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { command, mask, lost = null, answerDelayMs = 0 }: Submission,
): Promise<FastifyReply> {
  if (mask !== undefined) maskRequestId(request, reply, mask);
  const waitMs = waitPreference(request, deps.options.isSync);
  const commandRequest: CommandRequest = {
    command,
    origin: { actor: request.actor, requestId: request.id, path: printablePath(request) },
    idempotency: idempotencyOf(deps, request, waitMs > 0),
  };
  const { lostAnswers } = request.server;
  const lose = (answer: LostAnswer) => {
    deps.logger.info({ request_id: request.id, ...answer }, 'answer lost, as the request asked');
    return lostAnswers.lose(request, reply, answer);
  };
  const keyHash = commandRequest.idempotency?.keyHash ?? null;
  if (lost !== null && lostAnswers.isLostBefore(lost, keyHash)) return lose(lost);
  const answer = await executeOnce(deps, commandRequest);
  if (answer.kind === 'replayed') {
    return send(reply.header('idempotent-replayed', 'true'), answer.stored);
  }
  if (answerDelayMs > 0) await lostAnswers.hold(answerDelayMs);
  const bytes = await answerBytes(deps, commandRequest, answer, waitMs);
  // What is lost is the answer, which has been waited for like any other.
  if (lost !== null && lost.when !== 'before' && answer.kind === 'decided') return lose(lost);
  if (answer.kind === 'decided' && waitMs > 0 && takesTime(command)) {
    if (request.headers['prefer'] !== undefined)
      reply.header('preference-applied', `wait=${Math.round(waitMs / 1000)}`);
  }
  return send(reply, bytes);
}

/** What is sent: at once, or when the outcome is there or has been waited for long enough. */
async function answerBytes(
  deps: HttpDeps,
  commandRequest: CommandRequest,
  answer: Exclude<Reply, { kind: 'waiting' | 'replayed' }>,
  waitMs: number,
): Promise<StoredBytes> {
  assert(answer.kind !== 'changed', 'a payment command changes a payment');
  const atOnce = () => answer.stored ?? replyRenderer(deps.publish)(answer, commandRequest);
  const isUnderWay = answer.kind === 'decided' && !isSettled(answer.payment.status);
  if (!isUnderWay || waitMs === 0 || !takesTime(commandRequest.command)) return atOnce();
  try {
    return await settledBytes(deps, commandRequest, answer.payment.id, waitMs);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    // The payment is made, and nobody may be told that it is not: without a key this is the only answer there will be.
    if (commandRequest.idempotency === null) return atOnce();
    throw answerNotStored(error);
  }
}

function isUnavailable(error: unknown): error is StorageError {
  return error instanceof StorageError && error.kind === 'unavailable';
}

/** When the end of the wait cannot be stored, nothing is said of the outcome: a later replay must not differ. */
function answerNotStored(error: StorageError): Problem {
  return new Problem(
    'storage_unavailable',
    `The payment was made, but its answer cannot be stored now: ${error.message}. Ask again with the same Idempotency-Key.`,
    { headers: { 'retry-after': '1' } },
  );
}

/** The client chose the id before we knew the card: a number with a wrong check digit shows only now. */
function maskRequestId(request: FastifyRequest, reply: FastifyReply, mask: Mask): void {
  const masked = mask(request.id);
  if (masked === request.id) return;
  request.id = masked;
  reply.header('x-request-id', masked);
}

function send(reply: FastifyReply, { status, body }: StoredBytes): FastifyReply {
  return reply
    .code(status)
    .header('content-type', status < 400 ? JSON_TYPE : PROBLEM_TYPE)
    .send(body);
}

/** Executes; while another caller with the same key still waits for its answer, waits for it too. */
async function executeOnce(
  { engine }: HttpDeps,
  commandRequest: CommandRequest,
): Promise<Exclude<Reply, { kind: 'waiting' }>> {
  const answer = await execute(engine, commandRequest);
  if (answer.kind !== 'waiting') return answer;
  await waitUntilSettled(engine, answer.paymentId, IDEMPOTENCY_WAIT_MS);
  const second = await execute(engine, commandRequest);
  if (second.kind !== 'waiting') return second;
  const { rejection } = reject(
    'idempotency_key_in_use',
    'The first request with this Idempotency-Key is still waiting for its outcome; ask again in a second.',
  );
  const { code, detail } = problemOf(rejection);
  throw new Problem(code, detail, { headers: { 'retry-after': '1' } });
}

async function settledBytes(
  deps: HttpDeps,
  commandRequest: CommandRequest,
  id: PaymentId,
  waitMs: number,
): Promise<StoredBytes> {
  const payment = await waitUntilSettled(deps.engine, id, waitMs);
  const { idempotency } = commandRequest;
  // What the key row holds now is the answer, for this caller and for all who come after.
  if (idempotency !== null) return endWait(deps, idempotency.keyHash);
  if (payment === null) throw removedMeanwhile();
  const render = replyRenderer(deps.publish);
  const cause = { command: 'timer_elapsed' } as const;
  return render({ kind: 'decided', payment, cause, stored: null }, commandRequest);
}

function removedMeanwhile(): Problem {
  return new Problem(
    'payment_not_found',
    'The payment was removed by a reset while you waited; make it again.',
  );
}

async function endWait({ engine }: HttpDeps, keyHash: string): Promise<StoredBytes> {
  const stored = await engine.store.endWait(keyHash);
  if (stored === null) throw removedMeanwhile();
  return stored;
}

/** A refund is settled at once; there is nothing to wait for. */
function takesTime(command: Command): boolean {
  return command.type === 'create_payment' || command.type === 'retry_payment';
}

/** Milliseconds to wait for the outcome (RFC 7240 `Prefer: wait=N`); a preference that cannot be read is ignored. */
function waitPreference({ headers }: FastifyRequest, isSync: boolean): number {
  const prefer = headers['prefer'];
  if (prefer === undefined) return isSync ? WAIT_MS_MAX : 0;
  const text = Array.isArray(prefer) ? prefer.join(',') : prefer;
  const [, seconds] = /(?:^|,)\s*wait\s*=\s*"?(\d+)"?\s*(?:$|[,;])/i.exec(text) ?? [];
  if (seconds === undefined) return isSync ? WAIT_MS_MAX : 0;
  return Math.min(Number(seconds) * 1000, WAIT_MS_MAX);
}

/** The key that a request carries, hashed, and what it asks for; null when it carries none. */
export function idempotencyOf(
  { keyedHash }: HttpDeps,
  request: FastifyRequest,
  waits: boolean,
): Idempotency | null {
  if (request.headers['idempotency-key'] === undefined) return null;
  const values = request.raw.headersDistinct['idempotency-key'] ?? [];
  const [key = ''] = values;
  // A quoted key (the IETF draft's form) and a bare one are both taken as they stand.
  if (
    values.length !== 1 ||
    key.length > IDEMPOTENCY_KEY_LENGTH_MAX ||
    !/^[\x21-\x7e]+$/.test(key)
  ) {
    throw new Problem(
      'invalid_header',
      `Idempotency-Key must be one header of 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} visible ASCII characters, for example a UUID.`,
    );
  }
  request.isKeyUsed = true;
  return {
    keyHash: keyedHash(`key\n${request.actor}\n${key}`),
    fingerprint: keyedHash(
      `request\n${request.method}\n${pathOf(request)}\n${canonicalBody(request)}`,
    ),
    waits,
  };
}
