/**
 * Reads a QR code from its modules by ISO/IEC 18004, as a strict phone would: every pattern in its place, both copies of
 * the format and version, Reed-Solomon without one error, padding to the last bit. Written from the standard; it shares
 * nothing with the package that draws. Versions 1 to 10, level L, bytes only: what a till can show.
 */
export interface ReadQr {
  payload: string;
  version: number;
  mask: number;
}

type Modules = readonly (readonly boolean[])[];
type Place = readonly [y: number, x: number];

const FORMAT_MASK = 0x5412;
const FORMAT_GENERATOR = 0x537;
const VERSION_GENERATOR = 0x1f25;
const LEVEL_L = 1;
const BYTE_MODE = 4;
/** Tables 7-9 of the standard, level L: check codewords of a block, then the data codewords of each block. */
const BLOCKS: readonly (readonly [check: number, ...data: number[]])[] = [
  [7, 19],
  [10, 34],
  [15, 55],
  [20, 80],
  [26, 108],
  [18, 68, 68],
  [20, 78, 78],
  [24, 97, 97],
  [30, 116, 116],
  [18, 68, 68, 69, 69],
];
/** Annex E: centres of the alignment patterns. */
const ALIGNMENT: readonly (readonly number[])[] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
];
const MASKS: readonly ((y: number, x: number) => boolean)[] = [
  (y, x) => (y + x) % 2 === 0,
  (y) => y % 2 === 0,
  (_, x) => x % 3 === 0,
  (y, x) => (y + x) % 3 === 0,
  (y, x) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (y, x) => ((y * x) % 2) + ((y * x) % 3) === 0,
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2 === 0,
  (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2 === 0,
];

/** @throws Error that says what is wrong with the code */
export function readQr(modules: Modules): ReadQr {
  const size = modules.length;
  const version = (size - 17) / 4;
  if (!Number.isInteger(version) || version < 1 || version > BLOCKS.length) throw new Error(`${size} modules`);
  if (modules.some((row) => row.length !== size)) throw new Error('not square');
  const isFunction = checkPatterns(modules, version);
  const mask = readFormat(modules);
  const codewords = readCodewords(modules, isFunction, mask);
  return { payload: readBytes(dataOf(codewords, version), version), version, mask };
}

/** Checks everything that is the same in each code of this version. @returns where it stands */
function checkPatterns(modules: Modules, version: number): boolean[][] {
  const size = modules.length;
  const isFunction = modules.map((row) => row.map(() => false));
  const expectAt = (y: number, x: number, isDark: boolean, what: string): void => {
    const row = isFunction[y];
    if (row === undefined || modules[y]?.[x] === undefined) return; // a separator outside
    row[x] = true;
    if (modules[y]?.[x] !== isDark) throw new Error(`${what} at ${y},${x}`);
  };
  const ring = (cy: number, cx: number, radius: number, isDark: (distance: number) => boolean, what: string): void => {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        expectAt(cy + dy, cx + dx, isDark(Math.max(Math.abs(dy), Math.abs(dx))), what);
      }
    }
  };
  for (const [y, x] of [[3, 3] as const, [3, size - 4] as const, [size - 4, 3] as const]) {
    ring(y, x, 4, (distance) => distance !== 2 && distance !== 4, 'finder');
  }
  for (let at = 8; at < size - 8; at++) {
    expectAt(6, at, at % 2 === 0, 'timing');
    expectAt(at, 6, at % 2 === 0, 'timing');
  }
  const centres = ALIGNMENT[version - 1] ?? [];
  const last = centres.at(-1);
  for (const y of centres) {
    for (const x of centres) {
      const isInFinder = (y === 6 && x === 6) || (y === 6 && x === last) || (y === last && x === 6);
      if (!isInFinder) ring(y, x, 2, (distance) => distance !== 1, 'alignment');
    }
  }
  expectAt(size - 8, 8, true, 'dark module');
  for (const places of formatPlaces(size)) {
    for (const [y, x] of places) reserve(isFunction, y, x);
  }
  if (version >= 7) {
    const places = Array.from({ length: 18 }, (_, i): Place => [Math.floor(i / 3), size - 11 + (i % 3)]).reverse();
    const copies = [places, places.map(([y, x]): Place => [x, y])];
    for (const copy of copies) {
      const bits = bitsAt(modules, copy);
      if (remainder(bits, VERSION_GENERATOR) !== 0 || bits >> 12 !== version) throw new Error(`version ${bits}`);
      for (const [y, x] of copy) reserve(isFunction, y, x);
    }
  }
  return isFunction;
}

function reserve(isFunction: boolean[][], y: number, x: number): void {
  const row = isFunction[y];
  if (row !== undefined) row[x] = true;
}

/** The two copies of the format, highest bit first. */
function formatPlaces(size: number): Place[][] {
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  const across = [0, 1, 2, 3, 4, 5, 7, 8].map((x): Place => [8, x]);
  const up = [7, 5, 4, 3, 2, 1, 0].map((y): Place => [y, 8]);
  const below = upTo(7).map((i): Place => [size - 1 - i, 8]);
  const beside = upTo(8).map((i): Place => [8, size - 8 + i]);
  return [
    [...across, ...up],
    [...below, ...beside],
  ];
}

function readFormat(modules: Modules): number {
  const [first, second] = formatPlaces(modules.length).map((places) => bitsAt(modules, places) ^ FORMAT_MASK);
  if (first === undefined || first !== second) throw new Error('two formats');
  if (remainder(first, FORMAT_GENERATOR) !== 0) throw new Error('format damaged');
  if (first >> 13 !== LEVEL_L) throw new Error('not level L');
  return (first >> 10) & 7;
}

