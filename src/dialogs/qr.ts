/** The QR of a payload as modules and as half blocks (devices.md 5.1). The only importer of qrcode-terminal. */
import { createRequire } from 'node:module';
import type QrTerminal from 'qrcode-terminal';

/** Loaded with the first QR, not with the first screen. */
let loaded: typeof QrTerminal | null = null;

function qrTerminal(): typeof QrTerminal {
  loaded ??= createRequire(import.meta.url)('qrcode-terminal') as typeof QrTerminal;
  return loaded;
}

/** Quiet margin in modules: one module fails in strict in-app scanners, more does not fit (devices.md 5.2). */
const QUIET = 2;

/** A QR stands for minutes and is painted every second, three looks a picture: it is worked out once. */
let last: { payload: string; rows: string[] | null } | null = null;

/**
 * @returns rows of half blocks, black on a white panel; null when the payload is not ASCII (the package would cut it to
 * 8 bits) or too long for it. A cut code is never drawn.
 */
export function qrRows(payload: string): string[] | null {
  if (last?.payload !== payload) last = { payload, rows: rowsOf(payload) };
  return last.rows;
}

function rowsOf(payload: string): string[] | null {
  if (payload === '' || !/^[\x20-\x7e]+$/.test(payload)) return null;
  try {
    return halfBlocks(qrModules(payload), QUIET);
  } catch {
    // The package throws for a text that fits no version.
    return null;
  }
}

/** The package's matrix through its public face: its picture, less its border. True = dark. */
export function qrModules(payload: string): boolean[][] {
  let picture = '';
  qrTerminal().generate(payload, { small: true }, (text) => {
    picture = text;
  });
  const rows = picture
    .split('\n')
    .slice(1)
    .filter((row) => row !== '')
    .map((row) => [...row].slice(1, -1));
  const size = rows[0]?.length ?? 0;
  const isDark = (y: number, x: number): boolean => {
    const character = rows[y >> 1]?.[x];
    return character === ' ' || character === (y % 2 === 0 ? '▄' : '▀');
  };
  return Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => isDark(y, x)));
}

/** Two modules a row. */
function halfBlocks(modules: boolean[][], quiet: number): string[] {
  const size = modules.length + 2 * quiet;
  const isDark = (y: number, x: number): boolean => modules[y - quiet]?.[x - quiet] ?? false;
  const blocks = [' ', '▄', '▀', '█'];
  return Array.from({ length: Math.ceil(size / 2) }, (_, row) =>
    Array.from(
      { length: size },
      (_, x) => blocks[(isDark(2 * row, x) ? 2 : 0) + (isDark(2 * row + 1, x) ? 1 : 0)] ?? ' ',
    ).join(''),
  );
}
