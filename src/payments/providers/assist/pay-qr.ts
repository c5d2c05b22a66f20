/**
 * The QR of an open order whose create was not answered, read again (assist.md 15): then nothing has to be given up. The service wants a
 * registration id, which is asked for once and kept with the register's secrets.
 */
import type { Action, Input } from '../../driver.ts';
import { answerTo, meaningOf } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import { inStage, preceded, stay } from '../../kernel/undecided.ts';
import { type Fault, readFault } from './answers.ts';
import { qrRequest, readQrAgain, readRegistrationId, registrationRequest } from './mpos.ts';
import { showView } from './pay-means.ts';
import type { Facts, Result, Working } from './pay-state.ts';
import { canReadQrAgain } from './ways.ts';

/** The cashier waits for the QR, and it may still be had. */
export function wantsQr({ work }: Working, { settings, nowMs }: Facts): boolean {
  const isMissing = work.means === 'sbp' && work.qr === null && work.qrTriesLeft > 0;
  const isWanted = !work.isBackground && !work.wantsCancel && work.abortedAtMs === null;
  return canReadQrAgain(settings) && isMissing && isWanted && nowMs < work.expiresAtMs;
}

export function readQr(from: Working, facts: Facts): Result {
  return facts.token === null ? enrol(from, facts) : readQrAs(from, facts.token, facts);
}

function enrol(from: Working, facts: Facts): Result {
  const asking = askAs(from.work, 'enrol', facts.nowMs);
  const state = inStage(from, 'enrolling', { ...asking, isEnrolled: true });
  const request = registrationRequest(asking.awaiting, from.work.order, facts.settings);
  return stay(state, ...showView(state, facts), send(request));
}

function readQrAs(from: Working, registrationId: string, facts: Facts): Result {
  const asking = askAs(from.work, 'qr', facts.nowMs);
  const state = inStage(from, 'readingQr', asking);
  const { order, sentAtMs: sinceMs } = from.work;
  const request = qrRequest(asking.awaiting, order, { registrationId, sinceMs }, facts.settings);
  return stay(state, ...showView(state, facts), send(request));
}

export type QrHeard =
  /** It goes on with another request. */
  | { is: 'asked'; result: Result }
  | { is: 'read'; qr: string }
  /** The server has none, or does not give it to us. */
  | { is: 'none' }
  /** No usable answer: nothing is known. */
  | { is: 'unread' };

/** @returns null when the input is no answer */
export function hearQr(state: Working, input: Input, facts: Facts): QrHeard | null {
  const answer = answerTo(state.work.awaiting, input);
  if (answer === null) return null;
  if (state.at === 'enrolling') {
    const meaning = meaningOf(answer, readRegistrationId, readFault);
    if (meaning.is === 'refused') return isPassing(meaning.refusal) ? { is: 'unread' } : { is: 'none' };
    if (meaning.is !== 'understood') return { is: 'unread' };
    const stored: Action = { do: 'storeToken', token: meaning.told };
    return { is: 'asked', result: preceded([stored], readQrAs(state, meaning.told, facts)) };
  }
  const { order, providerPaymentId: billNumber, isEnrolled } = state.work;
  const { orderNumber, amountKopecks } = order;
  const ours = { orderNumber, amountKopecks, billNumber };
  const meaning = meaningOf(answer, (reply) => readQrAgain(reply, ours, facts.settings), readFault);
  switch (meaning.is) {
    case 'understood':
      return meaning.told.qr === null ? { is: 'none' } : { is: 'read', qr: meaning.told.qr };
    case 'refused':
      // A registration the server has forgotten is asked for anew, once.
      if (isUnknownToThem(meaning.refusal) && !isEnrolled) return { is: 'asked', result: enrol(state, facts) };
      return isPassing(meaning.refusal) ? { is: 'unread' } : { is: 'none' };
    default:
      return { is: 'unread' };
  }
}

/** x/221: the user, here the registration (assist.md 15). */
function isUnknownToThem({ second }: Fault): boolean {
  return second === '221';
}

/** An error of the server's own, an order that somebody else holds: it may be another word the next time. */
function isPassing({ first }: Fault): boolean {
  return ['1', '2', '12', '16'].includes(first);
}
