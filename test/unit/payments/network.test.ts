import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { networkWord } from '../../../src/payments/answer-words.ts';
import type { HttpRequest } from '../../../src/payments/driver.ts';
import { type HostAddress, HostNames } from '../../../src/payments/host-names.ts';
import { createHttpSender } from '../../../src/payments/http.ts';
import { NETWORK_DEFAULTS, type NetworkSettings, proxyFor, proxySecrets } from '../../../src/payments/network.ts';
import { drivers } from '../../../src/payments/registry.ts';
import { removeFolder } from '../../remove-folder.ts';
import { NAMED_CERTIFICATE, NAMED_KEY, TEST_CERTIFICATE, TEST_KEY } from './tls-fixture.ts';

const running: { server: Server; sockets: Set<Socket> }[] = [];
let folder: string;
let caFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kassa-network-'));
  caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, `own roots\n${TEST_CERTIFICATE}\n${NAMED_CERTIFICATE}`);
});

afterEach(async () => {
  for (const { server, sockets } of running.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
  removeFolder(folder);
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  running.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** The provider's server; named = under a name that only the proxy knows. */
async function provider(seen: string[] = [], answers = true, isNamed = false): Promise<number> {
  return listen(
    createTlsServer(
      isNamed ? { key: NAMED_KEY, cert: NAMED_CERTIFICATE } : { key: TEST_KEY, cert: TEST_CERTIFICATE },
      (request, response) => {
        seen.push(`${request.method} ${request.url}`);
        if (answers) response.end('paid');
        else request.socket.destroy();
      },
    ),
  );
}

/** A proxy that does with each CONNECT what is said. */
async function proxyThat(meet: (socket: Socket, head: string) => void): Promise<string> {
  const port = await listen(
    createServer((socket) => {
      socket.once('data', (bytes) => meet(socket, bytes.toString('latin1')));
    }),
  );
  return `http://shop:pa%40ss@127.0.0.1:${port}`;
}

function tunnelTo(port: number) {
  return (socket: Socket) => {
    const server = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(server).pipe(socket);
    });
    server.on('error', () => socket.destroy());
    socket.on('close', () => server.destroy());
  };
}

const request: HttpRequest = {
  tag: 'charge',
  method: 'POST',
  url: 'https://pay.example.test/orders',
  headers: {},
  body: '{"sum":1}',
  timeoutMs: 3_000,
};

function send(network: Partial<NetworkSettings>, more: Partial<HttpRequest> = {}) {
  return createHttpSender().send({ ...request, ...more }, { ...NETWORK_DEFAULTS, caFile, ...network });
}

describe("a proxy's word is never the provider's answer", () => {
  it.each([403, 407, 502])('a tunnel refused with %i: not sent, and named', async (status) => {
    const proxyUrl = await proxyThat((socket) =>
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 6\r\n\r\n<html>`),
    );
    expect(await send({ proxyUrl })).toEqual({
      noReply: { tag: 'charge', kind: 'notSent', code: `PROXY_${status}` },
    });
    expect(networkWord(`PROXY_${status}`)).toContain('прокси');
  });

  it.each<[string, (socket: Socket) => void]>([
    ['cut in the middle of CONNECT', (socket) => socket.destroy()],
    ['no HTTP at all', (socket) => socket.end('hello, here is a printer\r\n\r\n')],
    ['a page under 200', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n<html>log in</html>')],
    ['cut after the tunnel', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')],
    ['silent', () => {}],
  ])('%s: not sent', async (_name, meet) => {
    const proxyUrl = await proxyThat(meet);
    const limits = { lookupTimeoutMs: 100, connectTimeoutMs: 100, tlsTimeoutMs: 300 };
    expect(await send({ proxyUrl, ...limits })).toMatchObject({ noReply: { kind: 'notSent' } });
  });

  it('plain http goes by a tunnel, too', async () => {
    const proxyUrl = await proxyThat((socket) => socket.end('HTTP/1.1 403 No\r\n\r\n'));
    const sender = createHttpSender({ allowPlainHttpHosts: ['pay.example.test'] });
    const url = 'http://pay.example.test/orders';
    expect(await sender.send({ ...request, url }, { ...NETWORK_DEFAULTS, proxyUrl })).toMatchObject({
      noReply: { kind: 'notSent', code: 'PROXY_403' },
    });
  });

  it('a proxy that is not there: not sent', async () => {
    expect(await send({ proxyUrl: 'http://127.0.0.1:1' })).toMatchObject({
      noReply: { kind: 'notSent', code: 'PROXY_ECONNREFUSED' },
    });
  });
});

it('a tunnel carries the request, with the login of the proxy decoded', async () => {
  const seen: string[] = [];
  const port = await provider(seen, true, true);
  const heads: string[] = [];
  const proxyUrl = await proxyThat((socket, head) => {
    heads.push(head);
    tunnelTo(port)(socket);
  });
  expect(await send({ proxyUrl })).toEqual({ reply: { tag: 'charge', status: 200, body: 'paid' } });
  expect(seen).toEqual(['POST /orders']);
  expect(heads[0]).toContain('CONNECT pay.example.test:443 ');
  expect(heads[0]).toContain(`Basic ${Buffer.from('shop:pa@ss').toString('base64')}`);
});

it('a name that leads to another server is refused inside the tunnel: not sent', async () => {
  const seen: string[] = [];
  const proxyUrl = await proxyThat(tunnelTo(await provider(seen)));
  expect(await send({ proxyUrl })).toEqual({
    noReply: { tag: 'charge', kind: 'notSent', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  });
  expect(seen).toEqual([]);
});

it('a tunnel cut after the request has left: lost', async () => {
  const seen: string[] = [];
  const proxyUrl = await proxyThat(tunnelTo(await provider(seen, false, true)));
  expect(await send({ proxyUrl })).toMatchObject({ noReply: { kind: 'lost' } });
  expect(seen).toEqual(['POST /orders']);
});

it('a file of certificates is believed besides the built-in ones; one that is none stops the request', async () => {
  const seen: string[] = [];
  const url = `https://localhost:${await provider(seen)}/orders`;
  expect(await send({ caFile: '' }, { url })).toMatchObject({ noReply: { kind: 'notSent' } });
  writeFileSync(join(folder, 'page.pem'), '<html>');
  for (const wrong of ['page.pem', 'absent.pem']) {
    expect(await send({ caFile: join(folder, wrong) }, { url })).toEqual({
      noReply: { tag: 'charge', kind: 'notSent', code: 'CA_FILE' },
    });
  }
  expect(seen).toEqual([]);
  expect(await send({}, { url })).toEqual({ reply: { tag: 'charge', status: 200, body: 'paid' } });
});

it('cut after the request has left: lost', async () => {
  const seen: string[] = [];
  const url = `https://localhost:${await provider(seen, false)}/orders`;
  expect(await send({}, { url })).toMatchObject({ noReply: { kind: 'lost' } });
  expect(seen).toEqual(['POST /orders']);
});

it('the time for the answer begins with the connection, whatever the stages before it may take', async () => {
  const silent = await listen(createServer(() => {}));
  const url = `https://localhost:${silent}/`;
  expect(await send({ tlsTimeoutMs: 400 }, { url, timeoutMs: 50 })).toMatchObject({
    noReply: { kind: 'notSent', code: 'TIMEOUT_TLS' },
  });
});

it('a proxy that is spoken to by https carries the request, too; its certificate is judged like any other', async () => {
  const seen: string[] = [];
  const port = await provider(seen, true, true);
  const server = createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE });
  server.on('connect', (_request, socket: Socket) => tunnelTo(port)(socket));
  const proxyUrl = `https://shop:pa%40ss@127.0.0.1:${await listen(server)}`;
  expect(await send({ proxyUrl })).toEqual({ reply: { tag: 'charge', status: 200, body: 'paid' } });
  expect(await send({ proxyUrl, caFile: '' })).toMatchObject({
    noReply: { kind: 'notSent', code: 'PROXY_DEPTH_ZERO_SELF_SIGNED_CERT' },
  });
  expect(seen).toEqual(['POST /orders']);
});

describe('names of hosts', () => {
  const HERE: HostAddress = { address: '127.0.0.1', family: 4 };
  const sendTo = (names: HostNames, port: number, network: Partial<NetworkSettings> = {}) =>
    createHttpSender({ names }).send(
      { ...request, url: `https://pay.example.test:${port}/orders` },
      { ...NETWORK_DEFAULTS, caFile, ...network },
    );

  it('of two addresses the first, IPv6, leads nowhere: the other is tried', async () => {
    const seen: string[] = [];
    const port = await provider(seen, true, true);
    // 100::/64 is the black hole of RFC 6666; where there is no IPv6 at all it fails at once.
    for (const dead of ['::1', '100::1']) {
      const names = new HostNames(async () => [{ address: dead, family: 6 }, HERE]);
      expect(await sendTo(names, port), dead).toEqual({ reply: { tag: 'charge', status: 200, body: 'paid' } });
    }
    expect(seen).toEqual(['POST /orders', 'POST /orders']);
  });

  it('a DNS that hangs is asked once for all who wait, names its stage, and holds up no other name', async () => {
    const port = await provider([], true, true);
    const asked: string[] = [];
    const names = new HostNames((host) => {
      asked.push(host);
      return host === 'hangs.example.test' ? new Promise(() => {}) : Promise.resolve([HERE]);
    });
    const hanging = () =>
      createHttpSender({ names }).send(
        { ...request, url: `https://hangs.example.test:${port}/` },
        { ...NETWORK_DEFAULTS, caFile, lookupTimeoutMs: 100 },
      );
    const lost = await Promise.all([hanging(), hanging(), hanging(), hanging(), hanging()]);
    expect(new Set(lost.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ noReply: { tag: 'charge', kind: 'notSent', code: 'TIMEOUT_DNS' } })]),
    );
    expect(networkWord('TIMEOUT_DNS')).toContain('DNS');
    expect(await sendTo(names, port)).toMatchObject({ reply: { status: 200 } });
    expect(asked).toEqual(['hangs.example.test', 'pay.example.test']);
  });

  it.each<[string, () => Promise<HostAddress[]>]>([
    ['hangs', () => new Promise(() => {})],
    ['cannot be reached', () => Promise.reject(Object.assign(new Error(), { code: 'EAI_AGAIN' }))],
  ])('a DNS that %s: the address that was right before serves', async (_name, broken) => {
    const port = await provider([], true, true);
    let answer = () => Promise.resolve([HERE]);
    const names = new HostNames(() => answer());
    expect(await sendTo(names, port)).toMatchObject({ reply: { status: 200 } });
    answer = broken;
    expect(await sendTo(names, port)).toMatchObject({ reply: { status: 200 } });
  });

  it('a name that is gone is gone, and a name of the hosts file is found', async () => {
    let answer: () => Promise<HostAddress[]> = () => Promise.resolve([HERE]);
    const names = new HostNames(() => answer());
    await names.addressesOf('pay.example.test');
    answer = () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }));
    await expect(names.addressesOf('pay.example.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(await new HostNames().addressesOf('localhost')).toContainEqual(HERE);
  });
});

