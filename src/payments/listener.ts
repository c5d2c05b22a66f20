/**
 * The only port that the register opens, and only where the shop wants one (`notificationsAddress`): on loopback, for what the shop's own
 * proxy passes on of payment systems' notifications. What is told here is never an answer: who hears it may ask sooner.
 */
import type { IncomingMessage, Server } from 'node:http';

/** A payment object is a few hundred bytes. */
const BODY_CAP_BYTES = 64 * 1024;
const TIME_LIMIT_MS = 5_000;
const MOST_CONNECTIONS = 16;

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * @param address host and port; the settings allow loopback only
 * @param heard at once, whatever it makes of it. @returns false = nobody is told things under this path
 */
export async function listen(address: string, heard: (path: string, body: string) => boolean): Promise<Listener> {
  const { host, port } = placeOf(address);
  // Loaded here: the first picture waits for nothing that a register without a listener never needs.
  const { createServer } = await import('node:http');
  const server = createServer(
    { requestTimeout: TIME_LIMIT_MS, connectionsCheckingInterval: 1_000 },
    (request, response) => {
      const end = (status: number) => response.writeHead(status, { connection: 'close', 'content-length': '0' }).end();
      if (request.method !== 'POST') return end(405);
      bodyOf(request).then(
        (body) => end(body === null ? 413 : heard(request.url?.split('?')[0] ?? '', body) ? 200 : 404),
        () => response.destroy(),
      );
    },
  );
  server.headersTimeout = TIME_LIMIT_MS;
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { port: portOf(server), close: () => closed(server) };
}

/** @returns null when it is larger than anybody's; the rest of it is thrown away unread */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_CAP_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** `127.0.0.1:8090`, `[::1]:8090` */
function placeOf(address: string): { host: string; port: number } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
