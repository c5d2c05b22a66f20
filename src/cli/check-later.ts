import type { ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { Till } from '../app/till.ts';
import type { CheckReport } from './check.ts';

/** The check waits until the cashier has begun: the start belongs to the first screen. */
const CHECK_AFTER_MS = 10_000;

/** In a process of its own, at low priority: no key waits for it, and its memory goes with it. */
export function checkLater(root: string, onReport: (report: CheckReport) => void): { cancel(): void } {
  let child: ChildProcess | null = null;
  let isCancelled = false;
  const timer = setTimeout(async () => {
    const [, main = ''] = process.argv;
    // Loaded here: the first screen does not wait for it.
    const { spawn } = await import('node:child_process');
    if (isCancelled) return;
    child = spawn(process.execPath, [main, 'check', '--json', '--root', root], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.on('error', () => undefined);
    child.on('close', () => {
      const report = isCancelled ? null : reportIn(said);
      if (report !== null) onReport(report);
    });
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  }, CHECK_AFTER_MS);
  return {
    cancel() {
      isCancelled = true;
      clearTimeout(timer);
      child?.kill();
    },
  };
}

/** A check that was killed, or could not be begun, says nothing. */
function reportIn(text: string): CheckReport | null {
  try {
    return JSON.parse(text) as CheckReport;
  } catch {
    return null;
  }
}

/** Damage is told, and so is its end: a journal that was known to be damaged and is sound again takes money again. */
export function tellTill(till: Pick<Till, 'checked'>, { journal, damaged }: CheckReport): void {
  // A journal that could not be opened now is neither damaged nor sound.
  const isUnknown = journal !== null && damaged.journal === undefined;
  if (!isUnknown) till.checked({ journal: damaged.journal ?? null, isCatalogDamaged: damaged.catalog !== undefined });
}
