/** What the cashier sees while an order is open (SCR-42, and AS-31 for SoftPOS). */
import type { Action } from '../../driver.ts';
import type { Prompt, PromptPage } from '../../prompt.ts';
import { factsOf } from './pay-ends.ts';
import { type Facts, type SentState, show } from './pay-state.ts';
import {
  abortQuestion,
  notAbortedPrompt,
  orderPage,
  pendingForm,
  pendingPage,
  qrPrompt,
  softPosPrompt,
  softPosSilentPrompt,
  waitPrompt,
} from './prompts.ts';
import { MEANS_NAMES } from './settings.ts';
import { STATE_NAMES } from './wire.ts';

export function showView(state: SentState, facts: Facts): Action[] {
  return show(state, viewOf(state, facts));
}

function viewOf(state: SentState, facts: Facts): Prompt {
  const { sent, at } = state;
  const title = MEANS_NAMES[sent.means];
  const order = orderPage(state.order, state.email);
  if (sent.isAskedAgain) return waitPrompt(title, true, order);
  if (at === 'creating') return waitPrompt(title, !sent.cancelWanted, order);
  if (at !== 'polling') return waitPrompt(title, at === 'rereading', order);
  const page = statusPage(state, facts);
  switch (sent.view) {
    case 'abortQuestion':
      return abortQuestion(page);
    case 'notAborted':
      return notAbortedPrompt(page);
    case 'programSilent':
      return softPosSilentPrompt(order);
    case 'status':
      return pendingForm(page, sent.means === 'sbp');
    case 'main':
      return mainView(state, page, order, facts);
  }
}

function mainView({ sent }: SentState, page: PromptPage, order: PromptPage, { nowMs }: Facts): Prompt {
  if (sent.means === 'sbp') {
    if (sent.qr === null) return waitPrompt(MEANS_NAMES.sbp, true, order);
    return qrPrompt(sent.qr, Math.max(0, sent.expiresAtMs - nowMs), page);
  }
  const isProgramBusy = sent.means === 'softpos' && sent.doubt === null && !sent.cancelWanted;
  return isProgramBusy ? softPosPrompt(order) : pendingForm(page, false);
}

function statusPage(state: SentState, { utcOffsetMinutes }: Facts): PromptPage {
  return pendingPage(factsOf(state, null, STATE_NAMES['In Process'], ''), utcOffsetMinutes);
}
