/** Why the disk did not take it; the code chooses the numbered dialog (SYS-01..06), never the message. */
export type StorageFault = 'full' | 'readOnly' | 'locked' | 'damaged' | 'io';

export class StorageError extends Error {
  readonly code: StorageFault;
  constructor(code: StorageFault, cause: unknown) {
    super(`storage: ${code}`, { cause });
    this.name = 'StorageError';
    this.code = code;
  }
}

export function isStorageError(error: unknown): error is StorageError {
  return error instanceof StorageError;
}

/** SQLite's and the file system's codes in our words; anything else is not a storage fault and is given back as it is. */
export function asStorageError(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return error;
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return new StorageError('full', error);
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS' || code === 'EACCES') {
    return new StorageError('readOnly', error);
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return new StorageError('locked', error);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return new StorageError('damaged', error);
  if (code.startsWith('SQLITE_IOERR') || code === 'SQLITE_CANTOPEN' || code === 'EIO') {
    return new StorageError('io', error);
  }
  return error;
}
