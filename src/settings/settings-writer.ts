/** The only file that imports conf. Loaded when a setting is changed, never at start. */

import { basename, dirname } from 'node:path';
import { Fault, isFault } from '../register/fault.ts';
import { syncDirectory } from './atomic-file.ts';
import { pathsOf } from './paths.ts';
import type { SettingsProblem } from './problem.ts';
import { type LoadedSettings, loadSettings, readSettings } from './settings.ts';

/**
 * Changes one setting (`shop.name`, `keyMap`, ...) and keeps all others as they stand in the file.
 * A change that would not be accepted at the next start is not written; its problem is returned.
 */
export async function changeSetting(root: string, key: string, value: unknown): Promise<LoadedSettings> {
  const before = loadSettings(root);
  if ('problem' in before) return before;
  const { default: Conf } = await import('conf');
  const file = pathsOf(root).settings;
  let refused = null as SettingsProblem | null;
  const store = new Conf<Record<string, unknown>>({
    cwd: dirname(file),
    configName: basename(file, '.json'),
    fileExtension: 'json',
    configFileMode: 0o640,
    deserialize: (json) => JSON.parse(json.replace(/^\uFEFF/, '')),
    serialize: (all) => {
      const json = `${JSON.stringify(all, null, 2)}\n`;
      const after = readSettings(file, json);
      if ('problem' in after) {
        refused = after.problem;
        // conf can only be stopped by an exception.
        throw new Fault('settings', 'refused');
      }
      return json;
    },
  });
  try {
    store.set(key, value);
  } catch (error) {
    if (refused !== null && isFault(error, 'settings', 'refused')) return { problem: refused };
    throw error;
  }
  syncDirectory(dirname(file));
  return loadSettings(root);
}
