/** Bare HTTP on loopback. node:http without a framework, because the faults must reach the socket itself. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface HttpCall {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Text of the body; null when it was larger than the cap. */
  body: string | null;
  response: ServerResponse;
}

export interface HttpReply {
  status: number;
  contentType: string;
  body: string;
  headers?: Record<string, string>;
}

export interface HttpServerOptions {
  host: string;
  port: number;
  bodyCapBytes: number;
  respond(call: HttpCall): void | Promise<void>;
}

export interface HttpServer {
  readonly port: number;
  /** Closes the port and cuts every connection; `reopen` takes the same port again. */
  shut(): Promise<void>;
  reopen(): Promise<void>;
}

/** Starts a server; rejects when the port is taken. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    // A client that gave up in the middle of its request is no event for an emulator.
    handle(options, request, response).catch(() => request.socket.destroy());
  });
  server.on('clientError', (error: Error & { rawPacket?: Buffer }, socket: Socket) => {
    const encoded = error.rawPacket === undefined ? null : withEncodedAddress(error.rawPacket);
    if (encoded === null) return void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    // This parser is lost: the request comes in once more, by a connection of ours.
    const again = connect((server.address() as AddressInfo).port, options.host, () => again.write(encoded));
    again.on('error', () => socket.destroy());
    socket.on('error', () => again.destroy());
    again.pipe(socket);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, options.host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(options.port);
  const { port } = server.address() as AddressInfo;
  // One after another: `shut` and `reopen` may be asked for while the other is still under way.
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (step: () => Promise<void>): Promise<void> => {
    turn = turn.catch(() => undefined).then(step);
    return turn;
  };
  return {
    port,
    shut: () =>
      inTurn(
        () =>
          new Promise((resolve) => {
            if (!server.listening) return resolve();
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    reopen: () => inTurn(async () => (server.listening ? undefined : listen(port))),
  };
}

/**
 * Published clients write a label of a shift into the address as it is, Cyrillic and with a blank; real servers read it, Node's
 * parser does not.
 * @param packet a whole request: clients send a short one at once
 * @returns the same with an address that is read; null = that is not what is wrong with it
 */
function withEncodedAddress(packet: Buffer): Buffer | null {
  const [, address, rest] = /^GET ([^\r\n]+) (HTTP\/1\.[01]\r\n.*\r\n\r\n)$/s.exec(packet.toString('latin1')) ?? [];
  if (address === undefined || rest === undefined) return null;
  const encoded = address.replace(/[^\x21-\x7e]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
  if (encoded === address) return null;
  return Buffer.from(`GET ${encoded} ${rest.replace('\r\n', '\r\nConnection: close\r\n')}`, 'latin1');
}

async function handle(options: HttpServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request, options.bodyCapBytes);
  let url: URL;
  try {
    url = new URL(request.url ?? '/', 'http://loopback');
  } catch {
    return sendReply(response, { status: 400, contentType: 'text/plain; charset=utf-8', body: 'bad address' });
  }
  if (body === null) response.setHeader('Connection', 'close');
  const { pathname: path, searchParams: query } = url;
  try {
    await options.respond({ method: request.method ?? 'GET', path, query, headers: request.headers, body, response });
  } catch (error) {
    // A defect of the emulator itself must be told apart from everything the protocol can answer.
    sendReply(response, { status: 500, contentType: 'text/plain; charset=utf-8', body: `emulator defect: ${error}` });
  }
}

/** Reads the whole body even when it is too large: an answer to a half-read request is lost in a reset. */
async function readBody(request: IncomingMessage, capBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= capBytes) chunks.push(chunk);
    if (sizeBytes > capBytes * 16) throw new Error('endless body');
  }
  return sizeBytes > capBytes ? null : Buffer.concat(chunks).toString('utf8');
}

/** Sends a whole answer; does nothing when the client has gone. */
export function sendReply(response: ServerResponse, reply: HttpReply): void {
  if (response.destroyed || response.headersSent) return;
  const bytes = Buffer.from(reply.body, 'utf8');
  response.writeHead(reply.status, {
    ...reply.headers,
    'Content-Type': reply.contentType,
    'Content-Length': bytes.length,
  });
  response.end(bytes);
}

/** Cuts the connection without an answer. */
export function cutConnection(response: ServerResponse): void {
  response.socket?.destroy();
}

/** An answer in JSON. */
export function jsonReply(status: number, body: unknown): HttpReply {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
