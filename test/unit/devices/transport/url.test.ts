import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTransport } from '../../../../src/devices/transport/open-transport.ts';
import { BAUD_RATES, type DeviceUrl, parseDeviceUrl } from '../../../../src/devices/transport/url.ts';

const path = fc.stringMatching(/^\/[A-Za-z0-9/._:=&-]{1,60}$/);
const anyUrl: fc.Arbitrary<DeviceUrl> = fc.oneof(
  fc.constant<DeviceUrl>({ kind: 'none' }),
  fc.record({
    kind: fc.constant('serial' as const),
    path,
    baud: fc.constantFrom(...BAUD_RATES),
    flow: fc.constantFrom('none' as const, 'xonxoff' as const, 'rtscts' as const),
  }),
  fc.record({
    kind: fc.constant('tcp' as const),
    host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()),
    port: fc.integer({ min: 1, max: 65535 }),
  }),
  fc.record({ kind: fc.constant('file' as const), path: fc.stringMatching(/^[A-Za-z0-9/._ А-я?-]{1,60}$/u) }),
);

/** The address in the form `parseDeviceUrl` reads. */
function formatDeviceUrl(url: DeviceUrl): string {
  switch (url.kind) {
    case 'none':
      return 'none';
    case 'file':
      return `file:${url.path}`;
    case 'tcp':
      return `tcp:${url.host.includes(':') ? `[${url.host}]` : url.host}:${url.port}`;
    case 'serial':
      return `serial:${url.path}?baud=${url.baud}${url.flow === 'none' ? '' : `&flow=${url.flow}`}`;
  }
}

describe('device address', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(anyUrl, (url) => {
        expect(parseDeviceUrl(formatDeviceUrl(url))).toEqual({ ok: true, url });
      }),
    );
  });

  it('answers any text, and a refusal is one printable Russian line', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((rest) => `serial:/dev/x?${rest}`),
        ),
        (text) => {
          const parsed = parseDeviceUrl(text);
          if (!parsed.ok) expect(parsed.reason).toMatch(/^Неверный адрес устройства: [^\p{C}]+$/u);
        },
      ),
    );
  });

  it.each([
    ['serial:/dev/ttyUSB0', { kind: 'serial', path: '/dev/ttyUSB0', baud: 9600, flow: 'none' }],
    ['serial:/dev/ttyS1?baud=115200&flow=rtscts', { kind: 'serial', path: '/dev/ttyS1', baud: 115200, flow: 'rtscts' }],
    ['serial:/dev/ttyS1?flow=xonxoff', { kind: 'serial', path: '/dev/ttyS1', baud: 9600, flow: 'xonxoff' }],
    ['tcp:192.168.1.50:9100', { kind: 'tcp', host: '192.168.1.50', port: 9100 }],
    ['tcp:[::1]:9100', { kind: 'tcp', host: '::1', port: 9100 }],
    ['file:/tmp/чеки.bin', { kind: 'file', path: '/tmp/чеки.bin' }],
    ['none', { kind: 'none' }],
  ])('reads %s', (text, url) => {
    expect(parseDeviceUrl(text)).toEqual({ ok: true, url });
  });

  it.each([
    ['', 'ожидается serial:'],
    ['/dev/ttyUSB0', 'ожидается serial:'],
    ['usb:/dev/x', 'ожидается serial:'],
    ['none:', 'ожидается serial:'],
    ['serial:', 'полный путь'],
    ['serial:ttyUSB0', 'полный путь'],
    ['serial:/dev/x\u001b[2J', 'полный путь'],
    ['serial:/dev/x?baud=9601', 'скорость порта «9601»'],
    ['serial:/dev/x?baud=9600&baud=9600', 'параметр порта'],
    ['serial:/dev/x?parity=even', 'параметр порта «parity=even»'],
    ['serial:/dev/x?', 'параметр порта'],
    ['tcp:host', 'адрес и порт'],
    ['tcp:host:0', 'адрес и порт'],
    ['tcp:host:65536', 'адрес и порт'],
    ['tcp:::1:9100', 'адрес и порт'],
    ['tcp:[host]:9100', 'адрес и порт'],
    ['tcp::9100', 'адрес и порт'],
    ['file:', 'путь к файлу'],
  ])('refuses %j', (text, reason) => {
    const parsed = parseDeviceUrl(text);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.reason).toContain(reason);
    expect(() => openTransport(text)).toThrow('address: bad: ');
  });

  it('opens nothing for none', () => {
    expect(openTransport('none')).toBeNull();
  });
});
