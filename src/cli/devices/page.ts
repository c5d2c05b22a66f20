/** The picture of the devices page. Pure. */
import { CellGrid } from '../../terminal/canvas.ts';
import type { Style } from '../../ui/canvas.ts';
import type { ScanDescription } from './describe-scan.ts';
import { faultText } from './fault-text.ts';
import type { ConfiguredDevice, DeviceKind, Inventory, SeenPort } from './inventory.ts';
import type { LiveDevice } from './open-devices.ts';

export interface SeenScan extends ScanDescription {
  /** `14:05:07` */
  time: string;
  /** `Сканер 1` or the keyboard. */
  source: string;
}

export interface DevicesModel {
  inventory: Inventory;
  /** Empty while the register runs. */
  live: readonly LiveDevice[];
  /** Newest first. */
  scans: readonly SeenScan[];
  /** What became of the last key; empty = nothing to say. */
  message: string;
}

const FOOTER = '1 Печать  2 Ящик  3 Дисплей  F5 Обновить  ESC Выход';

const TITLES: Readonly<Record<DeviceKind, string>> = {
  scanner: 'Сканер',
  printer: 'Принтер',
  display: 'Дисплей покупателя',
};
const CONFIGURED_STATES: Readonly<Record<ConfiguredDevice['state'], string>> = {
  none: 'не настроен',
  present: 'порт есть, не открыт',
  unavailable: 'недоступен',
  notChecked: 'не проверялся',
};
/** Scans are what the page is for: other lists give way to them. */
const LEAST_SCAN_ROWS = 7;
const MAX_SEEN_ROWS = 4;
/** Of one scan, for each of its texts. */
const MAX_TEXT_ROWS = 4;

interface Row {
  text: string;
  style: Style;
}

export function drawDevices(model: DevicesModel, columns: number, rows: number): CellGrid {
  const grid = new CellGrid(columns, rows);
  const { inventory, message } = model;
  grid.fill(1, 1, columns, ' ', 'header');
  grid.put(1, 2, 'ПРОВЕРКА УСТРОЙСТВ', 'header');
  grid.putRight(1, columns - 1, shortened(inventory.root, columns - 25), 'header');
  const room = rows - 3;
  const upper = [...deviceRows(model), ...seenRows(inventory)].slice(0, Math.max(0, room - LEAST_SCAN_ROWS));
  const body = [...upper, ...scanRows(model, columns - 2)].slice(0, room);
  for (const [index, { text, style }] of body.entries()) grid.put(index + 2, 2, shortened(text, columns - 2), style);
  grid.put(rows - 1, 2, shortened(message, columns - 2), 'bold');
  grid.fill(rows, 1, columns, ' ', 'inverse');
  grid.put(rows, 2, FOOTER, 'inverse');
  return grid;
}

function deviceRows({ inventory, live }: DevicesModel): Row[] {
  const head: Row[] = inventory.isRegisterRunning
    ? [{ text: 'Касса работает: порты заняты ею и не открываются. Закройте кассу для проверки.', style: 'warning' }]
    : [];
  return [
    ...head,
    ...inventory.devices.flatMap((device): Row[] => {
      const now = live.find(({ kind, number }) => kind === device.kind && number === device.number);
      return now === undefined ? configuredRows(device, inventory) : liveRows(device, now, inventory);
    }),
  ];
}

function configuredRows(device: ConfiguredDevice, inventory: Inventory): Row[] {
  const state = [CONFIGURED_STATES[device.state], device.problem].filter((text) => text !== null).join(': ');
  const style = device.state === 'unavailable' ? 'error' : 'normal';
  return [
    { text: titleOf(device, inventory), style: 'bold' },
    { text: `  ${state}`, style },
  ];
}

