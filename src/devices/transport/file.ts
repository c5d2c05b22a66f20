import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Duplex } from 'node:stream';
import { faultOfSystemError, TransportError } from './fault.ts';
import { type Link, LossSignal, type Transport } from './link.ts';
import type { DeviceUrl } from './url.ts';

type FileUrl = Extract<DeviceUrl, { kind: 'file' }>;

/** How often a character device that is full (`/dev/usb/lp0` out of paper) is tried again. */
const RETRY_MS = 100;

/** Appends raw bytes to a file, a FIFO or `/dev/usb/lp*`. */
export function fileTransport(url: FileUrl): Transport {
  return { answers: false, keepsOpen: false, open: () => openFile(url) };
}

async function openFile(url: FileUrl): Promise<Link> {
  // O_NONBLOCK: a FIFO without reader or a printer without paper must not hold a thread of the pool for ever.
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
  const handle = await open(url.path, flags, 0o640).catch((error: unknown) => {
    throw new TransportError(faultOfSystemError(error), error);
  });
  const loss = new LossSignal();
  let isClosing = false;
  const stream = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      append(handle, chunk, () => isClosing).then(() => done(), done);
    },
  });
  stream.on('error', (error) => loss.report(faultOfSystemError(error)));
  let closed: Promise<void> | null = null;
  return {
    stream,
    onLost: (listener) => loss.listen(listener),
    async finish() {
      if (loss.fault !== null) throw new TransportError(loss.fault);
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

async function append(handle: FileHandle, chunk: Buffer, isClosing: () => boolean): Promise<void> {
  let sent = 0;
  while (sent < chunk.length) {
    if (isClosing()) throw new TransportError('lost');
    try {
      sent += (await handle.write(chunk, sent)).bytesWritten;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EAGAIN') throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
