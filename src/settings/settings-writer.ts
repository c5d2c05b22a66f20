/** The only file that imports conf. Loaded when a setting is changed, never at start. */
import { basename, dirname } from 'node:path';
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
  const store = new Conf<Record<string, unknown>>({
    cwd: dirname(file),
    configName: basename(file, '.json'),
    fileExtension: 'json',
    configFileMode: 0o640,
    deserialize: (json) => JSON.parse(json.replace(/^\uFEFF/, '')),
    serialize: (all) => {
      const json = `${JSON.stringify(all, null, 2)}\n`;
      const after = readSettings(file, json);
      if ('problem' in after) throw new RefusedChange(after.problem);
      return json;
    },
  });
  try {
    store.set(key, value);
  } catch (error) {
    if (error instanceof RefusedChange) return { problem: error.problem };
    throw error;
  }
  syncDirectory(dirname(file));
  return loadSettings(root);
}

/** conf can only be stopped by an exception. */
class RefusedChange extends Error {
  readonly problem: SettingsProblem;

  constructor(problem: SettingsProblem) {
    super('setting refused');
    this.problem = problem;
  }
}
