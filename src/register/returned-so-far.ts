import type { ClosedDocument } from './model.ts';
import { isCounted } from './totals.ts';

/** What the returns of one sale have given back together; `beginReturn` takes it as `before` and to count what is left. */
export interface ReturnedSoFar {
  /** By position of the sale. */
  before: {
    positionNumber: number;
    quantityThousandths: number;
    /** Given back for these goods. */
    refundedKopecks: number;
    /** Given back beside that, the goods staying sold; absent = nothing. */
    partsKopecks?: number;
  }[];
  /** By payment of the sale; money given back otherwise (cash instead of it) names no payment. */
  givenBack: { attemptId: string; amountKopecks: number }[];
}

/** Adds up the returns of one sale (domain.md 2.14). A return that did not close has given nothing back. */
export function returnedSoFar(returns: readonly ClosedDocument[]): ReturnedSoFar {
  const before = new Map<number, ReturnedSoFar['before'][number]>();
  const givenBack = new Map<string, number>();
  for (const document of returns) {
    if (document.type !== 'returnBySale' || document.status !== 'closed') continue;
    for (const line of document.lines) {
      if (line.returned === null) continue;
      const { positionNumber } = line.returned;
      const sum = before.get(positionNumber) ?? { positionNumber, quantityThousandths: 0, refundedKopecks: 0 };
      if (line.returned.isPartOfSum === true) {
        sum.partsKopecks = (sum.partsKopecks ?? 0) + line.sumKopecks;
      } else {
        sum.quantityThousandths += line.quantityThousandths;
        sum.refundedKopecks += line.sumKopecks;
      }
      before.set(positionNumber, sum);
    }
    for (const payment of document.payments) {
      if (payment.sourceAttemptId === null || !isCounted(payment)) continue;
      givenBack.set(payment.sourceAttemptId, (givenBack.get(payment.sourceAttemptId) ?? 0) + payment.amountKopecks);
    }
  }
  return {
    before: [...before.values()],
    givenBack: [...givenBack].map(([attemptId, amountKopecks]) => ({ attemptId, amountKopecks })),
  };
}
