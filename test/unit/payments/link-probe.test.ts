/** `Проверить связь`, step by step, against real servers of the test. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HttpRequest } from '../../../src/payments/driver.ts';
import { type HostAddress, HostNames } from '../../../src/payments/host-names.ts';
import { createHttpSender } from '../../../src/payments/http.ts';
import { probeLink } from '../../../src/payments/link-probe.ts';
import { NETWORK_DEFAULTS, type NetworkSettings } from '../../../src/payments/network.ts';
import type { LinkStep } from '../../../src/payments/service-page.ts';
import { removeFolder } from '../../remove-folder.ts';
import { NAMED_CERTIFICATE, NAMED_KEY } from './tls-fixture.ts';

const DAY_MS = 86_400_000;
const HERE: HostAddress = { address: '127.0.0.1', family: 4 };
const running: { server: Server; sockets: Set<Socket> }[] = [];
let folder: string;
let caFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kassa-probe-'));
  caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, NAMED_CERTIFICATE);
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

/** The provider's server under the name of its certificate; it hears what was asked. */
function provider(seen: string[] = []): Promise<number> {
  return listen(
    createTlsServer({ key: NAMED_KEY, cert: NAMED_CERTIFICATE }, (asked, response) => {
      seen.push(`${asked.method} ${asked.url}`);
      response.end('{}');
    }),
  );
}

function proxyThat(meet: (socket: Socket) => void): Promise<number> {
  return listen(createServer((socket) => socket.once('data', () => meet(socket))));
}

async function walk(
  port: number,
  network: Partial<NetworkSettings> = {},
  more: { names?: HostNames; wallMs?: number } = {},
) {
  const request: HttpRequest = {
    tag: 'check',
    method: 'GET',
    url: `https://pay.example.test:${port}/list`,
    headers: {},
    body: null,
    timeoutMs: 3_000,
  };
  const names = more.names ?? new HostNames(async () => [HERE]);
  const settings = { ...NETWORK_DEFAULTS, caFile, ...network };
  const steps: LinkStep[] = [];
  const sender = createHttpSender({ names });
  const { result, ms } = await probeLink(request, {
    network: settings,
    names,
    send: (asked, onDate) => sender.send(asked, settings, undefined, onDate),
    wall: () => more.wallMs ?? Date.now(),
    onStep: (step) => steps.push(step),
  });
  const words = steps.map(({ name, result: how, detail }) => `${name} ${how}: ${detail}`);
  return { words, steps, result, ms };
}

it('all well: each step with what it found; the request is sent once', async () => {
  const seen: string[] = [];
  const { words, result } = await walk(await provider(seen));
  expect(words).toEqual([
    'dns ok: pay.example.test: 127.0.0.1',
    'proxy ok: нет',
    expect.stringMatching(/^tls ok: сертификат еще \d+ дн\., выдан: /),
    expect.stringMatching(/^clock ok: расхождение \d+ с$/),
  ]);
  expect(result).toMatchObject({ reply: { status: 200 } });
  expect(seen).toEqual(['GET /list']);
});

it('a certificate near its end and a clock that is wrong are told, and stop nothing', async () => {
  const endMs = Date.parse(new X509Certificate(NAMED_CERTIFICATE).validTo);
  const { words, result } = await walk(await provider(), {}, { wallMs: endMs - 5.5 * DAY_MS });
  expect(words[2]).toMatch(/^tls warning: сертификат еще 5 дн\./);
  expect(words[3]).toMatch(/^clock warning: часы кассы спешат на \d+ дн\.$/);
  expect(result).toMatchObject({ reply: { status: 200 } });
});

it.each<[string, Partial<NetworkSettings>, () => Promise<HostAddress[]>, string, string]>([
  ['no such name', {}, () => fails('ENOTFOUND'), 'ENOTFOUND', 'dns failed: имя сервера не найдено'],
  [
    'a DNS that hangs',
    { lookupTimeoutMs: 50 },
    () => new Promise(() => {}),
    'TIMEOUT_DNS',
    'dns failed: DNS не ответил вовремя',
  ],
  [
    'an unknown root',
    { caFile: '' },
    async () => [HERE],
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'tls failed: нет корневого сертификата',
  ],
  [
    'no file of roots',
    { caFile: '/nowhere' },
    async () => [HERE],
    'CA_FILE',
    'tls failed: файл сертификатов не прочитан',
  ],
])('%s: named, nothing after it is tried, nothing is sent', async (_name, network, resolve, code, word) => {
  const seen: string[] = [];
  const { words, steps, result, ms } = await walk(await provider(seen), network, { names: new HostNames(resolve) });
  const failed = steps.findIndex((step) => step.result === 'failed');
  expect(words[failed]).toBe(word);
  expect(steps.slice(failed + 1).every((step) => step.result === 'skipped')).toBe(true);
  expect(steps).toHaveLength(4);
  expect(result).toEqual({ noReply: { tag: 'check', kind: 'notSent', code } });
  expect(ms).toBeNull();
  expect(seen).toEqual([]);
});

function fails(code: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(), { code }));
}

it('a server that is down', async () => {
  const port = await provider();
  const [one] = running.splice(0);
  await new Promise((resolve) => one?.server.close(resolve));
  const { words } = await walk(port);
  expect(words.slice(2)).toEqual(['tls failed: сервер отказал в соединении', 'clock skipped: не проверялось']);
});

it('through a proxy: its host, never its password', async () => {
  const port = await provider();
  const proxyPort = await proxyThat((socket) => {
    const server = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(server).pipe(socket);
    });
    socket.on('close', () => server.destroy());
  });
  const { steps, words, result } = await walk(port, { proxyUrl: `http://shop:kanarejka@127.0.0.1:${proxyPort}` });
  expect(words.slice(0, 3)).toEqual([
    'dns ok: прокси 127.0.0.1, имени нет',
    `proxy ok: через 127.0.0.1:${proxyPort}`,
    expect.stringMatching(/^tls ok: сертификат/),
  ]);
  expect(result).toMatchObject({ reply: { status: 200 } });
  expect(JSON.stringify([steps, result])).not.toContain('kanarejka');
});

it.each([
  [407, 'прокси требует вход (407)'],
  [502, 'прокси не соединил'],
])('a proxy that answers %i', async (status, word) => {
  const proxyPort = await proxyThat((socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
  const { words, steps } = await walk(443, { proxyUrl: `http://shop:kanarejka@127.0.0.1:${proxyPort}` });
  expect(words.slice(1)).toEqual([
    `proxy failed: ${word}`,
    'tls skipped: не проверялось',
    'clock skipped: не проверялось',
  ]);
  expect(steps[1]?.code).toBe(`PROXY_${status}`);
});
