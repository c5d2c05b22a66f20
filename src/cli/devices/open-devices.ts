/** The devices of the settings, opened for the page: their states, counters, scans, and the three tests. */
import { createDisplay } from '../../devices/display/display.ts';
import { displayProfileOf } from '../../devices/display/profile.ts';
import { createEscpos } from '../../devices/printer/escpos.ts';
import { createPrinter, type PrinterState, type PrintResult } from '../../devices/printer/printer.ts';
import { profileOf } from '../../devices/printer/profile.ts';
import type { Scan } from '../../devices/scanner/decode.ts';
import { type Scanner, startScanner } from '../../devices/scanner/scanner.ts';
import { faultOfSystemError, type TransportFault } from '../../devices/transport/fault.ts';
import type { Transport } from '../../devices/transport/link.ts';
import { openTransport } from '../../devices/transport/open-transport.ts';
import { qrModules } from '../../dialogs/qr.ts';
import type { Settings } from '../../settings/settings.ts';
import type { DeviceKind } from './inventory.ts';

export interface LiveDevice {
  kind: DeviceKind;
  number: number;
  /** Russian. */
  state: string;
  isWell: boolean;
  /** Why it last went wrong; stays after it is well again. */
  lastFault: TransportFault | null;
  counters: string;
}

export interface OpenDevices {
  live(): LiveDevice[];
  /** Each gives what became of it, Russian. */
  printTest(): Promise<string>;
  openDrawer(): Promise<string>;
  showOnDisplay(): string;
  close(): Promise<void>;
}

const PRINTER_STATES: Readonly<Record<PrinterState, string>> = {
  none: 'не настроен',
  unknown: 'состояние неизвестно',
  ready: 'готов',
  paperLow: 'заканчивается бумага',
  noLink: 'нет связи',
  paperOut: 'нет бумаги',
  coverOpen: 'открыта крышка',
  knife: 'ошибка отрезчика',
  broken: 'неисправен',
};
const DISPLAY_STATES = {
  none: 'не настроен',
  unknown: 'подключение',
  ready: 'порт открыт',
  noLink: 'нет связи',
} as const;
/** Belarusian and Russian letters, and a digit in every column. */
const DISPLAY_TEST = ['Ёё №Ўў ABC ПРОВЕРКА', '12345678901234567890'] as const;

/**
 * Opens every configured device.
 * @param onChange something to be shown has changed
 * @throws a bad address (Russian text); the settings were to be checked before
 */
export function openDevices(
  settings: Settings,
  onScan: (scan: Scan, scannerNumber: number) => void,
  onChange: () => void,
): OpenDevices {
  const scanners = [settings.scanner, ...settings.scanners].map((of, index) => openScanner(of, index + 1));
  const printerProfile = profileOf(settings.printer);
  const displayProfile = displayProfileOf(settings.display);
  if (printerProfile === null || displayProfile === null) throw new Error('unknown device profile');
  const printerFault: LastFault = { fault: null };
  const displayFault: LastFault = { fault: null };
  let printed = 0;
  let notPrinted = 0;
  const printer = createPrinter({
    url: settings.printer.url,
    profile: printerProfile,
    onState: onChange,
    onDrawer: onChange,
    ...watched(settings.printer.url, printerFault, onChange),
  });
  const display = createDisplay({
    url: settings.display.url,
    profile: displayProfile,
    onState: onChange,
    ...watched(settings.display.url, displayFault, onChange),
  });
  printer.watchStatus();

  function openScanner(of: Settings['scanner'], number: number): { scanner: Scanner; live(): LiveDevice } {
    let state = of.url === 'none' ? 'не настроен' : 'подключение';
    let isWell = of.url === 'none';
    let lastFault: TransportFault | null = null;
    const scanner = startScanner({
      url: of.url,
      hasNoSuffix: of.hasNoSuffix,
      onScan: (scan) => onScan(scan, number),
      onState(now, reason) {
        state = now === 'ready' ? 'готов' : 'нет связи';
        isWell = now === 'ready';
        lastFault = reason ?? lastFault;
        onChange();
      },
      onFault: onChange,
    });
    return {
      scanner,
      live() {
        const { scans, empty, overflow, partial } = scanner.stats;
        const counters = `сканов ${scans}, пустых ${empty}, переполнений ${overflow}, обрывов ${partial}`;
        return { kind: 'scanner', number, state, isWell, lastFault, counters };
      },
    };
  }

  function outcome(result: PrintResult, done: string): string {
    if (result.result === 'confirmed') {
      printed++;
      return done;
    }
    notPrinted++;
    if (result.fault !== null) printerFault.fault = result.fault;
    const { reason } = result;
    const why = reason === 'cable' || reason === 'noReply' || reason === 'offline' ? 'noLink' : reason;
    const what = result.result === 'failed' ? 'Не напечатано' : 'Не подтверждено принтером';
    return `${what}: ${PRINTER_STATES[why]}`;
  }

  return {
    live: () => [
      ...scanners.map((each) => each.live()),
      {
        kind: 'printer',
        number: 1,
        state: PRINTER_STATES[printer.state()],
        isWell: ['none', 'unknown', 'ready', 'paperLow'].includes(printer.state()),
        lastFault: printerFault.fault,
        counters: `заданий ${printed}, неудачных ${notPrinted}${drawerText(printer.drawerLevel())}`,
      },
      {
        kind: 'display',
        number: 1,
        state: DISPLAY_STATES[display.state()],
        isWell: display.state() !== 'noLink',
        lastFault: displayFault.fault,
        counters: '',
      },
    ],
    async printTest() {
      if (printer.state() === 'none') return 'Принтер не настроен';
      const result = await printer.print(createEscpos(printerProfile, qrModules).testSheet());
      // A printer that tells nothing took the bytes; whether there is a sheet only a person can see.
      const isProved = printerProfile.status !== 'none';
      return outcome(result, isProved ? 'Проверочный лист напечатан' : 'Проверочный лист передан принтеру');
    },
    async openDrawer() {
      if (printer.state() === 'none') return 'Принтер не настроен, ящик открывается через него';
      return outcome(await printer.openDrawer(), 'Импульс на ящик отправлен');
    },
    showOnDisplay() {
      if (display.state() === 'none') return 'Дисплей не настроен';
      display.show(...DISPLAY_TEST);
      return display.state() === 'noLink'
        ? 'Дисплей: нет связи'
        : `На дисплее должно быть: ${DISPLAY_TEST.join(' / ')}`;
    },
    async close() {
      await Promise.all([...scanners.map(({ scanner }) => scanner.stop()), printer.close(), display.close()]);
    },
  };
}

interface LastFault {
  fault: TransportFault | null;
}

/** The same transport, with the reason of each failed opening kept: printer and display tell only that there is no link. */
function watched(url: string, last: LastFault, onChange: () => void): { transport?: Transport } {
  const transport = openTransport(url);
  if (transport === null) return {};
  const { answers, keepsOpen } = transport;
  return {
    transport: {
      answers,
      keepsOpen,
      async open(timeoutMs) {
        try {
          return await transport.open(timeoutMs);
        } catch (error) {
          last.fault = faultOfSystemError(error);
          onChange();
          throw error;
        }
      },
    },
  };
}

/** The level, not open or closed: which is which the installer sees here when he opens the drawer (`drawerOpenLevel`). */
function drawerText(level: 'low' | 'high' | null): string {
  return level === null ? '' : `, датчик ящика ${level}`;
}
