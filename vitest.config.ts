import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'sdk/test/**/*.test.ts'],
    pool: 'forks',
    // Most of what a test does is to wait, for a server or a browser: two cores are not busy with one file at a time.
    maxWorkers: 2,
    globals: false,
    allowOnly: false,
    // The slowest tests start a real server or kill one; a hung test must still end the run.
    testTimeout: 30_000,
    hookTimeout: 30_000,
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
