import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/app/clock.ts';
import { createTill, type Till } from '../../src/app/till.ts';
import { seedDemo } from '../../src/catalog/demo.ts';
import { checkDigitOf } from '../../src/register/check-digit.ts';
import { pathsOf } from '../../src/settings/paths.ts';
import { defaultSettings } from '../../src/settings/settings.ts';
import { removeFolder } from '../remove-folder.ts';
import { PtyDevice } from './pty-device.ts';

const SCANS = 10_000;
const BURST = 1_000;
/** Codes on their way at most: with more, no dialog would ever open in between. */
const ON_THE_WAY = 60;
const LINES_OF_A_RECEIPT = 60;
const WAIT_LIMIT_MS = 60_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Scales label for the apples: the weight in grams tells which of all the scans it is. */
function label(grams: number): string {
  const body = `2200004${String(grams).padStart(5, '0')}`;
  return body + checkDigitOf(body);
}

/** The register on its real clock, with the scanner at the far end of a pty. */
async function openRegister() {
  const root = mkdtempSync(join(tmpdir(), 'kassa-scans-'));
  cleanups.push(() => removeFolder(root));
  const paths = pathsOf(root);
  mkdirSync(paths.data, { recursive: true });
  seedDemo(paths.catalog);
  const device = await PtyDevice.plugged();
  cleanups.push(() => device.remove());
  let number = 0;
  const watched: { onPaint(): void } = { onPaint: () => undefined };
  const made = createTill({
    root,
    settings: { ...defaultSettings, lockAfterSeconds: 0 },
    clock: systemClock(),
    newAttemptId: () => `attempt-${++number}`,
    screen: { columns: 80, rows: 25, paint: () => watched.onPaint(), bell: () => undefined },
    scannerUrl: `serial:${device.path}?baud=115200`,
    printerUrl: `file:${paths.printerBytes}`,
    autoLoginCode: '1',
    version: 'test',
    onExit: () => undefined,
  });
  if ('problem' in made) throw new Error(`till: ${made.problem}`);
  const till: Till = made;
  cleanups.push(() => till.stop());
  till.start();
  till.startDevices();
  await until('the scanner is ready', () => Object.values(till.state.scanners).some(({ state }) => state === 'ready'));
  return { till, device, paths, watched };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const givesUpAt = performance.now() + WAIT_LIMIT_MS;
  while (!isSo()) {
    if (performance.now() > givesUpAt) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** What became of every scan, counted from outside: lines of receipts, and the register's own count of refusals. */
class Witness {
  /** Grams of every line of the receipts closed so far, in the order of the lines. */
  readonly sold: number[] = [];
  receipts = 0;
  dialogs = 0;
  refused = 0;
  readonly #till: Till;
  #countedBefore = 0;

  constructor(till: Till) {
    this.#till = till;
  }

  get lines(): number {
    return this.#till.state.register.document?.lines.length ?? 0;
  }

  get isAsking(): boolean {
    return this.#till.state.ui.stack.length > 0;
  }

  /** After every message: the register starts its count of refusals anew with each line. */
  look(): void {
    const counted = this.#till.state.ui.rejectedScans;
    this.refused += counted < this.#countedBefore ? counted : counted - this.#countedBefore;
    this.#countedBefore = counted;
  }

  /** Lines of all receipts. */
  get made(): number {
    return this.sold.length + this.lines;
  }

  get taken(): number {
    return this.made + this.refused;
  }

  press(...names: string[]): void {
    for (const name of names) this.#till.post({ type: 'key', name, text: null });
  }

  /** Whole and at once: between its keys no scan can come. */
  closeReceipt(): void {
    const { document } = this.#till.state.register;
    if (document === null) return;
    for (const { entry, goods, quantityThousandths } of document.lines) {
      expect([entry, goods.code]).toEqual(['scan', '4']);
      this.sold.push(quantityThousandths);
    }
    this.press('f6', 'f8');
    expect(this.#till.state.register.document).toBeNull();
    this.receipts++;
  }
}

describe('scans through the port, the framer and the register', () => {
  it('10 000 while dialogs open and close: each is a line, or refused and counted', { timeout: 180_000 }, async () => {
    const { till, device, paths, watched } = await openRegister();
    const witness = new Witness(till);
    watched.onPaint = () => witness.look();
    let sent = 0;
    let openedAt = 0;
    let random = 7;
    const next = (below: number): number => {
      random = (random * 1103515245 + 12345) % 2147483648;
      return random % below;
    };
    const givesUpAt = performance.now() + 150_000;
    while (witness.taken < SCANS) {
      if (performance.now() > givesUpAt) throw new Error(`sent ${sent}, taken ${witness.taken}`);
      if (sent < SCANS && sent - witness.taken < ON_THE_WAY) {
        const count = Math.min(1 + next(20), SCANS - sent);
        device.send(Array.from({ length: count }, (_, i) => `${label(sent + i + 1)}\r\n`).join(''));
        sent += count;
      }
      await new Promise((resolve) => setImmediate(resolve));
      if (witness.isAsking) {
        // Some came while it stood, or nothing more will come.
        if (witness.refused >= openedAt + 1 + next(8) || witness.taken === sent) witness.press('escape');
      } else if (witness.lines >= LINES_OF_A_RECEIPT) {
        witness.closeReceipt();
        // However many come at once on this machine, two lines are sold for each that is refused.
      } else if (witness.lines > 0 && witness.made > 2 * witness.refused && next(12) === 0) {
        openedAt = witness.refused;
        witness.press('f3');
        if (witness.isAsking) witness.dialogs++;
      }
    }
    if (witness.isAsking) witness.press('escape');
    witness.closeReceipt();

    expect(witness.sold.length + witness.refused).toBe(SCANS);
    expect(sent).toBe(SCANS);
    // In order, none twice, none made of two.
    for (const [index, grams] of witness.sold.entries()) {
      if (grams <= (witness.sold[index - 1] ?? 0) || grams > SCANS) expect([index, grams]).toEqual([]);
    }
    // None has become keys: nothing was typed anywhere.
    expect(till.state.ui.input).toBe('');
    // And the story was worth telling.
    expect(witness.dialogs).toBeGreaterThan(50);
    expect(witness.refused).toBeGreaterThan(100);
    expect(witness.sold.length).toBeGreaterThan(SCANS / 2);
    await until('every slip printed', () => till.state.printJobs.length === 0);
    expect(existsSync(paths.printerBytes)).toBe(true);
    const slips = new TextDecoder('ibm866').decode(readFileSync(paths.printerBytes));
    expect(slips.split('ЯБЛОКИ ВЕСОВЫЕ').length - 1).toBe(witness.sold.length);
  });

  it('a burst of 1000 written at once: every one a line of the receipt, in order', { timeout: 120_000 }, async () => {
    const { till, device } = await openRegister();
    const grams = Array.from({ length: BURST }, (_, i) => i + 1);
    device.send(grams.map((of) => `${label(of)}\r`).join(''));
    const lines = () => till.state.register.document?.lines ?? [];
    await until('all lines', () => lines().length >= BURST);
    expect(lines().map(({ quantityThousandths }) => quantityThousandths)).toEqual(grams);
    expect(till.state.ui).toMatchObject({ input: '', rejectedScans: 0, stack: [] });
  });

  it('a burst of 1000 before a dialog: all refused, all counted, the dialog stands as it was', async () => {
    const { till, device } = await openRegister();
    device.send(`${label(1)}\r`);
    await until('a line', () => till.state.register.document?.lines.length === 1);
    till.post({ type: 'key', name: 'f3', text: null });
    const before = till.state.ui.stack;
    expect(before).toHaveLength(1);
    device.send(Array.from({ length: BURST }, (_, i) => `${label(i + 2)}\r`).join(''));
    await until('all refused', () => till.state.ui.rejectedScans >= BURST);
    expect(till.state.ui).toMatchObject({ rejectedScans: BURST, input: '' });
    expect(till.state.ui.stack).toEqual(before);
    expect(till.state.register.document?.lines).toHaveLength(1);
  });
});
