/** How the dashboard is built, and served while it is worked on (`npm run dev`). */
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Where the service is that a dashboard in development shows. */
const SERVICE = `http://127.0.0.1:${process.env['PORT'] ?? '8000'}`;

/**
 * Few files: small ones compress worse (with one for each page and dialog all of it would be 14 kB more), and are asked
 * for one after the other. The first has what the first page needs, with everything it imports; the second what is drawn
 * a moment later; the third all other pages and the dialogs. Charts stay by themselves.
 */
const FILES = [
  { name: 'first', test: sources('main', 'overview/overview-page'), priority: 3 },
  {
    name: 'second',
    test: sources('overview/current-state', 'simulator/simulation-banner'),
    priority: 2,
  },
  { name: 'others', test: /dashboard[\\/]src[\\/](?!charts|overview)/, priority: 1 },
];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/demo/',
  plugins: [react(), tailwindcss(), addressWithoutSlash()],
  resolve: {
    alias: {
      '@farthing/sdk': fileURLToPath(new URL('../sdk/src/index.ts', import.meta.url)),
      // The router asks for the one that also works before React 18.
      'use-sync-external-store/shim/with-selector': 'use-sync-external-store/with-selector',
    },
  },
  build: {
    target: 'es2023',
    // A picture inside the page would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // No getter in it does anything but answer.
      treeshake: { propertyReadSideEffects: false },
      output: {
        codeSplitting: { groups: FILES },
      },
    },
  },
  server: {
    port: 5173,
    strictPort: true,
    // Everything outside of the dashboard's own folder is the service's.
    proxy: { '^/(?!demo(?:/|$))': { target: SERVICE, changeOrigin: true } },
  },
});

function sources(...names: readonly string[]): RegExp {
  const paths = names.join('|').replaceAll('/', String.raw`[\\/]`);
  return new RegExp(String.raw`dashboard[\\/]src[\\/](?:${paths})\.tsx$`);
}

/** The service answers at /demo, and what leads there leads there without a slash; Vite alone would say that it is not found. */
function addressWithoutSlash(): Plugin {
  return {
    name: 'address-without-slash',
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const [path, ...search] = (request.url ?? '').split('?');
        if (path !== '/demo') return next();
        response.writeHead(302, { location: ['/demo/', ...search].join('?') }).end();
      });
    },
  };
}
