import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../catalog/make-folder.ts';
import { storageFault } from '../journal/storage-fault.ts';
import { pathsOf } from '../settings/paths.ts';

/** `--root`, else `KASSA_ROOT`, else where the modelled program lives. */
export function registerRoot(given: string | undefined): string {
  return given ?? process.env.KASSA_ROOT ?? '/linuxcash';
}

/** The demo has a root of its own beside the program: it must never land on a shop's data. */
export function demoRoot(given: string | undefined): string {
  return given ?? join(fileURLToPath(new URL('../..', import.meta.url)), 'var', 'demo');
}

/**
 * The folder of the databases, made where it is missing.
 *
 * @throws a fault of the storage when it cannot be made
 */
export function makeRoot(root: string): void {
  try {
    makeFolder(pathsOf(root).data);
  } catch (error) {
    throw storageFault('io', error);
  }
}
