/**
 * The end of a test's folder. A program, a log or a journal of the test may still write its last words there, and `rmSync` lists a
 * folder once: what comes after that it does not remove, its `maxRetries` only try the same `rmdir` again (ENOTEMPTY, a red build
 * of a green program). So the whole removal is tried again until the writers are done.
 */
import { rmSync } from 'node:fs';

const WAIT_LIMIT_MS = 20_000;
const PAUSE_MS = 20;

const nobody = new Int32Array(new SharedArrayBuffer(4));

/** Removes `folder` and all in it; it need not exist. Throws the last refusal when it is still written to after 20 s. */
export function removeFolder(folder: string): void {
  const limit = Date.now() + WAIT_LIMIT_MS;
  for (;;) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (refusal) {
      if ((refusal as NodeJS.ErrnoException).code !== 'ENOTEMPTY' || Date.now() > limit) throw refusal;
      Atomics.wait(nobody, 0, 0, PAUSE_MS);
    }
  }
}
