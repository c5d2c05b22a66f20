import { spawn } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HttpReply, HttpRequest, NoReply } from '../../../src/payments/driver.ts';
import { createHttpSender } from '../../../src/payments/http.ts';
import { TEST_CERTIFICATE, TEST_KEY } from './tls-fixture.ts';

const running: { server: TcpServer; sockets: Set<Socket> }[] = [];

async function listen(server: Server | TcpServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  running.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function serve(handler: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(handler))}`;
}

/** A server that speaks bytes. */
async function speak(talk: (socket: Socket) => void): Promise<number> {
  return listen(createTcpServer(talk));
}

afterEach(async () => {
  for (const { server, sockets } of running.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

function post(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { tag: 'charge', method: 'POST', url, headers: { regNum: 'R' }, body: '{"sum":1}', timeoutMs: 5_000, ...more };
}

const sender = createHttpSender();
function noReply(kind: NoReply['kind'], code?: string): { noReply: NoReply } {
  return { noReply: { tag: 'charge', kind, ...(code === undefined ? {} : { code }) } };
}

beforeAll(() => sender.warmUp());

it('sends method, headers and body, and gives back status and text', async () => {
  const seen: unknown[] = [];
  const url = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push([request.method, request.url, request.headers.regnum, request.headers.connection, body]);
      response.end('{"ok":"да"}');
    });
  });
  expect(await sender.send(post(`${url}/ms-pay/pos/payments`))).toEqual({
    reply: { tag: 'charge', status: 200, body: '{"ok":"да"}' },
  });
  expect(await sender.send(post(`${url}/g?x=1`, { method: 'GET', body: null }))).toMatchObject({
    reply: { status: 200 },
  });
  expect(seen).toEqual([
    ['POST', '/ms-pay/pos/payments', 'R', 'close', '{"sum":1}'],
    ['GET', '/g?x=1', 'R', 'close', ''],
  ]);
});

it.each([400, 401, 404, 500, 503])('status %i is a reply and is sent once', async (status) => {
  let count = 0;
  const url = await serve((_request, response) => {
    count++;
    response.writeHead(status).end('why');
  });
  for (const request of [post(url), post(url, { method: 'GET', body: null })]) {
    expect(await sender.send(request)).toEqual({ reply: { tag: 'charge', status, body: 'why' } });
  }
  expect(count).toBe(2);
});

it('a redirect is a reply; nobody follows it', async () => {
  const paths: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    paths.push(request.url);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(await sender.send(post(`${url}/a`, { method: 'GET', body: null }))).toMatchObject({ reply: { status: 302 } });
  expect(paths).toEqual(['/a']);
});

it.each([
  [429, '30', 30_000],
  [503, new Date(Date.now() - 60_000).toUTCString(), 0],
  [503, 'soon', undefined],
  [200, '30', undefined],
])('%d with Retry-After %s: %s ms', async (status, header, retryAfterMs) => {
  const url = await serve((_request, response) => {
    response.writeHead(status, { 'retry-after': header }).end();
  });
  const result = await sender.send(post(url));
  expect('reply' in result ? result.reply.retryAfterMs : 'none').toBe(retryAfterMs);
});

it('text that is not JSON is a reply: the driver judges it', async () => {
  const url = await serve((_request, response) => response.end('<html>'));
  expect(await sender.send(post(url))).toMatchObject({ reply: { status: 200, body: '<html>' } });
});

it('refused connection: not sent', async () => {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  running.pop();
  expect(await sender.send(post(`http://127.0.0.1:${port}/`))).toEqual(noReply('notSent', 'ECONNREFUSED'));
  expect(await sender.send(post(`http://localhost:${port}/`))).toEqual(noReply('notSent', 'ECONNREFUSED'));
});

it('unknown host: not sent', async () => {
  expect(await sender.send(post('https://nobody.invalid/'))).toEqual(noReply('notSent', 'ENOTFOUND'));
});

it('a server that takes no connections: not sent', async () => {
  // A stopped process accepts nothing: once its queue is full, the kernel leaves new connections unanswered.
  const script = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    console.log(this.address().port);
  })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const fillers: Socket[] = [];
  try {
    const port = await new Promise<number>((resolve) => {
      child.stdout.once('data', (text) => resolve(Number(text)));
    });
    child.kill('SIGSTOP');
    for (let i = 0; i < 8; i++) fillers.push(connect(port, '127.0.0.1').on('error', () => {}));
    await new Promise((resolve) => fillers[0]?.once('connect', resolve));
    const url = `http://127.0.0.1:${port}/`;
    expect(await sender.send(post(url, { timeoutMs: 500 }))).toEqual(noReply('notSent', 'TIMEOUT_CONNECT'));
  } finally {
    for (const socket of fillers) socket.destroy();
    child.kill('SIGKILL');
  }
});