describe('which proxy', () => {
  const env = { HTTPS_PROXY: 'http://env:3128', NO_PROXY: 'local.by, .inner.by,10.0.0.1,port.by:8443' };
  function of(url: string, settings: Partial<NetworkSettings> = {}, environment: Record<string, string> = env) {
    return proxyFor(new URL(url), { ...NETWORK_DEFAULTS, ...settings }, environment)?.host ?? null;
  }

  it.each([
    ['https://pay.by/', 'env:3128'],
    ['https://local.by/', null],
    ['https://a.local.by/', null],
    ['https://notlocal.by/', 'env:3128'],
    ['https://a.inner.by/', null],
    ['https://10.0.0.1/', null],
    ['https://port.by/', 'env:3128'],
    ['https://port.by:8443/', null],
    ['https://localhost:1/', null],
    ['https://127.0.0.1/', null],
    ['https://[::1]/', null],
  ])('%s by the environment: %s', (url, host) => expect(of(url)).toBe(host));

  it('the setting goes before the environment', () => {
    expect(of('https://pay.by/', { proxyUrl: 'none' })).toBeNull();
    expect(of('https://local.by/', { proxyUrl: 'http://own:1' })).toBe('own:1');
    expect(of('https://pay.by/', { proxyUrl: 'http://own:1', noProxyHosts: ['pay.by'] })).toBeNull();
    expect(of('https://pay.by/', {}, { https_proxy: 'own:1', no_proxy: '*' })).toBeNull();
    expect(of('https://pay.by/', {}, {})).toBeNull();
  });
});

it('the password of a proxy is a secret of every system that has a server', () => {
  const network = { ...NETWORK_DEFAULTS, proxyUrl: 'http://shop:pa%40ss@proxy:3128' };
  expect(proxySecrets(network)).toContain('pa@ss');
  const withServers = [...drivers.values()].filter((driver) => driver.conf !== null);
  expect(withServers.length).toBeGreaterThan(2);
  for (const driver of withServers) {
    const settings = {
      ...(driver.conf?.settingsOf(
        (name) => driver.conf?.keys.find((key) => key.name === name)?.absent ?? '',
      ) as object),
      network,
    };
    expect(driver.network?.(settings)).toBe(network);
    expect(driver.secrets(settings, null)).toEqual(expect.arrayContaining(['pa@ss', 'pa%40ss']));
  }
});
