/**
 * What processes that share a database tell each other, so that nobody has to wait for somebody's next look. A hint may be
 * lost, late, repeated or untrue: it makes a look come earlier, and says nothing that is believed without looking.
 */
import type { Engine } from './ports.ts';

export interface Hint {
  /** When the earliest of the timers is due that were set; null when none was. */
  readonly dueAtMs: number | null;
  /** Endpoints or deliveries were changed by hand. */
  readonly areWebhooksChanged: boolean;
}

export interface Hints {
  /** Tells all other processes, soon; several hints may become one. Never throws, and nobody waits for it. */
  tell(hint: Hint): void;
  /** Calls the listener with what others tell; returns the function that ends the subscription. */
  listen(listener: (hint: Hint) => void): () => void;
}

/** Tells the others of each commit of this process; returns what ends that. */
export function tellOfCommits({ wakeup }: Pick<Engine, 'wakeup'>, hints: Hints): () => void {
  return wakeup.subscribe(({ recorded, timers }) => {
    // What others did comes by here too.
    if (recorded.length === 0) return;
    const dueAtMs = timers.reduce<number | null>(
      (earliest, timer) => Math.min(earliest ?? Infinity, timer.dueAtMs),
      null,
    );
    hints.tell({ dueAtMs, areWebhooksChanged: false });
  });
}
