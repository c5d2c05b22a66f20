/** О!плати: its machines, what it can do, and how its states are called in the journal. */

import type { Driver, HttpReply, Reading } from '../../driver.ts';
import type { CheckState } from '../../kernel/check.ts';
import { proxySecrets } from '../../network.ts';
import { type CancelState, cancelPhase, oplatiCancel } from './cancel.ts';
import { oplatiCheck } from './check.ts';
import { oplatiConf } from './conf.ts';
import { type FollowState, oplatiFollow } from './follow.ts';
import { type LookBackState, oplatiLookBack } from './look-back.ts';
import { type LoyaltyState, oplatiLoyalty } from './loyalty.ts';
import { isNameOfOplati } from './own-name.ts';
import { oplatiPay, payPhase } from './pay.ts';
import type { PayState } from './pay-state.ts';
import { recall } from './recall.ts';
import { oplatiReconcile, type ReconcileState } from './reconcile.ts';
import { oplatiRefund, type RefundState, refundPhase } from './refund.ts';
import { oplatiService } from './service-page.ts';
import { OPLATI_DEFAULTS, type OplatiSettings } from './settings.ts';
import { oplatiToken, type TokenState } from './token.ts';
import {
  readHarmlessRefusal,
  readHint,
  readPaymentInfo,
  readReady,
  readRefusal,
  readReport,
  readSession,
  readToken,
} from './wire.ts';

export type OplatiState =
  | PayState
  | CancelState
  | RefundState
  | FollowState
  | LoyaltyState
  | TokenState
  | ReconcileState
  | LookBackState
  | CheckState;

export const oplatiDriver: Driver<OplatiSettings, OplatiState> = {
  name: 'oplati',
  title: 'О!плати',
  conf: oplatiConf,
  service: oplatiService,
  network: ({ network }) => network,
  account: ({ regNum }) => regNum,
  lacks: ({ regNum }) => (regNum === '' ? 'OPL-35' : null),
  tokenFile: 'oplati/token.conf',
  slip: 'oplati',
  // zPOS: a card and О!плати pay one receipt only where the shop allows it (domain.md 2.7).
  apart: { from: ['terminal'], unless: 'cardAndOplatiTogether' },
  refundExceeds: 'OPL-20',
  ownName: { isIt: isNameOfOplati, refusedWith: 'OPL-34' },
  tenders: () => [{ code: 7, shortName: 'Опла', name: 'О!плати', option: null }],
  pay: oplatiPay,
  cancel: oplatiCancel,
  refund: oplatiRefund,
  loyalty: oplatiLoyalty,
  unavailable: 'OPL-13',
  // Only a return by its sale's receipt goes back to the wallet (OPL-07).
  refusedForReturn: 'OPL-07',
  refusedByReceipt: 'OPL-07',
  token: oplatiToken,
  check: oplatiCheck,
  follow: oplatiFollow,
  reconcile: oplatiReconcile,
  lookBack: oplatiLookBack,
  phase,
  providerPaymentId,
  recall,
  reads,
  readHint,
  // Under the usual names they are known to the log, which leaves of a card the end that the slip has as well.
  secretFields: (settings) =>
    (['confirmCodeField', 'buyerQrField', 'loyaltyCardNumberField'] as const)
      .filter((field) => settings[field] !== OPLATI_DEFAULTS[field])
      .map((field) => settings[field]),
  secrets: (settings, token) =>
    [settings.password, token, ...proxySecrets(settings.network)].flatMap((secret) => secret || []),
};

function phase(state: OplatiState): 'intent' | 'sent' | 'pending' | 'unknown' {
  switch (state.kind) {
    case 'pay':
      return payPhase(state);
    case 'cancel':
      return cancelPhase(state);
    case 'refund':
      return refundPhase(state);
    case 'follow':
      return 'pending';
    case 'loyalty':
    case 'lookBack':
    case 'token':
    case 'reconcile':
    case 'check':
      return 'intent';
  }
}

function providerPaymentId(state: OplatiState): string | null {
  if (state.at === 'finished') return state.providerPaymentId;
  return 'work' in state && 'providerPaymentId' in state.work ? state.work.providerPaymentId : null;
}

/** The readers of the machines, by what the tags begin with. */
function reads(reply: HttpReply, settings: OplatiSettings): Reading {
  const refusal = readHarmlessRefusal(reply) ?? readRefusal(reply);
  if (refusal !== null) return refusal.status === 401 ? 'unauthorised' : 'refused';
  return isAnswer(reply, settings) ? 'understood' : 'notUnderstood';
}

function isAnswer(reply: HttpReply, settings: OplatiSettings): boolean {
  switch (reply.tag.replace(/-\d+$/, '')) {
    case 'token':
      return readToken(reply) !== null;
    case 'demand':
      return readSession(reply, settings.mode, settings) !== null;
    case 'ready':
      return readReady(reply, settings) !== null;
    case 'report':
    case 'find':
    case 'watch':
    case 'check':
      return readReport(reply) !== null;
    default:
      return readPaymentInfo(reply) !== null;
  }
}
