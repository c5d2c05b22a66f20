import { resultRef } from '../dialogs/index.ts';
import type { Notice } from '../journal/notice.ts';
import { type Attempt, stateWord } from '../payments/attempt.ts';
import { historyOf } from '../payments/money-move.ts';
import { context } from './state.ts';
import { attemptOf, openContext, patchUi, show, type Turn } from './turn.ts';

/** A line for the list of notifications (SCR-49); the status words count it until it has been read. */
export function notify(turn: Turn, attemptId: string, number: string, params: Record<string, string>): void {
  const { notices, nextNoticeId } = turn.state;
  const notice: Notice = { noticeId: nextNoticeId, atMs: turn.facts.wall(), attemptId, number, params, state: 'new' };
  turn.state = { ...turn.state, notices: [...notices, notice], nextNoticeId: nextNoticeId + 1 };
  turn.write.notices.push(notice);
}

/** SCR-49: what is shown has been read, and no longer counts in row 24. */
export function openNotices(turn: Turn): void {
  const { notices } = turn.state;
  const read = notices.map((notice): Notice => (notice.state === 'new' ? { ...notice, state: 'read' } : notice));
  turn.write.notices.push(...read.filter((notice) => !notices.includes(notice)));
  turn.state = { ...turn.state, notices: read };
  openContext(turn, context('notices', { noticeId: read.at(-1)?.noticeId ?? null }));
}

/** The list forgets what has been read; what came while it was open stays. The journal keeps all of them. */
export function clearNotices(turn: Turn): void {
  const { notices } = turn.state;
  const read = notices.filter(({ state }) => state === 'read');
  turn.write.notices.push(...read.map((notice): Notice => ({ ...notice, state: 'cleared' })));
  turn.state = { ...turn.state, notices: notices.filter((notice) => !read.includes(notice)) };
}

/** РЕЗУЛЬТАТ of the order (SCR-43), else how it stands in row 24: not every operation has a page of its own. */
export function openNotice(turn: Turn, noticeId: number): void {
  const notice = turn.state.notices.find((candidate) => candidate.noticeId === noticeId);
  const told = notice === undefined ? null : attemptOf(turn, notice.attemptId);
  // What was delivered or looked at again may leave its page to its payment, but its own one is younger. The slip is the
  // payment's in any case.
  const paid = told?.operation === 'follow' ? attemptOf(turn, told.sourceAttemptId ?? '') : null;
  const attempt = told?.outcome?.say?.result !== undefined || paid?.outcome?.say?.result === undefined ? told : paid;
  if (attempt === null) return patchUi(turn, { status: 'Заказ не найден' });
  const history = historyIn(turn, attempt);
  const said = attempt.outcome?.say;
  if (said?.result !== undefined) {
    const { attemptId, state } = paid ?? attempt;
    // It is only looked up: the receipt of long ago cannot be paid once more, and F8 did nothing.
    const happened = history.map((value) => ({ label: '', value }));
    const result = { ...said.result, rows: [...said.result.rows, ...happened], repeats: false };
    return show(turn, resultRef(said.number, result, attemptId, state === 'approved'));
  }
  // Money that was decided by hand, or moved when nobody watched, is told whole by its receipt (SCR-18).
  const document = history.length === 0 ? null : turn.facts.document(attempt.documentId);
  if (document !== null) {
    const attempts = turn.facts.attemptsOf(attempt.documentId);
    return openContext(turn, context('document-view', { purpose: 'view', document, attempts, top: 0 }));
  }
  const last = history.at(-1);
  if (last !== undefined) return patchUi(turn, { status: last });
  // What follows or takes back a payment has a number of its own; the cashier knows the payment's. The words of the
  // states are said of a payment: `проведена`, `возвращена`.
  const { orderNumber } = attempt.order.source ?? attempt.order;
  patchUi(turn, { status: `Оплата заказа ${orderNumber}: ${stateWord(attempt)}` });
}

/** What has happened to the money of an order besides its own end. */
function historyIn(turn: Turn, attempt: Attempt): string[] {
  const { documentId, operation, attemptId, sourceAttemptId } = attempt;
  const isReversal = operation === 'cancel' || operation === 'follow';
  const paidId = isReversal && sourceAttemptId !== null ? sourceAttemptId : attemptId;
  return historyOf({ attemptId: paidId }, turn.facts.attemptsOf(documentId), turn.facts.rules.utcOffsetMinutes);
}
