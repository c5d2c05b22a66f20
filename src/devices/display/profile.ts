import type { CodepageName } from '../printer/codepage.ts';
import cd5220 from './profiles/cd5220.json' with { type: 'json' };
import epsonVfd from './profiles/epson-vfd.json' with { type: 'json' };

/** What differs between customer displays of two lines of 20 (devices.md 6). Data, so that an installer can write one. */
export interface DisplayProfile {
  name: string;
  /** `number` is the n of `ESC t n`, each make has its own; null = the command is not sent. */
  codepage: { name: CodepageName; number: number | null };
  /**
   * Bytes in hex, sent after each connecting: initialise, clear, Russian font, cursor off. A CD5220 that shows lines obeys
   * nothing but `0C`, so that comes first there.
   */
  start: string;
  /** Bytes in hex around the 20 of each line. */
  upper: LineFrame;
  lower: LineFrame;
}

export interface LineFrame {
  before: string;
  after: string;
}

const BUILT_IN: Readonly<Record<string, unknown>> = { cd5220, 'epson-vfd': epsonVfd };

export const DISPLAY_PROFILE_NAMES: readonly string[] = Object.keys(BUILT_IN);

/** The profile shipped under this name, null when there is none. */
export function findDisplayProfile(name: string): DisplayProfile | null {
  const value = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
  if (value === undefined) return null;
  const parsed = parseDisplayProfile(value);
  return parsed.ok ? parsed.profile : null;
}

/** The shipped profile with the code page the settings name. Null when there is no such profile. */
export function displayProfileOf(display: {
  profile: string;
  codepage: CodepageName | null;
  codepageNumber: number | null;
}): DisplayProfile | null {
  const shipped = findDisplayProfile(display.profile);
  if (shipped === null) return null;
  const { name, number } = shipped.codepage;
  return { ...shipped, codepage: { name: display.codepage ?? name, number: display.codepageNumber ?? number } };
}

/** @returns the profile, or the name of the first field that is wrong */
export function parseDisplayProfile(
  value: unknown,
): { ok: true; profile: DisplayProfile } | { ok: false; field: string } {
  const root = fieldsOf(value);
  const page = fieldsOf(root.codepage);
  const upper = fieldsOf(root.upper);
  const lower = fieldsOf(root.lower);
  const checks: readonly [string, boolean][] = [
    ['name', typeof root.name === 'string' && root.name.length > 0 && root.name.length <= 80],
    ['codepage.name', page.name === 'cp866' || page.name === 'cp1251'],
    ['codepage.number', page.number === null || isByte(page.number)],
    ['start', isHex(root.start)],
    ['upper.before', isHex(upper.before)],
    ['upper.after', isHex(upper.after)],
    ['lower.before', isHex(lower.before)],
    ['lower.after', isHex(lower.after)],
  ];
  const wrong = checks.find(([, isRight]) => !isRight);
  return wrong === undefined ? { ok: true, profile: value as DisplayProfile } : { ok: false, field: wrong[0] };
}

/** Bytes of a profile's hex text. */
export function bytesOfHex(hex: string): Uint8Array {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isHex(value: unknown): boolean {
  return typeof value === 'string' && /^(?:[0-9A-F]{2}(?: (?!$)|$)){0,32}$/i.test(value);
}

function isByte(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255;
}
