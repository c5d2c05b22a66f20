import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';

const MEGABYTE = 1024 * 1024;

/** Free space at a path, bytes; null when the system does not tell. */
export function freeBytes(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/**
 * Megabytes that are left when the disk runs out of room (SYS-04), null while there is enough. Twice the reserve: somebody
 * has time to make room before electronic money is refused (SYS-03).
 */
export function shortMegabytes(path: string, reserveMegabytes: number): number | null {
  const free = freeBytes(path);
  return free === null || free >= 2 * reserveMegabytes * MEGABYTE ? null : Math.floor(free / MEGABYTE);
}

/**
 * Keeps a few megabytes aside: on a full disk even DELETE and a checkpoint fail, so there must be something to give back
 * that lets the open receipt be finished in cash (reliability.md 5).
 */
export class DiskReserve {
  readonly #path: string;
  constructor(path: string) {
    this.#path = path;
  }

  /** Writes the reserve when it is missing; a disk without room for it simply has none. */
  fill(megabytes: number): void {
    if (existsSync(this.#path)) return;
    try {
      const file = openSync(this.#path, 'w', 0o600);
      const block = Buffer.alloc(MEGABYTE, 0xff);
      for (let written = 0; written < megabytes; written++) writeSync(file, block);
      fsyncSync(file);
      closeSync(file);
    } catch {
      this.release();
    }
  }

  /** Gives the space back. */
  release(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // A read-only disk has nothing to give back.
    }
  }
}
