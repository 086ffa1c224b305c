/** Keeps the series on disk going: about once a second what was counted is written down, if anything was. */
import type { Collector } from './collector.ts';

/** A crash costs reading so much of the log again; each write costs a few rows and an fsync. */
const SAVE_EVERY_MS = 1_000;

/** After an upgrade there may be a long log to count: so much of it is counted between two writes. */
const EVENTS_A_SAVE_MAX = 50_000;

export interface Saving {
  /** Writes down what was counted, then stops. */
  stop(): Promise<void>;
}

/** Starts writing; `onError` hears of what failed, which is tried again a second later. */
export function startSaving(collector: Collector, onError: (error: unknown) => void): Saving {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let saving: Promise<void> | null = null;

  const save = async (): Promise<boolean> => {
    try {
      await collector.catchUp(EVENTS_A_SAVE_MAX);
      await collector.save();
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  };
  const schedule = (afterMs: number) => {
    timer = setTimeout(() => {
      saving = save().then((isSaved) => {
        saving = null;
        if (!isStopped) schedule(isSaved && collector.isBehind ? 0 : SAVE_EVERY_MS);
      });
    }, afterMs);
  };
  schedule(SAVE_EVERY_MS);
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await saving;
      await save();
      collector.close();
    },
  };
}
