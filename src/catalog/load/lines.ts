/** Reading a large text file line by line without ever holding it whole. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { Fault, isFault } from '../../register/fault.ts';

/** The file cannot be read or trusted: nothing of it may be loaded. */
export function brokenFile(say: string, cause?: unknown): Fault<'broken'> {
  return new Fault('loadFile', 'broken', { say, cause });
}

export function isBrokenFile(error: unknown): error is Fault<'broken'> {
  return isFault(error, 'loadFile', 'broken');
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
    if (isBrokenFile(error)) throw error;
    return 'windows-1251';
  }
}

/**
 * Lines without their ends (LF, CRLF), in batches as they come from the disk.
 * @throws a broken file unreadable file, wrong encoding, binary content, a line without end
 */
export async function* readLines(file: string, encoding: 'utf-8' | 'windows-1251'): AsyncGenerator<TextLine[]> {
  const size = (await sizeOf(file)) || 1;
  const decoder = new TextDecoder(encoding, { fatal: true });
  let rest = '';
  let number = 0;
  let readBytes = 0;
  const cut = (text: string): TextLine[] => {
    if (text.includes('\0')) throw brokenFile('Файл двоичный, а не текстовый');
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw brokenFile('Слишком длинная строка: это не файл загрузки');
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
    if (!info.isFile()) throw brokenFile('Это не файл');
    return info.size;
  } catch (error) {
    throw unreadable(error);
  }
}

function decode(decoder: TextDecoder, chunk?: Buffer): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw brokenFile('Файл не в кодировке UTF-8', error);
  }
}

async function* openFile(file: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file, { highWaterMark: 128 * 1024 }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): Fault<'broken'> {
  if (isBrokenFile(error)) return error;
  const code = (error as { code?: unknown } | null)?.code;
  return brokenFile(code === 'ENOENT' ? 'Файл не найден' : 'Файл не читается', error);
}
