import { defineConfig } from 'vitest/config';

/** A layer of the tests, one folder each. Slow layers run their files one after another. */
function layer(name: string, options: { testTimeout: number; parallel: boolean }) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      setupFiles: ['test/seed.ts'],
      testTimeout: options.testTimeout,
      hookTimeout: options.testTimeout,
      fileParallelism: options.parallel,
      pool: 'forks' as const,
    },
  };
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      layer('unit', { testTimeout: 30_000, parallel: true }),
      layer('golden', { testTimeout: 30_000, parallel: true }),
      layer('contract', { testTimeout: 60_000, parallel: true }),
      layer('story', { testTimeout: 60_000, parallel: true }),
      layer('device', { testTimeout: 120_000, parallel: false }),
      layer('pty', { testTimeout: 120_000, parallel: false }),
      layer('crash', { testTimeout: 300_000, parallel: false }),
    ],
  },
});
