import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `--root`, else `KASSA_ROOT`, else where the modelled program lives. */
export function registerRoot(given: string | undefined): string {
  return given ?? process.env.KASSA_ROOT ?? '/linuxcash';
}

/** The demo has a root of its own beside the program: it must never land on a shop's data. */
export function demoRoot(given: string | undefined): string {
  return given ?? join(fileURLToPath(new URL('../..', import.meta.url)), 'var', 'demo');
}
