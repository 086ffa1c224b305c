/** Light, dark, or what the system says. public/theme.js puts the choice on before the first paint. */
import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const NAME = 'farthing.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const watchers = new Set<() => void>();

system.addEventListener('change', apply);

export function useTheme(): Theme {
  return useSyncExternalStore(watch, chosen);
}

/** Light after system, dark after light, and round. */
export function nextTheme(): Theme {
  const theme = THEMES[(THEMES.indexOf(chosen()) + 1) % THEMES.length] ?? 'system';
  setTheme(theme);
  return theme;
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(NAME, theme);
  apply();
  for (const watcher of watchers) watcher();
}

function chosen(): Theme {
  return THEMES.find((theme) => theme === localStorage.getItem(NAME)) ?? 'system';
}

function apply(): void {
  const theme = chosen();
  const isDark = theme === 'dark' || (theme === 'system' && system.matches);
  document.documentElement.classList.toggle('dark', isDark);
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}
