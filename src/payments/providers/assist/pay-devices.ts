/** The two means that are carried out by something beside the register: the reader's walk, and SoftPOS. */
import type { Action, Input } from '../../driver.ts';
import { knowing, pause, preceded, stay } from '../../kernel/undecided.ts';
import type { ProgramEvent } from '../../ports.ts';
import { showView } from './pay-means.ts';
import { startPolling } from './pay-order.ts';
import { begunWith, type Draft, type Facts, type Result, type Work, type Working, waitLimitMs } from './pay-state.ts';
import { endWaiting, isReaderAtWork, stepWalk, type WalkResult } from './reader-walk.ts';
import { CURRENCY } from './wire.ts';

/** `reader`: the pay command is out. @param left what to do when the reader has proved that nothing was sent */
export function stepReader(from: Working, input: Input, facts: Facts, walked: (result: WalkResult) => Result): Result {
  const { walk } = from.work;
  if (walk === null) return startDoubting(from, facts);
  const isOver = 'timer' in input;
  const leftMs = isOver ? from.work.heardAtMs + waitLimitMs(walk) - facts.nowMs : 0;
  if (leftMs > 0) return stay(from, pause(leftMs));
  if (isOver && isReaderAtWork(walk)) return abandonReader(from, facts);
  const result = isOver ? endWaiting(walk) : stepWalk(walk, input);
  const state = knowing(from, { walk: result.walk, heardAtMs: facts.nowMs });
  switch (result.go) {
    case 'asked':
      return stay(state, ...result.actions, pause(waitLimitMs(result.walk)));
    case 'ended': {
      // Who gave it up need not be told that there is no such order.
      const wantsCancel = 'cashier' in input;
      const readerRows = result.walk.slipRows;
      return preceded(result.actions, startDoubting(state, facts, { readerRows, wantsCancel }));
    }
    case 'on':
    case 'left':
      return walked(result);
  }
}

/**
 * A reader that says nothing for minutes is as good as lost, and told to stop: it must not take a card that nobody waits
 * for any more.
 */
function abandonReader(state: Working, facts: Facts): Result {
  const stop: Action = { do: 'device', device: 'reader', command: { ask: 'abort' }, moves: 'nothing' };
  return preceded([stop], startDoubting(state, facts));
}

/** The reader or the program will tell no more: without an order for so long, nothing was paid. */
function startDoubting(from: Working, facts: Facts, more: Partial<Work> = {}): Result {
  const doubt = from.work.doubt ?? { sinceMs: facts.nowMs, provenAfterMs: facts.settings.deviceSettleMs };
  return startPolling(from, facts, { doubt, ...more });
}

/** AS-31. The order is asked for from the first moment: the program may be through before it says so. */
export function startProgram(draft: Draft, facts: Facts): Result {
  const { orderNumber, amountKopecks } = draft.order;
  const state = begunWith('polling', draft, 'softpos', facts);
  const mail = draft.email === '' ? {} : { email: draft.email };
  const command = { ask: 'pay', orderNumber, amountKopecks, currency: CURRENCY, ...mail } as const;
  const pay: Action = { do: 'device', device: 'program', command, moves: 'money' };
  return stay(state, ...showView(state, facts), pay, pause(facts.settings.pollMs));
}

/** What the program says is a hint: the order is asked for at once, and is missed only after a while (assist.md 12.9). */
export function hearProgram(from: Working, event: ProgramEvent, facts: Facts): Result {
  const { work } = from;
  const state = knowing(from, { heardAtMs: facts.nowMs });
  if (from.at !== 'polling') return stay(state);
  const doubt = { sinceMs: facts.nowMs, provenAfterMs: facts.settings.deviceSettleMs };
  switch (event.is) {
    case 'missing':
      return startPolling(state, facts, { doubt: { sinceMs: facts.nowMs, provenAfterMs: 0 }, view: 'programSilent' });
    case 'closed':
    case 'lost':
      return startPolling(state, facts, { doubt, view: work.wantsCancel ? work.view : 'programSilent' });
    case 'done':
    case 'refused':
      return startPolling(state, facts, { doubt });
  }
}

/** Esc in AS-31: the program is told to stop; whether it did shows in the order. */
export function stopProgram(from: Working, facts: Facts): Result {
  const state = knowing(from, { wantsCancel: true, heardAtMs: facts.nowMs });
  const stop: Action = { do: 'device', device: 'program', command: { ask: 'abort' }, moves: 'nothing' };
  return stay(state, stop, ...showView(state, facts));
}
