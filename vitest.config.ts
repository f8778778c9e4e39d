import { defineConfig } from 'vitest/config';

const sources = (suffix: string): string[] => [
  `src/**/*.${suffix}`,
  `collector/src/**/*.${suffix}`,
  `scripts/**/*.${suffix}`,
];

/** Three kinds of test: `x.test.ts` (no I/O), `x.int.test.ts` (real MongoDB), `x.e2e.ts` (real Electron). */
export default defineConfig({
  test: {
    // Tests leave nothing in the cache of whoever runs them.
    env: { WAYMARK_BLOCK_CACHE: 'off' },
    projects: [
      {
        test: {
          name: 'unit',
          include: [...sources('test.ts'), 'src/renderer/**/*.test.tsx'],
          exclude: ['**/*.int.test.ts', '**/node_modules/**'],
          pool: 'threads',
          isolate: false, // no unit test keeps state outside of itself, so modules load once
          maxWorkers: '100%',
          testTimeout: 30_000, // for busy machines; a unit test takes milliseconds
        },
      },
      {
        test: {
          name: 'integration',
          include: sources('int.test.ts'),
          globalSetup: ['scripts/testing/temporaryGlobalSetup.ts', 'scripts/testing/mongodGlobalSetup.ts'],
          maxWorkers: 2, // much of a test is waiting: for MongoDB, for processes that are killed and started
          // Elections and killed processes keep their own time; what passes only when tried again is told by name.
          retry: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: sources('e2e.ts'),
          globalSetup: [
            'scripts/testing/temporaryGlobalSetup.ts',
            'scripts/testing/mongodGlobalSetup.ts',
            'src/e2e/harness/shopGlobalSetup.ts',
            'scripts/testing/desktopGlobalSetup.ts',
          ],
          fileParallelism: false,
          // A window on a virtual display may die at its start; what passes only when tried again is told by name.
          retry: 1,
          expect: { poll: { timeout: 30_000 } }, // one second otherwise, which a busy machine may take
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
