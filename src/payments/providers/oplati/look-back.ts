/** What stands under this register's number at the server (oplati.md 3.6): the reports of the last days. No money. */
import { localStamp } from '../../../register/local-time.ts';
import {
  type HttpReply,
  LOOK_BACK_DAYS,
  type Machine,
  type Order,
  type StepFacts,
  type StepResult,
} from '../../driver.ts';
import { answerTo, meaningOf } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import {
  beginUndecided,
  type Finished,
  finished,
  knowing,
  later,
  stay,
  type Undecided,
} from '../../kernel/undecided.ts';
import type { ProviderOperation } from '../../outcome.ts';
import { readOperations } from './reconcile.ts';
import { type OplatiSettings, pausesOf } from './settings.ts';
import { notAuthorised } from './status.ts';
import { readHarmlessRefusal, wholeReportRequest } from './wire.ts';

type Facts = StepFacts<OplatiSettings>;

interface Work extends Undecided {
  /** Reports that are still to be read; the first one is asked for. */
  labels: string[];
  /** What the parts of that report have told so far; null = one was not understood. */
  begun?: ProviderOperation[] | null;
  operations: ProviderOperation[];
}

type Working = { kind: 'lookBack'; at: 'asking'; work: Work };
export type LookBackState = Working | Finished<'lookBack'>;

const DAY_MS = 24 * 3_600_000;

export const oplatiLookBack: Machine<OplatiSettings, LookBackState> = {
  begin(order, facts) {
    const work = { ...beginUndecided(order), isBackground: true, labels: labelsOf(order, facts), operations: [] };
    return ask({ kind: 'lookBack', at: 'asking', work }, facts);
  },

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    const { work } = state;
    if ('restarted' in input || ('timer' in input && work.awaiting === null)) return ask(state, facts);
    const answer = answerTo(work.awaiting, input);
    if (answer === null) return stay(state);
    const begun = work.begun === undefined ? [] : work.begun;
    if (typeof answer === 'object' && answer.isPart) {
      const part = unknownIn(answer, facts);
      return stay(knowing(state, { begun: part === null || begun === null ? null : [...begun, ...part] }));
    }
    const meaning = meaningOf(
      answer,
      (reply) => (begun === null ? null : unknownIn(reply, facts)),
      readHarmlessRefusal,
    );
    if (meaning.is === 'refused' && meaning.refusal.status === 401) {
      return finished('lookBack', notAuthorised(meaning.refusal));
    }
    if (meaning.is !== 'understood') return later(state, null, pausesOf(facts.settings));
    const [shiftLabel = '', ...labels] = work.labels;
    const told = [...(begun ?? []), ...meaning.told].map((row) => ({ ...row, shiftLabel }));
    const operations = [...work.operations, ...told];
    if (labels.length > 0) return ask(knowing(state, { labels, operations, failures: 0 }), facts);
    return finished('lookBack', { kind: 'approved', providerPaymentId: null, operations });
  },
};

/** A report is asked for by the opening day of its shift; the open one may be older than the days that are looked at. */
function labelsOf({ shiftLabel }: Order, { nowMs, utcOffsetMinutes }: Facts): string[] {
  const days = Array.from({ length: LOOK_BACK_DAYS }, (_, back) => {
    const [year, month, day] = localStamp(nowMs - back * DAY_MS, utcOffsetMinutes)
      .slice(0, 10)
      .split('-');
    return `${day}${month}${year}`;
  });
  return [...new Set([...days, ...(shiftLabel === '' ? [] : [shiftLabel])])];
}

/** The journal has nearly all of them, and what it has need not be told. */
function unknownIn(reply: HttpReply, { knownOrders }: Facts): ProviderOperation[] | null {
  const operations = readOperations(reply);
  return operations?.filter(({ orderNumber }) => knownOrders?.has(orderNumber) !== true) ?? null;
}

function ask(from: Working, facts: Facts): StepResult<LookBackState> {
  const asking = askAs(from.work, 'report', facts.nowMs);
  return stay(
    knowing(from, { ...asking, begun: [] }),
    send(wholeReportRequest(asking.awaiting, facts, from.work.labels[0] ?? '')),
  );
}
