import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**'],
    pool: 'forks',
    // Many tests wait for a process or a browser of theirs: a second worker has the core meanwhile.
    maxWorkers: 2,
    reporters: ['default', './.ci/count-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
