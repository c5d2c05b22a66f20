import {
  type CashMoveData,
  cashMoveFields,
  type MoneySlipData,
  moneySlipFields,
  type QrSlipData,
  qrFields,
} from './counter-fields.ts';
import { documentData, type PaymentSlipData, paymentSlipData, type SlipData, type SlipRow } from './document-fields.ts';
import { annulledData, type CancelledSlipData, cancelledSlipFields } from './given-back.ts';
import { layOut, type ReceiptLine } from './lines.ts';
import { render } from './render.ts';
import { type ReconciliationData, reconciliationFields } from './report-fields.ts';
import { type ShiftReportData, shiftReportFields } from './shift-report-fields.ts';
import type { Templates } from './templates.ts';
import { type PrinterLanguage, toEscpos } from './to-escpos.ts';

/** What is to be printed; JSON, so that the print queue can keep it and build the bytes when the printer is ready. */
export type SlipRequest =
  | { kind: 'sale' | 'annulled'; data: SlipData }
  /** The document's slip once more, under the heading КОПИЯ (also after an unconfirmed print, K24). */
  | { kind: 'copy'; data: SlipData }
  /** What an annulled receipt or a cancelled payment gives back and owes. */
  | { kind: 'cancelled'; data: CancelledSlipData; isCopy?: boolean }
  /** `attemptId` names the payment of the document, `rows` are what its system wants printed. */
  | {
      kind: 'paymentSlip';
      data: PaymentSlipData;
      attemptId: string;
      rows?: readonly SlipRow[];
      /** With a line for the buyer's signature. */
      signature?: boolean;
      isCopy?: boolean;
    }
  /** `Сверка итогов по безналу` (SCR-30), by the report template. */
  | { kind: 'reconciliation'; data: ReconciliationData }
  /** X-отчет, Z-отчет (SCR-29). */
  | { kind: 'x' | 'z'; data: ShiftReportData }
  /** Внесение, выплата (SCR-28). */
  | { kind: 'cashIn' | 'cashOut'; data: CashMoveData }
  /** What became of a buyer's money behind the cashier's back. */
  | { kind: 'money'; data: MoneySlipData }
  /** A QR code that the terminal cannot show (SCR-14). */
  | { kind: 'qr'; data: QrSlipData }
  /** A job of its own, before the text: paper-out must not lock the till. Never replayed after a restart (K26). */
  | { kind: 'drawer' }
  | { kind: 'test' };

export interface PrintBytes {
  bytes: Uint8Array;
  /** Characters printed as a question mark, for the log. */
  replaced: string[];
}

/** Lines of a slip, for the preview and the paper alike. */
export function buildLines(
  request: Exclude<SlipRequest, { kind: 'drawer' | 'test' }>,
  templates: Templates,
  paper: { columns: number; printable(text: string): string },
): ReceiptLine[] {
  switch (request.kind) {
    case 'sale':
      return render(templates.sale, documentData(request.data), paper);
    case 'annulled':
      return render(templates.annulled, annulledData(request.data), paper);
    case 'cancelled': {
      const slip = render(templates.cancelled, cancelledSlipFields(request.data), paper);
      return request.isCopy === true ? [...copyHeading(paper.columns), ...slip] : slip;
    }
    case 'reconciliation':
      return render(templates.reconciliation, reconciliationFields(request.data), paper);
    case 'copy': {
      const slip =
        request.data.document.status === 'annulled'
          ? render(templates.annulled, annulledData(request.data), paper)
          : render(templates.sale, documentData(request.data), paper);
      return [...copyHeading(paper.columns), ...slip];
    }
    case 'x':
    case 'z':
      return render(templates[request.kind], shiftReportFields(request.data), paper);
    case 'cashIn':
      return render(templates['cash-in'], cashMoveFields(request.data), paper);
    case 'cashOut':
      return render(templates['cash-out'], cashMoveFields(request.data), paper);
    case 'money':
      return render(templates.money, moneySlipFields(request.data), paper);
    case 'qr':
      return render(templates.qr, qrFields(request.data), paper);
    case 'paymentSlip': {
      const { data, attemptId, rows = [], signature = false } = request;
      const payment = data.document.payments.find((candidate) => candidate.attemptId === attemptId);
      if (payment === undefined) throw new Error(`document ${data.document.documentId} has no payment ${attemptId}`);
      const template = templates.ownSlips[payment.currency.provider] ?? templates.payment;
      const slip = render(template, paymentSlipData(data, payment, { rows, signature }), paper);
      return request.isCopy === true ? [...copyHeading(paper.columns), ...slip] : slip;
    }
  }
}

/** Put here and not in a template: no template of a shop can print a copy that looks like the first one. */
function copyHeading(columns: number): ReceiptLine[] {
  return layOut('КОПИЯ', { align: 'center', bold: true, double: true }, columns);
}

/** The bytes of one print job. */
export function buildJob(request: SlipRequest, templates: Templates, printer: PrinterLanguage): PrintBytes {
  if (request.kind === 'drawer') return { bytes: printer.drawer(), replaced: [] };
  if (request.kind === 'test') return { bytes: printer.testSheet(), replaced: [] };
  const replaced = new Set<string>();
  const printable = (text: string): string => {
    const result = printer.printable(text);
    for (const character of result.replaced) replaced.add(character);
    return result.text;
  };
  const lines = buildLines(request, templates, { columns: printer.columns, printable });
  return { bytes: toEscpos(lines, printer), replaced: [...replaced] };
}
