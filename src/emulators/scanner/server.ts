/** A bar code scanner behind a serial-to-TCP box: the register connects, scans come in as `code CR`. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { controlProblem, startControlServer, textField } from '../control.ts';

export interface ScannerEmulator {
  /** For the scanner setting of the register: `tcp:127.0.0.1:PORT`. */
  readonly url: string;
  readonly controlUrl: string;
  /** How many registers listen. */
  readonly listeners: number;
  /** @returns false when nobody listens; the code is then lost, as with a real one */
  scan(code: string): boolean;
  close(): Promise<void>;
}

/** Starts the scanner on loopback; `POST control/scan {"code"}` answers 409 while no register is connected. */
export async function startScannerEmulator({ port = 0, controlPort = 0 } = {}): Promise<ScannerEmulator> {
  const host = '127.0.0.1';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A register that went away is no event for a scanner.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const scan = (code: string): boolean => {
    for (const socket of sockets) socket.write(`${code}\r`);
    return sockets.size > 0;
  };
  const control = await startControlServer(host, controlPort, {
    'POST scan': (body) => {
      if (!scan(textField(body, 'code'))) throw controlProblem('nobody listens', 409);
    },
  });
  return {
    url: `tcp:${host}:${(server.address() as AddressInfo).port}`,
    controlUrl: `http://${host}:${control.port}/control`,
    get listeners() {
      return sockets.size;
    },
    scan,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([new Promise<void>((resolve) => server.close(() => resolve())), control.shut()]);
    },
  };
}
