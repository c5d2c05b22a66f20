import { Fault, isFault } from '../register/fault.ts';

/** Why the disk did not take it; the code chooses the numbered dialog (SYS-01..06), never the message. */
export type StorageFault = 'full' | 'readOnly' | 'locked' | 'damaged' | 'lost' | 'newer' | 'io';

/** A database of a later program is sound: what to do with it. */
export const NEWER_HELP = 'Обновите программу или восстановите прежнюю копию данных';

/** @param say what is wrong with the journal, Russian; '' where the code says everything */
export function storageFault(code: StorageFault, cause: unknown, say = ''): Fault<StorageFault> {
  return new Fault('storage', code, { cause, say });
}

export function isStorageFault(error: unknown): error is Fault<StorageFault> {
  return isFault(error, 'storage');
}

/** SQLite's and the file system's codes in our words; anything else is not a storage fault and is given back as it is. */
export function asStorageFault(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return error;
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return storageFault('full', error);
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return storageFault('readOnly', error);
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return storageFault('locked', error);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return storageFault('damaged', error);
  if (code.startsWith('SQLITE_IOERR') || code === 'SQLITE_CANTOPEN' || /^E(?:IO|ISDIR|NOTDIR)$/.test(code)) {
    return storageFault('io', error);
  }
  return error;
}

/** As above; what is stored as JSON and is none any more was damaged on the disk. */
export function asJournalFault(error: unknown): unknown {
  return error instanceof SyntaxError ? storageFault('damaged', error) : asStorageFault(error);
}
