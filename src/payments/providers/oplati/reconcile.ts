/** The server's own list of the operations of a shift (oplati.md 3.6, 10), for the reconciliation. No money. */
import { safeText } from '../../../register/safe-text.ts';
import type { HttpReply, Machine, StepFacts, StepResult } from '../../driver.ts';
import { answerTo, meaningOf } from '../../kernel/answer.ts';
import { type Asking, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import { type Finished, finished, pause, preceded, stay } from '../../kernel/undecided.ts';
import type { ProviderOperation } from '../../outcome.ts';
import type { OplatiSettings } from './settings.ts';
import { notAuthorised, noUse, rejected, reversalStatus } from './status.ts';
import { type PaymentInfo, readHarmlessRefusal, readReport, wholeReportRequest } from './wire.ts';

type Facts = StepFacts<OplatiSettings>;

type AskingState = {
  kind: 'reconcile';
  at: 'asking';
  shiftLabel: string;
  tries: number;
  /** Of the report that is being read; only `report` actions have what stood in them. */
  parts?: number;
} & Asking;
export type ReconcileState = AskingState | Finished<'reconcile'>;

export const oplatiReconcile: Machine<OplatiSettings, ReconcileState> = {
  begin: ({ shiftLabel }, facts) =>
    ask({ kind: 'reconcile', at: 'asking', shiftLabel, tries: 0, ...NEVER_ASKED }, facts),

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    if ('restarted' in input || ('timer' in input && state.awaiting === null)) return ask(state, facts);
    const answer = answerTo(state.awaiting, input);
    if (answer === null) return stay(state);
    if (typeof answer === 'object' && answer.isPart) return takePart(state, answer);
    const meaning = meaningOf(
      answer,
      (reply) => (state.parts === UNREADABLE ? null : readOperations(reply)),
      readHarmlessRefusal,
    );
    if (meaning.is === 'understood') {
      return finished('reconcile', { kind: 'approved', providerPaymentId: null, operations: meaning.told });
    }
    if (meaning.is === 'refused') {
      const { refusal } = meaning;
      const is401 = refusal.status === 401;
      return finished('reconcile', is401 ? notAuthorised(refusal) : rejected(facts.settings.mode, refusal));
    }
    const tries = state.tries + 1;
    if (meaning.is !== 'notSent' && tries < facts.settings.harmlessTries) {
      return stay({ ...state, tries, awaiting: null }, pause(facts.settings.retryPauseMs));
    }
    const text = `oplati: the report of shift ${state.shiftLabel} is not understood`;
    const isAnswered = meaning.is === 'notUnderstood';
    return preceded(isAnswered ? [{ do: 'alarm', text }] : [], finished('reconcile', noUse(answer)));
  },
};

/** A part that is not understood is missed at the end: nothing is compared with a list that has a hole. */
function takePart(state: AskingState, part: HttpReply): StepResult<ReconcileState> {
  const operations = readOperations(part);
  const parts = state.parts ?? 0;
  if (operations === null || parts < 0) return stay({ ...state, parts: UNREADABLE });
  return stay({ ...state, parts: parts + 1 }, { do: 'report', operations, isFirst: parts === 0 });
}

const UNREADABLE = -1;

function ask(from: AskingState, facts: Facts): StepResult<ReconcileState> {
  const asking = askAs(from, 'report', facts.nowMs);
  return stay({ ...from, ...asking, parts: 0 }, send(wholeReportRequest(asking.awaiting, facts, from.shiftLabel)));
}

/** @returns null when any row is not understood: a part of the list would prove too little */
export function readOperations(reply: HttpReply): ProviderOperation[] | null {
  const operations = readReport(reply)?.every()?.map(operationOf) ?? [null];
  const known = operations.filter((operation) => operation !== null);
  return known.length === operations.length ? known : null;
}

/** `paymentType` of oplati.md 4: sale and purchase, and the reversals of both. */
const KINDS: ReadonlyMap<number, ProviderOperation['kind']> = new Map([
  [1, 'payment'],
  [2, 'payment'],
  [3, 'reversal'],
  [4, 'reversal'],
]);

/** @returns null for a type nobody knows */
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
