/**
 * Keeps the search index going, from the side that commits: when enough payments have come, the writer is asked for
 * one slice of upkeep after the other until nothing is left to do. It waits for no clock and keeps no process alive;
 * what it does not get to, the next payments or the next start bring up again.
 */
import { setImmediate } from 'node:timers/promises';
import type { SearchTuning } from './search-tuning.ts';
import type { WriteHost } from './write-host.ts';

export interface SearchFollower {
  /** Called at the start and after each commit with the number of payments. */
  look(payments: number): void;
  /** Resolves when no slice is under way, and none will be. */
  stop(): Promise<void>;
}

export function followPayments(
  host: WriteHost,
  { stepPayments }: SearchTuning,
  onError: (error: unknown) => void,
): SearchFollower {
  let seen = 0;
  let dueAt = 0;
  let commits = 0;
  let isStopped = false;
  let running: Promise<void> | null = null;

  const tend = async () => {
    try {
      for (;;) {
        if (isStopped) return;
        const { indexedTo, isDone } = await host.perform({ kind: 'tend_search' });
        dueAt = indexedTo + stepPayments;
        commits = 0;
        if (isDone) return;
        // Where it is done where it is asked for, everybody else gets a turn between two slices.
        await setImmediate();
      }
    } catch (error) {
      // A disk that is full now may not be later; until then, searches read a longer tail.
      dueAt = seen + stepPayments;
      commits = 0;
      onError(error);
    }
  };
  return {
    look(payments) {
      // Payments that are changed do not show in their number; fewer than before means that the tables were emptied.
      commits += 1;
      const isDue = payments >= dueAt || payments < seen || commits >= stepPayments;
      seen = payments;
      if (!isDue || isStopped || running !== null) return;
      running = tend().finally(() => {
        running = null;
      });
    },
    async stop() {
      isStopped = true;
      await running;
    },
  };
}
