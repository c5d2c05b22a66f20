/**
 * What became of a buyer's money behind the cashier's back, in one line that is the same wherever it is told: the list of
 * notifications (SCR-49), DOM-103, the document (SCR-18), `documents` and the slip. A second user who reads any of them must not
 * pay out what the register has given back already.
 */
import { momentStamp, type UtcOffset } from '../register/local-time.ts';
import type { Payment } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import {
  type Attempt,
  decisionWord,
  isContradicted,
  isQueuedCancel,
  isRefusedCancel,
  isSurplus,
  type ManualResolution,
  takesAgain,
} from './attempt.ts';
import type { Outcome } from './outcome.ts';

/** `returned`: to the buyer. `takenAgain`: a return was cancelled. `nothingHeld`: a cancel found nothing to give back. */
export interface MoneyMove {
  kind: 'paid' | 'returned' | 'takenAgain' | 'nothingHeld';
  amountKopecks: number;
  /** When the register learnt of it. */
  atMs: number;
  /** The provider's id of this very operation; null = it never named one. */
  providerPaymentId: string | null;
}

/** @returns null = its payment system has moved nothing, or it is not known yet */
export function moveOf(attempt: Attempt): MoneyMove | null {
  const { outcome, operation, order, account, updatedAtMs: atMs } = attempt;
  if (outcome?.kind !== 'approved') return null;
  const { providerPaymentId } = outcome;
  // Cash and an autonomous terminal have no server: what they moved was moved in front of the cashier.
  if (providerPaymentId === null && account === undefined) return null;
  const { amountKopecks } = order;
  const move = (kind: MoneyMove['kind']): MoneyMove => ({ kind, amountKopecks, atMs, providerPaymentId });
  if (operation === 'pay') return move('paid');
  // A second look at one that was taken for not made.
  if (operation === 'follow') return attempt.follows === 'unmade' ? move('paid') : null;
  if (operation === 'refund') return move('returned');
  if (operation !== 'cancel') return null;
  // A payment that was given up before it was made is answered with itself, or with nothing.
  const isOwn = providerPaymentId !== null && providerPaymentId !== order.source?.providerPaymentId;
  if (!isOwn) return { ...move('nothingHeld'), providerPaymentId: null };
  return move(takesAgain(attempt) ? 'takenAgain' : 'returned');
}

const MOVE_WORDS: Readonly<Record<MoneyMove['kind'], string>> = {
  paid: 'Оплачено покупателем',
  returned: 'Возвращено покупателю',
  takenAgain: 'Возврат отменен, снято с покупателя',
  nothingHeld: 'Возвращать нечего, денег покупателя нет:',
};

/** `Возвращено покупателю 95.90, 22.08.23 17:20:11, № 5003` */
export function moveText({ kind, amountKopecks, atMs, providerPaymentId }: MoneyMove, offset: UtcOffset): string {
  const number = providerPaymentId === null ? '' : `, № ${providerPaymentId}`;
  return `${MOVE_WORDS[kind]} ${formatKopecks(amountKopecks)}, ${momentStamp(atMs, offset)}${number}`;
}

/** `Решено вручную: Не оплачено, 22.08.23 17:14:25, кассир 1, подтвердил 9: кабинет` */
export function decisionText(attempt: Attempt, manual: ManualResolution, offset: UtcOffset): string {
  const { decision, atMs, byCode, confirmedByCode, reason } = manual;
  const who = `кассир ${byCode}, подтвердил ${confirmedByCode}`;
  return `Решено вручную: ${decisionWord(attempt, decision)}, ${momentStamp(atMs, offset)}, ${who}: ${reason}`;
}

/** What the server has answered to what a human had decided: `На сервере: проведена`. */
export function serverWord({ operation }: Attempt, outcome: Outcome): string {
  const isMade = outcome.kind === 'approved';
  if (operation === 'pay') return isMade ? 'оплата проведена' : 'оплаты нет';
  return isMade ? 'возврат проведен' : 'возврата нет';
}

/** Every decision about an attempt, the first one first. */
export function decisionsOf({ manual }: Attempt): ManualResolution[] {
  const all: ManualResolution[] = [];
  for (let one = manual ?? undefined; one !== undefined; one = one.before) all.unshift(one);
  return all;
}

/**
 * What has happened to a payment besides being taken in front of the cashier, line by line in the order of time; empty = nothing.
 * @param attempts of its document, oldest first
 */
export function historyOf(
  payment: Pick<Payment, 'attemptId'>,
  attempts: readonly Attempt[],
  offset: UtcOffset,
): string[] {
  const own = attempts.filter(({ attemptId }) => attemptId === payment.attemptId);
  const cancels = attempts.filter(
    ({ operation, sourceAttemptId }) => operation === 'cancel' && sourceAttemptId === payment.attemptId,
  );
  const found = attempts.filter(
    ({ follows, sourceAttemptId }) => follows === 'unmade' && sourceAttemptId === payment.attemptId,
  );
  // What was found paid after it had been taken for not paid, or was decided, is told with its number.
  // Charged twice under one number: the other charge is no payment of the receipt.
  const surplus = attempts.filter((one) => isSurplus(one) && one.sourceAttemptId === payment.attemptId);
  const isSettledTwice = cancels.length > 0 || own.some(({ manual }) => manual !== null);
  return [
    ...own.flatMap((attempt) => [
      ...decisionsOf(attempt).map((manual) => decisionText(attempt, manual, offset)),
      ...(isSettledTwice ? endText(attempt, offset) : []),
    ]),
    ...(isSettledTwice ? found.flatMap((follow) => endText(follow, offset)) : []),
    ...surplus.flatMap((one) => [
      surplusText(one, offset),
      ...attempts
        .filter(({ sourceAttemptId }) => sourceAttemptId === one.attemptId)
        .flatMap((cancel) => endText(cancel, offset)),
    ]),
    ...cancels.flatMap((cancel) => [
      ...decisionsOf(cancel).map((manual) => decisionText(cancel, manual, offset)),
      ...endText(cancel, offset),
    ]),
  ];
}

/** `Оплачено дважды: лишняя оплата 15.30, 22.08.23 17:20:11, № 5003` */
function surplusText({ order, updatedAtMs, outcome }: Attempt, offset: UtcOffset): string {
  const id = outcome?.kind === 'approved' ? outcome.providerPaymentId : null;
  const number = id === null ? '' : `, № ${id}`;
  return `Оплачено дважды: лишняя оплата ${formatKopecks(order.amountKopecks)}, ${momentStamp(updatedAtMs, offset)}${number}`;
}

function endText(attempt: Attempt, offset: UtcOffset): string[] {
  const { outcome, updatedAtMs, order, startedAtMs, lastFault } = attempt;
  const move = moveOf(attempt);
  if (move !== null) return [moveText(move, offset)];
  if (isQueuedCancel(attempt)) return [`Отмена в очереди с ${momentStamp(startedAtMs, offset)}`];
  const wasDecided = attempt.manual !== null && (outcome?.kind === 'declined' || outcome?.kind === 'notSent');
  if (attempt.operation === 'cancel' && (isRefusedCancel(attempt) || outcome?.kind === 'declined')) {
    const why = lastFault === undefined ? '' : `: ${lastFault.text}`;
    return [`В отмене отказано ${formatKopecks(order.amountKopecks)}, ${momentStamp(updatedAtMs, offset)}${why}`];
  }
  if (wasDecided && outcome !== null && (isContradicted(attempt) || attempt.manual?.before !== undefined)) {
    return [`На сервере: ${serverWord(attempt, outcome)}, ${momentStamp(updatedAtMs, offset)}`];
  }
  return [];
}
