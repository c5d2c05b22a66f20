import type { FileHandle } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { drain } from '../../../../src/devices/transport/device-node.ts';

/** A driver that has bytes for the printer for so many more questions; then it says `last`. */
function driver(busyFor: number, last: string | null) {
  let asked = 0;
  const lengths: unknown[] = [];
  const handle = {
    async write(_bytes: unknown, _offset: unknown, length: unknown) {
      lengths.push(length);
      const code = asked++ < busyFor ? 'EAGAIN' : last;
      if (code !== null) throw Object.assign(new Error(code), { code });
      return { bytesWritten: 0 };
    },
  } as unknown as Pick<FileHandle, 'write'>;
  return { handle, lengths };
}

describe('the end of a slip at a device of the kernel', () => {
  it('whose last bytes were dropped by closing: it is waited for the driver, and not a byte is added', async () => {
    const { handle, lengths } = driver(3, null);
    await drain(handle, () => null);
    expect(lengths).toEqual([0, 0, 0, 0]);
  });

  it('is not proved when the printer goes away, or the line is given up, while the driver has bytes', async () => {
    const gone = driver(2, 'ENODEV').handle;
    await expect(drain(gone, () => null)).rejects.toMatchObject({ code: 'lost' });
    const stuck = driver(Number.POSITIVE_INFINITY, null);
    const fault = () => (stuck.lengths.length < 2 ? null : 'lost');
    await expect(drain(stuck.handle, fault)).rejects.toMatchObject({ code: 'lost' });
  });
});
