/** What processes on one database tell each other by Redis, and what each does on hearing it. */
import { startFeatureKeeper } from '../engine/feature-keeper.ts';
import { tellOfCommits } from '../engine/hints.ts';
import { localHints } from '../engine/jobs/hints.ts';
import type { JobHints } from '../engine/jobs/ports.ts';
import type { Engine } from '../engine/ports.ts';
import type { ProcessKind, Workers } from '../engine/presence.ts';
import type { Timers } from '../engine/timers.ts';
import type { Webhooks } from './courier/webhooks.ts';
import type { Report } from './report.ts';
import type { Shared } from './shared.ts';

export interface SharingParts {
  readonly kind: ProcessKind;
  readonly engine: Engine;
  readonly workers: Workers;
  readonly timers: Timers;
  readonly webhooks: Webhooks;
  readonly jobHints: JobWakeup;
  /** Looks at what other processes did. */
  readonly lookAtOthers: () => void;
}

export interface JobWakeup extends JobHints {
  /** Somebody else has enqueued a job. */
  wake(): void;
}

/** Background jobs that are enqueued here wake this process, and, where workers live, one of them. */
export function jobHintsOver(shared: Shared | null, workers: Workers): JobWakeup {
  const local = localHints();
  const listeners = new Set<() => void>();
  return {
    enqueued(id) {
      local.enqueued(id);
      if (workers.areLive()) shared?.queue.jobEnqueued(id);
    },
    subscribe(listener) {
      listeners.add(listener);
      const unsubscribe = local.subscribe(listener);
      return () => {
        listeners.delete(listener);
        unsubscribe();
      };
    },
    wake() {
      for (const listener of listeners) listener();
    },
  };
}

/** Begins to tell and to listen; returns what ends that. */
export function startSharing(
  shared: Shared,
  parts: SharingParts,
  report: Report,
): () => Promise<void> {
  const { engine, workers, timers, webhooks, lookAtOthers } = parts;
  const keeper = startFeatureKeeper({
    store: engine.store,
    kept: shared.features,
    workers,
    onError: report('what is known of cards could not be kept in Redis; it goes on by itself'),
  });
  const untell = tellOfCommits(engine, shared.hints);
  const unlisten = shared.hints.listen(({ dueAtMs, areWebhooksChanged }) => {
    lookAtOthers();
    if (dueAtMs !== null) timers.wakeBy(dueAtMs);
    if (areWebhooksChanged) webhooks.changed();
  });
  const endPart = parts.kind === 'worker' ? consume(shared, parts) : leaveToWorkers(shared, parts);
  return async () => {
    untell();
    unlisten();
    await Promise.all([endPart(), keeper.stop()]);
  };
}

function consume({ queue }: Shared, { timers, webhooks, jobHints }: SharingParts) {
  return queue.consume((kind) => {
    if (kind === 'timers') timers.wakeBy(0);
    if (kind === 'webhooks') webhooks.look();
    if (kind === 'job') jobHints.wake();
  });
}

/** Without a worker nobody would take the jobs out of the queue. */
function leaveToWorkers({ queue }: Shared, { engine, workers }: SharingParts) {
  const unsubscribe = engine.wakeup.subscribe(({ recorded, timers }) => {
    if (recorded.length === 0 || !workers.areLive()) return;
    const nowMs = engine.clock.nowMs();
    for (const { dueAtMs } of timers) queue.timersDue(dueAtMs, nowMs);
    queue.eventsAdded(nowMs);
  });
  return async () => unsubscribe();
}
