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
  const fromOutside = variableOf(isSecure, environment)?.text ?? '';
  const text = settings.proxyUrl === '' ? fromOutside : settings.proxyUrl;
  const exceptions =
    settings.proxyUrl === '' ? (environment.no_proxy || environment.NO_PROXY || '').split(/[\s,]+/) : [];
  if ([...settings.noProxyHosts, ...exceptions].some((pattern) => matches(url, pattern))) return null;
  if (text === '') return null;
  // A proxy that cannot be understood is asked nowhere: going round it would be against the shop's will.
  return parsedProxy(text) ?? new URL('http://invalid.invalid');
}

/** @returns the variable of the environment that names a proxy nobody can understand; null = it is not asked, or is right */
export function wrongProxyVariable({ proxyUrl }: NetworkSettings, environment: Environment): string | null {
  const variable = proxyUrl === '' ? variableOf(true, environment) : null;
  return variable === null || parsedProxy(variable.text) !== null ? null : variable.name;
}

/** The password in a proxy's address, as it is written and as it is meant; the environment's too, whoever uses it. */
export function proxySecrets({ proxyUrl }: NetworkSettings, environment: Environment = process.env): string[] {
  const variables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy'].map((name) => environment[name] ?? '');
  return [proxyUrl, ...variables].flatMap(secretsIn);
}

function secretsIn(proxy: string): string[] {
  const text = withScheme(proxy);
  if (!URL.canParse(text)) return [];
  const { username, password } = new URL(text);
  if (password === '') return [];
  const [login, word] = [decoded(username), decoded(password)];
  return [...new Set([password, word, Buffer.from(`${login}:${word}`).toString('base64')])];
}

/** HTTP_PROXY in capitals is not read, as curl does not: a CGI request can set it. */
function variableOf(isSecure: boolean, environment: Environment): { name: string; text: string } | null {
  const names = isSecure ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy'];
  const name = names.find((one) => environment[one]);
  return name === undefined ? null : { name, text: environment[name] ?? '' };
}

/** @returns null = not an address of a proxy that can be spoken to; a login that cannot be decoded would stop hpagent */
export function parsedProxy(text: string): URL | null {
  const full = withScheme(text);
  if (!/^https?:\/\/[^\s/]+\/?$/i.test(full) || !URL.canParse(full)) return null;
  const url = new URL(full);
  try {
    decodeURIComponent(url.username + url.password);
    return url;
  } catch {
    return null;
  }
}

function withScheme(text: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
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
