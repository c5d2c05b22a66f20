import type { UtcOffset } from './local-time.ts';
import { MAX_SUM_KOPECKS } from './money.ts';

/** The shop's rules (settings), each with the name it has in domain.md 5. */
export interface Rules {
  /** Equal goods make one row. */
  mergeEqualLines: boolean;
  /** `disableZeroPrice`. */
  zeroPriceForbidden: boolean;
  /** `minQuant`. */
  minQuantityThousandths: number;
  maxReceiptKopecks: number;
  /** Goods may be added by scan or barcode only (DOM-12). */
  codeEntryForbidden: boolean;
  /** `alwaysConfirmStorno`: a second user confirms every storno and annulment. */
  stornoNeedsConfirmation: boolean;
  /** Minutes east of UTC; the shift's label is a local date. */
  utcOffsetMinutes: UtcOffset;
  /** zPOS: the electronic part of a sale may be given back in cash. */
  cashForElectronicReturn: boolean;
  /** Payment systems that may not stand beside these others in one receipt (DOM-34). */
  apart: readonly { provider: string; from: readonly string[] }[];
  /** Message of a system when more is given back than is left of its payment; without one DOM-33. */
  refundExceeds: Readonly<Record<string, string>>;
  /** `allowSeveralBackBySale`: a sale may be returned in several parts. */
  severalReturnsAllowed: boolean;
  /** A free return, without the receipt of the sale (DOM-66). */
  freeReturnAllowed: boolean;
}

export const defaultRules: Rules = {
  mergeEqualLines: false,
  zeroPriceForbidden: true,
  minQuantityThousandths: 1,
  maxReceiptKopecks: MAX_SUM_KOPECKS,
  codeEntryForbidden: false,
  stornoNeedsConfirmation: false,
  utcOffsetMinutes: 180,
  cashForElectronicReturn: false,
  apart: [],
  refundExceeds: {},
  severalReturnsAllowed: true,
  freeReturnAllowed: true,
};
