/**
 * The one door. Every change to a payment comes in here: HTTP, timers, the CLI. Commands wait for the next batch;
 * a batch is read in one go, decided one by one in memory, and written in one go: one transaction, one fsync,
 * however many callers are waiting. A caller's promise settles only after the batch is on disk.
 *
 * One batch is in flight at a time. A batch that storage refuses is rolled back whole and run again command by
 * command, once, so that one poisoned command cannot fail its neighbours.
 */
import { decide } from '../core/decide.ts';
import { BATCH_COMMANDS_MAX, QUEUED_COMMANDS_MAX } from '../core/limits.ts';
import { isSettled } from '../core/payment.ts';
import { reject } from '../core/rejections.ts';
import {
  type Commit,
  type CommandRequest,
  type DecidedReply,
  type Engine,
  type RefusedReply,
  type Reply,
  StorageError,
  type StoredBytes,
  type StoredReply,
} from './ports.ts';
import type { WorkingSet } from './working-set.ts';

interface Caller {
  readonly request: CommandRequest;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

interface Funnel {
  queue: Caller[];
  isRunning: boolean;
}

const funnels = new WeakMap<Engine, Funnel>();

/**
 * Decides and commits one command; settles after the commit. Rejects with a StorageError when nothing was
 * written, so that asking again is safe.
 */
export function execute(engine: Engine, request: CommandRequest): Promise<Reply> {
  const funnel = funnelOf(engine);
  if (funnel.queue.length >= QUEUED_COMMANDS_MAX) {
    return Promise.reject(new StorageError('unavailable', 'too many commands are waiting'));
  }
  return new Promise((resolve, fail) => {
    funnel.queue.push({ request, resolve, reject: fail });
    if (!funnel.isRunning) {
      funnel.isRunning = true;
      // Everything that arrives in this turn of the event loop shares the batch.
      setImmediate(() => void runBatches(engine, funnel));
    }
  });
}

function funnelOf(engine: Engine): Funnel {
  const existing = funnels.get(engine);
  if (existing !== undefined) return existing;
  const funnel: Funnel = { queue: [], isRunning: false };
  funnels.set(engine, funnel);
  return funnel;
}

async function runBatches(engine: Engine, funnel: Funnel): Promise<void> {
  const callers = funnel.queue.splice(0, BATCH_COMMANDS_MAX);
  await runBatch(engine, callers);
  if (funnel.queue.length === 0) {
    funnel.isRunning = false;
  } else {
    setImmediate(() => void runBatches(engine, funnel));
  }
}

async function runBatch(engine: Engine, callers: readonly Caller[]): Promise<void> {
  let committed: Committed;
  try {
    committed = await commit(engine, callers);
  } catch (error) {
    if (callers.length > 1 && canPassAlone(error)) {
      for (const caller of callers) await runBatch(engine, [caller]);
    } else {
      for (const caller of callers) caller.reject(error);
    }
    return;
  }
  callers.forEach((caller, index) => settle(caller, committed.replies[index]));
  engine.wakeup.committed(committed.summary);
}

/** A full or failing disk fails everybody; anything else may be the fault of one command among many. */
function canPassAlone(error: unknown): boolean {
  return !(error instanceof StorageError) || error.kind === 'refused';
}

function settle(caller: Caller, reply: Reply | undefined): void {
  if (reply === undefined) caller.reject(new Error('assertion failed: one reply per request'));
  else caller.resolve(reply);
}

interface Committed {
  readonly replies: readonly Reply[];
  readonly summary: Commit;
}

async function commit(engine: Engine, callers: readonly Caller[]): Promise<Committed> {
  const requests = callers.map((caller) => caller.request);
  let summary: Commit = { settled: [], timers: [], hasEvents: false };
  const replies = await engine.store.batch(requests, (working) => {
    const decided = decideAll(engine, requests, working);
    summary = summarize(working);
    return decided;
  });
  return { replies, summary };
}

/** Decides a batch, one command after the other, in memory. */
function decideAll(
  engine: Engine,
  requests: readonly CommandRequest[],
  working: WorkingSet,
): readonly Reply[] {
  return requests.map((request) => {
    const earlier = working.replyTo(request);
    if (earlier !== null) return replay(earlier, request);
    return decideOne(engine, request, working);
  });
}

function decideOne(engine: Engine, request: CommandRequest, working: WorkingSet): Reply {
  const nowMs = engine.clock.nowMs();
  const moment = { nowMs, newId: () => engine.random.newId(nowMs), draw: engine.random.draw };
  // The timer is gone with this commit, whatever becomes of its command.
  if (request.command.type === 'timer_elapsed') working.firedTimers.push(request.command.timer);

  const decided = decide(request.command, working.factsFor(request, engine.settings), moment);
  if (!decided.ok) {
    return keep(engine, request, working, nowMs, {
      kind: 'refused',
      rejection: decided.rejection,
      stored: null,
    });
  }
  const { payment } = decided.value;
  working.apply(decided.value, request.origin);
  const waiting = working.waitEndedBy(payment);
  if (waiting !== null) {
    const settled: DecidedReply = { kind: 'decided', payment, stored: null };
    working.endWait(waiting, engine.renderReply(settled, request).body);
  }
  return keep(engine, request, working, nowMs, { kind: 'decided', payment, stored: null });
}

/** Stores the reply under the request's idempotency key, if it has one. */
function keep(
  engine: Engine,
  request: CommandRequest,
  working: WorkingSet,
  nowMs: number,
  reply: DecidedReply | RefusedReply,
): Reply {
  if (request.idempotency === null) return reply;
  const { keyHash, fingerprint, waits } = request.idempotency;
  const stored: StoredBytes = engine.renderReply(reply, request);
  const isWaiting = waits && reply.kind === 'decided' && !isSettled(reply.payment.status);
  working.keepReply({
    ...stored,
    keyHash,
    fingerprint,
    waitsFor: isWaiting ? reply.payment.id : null,
    createdAtMs: nowMs,
  });
  return { ...reply, stored };
}

/** What a repeated key gets: the first answer, unless it asks for something else or the first still waits. */
function replay(earlier: StoredReply, request: CommandRequest): Reply {
  if (earlier.fingerprint !== request.idempotency?.fingerprint) {
    const refused = reject(
      'idempotency_key_reused',
      'This Idempotency-Key was sent before with a different request; use a new key for a new request.',
    );
    return { kind: 'refused', rejection: refused.rejection, stored: null };
  }
  if (earlier.waitsFor !== null) return { kind: 'waiting', paymentId: earlier.waitsFor };
  return { kind: 'replayed', stored: { status: earlier.status, body: earlier.body } };
}

function summarize(working: WorkingSet): Commit {
  const settled = [...working.touched.values()]
    .filter(({ after }) => isSettled(after.status))
    .map(({ after }) => after.id);
  const timers = working.recorded.flatMap(({ decision }) => decision.timer ?? []);
  return { settled, timers, hasEvents: working.recorded.length > 0 };
}
