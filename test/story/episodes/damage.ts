/** What a bad disk, a careless hand or a virus does to the files of a root. */
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const WAYS = ['flip', 'flip', 'flip', 'truncate', 'empty', 'remove', 'readOnly'] as const;
/** Held by the program itself, or what a test writes beside it. */
/** ...and the map that SQLite shares between processes: shortened under one, it is the machine's own fault (SIGBUS). */
const SPARED = /lock\.db|-shm$|printer\.bin|\.log$|recording/;

/** Damages one file. @returns what was done, null when there is nothing to damage */
export function damageOne(root: string, next: () => number): string | null {
  const files = existsSync(root) ? filesOf(root).filter((path) => !SPARED.test(path)) : [];
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  // The databases are the greater part of a root, and most of what there is to lose.
  const databases = files.filter((path) => /\.db(?:-wal)?$/.test(path));
  const path = next() < 0.7 && databases.length > 0 ? pick(databases) : pick(files);
  if (path === undefined) return null;
  const way = pick(WAYS);
  const { size } = statSync(path);
  switch (way) {
    case 'flip': {
      const at = Math.floor((next() * Math.max(0, size - 64)) / 4096) * 4096 + Math.floor(next() * 2000);
      const file = openSync(path, 'r+');
      const noise = Buffer.from(Array.from({ length: 64 }, () => Math.floor(next() * 256)));
      if (size > 64) writeSync(file, noise, 0, 64, Math.min(at, size - 64));
      closeSync(file);
      return `64 bytes of ${path} at ${Math.min(at, Math.max(0, size - 64))}`;
    }
    case 'truncate':
      truncateSync(path, Math.floor(size * next()));
      break;
    case 'empty':
      truncateSync(path, 0);
      break;
    case 'remove':
      rmSync(path, { force: true });
      break;
    case 'readOnly':
      chmodSync(path, 0o400);
      break;
  }
  return `${way} ${path}`;
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesOf(path) : entry.isFile() ? [path] : [];
  });
}
