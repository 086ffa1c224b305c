/** Commands decided one at a time, without an engine: everything that a decision hangs on is given. */
import type { Command, Timer } from '../../src/core/commands.ts';
import type { Controls } from '../../src/core/controls.ts';
import { decide } from '../../src/core/decide.ts';
import type {
  ControlDecision,
  Decided,
  Facts,
  PaymentDecision,
} from '../../src/core/decide/decision.ts';
import type { Payment } from '../../src/core/payment.ts';
import type { Draw, Settings } from '../../src/core/scenario.ts';
import type { Histories } from '../../src/core/velocity.ts';
import { controlsOf, SETTINGS } from './engine.ts';
import { PAYMENT_ID, paymentOf } from './payment.ts';

export const NEW_ID = '01980000-0000-7000-8000-00000000000f';
export const NOW_MS = 1_000;
export const NOTHING_SEEN: Histories = { card: null, device: null, ip: null };

/** What a test may say about the world; the rest is nothing, the middle of all chances, and a clock that stands. */
export interface Given {
  readonly settings?: Partial<Settings>;
  /** In place of the settings and the built-in rules. */
  readonly controls?: Controls;
  readonly draw?: Draw;
  readonly nowMs?: number;
  readonly ticksMs?: () => number;
  readonly historiesOf?: Facts['historiesOf'];
  readonly head?: Facts['head'];
}

export function run(command: Command, payment: Payment | null = null, given: Given = {}): Decided {
  const facts: Facts = {
    payment,
    nextOrdinal: 7,
    controls: given.controls ?? controlsOf({ ...SETTINGS, ...given.settings }),
    historiesOf: given.historiesOf ?? (() => NOTHING_SEEN),
    head: given.head ?? { writer: 'abc123', sequence: 0, hash: '00' },
  };
  return decide(command, facts, {
    nowMs: given.nowMs ?? NOW_MS,
    ticksMs: given.ticksMs ?? (() => 0),
    newId: () => NEW_ID,
    draw: given.draw ?? (() => 0.5),
  });
}

/** Runs it and expects that it changes a payment. */
export function decided(...args: Parameters<typeof run>): PaymentDecision {
  const { value } = accepted(run(...args));
  if (value.kind !== 'payment') throw new Error('expected a decision about a payment');
  return value;
}

/** Runs it and expects that it changes how the network behaves. */
export function controlled(...args: Parameters<typeof run>): ControlDecision {
  const { value } = accepted(run(...args));
  if (value.kind !== 'control') throw new Error('expected a decision about the network');
  return value;
}

/** Runs it and expects a refusal; gives its code. */
export function refusal(...args: Parameters<typeof run>): string {
  const result = run(...args);
  if (result.ok) throw new Error('expected a refusal');
  return result.rejection.code;
}

function accepted(result: Decided): Extract<Decided, { ok: true }> {
  if (!result.ok) throw new Error(`refused: ${result.rejection.code}`);
  return result;
}

export function elapsed(kind: Timer['kind'], attempt: number): Command {
  const paymentId = kind === 'simulation_expires' ? null : PAYMENT_ID;
  return { type: 'timer_elapsed', timer: { dueAtMs: NOW_MS, paymentId, kind, attempt } };
}

export function processing(changes: Partial<Payment> = {}): Payment {
  return paymentOf({ status: 'PROCESSING', attempts: 1, version: 2, ...changes });
}

export function success(changes: Partial<Payment> = {}): Payment {
  const captured = { status: 'SUCCESS', capturedMinor: 10_000n } as const;
  return paymentOf({ ...captured, attempts: 1, version: 3, ...changes });
}

export function failed(changes: Partial<Payment> = {}): Payment {
  const reason = { status: 'FAILED', failureReason: 'PROCESSING_ERROR' } as const;
  return paymentOf({ ...reason, attempts: 1, version: 3, ...changes });
}
