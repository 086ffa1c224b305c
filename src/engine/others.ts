/**
 * What other processes did to the same database, taken into this one's memory, so that it knows and says the same: what is
 * known of cards, how the network behaves, and the hints that end waits and wake followers of the log. The store says
 * what they did; all of this is done between two batches (`betweenBatches`), never under one that is being decided.
 */
import type { Controls } from '../core/controls.ts';
import type { PaymentEventType } from '../core/events.ts';
import type { PaymentId } from '../core/ids.ts';
import { type DecidedEvent, observeEvent } from './feature-replay.ts';
import type { Commit, Engine } from './ports.ts';

/** An event that another process committed. */
export interface OthersEvent extends DecidedEvent {
  /**
   * By this process's own count of all events that it knows, in which each has a number of its own and later ones have
   * higher ones; not its place in the log, which may be behind what was decided here since.
   */
  readonly sequence: number;
  /** Null when it is about no payment. */
  readonly paymentId: PaymentId | null;
}

/** Another process changed settings (`simulation`, `rules`), or began a new log. */
export interface OthersChange {
  readonly isReset: boolean;
}

/** Takes in what others committed: each event once, in the order of their numbers. */
export function takeIn(engine: Engine, events: readonly OthersEvent[]): void {
  for (const event of events) observeEvent(engine.features, event);
  const settled = events.flatMap(({ type, paymentId }) =>
    paymentId !== null && AT_REST.has(type) ? [paymentId] : [],
  );
  engine.wakeup.committed({ ...HINT, settled });
}

/** Takes in a change; `controls` are read after it. */
export function takeChange(engine: Engine, controls: Controls, { isReset }: OthersChange): void {
  engine.controls.current = controls;
  if (!isReset) return;
  engine.features.clear();
  engine.wakeup.committed({ ...HINT, isReset });
}

const HINT: Commit = {
  settled: [],
  timers: [],
  hasEvents: true,
  recorded: [],
  sequence: 0,
  isReset: false,
};

/** Whether a payment is at rest after such an event. */
const RESTS: Readonly<Record<PaymentEventType, boolean>> = {
  'payment.created': false,
  'payment.processing': false,
  'payment.succeeded': true,
  'payment.failed': true,
  'payment.retried': false,
  'payment.partially_refunded': true,
  'payment.refunded': true,
};
const AT_REST: ReadonlySet<string> = new Set(
  Object.entries(RESTS).flatMap(([type, rests]) => (rests ? [type] : [])),
);
