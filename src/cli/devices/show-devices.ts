import { decodeScan, type Scan } from '../../devices/scanner/decode.ts';
import { repairLayout } from '../../devices/scanner/layout.ts';
import { expire, feed, WEDGE_DEFAULTS, WEDGE_START, type WedgeResult } from '../../devices/scanner/wedge.ts';
import { localStamp } from '../../register/local-time.ts';
import type { Settings } from '../../settings/settings.ts';
import { utcOffsetOf } from '../../settings/time-zone.ts';
import { openTerminal } from '../../terminal/lifecycle.ts';
import { describeScan } from './describe-scan.ts';
import { takeInventory } from './inventory.ts';
import { type OpenDevices, openDevices } from './open-devices.ts';
import { type DevicesModel, drawDevices } from './page.ts';

/** Counters change without telling. */
const REPAINT_MS = 500;
const MAX_SCANS = 20;

/** Shows the page until Esc; the devices are free again when the promise resolves. */
export async function showDevices(root: string, settings: Settings, isRegisterRunning: boolean): Promise<void> {
  const model: DevicesModel = { inventory: take(), live: [], scans: [], message: '' };
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  let devices: OpenDevices | null = null;
  let isTesting = false;
  const keys = keysWithoutScans(settings, press, (code) =>
    addScan(decodeScan(Buffer.from(code).toString('latin1')), 'Клавиатура'),
  );
  const terminal = openTerminal({
    stdin: process.stdin,
    stdout: process.stdout,
    env: process.env,
    onKey: keys.take,
    onResize: paint,
    onStop: async () => devices?.close(),
    // The log of the root is the register's.
    log: () => undefined,
  });
  if (!isRegisterRunning) devices = openDevices(settings, (scan, number) => addScan(scan, `Сканер ${number}`), changed);
  const repainting = setInterval(paint, REPAINT_MS);
  paint();
  await left;
  clearInterval(repainting);
  keys.stop();
  await devices?.close();
  terminal.close();

  function take() {
    return takeInventory(root, settings, isRegisterRunning);
  }

  function paint(): void {
    model.live = devices?.live() ?? [];
    terminal.paint(drawDevices(model, terminal.columns, terminal.rows));
  }

  /** A device that came or went is also a port that came or went. */
  function changed(): void {
    model.inventory = take();
    paint();
  }

  function say(message: string): void {
    model.message = message;
    paint();
  }

  function addScan(scan: Scan, source: string): void {
    const seen = { time: localStamp(Date.now(), utcOffsetOf(settings)).slice(11, 19), source, ...describeScan(scan) };
    model.scans = [seen, ...model.scans].slice(0, MAX_SCANS);
    paint();
  }

  function press(name: string): void {
    switch (name) {
      case 'escape':
      case 'ctrl+c':
        return leave();
      case 'f5':
        model.inventory = take();
        return say('');
      case '1':
        return test('Печать проверочного листа...', (open) => open.printTest());
      case '2':
        return test('Открытие ящика...', (open) => open.openDrawer());
      case '3':
        return test('', (open) => Promise.resolve(open.showOnDisplay()));
    }
  }

  /** One at a time: a key that is held down must not print a roll. */
  function test(waiting: string, run: (open: OpenDevices) => Promise<string>): void {
    if (devices === null) return say('Недоступно: касса работает');
    if (isTesting) return;
    isTesting = true;
    say(waiting);
    void run(devices).then((outcome) => {
      isTesting = false;
      say(outcome);
    });
  }
}

/** A keyboard scanner types digits: a code must be shown, and not print, open and show everything it contains. */
function keysWithoutScans(
  settings: Settings,
  onKey: (name: string) => void,
  onScan: (code: string) => void,
): { take(key: { name: string; text: string | null }): void; stop(): void } {
  const wedge = { ...WEDGE_DEFAULTS, prefix: settings.wedge.prefix };
  let state = WEDGE_START;
  let timer: NodeJS.Timeout | undefined;

  function settle(result: WedgeResult): void {
    state = result.state;
    clearTimeout(timer);
    if (state.deadlineMs !== null) {
      timer = setTimeout(
        () => settle(expire(state, performance.now())),
        Math.max(0, state.deadlineMs - performance.now()),
      );
    }
    for (const { name } of result.keys) onKey(name);
    // A code with keys in it that no code has: the engineer sees which.
    if (result.refused !== null) onScan(result.refused.map(({ name, text }) => text ?? `<${name}>`).join(''));
    if (result.scan !== null) onScan(repairLayout(result.scan)?.text ?? result.scan);
  }

  return {
    take: (key) => settle(feed(state, { ...key, atMs: performance.now() }, wedge)),
    stop: () => clearTimeout(timer),
  };
}
