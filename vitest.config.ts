import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Roots of a whole run, with a reserve of 8 MB in some of them, and what a killed test leaves behind. */
const SCRATCH_BYTES = 2 ** 30;
const MEMORY_FOLDER = '/dev/shm';

/**
 * Tests make a thousand registers, each of which waits for the disk at every step (law 1). Where the machine has room in
 * memory, that disk is there: the same calls, nothing to wait for.
 */
function scratchFolder(): string {
  try {
    accessSync(MEMORY_FOLDER, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    return bavail * bsize > SCRATCH_BYTES ? MEMORY_FOLDER : tmpdir();
  } catch {
    return tmpdir();
  }
}

const env = { TMPDIR: scratchFolder() };

/** A layer of the tests, one folder each (docs/testing.md). */
function layer(name: string, timeoutMs: number) {
  return {
    name,
    include: [`test/${name}/**/*.test.ts`],
    setupFiles: ['test/seed.ts'],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    pool: 'forks' as const,
    env,
  };
}

/** Computes all the time: one file a core. Files share a process, so that the program is loaded once and not 200 times. */
function computing(name: string, timeoutMs: number) {
  return { test: { ...layer(name, timeoutMs), isolate: false, maxWorkers: 2, sequence: { groupOrder: 2 } } };
}

/** Waits for programs, ttys and servers most of the time: more files at once than there are cores, before the others. */
function waiting(name: string, timeoutMs: number) {
  return { test: { ...layer(name, timeoutMs), maxWorkers: 4, sequence: { groupOrder: 1 } } };
}

export default defineConfig({
  test: {
    projects: [
      computing('unit', 60_000),
      computing('golden', 60_000),
      computing('contract', 60_000),
      computing('story', 60_000),
      computing('crash', 300_000),
      waiting('device', 120_000),
      waiting('pty', 120_000),
    ],
  },
});
