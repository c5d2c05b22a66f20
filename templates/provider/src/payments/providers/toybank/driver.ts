/** Toybank: its machines, what it can do, and how its states are called in the journal. */
import type { Driver } from '../../driver.ts';
import type { CheckState } from '../../kernel/check.ts';
import { toybankCheck } from './check.ts';
import { toybankConf } from './conf.ts';
import { type PayState, payPhase, toybankPay } from './pay.ts';
import { type ReversalState, reversalPhase, toybankCancel, toybankRefund } from './reversal.ts';
import { toybankService } from './service-page.ts';
import type { ToybankSettings } from './settings.ts';

export type ToybankState = PayState | ReversalState | CheckState;

export const toybankDriver: Driver<ToybankSettings, ToybankState> = {
  name: 'toybank',
  title: 'Toybank',
  conf: toybankConf,
  service: toybankService,
  tenders: ({ token }) => (token === '' ? [] : [{ code: 90, shortName: 'Toyb', name: 'Toybank', option: null }]),
  pay: toybankPay,
  cancel: toybankCancel,
  refund: toybankRefund,
  check: toybankCheck,
  unavailable: null,
  // Only a return by its sale's receipt goes back to the buyer.
  refusedForReturn: 'DOM-34',
  phase(state) {
    if (state.kind === 'check') return 'intent';
    return state.kind === 'pay' ? payPhase(state) : reversalPhase(state);
  },
  providerPaymentId(state) {
    if (state.kind === 'check') return null;
    if (state.at === 'finished') return state.providerPaymentId;
    return state.kind === 'pay' ? state.work.providerPaymentId : null;
  },
  secrets: ({ token }) => (token === '' ? [] : [token]),
};
