/** How a payment system is reached: straight or through a proxy, whose certificates are believed, and how long each stage may take. */
export interface NetworkSettings {
  /** `http(s)://login:password@host:port`. '' = as the environment says (HTTPS_PROXY, NO_PROXY); 'none' = never one. */
  proxyUrl: string;
  /** Hosts reached without the proxy, as in NO_PROXY. */
  noProxyHosts: readonly string[];
  /** PEM file of more roots; '' = the built-in ones. */
  caFile: string;
  lookupTimeoutMs: number;
  connectTimeoutMs: number;
  tlsTimeoutMs: number;
}

export const NETWORK_DEFAULTS: NetworkSettings = {
  proxyUrl: '',
  noProxyHosts: [],
  caFile: '',
  lookupTimeoutMs: 3_000,
  connectTimeoutMs: 3_000,
  tlsTimeoutMs: 5_000,
};

type Environment = Readonly<Record<string, string | undefined>>;

/** @returns the proxy that a request to this address goes through; null = none. This machine is always reached straight. */
export function proxyFor(url: URL, settings: NetworkSettings, environment: Environment): URL | null {
  if (settings.proxyUrl === 'none' || isLoopback(url.hostname)) return null;
  const isSecure = url.protocol === 'https:';
  const scheme = isSecure ? 'https' : 'http';
  // HTTP_PROXY in capitals is not read, as curl does not: a CGI request can set it.
  const fromOutside = environment[`${scheme}_proxy`] || (isSecure ? environment.HTTPS_PROXY : '') || '';
  const text = settings.proxyUrl === '' ? fromOutside : settings.proxyUrl;
  const exceptions =
    settings.proxyUrl === '' ? (environment.no_proxy || environment.NO_PROXY || '').split(/[\s,]+/) : [];
  if ([...settings.noProxyHosts, ...exceptions].some((pattern) => matches(url, pattern))) return null;
  if (text === '') return null;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  // A proxy that cannot be understood is asked nowhere: going round it would be against the shop's will.
  return URL.canParse(withScheme) ? new URL(withScheme) : new URL('http://invalid.invalid');
}

/** The password in a proxy's address, as it is written and as it is meant. */
export function proxySecrets({ proxyUrl }: NetworkSettings): string[] {
  if (!URL.canParse(proxyUrl)) return [];
  const { username, password } = new URL(proxyUrl);
  if (password === '') return [];
  const [login, word] = [decoded(username), decoded(password)];
  return [...new Set([password, word, Buffer.from(`${login}:${word}`).toString('base64')])];
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** One entry of NO_PROXY as curl reads it: a name stands for itself and all below it. */
function matches(url: URL, pattern: string): boolean {
  if (pattern === '*') return true;
  const [, name = '', port = ''] = /^\*?\.?(\[[^\]]*\]|[^:]*?)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? [];
  if (name === '') return false;
  if (port !== '' && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  return host === name || host.endsWith(`.${name}`);
}
