/**
 * `Проверить связь`, step by step: the way to a payment server is walked as a request walks it, and each step tells how it went.
 * Shared by the service page and `kassa check-payments`. It sends one request, which the driver's `check` machine has made: nothing
 * here can move money.
 */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely, type PeerCertificate, type TLSSocket } from 'node:tls';
import { safeText } from '../register/safe-text.ts';
import { CA_FILE, networkWord, TIMEOUT } from './answer-words.ts';
import { rootsOf } from './ca-file.ts';
import type { HttpRequest } from './driver.ts';
import type { HostNames } from './host-names.ts';
import { agentOf, codeOf, type HttpResult, proxyCodeOf, refusalOf } from './http.ts';
import { type NetworkSettings, proxyFor } from './network.ts';
import { LINK_STEPS, type LinkStep } from './service-page.ts';

const DAY_MS = 86_400_000;
/** A certificate that ends sooner is told of. */
const FEW_DAYS = 14;
/** What the clocks of a till and a server may be apart: signatures and times of orders are judged by it. */
const CLOCK_LIMIT_S = 60;

export interface LinkTools {
  network: NetworkSettings;
  names: HostNames;
  send(request: HttpRequest, onDate: (date: string) => void): Promise<HttpResult>;
  /** Wall clock, ms. */
  wall(): number;
  /** Each step as it ends, but for `answer`: what an answer means is the driver's to say. */
  onStep(step: LinkStep): void;
}

interface Told {
  detail: string;
  isWarning?: boolean;
}

/** The steps before the request, in order; each throws what went wrong. */
type Walk = readonly { name: LinkStep['name']; go(): Promise<Told>; code(error: unknown): string }[];

