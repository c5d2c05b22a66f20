import { join } from 'node:path';

/**
 * Every place of a register's root, one table (domain.md 5, "Other paths"). Nothing else builds such a path.
 * @param root `/linuxcash` on a till, `var/demo` in the demo
 */
export function pathsOf(root: string) {
  const data = join(root, 'cash', 'data');
  const logs = join(root, 'logs', 'current');
  return {
    root,
    data,
    journal: join(data, 'journal.db'),
    /** How far the journal has come: beside its folder, so that an older copy of it does not bring its own. */
    anchor: join(root, 'cash', 'journal.anchor'),
    catalog: join(data, 'catalog.db'),
    lock: join(data, 'lock.db'),
    /** Kept only to be deleted when the disk is full (reliability.md 5). */
    diskReserve: join(data, 'reserve.bin'),
    /** Raw bytes of a `file:` printer. */
    printerBytes: join(data, 'printer.bin'),
    /** Name of the card reader that was connected last. */
    lastReader: join(data, 'last-reader'),
    settings: join(root, 'cash', 'conf', 'kassa.json'),
    paysystems: join(root, 'cash', 'paysystems'),
    reports: join(root, 'cash', 'reports'),
    terminalLog: join(logs, 'terminal.log'),
    recording: join(logs, 'recording.jsonl'),
    logArchive: join(root, 'logs', 'archive', 'logs'),
    emulators: join(root, 'emulators.json'),
  };
}

export type Paths = ReturnType<typeof pathsOf>;
