/** Hints within one process. */
import type { JobHints } from './ports.ts';

export function localHints(): JobHints {
  const listeners = new Set<() => void>();
  return {
    enqueued() {
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
