/** Settings of the О!плати emulator: the assumptions of the protocol paper (oplati.md 13) that a server decides. */

import type { DialectTable } from '../dialect.ts';

export type PaymentMode = 'buyerQr' | 'staticQr' | 'dynamicQr';

/** What no public paper names (oplati.md 13.1-13.6). */
export interface WireNames {
  tokenPath: string;
  /** Node lowers the names of headers. */
  tokenHeader: Lowercase<string>;
  tokenField: string;
  /** Number on the wire of each way to meet the buyer. */
  paymentModes: Record<PaymentMode, number>;
  confirmCodeField: string;
  /** A number has lost its zeros. */
  confirmCodeForm: 'text' | 'number';
  buyerQrField: string;
  loyaltyCardNumberField: string;
}

export interface OplatiSettings extends WireNames {
  /** The assumed names, or other ones throughout. */
  names: 'assumed' | 'other';
  buyerQrPrefix: string;
  buyerQrTtlMs: number;
  /** From the demand; becoming ready starts it anew. */
  sessionTtlMs: number;
  /** False: a new demand ends the older sessions of the register. */
  parallelSessions: boolean;
  /** How long a payment waits for the PIN. */
  confirmTtlMs: number;
  reversalDays: number;
  reversalOfReversal: boolean;
  /** Whose number the answer and the row of a reversal repeat: the one that was sent, or the sale's (oplati.md 3.5). */
  reversalEcho: 'sent' | 'sale';
  /** False: a GET may come with `regNum` alone. */
  requireSecretOnGet: boolean;
  /** True: the sum of the lines must be the total of the receipt. */
  strictReceiptTotals: boolean;
  /** Pauses between the attempts of a web notification. */
  notificationRetryMs: readonly number[];
  /** How long a web QR can be scanned. */
  webQrTtlMs: number;
  utcOffsetMinutes: number;
}

export const WIRE_NAMES: Record<OplatiSettings['names'], WireNames> = {
  assumed: {
    tokenPath: '/pos/tokens',
    tokenHeader: 'token',
    tokenField: 'token',
    paymentModes: { buyerQr: 1, staticQr: 2, dynamicQr: 3 },
    confirmCodeField: 'confirmCode',
    confirmCodeForm: 'text',
    buyerQrField: 'consumerQr',
    loyaltyCardNumberField: 'cardNumber',
  },
  other: {
    tokenPath: '/pos/registers/token',
    tokenHeader: 'x-pos-token',
    tokenField: 'value',
    paymentModes: { buyerQr: 0, staticQr: 1, dynamicQr: 2 },
    confirmCodeField: 'code',
    confirmCodeForm: 'number',
    buyerQrField: 'qr',
    loyaltyCardNumberField: 'number',
  },
};

/** The decisions of oplati.md 13. */
export const DEFAULT_SETTINGS: OplatiSettings = {
  names: 'assumed',
  ...WIRE_NAMES.assumed,
  buyerQrPrefix: 'o-plati://o-buyer/one/',
  buyerQrTtlMs: 60_000,
  sessionTtlMs: 60_000,
  parallelSessions: true,
  confirmTtlMs: 180_000,
  reversalDays: 30,
  reversalOfReversal: true,
  reversalEcho: 'sent',
  requireSecretOnGet: false,
  strictReceiptTotals: false,
  notificationRetryMs: [10_000, 60_000, 600_000],
  webQrTtlMs: 300_000,
  utcOffsetMinutes: 180,
};

/** What one server may do in another way than the next; it can be changed while the emulator runs. */
export type Dialect = Pick<OplatiSettings, 'names' | 'reversalEcho' | 'requireSecretOnGet'>;

export const DIALECTS: DialectTable<Dialect> = {
  names: ['assumed', 'other'],
  reversalEcho: ['sent', 'sale'],
  requireSecretOnGet: [false, true],
};