it('closed right after connect: lost', async () => {
  const port = await speak((socket) => socket.destroy());
  expect(await sender.send(post(`http://127.0.0.1:${port}/`))).toEqual(noReply('lost', 'ECONNRESET'));
});

it('dropped after the request was read: lost', async () => {
  const port = await speak((socket) => socket.once('data', () => socket.resetAndDestroy()));
  expect(await sender.send(post(`http://127.0.0.1:${port}/`))).toEqual(noReply('lost', 'ECONNRESET'));
});

it('large body partly written, then reset: lost', async () => {
  const port = await speak((socket) => {
    socket.once('data', () => socket.resetAndDestroy());
  });
  const body = 'x'.repeat(32 * 1024 * 1024);
  expect(await sender.send(post(`http://127.0.0.1:${port}/`, { body }))).toEqual(noReply('lost', 'ECONNRESET'));
});

it('no answer within the deadline: lost', async () => {
  const port = await speak((socket) => socket.resume());
  expect(await sender.send(post(`http://127.0.0.1:${port}/`, { timeoutMs: 200 }))).toEqual(
    noReply('lost', 'TIMEOUT_ANSWER'),
  );
});

it('an answer that drips for ever meets the overall deadline: lost', async () => {
  let timer: ReturnType<typeof setInterval> | undefined;
  const url = await serve((_request, response) => {
    response.writeHead(200);
    timer = setInterval(() => response.write('x'), 20);
  });
  expect(await sender.send(post(url, { timeoutMs: 300 }))).toEqual(noReply('lost', 'TIMEOUT_ANSWER'));
  clearInterval(timer);
});

