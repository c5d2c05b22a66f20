/**
 * АТ, an autonomous card terminal beside the register: no cable, no server. The cashier is the only witness, so every
 * outcome is her answer.
 */
import { formatKopecks } from '../../../register/money.ts';
import type { Action, Driver, Machine, Order, StepResult } from '../../driver.ts';
import type { Outcome } from '../../outcome.ts';

export interface TerminalState {
  at: 'asking' | 'done';
  amountKopecks: number;
}

/** A machine that asks one question. @param refused what `Нет` means */
function question(ask: (sum: string) => string, refused: Outcome): Machine<unknown, TerminalState> {
  function prompt({ amountKopecks }: TerminalState): Action {
    const text = ask(formatKopecks(amountKopecks));
    return { do: 'prompt', prompt: { show: 'confirm', number: 'DOM-99', title: 'Автономный терминал', text } };
  }
  function begin({ amountKopecks }: Order): StepResult<TerminalState> {
    const state: TerminalState = { at: 'asking', amountKopecks };
    return { state, actions: [prompt(state)] };
  }
  return {
    version: 1,
    begin,
    // Nobody but the cashier knows: she is asked again.
    resume: begin,
    step(state, input) {
      if (state.at === 'done') return { state, actions: [] };
      if ('restarted' in input || 'askNow' in input) return { state, actions: [prompt(state)] };
      const outcome = outcomeOf(input);
      return outcome === null
        ? { state, actions: [] }
        : { state: { ...state, at: 'done' }, actions: [{ do: 'finish', outcome }] };
    },
  };

  function outcomeOf(input: Parameters<Machine<unknown, TerminalState>['step']>[1]): Outcome | null {
    if ('cashier' in input) return refused;
    const isYes = 'answer' in input && 'ok' in input.answer;
    return isYes ? { kind: 'approved', providerPaymentId: null } : null;
  }
}

const pay = question((sum) => `Проведите оплату на терминале: ${sum}. Оплата прошла?`, {
  kind: 'declined',
  code: 'cancelled',
  say: null,
});

const giveBack = question((sum) => `Отмените оплату на терминале: ${sum}. Отмена прошла?`, {
  kind: 'declined',
  code: 'refused',
  say: null,
});

export const terminalDriver: Driver<unknown, TerminalState> = {
  name: 'terminal',
  title: 'АТ',
  conf: null,
  tenders: () => [],
  pay,
  cancel: giveBack,
  refund: giveBack,
  unavailable: null,
  refusedForReturn: 'DOM-34',
  phase: () => 'intent',
  providerPaymentId: () => null,
  secrets: () => [],
};
