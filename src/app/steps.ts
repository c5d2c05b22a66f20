import type { ContextRef } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { askProviderCard, findCard } from './cards.ts';
import { acceptClock } from './clock-question.ts';
import { runCommand } from './commands.ts';
import { addFound, addGoods } from './goods.ts';
import { askPassword, askSecondUser, checkPassword } from './log-in.ts';
import { clearNotices, openNotice, openNotices } from './notices.ts';
import { annul, askAnnul } from './payment/annulment.ts';
import { askNow, cancelPayment } from './payment/cancels.ts';
import { feed, flow } from './payment/flow.ts';
import { answerPrompt, close, pay, repeatPayment, showPayment } from './payment/pay.ts';
import { offerRefund, refund } from './payment/refunds.ts';
import {
  openDrawer,
  printCopy,
  printPaymentSlip,
  printReconciliation,
  printTest,
  retryPrint,
  settlePrint,
} from './printing.ts';
import { reconcile } from './reconciliation.ts';
import { beginReturn, findSales, viewDocument } from './returns.ts';
import { askSystem, changeSystem } from './service.ts';
import { EXIT_RESTART } from './state.ts';
import { closeTop, openContext, patchUi, say, sayRefusal, type Turn, tellDropped } from './turn.ts';

/** Performs what a binding asked for, in order; a refusal stops the rest. `ref` = the context that asked. */
export function performSteps(turn: Turn, steps: readonly Step[], ref: ContextRef | null): void {
  for (const step of steps) {
    if (!perform(turn, step, ref)) return;
  }
}

