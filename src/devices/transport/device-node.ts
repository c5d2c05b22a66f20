import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Duplex } from 'node:stream';
import { faultOfSystemError, linkFault, type TransportFault } from './fault.ts';
import { writeAll } from './file.ts';
import { type Link, LossSignal, type Transport } from './link.ts';
import type { DeviceUrl } from './url.ts';
import { watchUnplug } from './watch-unplug.ts';

type FileUrl = Extract<DeviceUrl, { kind: 'file' }>;

/** Under /dev, and not one of the few files there that stand for no device. */
const DEVICE_NODE = /^\/dev\/(?!null$|shm\/|fd\/|std(?:out|err)$)/;
/** How often an answer is fetched: the driver cannot be waited on without holding a thread (devices.md 4.4). */
const READ_PAUSE_MS = 100;
/** How often it is looked whether the driver has given everything to the printer. */
const DRAIN_PAUSE_MS = 20;
const ANSWER_BYTES = 512;
/** Any bytes: none of them is written. */
const NOTHING = Buffer.alloc(1);

export function isDeviceNode({ path }: FileUrl): boolean {
  return DEVICE_NODE.test(path);
}

/**
 * A printer behind a kernel driver (`/dev/usb/lp0`, or udev's link to it). The driver serves one opener at a time and
 * drops what is under way when it is closed, so the device stays open.
 */
export function deviceNodeTransport(url: FileUrl): Transport {
  return { answers: true, keepsOpen: true, open: () => openNode(url.path) };
}

async function openNode(path: string): Promise<Link> {
  const handle = await openHandle(path);
  const loss = new LossSignal();
  let isClosing = false;
  const isOver = (): boolean => isClosing || loss.fault !== null;
  const stream = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      writeAll(handle, chunk, isOver).then(() => done(), done);
    },
  });
  stream.on('error', (error) => loss.report(faultOfSystemError(error)));
  const stopWatching = watchUnplug(path, () => loss.report('lost'));
  void fetchAnswers(handle, stream, isOver).catch((error: unknown) => loss.report(faultOfLoss(error)));
  let closed: Promise<void> | null = null;
  return {
    stream,
    onLost: (listener) => loss.listen(listener),
    finish: () => drain(handle, () => loss.fault ?? (isClosing ? 'lost' : null)),
    close() {
      loss.silence();
      isClosing = true;
      stopWatching();
      stream.destroy();
      closed ??= handle.close().catch(() => undefined);
      return closed;
    },
  };
}

/** Never made when it is missing: a file in the place of the printer would take every slip and print none. */
async function openHandle(path: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY;
  return open(path, flags).catch((error: unknown) => {
    throw linkFault(faultOfSystemError(error), error);
  });
}

/** Reads until the link is over. @throws what the system says of a device that is gone */
async function fetchAnswers(handle: FileHandle, stream: Duplex, isOver: () => boolean): Promise<void> {
  const buffer = Buffer.alloc(ANSWER_BYTES);
  while (!isOver()) {
    // No bytes are no end: some printers answer the driver with empty packets.
    const read = await handle.read(buffer, 0, ANSWER_BYTES, null).catch((error: unknown) => {
      if (isQuiet(error)) return { bytesRead: 0 };
      throw error;
    });
    if (isOver()) return;
    if (read.bytesRead > 0) stream.push(Buffer.from(buffer.subarray(0, read.bytesRead)));
    else await pause(READ_PAUSE_MS);
  }
}

/** EAGAIN nothing to read; EIO a transfer that went wrong, the next one may not; EINVAL a printer that cannot speak. */
function isQuiet(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 'EAGAIN' || code === 'EIO' || code === 'EINVAL';
}

/** A device that was open and is not there is lost; opening it will say so when it is missing. */
function faultOfLoss(error: unknown): ReturnType<typeof faultOfSystemError> {
  const fault = faultOfSystemError(error);
  return fault === 'noDevice' ? 'lost' : fault;
}

/**
 * Without blocking, `write` gives back before the printer has the bytes, and closing would drop them. A write of nothing
 * is refused (EAGAIN) until the driver has none left.
 */
export async function drain(handle: Pick<FileHandle, 'write'>, faultNow: () => TransportFault | null): Promise<void> {
  for (;;) {
    const fault = faultNow();
    if (fault !== null) throw linkFault(fault);
    try {
      await handle.write(NOTHING, 0, 0);
      return;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EAGAIN') throw linkFault(faultOfLoss(error), error);
      await pause(DRAIN_PAUSE_MS);
    }
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
