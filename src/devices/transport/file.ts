import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Duplex } from 'node:stream';
import { faultOfSystemError, linkFault } from './fault.ts';
import { type Link, LossSignal, type Transport } from './link.ts';
import type { DeviceUrl } from './url.ts';

type FileUrl = Extract<DeviceUrl, { kind: 'file' }>;

/** Pauses before something full (a FIFO, a device out of paper) is tried again: short first, then patient. */
const FIRST_RETRY_MS = 2;
const LAST_RETRY_MS = 100;

/** Appends raw bytes to a file or a FIFO. */
export function fileTransport(url: FileUrl): Transport {
  return { answers: false, keepsOpen: false, open: () => openFile(url) };
}

async function openFile(url: FileUrl): Promise<Link> {
  // O_NONBLOCK: a FIFO without reader must not hold a thread of the pool for ever.
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
  const handle = await open(url.path, flags, 0o640).catch((error: unknown) => {
    throw linkFault(faultOfSystemError(error), error);
  });
  const loss = new LossSignal();
  let isClosing = false;
  const stream = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      writeAll(handle, chunk, () => isClosing).then(() => done(), done);
    },
  });
  stream.on('error', (error) => loss.report(faultOfSystemError(error)));
  let closed: Promise<void> | null = null;
  return {
    stream,
    onLost: (listener) => loss.listen(listener),
    async finish() {
      if (loss.fault !== null) throw linkFault(loss.fault);
    },
    close() {
      loss.silence();
      isClosing = true;
      stream.destroy();
      closed ??= handle.close().catch(() => undefined);
      return closed;
    },
  };
}

/** Writes the whole chunk, however little is taken at a time. Rejects when `isOver` before that. */
export async function writeAll(handle: FileHandle, chunk: Buffer, isOver: () => boolean): Promise<void> {
  let sent = 0;
  let pauseMs = FIRST_RETRY_MS;
  while (sent < chunk.length) {
    if (isOver()) throw linkFault('lost');
    try {
      sent += (await handle.write(chunk, sent)).bytesWritten;
      pauseMs = FIRST_RETRY_MS;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EAGAIN') throw error;
      const waitMs = pauseMs;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      pauseMs = Math.min(pauseMs * 2, LAST_RETRY_MS);
    }
  }
}
