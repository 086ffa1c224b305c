/** Opens the time series: what the log says behind those on disk is counted before anybody asks. */
import type { Engine } from '../engine/ports.ts';
import { collectTimeSeries, type TimeSeries } from '../engine/time-series/collector.ts';
import { type Saving, startSaving } from '../engine/time-series/saving.ts';

/**
 * After a crash it is a second's worth of the log. After an upgrade it can be a long one: the start waits for so many events
 * (a quarter of a second), the rest are counted while the server runs.
 */
const EVENTS_AT_START_MAX = 20_000;

interface OpenedTimeSeries {
  readonly series: TimeSeries;
  /** Begins to write them down. */
  begin(): void;
  /** Writes down what was counted; call it when nothing is committed any more. */
  stop(): Promise<void>;
}

/** What fails is reported and tried again: no payment ever waits for the series, or fails for them. */
export async function openTimeSeries(
  engine: Engine,
  report: (what: string) => (error: unknown) => void,
): Promise<OpenedTimeSeries> {
  const onError = report('the time series could not be counted or written; they go on in a second');
  const series = collectTimeSeries(engine);
  await series.catchUp(EVENTS_AT_START_MAX).catch(onError);
  let saving: Saving | null = null;
  return {
    series,
    begin() {
      saving = startSaving(series, onError);
    },
    async stop() {
      await saving?.stop();
    },
  };
}