function liveRows(device: ConfiguredDevice, now: LiveDevice, inventory: Inventory): Row[] {
  const state = [now.state, device.url === 'none' ? '' : now.counters].filter((text) => text !== '').join('; ');
  const rows: Row[] = [
    { text: titleOf(device, inventory), style: 'bold' },
    { text: `  ${state}`, style: stateStyle(device, now) },
  ];
  if (now.lastFault !== null) {
    const text = `  ${now.isWell ? 'была ошибка' : 'ошибка'}: ${faultText(now.lastFault, device.url)}`;
    rows.push({ text, style: now.isWell ? 'dim' : 'error' });
  } else if (device.problem !== null) {
    // A printer that is never asked is not opened before the first job: what the path tells is all there is.
    rows.push({ text: `  ошибка: ${device.problem}`, style: 'error' });
  }
  return rows;
}

function stateStyle(device: ConfiguredDevice, now: LiveDevice): Style {
  if (device.url === 'none') return 'dim';
  return now.isWell ? 'normal' : 'warning';
}

function titleOf({ kind, number, url, profile }: ConfiguredDevice, { devices, printer }: Inventory): string {
  const isOneOfMany = devices.some((other) => other.kind === kind && other.number > 1);
  const title = isOneOfMany ? `${TITLES[kind]} ${number}` : TITLES[kind];
  if (url === 'none') return title;
  const about =
    kind === 'printer' && printer !== null
      ? `, ${printer.columns} ${charactersWord(printer.columns)}, ${printer.codepage}`
      : '';
  return profile === null ? `${title}: ${url}` : `${title}: ${url} (${profile}${about})`;
}

/** 42 знака, 48 знаков */
function charactersWord(count: number): string {
  const [ones, tens] = [count % 10, Math.floor((count % 100) / 10)];
  if (tens === 1 || ones === 0 || ones > 4) return 'знаков';
  return ones === 1 ? 'знак' : 'знака';
}

function seenRows({ seen }: Inventory): Row[] {
  const ports = [...seen.serial, ...seen.usbPrinters];
  if (ports.length === 0) return [{ text: 'Портов /dev/serial/by-id и /dev/usb/lp* не видно', style: 'dim' }];
  const shown = ports.slice(0, ports.length > MAX_SEEN_ROWS ? MAX_SEEN_ROWS - 1 : MAX_SEEN_ROWS);
  const more = ports.length - shown.length;
  return [
    { text: 'Видны порты:', style: 'bold' },
    ...shown.map((port): Row => ({ text: `  ${portText(port)}`, style: 'normal' })),
    ...(more > 0 ? [{ text: `  и еще ${more}: kassa devices --json`, style: 'dim' } as const] : []),
  ];
}

function portText({ path, target }: SeenPort): string {
  return target === null ? path : `${path} -> ${target}`;
}

function scanRows({ scans, live }: DevicesModel, columns: number): Row[] {
  if (scans.length === 0) {
    return live.length === 0 ? [] : [{ text: 'Сканы: отсканируйте любой код', style: 'question' }];
  }
  return [
    { text: 'Сканы, новые сверху:', style: 'bold' },
    ...scans.flatMap(({ time, source, symbology, byteCount, bytes, parsed, isSuspicious }): Row[] => [
      { text: `${time} ${source}, ${symbology ?? 'без AIM'}, байт ${byteCount}`, style: 'normal' },
      ...broken(bytes, columns).map((text): Row => ({ text, style: 'dim' })),
      ...parsed.flatMap((text) =>
        broken(text, columns).map((part): Row => ({ text: part, style: isSuspicious ? 'error' : 'done' })),
      ),
    ]),
  ];
}

/** Every byte of a marking code is to be seen; noise is only to be recognised as such. */
function broken(text: string, columns: number): string[] {
  const width = Math.max(1, columns - 2);
  const parts = text.match(new RegExp(`.{1,${width}}`, 'gsu')) ?? [];
  const shown = parts.slice(0, MAX_TEXT_ROWS).map((part) => `  ${part}`);
  return parts.length > MAX_TEXT_ROWS ? [...shown, '  ...'] : shown;
}

function shortened(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, Math.max(0, columns - 3))}...` : text;
}
