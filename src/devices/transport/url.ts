/**
 * Where a device is, as settings and the command line say it:
 * `serial:/dev/ttyUSB0?baud=9600&flow=rtscts`, `tcp:HOST:PORT` (`tcp:[::1]:9100`), `file:PATH` (`file:/dev/usb/lp0`), `none`.
 */
export type DeviceUrl =
  | { kind: 'serial'; path: string; baud: number; flow: SerialFlow }
  | { kind: 'tcp'; host: string; port: number }
  | { kind: 'file'; path: string }
  | { kind: 'none' };

export type SerialFlow = 'none' | 'xonxoff' | 'rtscts';

export const BAUD_RATES = [1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400] as const;
const DEFAULT_BAUD = 9600;

// A control byte in a path is never meant, and it would be written to the log.
const PATH = /^[^\u0000-\u001f\u007f]{1,1024}$/u;
const HOST_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;
const IPV6 = /^[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9]{1,16})?$/;

/** @returns the address, or the reason in Russian (for the settings screen and the command line) why it is none */
export function parseDeviceUrl(text: string): { ok: true; url: DeviceUrl } | { ok: false; reason: string } {
  if (text === 'none') return { ok: true, url: { kind: 'none' } };
  const colon = text.indexOf(':');
  const scheme = colon === -1 ? text : text.slice(0, colon);
  const rest = colon === -1 ? '' : text.slice(colon + 1);
  switch (scheme) {
    case 'serial':
      return parseSerial(rest);
    case 'tcp':
      return parseTcp(rest);
    case 'file':
      if (!PATH.test(rest)) return no('после file: нужен путь к файлу');
      return { ok: true, url: { kind: 'file', path: rest } };
    default:
      return no('ожидается serial:/dev/..., tcp:АДРЕС:ПОРТ, file:ПУТЬ или none');
  }
}

function no(reason: string): { ok: false; reason: string } {
  return { ok: false, reason: `Неверный адрес устройства: ${reason}` };
}

function parseSerial(rest: string): ReturnType<typeof parseDeviceUrl> {
  const question = rest.indexOf('?');
  const path = question === -1 ? rest : rest.slice(0, question);
  if (!path.startsWith('/') || !PATH.test(path))
    return no('после serial: нужен полный путь к порту, например /dev/ttyS0');
  let baud: number = DEFAULT_BAUD;
  let flow: SerialFlow = 'none';
  const seen = new Set<string>();
  for (const option of question === -1 ? [] : rest.slice(question + 1).split('&')) {
    const [name = '', value = '', ...more] = option.split('=');
    if (more.length > 0 || seen.has(name)) return no(`параметр порта «${shown(option)}»`);
    seen.add(name);
    if (name === 'baud') {
      const rate = BAUD_RATES.find((known) => String(known) === value);
      if (rate === undefined) return no(`скорость порта «${shown(value)}», допустимы ${BAUD_RATES.join(', ')}`);
      baud = rate;
    } else if (name === 'flow' && (value === 'xonxoff' || value === 'rtscts' || value === 'none')) {
      flow = value;
    } else {
      return no(`параметр порта «${shown(option)}», допустимы baud и flow=xonxoff|rtscts`);
    }
  }
  return { ok: true, url: { kind: 'serial', path, baud, flow } };
}

function parseTcp(rest: string): ReturnType<typeof parseDeviceUrl> {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(rest);
  const [, bracketed, name, digits] = match ?? [];
  const host = bracketed ?? name ?? '';
  const port = Number(digits);
  const hostIsGood = bracketed === undefined ? HOST_NAME.test(host) : IPV6.test(host) && host.includes(':');
  if (match === null || !hostIsGood || port < 1 || port > 65535)
    return no('после tcp: нужны адрес и порт, например 192.168.1.50:9100');
  return { ok: true, url: { kind: 'tcp', host, port } };
}

/** What was typed, short and without control bytes, so that the reason may be shown anywhere. */
function shown(text: string): string {
  return text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?').slice(0, 40);
}
