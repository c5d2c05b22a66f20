/**
 * The link of the fast payment system as a provider hands it out (sbp-qr.md 2 and 3). Shared by the emulators whose
 * providers sell СБП, so that both put a right checksum under a link of the same form.
 */

/** The СБП member id every emulated link carries (sbp-qr.md 8, setting 9). */
export const emulatorBank = '100000000000';

/** QRCID prefixes of the emulators: second letter agrees with the link's type (sbp-qr.md 2 and 8, setting 9). */
const qrcIdPrefixes = { dynamic: 'AD10', static: 'AS10', cashLink: 'AS1R' } as const;

const qrcIdLength = 32;

/** What a link is for; the last one is the reusable address of a plate or an NFC tag. */
export type QrcIdPurpose = keyof typeof qrcIdPrefixes;

/** The parts of a link. `static` without a sum is a cash link. */
export interface SbpLinkParts {
  readonly qrcId: string;
  readonly kind: 'dynamic' | 'static';
  /** Null leaves `sum` and `cur` out: the amount is then held by the payment system. */
  readonly sumKopecks: number | null;
  /** 12 digits; the emulator's own bank when left out. */
  readonly bank?: string;
}

/** A 32-character QRCID of the right prefix ending in `tail`, which must be of `0-9A-V` (sbp-qr.md 2). */
export function qrcIdOf(purpose: QrcIdPurpose, tail: string): string {
  const prefix = qrcIdPrefixes[purpose];
  const id = prefix + tail.toUpperCase().padStart(qrcIdLength - prefix.length, '0');
  if (id.length !== qrcIdLength || !/^[0-9A-V]+$/.test(id)) {
    throw new RangeError(`not the tail of a QRCID: ${tail}`);
  }
  return id;
}

/** The whole link with its checksum; the parameters stand in the one order the paper knows (sbp-qr.md 2). */
export function sbpLink(parts: SbpLinkParts): string {
  const type = parts.kind === 'dynamic' ? '02' : '01';
  const sum = parts.sumKopecks === null ? '' : `&sum=${parts.sumKopecks}&cur=RUB`;
  const signed = `https://qr.nspk.ru/${parts.qrcId}?type=${type}&bank=${parts.bank ?? emulatorBank}${sum}`;
  return `${signed}&crc=${crcOf(signed)}`;
}

/** CRC-16/CCITT-FALSE of the ASCII bytes as four upper-case hex digits, leading zeros kept (sbp-qr.md 3). */
export function crcOf(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text, 'ascii')) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
    }
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
