/** Reading a large text file line by line without ever holding it whole. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';

/** The file cannot be read or trusted: nothing of it may be loaded. */
export class BrokenFile extends Error {
  readonly say: string;
  constructor(say: string, cause?: unknown) {
    super('broken load file', { cause });
    this.say = say;
  }
}

export interface TextLine {
  text: string;
  /** From 1, as an editor counts. */
  number: number;
  /** Part of the file read so far, 0..1. */
  fraction: number;
}

const MAX_LINE = 1_000_000;

/** UTF-8 when every byte of the file fits it, else CP1251, the other encoding of the trade. */
export async function detectEncoding(file: string): Promise<'utf-8' | 'windows-1251'> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of openFile(file)) decoder.decode(chunk, { stream: true });
    decoder.decode();
    return 'utf-8';
  } catch (error) {
    if (error instanceof BrokenFile) throw error;
    return 'windows-1251';
  }
}

/**
 * Lines without their ends (LF, CRLF), in batches as they come from the disk.
 * @throws BrokenFile unreadable file, wrong encoding, binary content, a line without end
 */
export async function* readLines(file: string, encoding: 'utf-8' | 'windows-1251'): AsyncGenerator<TextLine[]> {
  const size = (await sizeOf(file)) || 1;
  const decoder = new TextDecoder(encoding, { fatal: true });
  let rest = '';
  let number = 0;
  let readBytes = 0;
  const cut = (text: string): TextLine[] => {
    if (text.includes('\0')) throw new BrokenFile('Файл двоичный, а не текстовый');
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw new BrokenFile('Слишком длинная строка: это не файл загрузки');
    const fraction = Math.min(1, readBytes / size);
    return lines.map((line) => ({ text: line.endsWith('\r') ? line.slice(0, -1) : line, number: ++number, fraction }));
  };
  for await (const chunk of openFile(file)) {
    readBytes += chunk.length;
    yield cut(decode(decoder, chunk));
  }
  yield cut(decode(decoder));
  if (rest !== '') yield cut('\n');
}

async function sizeOf(file: string): Promise<number> {
  try {
    const info = await stat(file);
    if (!info.isFile()) throw new BrokenFile('Это не файл');
    return info.size;
  } catch (error) {
    throw unreadable(error);
  }
}

function decode(decoder: TextDecoder, chunk?: Buffer): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw new BrokenFile('Файл не в кодировке UTF-8', error);
  }
}

async function* openFile(file: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file, { highWaterMark: 128 * 1024 }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): BrokenFile {
  if (error instanceof BrokenFile) return error;
  const code = (error as { code?: unknown } | null)?.code;
  return new BrokenFile(code === 'ENOENT' ? 'Файл не найден' : 'Файл не читается', error);
}
