import { join } from 'node:path';
import { oplatiDriver } from '../src/payments/providers/oplati/driver.ts';
import { pathsOf } from '../src/settings/paths.ts';

/** Where О!плати's settings and its token stand below a root: paths that shops know, whatever the program calls them. */
export function oplatiFiles(root: string): { conf: string; token: string } {
  const folder = pathsOf(root).paysystems;
  return { conf: join(folder, oplatiDriver.conf?.file ?? ''), token: join(folder, oplatiDriver.tokenFile ?? '') };
}
