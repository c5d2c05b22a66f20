import { deviceNodeTransport, isDeviceNode } from './device-node.ts';
import { badAddress } from './fault.ts';
import { fileTransport } from './file.ts';
import type { Transport } from './link.ts';
import { serialTransport } from './serial.ts';
import { tcpTransport } from './tcp.ts';
import { parseDeviceUrl } from './url.ts';

/**
 * The transport behind an address; opens nothing yet. `none` gives null.
 * @throws a bad address with a Russian text when the address is malformed
 */
export function openTransport(text: string): Transport | null {
  const parsed = parseDeviceUrl(text);
  if (!parsed.ok) throw badAddress(parsed.reason);
  switch (parsed.url.kind) {
    case 'none':
      return null;
    case 'serial':
      return serialTransport(parsed.url);
    case 'tcp':
      return tcpTransport(parsed.url);
    case 'file':
      return isDeviceNode(parsed.url) ? deviceNodeTransport(parsed.url) : fileTransport(parsed.url);
  }
}