function bitsAt(modules: Modules, places: readonly Place[]): number {
  return places.reduce((bits, [y, x]) => bits * 2 + (modules[y]?.[x] === true ? 1 : 0), 0);
}

/** Of the division of polynomials over one bit. */
function remainder(bits: number, generator: number): number {
  let rest = bits;
  while (rest >= 1 << (31 - Math.clz32(generator))) rest ^= generator << (Math.clz32(generator) - Math.clz32(rest));
  return rest;
}

/** In pairs of columns from the right, up and down by turns; what is left over at the end is no byte. */
function readCodewords(modules: Modules, isFunction: boolean[][], mask: number): number[] {
  const size = modules.length;
  const isFlipped = MASKS[mask] ?? (() => false);
  const bits: number[] = [];
  let isUp = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right--;
    for (let step = 0; step < size; step++) {
      const y = isUp ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (isFunction[y]?.[x] !== true) bits.push((modules[y]?.[x] === true) !== isFlipped(y, x) ? 1 : 0);
      }
    }
    isUp = !isUp;
  }
  return Array.from({ length: Math.floor(bits.length / 8) }, (_, i) =>
    bits.slice(8 * i, 8 * i + 8).reduce((byte, bit) => byte * 2 + bit, 0),
  );
}

/** Blocks apart again, each without an error. */
function dataOf(codewords: readonly number[], version: number): number[] {
  const [checks = 0, ...lengths] = BLOCKS[version - 1] ?? [];
  const blocks = lengths.map((): number[] => []);
  let at = 0;
  const deal = (count: (block: number) => number): void => {
    for (let i = 0; i < Math.max(...lengths.map((_, block) => count(block))); i++) {
      for (const [block, into] of blocks.entries()) if (i < count(block)) into.push(codewords[at++] ?? -1);
    }
  };
  deal((block) => lengths[block] ?? 0);
  deal(() => checks);
  if (at !== codewords.length) throw new Error(`${codewords.length} codewords, ${at} expected`);
  for (const block of blocks) {
    for (let root = 0; root < checks; root++) {
      if (valueAt(block, root) !== 0) throw new Error('Reed-Solomon');
    }
  }
  return blocks.flatMap((block, index) => block.slice(0, lengths[index]));
}

const EXPONENTS = Array.from({ length: 255 }, () => 1);
for (let power = 1; power < 255; power++) {
  const doubled = (EXPONENTS[power - 1] ?? 0) * 2;
  EXPONENTS[power] = doubled > 255 ? doubled ^ 0x11d : doubled;
}
const LOGARITHMS = new Map(EXPONENTS.map((value, power) => [value, power]));

/** Of the polynomial in GF(256) at the root number `root`. */
function valueAt(block: readonly number[], root: number): number {
  return block.reduce((sum, codeword) => times(sum, root) ^ codeword, 0);
}

function times(value: number, power: number): number {
  return value === 0 ? 0 : (EXPONENTS[((LOGARITHMS.get(value) ?? 0) + power) % 255] ?? 0);
}

function readBytes(data: readonly number[], version: number): string {
  let at = 0;
  const take = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++, at++) value = value * 2 + (((data[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    return value;
  };
  const mode = take(4);
  if (mode !== BYTE_MODE) throw new Error(`mode ${mode}`);
  const length = take(version < 10 ? 8 : 16);
  const room = data.length * 8;
  if (at + 8 * length > room) throw new Error('cut');
  const payload = String.fromCharCode(...Array.from({ length }, () => take(8)));
  if (take(Math.min(4, room - at)) !== 0) throw new Error('no end');
  if (take((8 - (at % 8)) % 8) !== 0) throw new Error('padding bits');
  for (let pad = 0; at < room; pad++) if (take(8) !== (pad % 2 === 0 ? 0xec : 0x11)) throw new Error('padding');
  return payload;
}

/**
 * Finds the one code in a picture and reads it: three finders and a quiet zone of `quiet` light modules all around.
 * @param picture true = dark, false = light, null = something that is neither (a letter)
 * @throws Error when there is no code, or more than one
 */
export function findQr(picture: readonly (readonly (boolean | null)[])[], quiet: number): ReadQr & { size: number } {
  const isFinder = (top: number, left: number): boolean => {
    for (let dy = -1; dy <= 7; dy++) {
      for (let dx = -1; dx <= 7; dx++) {
        const distance = Math.max(Math.abs(dy - 3), Math.abs(dx - 3));
        if (picture[top + dy]?.[left + dx] !== (distance !== 2 && distance !== 4)) return false;
      }
    }
    return true;
  };
  const found: Place[] = [];
  picture.forEach((row, y) => {
    for (const x of row.keys()) if (isFinder(y, x)) found.push([y, x]);
  });
  const [corner, right, below] = found;
  if (corner === undefined || right === undefined || below === undefined || found.length !== 3) {
    throw new Error(`${found.length} finders`);
  }
  const [top, left] = corner;
  const size = right[1] - left + 7;
  if (right[0] !== top || below[1] !== left || below[0] - top + 7 !== size) throw new Error('finders askew');
  for (let y = -quiet; y < size + quiet; y++) {
    for (let x = -quiet; x < size + quiet; x++) {
      const isInside = y >= 0 && y < size && x >= 0 && x < size;
      if (!isInside && picture[top + y]?.[left + x] !== false) throw new Error(`no quiet zone at ${y},${x}`);
    }
  }
  const modules = Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_, x) => picture[top + y]?.[left + x] === true),
  );
  return { ...readQr(modules), size };
}