it.each([
  ['by its length', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"status":1'],
  ['in a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n{"status":1\r\n'],
])('an answer cut %s: lost', async (_name, answer) => {
  const port = await speak((socket) => socket.once('data', () => socket.end(answer)));
  expect(await sender.send(post(`http://127.0.0.1:${port}/`))).toEqual(noReply('lost', 'ECONNRESET'));
});

it('bytes that are no HTTP are an answer that cannot be read', async () => {
  const port = await speak((socket) => socket.once('data', () => socket.end('hello\r\n\r\n')));
  expect(await sender.send(post(`http://127.0.0.1:${port}/`))).toEqual(noReply('notHttp', 'HPE_INVALID_CONSTANT'));
});

it.each([
  ['POST', 256 * 1024, '{"sum":1}'],
  // Only a GET may answer with a list: the report of a busy shift.
  ['GET', 2 * 1024 * 1024, null],
] as const)(
  '%s: a body of %i bytes is taken, one byte more is too large and the download stops',
  async (method, cap, body) => {
    let written = 0;
    const url = await serve((request, response) => {
      if (request.url === '/fits') return response.end('x'.repeat(cap));
      if (request.url === '/over') return response.end('x'.repeat(cap + 1));
      const pour = () => {
        while (!response.destroyed && written < 200 * 1024 * 1024 && response.write('x'.repeat(65_536)))
          written += 65_536;
      };
      response.on('drain', pour);
      return pour();
    });
    const fits = await sender.send(post(`${url}/fits`, { method, body }));
    expect('reply' in fits && fits.reply.body.length).toBe(cap);
    expect(await sender.send(post(`${url}/over`, { method, body }))).toEqual(noReply('tooLarge'));
    expect(await sender.send(post(`${url}/pours`, { method, body }))).toEqual(noReply('tooLarge'));
    expect(written).toBeLessThan(50 * 1024 * 1024);
  },
);

it.each([
  ['http://10.0.0.1/', 'NOT_HTTPS'],
  ['http://127.0.0.1.evil.example/', 'NOT_HTTPS'],
  ['ftp://localhost/', 'BAD_ADDRESS'],
  ['not a url', 'BAD_ADDRESS'],
  ['', 'BAD_ADDRESS'],
])('without TLS only to this machine: %s is not sent, with an alarm', async (url, code) => {
  const alarms: string[] = [];
  const strict = createHttpSender({ onAlarm: (text) => alarms.push(text) });
  expect(await strict.send(post(url))).toEqual(noReply('notSent', code));
  expect(alarms).toHaveLength(1);
});

it('a header that cannot be sent is not sent, and nothing is thrown', async () => {
  const url = await serve((_request, response) => response.end('{}'));
  expect(await sender.send(post(url, { headers: { regNum: 'касса' } }))).toEqual(
    noReply('notSent', 'ERR_INVALID_CHAR'),
  );
});

async function serveTls(handler: RequestListener): Promise<string> {
  return `https://127.0.0.1:${await listen(createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, handler))}`;
}

it('a certificate nobody vouches for: not sent, with an alarm, and the server saw no request', async () => {
  let count = 0;
  const url = await serveTls((_request, response) => {
    count++;
    response.end('{}');
  });
  const alarms: string[] = [];
  const strict = createHttpSender({ onAlarm: (text) => alarms.push(text) });
  expect(await strict.send(post(url))).toEqual(noReply('notSent', 'DEPTH_ZERO_SELF_SIGNED_CERT'));
  expect([count, alarms.length]).toEqual([0, 1]);
});

it('a certificate of its own authority is taken; dropped after the request: lost', async () => {
  const url = await serveTls((request, response) => {
    if (request.url === '/drop') request.socket.destroy();
    else response.end('{}');
  });
  const trusting = createHttpSender({ ca: TEST_CERTIFICATE });
  expect(await trusting.send(post(`${url}/ok`))).toMatchObject({ reply: { status: 200, body: '{}' } });
  expect(await trusting.send(post(`${url}/drop`))).toEqual(noReply('lost', 'ECONNRESET'));
});

it('closed or silent inside the TLS handshake: not sent', async () => {
  const closing = await speak((socket) => socket.once('data', () => socket.destroy()));
  expect(await sender.send(post(`https://127.0.0.1:${closing}/`))).toEqual(noReply('notSent', 'ECONNRESET'));
  const silent = await speak((socket) => socket.resume());
  expect(await sender.send(post(`https://127.0.0.1:${silent}/`, { timeoutMs: 200 }))).toEqual(
    noReply('notSent', 'TIMEOUT_TLS'),
  );
});

describe('a list', () => {
  const list = { fields: ['id', 'name'], rows: { field: 'name', oneOf: ['ours'] } };
  const rows = (count: number) =>
    Array.from({ length: count }, (_, id) => `{"id":${id},"name":"${id === 7 ? 'ours' : 'their'.repeat(40)}"}`);
  const get = (url: string) => sender.send(post(url, { method: 'GET', body: null, list }));

  it('far longer than any other answer is read, and only what is wanted of it is handed on', async () => {
    const url = await serve((_request, response) => response.end(`[${rows(20_000).join(',')}]`));
    expect(await get(url)).toEqual({ reply: { tag: 'charge', status: 200, body: '[{"id":7,"name":"ours"}]' } });
    expect(await sender.send(post(url, { method: 'GET', body: null }))).toEqual(noReply('tooLarge'));
  });

  it('wanted whole comes in parts, the last of them as the reply', async () => {
    const url = await serve((_request, response) => response.end(`[${rows(20_000).join(',')}]`));
    const parts: HttpReply[] = [];
    const whole = post(url, { method: 'GET', body: null, list: { fields: ['id'], inParts: true } });
    const last = await sender.send(whole, undefined, (part) => parts.push(part));
    const ids = [...parts, ...('reply' in last ? [last.reply] : [])].flatMap(({ body }) => JSON.parse(body));
    expect(ids).toEqual(Array.from({ length: 20_000 }, (_, id) => ({ id })));
    expect(parts.every(({ tag, isPart }) => tag === 'charge' && isPart === true)).toBe(true);
    expect(last).toMatchObject({ reply: { status: 200 } });
  });

  it('of which too much would have to be kept is too large', async () => {
    const one = `{"id":1,"name":"ours"}`;
    const url = await serve((_request, response) => response.end(`[${Array(120_000).fill(one).join(',')}]`));
    expect(await get(url)).toEqual(noReply('tooLarge'));
  });

  it('that is cut is lost, however much of it has come', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '1000000' });
      response.write(`[${rows(100).join(',')}`, () => response.destroy());
    });
    expect(await get(url)).toMatchObject({ noReply: { kind: 'lost' } });
  });

  it('that takes too long is lost', async () => {
    const url = await serve((_request, response) => void response.write('['));
    const request = post(url, { method: 'GET', body: null, list, timeoutMs: 50 });
    expect(await sender.send(request)).toEqual(noReply('lost', 'TIMEOUT_ANSWER'));
  });

  it.each([
    [401, '[{"code":"401"}]'],
    [500, '<html>no</html>'],
    [200, '{"code":"400","name":"theirs"}'],
  ])('that is none, told with %i, is handed on as it is', async (status, body) => {
    const url = await serve((_request, response) => response.writeHead(status).end(body));
    expect(await get(url)).toEqual({ reply: { tag: 'charge', status, body } });
  });
});
