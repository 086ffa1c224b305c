/** What generated traffic needs from the world: payments to make, and a way to ask for them. */
import type { Payment } from '../../core/payment.ts';
import type { TrafficPlan } from '../../core/traffic/plan.ts';
import type { TrafficScenarioName } from '../../core/traffic/scenario.ts';

/** What would be sent over HTTP. */
export interface TrafficRequest {
  readonly path: string;
  /** JSON. */
  readonly body: string;
}

export interface TrafficPayment extends TrafficRequest {
  readonly scenario: TrafficScenarioName;
  readonly followUp: FollowUp | null;
}

/**
 * What the customer does next, if the payment came out so that it can be done: a refund needs a success, a retry a failure
 * that may be retried.
 */
export interface FollowUp {
  readonly kind: 'refund' | 'retry';
  /** From when the payment was due, at the earliest. */
  readonly afterMs: number;
  /** JSON: what is sent with it. */
  readonly body: string;
}

/** The payments of a run, one after the other, for as long as anybody asks. */
export interface TrafficSource {
  /** `hour` is the hour of the week in the run's town, see `hourAt`. */
  next(hour: number): TrafficPayment;
}

export type SourceOf = (plan: TrafficPlan, runId: string) => TrafficSource;

/**
 * Asks as an HTTP request would. A refusal by the engine, and storage that cannot write now, are answers; a request that
 * cannot be read, and storage that cannot be trusted, are thrown.
 */
export type AskTraffic = (
  request: TrafficRequest,
) => Promise<{ readonly ok: true; readonly payment: Payment } | { readonly ok: false }>;
