import type { SerialPort } from 'serialport';
import { faultOfSerialText, linkFault } from './fault.ts';
import { type Link, LossSignal, type Transport } from './link.ts';
import type { DeviceUrl } from './url.ts';
import { watchUnplug } from './watch-unplug.ts';

type SerialUrl = Extract<DeviceUrl, { kind: 'serial' }>;

/** A tty, 8N1. The only file that knows serialport. */
export function serialTransport(url: SerialUrl): Transport {
  return { answers: true, keepsOpen: true, open: (timeoutMs) => openSerial(url, timeoutMs) };
}

async function openSerial(url: SerialUrl, timeoutMs: number): Promise<Link> {
  // The package loads a native addon: not on the start-up path of a register without serial devices.
  const { SerialPort } = await import('serialport');
  const port = new SerialPort({
    path: url.path,
    baudRate: url.baud,
    // With autoOpen an open error that nobody listens to ends the process (devices.md 3.1).
    autoOpen: false,
    // The printer may stop us. The reverse (`xoff`) would insert 0x13/0x11 into our own data (devices.md 4.4).
    xon: url.flow === 'xonxoff',
    rtscts: url.flow === 'rtscts',
  });
  const loss = new LossSignal();
  port.on('error', (error) => loss.report(faultOfLoss(error)));
  port.on('close', () => loss.report('lost'));
  await openPort(port, timeoutMs);
  const stopWatching = watchUnplug(url.path, () => {
    loss.report('lost');
    void closePort(port, true);
  });
  let closed: Promise<void> | null = null;
  return {
    stream: port,
    onLost: (listener) => loss.listen(listener),
    finish: () =>
      new Promise((resolve, reject) => {
        loss.listen((fault) => reject(linkFault(fault)));
        port.drain((error) => (error ? reject(linkFault(faultOfLoss(error), error)) : resolve()));
      }),
    close(options) {
      loss.silence();
      stopWatching();
      closed ??= closePort(port, options?.dropUnsent ?? false);
      return closed;
    },
  };
}

function openPort(port: SerialPort, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(linkFault('timeout'));
    }, timeoutMs);
    port.open((error) => {
      clearTimeout(timer);
      if (error) reject(linkFault(faultOfSerialText(error.message), error));
      else if (isLate) void closePort(port, true);
      else resolve();
    });
  });
}

function closePort(port: SerialPort, dropUnsent: boolean): Promise<void> {
  return new Promise((resolve) => {
    const close = (): void => {
      if (port.isOpen) port.close(() => resolve());
      else resolve();
    };
    // A printer that has stopped us would hold the close for as long as 30 s.
    if (dropUnsent && port.isOpen) port.flush(close);
    else close();
  });
}

/** An open port that reports an error has gone, unless the text says more. */
function faultOfLoss(error: Error): 'lost' | 'permissionDenied' {
  return faultOfSerialText(error.message) === 'permissionDenied' ? 'permissionDenied' : 'lost';
}
