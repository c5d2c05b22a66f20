/**
 * The only door to the payment servers, and the only file that knows got. It decides nothing but one thing: whether a
 * request without a reply certainly never left (terminal.md 7).
 */
import type { TLSSocket } from 'node:tls';
import type { Got } from 'got';
import { BAD_ADDRESS, CA_FILE, isCertificateCode, NOT_HTTPS, TIMEOUT } from './answer-words.ts';
import { rootsOf } from './ca-file.ts';
import type { HttpReply, HttpRequest, NoReply } from './driver.ts';
import { HostNames } from './host-names.ts';
import { ListReader } from './list-reader.ts';
import { isLoopback, NETWORK_DEFAULTS, type NetworkSettings, proxyFor } from './network.ts';

/**
 * A JSON bomb must not reach the reader (reliability.md 8). Only a GET may answer with a page of a list, which is far longer than any
 * answer to a POST; a list without an end has a reader of its own.
 */
const BODY_CAP_BYTES: Record<HttpRequest['method'], number> = {
  GET: 2 * 1024 * 1024,
  POST: 256 * 1024,
  PUT: 256 * 1024,
};

export interface HttpSenderOptions {
  /** Extra trust anchors (PEM) for a server with a certificate of its own. */
  ca?: string | string[];
  /** Hosts besides loopback that may be reached without TLS. */
  allowPlainHttpHosts?: string[];
  /** Who finds the addresses of names; default: one of its own. */
  names?: HostNames;
  /** Something is wrong with the set-up, not with the network: a certificate, an address without TLS. No secrets. */
  onAlarm?: (text: string) => void;
}

export type HttpResult = { reply: HttpReply } | { noReply: NoReply };

export interface HttpSender {
  /** Loads got, so that the first payment does not wait for it. */
  warmUp(): Promise<void>;
  /**
   * Sends once: no retry, no redirect, a socket of its own. Never throws. Every status is a reply; a reply that is cut
   * or too long is none, and says which of the two.
   * @param onPart takes the parts of a list that comes in several (`ListWanted.inParts`)
   * @param onDate hears the server's clock, as its answer tells it
   */
  send(
    request: HttpRequest,
    network?: NetworkSettings,
    onPart?: (part: HttpReply) => void,
    onDate?: (date: string) => void,
  ): Promise<HttpResult>;
}

