/**
 * Why a device cannot be reached. Codes choose the numbered dialog (dialogs.md 4); the text of the operating system goes
 * to the log only.
 */
import { Fault, isFault } from '../../register/fault.ts';
export type TransportFault =
  /** The path is not there: not plugged in, or another name. */
  | 'noDevice'
  /** The user lacks the group `dialout` (tty) or `lp`. */
  | 'permissionDenied'
  | 'busy'
  /** The path is something else than a serial port. */
  | 'notTty'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  /** It was open and went away. */
  | 'lost'
  | 'other';

export function linkFault(code: TransportFault, cause?: unknown): Fault<TransportFault> {
  return new Fault('device', code, { cause });
}

/** A malformed or unfitting address. @param say Russian, for the person who typed it */
export function badAddress(say: string): Fault<'bad'> {
  return new Fault('address', 'bad', { say });
}

const SERIAL_TEXTS: readonly [RegExp, TransportFault][] = [
  [/no such file or directory|no such device/i, 'noDevice'],
  [/permission denied|operation not permitted/i, 'permissionDenied'],
  [/cannot lock port|resource temporarily unavailable|resource busy/i, 'busy'],
  [/inappropriate ioctl|is a directory|not a tty/i, 'notTty'],
];

/** serialport 13 gives plain errors without a code: the text is all there is (devices.md 3.1). */
export function faultOfSerialText(text: string): TransportFault {
  return SERIAL_TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? 'other';
}

const SYSTEM_CODES: Readonly<Record<string, TransportFault>> = {
  ENOENT: 'noDevice',
  ENXIO: 'noDevice',
  ENODEV: 'noDevice',
  ENOTDIR: 'noDevice',
  EISDIR: 'notTty',
  EACCES: 'permissionDenied',
  EPERM: 'permissionDenied',
  EROFS: 'permissionDenied',
  EBUSY: 'busy',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'lost',
  EPIPE: 'lost',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
};

/** Fault of an error of `node:fs` or `node:net`. */
export function faultOfSystemError(error: unknown): TransportFault {
  if (isFault<TransportFault>(error, 'device')) return error.code;
  const code = (error as { code?: unknown } | null)?.code;
  return (typeof code === 'string' ? SYSTEM_CODES[code] : undefined) ?? 'other';
}
