/** The time that the pointer is at: one for all charts, which show it together. */
import { useSyncExternalStore } from 'react';
import type { PlotData } from './plot-data.ts';
import { stepAt } from './step-at.ts';

let pointedMs: number | null = null;
const watchers = new Set<() => void>();

/** Null for nowhere. */
export function pointAt(timeMs: number | null): void {
  if (pointedMs === timeMs) return;
  pointedMs = timeMs;
  for (const watcher of watchers) watcher();
}

/** Null while the pointer is at none of its steps. */
export function pointedStep(data: PlotData): number | null {
  return pointedMs === null ? null : stepAt(data, pointedMs);
}

/** Changes with the step, not with every move. */
export function usePointedStep(data: PlotData): number | null {
  return useSyncExternalStore(watchPointed, () => pointedStep(data));
}

/** Answers how to end it. */
export function watchPointed(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}