export function createHttpSender(options: HttpSenderOptions = {}): HttpSender {
  let got: Promise<Got> | null = null;
  const names = options.names ?? new HostNames();

  /** Loaded at the first payment, like Node's own http: the first screen must not wait for them. */
  function loadGot(): Promise<Got> {
    got ??= Promise.all([import('got'), import('node:http'), import('node:https')]).then(([module, http, https]) =>
      module.got.extend({
        retry: { limit: 0 },
        followRedirect: false,
        throwHttpErrors: false,
        // A compressed bomb grows after the cap has counted it.
        decompress: false,
        // On a kept-alive socket nobody can tell whether a request left.
        agent: { http: new http.Agent({ keepAlive: false }), https: new https.Agent({ keepAlive: false }) },
        headers: { 'user-agent': 'kassa' },
        // The same as of every socket; got's type knows older options only.
        dnsLookup: names.lookup as never,
      }),
    );
    return got;
  }

  function alarm(text: string): void {
    options.onAlarm?.(text);
  }

  async function send(
    request: HttpRequest,
    network: NetworkSettings = NETWORK_DEFAULTS,
    onPart?: (part: HttpReply) => void,
    onDate?: (date: string) => void,
  ): Promise<HttpResult> {
    const { tag } = request;
    const refusal = refusalOf(request.url, options.allowPlainHttpHosts ?? []);
    if (refusal !== null) {
      alarm(refusal.text);
      return { noReply: { tag, kind: 'notSent', code: refusal.code } };
    }
    const url = new URL(request.url);
    const isSecure = url.protocol === 'https:';
    const proxy = proxyFor(url, network, process.env);
    const roots = network.caFile === '' ? options.ca : await rootsOf(network.caFile);
    if (roots === null) {
      alarm(`no certificates to be read in ${network.caFile}`);
      return { noReply: { tag, kind: 'notSent', code: CA_FILE } };
    }
    const { lookupTimeoutMs, connectTimeoutMs, tlsTimeoutMs } = network;
    const setUpMs = lookupTimeoutMs + connectTimeoutMs + tlsTimeoutMs;
    let stream: ReturnType<Got['stream']> | null = null;
    let progress: Progress | null = null;
    try {
      const client = await loadGot();
      const agent = proxy === null ? null : await agentOf(proxy, roots, setUpMs, names);
      stream = client.stream(request.url, {
        method: request.method,
        headers: request.headers,
        // A PUT without a body would wait for somebody to write one, and never leave.
        ...(request.method === 'GET' ? {} : { body: request.body ?? '' }),
        ...(agent === null ? {} : { agent }),
        https: { rejectUnauthorized: true, ...(roots === undefined ? {} : { certificateAuthority: roots }) },
        timeout: { lookup: lookupTimeoutMs, connect: connectTimeoutMs, secureConnect: tlsTimeoutMs },
      });
      progress = followed(stream, isSecure, setUpMs, request.timeoutMs);
      stream.on('response', ({ headers }: { headers: { date?: string } }) => {
        if (headers.date !== undefined) onDate?.(headers.date);
      });
      const reply = await readReply(stream, request, onPart);
      return reply === 'tooLarge' ? { noReply: { tag, kind: 'tooLarge' } } : { reply: { tag, ...reply } };
    } catch (error) {
      const named = codeOf(error);
      const isConnected = progress?.isConnected === true;
      // Without a tunnel there was no word with the provider's server: whatever it is, it is the proxy's.
      const code = proxy !== null && progress?.hasSocket !== true ? proxyCodeOf(error, named) : named;
      if (isSecure && !isConnected && isCertificateCode(code)) {
        alarm(`TLS certificate of ${hostOf(request.url)} refused: ${code}`);
      }
      const kind = !isConnected ? 'notSent' : code.startsWith('HPE_') ? 'notHttp' : 'lost';
      return { noReply: { tag, kind, ...(code === '' ? {} : { code }) } };
    } finally {
      clearTimeout(progress?.timer);
      stream?.destroy();
    }
  }

  return {
    warmUp: async () => {
      await loadGot();
    },
    send,
  };
}

/** How far a request has come: it proves that nothing has left. */
interface Progress {
  timer: NodeJS.Timeout;
  /** Of a proxy: the tunnel is there. */
  hasSocket: boolean;
  isConnected: boolean;
}

/**
 * Ends the request when its time is over. How long the answer may take is the driver's to say (Assist: 20 s), and is counted from the
 * connection: a slow one takes nothing of it. The stages before it have their own limits; a tunnel has them all together.
 *
 * The events of the socket itself are believed: inside a tunnel got's own timings never tell of the secure connection, and a
 * charge that was lost would be taken for one that was not sent.
 */
function followed(stream: ReturnType<Got['stream']>, isSecure: boolean, setUpMs: number, answerMs: number): Progress {
  const end = (code: string) => () => stream.destroy(Object.assign(new Error('time is over'), { code }));
  // Of a tunnel got times no stage: it is the proxy's until there is a socket, then the secure connection's.
  const timer = setTimeout(() => end(progress.hasSocket ? TIMEOUT.tls : TIMEOUT.connect)(), setUpMs);
  const progress: Progress = { timer, hasSocket: false, isConnected: false };
  const connected = () => {
    progress.isConnected = true;
    clearTimeout(progress.timer);
    if (!stream.destroyed) progress.timer = setTimeout(end(TIMEOUT.answer), answerMs);
  };
  stream.once('request', (sent) => {
    sent.once('socket', (socket: TLSSocket) => {
      progress.hasSocket = true;
      if (isSecure) socket.once('secureConnect', connected);
      else if (socket.connecting) socket.once('connect', connected);
      else connected();
    });
  });
  return progress;
}

/**
 * Its refusal of a tunnel is an error here and no answer: another agent hands a proxy's 403 on as if the provider had said it,
 * and a payment would be declined by somebody who has never heard of it.
 */
