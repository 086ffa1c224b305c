import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { filesOnBothStores } from './test/support/both-stores.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const isOnPostgres = process.env['TEST_STORE'] === 'postgres';

export default defineConfig({
  test: {
    // TEST_STORE=postgres: what is about stores and servers, again.
    include: isOnPostgres
      ? filesOnBothStores(root)
      : ['src/**/*.test.ts', 'test/**/*.test.ts', 'sdk/test/**/*.test.ts'],
    // One Postgres for the whole run, started by the first file that asks for it.
    globalSetup: ['test/support/postgres-service.ts'],
    pool: 'forks',
    // Most of what a test does is to wait, for a server or a browser: two cores are not busy with one file at a time.
    maxWorkers: 2,
    globals: false,
    allowOnly: false,
    // The slowest tests start a real server or kill one; a hung test must still end the run.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/core/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: [['text', { skipFull: true }], 'html', 'json'],
      reportsDirectory: 'coverage',
      // Every decision about money is in core: a branch that no test takes is a decision that
      // nobody made.
      thresholds: { branches: 100 },
    },
  },
});
