import { connect, type Socket } from 'node:net';
import type { Fault } from '../../register/fault.ts';
import { faultOfSystemError, linkFault, type TransportFault } from './fault.ts';
import { type Link, LossSignal, type Transport } from './link.ts';
import type { DeviceUrl } from './url.ts';

type TcpUrl = Extract<DeviceUrl, { kind: 'tcp' }>;

/** How long after the last byte the other side may still break off before we say the end ourselves. */
const SETTLE_MS = 100;
/** How long the other side may take to close after our end; some printers hold the socket for 30 s (devices.md 4.4). */
const CLOSE_LIMIT_MS = 3000;

/** A printer server (port 9100) or a serial device behind a terminal server. */
export function tcpTransport(url: TcpUrl): Transport {
  return { answers: true, keepsOpen: false, open: (timeoutMs) => openTcp(url, timeoutMs) };
}

async function openTcp(url: TcpUrl, timeoutMs: number): Promise<Link> {
  // Half open: that the peer ended first is a fault of its own and must not look like our own orderly end.
  const socket = connect({ host: url.host, port: url.port, allowHalfOpen: true });
  await connected(socket, timeoutMs);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 10_000);
  const loss = new LossSignal();
  let isFinishing = false;
  socket.on('error', (error) => loss.report(faultOfSystemError(error)));
  socket.on('end', () => {
    if (!isFinishing) loss.report('lost');
  });
  socket.on('close', () => {
    if (!isFinishing) loss.report('lost');
  });
  return {
    stream: socket,
    onLost: (listener) => loss.listen(listener),
    finish: () =>
      new Promise((resolve, reject) => {
        loss.listen((fault) => reject(linkFault(fault)));
        setTimeout(() => {
          if (loss.fault !== null) return;
          isFinishing = true;
          const limit = setTimeout(resolve, CLOSE_LIMIT_MS);
          const done = (): void => {
            clearTimeout(limit);
            resolve();
          };
          socket.once('end', done);
          socket.once('close', done);
          socket.end();
        }, SETTLE_MS);
      }),
    async close() {
      loss.silence();
      socket.destroy();
    },
  };
}

function connected(socket: Socket, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Fault<TransportFault>): void => {
      clearTimeout(timer);
      // Stays listened to: a second error of a dying socket must not end the process.
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const onError = (error: Error): void => fail(linkFault(faultOfSystemError(error), error));
    const timer = setTimeout(() => fail(linkFault('timeout')), timeoutMs);
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve();
    });
  });
}
