/**
 * The heart: (command, facts, moment) -> Decision | Rejection. Synchronous and pure: it reads nothing, writes
 * nothing and throws only for bugs, so that a refused command leaves nothing behind.
 *
 * Each command has its file in decide/. It refuses in a fixed order (does it exist, may it, is the amount sound, is
 * there enough left); after the last refusal the command must succeed.
 */
import { assert, assertNever } from './assert.ts';
import type { Command, Timer } from './commands.ts';
import { authorize, complete } from './decide/attempt.ts';
import { changeRules, changeSimulation, expireSimulation, reset } from './decide/control.ts';
import { create } from './decide/create.ts';
import {
  begun,
  completion,
  type Decided,
  type Decision,
  type Facts,
  type Moment,
  paymentDecision,
  stale,
} from './decide/decision.ts';
import { refund } from './decide/refund.ts';
import { retry } from './decide/retry.ts';
import { assertPayment, type Payment } from './payment.ts';

/** Decides one command. Same arguments, same answer. */
export function decide(command: Command, facts: Facts, moment: Moment): Decided {
  const decided = route(command, facts, moment);
  if (decided.ok) assertDecision(decided.value);
  return decided;
}

function route(command: Command, facts: Facts, moment: Moment): Decided {
  switch (command.type) {
    case 'create_payment':
      return create(command, facts, moment);
    case 'authorize_card':
      return authorize(command, facts, moment);
    case 'refund_payment':
      return refund(command, facts, moment);
    case 'retry_payment':
      return retry(command, facts, moment);
    case 'timer_elapsed':
      return elapse(command.timer, facts, moment);
    case 'change_simulation':
      return changeSimulation(command, facts, moment);
    case 'change_rules':
      return changeRules(command, facts, moment);
    case 'reset_data':
      return reset(facts, moment);
    default:
      return assertNever(command);
  }
}

function assertDecision(decision: Decision): void {
  if (decision.kind === 'control') return;
  const { before, payment } = decision;
  assertPayment(payment);
  assert(payment.version === (before?.version ?? 0) + 1, 'one event, one version');
}

function elapse(timer: Timer, facts: Facts, moment: Moment): Decided {
  if (timer.kind === 'simulation_expires') return expireSimulation(timer, facts, moment);
  const { payment } = facts;
  if (payment === null || payment.attempts !== timer.attempt) return stale();
  switch (timer.kind) {
    case 'start':
      return payment.status === 'CREATED' ? start(payment, facts, moment) : stale();
    case 'complete':
      return payment.status === 'PROCESSING' ? complete(payment, facts, moment) : stale();
    default:
      return assertNever(timer.kind);
  }
}

function start(payment: Payment, facts: Facts, moment: Moment): Decided {
  const started = begun(payment, 'start', moment.nowMs);
  return paymentDecision(
    payment,
    started,
    { type: 'payment.processing', cause: { command: 'timer_elapsed' } },
    { timer: completion(started, facts.controls.settings, moment) },
  );
}
