/**
 * `npm run dev`: the server, which restarts when a file under src/ changes, and the dashboard with hot reload on port
 * 5173, which asks that server. When one of them ends, so does the other.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUN = fileURLToPath(new URL('run.js', import.meta.url));
const DASHBOARD = fileURLToPath(new URL('../dashboard', import.meta.url));

const children = [
  [RUN, '--watch', 'src/apps/main.ts', 'start'],
  [RUN, 'node_modules/vite/bin/vite.js', DASHBOARD],
].map((args) => spawn(process.execPath, args, { stdio: 'inherit' }));

for (const child of children) {
  child.once('exit', (code) => {
    process.exitCode ??= code ?? 1;
    for (const other of children) other.kill();
  });
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}
