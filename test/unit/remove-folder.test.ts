import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeFolder } from '../remove-folder.ts';

// Incident: ENOTEMPTY ended a green build of 22.11.2026.
it('removes a folder that is still written to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kassa-remove-'));
  // Writes for half a second, as a program does that ends after its terminal; the folder must exist while it does.
  const writer = spawn(process.execPath, [
    '-e',
    `const { writeFileSync } = require('node:fs');
     const end = Date.now() + 500;
     console.log('writes');
     for (let i = 0; Date.now() < end; i++) try { writeFileSync(${JSON.stringify(folder)} + '/' + i, ''); } catch {}`,
  ]);
  const ended = once(writer, 'exit');
  await once(writer.stdout, 'data');
  removeFolder(folder);
  expect(existsSync(folder)).toBe(false);
  await ended;
});
