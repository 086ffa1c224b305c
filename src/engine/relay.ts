/**
 * The relay: followers of the event log. Whatever leaves the engine after a commit (anchors, and later webhooks,
 * the live feed, features) reads the log after a durable cursor, in order, at least once: the cursor moves only
 * after the follower has done its work, so that a crash repeats events and never skips one.
 */
import { assert } from '../core/assert.ts';
import type { Engine, LogPosition } from './ports.ts';

export interface Follower {
  /** The name its cursor is kept under. */
  readonly name: string;
  /**
   * Called when the log has gone on: works through the events after `from`, up to `head` or less, and returns how
   * far it came; `from` itself when there is nothing to do yet. After a crash it is called with an earlier `from`.
   */
  follow(from: LogPosition, head: LogPosition): Promise<LogPosition>;
}

/** How long after a hint the followers look, so that a busy log is read in pages and not event by event. */
const LOOK_AFTER_MS = 50;

/** How long without a hint until they look all the same. */
const LOOK_AT_LEAST_MS = 1_000;

export interface Relay {
  /** Brings all followers to the head of the log, then stops. */
  stop(): Promise<void>;
}

/** Starts the followers; `onError` hears of a failed one, which tries again at the next look. */
export function startRelay(
  engine: Engine,
  followers: readonly Follower[],
  onError: (follower: string, error: unknown) => void,
): Relay {
  let timer: NodeJS.Timeout | undefined;
  let isHinted = false;
  let isStopped = false;
  let looking: Promise<void> | null = null;

  const look = async () => {
    isHinted = false;
    await Promise.all(
      followers.map((follower) =>
        catchUp(engine, follower).catch((error: unknown) => onError(follower.name, error)),
      ),
    );
  };
  const schedule = (afterMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      looking = look().finally(() => {
        looking = null;
        if (!isStopped) schedule(isHinted ? LOOK_AFTER_MS : LOOK_AT_LEAST_MS);
      });
    }, afterMs);
  };
  const unsubscribe = engine.wakeup.subscribe(({ hasEvents }) => {
    if (!hasEvents || isHinted || isStopped) return;
    isHinted = true;
    // A look that is under way sees the hint when it is done: a follower is never called twice at once.
    if (looking === null) schedule(LOOK_AFTER_MS);
  });
  schedule(0);

  return {
    async stop() {
      isStopped = true;
      unsubscribe();
      clearTimeout(timer);
      await looking;
      await look();
    },
  };
}

/** Reads on from the follower's cursor to the head of the log. */
export async function catchUp(engine: Engine, follower: Follower): Promise<void> {
  const { store } = engine;
  const { writer, sequence } = await store.logHead();
  const head = { writer, sequence };
  let position = (await store.cursor(follower.name)) ?? { writer, sequence: 0 };
  // Another writer's cursor is from before a reset: this log is read from its beginning.
  if (position.writer !== writer) position = { writer, sequence: 0 };
  while (position.sequence < head.sequence) {
    const reached = await follower.follow(position, head);
    // A reset came in between: the next look begins with the new log.
    if (reached.writer !== writer) return;
    assert(reached.sequence >= position.sequence, 'a follower does not go back');
    if (reached.sequence === position.sequence) return;
    position = reached;
    await store.saveCursor(follower.name, position);
  }
}
