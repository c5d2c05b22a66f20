import {
  type Attempt,
  decisionWord,
  isMadeByHand,
  isQueuedCancel,
  type ManualResolution,
} from '../../payments/attempt.ts';
import { decisionsOf, decisionText, type MoneyMove, moveOf, moveText, serverWord } from '../../payments/money-move.ts';
import type { Outcome } from '../../payments/outcome.ts';
import { formatKopecks } from '../../register/money.ts';
import { notify } from '../notices.ts';
import { queuePrintJob } from '../printing.ts';
import type { MoneySlipJobData } from '../slips.ts';
import { attemptOf, log, say, type Turn } from '../turn.ts';

const SLIP_TITLES: Readonly<Record<MoneyMove['kind'], string>> = {
  paid: 'ОПЛАТА ПОДТВЕРЖДЕНА',
  returned: 'ВОЗВРАТ ПОКУПАТЕЛЮ',
  takenAgain: 'ВОЗВРАТ ОТМЕНЕН',
  nothingHeld: 'ОТМЕНА ОПЛАТЫ',
};
const CONTRADICTED_TITLE = 'РЕШЕНИЕ ПРОТИВОРЕЧИТ СЕРВЕРУ';

/**
 * A cancel that nobody has watched has told something. What it moved leaves a line that lasts: a notification, the log, a slip. Where
 * it gives back what a human had decided as not paid, DOM-103 tells what has become of it as well.
 */
export function tellCancel(turn: Turn, cancel: Attempt, outcome: Outcome): void {
  const move = moveOf(cancel);
  if (move !== null) {
    const text = moveText(move, turn.facts.rules.utcOffsetMinutes);
    log(turn, 'info', cancel.provider, `order=${cancel.order.orderNumber}: ${text}`);
    notify(turn, cancel.attemptId, 'DOM-115', { ...aboutParams(turn, cancel), движение: text });
    printMoney(turn, cancel, SLIP_TITLES[move.kind]);
  }
  const paid = attemptOf(turn, cancel.sourceAttemptId ?? '');
  if (paid === null || !isGivenBackByRegister(paid)) return;
  const fate = move === null ? fateOf(cancel, outcome) : moveText(move, turn.facts.rules.utcOffsetMinutes);
  say(turn, 'DOM-103', contradictionParams(turn, paid, 'оплата проведена', fate));
}

/** It was decided as not paid, and was paid: the register gives it back by itself, whatever the receipt says. */
function isGivenBackByRegister({ operation, manual }: Attempt): boolean {
  return operation === 'pay' && manual?.decision === 'notPaid';
}

function fateOf(cancel: Attempt, { say: told }: Outcome): string {
  if (isQueuedCancel(cancel)) return 'Касса возвращает деньги сама: отмена в очереди';
  const why = cancel.lastFault?.text ?? told?.text ?? '';
  return `В отмене отказано${why === '' ? '' : `: ${why}`}`;
}

/**
 * The server's word about what a human has decided already. Where it says otherwise: DOM-103, and in the list of
 * notifications as well: a restart forgets the dialog, somebody's money is wrong all the same.
 * @returns whether it says otherwise
 */
export function contradicts(turn: Turn, attempt: Attempt, outcome: Outcome): boolean {
  const { manual } = attempt;
  if (manual === null || outcome.kind === 'unknown') return false;
  if (isMadeByHand(attempt, manual.decision) === (outcome.kind === 'approved')) return false;
  tellContradiction(turn, attempt, manual, outcome);
  return true;
}

/** DOM-103 of a payment that goes back waits for its cancel, a request later: then it says what became of the money. */
export function tellContradiction(turn: Turn, attempt: Attempt, manual: ManualResolution, outcome: Outcome): void {
  const word = serverWord(attempt, outcome);
  const order = `order=${attempt.order.orderNumber}`;
  const decided = decisionWord(attempt, manual.decision);
  log(
    turn,
    'error',
    attempt.provider,
    `${order}: решение вручную противоречит серверу: ${decided}, на сервере ${word}`,
  );
  const isMended = isGivenBackByRegister(attempt) && outcome.kind === 'approved';
  const move = moveOf(attempt);
  const fate = move === null || isMended ? '' : moveText(move, turn.facts.rules.utcOffsetMinutes);
  const params = contradictionParams(turn, attempt, word, isMended ? 'Касса возвращает деньги сама' : fate);
  notify(turn, attempt.attemptId, 'DOM-103', params);
  if (isMended) return;
  say(turn, 'DOM-103', params);
  printMoney(turn, attempt, CONTRADICTED_TITLE);
}

function contradictionParams(turn: Turn, attempt: Attempt, word: string, fate: string): Record<string, string> {
  const decided = attempt.manual === null ? '' : decisionWord(attempt, attempt.manual.decision);
  const end = fate === '' ? '' : ` ${fate}`;
  return { ...aboutParams(turn, attempt), итог: `Решено: ${decided}, на сервере: ${word}.${end}` };
}

function aboutParams(turn: Turn, attempt: Attempt): Record<string, string> {
  return {
    // A payment type may be called `Оплата ...` itself.
    система: turn.facts.driver(attempt.provider)?.title ?? attempt.currencyName,
    сумма: formatKopecks(attempt.order.amountKopecks),
    документ: attempt.documentTitle,
  };
}

/** Everything that whoever finds the slip has to know: what was decided, by whom, and where the money is. */
function printMoney(turn: Turn, attempt: Attempt, title: string): void {
  const offset = turn.facts.rules.utcOffsetMinutes;
  const paid = attempt.operation === 'cancel' ? attemptOf(turn, attempt.sourceAttemptId ?? '') : null;
  const lines = [...(paid === null ? [] : [paid]), attempt].flatMap((one) => {
    const move = moveOf(one);
    const isAnswered = one.manual !== null && (one.outcome?.kind === 'declined' || one.outcome?.kind === 'notSent');
    const end = isAnswered && one.outcome !== null ? [`На сервере: ${serverWord(one, one.outcome)}`] : [];
    return [
      ...decisionsOf(one).map((manual) => decisionText(one, manual, offset)),
      ...(move === null ? end : [moveText(move, offset)]),
    ];
  });
  const { система = '' } = aboutParams(turn, attempt);
  const data: MoneySlipJobData = { title, system: система, amountKopecks: attempt.order.amountKopecks, lines };
  queuePrintJob(turn, attempt.documentId, 'money', attempt.attemptId, data);
}
