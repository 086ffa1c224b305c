/** What happened when, and how risky card payments were: for charts. */
import type { RequestOptions } from '../options.ts';
import type { Transport } from '../transport.ts';
import type { RiskScoreHistogram, TimeSeries, TimeStep } from '../types.ts';

/** From `from` on, before `to`; widened to whole steps: the answer says what it covers. */
export interface TimeRange {
  readonly from?: Date | string | undefined;
  /** Now, when absent; a day from now at the latest. */
  readonly to?: Date | string | undefined;
}

export interface TimeSeriesFilters extends TimeRange {
  /** The smallest that makes at most 120 points, when absent. `1m` and `5m` reach back 48 hours. */
  readonly step?: TimeStep | undefined;
}

export class TimeSeriesResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Every step of a range, oldest first; the last hour when no range is given. */
  get(filters: TimeSeriesFilters = {}, options: RequestOptions = {}): Promise<TimeSeries> {
    const { from, to, step } = filters;
    return this.#transport.request({
      method: 'GET',
      path: '/timeseries',
      query: { from, to, step },
      options,
    });
  }

  /** How many card payments had which risk score; all there ever were when no range is given. */
  riskScores(range: TimeRange = {}, options: RequestOptions = {}): Promise<RiskScoreHistogram> {
    const { from, to } = range;
    return this.#transport.request({
      method: 'GET',
      path: '/histograms/risk-score',
      query: { from, to },
      options,
    });
  }
}
