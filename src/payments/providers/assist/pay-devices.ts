/** The two means that are carried out by something beside the register: the reader's walk, and SoftPOS. */
import type { Action, Input } from '../../driver.ts';
import type { ProgramEvent } from '../../ports.ts';
import { startDoubtingDevice, startPolling } from './pay-polling.ts';
import {
  type Always,
  beginSent,
  type Facts,
  inStage,
  knowing,
  pause,
  type Result,
  type SentState,
  stay,
} from './pay-state.ts';
import { showView } from './pay-view.ts';
import { stepWalk } from './reader-walk.ts';
import { CURRENCY } from './wire.ts';

/** `reader`: the pay command is out. @param left what to do when the reader has proved that nothing was sent */
export function stepReader(
  from: SentState,
  input: Input,
  facts: Facts,
  walked: (result: ReturnType<typeof stepWalk>) => Result,
): Result {
  const { walk } = from.sent;
  if (walk === null) return startDoubtingDevice(from, facts);
  if ('timer' in input) return watchReader(from, facts);
  const result = stepWalk(walk, input);
  const isWord = 'device' in input;
  const state = knowing(from, { walk: result.walk, ...(isWord ? { heardAtMs: facts.nowMs } : {}) });
  switch (result.go) {
    case 'asked':
      return stay(state, ...result.actions);
    case 'ended': {
      // Who gave it up need not be told that there is no such order.
      const cancelWanted = 'cashier' in input;
      const ended = startDoubtingDevice(state, facts, { readerRows: result.walk.slipRows, cancelWanted });
      return { state: ended.state, actions: [...result.actions, ...ended.actions] };
    }
    case 'on':
    case 'left':
      return walked(result);
  }
}

/** A reader that says nothing for minutes is as good as lost. */
function watchReader(state: SentState, facts: Facts): Result {
  const leftMs = state.sent.heardAtMs + facts.settings.deviceSilenceMs - facts.nowMs;
  return leftMs > 0 ? stay(state, pause(leftMs)) : startDoubtingDevice(state, facts);
}

/** AS-31. The order is asked for from the first moment: the program may be through before it says so. */
export function startProgram(from: Always, facts: Facts): Result {
  const { orderNumber, amountKopecks } = from.order;
  const state = inStage(from, 'polling', beginSent('softpos', facts));
  const command = { ask: 'pay', orderNumber, amountKopecks, currency: CURRENCY } as const;
  const pay: Action = { do: 'device', device: 'program', command, moves: 'money' };
  return stay(state, ...showView(state, facts), pay, pause(facts.settings.pollMs));
}

/** What the program says is a hint: the order is asked for at once, and is missed only after a while (assist.md 12.9). */
export function hearProgram(from: SentState, event: ProgramEvent, facts: Facts): Result {
  const { sent } = from;
  const state = knowing(from, { heardAtMs: facts.nowMs });
  if (from.at !== 'polling') return stay(state);
  switch (event.is) {
    case 'missing':
      return startPolling(state, facts, { doubt: { sinceMs: facts.nowMs, provenAfterMs: 0 }, view: 'programSilent' });
    case 'closed':
    case 'lost':
      return startDoubtingDevice(state, facts, { view: sent.cancelWanted ? sent.view : 'programSilent' });
    case 'done':
    case 'refused':
      return startDoubtingDevice(state, facts);
  }
}

/** Esc in AS-31: the program is told to stop; whether it did shows in the order. */
export function stopProgram(from: SentState, facts: Facts): Result {
  const state = knowing(from, { cancelWanted: true, heardAtMs: facts.nowMs });
  const stop: Action = { do: 'device', device: 'program', command: { ask: 'abort' }, moves: 'nothing' };
  return stay(state, stop, ...showView(state, facts));
}
