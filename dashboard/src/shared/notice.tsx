/** One line at the bottom of the window that says what has just been done; read out, too. */
import { useEffect, useSyncExternalStore } from 'react';

const SHOWN_MS = 4_000;

let current: { readonly text: string; readonly number: number } = { text: '', number: 0 };
const watchers = new Set<() => void>();

export function announce(text: string): void {
  current = { text, number: current.number + 1 };
  for (const watcher of watchers) watcher();
}

export function Notice() {
  const { text, number } = useSyncExternalStore(watch, () => current);
  useEffect(() => {
    if (text === '') return undefined;
    const timer = setTimeout(() => announce(''), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text, number]);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-16 z-50 flex justify-center px-3 lg:bottom-4"
    >
      {text !== '' && (
        <span className="rounded-md bg-ink px-3 py-1.5 font-medium text-ground shadow-lg">
          {text}
        </span>
      )}
    </div>
  );
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}
