import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { endQuietlyUnread } from '../../../src/cli/quiet-pipe.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

it.each(['repro list', '--help'])('kassa %s, unread, ends with code 0 and without a word', async (parameters) => {
  const program = spawn(process.execPath, ['--import', 'tsx', main, ...parameters.split(' ')]);
  // Long before the program has started to write.
  program.stdout.destroy();
  const [[code], complaints] = await Promise.all([once(program, 'close'), text(program.stderr)]);
  expect({ code, complaints }).toEqual({ code: 0, complaints: '' });
});

it('an output that fails for another reason is not kept quiet', () => {
  const disk = new PassThrough() as unknown as NodeJS.WriteStream;
  endQuietlyUnread(disk);
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  expect(() => disk.emit('error', full)).toThrow(full);
  expect(disk.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' }))).toBe(true);
});
