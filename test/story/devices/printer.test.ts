import { afterEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src/settings/settings.ts';
import { FakePrinter } from './fake-printer.ts';
import { DeviceStory, PRINTER } from './shop-devices.ts';

let devices: DeviceStory;
let printer: FakePrinter;

const begin = async (
  changes: { printsWhenUnknown?: boolean; drawerOpenLevel?: 'low' | 'high' } = {},
  prepare?: Parameters<typeof DeviceStory.begin>[1],
) => {
  devices = await DeviceStory.begin(
    {
      devices: [PRINTER],
      settings: { printer: { ...defaultSettings.printer, url: PRINTER, profile: 'epson-tm', ...changes } },
      till: { printerUrl: PRINTER, printLimits: { statusMs: 250, retryMs: 20, confirmMs: 300, offlineMs: 500 } },
    },
    (peer) => {
      prepare?.(peer);
      if (prepare === undefined) printer = new FakePrinter(peer(PRINTER));
    },
  );
};
const ready = () => devices.until('the printer is ready', () => devices.story.till.state.printer === 'ready');
const sell = () => devices.story.goods('2').press('f6', 'type:100', 'f8');
const atRest = () => devices.until('everything printed', () => devices.story.till.state.printJobs.length === 0);
const seen = (state: string) => devices.until(`printer ${state}`, () => devices.story.till.state.printer === state);

afterEach(() => devices.story.end());

describe('a printer in trouble', () => {
  it.each([
    ['paperOut', 'DEV-10', 'Нет бумаги. Замените чековую ленту', 'Принтер: нет бумаги'],
    ['coverOpen', 'DEV-12', 'Открыта крышка принтера', 'Принтер: крышка'],
    ['knife', 'DEV-14', 'Ошибка отрезчика принтера', 'Принтер: отрезчик'],
  ] as const)(
    '%s: %s between receipts, once; the slip waits and comes out when all is well',
    async (condition, number, text, word) => {
      await begin();
      const { story } = devices;
      await ready();
      story.goods('1');
      printer.become(condition);
      await seen(condition);
      expect(story.dialog).toBeNull();
      expect(story.row(24)).toContain(word);
      // The sale goes on to its end.
      story.goods('2').press('f6', 'type:100', 'f8');
      expect(story.till.state.register.document).toBeNull();
      await devices.untilDialog(number);
      expect(story.shows(text)).toBe(true);
      expect(story.shows('Повторить (Enter)')).toBe(true);
      expect(story.shows('Отложить печать (ESC)')).toBe(true);
      story.press('escape');
      expect(story.shows('Печать: 1')).toBe(true);
      await story.pass(60_000);
      expect(story.dialog).toBeNull();
      printer.become('well');
      await atRest();
      expect(printer.slips()).toBe(1);
      expect(story.dialog).toBeNull();
    },
  );

  it('out of paper opens the drawer all the same, for the second receipt too', async () => {
    await begin();
    const { story } = devices;
    await ready();
    printer.become('paperOut');
    await devices.untilDialog('DEV-10');
    story.press('escape');
    sell();
    await devices.until('first pulse', () => printer.pulses() > 0);
    const first = printer.pulses();
    sell();
    await devices.until('second pulse', () => printer.pulses() > first);
    expect(printer.slips()).toBe(0);
  });

  it('`Повторить` prints at once when the paper is in, and tells the fault again when it is not', async () => {
    await begin();
    const { story } = devices;
    await ready();
    printer.become('paperOut');
    await devices.untilDialog('DEV-10');
    story.press('escape');
    sell();
    await story.pass(3_000);
    printer.become('coverOpen');
    await devices.untilDialog('DEV-12');
    story.press('enter');
    expect(story.dialog).toBeNull();
    await devices.untilDialog('DEV-12');
    story.press('escape');
    printer.become('well');
    await atRest();
    expect(printer.slips()).toBe(1);
  });

  it('beyond repair is DEV-15 with OK', async () => {
    await begin();
    await ready();
    printer.become('broken');
    await devices.untilDialog('DEV-15');
    devices.story.press('enter');
    expect(devices.story.row(24)).toContain('Принтер: неисправен');
  });

  it('that does not answer at all is told when a slip waits for it (DEV-13), and sells on', async () => {
    await begin({}, (peer) => peer(PRINTER).refuse('noDevice'));
    const { story } = devices;
    await seen('noLink');
    expect(story.dialog).toBeNull();
    expect(story.row(24)).toContain('Принтер: нет связи');
    sell();
    await devices.untilDialog('DEV-13');
    story.press('escape');
    sell();
    expect(story.shows('Чек закрыт')).toBe(true);
    expect(story.dialog).toBeNull();
    expect(story.shows('Печать: 2')).toBe(true);
  });

  it('never covers a running payment', async () => {
    await begin();
    const { story } = devices;
    await ready();
    story.goods('2').press('f6', 'f7', 'type:7', 'enter');
    await story.untilShows('Отсканируйте QR-код для');
    printer.become('paperOut');
    await seen('paperOut');
    await devices.until('paid', () => story.shows('Нажмите "Итого", чтобы закрыть чек'));
    expect(story.dialog).toBeNull();
    story.press('f8');
    await devices.untilDialog('DEV-10');
    expect(story.chargedKopecks()).toBe(1530);
  });

  it('low on paper prints and says so in row 24', async () => {
    await begin();
    await ready();
    printer.become('paperLow');
    await seen('paperLow');
    sell();
    await atRest();
    expect(printer.slips()).toBe(1);
    expect(devices.story.row(24)).toContain('Принтер: заканчивается бумага');
    expect(devices.story.dialog).toBeNull();
  });
});

describe('a slip that may be on paper (DEV-17)', () => {
  const unconfirmed = () => devices.story.till.state.printJobs.some(({ state }) => state === 'unconfirmed');
  const sellUnconfirmed = async () => {
    await begin();
    await ready();
    printer.confirmsJobs = false;
    sell();
  };
  /** Nothing else is told first: the printer answers how it is, it only does not confirm. */
  const untilAsked = () => devices.untilDialog('DEV-17');
  const copies = () => printer.paper().split('КОПИЯ').length - 1;

  it('`Да`: it is not printed again', async () => {
    await sellUnconfirmed();
    await untilAsked();
    expect(devices.story.shows('Печать чека № 1 не подтверждена принтером.')).toBe(true);
    devices.story.press('enter');
    await atRest();
    expect([printer.slips(), copies()]).toEqual([1, 0]);
  });

  it('`Нет`: it is printed again, marked КОПИЯ', async () => {
    await sellUnconfirmed();
    await untilAsked();
    printer.confirmsJobs = true;
    devices.story.press('escape');
    await atRest();
    expect([printer.slips(), copies()]).toEqual([2, 1]);
    expect(devices.story.dialog).toBeNull();
  });

  it('is not answered by the keys of the next goods: the question waits until the hand rests', async () => {
    await sellUnconfirmed();
    const { story } = devices;
    await devices.until('unconfirmed', () => {
      story.press('backspace');
      return unconfirmed();
    });
    story.press('type:2');
    expect(story.dialog).toBeNull();
    story.press('enter');
    expect(devices.lines()).toEqual(['2']);
    await story.pass(10_000);
    expect(story.dialog).toBeNull();
    expect(unconfirmed()).toBe(true);
    story.press('f11', 'enter');
    await untilAsked();
  });
});

describe('the test sheet of the service menu', () => {
  const printTest = () => {
    devices.story.press('f12', 'down', 'down', 'type:9999', 'enter');
    return devices.until('the engineer is in', () => !devices.story.till.state.register.locked);
  };

  it('comes out, and says so; nobody is asked about it when it was not confirmed', async () => {
    await begin();
    await ready();
    await printTest();
    const { story } = devices;
    story.press('f10', 'type:14', 'enter', 'type:6', 'enter');
    await devices.until('printed', () => story.row(24).includes('Проверочный лист напечатан'));
    expect(printer.paper()).toContain('n=80: Ёё №Ўў ABC');
    printer.confirmsJobs = false;
    story.press('enter');
    await devices.until('not confirmed', () => story.row(24).includes('передан, принтер не подтвердил'));
    await atRest();
    expect(story.dialog).toBeNull();
    printer.become('coverOpen');
    await seen('coverOpen');
    story.press('enter');
    await devices.until('not printed', () => story.row(24).includes('Проверочный лист не напечатан'));
    await atRest();
  });
});

describe('a drawer with a sensor (DEV-30)', () => {
  const drawer = (isOpen: boolean) =>
    devices.until('the drawer is seen', () => devices.story.till.state.isDrawerOpen === isOpen);

  it('left open is told at the next sale, once, and stops nothing', async () => {
    await begin({ drawerOpenLevel: 'high' });
    await drawer(false);
    const { story } = devices;
    sell();
    await atRest();
    printer.isDrawerPinHigh = true;
    await drawer(true);
    story.goods('1');
    expect(story.dialog).toBe('DEV-30');
    expect(story.shows('Денежный ящик не закрыт')).toBe(true);
    story.press('enter').goods('2');
    expect(story.dialog).toBeNull();
    expect(devices.lines()).toEqual(['1', '2']);
    story.press('f11', 'enter');
    printer.isDrawerPinHigh = false;
    await drawer(false);
    story.goods('1');
    expect(story.dialog).toBeNull();
  });

  it('is not looked at without the setting', async () => {
    await begin();
    printer.isDrawerPinHigh = true;
    await ready();
    sell();
    await atRest();
    devices.story.goods('1');
    expect(devices.story.dialog).toBeNull();
  });
});

describe('slips that piled up', () => {
  const pileUp = async () => {
    await begin();
    const { story } = devices;
    await ready();
    printer.become('paperOut');
    await devices.untilDialog('DEV-10');
    story.press('escape');
    sell();
    sell();
    sell();
    expect(story.shows('Печать: 3')).toBe(true);
    // The next buyer is being served.
    story.goods('1');
    printer.become('well');
    await seen('ready');
    await story.pass(10_000);
    expect(story.dialog).toBeNull();
  };

  it('are asked about between receipts (DEV-18); `Да` prints them in order', async () => {
    await pileUp();
    const { story } = devices;
    story.press('f6', 'type:100', 'f8');
    await devices.untilDialog('DEV-18');
    expect(story.shows('Не напечатано чеков: 3. Напечатать сейчас?')).toBe(true);
    story.press('enter');
    await atRest();
    expect(printer.slips()).toBe(4);
  });

  it('`Нет`: they stay in the queue, the slip of the next buyer does not wait behind them', async () => {
    await pileUp();
    const { story } = devices;
    story.press('f6', 'type:100', 'f8');
    await devices.untilDialog('DEV-18');
    story.press('escape');
    await devices.until('the new slip', () => printer.slips() === 1);
    sell();
    await devices.until('one more', () => printer.slips() === 2);
    // The slip is on paper before the printer has confirmed it.
    await devices.until('only the old ones wait', () => story.shows('Печать: 3'));
    expect(story.dialog).toBeNull();
  });
});

describe('a printer that says nothing', () => {
  const silent = () => undefined;

  it('prints all the same', async () => {
    await begin({}, silent);
    sell();
    await devices.until('bytes', () => {
      const text = new TextDecoder('ibm866').decode(devices.peer(PRINTER).written());
      return text.includes('ИТОГ');
    });
    await devices.until('DEV-16', () => devices.story.shows('Состояние принтера неизвестно'));
  });

  it('gets nothing but the drawer pulse where the shop wants to know its state first', async () => {
    await begin({ printsWhenUnknown: false }, silent);
    sell();
    await devices.until('pulse', () =>
      devices
        .peer(PRINTER)
        .written()
        .includes(Buffer.from([0x1b, 0x70])),
    );
    await devices.story.pass(30_000);
    expect(new TextDecoder('ibm866').decode(devices.peer(PRINTER).written())).not.toContain('ИТОГ');
    expect(devices.story.shows('Печать: 1')).toBe(true);
  });
});
