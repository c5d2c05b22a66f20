import { existsSync } from 'node:fs';
import { takeRootLock } from '../../journal/root-lock.ts';
import { isStorageFault } from '../../journal/storage-fault.ts';
import { pathsOf } from '../../settings/paths.ts';
import { describeProblem } from '../../settings/problem.ts';
import { loadSettings } from '../../settings/settings.ts';
import { checkTerminal } from '../../terminal/lifecycle.ts';
import { EXIT_CODES } from '../commands.ts';
import { takeInventory } from './inventory.ts';
import { problemOfDevices } from './settings-problem.ts';

/** What `bin/kassa devices` was asked for. */
export interface DevicesCommand {
  root: string;
  json: boolean;
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/**
 * `bin/kassa devices`: what is configured and seen, live scans, and tests of printer, drawer and display. Holds the root
 * meanwhile; beside a running register it opens nothing. `json` prints one object and opens nothing either.
 */
export async function runDevices({ root, json, stdout, stderr }: DevicesCommand): Promise<number> {
  const refuse = (text: string, code: number): number => {
    stderr.write(`${text}\n`);
    return code;
  };
  if (!existsSync(root)) return refuse(`Каталог кассы не найден: ${root}`, EXIT_CODES.usage);
  const loaded = loadSettings(root);
  if ('problem' in loaded) return refuse(`SYS-08 ${describeProblem(loaded.problem)}`, EXIT_CODES.settings);
  const { settings } = loaded;
  const problem = problemOfDevices(root, settings);
  if (problem !== null) return refuse(`SYS-08 ${describeProblem(problem)}`, EXIT_CODES.settings);
  const refusal = json ? null : checkTerminal(process.env, process.stdin, process.stdout);
  if (refusal !== null) return refuse(refusal, EXIT_CODES.usage);

  const { lock } = pathsOf(root);
  let release: (() => void) | null;
  try {
    // To print what is there must not create anything: without a lock file no register runs.
    release = json && !existsSync(lock) ? () => undefined : takeRootLock(lock);
  } catch (error) {
    if (!isStorageFault(error)) throw error;
    return refuse('SYS-01 Нет доступа к каталогу кассы. Проверьте диск и права', EXIT_CODES.storage);
  }
  try {
    const isRegisterRunning = release === null;
    if (json) {
      stdout.write(`${JSON.stringify(takeInventory(root, settings, isRegisterRunning))}\n`);
    } else {
      const { showDevices } = await import('./show-devices.ts');
      await showDevices(root, settings, isRegisterRunning);
    }
    return EXIT_CODES.done;
  } finally {
    release?.();
  }
}
