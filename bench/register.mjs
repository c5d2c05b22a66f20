/** The built register on a root of its own, without a tty: messages go in, the painter's bytes go to `openSink`. */
import { mkdirSync } from 'node:fs';
import { systemClock } from '../dist/app/clock.js';
import { createTill } from '../dist/app/till.js';
import { pathsOf } from '../dist/settings/paths.js';
import { loadSettings } from '../dist/settings/settings.js';
import { createPainter } from '../dist/terminal/painter.js';
import { breathe, openSink } from './baselines.mjs';

const IDLE_LIMIT_MS = 60_000;

/**
 * @param {string} root with a catalogue; user 1 is logged in, the shift is open, a file takes the slips
 * @param {{ scannerUrl?: string, printerUrl?: string, printerProfile?: string, providers?: object }} devices other than none,
 *   the file, and the payment server of the settings
 */
export async function openRegister(root, { printerProfile, ...devices } = {}) {
  const paths = pathsOf(root);
  mkdirSync(paths.data, { recursive: true });
  const loaded = loadSettings(root);
  if ('problem' in loaded) throw new Error('settings');
  const sink = openSink();
  const painter = createPainter({ output: sink, terminal: 'xterm-256color', columns: 80, rows: 25 });
  let paintedAt = 0n;
  const till = createTill({
    root,
    settings: {
      ...loaded.settings,
      lockAfterSeconds: 0,
      ...(printerProfile && { printer: { ...loaded.settings.printer, profile: printerProfile } }),
    },
    clock: systemClock(),
    newAttemptId: () => crypto.randomUUID(),
    screen: {
      columns: 80,
      rows: 25,
      paint(grid) {
        painter.paint(grid);
        paintedAt = process.hrtime.bigint();
      },
      bell: () => painter.bell(),
    },
    printerUrl: `file:${paths.printerBytes}`,
    autoLoginCode: '1',
    version: 'bench',
    onExit: () => undefined,
    ...devices,
  });
  if ('problem' in till) throw new Error(`till: ${till.problem}`);
  till.start();
  const lines = () => till.state.register.document?.lines.length ?? 0;

  return {
    till,
    paths,
    sink,
    /** Returns when the line is in the journal and its picture is written. */
    scan: (barcode) => till.post({ type: 'scan', code: barcode }),
    lines,
    /** Milliseconds from the message to the end of its picture; what the register does after it is not waited for. */
    timedToPicture(post) {
      const startedAt = process.hrtime.bigint();
      post();
      return Number(paintedAt - startedAt) / 1e6;
    },
    /** Подытог: the goods are frozen, money may be taken. */
    subtotal: () => till.post({ type: 'key', name: 'f6', text: null }),
    /** Итого without a sum: cash, without change. Returns when the receipt is in the journal and its picture is written. */
    closeReceipt() {
      const { number } = till.state.register.document ?? {};
      till.post({ type: 'key', name: 'f8', text: null });
      if (till.state.register.document !== null || till.state.register.lastClosed?.number !== number) {
        throw new Error(`the receipt ${number} was not closed: ${JSON.stringify(till.state.ui)}`);
      }
    },
    /** The slip and the drawer. */
    async printed() {
      const limit = performance.now() + IDLE_LIMIT_MS;
      while (till.state.printJobs.length > 0) {
        if (performance.now() > limit) throw new Error('the slip is not printed');
        await breathe();
      }
    },
    async payInCash() {
      this.subtotal();
      this.closeReceipt();
      await this.printed();
    },
    close: () => till.stop(),
  };
}
