/**
 * Idempotency keys of what the engine does not decide: endpoints and deliveries. As with payments, a key that was
 * answered gets the same bytes again, and another request under it is refused. What must not happen twice (another
 * endpoint, another secret) keeps its answer in its own transaction; what may (a resend, a test) keeps it right after.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IDEMPOTENCY_KEPT_MS, IDEMPOTENCY_WAIT_MS } from '../../core/limits.ts';
import { type Idempotency, StorageError, type StoredBytes } from '../../engine/ports.ts';
import type { KeptReply } from '../../engine/webhooks/ports.ts';
import type { HttpDeps } from './deps.ts';
import { printablePath } from './paths.ts';
import { Problem, problemBody, PROBLEM_TYPE, PROBLEMS } from './problems.ts';
import { idempotencyOf } from './submit.ts';

/** Gives what is to be kept under the request's key; undefined when it has none. */
export type ReplyOf = (bytes: StoredBytes) => KeptReply | undefined;

/** Keys whose first request is being answered, and what resolves when it is. */
const inFlight = new WeakMap<HttpDeps, Map<string, Promise<void>>>();

/** Does the work and sends its answer; under a key that was answered before, sends that again. */
export async function once(
  deps: HttpDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (replyOf: ReplyOf) => Promise<StoredBytes>,
): Promise<FastifyReply> {
  const idempotency = idempotencyOf(deps, request, false);
  if (idempotency === null) return send(reply, await work(() => undefined));
  const free = await claim(runningOf(deps), idempotency.keyHash);
  let kept: KeptReply | null;
  let bytes: StoredBytes;
  try {
    kept = await answered(deps, idempotency);
    try {
      bytes = kept ?? (await decided(deps, request, idempotency, work));
    } catch (error) {
      if (!isRefused(error)) throw error;
      // Another process was asked under the same key at the same moment, and answered first.
      kept = await answered(deps, idempotency);
      if (kept === null) throw error;
      bytes = kept;
    }
  } finally {
    free();
  }
  if (kept !== null) reply.header('idempotent-replayed', 'true');
  return send(reply, bytes);
}

/** What is kept under the key; it throws when that answers another request. */
async function answered(
  { engine, webhooks }: HttpDeps,
  idempotency: Idempotency,
): Promise<KeptReply | null> {
  const sinceMs = engine.clock.nowMs() - IDEMPOTENCY_KEPT_MS;
  const kept = await webhooks.store.findReply(idempotency.keyHash, sinceMs);
  if (kept !== null) assertSame(kept, idempotency);
  return kept;
}

function isRefused(error: unknown): boolean {
  return error instanceof StorageError && error.kind === 'refused';
}

/** A refusal of what was asked is an answer like any other; one of its form is not, and is thrown. */
async function decided(
  { engine, webhooks }: HttpDeps,
  request: FastifyRequest,
  idempotency: Idempotency,
  work: (replyOf: ReplyOf) => Promise<StoredBytes>,
): Promise<StoredBytes> {
  const createdAtMs = engine.clock.nowMs();
  const replyOf = (bytes: StoredBytes) => ({ ...idempotency, ...bytes, createdAtMs });
  let bytes: StoredBytes;
  try {
    bytes = await work(replyOf);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { status } = PROBLEMS[error.code];
    if (status !== 404 && status !== 409) throw error;
    const where = { instance: printablePath(request), requestId: request.id };
    bytes = { status, body: problemBody(error, where) };
  }
  await webhooks.store.keepReply(replyOf(bytes));
  return bytes;
}

function runningOf(deps: HttpDeps): Map<string, Promise<void>> {
  const known = inFlight.get(deps);
  if (known !== undefined) return known;
  const running = new Map<string, Promise<void>>();
  inFlight.set(deps, running);
  return running;
}

/** Waits for the first request under the key, but not for long; then gives what lets the next one go. */
async function claim(running: Map<string, Promise<void>>, keyHash: string): Promise<() => void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, IDEMPOTENCY_WAIT_MS, 'late');
  });
  try {
    for (let first = running.get(keyHash); first !== undefined; first = running.get(keyHash)) {
      if ((await Promise.race([first, late])) === 'late') throw keyInUse();
    }
    // At once after the last look: nothing comes in between.
    const { promise, resolve } = Promise.withResolvers<void>();
    running.set(keyHash, promise);
    return () => {
      running.delete(keyHash);
      resolve();
    };
  } finally {
    clearTimeout(timer);
  }
}

function keyInUse(): Problem {
  return new Problem(
    'idempotency_key_in_use',
    'The first request with this Idempotency-Key is still being answered; ask again in a second.',
    { headers: { 'retry-after': '1' } },
  );
}

function assertSame(kept: KeptReply, { fingerprint }: Idempotency): void {
  if (kept.fingerprint === fingerprint) return;
  throw new Problem(
    'idempotency_key_reused',
    'This Idempotency-Key was sent before with a different request; use a new key for a new request.',
  );
}

function send(reply: FastifyReply, { status, body }: StoredBytes): FastifyReply {
  return reply
    .code(status)
    .header('content-type', status < 400 ? 'application/json; charset=utf-8' : PROBLEM_TYPE)
    .send(body);
}
