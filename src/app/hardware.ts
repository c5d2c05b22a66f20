/** The devices beside the printer: opened after the first screen, they only send messages and show what they are given. */
import type { Clock as DeviceClock } from '../devices/clock.ts';
import { type CustomerDisplay, createDisplay } from '../devices/display/display.ts';
import { displayLines, type Shown } from '../devices/display/display-lines.ts';
import { displayProfileOf } from '../devices/display/profile.ts';
import { profileOf } from '../devices/printer/profile.ts';
import { DUPLICATE_DEFAULTS, judgeRepeat, type LastSeen } from '../devices/scanner/duplicate.ts';
import { startScanner } from '../devices/scanner/scanner.ts';
import type { Transport } from '../devices/transport/link.ts';
import { parseDeviceUrl } from '../devices/transport/url.ts';
import type { Log } from '../log/terminal-log.ts';
import { safeText } from '../register/safe-text.ts';
import type { ScannerSettings, Settings } from '../settings/settings.ts';
import type { Clock } from './clock.ts';
import type { Equipment } from './model.ts';
import type { Message } from './state.ts';

/** Opens another device than the one behind the address; null = the address stands. */
export type OpenDevice = (url: string) => Transport | null;

export interface Hardware {
  show(shown: Shown): void;
  stop(): Promise<void>;
}

export function startHardware(options: {
  scanners: readonly ScannerSettings[];
  display: Settings['display'];
  clock: Clock;
  log: Log;
  post(message: Message): void;
  openDevice: OpenDevice;
}): Hardware {
  const { clock, log, post, openDevice } = options;
  const clockOfDevices = deviceClock(clock);
  const scanners = options.scanners.filter(({ url }) => url !== 'none').map(listen);
  const display = options.display.url === 'none' ? null : openDisplay(options.display);
  let shownNow = '';

  return {
    show(shown) {
      if (display === null) return;
      const { upper, lower } = displayLines(shown);
      if (shownNow === upper + lower) return;
      shownNow = upper + lower;
      display.show(upper, lower);
    },
    async stop() {
      await Promise.all([...scanners.map((scanner) => scanner.stop()), display?.close()]);
    },
  };

  function listen({ url, dropsRepeats, hasNoSuffix }: ScannerSettings): ReturnType<typeof startScanner> {
    const port = portOf(url);
    // Two scanners that read the same goods have read two pieces: each is judged by itself.
    let last: LastSeen = null;
    return startScanner({
      url,
      clock: clockOfDevices,
      hasNoSuffix,
      ...withTransport(openDevice(url)),
      onScan: ({ text, raw }) => {
        const judged = judgeRepeat(last, raw, clock.now(), { ...DUPLICATE_DEFAULTS, dropsRepeats });
        last = judged.last;
        if (judged.isKept) post({ type: 'scan', code: text, raw });
        else log.info('scanner', 'Повтор кода отброшен');
      },
      onState: (state, reason) => {
        if (state === 'ready') log.info('scanner', `Сканер подключен: ${port}`);
        else log.warn('scanner', `Сканер: нет связи, ${port} (${reason ?? ''})`);
        post({ type: 'scanner', port, state, reason });
      },
      onFault: () => post({ type: 'scanFault', number: 'DEV-05' }),
    });
  }

  function openDisplay(display: Settings['display']): CustomerDisplay {
    const { url } = display;
    const profile = displayProfileOf(display);
    if (profile === null) throw new Error(`no display profile ${display.profile}`);
    return createDisplay({
      url,
      profile,
      clock: clockOfDevices,
      ...withTransport(openDevice(url)),
      onState: (state) => {
        log.info('display', state === 'ready' ? 'Дисплей покупателя подключен' : 'Дисплей покупателя: нет связи');
        post({ type: 'display', state });
      },
    });
  }
}

/** The shop's clock as the devices want it. */
export function deviceClock(clock: Clock): DeviceClock {
  return {
    nowMs: () => clock.now(),
    after(delayMs, run) {
      const timer = clock.setTimeout(run, delayMs);
      return () => clock.clearTimeout(timer);
    },
  };
}

export function withTransport(transport: Transport | null): { transport?: Transport } {
  return transport === null ? {} : { transport };
}

/** The devices of the settings as the service page lists them. */
export function equipmentOf(
  scanners: readonly ScannerSettings[],
  printer: Settings['printer'],
  display: Settings['display'],
): Equipment[] {
  const pages = profileOf(printer)?.codepage;
  const about = `${printer.profile}, ${pages?.name} n=${pages?.number}`;
  const device = (kind: Equipment['kind'], title: string, url: string): Equipment => {
    return { kind, title, url: safeText(url, 1024), port: portOf(url) };
  };
  return [
    ...scanners.map(({ url }, index) => device('scanner', `Сканер${index === 0 ? '' : ` ${index + 1}`}`, url)),
    device('printer', printer.url === 'none' ? 'Принтер' : `Принтер (${about})`, printer.url),
    device(
      'display',
      display.url === 'none' ? 'Дисплей покупателя' : `Дисплей покупателя (${display.profile})`,
      display.url,
    ),
  ];
}

/** The name of the port, as messages and the log give it: `/dev/ttyS0`, `192.168.1.5:9100`. */
function portOf(url: string): string {
  const parsed = parseDeviceUrl(url);
  if (!parsed.ok) return url;
  switch (parsed.url.kind) {
    case 'serial':
    case 'file':
      return parsed.url.path;
    case 'tcp':
      return `${parsed.url.host}:${parsed.url.port}`;
    case 'none':
      return url;
  }
}
