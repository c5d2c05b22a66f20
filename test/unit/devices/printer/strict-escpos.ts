/**
 * A printer that accepts only what the manual says and accounts for every byte; anything else is an error. Written from
 * the manuals, apart from the emitter: the two share no code and no table.
 */
export interface Printed {
  lines: PrintedLine[];
  qr: { payload: string; moduleDots: number; level: number }[];
  rasters: { widthDots: number; rows: Uint8Array[] }[];
  barcodes: string[];
  drawer: { pin: number; onMs: number; offMs: number }[];
  cuts: number;
  inits: number;
}

export interface PrintedLine {
  text: string;
  align: 'left' | 'center' | 'right';
  bold: boolean;
  double: boolean;
  page: number;
}

/** @param charset what every selected code page means to this printer */
export function printStrictly(bytes: Uint8Array, charset: 'ibm866' | 'windows-1251' = 'ibm866'): Printed {
  const out: Printed = { lines: [], qr: [], rasters: [], barcodes: [], drawer: [], cuts: 0, inits: 0 };
  let at = 0;
  let run: number[] = [];
  let page = -1;
  let align: PrintedLine['align'] = 'left';
  let bold = false;
  let double = false;
  let symbol = { model: -1, moduleDots: -1, level: -1, payload: '' };

  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error('job ends inside a command');
    return byte;
  };
  const oneOf = (what: string, ...allowed: number[]): number => {
    const byte = next();
    if (!allowed.includes(byte)) throw new Error(`${what}: byte ${byte} at ${at - 1}`);
    return byte;
  };
  const atLineStart = (what: string): void => {
    if (run.length > 0) throw new Error(`${what} inside a line at ${at}`);
  };

  while (at < bytes.length) {
    const byte = next();
    if (byte === 0x0a) {
      if (page < 0) throw new Error('text before a code page was selected');
      const text = new TextDecoder(charset).decode(Uint8Array.from(run));
      out.lines.push({ text, align, bold, double, page });
      run = [];
    } else if (byte === 0x1b) escCommand();
    else if (byte === 0x1c) oneOf('FS', 0x2e);
    else if (byte === 0x1d) gsCommand();
    else if (byte >= 0x20 && byte !== 0x7f) run.push(byte);
    else throw new Error(`control byte ${byte} at ${at - 1}`);
  }
  if (run.length > 0) throw new Error('text without a line end');
  return out;

  function escCommand(): void {
    const command = next();
    if (command === 0x40) {
      out.inits++;
      page = -1;
      align = 'left';
      bold = false;
      double = false;
    } else if (command === 0x74) {
      page = next();
    } else if (command === 0x61) {
      atLineStart('ESC a');
      align = (['left', 'center', 'right'] as const)[oneOf('ESC a', 0, 1, 2)] ?? 'left';
    } else if (command === 0x45) {
      bold = oneOf('ESC E', 0, 1) === 1;
    } else if (command === 0x64) {
      atLineStart('ESC d');
      if (next() > 20) throw new Error('a metre of paper');
    } else if (command === 0x70) {
      const pin = oneOf('ESC p', 0, 1) === 0 ? 2 : 5;
      out.drawer.push({ pin, onMs: next() * 2, offMs: next() * 2 });
    } else throw new Error(`ESC ${command} at ${at - 1}`);
  }

  function gsCommand(): void {
    const command = next();
    if (command === 0x21) double = oneOf('GS !', 0x00, 0x11) === 0x11;
    else if (command === 0x56) {
      atLineStart('GS V');
      oneOf('GS V', 0, 1);
      out.cuts++;
    } else if (command === 0x68 || command === 0x77) {
      if (next() === 0) throw new Error('bar of no size');
    } else if (command === 0x48) oneOf('GS H', 2);
    else if (command === 0x6b) {
      atLineStart('GS k');
      oneOf('GS k', 0x43);
      oneOf('GS k length', 13);
      out.barcodes.push(String.fromCharCode(...Array.from({ length: 13 }, next)));
    } else if (command === 0x28) qr();
    else if (command === 0x76) raster();
    else throw new Error(`GS ${command} at ${at - 1}`);
  }

  function qr(): void {
    atLineStart('GS ( k');
    oneOf('GS (', 0x6b);
    const length = next() + next() * 256;
    const body = Array.from({ length }, next);
    if (body[0] !== 49) throw new Error('no QR code');
    const [, action, first = -1, second = -1] = body;
    if (action === 65 && length === 4 && second === 0) symbol = { ...symbol, model: first };
    else if (action === 67 && length === 3) symbol.moduleDots = first;
    else if (action === 69 && length === 3) symbol.level = first;
    else if (action === 80 && first === 48) symbol.payload = Buffer.from(body.slice(3)).toString('utf8');
    else if (action === 81 && first === 48 && length === 3) {
      const { model, moduleDots, level, payload } = symbol;
      if (model !== 50 || moduleDots < 3 || moduleDots > 8 || level < 48 || level > 51 || payload === '') {
        throw new Error(`incomplete QR code ${JSON.stringify(symbol)}`);
      }
      out.qr.push({ payload, moduleDots, level });
    } else throw new Error(`QR function ${action}`);
  }

  function raster(): void {
    atLineStart('GS v');
    oneOf('GS v', 0x30);
    oneOf('GS v 0', 0);
    const rowBytes = next() + next() * 256;
    const height = next() + next() * 256;
    if (height === 0 || height > 108 || height % 48 === 0) throw new Error(`strip of ${height} rows`);
    const rows: Uint8Array[] = [];
    let last = 0;
    for (let y = 0; y < height; y++) {
      rows.push(Uint8Array.from({ length: rowBytes }, next));
      for (const byte of rows.at(-1) ?? []) {
        if (last === 0x10 && [0x04, 0x05, 0x14].includes(byte)) throw new Error('real-time command inside raster');
        last = byte;
      }
    }
    out.rasters.push({ widthDots: rowBytes * 8, rows });
  }
}

/** Columns a printed line takes: double size counts twice. */
export function columnsOf(line: PrintedLine): number {
  return line.text.length * (line.double ? 2 : 1);
}
