/**
 * What the four means differ in once an order is open (assist.md 4), as a table, and the screen of that time (SCR-42, AS-31).
 * Whatever the means, the order at the server decides.
 */
import type { Action } from '../../driver.ts';
import { show } from '../../kernel/undecided.ts';
import type { Outcome } from '../../outcome.ts';
import type { Prompt, PromptPage } from '../../prompt.ts';
import { type Facts, factsOf, type Work, type Working } from './pay-state.ts';
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
import { CANCELLED, SBP_GIVEN_UP, STATE_NAMES } from './status.ts';

interface MeansRules {
  /** Shown while no box covers it. */
  view(work: Work, shown: { status: PromptPage; order: PromptPage; leftMs: number }): Prompt;
  /** What Esc does while the order is open. */
  onEsc(work: Work): 'askToGiveUp' | 'stopProgram' | 'left' | 'stillProcessed';
  /** The order can be paid by nobody, or the cashier gave it up. */
  isUnwanted(work: Work): boolean;
  /** It was given up, and that is proven. */
  givenUp: Outcome & { kind: 'declined' };
  /** After a restart its device tells no more: no order so long after = not paid. Null = it has none. */
  deviceLifeMs(settings: AssistSettings): number | null;
  /** The cashier has the money: it is told until the server has it, and counts without a link (assist.md 12.7, 12.8). */
  isInHand: boolean;
}

export const MEANS: Record<Work['means'], MeansRules> = {
  cash: {
    view: (_, { status, leftMs }) => pendingForm(status, false, leftMs),
    onEsc: () => 'stillProcessed',
    isUnwanted: () => false,
    givenUp: CANCELLED,
    deviceLifeMs: () => null,
    isInHand: true,
  },
  reader: {
    view: (_, { status, leftMs }) => pendingForm(status, false, leftMs),
    onEsc: () => 'stillProcessed',
    isUnwanted: () => false,
    givenUp: CANCELLED,
    deviceLifeMs: ({ deviceSettleMs }) => deviceSettleMs,
    isInHand: false,
  },
  sbp: {
    view: ({ qr }, { status, order, leftMs }) =>
      qr === null
        ? waitPrompt(MEANS_NAMES.sbp.name, { cancellable: true, deadlineMs: leftMs }, order)
        : qrPrompt(qr, leftMs, status),
    onEsc: ({ qr }) => (qr === null ? 'left' : 'askToGiveUp'),
    isUnwanted: ({ qr, wantsCancel }) => qr === null || wantsCancel,
    givenUp: SBP_GIVEN_UP,
    deviceLifeMs: () => null,
    isInHand: false,
  },
  softpos: {
    view: (work, { status, order, leftMs }) =>
      isProgramBusy(work) ? softPosPrompt(order, leftMs) : pendingForm(status, false, leftMs),
    onEsc: (work) => (isProgramBusy(work) ? 'stopProgram' : 'stillProcessed'),
    isUnwanted: ({ wantsCancel, doubt }) => wantsCancel && doubt !== null,
    givenUp: CANCELLED,
    deviceLifeMs: ({ programLifeMs }) => programLifeMs,
    isInHand: false,
  },
  // Of another version's state nothing is known: the order is left alone, and missed only when no program can pay it any more.
  unknown: {
    view: (_, { status, leftMs }) => pendingForm(status, false, leftMs),
    onEsc: () => 'stillProcessed',
    isUnwanted: () => false,
    givenUp: CANCELLED,
    deviceLifeMs: ({ programLifeMs }) => programLifeMs,
    isInHand: false,
  },
};

function isProgramBusy({ doubt, wantsCancel }: Work): boolean {
  return doubt === null && !wantsCancel;
}

/** What stands on the screen now; nothing where nobody waits. */
export function showView(state: Working, facts: Facts): Action[] {
  return show(state, viewOf(state, facts));
}

function viewOf({ work, at }: Working, { nowMs, utcOffsetMinutes, settings }: Facts): Prompt {
  const name = work.means === 'unknown' ? 'Ассист' : MEANS_NAMES[work.means].name;
  const order = orderPage(work.order, work.email);
  const { timeoutMs } = settings;
  if (work.isAskedAgain) return waitPrompt(name, { cancellable: true, deadlineMs: timeoutMs }, order);
  if (at !== 'polling') {
    // An order is given up by two requests and a reading; a QR may need a registration first.
    const requests = at === 'loggingIn' ? 3 : at === 'aborting' || at === 'enrolling' ? 2 : 1;
    const hint = at === 'creating' && !work.wantsCancel ? {} : { hint: hintOf(work, settings) };
    return waitPrompt(name, { cancellable: true, deadlineMs: requests * timeoutMs, ...hint }, order);
  }
  const status = pendingPage(factsOf(work, null, STATE_NAMES['In Process'], ''), utcOffsetMinutes);
  const leftMs = Math.max(0, leftMsOf(work, nowMs, settings));
  switch (work.view) {
    case 'abortQuestion':
      return abortQuestion(status, work.failures > 0);
    case 'notAborted':
      return notAbortedPrompt(status);
    case 'programSilent':
      return softPosSilentPrompt(order);
    case 'status':
      return pendingForm(status, work.qr !== null, leftMs);
    case 'main':
      return MEANS[work.means].view(work, { status, order, leftMs });
  }
}

/** What Esc leaves to the register. */
function hintOf({ means }: Work, { cashOffline }: AssistSettings): string {
  if (MEANS[means].isInHand && cashOffline) return 'Esc - не ждать: наличные приняты, касса передаст данные сама';
  return 'Esc - не ждать: касса спросит состояние сама';
}

/** How long it is waited for at most: to the end of the order, or until its absence is proven. */
function leftMsOf(
  { doubt, isSeen, qr, expiresAtMs, heardAtMs }: Work,
  nowMs: number,
  settings: AssistSettings,
): number {
  const lifeMs = expiresAtMs - nowMs;
  if (isSeen || qr !== null) return lifeMs;
  if (doubt !== null) return Math.min(lifeMs, doubt.sinceMs + doubt.provenAfterMs + settings.settlePollMs - nowMs);
  return Math.min(lifeMs, heardAtMs + settings.deviceSilenceMs - nowMs);
}
