import { afterEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../../src/settings/settings.ts';
import { BIFILUX, DeviceStory, MILK, SCANNER, SECOND_SCANNER, scannerSettings } from './shop-devices.ts';

let devices: DeviceStory;
const begin = async (
  settings: Partial<Settings> = {},
  prepare?: Parameters<typeof DeviceStory.begin>[1],
): Promise<DeviceStory> => {
  devices = await DeviceStory.begin(
    { devices: [SCANNER, SECOND_SCANNER], settings: { scanner: scannerSettings(SCANNER), ...settings } },
    prepare,
  );
  return devices;
};
afterEach(() => devices.story.end());

describe('a scanner on a serial port', () => {
  it('adds goods; the same code twice in a moment is two pieces', async () => {
    await begin();
    await devices.connected(SCANNER);
    devices.read(SCANNER, MILK);
    devices.read(SCANNER, MILK);
    devices.read(SCANNER, BIFILUX);
    await devices.story.until('three lines', () => devices.lines().length === 3);
    expect(devices.lines()).toEqual(['1', '1', '2']);
  });

  it('drops the second of two equal codes when it is set so, but not a later one and not another code', async () => {
    await begin({ scanner: scannerSettings(SCANNER, { dropsRepeats: true }) });
    await devices.connected(SCANNER);
    devices.read(SCANNER, MILK);
    devices.read(SCANNER, MILK);
    devices.read(SCANNER, BIFILUX);
    await devices.story.until('the other goods', () => devices.lines().includes('2'));
    expect(devices.lines()).toEqual(['1', '2']);
    await devices.story.pass(400);
    devices.read(SCANNER, BIFILUX);
    await devices.story.until('three lines', () => devices.lines().length === 3);
    expect(devices.lines()).toEqual(['1', '2', '2']);
  });

  it('and a second one both sell; one of them lost is told, the other goes on', async () => {
    await begin({ scanners: [scannerSettings(SECOND_SCANNER, { dropsRepeats: true })] });
    await devices.connected(SCANNER);
    await devices.connected(SECOND_SCANNER);
    devices.read(SCANNER, MILK);
    devices.read(SECOND_SCANNER, MILK);
    await devices.story.until('both', () => devices.lines().length === 2);
    devices.peer(SCANNER).refuse('noDevice');
    devices.peer(SCANNER).unplug();
    await devices.story.untilDialog('DEV-01');
    devices.story.press('enter');
    expect(devices.story.row(24)).toMatch(/Сканер: нет связи$/);
    devices.read(SECOND_SCANNER, BIFILUX);
    await devices.story.until('third', () => devices.lines().length === 3);
  });

  it('pulled out: DEV-01 once, the word stays, DEV-02 and scans when it is back', async () => {
    await begin();
    await devices.connected(SCANNER);
    const { story } = devices;
    const before = story.clock.now();
    devices.peer(SCANNER).refuse('noDevice');
    devices.peer(SCANNER).unplug();
    await story.untilDialog('DEV-01');
    expect(story.clock.now() - before).toBeLessThanOrEqual(1000);
    story.press('enter');
    await story.pass(30_000);
    expect(story.dialog).toBeNull();
    expect(story.row(24)).toMatch(/Сканер: нет связи$/);
    story.goods('2');
    devices.peer(SCANNER).refuse(null);
    await story.untilShows('Сканер подключен');
    expect(story.shows('Сканер: нет связи')).toBe(false);
    devices.read(SCANNER, MILK);
    await story.until('scan', () => devices.lines().length === 2);
    expect(devices.lines()).toEqual(['2', '1']);
    devices.peer(SCANNER).unplug();
    await story.untilDialog('DEV-01');
  });

  it.each([
    ['permissionDenied', 'DEV-03', 'Нет доступа к порту сканера /dev/ttyS0'],
    ['busy', 'DEV-04', 'Порт /dev/ttyS0 занят другой программой'],
  ] as const)('%s at the start is %s with the port', async (fault, number, text) => {
    await begin({}, (peer) => peer(SCANNER).refuse(fault));
    await devices.story.untilDialog(number);
    expect(devices.story.screen.join(' ').replace(/[│\s]+/g, ' ')).toContain(text);
    devices.story.press('enter');
    await devices.story.pass(20_000);
    expect(devices.story.dialog).toBeNull();
  });

  it('lost while the buyer pays waits with its dialog until the payment has ended', async () => {
    await begin();
    await devices.connected(SCANNER);
    const { story } = devices;
    story.goods('2').press('f6', 'f7', 'type:7', 'enter');
    await story.untilShows('Отсканируйте QR-код для');
    devices.peer(SCANNER).refuse('noDevice');
    devices.peer(SCANNER).unplug();
    const dialogs = new Set<string | null>();
    story.onPaint = () => dialogs.add(story.dialog);
    await story.untilDialog('DEV-01');
    expect(story.chargedKopecks()).toBe(1530);
    expect([...dialogs].at(-1)).toBe('DEV-01');
    story.press('enter', 'f8');
    expect(story.shows('Чек закрыт')).toBe(true);
  });

  it('that sends noise is told once (DEV-05), nothing is added, the next code counts', async () => {
    await begin();
    await devices.connected(SCANNER);
    const { story } = devices;
    devices.peer(SCANNER).send(Buffer.alloc(10_000, 'x'));
    await story.untilDialog('DEV-05');
    story.press('enter');
    expect(story.document).toBeNull();
    devices.peer(SCANNER).send(Buffer.from('\r'));
    devices.read(SCANNER, MILK);
    await story.until('goods', () => devices.lines().length === 1);
  });
});

describe('a GS1 code', () => {
  const mark = `010${MILK}21ABCDEFGHIJKLM\x1d91abcd\x1d92${'k'.repeat(44)}`;

  it('sells the goods of its GTIN and keeps the whole code, separators and all', async () => {
    await begin();
    await devices.connected(SCANNER);
    devices.read(SCANNER, `]d2${mark}`);
    await devices.story.until('goods', () => devices.lines().length === 1);
    expect(devices.lines()).toEqual(['1']);
    expect(devices.story.document?.lines[0]?.enteredCode).toBe(`]d2${mark}`);
    expect(devices.story.row(6)).toContain('МОЛОКО');
  });

  it('is understood in the search as well', async () => {
    await begin();
    await devices.connected(SCANNER);
    devices.story.press('f2', 'type:МОЛ');
    devices.read(SCANNER, mark);
    await devices.story.until('goods', () => devices.lines().length === 1);
    expect(devices.story.document?.lines[0]?.enteredCode).toBe(mark);
  });

  it('without separators is DEV-06 and adds nothing', async () => {
    await begin();
    await devices.connected(SCANNER);
    devices.read(SCANNER, mark.replaceAll('\x1d', ''));
    await devices.story.untilDialog('DEV-06');
    devices.story.press('enter');
    expect(devices.story.document).toBeNull();
  });
});