/** @returns false when the register refused and what follows must not happen */
function perform(turn: Turn, step: Step, ref: ContextRef | null): boolean {
  switch (step.do) {
    case 'command': {
      if (step.command.do === 'close') {
        close(turn);
        return true;
      }
      const refusal = runCommand(turn, step.command);
      if (refusal === null) return true;
      if (refusal.refused === 'DOM-06') askSecondUser(turn, step.command, refusal);
      else sayRefusal(turn, refusal);
      return false;
    }
    case 'addGoods':
      addGoods(turn, step.text, step.entry, step.raw);
      return true;
    case 'addFoundGoods':
      addFound(turn, step.goods, turn.state.ui.pendingQuantityThousandths, 'search', null);
      return true;
    case 'open':
      openContext(turn, step.context);
      return true;
    case 'close':
      closeTop(turn);
      return true;
    case 'local':
      replaceTop(turn, ref, step.local, step.text);
      return true;
    case 'ui':
      patchUi(turn, step.patch);
      return true;
    case 'pay':
      return payTyped(turn, step);
    case 'answer':
      answerPrompt(turn, step.attemptId, step.answer, step.isDecided === true);
      return true;
    case 'cancelAttempt':
      feed(turn, step.attemptId, { cashier: 'cancel' });
      return true;
    case 'showAttempt':
      showPayment(turn, step.attemptId, step.givesUp === true);
      return true;
    case 'askAttempt':
      flow(turn, askNow(turn, step.attemptId));
      return true;
    case 'cancelPayment':
      flow(turn, cancelPayment(turn, step.attemptId));
      return true;
    case 'printPaymentSlip':
      printPaymentSlip(turn, step.attemptId);
      return true;
    case 'repeatPayment':
      repeatPayment(turn, step.attemptId);
      return true;
    case 'askAnnul':
      askAnnul(turn);
      return true;
    case 'annulDocument': {
      const next = annul(turn, null);
      if ('due' in next) flow(turn, next.due);
      else if (next.refusal.refused !== 'DOM-06') sayRefusal(turn, next.refusal);
      else askSecondUser(turn, { do: 'annul', confirmedBy: null }, next.refusal);
      return true;
    }
    case 'resolveAttempt': {
      const { attemptId, decision, reason, password } = step;
      checkPassword(turn, { kind: 'resolve', attemptId, decision, reason }, null, password);
      return true;
    }
    case 'say':
      say(turn, step.number, step.params ?? {});
      return true;
    case 'status':
      patchUi(turn, { status: step.text });
      return true;
    case 'bell':
      turn.effects.push({ do: 'bell', pattern: step.pattern });
      return true;
    case 'search': {
      const { rows, more } = turn.facts.searchGoods(step.text);
      replaceTop(turn, ref, { rows, more, selected: 0 }, undefined);
      return true;
    }
    case 'logIn':
      askPassword(turn, step.userCode, step.password);
      return true;
    case 'printCopy':
      printCopy(turn, step.documentId);
      return true;
    case 'openDrawer':
      openDrawer(turn);
      return true;
    case 'printTest':
      printTest(turn);
      return true;
    case 'settlePrint':
      settlePrint(turn, step.jobId, step.isOnPaper);
      return true;
    case 'retryPrint':
      retryPrint(turn);
      return true;
    case 'confirmBySecond':
      checkPassword(turn, step.purpose, null, step.password);
      return true;
    case 'acceptClock':
      acceptClock(turn);
      return true;
    case 'findSales':
      findSales(turn, step.offset);
      return true;
    case 'viewDocument':
      viewDocument(turn, step.documentId, step.purpose);
      return true;
    case 'beginReturn':
      flow(turn, beginReturn(turn, step.documentId, step.partial));
      return true;
    case 'offerRefund':
      flow(turn, offerRefund(turn));
      return true;
    case 'refund':
      flow(turn, refund(turn, step.plan));
      return true;
    case 'setMode': {
      const refusal = runCommand(turn, { do: 'setMode', mode: step.mode });
      if (refusal !== null) sayRefusal(turn, refusal);
      return refusal === null;
    }
    case 'askProviderCard':
      flow(turn, askProviderCard(turn));
      return true;
    case 'findCard':
      findCard(turn, step.text, step.method);
      return true;
    case 'changeSystem':
      changeSystem(turn, step.system, step.row, step.value);
      return true;
    case 'askSystem':
      flow(turn, askSystem(turn, step.system, step.row));
      return true;
    case 'reconcile':
      flow(turn, reconcile(turn, step.provider));
      return true;
    case 'printReconciliation':
      printReconciliation(turn, step.systems);
      return true;
    case 'openNotices':
      openNotices(turn);
      return true;
    case 'openNotice':
      openNotice(turn, step.noticeId);
      return true;
    case 'clearNotices':
      clearNotices(turn);
      return true;
    case 'retryWrites':
      turn.effects.push({ do: 'retryWrites' });
      return true;
    case 'restart':
      turn.effects.push({ do: 'exit', code: EXIT_RESTART });
      return true;
    case 'exit':
      turn.effects.push({ do: 'exit', code: 0 });
      return true;
  }
}

/** A refused sum stays to be corrected where it was typed; one that the list of payment types has taken over is gone, and said. */
function payTyped(turn: Turn, step: Extract<Step, { do: 'pay' }>): boolean {
  const { currency, amountKopecks, thenClose, isDecided = false } = step;
  const isBegun = pay(turn, currency, amountKopecks, thenClose, { isDecided });
  if (!isBegun && amountKopecks !== null && turn.state.ui.input === '') tellDropped(turn, amountKopecks);
  return isBegun;
}

/** The context that ran gets a new local state and, when given, a new text. */
function replaceTop(turn: Turn, ref: ContextRef | null, local: unknown, text: string | undefined): void {
  const stack = turn.state.ui.stack;
  const index = ref === null ? -1 : stack.findIndex((candidate) => candidate.name === ref.name);
  const found = stack[index];
  if (found === undefined) return;
  const changed: ContextRef = { ...found, local, text: text ?? found.text };
  patchUi(turn, { stack: stack.map((candidate, i) => (i === index ? changed : candidate)) });
}