export async function agentOf(proxy: URL, ca: string | string[] | undefined, timeout: number, names: HostNames) {
  const { HttpProxyAgent, HttpsProxyAgent } = await import('hpagent');
  const options = {
    proxy,
    keepAlive: false,
    timeout,
    proxyRequestOptions: { lookup: names.lookup, ...(ca === undefined ? {} : { ca: [ca].flat() }) },
  };
  return { http: new HttpProxyAgent(options), https: new HttpsProxyAgent(options) };
}

/** `PROXY_407` and so on; of the error's own words only the number is taken. */
export function proxyCodeOf(error: unknown, code: string): string {
  const status = error instanceof Error ? /^Bad response: (\d{3})$/.exec(error.message)?.[1] : undefined;
  if (error instanceof Error && error.message === 'Proxy timeout') return `PROXY_${TIMEOUT.connect}`;
  return `PROXY_${status ?? (code === '' ? 'FAILED' : code)}`;
}

async function readReply(
  stream: ReturnType<Got['stream']>,
  { tag, method, list }: HttpRequest,
  onPart?: (part: HttpReply) => void,
): Promise<Omit<HttpReply, 'tag'> | 'tooLarge'> {
  let status: number | null = null;
  let retryAfterMs: number | null = null;
  stream.on('response', ({ statusCode, headers }: { statusCode: number; headers: Record<string, unknown> }) => {
    status = statusCode;
    retryAfterMs = [429, 503].includes(statusCode) ? retryAfter(headers['retry-after']) : null;
  });
  let body: BodyReader | null = null;
  for await (const chunk of stream) {
    // A refusal is no list, whatever its form.
    body ??= list !== undefined && status === 200 ? new ListReader(list) : new WholeBody(BODY_CAP_BYTES[method]);
    if (!body.push(Buffer.from(chunk as Uint8Array))) return 'tooLarge';
    const part = list?.inParts === true && onPart !== undefined ? (body.takePart?.() ?? null) : null;
    if (part === null) continue;
    onPart?.({ tag, status: 200, body: part, isPart: true });
    // What takes it has its turn before more comes.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (status === null) throw new Error('no response');
  const rest = retryAfterMs === null ? {} : { retryAfterMs };
  return { status, body: body?.end() ?? '', ...rest };
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfter(header: unknown): number | null {
  if (typeof header !== 'string') return null;
  const restMs = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(restMs) ? null : Math.max(0, restMs);
}

interface BodyReader {
  /** @returns false = too large */
  push(bytes: Uint8Array): boolean;
  takePart?(): string | null;
  end(): string;
}

class WholeBody implements BodyReader {
  readonly #capBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(capBytes: number) {
    this.#capBytes = capBytes;
  }

  push(bytes: Uint8Array): boolean {
    this.#bytes += bytes.length;
    this.#chunks.push(bytes);
    return this.#bytes <= this.#capBytes;
  }

  end(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** Secrets and receipts go over TLS; without it only to this machine (reliability.md 8, "TLS off"). */
export function refusalOf(url: string, plainHosts: string[]): { code: string; text: string } | null {
  if (!URL.canParse(url)) return { code: BAD_ADDRESS, text: 'the address of a payment server is not a URL' };
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:') return null;
  if (protocol !== 'http:') {
    return { code: BAD_ADDRESS, text: `the address of a payment server has the scheme ${protocol}` };
  }
  const isAllowed = isLoopback(hostname) || plainHosts.includes(hostname);
  return isAllowed ? null : { code: NOT_HTTPS, text: `plain http to ${hostname} refused: use https` };
}

function hostOf(url: string): string {
  return new URL(url).host;
}

/** Got's names of the stages that it counts. */
const STAGES: Readonly<Record<string, string>> = {
  lookup: TIMEOUT.dns,
  connect: TIMEOUT.connect,
  secureConnect: TIMEOUT.tls,
};

/** Nothing but a code: the words of an error may have a body or an address in them. A time-out names its stage. */
export function codeOf(error: unknown): string {
  const stage = error instanceof Error && 'event' in error ? STAGES[String(error.event)] : undefined;
  if (stage !== undefined) return stage;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^[A-Z][A-Z0-9_]{1,59}$/.test(code) ? code : '';
}
