/** How the dashboard is built, and served while it is worked on (`npm run dev`). */
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where the service is that a dashboard in development shows. */
const SERVICE = `http://127.0.0.1:${process.env['PORT'] ?? '8000'}`;

/** React, queries, routes, the SDK, the shell and what pages share; not what only some page or a key press needs. */
const BASE = new RegExp(
  [
    'node_modules/(?:react|react-dom|scheduler|@tanstack/(?!.*virtual).*)/',
    'sdk/src/',
    'dashboard/src/(?:main|router|service/|shell/(?!help|palette)|shared/(?!dialog|tabs|key-form))',
  ]
    .join('|')
    .replaceAll('/', String.raw`[\\/]`),
);

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/demo/',
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: { '@farthing/sdk': fileURLToPath(new URL('../sdk/src/index.ts', import.meta.url)) },
  },
  build: {
    target: 'es2023',
    // A picture inside the page would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // What every page needs is one file: several small ones compress worse.
      output: { codeSplitting: { groups: [{ name: 'base', test: BASE }] } },
    },
  },
  server: {
    port: 5173,
    strictPort: true,
    // Everything outside of the dashboard's own folder is the service's.
    proxy: { '^/(?!demo(?:/|$))': { target: SERVICE, changeOrigin: true } },
  },
});
