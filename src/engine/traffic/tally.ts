/** A run as anybody may see it, and the counting behind it. */
import { plannedPayments, type TrafficPlan } from '../../core/traffic/plan.ts';
import {
  TRAFFIC_LABELS,
  TRAFFIC_SCENARIOS,
  type TrafficLabel,
  type TrafficScenarioName,
} from '../../core/traffic/scenario.ts';

/** `failed`: something broke, `error` says what; the payments that were taken are as good as any. */
export type TrafficStatus = 'running' | 'finished' | 'stopped' | 'failed';

export interface TrafficRun {
  readonly id: string;
  readonly plan: TrafficPlan;
  readonly status: TrafficStatus;
  readonly startedAtMs: number;
  /** When it is to end; when it did, once it has. */
  readonly endsAtMs: number;
  /** Payments that the whole plan comes to. */
  readonly planned: number;
  /** Payments asked for; those not yet answered are neither in `accepted` nor in `refused`. */
  readonly sent: number;
  /** Payments that were made, whatever was decided about them. */
  readonly accepted: number;
  readonly refused: number;
  /** Payments that are due and not yet sent: how far the run lags behind its rate. */
  readonly behind: number;
  /** Those that were made of `accepted` payments. */
  readonly refunds: number;
  readonly retries: number;
  /** Payments sent. */
  readonly byLabel: Readonly<Record<TrafficLabel, number>>;
  readonly error: string | null;
}

export class TrafficTally {
  readonly #labels: Record<TrafficLabel, number>;
  readonly #plan: TrafficPlan;
  sent = 0;
  accepted = 0;
  refused = 0;
  behind = 0;
  refunds = 0;
  retries = 0;

  constructor(plan: TrafficPlan) {
    this.#plan = plan;
    this.#labels = Object.fromEntries(TRAFFIC_LABELS.map((label) => [label, 0])) as Record<
      TrafficLabel,
      number
    >;
  }

  countSent(scenario: TrafficScenarioName): void {
    this.sent += 1;
    this.#labels[TRAFFIC_SCENARIOS[scenario].label] += 1;
  }

  /** As it stands now. */
  view(run: Pick<TrafficRun, 'id' | 'status' | 'startedAtMs' | 'endsAtMs' | 'error'>): TrafficRun {
    const { sent, accepted, refused, behind, refunds, retries } = this;
    const planned = plannedPayments(this.#plan);
    const counts = { planned, sent, accepted, refused, behind, refunds, retries };
    return { ...run, plan: this.#plan, ...counts, byLabel: { ...this.#labels } };
  }
}
