/** Hints within one process: a plain call after each commit. */
import type { Commit, Wakeup } from '../../engine/ports.ts';
import type { PaymentId } from '../../core/ids.ts';

/** A listener that throws is told to `onError`: the commit it hears of has happened, and others want to hear too. */
export function localWakeup(onError: (error: unknown) => void = () => {}): Wakeup {
  const listeners = new Set<(commit: Commit) => void>();
  const waiting = new Map<PaymentId, Set<() => void>>();
  let isEnding = false;
  const wakeAll = () => {
    for (const waiters of waiting.values()) {
      for (const wake of waiters) wake();
    }
  };
  return {
    committed(commit) {
      for (const listener of listeners) {
        try {
          listener(commit);
        } catch (error) {
          onError(error);
        }
      }
      if (waiting.size === 0) return;
      // What they wait for is gone.
      if (commit.isReset) wakeAll();
      for (const id of commit.settled) {
        for (const wake of waiting.get(id) ?? []) wake();
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onSettled(id, listener) {
      if (isEnding) setImmediate(listener);
      const waiters = waiting.get(id) ?? new Set();
      waiting.set(id, waiters.add(listener));
      return () => {
        waiters.delete(listener);
        if (waiters.size === 0) waiting.delete(id);
      };
    },
    endWaits() {
      isEnding = true;
      wakeAll();
    },
  };
}
