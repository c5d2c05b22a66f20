import { afterEach, describe, expect, it } from 'vitest';
import { type PrinterEmulator, startPrinterEmulator } from '../../../src/emulators/printer/server.ts';
import { defaultSettings, type Settings } from '../../../src/settings/settings.ts';
import { printStrictly } from '../../unit/devices/printer/strict-escpos.ts';
import { DeviceStory, PRINTER } from './shop-devices.ts';

let devices: DeviceStory;
let emulator: PrinterEmulator | null = null;
afterEach(async () => {
  await devices.story.end();
  await emulator?.close();
  emulator = null;
});

describe('a network printer nobody prints on', () => {
  it('that runs out of paper, is opened or switched off is told in row 24 without a slip being sent', async () => {
    const printer = await startPrinterEmulator({ columns: 42, paperLines: 100 });
    emulator = printer;
    devices = await DeviceStory.begin({
      devices: [],
      settings: { printer: { ...defaultSettings.printer, url: printer.url, profile: 'epson-tm' } },
      till: { printerUrl: printer.url },
    });
    const { story } = devices;
    story.goods('1');
    const shown = (word: string) => devices.until(word, () => story.row(24).includes(word));
    const well = () => devices.until('well', () => !story.row(24).includes('Принтер'));
    await devices.until('ready', () => story.till.state.printer === 'ready');
    await well();
    printer.loadPaper(0);
    await shown('Принтер: нет бумаги');
    printer.loadPaper(100);
    await well();
    printer.setCover(true);
    await shown('Принтер: крышка');
    printer.setCover(false);
    await well();
    await printer.setPower(false);
    await shown('Принтер: нет связи');
    await printer.setPower(true);
    await well();
    expect(printer.paper()).toEqual([]);
    expect(story.dialog).toBeNull();
  });
});

describe('a QR code that this terminal cannot show', () => {
  it('comes out of the printer with the payload whole', async () => {
    const blind: Partial<Settings> = { qrBlocks: 'none' };
    devices = await DeviceStory.begin({
      devices: [PRINTER],
      settings: { ...blind, printer: { ...defaultSettings.printer, url: PRINTER, profile: 'generic-58' } },
      till: { printerUrl: PRINTER },
      emulator: { buyer: 'silent' },
    });
    const { story } = devices;
    story.goods('2').press('f6', 'f7', 'type:7', 'enter');
    await story.untilShows('QR-код печатается на чековой ленте');
    const prompt = () => story.till.state.attempts[0]?.prompt;
    const payload = await devices
      .until('payload', () => prompt()?.show === 'showQr')
      .then(() => {
        const now = prompt();
        return now?.show === 'showQr' ? now.payload : '';
      });
    const codes = () => printStrictly(devices.peer(PRINTER).written()).qr;
    await devices.until('the code on paper', () => devices.peer(PRINTER).written().length > 0 && codes().length > 0);
    expect(payload).not.toBe('');
    expect(codes().map((code) => code.payload)).toEqual([payload]);
  });
});
