/** PayMaster СБП: its machines, what it can do, and how its states are called in the journal. */

import type { Driver, HttpReply, Reading } from '../../driver.ts';
import type { CheckState } from '../../kernel/check.ts';
import { proxySecrets } from '../../network.ts';
import { paymasterCheck } from './check.ts';
import { paymasterConf } from './conf.ts';
import { type LookBackState, paymasterLookBack } from './look-back.ts';
import { paymasterPay } from './pay.ts';
import type { PayState } from './pay-state.ts';
import { type PaymasterRecalled, recall } from './recall.ts';
import { paymasterReconcile, type ReconcileState } from './reconcile.ts';
import { paymasterCancel, paymasterRefund, type RefundState } from './refund.ts';
import { paymasterService } from './service-page.ts';
import { type PaymasterSettings, statesOverlap } from './settings.ts';
import {
  readHint,
  readPayment,
  readPaymentPage,
  readProblem,
  readRefund,
  readRefundPage,
  readStickerPayload,
} from './wire.ts';

export type PaymasterState = PayState | RefundState | CheckState | LookBackState | ReconcileState;

export const paymasterDriver: Driver<PaymasterSettings, PaymasterState, PaymasterRecalled> = {
  name: 'paymaster',
  title: 'PayMaster',
  isAskedAgain: true,
  conf: paymasterConf,
  service: paymasterService,
  network: ({ network }) => network,
  account: ({ merchantId }) => merchantId,
  tenders: ({ merchantId, token }) =>
    merchantId === '' || token === ''
      ? []
      : [{ code: 8, shortName: 'СБП', name: 'Оплата по QR-коду/NFC СБП', option: null }],
  setUpFault: (settings) => (statesOverlap(settings) ? 'PM-14' : null),
  pay: paymasterPay,
  cancel: paymasterCancel,
  refund: paymasterRefund,
  check: paymasterCheck,
  lookBack: paymasterLookBack,
  reconcile: paymasterReconcile,
  reconcilesBy: 'period',
  refundIsFinal: true,
  unavailable: 'DOM-104',
  // Only a return by its sale's receipt goes back to the buyer's account (PM-17).
  refusedForReturn: 'PM-17',
  phase,
  providerPaymentId,
  recall,
  reads,
  readHint,
  secrets: ({ token, network }) => [...(token === '' ? [] : [token]), ...proxySecrets(network)],
};

function phase(state: PaymasterState): 'intent' | 'sent' | 'pending' | 'unknown' {
  switch (state.kind) {
    case 'pay':
      return payPhase(state);
    case 'cancel':
    case 'refund':
      return refundPhase(state);
    case 'check':
    case 'lookBack':
    case 'reconcile':
      return 'intent';
  }
}

function payPhase(state: PayState): 'intent' | 'sent' | 'pending' | 'unknown' {
  switch (state.at) {
    case 'starting':
      return 'intent';
    case 'creating':
    case 'clearing':
      return 'sent';
    case 'finding':
      return 'unknown';
    case 'linking':
    case 'waiting':
    case 'cancelling':
    case 'ending':
      return 'pending';
    case 'finished':
      return state.providerPaymentId === null ? 'intent' : 'sent';
  }
}

function refundPhase(state: RefundState): 'intent' | 'sent' | 'pending' | 'unknown' {
  switch (state.at) {
    case 'posting':
      if (state.work.awaiting !== null) return 'sent';
      return state.work.mayHaveLeft ? 'unknown' : 'intent';
    case 'seeking':
      // Another version may have posted it.
      return state.work.mayHaveLeft ? 'unknown' : 'intent';
    case 'finding':
      return 'unknown';
    case 'polling':
      return 'pending';
    case 'finished':
      return state.wasPosted ? 'sent' : 'intent';
  }
}

function providerPaymentId(state: PaymasterState): string | null {
  const known = 'work' in state ? state.work : state;
  return 'providerPaymentId' in known ? known.providerPaymentId : null;
}

/** The readers of the machines: a payment, a return, the page of a list, the link of a plate, or a refusal. */
function reads(reply: HttpReply): Reading {
  const problem = readProblem(reply);
  if (problem !== null) return problem.code === 'not_authorized' ? 'unauthorised' : 'refused';
  return isAnswer(reply) ? 'understood' : 'notUnderstood';
}

function isAnswer(reply: HttpReply): boolean {
  // Of the answer to a PUT nothing is read: the bill tells what it did.
  if (reply.tag.startsWith('cancel') && reply.status === 200) return true;
  const isPage = reply.tag.startsWith('list') || reply.tag.startsWith('check');
  const read = isPage ? [readPaymentPage, readRefundPage] : [readPayment, readRefund];
  const isSticker = reply.tag.startsWith('sticker') && readStickerPayload(reply) !== undefined;
  return isSticker || read.some((each) => each(reply) !== null);
}
