/** Toybank: its machines, what it can do, and how its states are called in the journal. */
import type { Driver } from '../../driver.ts';
import { toybankConf } from './conf.ts';
import { type PayState, payPhase, toybankPay } from './pay.ts';
import { type ReversalState, reversalPhase, toybankCancel, toybankRefund } from './reversal.ts';
import type { ToybankSettings } from './settings.ts';

export type ToybankState = PayState | ReversalState;

export const toybankDriver: Driver<ToybankSettings, ToybankState> = {
  name: 'toybank',
  title: 'Toybank',
  conf: toybankConf,
  tenders: ({ token }) => (token === '' ? [] : [{ code: 90, shortName: 'Toyb', name: 'Toybank', option: null }]),
  pay: toybankPay,
  cancel: toybankCancel,
  refund: toybankRefund,
  unavailable: null,
  // Only a return by its sale's receipt goes back to the buyer.
  refusedForReturn: 'DOM-34',
  phase: (state) => (state.kind === 'pay' ? payPhase(state) : reversalPhase(state)),
  providerPaymentId(state) {
    if (state.at === 'finished') return state.providerPaymentId;
    return state.kind === 'pay' ? state.work.providerPaymentId : null;
  },
  secrets: ({ token }) => (token === '' ? [] : [token]),
};
