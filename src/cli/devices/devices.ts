import { existsSync } from 'node:fs';
import { takeRootLock } from '../../journal/root-lock.ts';
import { isStorageError } from '../../journal/storage-error.ts';
import { pathsOf } from '../../settings/paths.ts';
import { describeProblem } from '../../settings/problem.ts';
import { loadSettings } from '../../settings/settings.ts';
import { checkTerminal } from '../../terminal/lifecycle.ts';
import { EXIT_CODES } from '../commands.ts';
import { takeInventory } from './inventory.ts';
import { problemOfDevices } from './settings-problem.ts';

/**
 * `bin/kassa devices`: what is configured and seen, live scans, and tests of printer, drawer and display. Holds the root
 * meanwhile; beside a running register it opens nothing. `json` prints one object and opens nothing either.
 */
export async function runDevices({ root, json }: { root: string; json: boolean }): Promise<number> {
  if (!existsSync(root)) return refuse(`Каталог кассы не найден: ${root}`, EXIT_CODES.usage);
  const loaded = loadSettings(root);
  const problem = 'problem' in loaded ? loaded.problem : problemOfDevices(root, loaded.settings);
  if (problem !== null || 'problem' in loaded) {
    return refuse(`SYS-08 ${problem === null ? '' : describeProblem(problem)}`, EXIT_CODES.settings);
  }
  const refusal = json ? null : checkTerminal(process.env, process.stdin, process.stdout);
  if (refusal !== null) return refuse(refusal, EXIT_CODES.usage);

  let release: (() => void) | null;
  try {
    release = takeRootLock(pathsOf(root).lock);
  } catch (error) {
    if (!isStorageError(error)) throw error;
    return refuse('SYS-01 Нет доступа к каталогу кассы. Проверьте диск и права', EXIT_CODES.storage);
  }
  try {
    const isRegisterRunning = release === null;
    if (json) {
      process.stdout.write(`${JSON.stringify(takeInventory(root, loaded.settings, isRegisterRunning))}\n`);
    } else {
      const { showDevices } = await import('./show-devices.ts');
      await showDevices(root, loaded.settings, isRegisterRunning);
    }
    return EXIT_CODES.done;
  } finally {
    release?.();
  }
}

function refuse(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}
