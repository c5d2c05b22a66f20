/** What is configured and what the machine shows of it, without opening anything. */
import { accessSync, constants, readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { profileOf } from '../../devices/printer/profile.ts';
import { faultOfSystemError } from '../../devices/transport/fault.ts';
import { safeText } from '../../register/safe-text.ts';
import type { Settings } from '../../settings/settings.ts';
import { faultText, pathOf } from './fault-text.ts';

export type DeviceKind = 'scanner' | 'printer' | 'display';

export interface ConfiguredDevice {
  kind: DeviceKind;
  /** Counts from 1 among the devices of its kind. */
  number: number;
  url: string;
  profile: string | null;
  /** `notChecked`: a network address says nothing before it is opened. */
  state: 'none' | 'present' | 'unavailable' | 'notChecked';
  /** Why it is unavailable, Russian. */
  problem: string | null;
}

export interface SeenPort {
  path: string;
  /** The name behind a by-id link. */
  target: string | null;
}

export interface Inventory {
  root: string;
  /** The register holds the root: its ports are busy, and so are not opened. */
  isRegisterRunning: boolean;
  devices: ConfiguredDevice[];
  printer: { columns: number; codepage: string; status: string } | null;
  seen: { serial: SeenPort[]; usbPrinters: SeenPort[] };
}

/** @param deviceFolder `/dev`; what is not there is not seen, and no fault */
export function takeInventory(
  root: string,
  settings: Settings,
  isRegisterRunning: boolean,
  deviceFolder = '/dev',
): Inventory {
  const { scanner, scanners, printer, display } = settings;
  const profile = profileOf(printer);
  return {
    root,
    isRegisterRunning,
    devices: [
      ...[scanner, ...scanners].map(({ url }, index) => configured('scanner', index + 1, url, null)),
      configured('printer', 1, printer.url, printer.profile),
      configured('display', 1, display.url, display.profile),
    ],
    printer:
      profile === null
        ? null
        : {
            columns: profile.columns,
            codepage: `${profile.codepage.name} n=${profile.codepage.number}`,
            status: profile.status,
          },
    seen: {
      serial: portsIn(join(deviceFolder, 'serial', 'by-id'), () => true),
      usbPrinters: portsIn(join(deviceFolder, 'usb'), (name) => /^lp\d+$/.test(name)),
    },
  };
}

function configured(kind: DeviceKind, number: number, url: string, profile: string | null): ConfiguredDevice {
  const device = { kind, number, url: safeText(url, 1024), profile };
  if (url === 'none') return { ...device, state: 'none', problem: null };
  const path = pathOf(url);
  // A file of bytes is created by the first slip.
  if (path === null || (url.startsWith('file:') && !path.startsWith('/dev/'))) {
    return { ...device, state: 'notChecked', problem: null };
  }
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return { ...device, state: 'present', problem: null };
  } catch (error) {
    return { ...device, state: 'unavailable', problem: faultText(faultOfSystemError(error), url) };
  }
}

function portsIn(folder: string, isPort: (name: string) => boolean): SeenPort[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter(isPort).sort();
  } catch {
    // No such device was ever plugged in, or a container without them.
    return [];
  }
  return names.map((name) => ({ path: safeText(join(folder, name), 1024), target: targetOf(join(folder, name)) }));
}

function targetOf(path: string): string | null {
  try {
    return safeText(basename(readlinkSync(path)));
  } catch {
    return null;
  }
}
