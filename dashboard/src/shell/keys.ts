/**
 * Single keys that do things: off while somebody types, and off altogether for those who do not want them (WCAG 2.1.4).
 * The page that was drawn last wins where two want the same key.
 */
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';

const OFF_NAME = 'farthing.keys-off';

/** The second key of two, `g` and a letter, must follow soon. */
const SEQUENCE_MS_MAX = 1_200;

interface Binding {
  /** As `KeyboardEvent.key`; `g o` for one after the other. */
  readonly keys: string;
  /** False when it was not for it after all: then the browser gets the key. */
  readonly run: () => unknown;
}

const bindings: Binding[] = [];
const watchers = new Set<() => void>();
let prefix = { key: '', atMs: 0 };

addEventListener('keydown', onKeyDown);

/** Does `action` when these keys are pressed, while the component is there. */
export function useKey(keys: string, action: () => unknown): void {
  const onKey = useEffectEvent(action);
  useEffect(() => {
    const binding = { keys, run: () => onKey() };
    bindings.push(binding);
    return () => void bindings.splice(bindings.indexOf(binding), 1);
  }, [keys]);
}

export function useKeysOff(): boolean {
  return useSyncExternalStore(watch, areKeysOff);
}

export function setKeysOff(isOff: boolean): void {
  if (isOff) localStorage.setItem(OFF_NAME, 'yes');
  else localStorage.removeItem(OFF_NAME);
  for (const watcher of watchers) watcher();
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() === 'k') run(event, 'Mod+k');
    return;
  }
  if (event.altKey || areKeysOff() || isTaken(event)) return;
  const nowMs = event.timeStamp;
  const isSecond = prefix.key !== '' && nowMs - prefix.atMs < SEQUENCE_MS_MAX;
  const keys = isSecond ? `${prefix.key} ${event.key}` : event.key;
  prefix = { key: !isSecond && event.key === 'g' ? 'g' : '', atMs: nowMs };
  run(event, keys);
}

function run(event: KeyboardEvent, keys: string): void {
  const binding = bindings.findLast((one) => one.keys === keys);
  if (binding === undefined || binding.run() === false) return;
  event.preventDefault();
}

/** Whether the key means something where the focus is: a letter in a field, Space and Enter on a button. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches('input, textarea, select')) return true;
  // It presses a button, and scrolls what scrolls.
  if (key === ' ') return target.matches('button, summary, pre, [role="tab"]');
  return false;
}

function areKeysOff(): boolean {
  return localStorage.getItem(OFF_NAME) !== null;
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}
