import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ScannerEmulator, startScannerEmulator } from '../../../src/emulators/scanner/server.ts';
import { takeRootLock } from '../../../src/journal/root-lock.ts';
import { removeFolder } from '../../remove-folder.ts';
import { printStrictly } from '../../unit/devices/printer/strict-escpos.ts';
import { openPty, type PtyScreen } from '../terminal/pty-screen.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

let root: string;
let scanner: ScannerEmulator;
const open: PtyScreen[] = [];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'kassa-devices-'));
  scanner = await startScannerEmulator();
});
afterEach(async () => {
  for (const screen of open.splice(0)) screen.dispose();
  await scanner.close();
  removeFolder(root);
});

const printerFile = () => join(root, 'paper.bin');

function configure(settings: object): void {
  mkdirSync(join(root, 'cash/conf'), { recursive: true });
  writeFileSync(join(root, 'cash/conf/kassa.json'), JSON.stringify(settings));
}

function start(size = { columns: 80, rows: 25 }): PtyScreen {
  const screen = openPty(['node', '--import', 'tsx', main, 'devices', '--root', root], {}, size);
  open.push(screen);
  return screen;
}

describe('kassa devices', () => {
  it('shows scans as they come: bytes, symbology, meaning, counters', async () => {
    configure({ scanner: { url: scanner.url } });
    const screen = start();
    await screen.untilShown('готов; сканов 0, пустых 0');
    expect(scanner.scan(']E04810000000018')).toBe(true);
    await screen.untilShown(']E0 EAN-13/UPC, байт 16\n   ]E04810000000018');
    await screen.untilShown('EAN-13: контрольная цифра верна');
    scanner.scan('4810000000019\r');
    await screen.untilShown('контрольная цифра 9 неверна, должна быть 8');
    scanner.scan(']d2010481000000001821ABC1234567890\x1d93abcd');
    await screen.untilShown('GS1, код маркировки: (01) 04810000000018  (21) ABC1234567890  (93) abcd');
    const text = await screen.untilShown('сканов 3, пустых 1');
    expect(text).toContain('ABC1234567890\\x1d93abcd');
    // Newest first.
    expect(text.indexOf('GS1 DataMatrix')).toBeLessThan(text.indexOf('EAN-13/UPC'));
    screen.send('\x1b');
    expect(await screen.exitCode()).toBe(0);
    expect(screen.damage()).toEqual([]);
    expect(scanner.listeners).toBe(0);
  });

  it('prints the test sheet, opens the drawer and shows a text on the display', async () => {
    const shown: Buffer[] = [];
    const display: Server = createServer((socket) =>
      socket.on('data', (bytes) => shown.push(bytes)).on('error', () => {}),
    );
    await new Promise<void>((resolve) => display.listen(0, '127.0.0.1', resolve));
    configure({
      printer: { url: `file:${printerFile()}`, profile: 'generic-58' },
      display: { url: `tcp:127.0.0.1:${(display.address() as AddressInfo).port}` },
    });
    const screen = start();
    await screen.untilShown('порт открыт');
    screen.send('2');
    await screen.untilShown('Импульс на ящик отправлен');
    const pulse = readFileSync(printerFile());
    expect(printStrictly(pulse).drawer).toHaveLength(1);
    screen.send('1');
    await screen.untilShown('Проверочный лист передан принтеру');
    const sheet = printStrictly(readFileSync(printerFile()).subarray(pulse.length));
    expect(sheet.lines[17]?.text).toBe('n=17: Ёё №Ўў ABC');
    await screen.untilShown('заданий 2, неудачных 0');
    screen.send('3');
    await screen.untilShown('На дисплее должно быть');
    await expect
      .poll(() => Buffer.concat(shown).toString('latin1'), { timeout: 30_000 })
      .toContain('12345678901234567890');
    screen.send('\x1b');
    expect(await screen.exitCode()).toBe(0);
    await new Promise((resolve) => display.close(resolve));
  });

  it('takes a code typed by a keyboard scanner for a scan, not for keys', async () => {
    configure({ printer: { url: `file:${printerFile()}` } });
    const screen = start();
    await screen.untilShown('отсканируйте любой код');
    screen.send('1231231231232\r');
    await screen.untilShown('Клавиатура, без AIM, байт 13\n   1231231231232');
    screen.send('\x1b');
    expect(await screen.exitCode()).toBe(0);
    expect(existsSync(printerFile())).toBe(false);
  });

  it('says why a device is not reached, and finds it when it comes', async () => {
    const { port } = new URL(scanner.url.replace('tcp:', 'tcp://'));
    await scanner.close();
    configure({
      scanner: { url: `tcp:127.0.0.1:${port}` },
      printer: { url: 'serial:/dev/serial/by-id/usb-nothing?baud=9600' },
    });
    const screen = start();
    await screen.untilShown('соединение отклонено');
    await screen.untilShown('устройства нет: проверьте кабель и путь');
    scanner = await startScannerEmulator({ port: Number(port) });
    await screen.untilShown('была ошибка: соединение отклонено');
    await expect.poll(() => scanner.scan('12345'), { timeout: 30_000 }).toBe(true);
    await screen.untilShown('Прочий код: ищется как есть');
  });

  it('opens nothing while the register runs, and says so', async () => {
    configure({ scanner: { url: scanner.url } });
    const release = takeRootLock(join(root, 'cash/data/lock.db'));
    const screen = start();
    const text = await screen.untilShown('Касса работает: порты заняты ею');
    expect(text).toContain(scanner.url);
    screen.send('1');
    await screen.untilShown('Недоступно: касса работает');
    expect(scanner.listeners).toBe(0);
    screen.send('\x1b');
    expect(await screen.exitCode()).toBe(0);
    release?.();
  });

  it('keeps the register out while it holds the ports', async () => {
    configure({ scanner: { url: scanner.url } });
    const screen = start({ columns: 132, rows: 43 });
    await screen.untilShown('готов; сканов 0');
    expect(takeRootLock(join(root, 'cash/data/lock.db'))).toBeNull();
    screen.send('\x1b');
    expect(await screen.exitCode()).toBe(0);
    const release = takeRootLock(join(root, 'cash/data/lock.db'));
    expect(release).not.toBeNull();
    release?.();
  });
});
