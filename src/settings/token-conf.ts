/**
 * `token.conf`: what a payment system has given the register as its secret (domain.md 5.2, reliability.md K34). The server hands a token out once, so
 * the file must never be lost or half written, and nobody else may read it.
 */
import { chmodSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { keepCopy, putInPlace, syncDirectory, writeTemporary } from './atomic-file.ts';
import { iniValue, readMain } from './ini-text.ts';

const OWNER_ONLY = 0o600;

export type TokenReading =
  | {
      /** null = there is no file: the register has no token. */
      token: string | null;
      /** The file was damaged and the copy before it was taken. */
      fromPreviousCopy: boolean;
      /** Somebody else could read the file, or owns it; its mode has been corrected when that was possible. */
      wasExposed: boolean;
    }
  | { problem: 'damaged' };

/**
 * A missing file is not damage: support deletes it on purpose (OPL-04), and then an old copy must not come back.
 * Also mends the file's mode.
 */
export function readToken(path: string): TokenReading {
  const wasExposed = mendMode(path);
  const content = contentOf(path);
  if (content === null) return { token: null, fromPreviousCopy: false, wasExposed };
  const token = tokenIn(content);
  if (token !== null) return { token, fromPreviousCopy: false, wasExposed };
  const previous = tokenIn(contentOf(previousOf(path)) ?? '');
  return previous === null ? { problem: 'damaged' } : { token: previous, fromPreviousCopy: true, wasExposed };
}

/** Durable when it returns. Throws what the file system says; the old token is then still in force. */
export function writeToken(path: string, token: string): void {
  const temporary = writeTokenTemporary(path, token);
  keepPreviousToken(path);
  putInPlace(temporary, path);
}

/** First step of `writeToken`. */
export function writeTokenTemporary(path: string, token: string): string {
  return writeTemporary(path, `[Main]\ntoken = ${iniValue(token)}\n`, OWNER_ONLY);
}

/** Second step: a readable token is copied; a damaged file must not push the good copy out. */
export function keepPreviousToken(path: string): void {
  const content = contentOf(path);
  if (content === null) {
    rmSync(previousOf(path), { force: true });
    return;
  }
  if (tokenIn(content) !== null) keepCopy(path, previousOf(path));
}

/** Forgets the token and its copy: the register asks for a new one (OPL-04). */
export function deleteToken(path: string): void {
  rmSync(previousOf(path), { force: true });
  rmSync(path, { force: true });
  syncDirectory(dirname(path));
}

function previousOf(path: string): string {
  return `${path}.previous`;
}

/** @returns null when there is no file; an unreadable file counts as empty, that is damaged */
function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : '';
  }
}

function tokenIn(content: string): string | null {
  const token = readMain(content).values.get('token') ?? '';
  // It becomes an HTTP header: visible ASCII only; anything else is a torn or overwritten file.
  return /^[\u0021-\u007e]{1,4096}$/.test(token) ? token : null;
}

function mendMode(path: string): boolean {
  try {
    const { mode, uid } = statSync(path);
    const isReadableByOthers = (mode & 0o077) !== 0;
    if (isReadableByOthers) chmodSync(path, OWNER_ONLY);
    return isReadableByOthers || uid !== process.getuid?.();
  } catch {
    // No file, or not ours to mend; reading it will tell.
    return false;
  }
}
