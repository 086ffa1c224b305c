/**
 * Decides a batch, one command after the other, in memory: each sees what the ones before it changed. What a batch
 * changes beside payments (what is known of cards, settings and rules) is kept in its own `Batch`, and taken in by the
 * engine when the batch is on disk.
 */
import type { Controls } from '../core/controls.ts';
import { decide } from '../core/decide.ts';
import type { ControlDecision, Decision, PaymentDecision } from '../core/decide/decision.ts';
import type { SubjectKeys } from '../core/entity.ts';
import { isSettled } from '../core/payment.ts';
import { reject } from '../core/rejections.ts';
import type { FeatureOverlay } from './features.ts';
import type {
  Commit,
  CommandRequest,
  DecidedReply,
  Engine,
  RefusedReply,
  Reply,
  StoredBytes,
  StoredReply,
} from './ports.ts';
import { simulationSnapshot } from './snapshot.ts';
import type { WorkingSet } from './working-set.ts';

/** What a batch has changed beside payments; the next command of the batch sees it. */
export interface Batch {
  readonly seen: FeatureOverlay;
  controls: Controls;
  isReset: boolean;
}

export function decideBatch(
  engine: Engine,
  requests: readonly CommandRequest[],
  working: WorkingSet,
  batch: Batch,
): readonly Reply[] {
  return requests.map((request) => replyTo(engine, request, working, batch));
}

function replyTo(
  engine: Engine,
  request: CommandRequest,
  working: WorkingSet,
  batch: Batch,
): Reply {
  const earlier = working.replyTo(request);
  if (earlier !== null) return replay(earlier, request);
  return decideOne(engine, request, working, batch);
}

function decideOne(
  engine: Engine,
  request: CommandRequest,
  working: WorkingSet,
  batch: Batch,
): Reply {
  const { clock, random } = engine;
  const nowMs = clock.nowMs();
  const moment = {
    nowMs,
    ticksMs: () => clock.ticksMs(),
    newId: () => random.newId(nowMs),
    draw: random.draw,
  };
  // The timer is gone with this commit, whatever becomes of its command.
  if (request.command.type === 'timer_elapsed') working.firedTimers.push(request.command.timer);

  const facts = {
    ...working.factsFor(request),
    controls: batch.controls,
    historiesOf: (subjects: SubjectKeys) => batch.seen.histories(subjects),
  };
  const decided = decide(request.command, facts, moment);
  if (!decided.ok) {
    const { rejection } = decided;
    return keep(engine, request, working, nowMs, { kind: 'refused', rejection, stored: null });
  }
  const decision = inPublicForm(decided.value);
  working.apply(decision, request.origin);
  if (decision.kind === 'control') return takeControl(decision, batch);
  noteSeen(decision, working, batch);
  const { payment, event } = decision;
  const reply = { kind: 'decided', payment, cause: event.cause, stored: null } as const;
  const waiting = working.waitEndedBy(payment);
  if (waiting !== null) working.endWait(waiting, engine.renderReply(reply, request).body);
  return keep(engine, request, working, nowMs, reply);
}

/** Core knows no calendar: a time in what an event carries gets its public form here. */
function inPublicForm(decision: Decision): Decision {
  if (decision.kind === 'payment' || decision.event.type !== 'simulation.changed') return decision;
  const data = simulationSnapshot(decision.controls.simulation);
  return { ...decision, event: { ...decision.event, data } };
}

function takeControl(decision: ControlDecision, batch: Batch): Reply {
  batch.controls = decision.controls;
  batch.isReset ||= decision.isReset;
  return { kind: 'changed', event: decision.event };
}

/** A card's next payment in this batch sees this one. */
function noteSeen(decision: PaymentDecision, working: WorkingSet, batch: Batch): void {
  if (decision.seen === null) return;
  const { subjects, observation } = decision.seen;
  batch.seen.observe(subjects, { ...observation, sequence: working.sequence });
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

/** What others hear of the batch once it is on disk. */
export function summarize(working: WorkingSet, { isReset }: Batch): Commit {
  const settled = [...working.touched.values()]
    .filter(({ after }) => isSettled(after.status))
    .map(({ after }) => after.id);
  const timers = working.recorded.flatMap(({ decision }) => decision.timer ?? []);
  const { recorded } = working;
  // The entry of a reset is the first of its log.
  const sequence = isReset ? recorded.length : working.sequence;
  return { settled, timers, hasEvents: recorded.length > 0, recorded, sequence, isReset };
}
