import type { Command } from './commands.ts';
import type { LineSum } from './events.ts';
import type { Line, RegisterState, ReturnedLine, ReturnSource } from './model.ts';
import { formatKopecks, refundKopecks } from './money.ts';
import { ONE_PIECE_THOUSANDTHS } from './quantity.ts';
import { type Decision, type Refusal, refuse } from './refusal.ts';
import type { Rules } from './rules.ts';
import { isCounted } from './totals.ts';

/**
 * A return by receipt (domain.md 2.14): the sale's lines with what is left of each, priced at what was paid for them.
 * The document opens with all of it taken over; a whole return goes straight to the payment stage.
 */
export function decideReturn(
  state: RegisterState,
  command: Extract<Command, { do: 'beginReturn' }>,
  rules: Rules,
  at: number,
): Decision {
  const { sale, before, paymentsLeft, partial } = command;
  if (state.user === null || state.locked) return refuse('DOM-04');
  if (state.document !== null) return refuse('DOM-81');
  if (sale.type !== 'sale' || sale.status !== 'closed') return refuse('DOM-60');
  if (!rules.severalReturnsAllowed && before.length > 0) return refuse('DOM-67');
  const lines = sale.lines.map((sold): Line => {
    const earlier = before.find((part) => part.positionNumber === sold.positionNumber);
    const returned: ReturnedLine = {
      positionNumber: sold.positionNumber,
      soldThousandths: sold.quantityThousandths,
      paidKopecks: sold.sumKopecks - (earlier?.partsKopecks ?? 0),
      beforeThousandths: earlier?.quantityThousandths ?? 0,
      beforeKopecks: earlier?.refundedKopecks ?? 0,
    };
    const leftThousandths = returned.soldThousandths - returned.beforeThousandths;
    return {
      ...sold,
      quantityThousandths: leftThousandths,
      sumKopecks: refundKopecks(returned, leftThousandths),
      // Discounts are not allowed in return receipts (Belarus): the line is given back at what was paid for it.
      discountKopecks: 0,
      returned,
    };
  });
  if (lines.every((line) => line.quantityThousandths === 0)) return refuse('DOM-61');
  const number = state.lastDocumentNumber + 1;
  const source: ReturnSource = {
    documentId: sale.documentId,
    number: sale.number,
    closedAt: sale.closedAt,
    payments: sale.payments.filter(isCounted).map((payment) => {
      const { attemptId, currency, orderNumber, providerPaymentId, startedAt, means, isCash } = payment;
      return {
        attemptId,
        currency,
        orderNumber,
        providerPaymentId,
        startedAt,
        ...(means === undefined ? {} : { means }),
        ...(isCash === undefined ? {} : { isCash }),
        leftKopecks: paymentsLeft.find((left) => left.attemptId === attemptId)?.leftKopecks ?? 0,
      };
    }),
  };
  const shiftNumber = state.shift?.number ?? state.lastShiftNumber + 1;
  return {
    events: [
      {
        at,
        type: 'documentOpened',
        documentId: `${state.registerNumber}-${shiftNumber}-${number}-${state.journalId}`,
        number,
        documentType: 'returnBySale',
        cashierCode: state.user.code,
        cashierName: state.user.name,
        card: null,
        source,
      },
      ...lines.map((line) => ({ at, type: 'lineAdded' as const, line })),
      ...(partial ? [] : [{ at, type: 'subtotalEntered' as const }]),
    ],
  };
}

/** What is given back for a changed quantity of a returned line; 0 = the line is not returned. */
export function returnedSum(line: Line, returned: ReturnedLine, quantityThousandths: number): LineSum | Refusal {
  if (!line.goods.unit.fractional && quantityThousandths % ONE_PIECE_THOUSANDTHS !== 0) return refuse('DOM-20');
  if (returned.beforeThousandths + quantityThousandths > returned.soldThousandths) return refuse('DOM-62');
  return {
    positionNumber: line.positionNumber,
    sumKopecks: refundKopecks(returned, quantityThousandths),
    discountKopecks: 0,
  };
}

/**
 * A part of the money of a line goes back while its goods stay sold: no more than all that is left of it would give. All of
 * that is its goods again, so that nothing can be left of a line without money.
 */
export function partOfSum(
  { positionNumber }: Line,
  returned: ReturnedLine,
  sumKopecks: number,
):
  | {
      type: 'quantityChanged' | 'refundSumChanged';
      positionNumber: number;
      quantityThousandths: number;
      sumKopecks: number;
    }
  | Refusal {
  const quantityThousandths = returned.soldThousandths - returned.beforeThousandths;
  const mostKopecks = refundKopecks(returned, quantityThousandths);
  if (sumKopecks <= 0) return refuse('DOM-94', { причина: 'сумма равна нулю (F4 - не возвращать)' });
  if (sumKopecks > mostKopecks) return refuse('DOM-111', { сумма: formatKopecks(mostKopecks) });
  const type = sumKopecks === mostKopecks ? 'quantityChanged' : 'refundSumChanged';
  return { type, positionNumber, quantityThousandths, sumKopecks };
}
