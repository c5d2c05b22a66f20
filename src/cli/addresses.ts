import type { ProviderOverrides } from '../app/provider-settings.ts';

/** Payment systems whose server can be named on the command line, and what their settings call it. */
const ADDRESS_SETTINGS = { oplati: 'url', paymaster: 'url', assist: 'serverUrl' } as const;

/** `--oplati-url` and its like stand over the files and over the demo's own servers. */
export function withAddresses(
  providers: ProviderOverrides,
  texts: Readonly<Record<string, string>>,
): ProviderOverrides {
  const given = Object.entries(ADDRESS_SETTINGS).flatMap(([name, setting]) => {
    const url = texts[`${name}-url`];
    return url === undefined ? [] : [[name, { ...providers[name], [setting]: url }] as const];
  });
  return { ...providers, ...Object.fromEntries(given) };
}
