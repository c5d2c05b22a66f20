import type { CodepageName } from './codepage.ts';
import epsonTm from './profiles/epson-tm.json' with { type: 'json' };
import generic58 from './profiles/generic-58.json' with { type: 'json' };
import generic80 from './profiles/generic-80.json' with { type: 'json' };
import rongta80 from './profiles/rongta-80.json' with { type: 'json' };
import xprinter58 from './profiles/xprinter-58.json' with { type: 'json' };
import zjiang58 from './profiles/zjiang-58.json' with { type: 'json' };

/** What differs between printer models (devices.md 4.6). Data, so that an installer can write one. */
export interface PrinterProfile {
  name: string;
  columns: 32 | 42 | 48;
  /** `number` is the n of `ESC t n`: the same page has another number on each make. */
  codepage: { name: CodepageName; number: number };
  cut: 'partial' | 'full' | 'none';
  /** Lines from the head to the knife, or to the tear-off edge. */
  cutFeed: number;
  qr: 'native' | 'raster' | 'none';
  drawer: { pin: 2 | 5; onMs: number; offMs: number };
  /**
   * How the printer tells its state: `none` = not at all, a job completely written counts as printed; `dle` = asked
   * (DLE EOT); `asb` = tells by itself and answers too.
   */
  status: 'none' | 'dle' | 'asb';
}

const BUILT_IN: Readonly<Record<string, unknown>> = {
  'epson-tm': epsonTm,
  'generic-58': generic58,
  'generic-80': generic80,
  'rongta-80': rongta80,
  'xprinter-58': xprinter58,
  'zjiang-58': zjiang58,
};

export const PROFILE_NAMES: readonly string[] = Object.keys(BUILT_IN);

/** The profile shipped under this name, null when there is none. */
export function findProfile(name: string): PrinterProfile | null {
  const value = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
  if (value === undefined) return null;
  const parsed = parseProfile(value);
  return parsed.ok ? parsed.profile : null;
}

/** In what the shop's own printer differs from the profile it has the name of; null = in nothing. */
export interface PrinterDifferences {
  columns: PrinterProfile['columns'] | null;
  codepage: CodepageName | null;
  codepageNumber: number | null;
  cut: PrinterProfile['cut'] | null;
  cutFeed: number | null;
  qr: PrinterProfile['qr'] | null;
  drawerPin: 2 | 5 | null;
  drawerOnMs: number | null;
  drawerOffMs: number | null;
  status: PrinterProfile['status'] | null;
}

/**
 * The shipped profile with what the settings say of this very printer: no list of models holds every clone, and the
 * installer types the number that the test sheet shows (devices.md 4.2). Null when there is no such profile.
 */
export function profileOf(printer: { profile: string } & PrinterDifferences): PrinterProfile | null {
  const shipped = findProfile(printer.profile);
  if (shipped === null) return null;
  const { codepage, drawer } = shipped;
  return {
    name: shipped.name,
    columns: printer.columns ?? shipped.columns,
    codepage: { name: printer.codepage ?? codepage.name, number: printer.codepageNumber ?? codepage.number },
    cut: printer.cut ?? shipped.cut,
    cutFeed: printer.cutFeed ?? shipped.cutFeed,
    qr: printer.qr ?? shipped.qr,
    drawer: {
      pin: printer.drawerPin ?? drawer.pin,
      onMs: printer.drawerOnMs ?? drawer.onMs,
      offMs: printer.drawerOffMs ?? drawer.offMs,
    },
    status: printer.status ?? shipped.status,
  };
}

/** @returns the profile, or the name of the first field that is wrong */
export function parseProfile(value: unknown): { ok: true; profile: PrinterProfile } | { ok: false; field: string } {
  const root = fieldsOf(value);
  const page = fieldsOf(root.codepage);
  const drawer = fieldsOf(root.drawer);
  const checks: readonly [string, boolean][] = [
    ['name', typeof root.name === 'string' && root.name.length > 0 && root.name.length <= 80],
    ['columns', isOneOf(root.columns, [32, 42, 48])],
    ['codepage.name', isOneOf(page.name, ['cp866', 'cp1251'])],
    ['codepage.number', isWhole(page.number, 0, 255)],
    ['cut', isOneOf(root.cut, ['partial', 'full', 'none'])],
    ['cutFeed', isWhole(root.cutFeed, 0, 20)],
    ['qr', isOneOf(root.qr, ['native', 'raster', 'none'])],
    ['drawer.pin', isOneOf(drawer.pin, [2, 5])],
    ['drawer.onMs', isWhole(drawer.onMs, 2, 510)],
    ['drawer.offMs', isWhole(drawer.offMs, 2, 510)],
    ['status', isOneOf(root.status, ['none', 'dle', 'asb'])],
  ];
  const wrong = checks.find(([, isRight]) => !isRight);
  return wrong === undefined ? { ok: true, profile: value as PrinterProfile } : { ok: false, field: wrong[0] };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isOneOf(value: unknown, allowed: readonly unknown[]): boolean {
  return allowed.includes(value);
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}
