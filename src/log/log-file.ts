/** `terminal.log` on disk: whole lines appended, a grown file put into the archive. Never throws: a log must not stop sales. */
import {
  appendFileSync,
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface LogFile {
  /** @param line without its line end */
  append(line: string): void;
  /** Resolves when what was archived is compressed. */
  settled(): Promise<void>;
}

/**
 * @param archive folder for the grown files: `terminal-<date>.log.gz`
 * @param dateLabel names the archived file
 */
export function openLogFile(path: string, archive: string, maximumBytes: number, dateLabel: () => string): LogFile {
  // null = to be looked at again: at start, and after a fault (half a line may stand there, the file may be gone).
  let size: number | null = null;
  let lostLines = 0;
  let compressing = Promise.resolve();

  function write(text: string): void {
    if (size === null) {
      mkdirSync(dirname(path), { recursive: true });
      const end = endOf(path);
      size = end.size;
      if (end.isCut) text = `\n${text}`;
    }
    // Opened for every line: support may move or delete the file while the till runs.
    appendFileSync(path, text, { mode: 0o640 });
    size += Buffer.byteLength(text);
  }

  function rotate(): void {
    mkdirSync(archive, { recursive: true });
    renameSync(path, freeName(archive, dateLabel()));
    size = null;
    // A file that could not be compressed stays as it is and is tried again at the next rotation.
    compressing = compressing.then(() => compressAll(archive)).catch(() => undefined);
  }

  return {
    append(line) {
      try {
        if (lostLines > 0) {
          write(`(строк потеряно: ${lostLines})\n`);
          lostLines = 0;
        }
        write(`${line}\n`);
      } catch {
        lostLines++;
        size = null;
      }
      try {
        if (size !== null && size >= maximumBytes) rotate();
      } catch {
        // The archive cannot be written: the log goes on growing where it is.
        size = 0;
      }
    },
    settled: () => compressing,
  };
}

function endOf(path: string): { size: number; isCut: boolean } {
  if (!existsSync(path)) return { size: 0, isCut: false };
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const last = Buffer.alloc(1);
    if (size > 0) readSync(descriptor, last, 0, 1, size - 1);
    return { size, isCut: size > 0 && last[0] !== 0x0a };
  } finally {
    closeSync(descriptor);
  }
}

function freeName(archive: string, label: string): string {
  for (let number = 1; ; number++) {
    const name = join(archive, number === 1 ? `terminal-${label}.log` : `terminal-${label}-${number}.log`);
    if (!existsSync(name) && !existsSync(`${name}.gz`)) return name;
  }
}

/** Also takes up what an earlier run left uncompressed. */
async function compressAll(archive: string): Promise<void> {
  for (const name of readdirSync(archive).filter((each) => /^terminal-.*\.log$/.test(each))) {
    const source = join(archive, name);
    const unfinished = `${source}.gz.tmp`;
    const { createGzip } = await import('node:zlib');
    await pipeline(createReadStream(source), createGzip(), createWriteStream(unfinished, { mode: 0o640 }));
    // The log itself goes only when its copy is on the disk, under its name.
    await syncPath(unfinished);
    renameSync(unfinished, `${source}.gz`);
    await syncPath(archive);
    rmSync(source);
  }
}

/** A file, or the names in a folder. */
async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
