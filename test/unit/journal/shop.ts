/** A register that sells and takes back, with every closed document written to a journal. */
import { emptyWrite, type Journal } from '../../../src/journal/journal.ts';
import type { ClosedDocument, Currency } from '../../../src/register/model.ts';
import { returnedSoFar } from '../../../src/register/returned-so-far.ts';
import type { Rules } from '../../../src/register/rules.ts';
import { goods, ruble, TestRegister } from '../register/fixtures.ts';

export class Shop {
  readonly journal: Journal;
  readonly register: TestRegister;

  constructor(journal: Journal, rules: Partial<Rules> = {}) {
    this.journal = journal;
    this.register = new TestRegister(rules);
  }

  /** Sells so many pieces of each position; paid in the currencies, the last one pays the rest. */
  sell(pieces: readonly number[], currencies: readonly Currency[] = [ruble]): ClosedDocument {
    for (const count of pieces) this.register.add(goods(), count * 1000);
    this.register.done({ do: 'enterSubtotal' });
    const total = pieces.reduce((sum, count) => sum + count * 1530, 0);
    for (const [index, currency] of currencies.entries()) {
      const isLast = index === currencies.length - 1;
      const amount = isLast ? total - 100 * index : 100;
      const refusal = this.register.pay(this.#attemptId(), currency, amount);
      if (refusal !== null) throw new Error(refusal.refused);
    }
    return this.close();
  }

  /** Gives back so many pieces of each position; null = all that is left. */
  takeBack(sale: ClosedDocument, pieces: readonly number[] | null): ClosedDocument {
    this.openReturn(sale, pieces);
    let rest = this.register.state.document?.lines.reduce((sum, line) => sum + line.sumKopecks, 0) ?? 0;
    for (const source of this.register.state.document?.source?.payments ?? []) {
      const amountKopecks = Math.min(rest, source.leftKopecks);
      if (amountKopecks === 0) continue;
      rest -= amountKopecks;
      const attemptId = this.#attemptId();
      const { currency, attemptId: sourceAttemptId } = source;
      this.register.done({
        do: 'beginPayment',
        attemptId,
        orderNumber: `T-${attemptId}`,
        currency,
        amountKopecks,
        sourceAttemptId,
      });
      this.register.settle(attemptId, 'approved');
    }
    return this.close();
  }

  openReturn(sale: ClosedDocument, pieces: readonly number[] | null): void {
    const { before, givenBack } = returnedSoFar(this.journal.returnsOf(sale.documentId));
    this.register.done({
      do: 'beginReturn',
      sale,
      before,
      paymentsLeft: sale.payments.map(({ attemptId, amountKopecks }) => ({
        attemptId,
        leftKopecks: amountKopecks - (givenBack.find((given) => given.attemptId === attemptId)?.amountKopecks ?? 0),
      })),
      partial: pieces !== null,
    });
    for (const [index, count] of (pieces ?? []).entries()) {
      this.register.done({ do: 'changeQuantity', positionNumber: index + 1, quantityThousandths: count * 1000 });
    }
    if (pieces !== null) this.register.done({ do: 'enterSubtotal' });
  }

  /** Opens a receipt of 15.30 that `currency` has paid as attempt `wallet`, and whose cancel waits in the queue. @returns its id */
  openWithQueuedCancel(currency: Currency): string {
    const { register } = this;
    register.add(goods());
    register.done({ do: 'enterSubtotal' });
    register.pay('wallet', currency, 1530);
    const documentId = register.state.document?.documentId ?? '';
    register.done({ do: 'beginCancel', attemptId: 'wallet' });
    register.done({ do: 'settleCancel', documentId, attemptId: 'wallet', fate: 'queued' });
    return documentId;
  }

  close(): ClosedDocument {
    this.register.done({ do: 'close' });
    return this.#keep();
  }

  annul(): ClosedDocument {
    this.register.done({ do: 'annul', confirmedBy: null });
    return this.#keep();
  }

  #keep(): ClosedDocument {
    const closed = this.register.state.lastClosed;
    if (closed === null) throw new Error('nothing closed');
    this.journal.append({ ...emptyWrite(), documents: [closed] });
    this.register.now += 60_000;
    return closed;
  }

  #attemptId(): string {
    return `a${this.register.state.lastDocumentNumber}-${this.register.state.document?.payments.length ?? 0}`;
  }
}
