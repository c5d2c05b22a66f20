/** The server's own list of the operations of a shift (oplati.md 3.6, 10), for the reconciliation. No money. */
import { safeText } from '../../../register/safe-text.ts';
import type { Machine, StepFacts, StepResult } from '../../driver.ts';
import { answerTo } from '../../kernel/answer.ts';
import { type Asking, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import type { Outcome, ProviderOperation } from '../../outcome.ts';
import type { OplatiSettings } from './settings.ts';
import { NO_CONNECTION, notAuthorised, rejected, reversalStatus } from './status.ts';
import { type PaymentInfo, readError, readReport, reportRequest } from './wire.ts';

type Facts = StepFacts<OplatiSettings>;

export type ReconcileState = { kind: 'reconcile' } & (
  | ({ at: 'asking'; shiftLabel: string; tries: number } & Asking)
  | { at: 'finished' }
);
type AskingState = Extract<ReconcileState, { at: 'asking' }>;
type Result = StepResult<ReconcileState>;

export const oplatiReconcile: Machine<OplatiSettings, ReconcileState> = {
  begin: ({ shiftLabel }, facts) =>
    ask({ kind: 'reconcile', at: 'asking', shiftLabel, tries: 0, ...NEVER_ASKED }, facts),

  step(state, input, facts) {
    if (state.at === 'finished') return { state, actions: [] };
    if ('restarted' in input || ('timer' in input && state.awaiting === null)) return ask(state, facts);
    const answer = answerTo(state.awaiting, input);
    if (answer === null) return { state, actions: [] };
    if (typeof answer === 'object') {
      const operations = readReport(answer)?.every()?.map(operationOf) ?? null;
      if (operations !== null && !operations.includes(null)) {
        const listed = operations.filter((operation) => operation !== null);
        return finish({ kind: 'approved', providerPaymentId: null, operations: listed });
      }
      const error = readError(answer);
      if (answer.status === 401) return finish(notAuthorised(error));
      if (answer.status === 400 && error !== null) return finish(rejected(facts.settings.mode, error));
    }
    const tries = state.tries + 1;
    if (answer === 'notSent' || tries >= facts.settings.harmlessTries) {
      const finished = finish(NO_CONNECTION);
      // The cashier sees "no link"; support must see that there was an answer.
      const text = `oplati: the report of shift ${state.shiftLabel} is not understood`;
      return typeof answer === 'object'
        ? { state: finished.state, actions: [{ do: 'alarm', text }, ...finished.actions] }
        : finished;
    }
    return {
      state: { ...state, tries, awaiting: null },
      actions: [{ do: 'sleep', ms: facts.settings.retryPauseMs }],
    };
  },
};

function ask(from: AskingState, facts: Facts): Result {
  const asking = askAs(from, 'report', facts.nowMs);
  return { state: { ...from, ...asking }, actions: [send(reportRequest(asking.awaiting, facts, from.shiftLabel))] };
}

/** `paymentType` of oplati.md 4: sale and purchase, and the reversals of both. */
const KINDS: ReadonlyMap<number, ProviderOperation['kind']> = new Map([
  [1, 'payment'],
  [2, 'payment'],
  [3, 'reversal'],
  [4, 'reversal'],
]);

/** @returns null for a type nobody knows: a list that is understood in part would prove too little */
function operationOf(info: PaymentInfo): ProviderOperation | null {
  const kind = KINDS.get(info.paymentType);
  if (kind === undefined) return null;
  const status = reversalStatus(info.status);
  return {
    providerPaymentId: info.paymentId,
    orderNumber: safeText(info.orderNumber),
    kind,
    amountKopecks: info.sumKopecks,
    state: status === 'returned' ? 'approved' : status === 'pending' ? 'pending' : 'declined',
  };
}

function finish(outcome: Outcome): Result {
  return { state: { kind: 'reconcile', at: 'finished' }, actions: [{ do: 'finish', outcome }] };
}
