/** What a chart over time shows: columns of values, one for each step. */
export type PlotKind = 'bars' | 'lines';

export interface PlotData {
  /** When each step begins, in milliseconds. */
  readonly times: readonly number[];
  readonly stepMs: number;
  /** One for each trace, one value for each step; null where there is none. */
  readonly columns: readonly (readonly (number | null)[])[];
  /** Since when a step is not over; null when all are. */
  readonly openFromMs: number | null;
}
