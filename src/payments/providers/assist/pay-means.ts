/**
 * What the four means differ in once an order is open (assist.md 4), as a table, and the screen of that time (SCR-42, AS-31).
 * Whatever the means, the order at the server decides.
 */
import type { Action } from '../../driver.ts';
import type { Outcome } from '../../outcome.ts';
import type { Prompt, PromptPage } from '../../prompt.ts';
import { type Facts, factsOf, type Sent, type SentState, show } from './pay-state.ts';
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
import { type AssistSettings, MEANS_NAMES } from './settings.ts';
import { CANCELLED, SBP_GIVEN_UP } from './status.ts';
import { STATE_NAMES } from './wire.ts';

interface MeansRules {
  /** Shown while no box covers it. */
  view(sent: Sent, pages: { status: PromptPage; order: PromptPage }, nowMs: number): Prompt;
  /** What Esc does while the order is open. */
  onEsc(sent: Sent): 'askToGiveUp' | 'stopProgram' | 'linkLost' | 'stillProcessed';
  /** The order can be paid by nobody, or the cashier gave it up. */
  isUnwanted(sent: Sent): boolean;
  /** It was given up, and that is proven. */
  givenUp: Outcome & { kind: 'declined' };
  /** After a restart its device tells no more: no order so long after = not paid. Null = it has none. */
  deviceLifeMs(settings: AssistSettings): number | null;
  /** The cashier has the money: it is told until the server has it, and counts without a link (assist.md 12.7, 12.8). */
  isInHand: boolean;
}

export const MEANS: Record<Sent['means'], MeansRules> = {
  cash: {
    view: (_, { status }) => pendingForm(status, false),
    onEsc: () => 'stillProcessed',
    isUnwanted: () => false,
    givenUp: CANCELLED,
    deviceLifeMs: () => null,
    isInHand: true,
  },
  reader: {
    view: (_, { status }) => pendingForm(status, false),
    onEsc: () => 'stillProcessed',
    isUnwanted: () => false,
    givenUp: CANCELLED,
    deviceLifeMs: ({ deviceSettleMs }) => deviceSettleMs,
    isInHand: false,
  },
  sbp: {
    view: ({ qr, expiresAtMs }, { status, order }, nowMs) =>
      qr === null
        ? waitPrompt(MEANS_NAMES.sbp.name, true, order)
        : qrPrompt(qr, Math.max(0, expiresAtMs - nowMs), status),
    onEsc: ({ qr }) => (qr === null ? 'linkLost' : 'askToGiveUp'),
    isUnwanted: ({ qr, cancelWanted }) => qr === null || cancelWanted,
    givenUp: SBP_GIVEN_UP,
    deviceLifeMs: () => null,
    isInHand: false,
  },
  softpos: {
    view: (sent, { status, order }) => (isProgramBusy(sent) ? softPosPrompt(order) : pendingForm(status, false)),
    onEsc: (sent) => (isProgramBusy(sent) ? 'stopProgram' : 'stillProcessed'),
    isUnwanted: ({ cancelWanted, doubt }) => cancelWanted && doubt !== null,
    givenUp: CANCELLED,
    deviceLifeMs: ({ programLifeMs }) => programLifeMs,
    isInHand: false,
  },
  // Of another version's state nothing is known: the order is left alone, and missed only when no program can pay it any more.
  unknown: {
    view: (_, { status }) => pendingForm(status, false),
    onEsc: () => 'stillProcessed',
    isUnwanted: () => false,
    givenUp: CANCELLED,
    deviceLifeMs: ({ programLifeMs }) => programLifeMs,
    isInHand: false,
  },
};

function isProgramBusy({ doubt, cancelWanted }: Sent): boolean {
  return doubt === null && !cancelWanted;
}

export function showView(state: SentState, facts: Facts): Action[] {
  return show(state, viewOf(state, facts));
}

function viewOf(state: SentState, { nowMs, utcOffsetMinutes }: Facts): Prompt {
  const { sent, at } = state;
  const name = sent.means === 'unknown' ? 'Ассист' : MEANS_NAMES[sent.means].name;
  const order = orderPage(state.order, state.email);
  if (sent.isAskedAgain) return waitPrompt(name, true, order);
  if (at === 'creating') return waitPrompt(name, !sent.cancelWanted, order);
  if (at !== 'polling') return waitPrompt(name, at === 'rereading', order);
  const status = pendingPage(factsOf(state, null, STATE_NAMES['In Process'], ''), utcOffsetMinutes);
  switch (sent.view) {
    case 'abortQuestion':
      return abortQuestion(status);
    case 'notAborted':
      return notAbortedPrompt(status);
    case 'programSilent':
      return softPosSilentPrompt(order);
    case 'status':
      return pendingForm(status, sent.qr !== null);
    case 'main':
      return MEANS[sent.means].view(sent, { status, order }, nowMs);
  }
}
