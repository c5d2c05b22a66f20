/**
 * Whole files, replaced so that after a power cut either the old or the new one is there (reliability.md K34):
 * temporary file -> fsync -> rename -> fsync of the directory. Synchronous, because what follows may rely on it.
 */
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Replaces (or makes) the file; makes its directory. Throws what the file system says. */
export function writeFileAtomically(path: string, content: string | Uint8Array, mode: number): void {
  // A configuration file may be a link into a shared place; the link must survive, so its target is replaced.
  const target = targetOf(path);
  const temporary = writeTemporary(target, content, mode);
  putInPlace(temporary, target);
}

/** First step: the new content beside the file, on disk, with its final mode. @returns the temporary file's path */
export function writeTemporary(path: string, content: string | Uint8Array, mode: number): string {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryOf(path);
  // A file left by a crash may have another mode or be a planted link: it is removed, and 'wx' follows no link.
  rmSync(temporary, { force: true });
  const descriptor = openSync(temporary, 'wx', mode);
  try {
    fchmodSync(descriptor, mode);
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  return temporary;
}

/** Second step: the new file takes the name, and the name is on disk. */
export function putInPlace(temporary: string, path: string): void {
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/** Gives the file a second name, atomically: a copy is never half written, and the file never disappears. */
export function keepCopy(path: string, copyPath: string): void {
  const temporary = temporaryOf(copyPath);
  rmSync(temporary, { force: true });
  linkSync(path, temporary);
  renameSync(temporary, copyPath);
  // rename() of two names of one file does nothing and leaves both.
  rmSync(temporary, { force: true });
}

/** Makes renames in the directory survive a power cut. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function temporaryOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.tmp`);
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
