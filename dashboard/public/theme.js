// Runs before the first paint, so that a page in the dark never flashes white.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('farthing.theme');
  } catch {
    // Storage may be forbidden; then the system's theme it is.
  }
  const isDark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', isDark);
})();
