/** Assist: its machines, what it can do, and how its states are called in the journal. */

import type { Driver, HttpReply, Reading } from '../../driver.ts';
import type { CheckState } from '../../kernel/check.ts';
import { proxySecrets } from '../../network.ts';
import { readAccessToken, readCancelled, readFault, readResult } from './answers.ts';
import { assistCancel } from './cancel.ts';
import { assistCheck } from './check.ts';
import { assistConf } from './conf.ts';
import { assistFollow, type FollowState } from './follow.ts';
import { isMposResult, readRegistrationId } from './mpos.ts';
import { assistPay } from './pay.ts';
import type { PayState } from './pay-state.ts';
import { type AssistRecalled, recall } from './recall.ts';
import { assistReconcile, type ReconcileState } from './reconcile.ts';
import { assistRefund } from './refund.ts';
import type { ReversalState } from './reversal.ts';
import { assistService } from './service-page.ts';
import { ALL_MEANS, type AssistSettings, isSetUp, MEANS_NAMES, offeredMeans } from './settings.ts';
import { escapeXml } from './soap.ts';
import { isSettingsFault, isWithoutRights } from './verdict.ts';
import { readSbp, readToldCash } from './ways.ts';
import { assistOrderNumber } from './wire.ts';

export type AssistState = PayState | ReversalState | FollowState | CheckState | ReconcileState;

/** Its first code in the list of payment types. */
const FIRST_CODE = 9;

export const assistDriver: Driver<AssistSettings, AssistState, AssistRecalled> = {
  name: 'assist',
  title: 'Ассист',
  isAskedAgain: true,
  conf: assistConf,
  service: assistService,
  network: ({ network }) => network,
  account: ({ merchantId }) => merchantId,
  tenders(settings) {
    if (!isSetUp(settings)) return [];
    if (settings.currencies === 'one') return [{ code: FIRST_CODE, shortName: 'Асст', name: 'Ассист', option: null }];
    return offeredMeans(settings).map((means) => ({
      code: FIRST_CODE + ALL_MEANS.indexOf(means),
      shortName: MEANS_NAMES[means].short,
      name: `Ассист: ${MEANS_NAMES[means].name}`,
      option: means,
    }));
  },
  devices: ({ readerUrl, softPosProgram }) => ({ readerUrl, program: softPosProgram }),
  orderNumber: assistOrderNumber,
  pay: assistPay,
  cancel: assistCancel,
  refund: assistRefund,
  check: assistCheck,
  reconcile: assistReconcile,
  reconcilesBy: 'orders',
  refundIsFinal: true,
  unavailable: 'DOM-104',
  // Only a return by its sale's receipt (AS-36).
  refusedForReturn: 'AS-36',
  follow: assistFollow,
  phase,
  isStuck,
  means,
  providerPaymentId,
  recall,
  reads,
  tokenFile: 'assist/registration.conf',
  tokenIsRenewed: true,
  secrets: ({ password, secretWord, network }, token) =>
    [password, secretWord ?? '', token ?? '', ...proxySecrets(network)].flatMap(spellings),
};

/** A secret in clear, in a form, in JSON and in XML: bodies of requests carry it so. */
function spellings(secret: string): string[] {
  if (secret === '') return [];
  const inForm = new URLSearchParams({ '': secret }).toString().slice(1);
  return [...new Set([secret, inForm, JSON.stringify(secret).slice(1, -1), escapeXml(secret)])];
}

function isStuck(state: AssistState): boolean {
  return state.kind === 'follow' && state.at !== 'finished' && state.work.isDisputed;
}

function phase(state: AssistState): 'intent' | 'sent' | 'pending' | 'unknown' {
  switch (state.kind) {
    case 'pay':
      return payPhase(state);
    case 'reversal':
      return reversalPhase(state);
    case 'follow':
      return state.at === 'reporting' ? 'sent' : 'pending';
    case 'check':
    case 'reconcile':
      return 'intent';
  }
}

function payPhase(state: PayState): 'intent' | 'sent' | 'pending' | 'unknown' {
  switch (state.at) {
    case 'form':
    case 'cash':
    case 'walk':
      return 'intent';
    case 'creating':
    case 'registering':
    case 'reader':
      return 'sent';
    case 'polling':
    case 'enrolling':
    case 'readingQr':
    case 'loggingIn':
    case 'aborting':
    case 'rereading':
      return state.work.isSeen && !state.work.isDisputed ? 'pending' : 'unknown';
    case 'finished':
      return state.means === null ? 'intent' : 'sent';
  }
}

function reversalPhase(state: ReversalState): 'intent' | 'sent' | 'pending' | 'unknown' {
  if (state.at === 'finished') return state.wasPosted ? 'sent' : 'intent';
  if (state.at === 'posting') return 'sent';
  return state.work.postedAtMs === null ? 'intent' : 'unknown';
}

function means(state: AssistState): string | null {
  if (state.kind !== 'pay') return null;
  const known = 'work' in state ? state.work.means : state.at === 'finished' ? state.means : null;
  return known === null || known === 'unknown' ? null : MEANS_NAMES[known].word;
}

function providerPaymentId(state: AssistState): string | null {
  if (state.kind === 'check') return null;
  if (state.at === 'finished') return state.providerPaymentId;
  return state.kind === 'pay' && 'work' in state ? state.work.providerPaymentId : null;
}

/** "No such order" is an answer to the question about one, and comes as a fault. */
function reads(reply: HttpReply, settings: AssistSettings): Reading {
  if (isAnswer(reply, settings)) return 'understood';
  const fault = readFault(reply);
  if (fault === null) return 'notUnderstood';
  const isOurs = reply.tag.startsWith('cancel') ? isWithoutRights : isSettingsFault;
  return isOurs(reply, fault) ? 'unauthorised' : 'refused';
}

/** The readers of the machines, by what the tags begin with. */
function isAnswer(reply: HttpReply, settings: AssistSettings): boolean {
  switch (reply.tag.replace(/-\d+$/, '')) {
    case 'create':
      return readSbp(reply, settings) !== null;
    case 'cash':
      return readToldCash(reply, settings) !== null;
    case 'enrol':
      return readRegistrationId(reply) !== null;
    case 'qr':
      return isMposResult(reply);
    case 'cancel':
      return readCancelled(reply, settings) !== null;
    case 'login':
      return readAccessToken(reply) !== null;
    case 'abort':
      // Nothing is read of it: the order tells what it did.
      return reply.status === 200;
    default:
      return readResult(reply, settings) !== null;
  }
}