/** @returns what came of the request; `ms` null = it was not sent, a step before it has failed */
export async function probeLink(
  request: HttpRequest,
  tools: LinkTools,
): Promise<{ result: HttpResult; ms: number | null }> {
  const sockets: Socket[] = [];
  try {
    for (const { name, go, code } of walkTo(request.url, tools, sockets)) {
      const startedMs = performance.now();
      try {
        const { detail, isWarning = false } = await go();
        const ms = name === 'proxy' && sockets.length === 0 ? null : since(startedMs);
        tools.onStep({ name, result: isWarning ? 'warning' : 'ok', detail, ms, code: null });
      } catch (error) {
        const why = code(error);
        const detail = networkWord(why) ?? 'не удалось';
        tools.onStep({ name, result: 'failed', detail, ms: since(startedMs), code: why });
        for (const later of LINK_STEPS.slice(LINK_STEPS.indexOf(name) + 1, -1)) tools.onStep(skipped(later));
        return { result: { noReply: { tag: request.tag, kind: 'notSent', code: why } }, ms: null };
      }
    }
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  let date: string | null = null;
  const startedMs = performance.now();
  const result = await tools.send(request, (told) => {
    date = told;
  });
  const ms = since(startedMs);
  tools.onStep('reply' in result ? clockStep(date, tools.wall()) : skipped('clock'));
  return { result, ms };
}

export function skipped(name: LinkStep['name']): LinkStep {
  return { name, result: 'skipped', detail: 'не проверялось', ms: null, code: null };
}

function walkTo(address: string, tools: LinkTools, sockets: Socket[]): Walk {
  const { network, names } = tools;
  const refused = refusalOf(address, []);
  if (refused !== null) {
    return [{ name: 'dns', go: () => Promise.reject(new Error()), code: () => refused.code }];
  }
  const url = new URL(address);
  const proxy = proxyFor(url, network, process.env);
  const isSecure = url.protocol === 'https:';
  const nameToFind = bare((proxy ?? url).hostname);
  const ofProxy = (code: string) => (proxy === null ? code : `PROXY_${code}`);
  let tunnel: TLSSocket | null = null;
  return [
    {
      name: 'dns',
      code: (error) => ofProxy(codeOf(error)),
      async go() {
        const of = proxy === null ? '' : 'прокси ';
        if (isIP(nameToFind) !== 0) return { detail: `${of}${nameToFind}, имени нет` };
        const found = await within(names.addressesOf(nameToFind), network.lookupTimeoutMs, TIMEOUT.dns);
        return { detail: `${of}${nameToFind}: ${found.map((one) => one.address).join(', ')}` };
      },
    },
    {
      name: 'proxy',
      code: (error) => (codeOf(error) === CA_FILE ? CA_FILE : proxyCodeOf(error, codeOf(error))),
      async go() {
        if (proxy === null) return { detail: 'нет' };
        const { connectTimeoutMs, tlsTimeoutMs } = network;
        const ca = await trusted(network);
        const agent = await agentOf(proxy, ca, connectTimeoutMs + tlsTimeoutMs, names);
        tunnel = await new Promise<TLSSocket>((resolve, reject) => {
          const target = { host: bare(url.hostname), port: portOf(url), servername: servernameOf(url), ca };
          // Its types know the options of an agent's connection, and no call of it by hand.
          const open = agent.https.createConnection as unknown as (options: object, done: TunnelDone) => void;
          open.call(agent.https, { ...target, timeout: connectTimeoutMs + tlsTimeoutMs }, (error, socket) =>
            error === null && socket !== null ? resolve(socket) : reject(error),
          );
        });
        tunnel.on('error', () => undefined);
        sockets.push(tunnel);
        return { detail: `через ${proxy.host}` };
      },
    },
    {
      name: 'tls',
      code: codeOf,
      async go() {
        if (tunnel !== null) {
          await opened(tunnel, 'secureConnect', network.tlsTimeoutMs, TIMEOUT.tls);
          return certificateTold(tunnel.getPeerCertificate(), tools.wall());
        }
        const target = { host: bare(url.hostname), port: portOf(url), lookup: names.lookup };
        if (!isSecure) {
          const socket = connect(target);
          sockets.push(socket);
          await opened(socket, 'connect', network.connectTimeoutMs, TIMEOUT.connect);
          return { detail: 'есть, без TLS: сервер на этом компьютере' };
        }
        const ca = await trusted(network);
        const socket = connectSecurely({
          ...target,
          servername: servernameOf(url),
          ...(ca === undefined ? {} : { ca }),
        });
        sockets.push(socket);
        const secure = opened(socket, 'secureConnect', network.connectTimeoutMs + network.tlsTimeoutMs, TIMEOUT.tls);
        await Promise.race([opened(socket, 'connect', network.connectTimeoutMs, TIMEOUT.connect), secure]);
        await secure;
        return certificateTold(socket.getPeerCertificate(), tools.wall());
      },
    },
  ];
}

type TunnelDone = (error: Error | null, socket: TLSSocket | null) => void;

async function trusted({ caFile }: NetworkSettings): Promise<string[] | undefined> {
  if (caFile === '') return undefined;
  const roots = await rootsOf(caFile);
  if (roots === null) throw Object.assign(new Error(), { code: CA_FILE });
  return roots;
}

function certificateTold(certificate: PeerCertificate, wallMs: number): Told {
  const { O, CN } = certificate.issuer;
  const issuer = safeText([O ?? CN ?? '?'].flat().join(' '), 40);
  const days = Math.floor((Date.parse(certificate.valid_to) - wallMs) / DAY_MS);
  return { detail: `сертификат еще ${days} дн., выдан: ${issuer}`, isWarning: days < FEW_DAYS };
}

function clockStep(date: string | null, wallMs: number): LinkStep {
  const step = { name: 'clock', ms: null, code: null } as const;
  const serverMs = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(serverMs)) return { ...step, result: 'ok', detail: 'сервер не сообщил время' };
  const seconds = Math.round((wallMs - serverMs) / 1000);
  const isFar = Math.abs(seconds) > CLOCK_LIMIT_S;
  if (!isFar) return { ...step, result: 'ok', detail: `расхождение ${Math.abs(seconds)} с` };
  const word = seconds > 0 ? 'спешат' : 'отстают';
  return { ...step, result: 'warning', detail: `часы кассы ${word} на ${spanText(Math.abs(seconds))}` };
}

function spanText(seconds: number): string {
  if (seconds < 600) return `${seconds} с`;
  return seconds < 172_800 ? `${Math.round(seconds / 60)} мин` : `${Math.round(seconds / 86_400)} дн.`;
}

/** @returns when the event comes; a `code` when its time is over before */
function opened(socket: Socket, event: 'connect' | 'secureConnect', limitMs: number, code: string): Promise<void> {
  const comes = new Promise<void>((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('error', reject);
    socket.once('close', () => reject(Object.assign(new Error(), { code: 'ECONNRESET' })));
  });
  return within(comes, limitMs, code);
}

async function within<T>(promise: Promise<T>, limitMs: number, code: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error(), { code })), limitMs);
  });
  promise.catch(() => undefined);
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}

function since(startedMs: number): number {
  return Math.round(performance.now() - startedMs);
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

/** An address has no name to be asked for. */
function servernameOf(url: URL): string {
  return isIP(bare(url.hostname)) === 0 ? url.hostname : '';
}
