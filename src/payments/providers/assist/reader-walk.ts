/**
 * The walk through a payment with the card reader (SCR-44..47), as a pure part that the machine of Assist is composed of.
 *
 * Until the pay command is out the walk may be left at any time: nothing can have happened. From then on only the order's
 * state at the server decides; what the reader says is a hint and a text for the screen. The one exception is its word
 * that it stopped before a card was read.
 */
import type { Action, Input } from '../../driver.ts';
import type { ReaderCommand, ReaderEvent, Row } from '../../ports.ts';
import type { PromptAnswer } from '../../prompt.ts';
import type { SlipFate, WalkOrder, WalkState } from './pay-state.ts';
import { promptOf } from './reader-prompts.ts';

/**
 * `on`: nothing was asked of the reader that moves money. `asked`: the pay command is out, only the order's state decides.
 * `left`: the cashier went back, certainly nothing was sent. `ended`: the reader is through or gone; only the order's state
 * decides. After `left` and `ended` the last prompt still stands: whoever goes on replaces it.
 */
export interface WalkResult {
  walk: WalkState;
  actions: Action[];
  go: 'on' | 'asked' | 'left' | 'ended';
}

/** AS-07: a reader that was used before is connected without a question. */
export function beginWalk(order: WalkOrder): WalkResult {
  const walk: WalkState = {
    order,
    stage: { at: 'last', name: null },
    asked: false,
    card: null,
    display: [],
    aborting: false,
    lowBattery: false,
    slipRows: null,
  };
  return shown(walk, [toReader({ ask: 'connect', name: null })]);
}

/** The payment goes on at the reader, so that its silence is no end of it: the order's state decides (`pay-devices.ts`). */
export function isReaderAtWork(walk: WalkState): boolean {
  const { at } = walk.stage;
  return walk.asked && !walk.lowBattery && !isLinking(walk) && at !== 'choose' && at !== 'signature';
}

/** Nothing came within `waitLimitMs`: what the reader did not do it does no more, and a question is answered by Esc. */
export function endWaiting(walk: WalkState): WalkResult {
  const { stage } = walk;
  if (walk.lowBattery) return batteryRead(walk);
  switch (stage.at) {
    case 'last':
    case 'search':
    case 'connect':
      return heardOfLink(walk, { is: 'notFound' });
    case 'update':
      return heardLost(walk);
    case 'signature':
      return stage.slip === 'printing' ? answered(walk, { slip: 'notPrinted' }) : cancelled(walk);
    default:
      return cancelled(walk);
  }
}

/** Total: an input that does not fit the stage changes nothing. */
export function stepWalk(walk: WalkState, input: Input): WalkResult {
  if (walk.stage.at === 'left' || walk.stage.at === 'ended') return unchanged(walk);
  if ('restarted' in input) return over(walk);
  if ('device' in input) return input.device === 'reader' ? hear(walk, input.event) : unchanged(walk);
  if ('answer' in input) return answered(walk, input.answer);
  if ('cashier' in input && input.cashier === 'cancel') return cancelled(walk);
  return unchanged(walk);
}

function hear(walk: WalkState, event: ReaderEvent): WalkResult {
  switch (event.is) {
    case 'lost':
      return heardLost(walk);
    case 'lowBattery':
      return heardLowBattery(walk);
    case 'aborted':
      return heardAborted(walk);
    case 'done':
      return walk.asked ? over(withSlip(walk, event.slip)) : unchanged(walk);
    case 'found':
    case 'notFound':
    case 'connecting':
    case 'connected':
    case 'firmwareOld':
    case 'updating':
      return heardOfLink(walk, event);
    default:
      return walk.asked && !isLinking(walk) ? heardOfPayment(walk, event) : unchanged(walk);
  }
}

type LinkEvent = Extract<
  ReaderEvent,
  { is: 'found' | 'notFound' | 'connecting' | 'connected' | 'firmwareOld' | 'updating' }
>;

function heardOfLink(walk: WalkState, event: LinkEvent): WalkResult {
  const { at } = walk.stage;
  const isConnecting = at === 'last' || at === 'connect';
  switch (event.is) {
    case 'found':
      return at === 'search' ? shown({ ...walk, stage: { at: 'found', name: event.name } }) : unchanged(walk);
    case 'notFound':
      if (at === 'last') return search(walk);
      return at === 'search' || at === 'connect' ? shown({ ...walk, stage: { at: 'none' } }) : unchanged(walk);
    case 'connecting':
      return at === 'last' ? shown({ ...walk, stage: { at, name: event.name } }) : unchanged(walk);
    case 'connected':
      return isConnecting || at === 'update' ? pay(walk) : unchanged(walk);
    case 'firmwareOld':
      return isConnecting ? shown({ ...walk, stage: { at: 'firmware' } }) : unchanged(walk);
    case 'updating':
      return at === 'update' ? shown({ ...walk, stage: { at, percent: event.percent } }) : unchanged(walk);
  }
}

type PaymentEvent = Extract<
  ReaderEvent,
  { is: 'waitCard' | 'card' | 'selectApplication' | 'pin' | 'signature' | 'processing' | 'removeCard' }
>;

function heardOfPayment(walk: WalkState, event: PaymentEvent): WalkResult {
  const heard = { ...walk, display: event.display };
  switch (event.is) {
    case 'waitCard':
      // A card that was in is not forgotten: the reader may ask for it in another way, but it may have been read.
      return shown({ ...heard, stage: { at: walk.card === null ? 'waitCard' : 'card' } });
    case 'card':
      return shown({ ...heard, card: event.by, stage: { at: 'card' } });
    case 'selectApplication':
      if (event.onReader) return shown({ ...heard, stage: { at: 'chooseOnReader' } });
      return shown({ ...heard, lowBattery: false, stage: { at: 'choose', options: event.options } });
    case 'pin':
      return shown({ ...heard, stage: { at: 'pin', wrong: event.wrong } });
    case 'signature':
      return printSlip({ ...heard, lowBattery: false }, event.slip);
    case 'processing':
      return shown({ ...heard, stage: { at: 'processing' } });
    case 'removeCard':
      return shown({ ...withSlip(heard, event.slip), stage: { at: 'remove', approved: event.approved } });
  }
}

/** With the card through the reader knows more than when it asked for the signature; its last word on a row counts. */
function withSlip(walk: WalkState, slip: Row[] | undefined): WalkState {
  if (slip === undefined) return walk;
  const before = (walk.slipRows ?? []).filter(({ label }) => !slip.some((row) => row.label === label));
  return { ...walk, slipRows: [...before, ...slip] };
}

/** AS-13 while no card was seen. With a card in, or when the cashier wanted to go anyway, there is nothing to try again. */
function heardLost(walk: WalkState): WalkResult {
  const { at } = walk.stage;
  if (at === 'last') return search(walk);
  if (walk.asked && (walk.card !== null || walk.aborting)) return over(walk);
  // Nothing was connected that could be lost.
  if (at === 'search' || at === 'found' || at === 'none' || at === 'lost' || at === 'stopped') return unchanged(walk);
  return shown({ ...walk, lowBattery: false, display: [], stage: { at: 'lost' } });
}

/** AS-15: before a card the payment is not begun with an empty battery; with a card in it goes on. */
function heardLowBattery(walk: WalkState): WalkResult {
  const warned = { ...walk, lowBattery: true };
  const { at } = walk.stage;
  if (at === 'lost' || at === 'stopped' || at === 'choose' || at === 'signature') return unchanged(walk);
  if (!walk.asked) return shown({ ...warned, stage: { at: 'stopped' } }, [toReader({ ask: 'abort' })]);
  if (isLinking(walk)) return unchanged(walk);
  if (walk.card !== null || walk.aborting) return shown(warned);
  return shown({ ...warned, aborting: true }, [toReader({ ask: 'abort' })]);
}

function heardAborted(walk: WalkState): WalkResult {
  if (!walk.asked) return unchanged(walk);
  const proven = { ...walk, asked: false, aborting: false };
  // The reader that was lost has dropped the payment by itself, so it may be asked for once more.
  if (walk.stage.at === 'checking') return pay(proven);
  if (isLinking(walk)) return result(proven);
  if (walk.lowBattery) return result({ ...proven, stage: { at: 'stopped' } });
  return over(proven);
}

function answered(walk: WalkState, answer: PromptAnswer): WalkResult {
  const isOk = 'ok' in answer;
  const isOther = 'other' in answer;
  if (walk.lowBattery) return isOk ? batteryRead(walk) : unchanged(walk);
  const { stage } = walk;
  switch (stage.at) {
    case 'found':
      if (isOther) return search(walk);
      return isOk ? connect(walk, stage.name) : unchanged(walk);
    case 'connect':
      return isOther ? search(walk) : unchanged(walk);
    case 'none':
    case 'lost':
      return isOk ? search(walk) : unchanged(walk);
    case 'firmware':
      return isOk
        ? shown({ ...walk, stage: { at: 'update', percent: 0 } }, [toReader({ ask: 'updateFirmware' })])
        : unchanged(walk);
    case 'choose':
      if (!('choice' in answer) || stage.options[answer.choice] === undefined) return unchanged(walk);
      return work(walk, { ask: 'selectApplication', index: answer.choice });
    case 'signature':
      return answeredSlip(walk, stage.slip, answer);
    default:
      return unchanged(walk);
  }
}

/** AS-16. What nobody can have signed is not confirmed: the card was charged with a printer that was off. */
function answeredSlip(walk: WalkState, slip: SlipFate, answer: PromptAnswer): WalkResult {
  if ('slip' in answer) return shown({ ...walk, stage: { at: 'signature', slip: answer.slip } });
  const isOk = 'ok' in answer;
  if (slip === 'printed' || slip === 'unconfirmed') {
    if (isOk) return work(walk, { ask: 'signature', given: true });
    return 'other' in answer ? printSlip(walk, walk.slipRows ?? []) : unchanged(walk);
  }
  return slip === 'notPrinted' && isOk ? printSlip(walk, walk.slipRows ?? []) : unchanged(walk);
}

/** AS-16 begins with the paper; what became of it the printer tells (`{ slip }`). */
function printSlip(walk: WalkState, rows: Row[]): WalkResult {
  return shown({ ...walk, slipRows: rows, stage: { at: 'signature', slip: 'printing' } }, [
    { do: 'printSlip', rows, signature: true },
  ]);
}

function cancelled(walk: WalkState): WalkResult {
  if (walk.lowBattery) return batteryRead(walk);
  if (!walk.asked) return over(walk, [toReader({ ask: 'abort' })]);
  switch (walk.stage.at) {
    case 'starting':
    case 'waitCard':
      if (walk.aborting) return unchanged(walk);
      return shown({ ...walk, aborting: true }, [toReader({ ask: 'abort' })]);
    case 'choose':
      // Nothing has left the reader at this point: it answers as before a card.
      return work({ ...walk, aborting: true }, { ask: 'abort' });
    case 'signature':
      return work(walk, { ask: 'signature', given: false });
    case 'checking':
      return over(walk);
    default:
      // While the lost reader is looked for again there is nobody to stop.
      return isLinking(walk) ? over(walk, [toReader({ ask: 'abort' })]) : unchanged(walk);
  }
}

/** No payment goes on at a reader we hear: it is looked for, for the first time or again. */
function isLinking({ stage }: WalkState): boolean {
  return ['last', 'search', 'found', 'connect', 'none', 'firmware', 'update', 'lost'].includes(stage.at);
}

function batteryRead(walk: WalkState): WalkResult {
  const read = { ...walk, lowBattery: false };
  return walk.stage.at === 'stopped' ? over(read) : shown(read);
}

function search(walk: WalkState): WalkResult {
  return shown({ ...walk, stage: { at: 'search' } }, [toReader({ ask: 'search' })]);
}

function connect(walk: WalkState, name: string): WalkResult {
  return shown({ ...walk, stage: { at: 'connect', name } }, [toReader({ ask: 'connect', name })]);
}

/** Once connected, the payment starts at once (SCR-44). Never twice: first the reader must say that it dropped the first. */
function pay(walk: WalkState): WalkResult {
  if (walk.asked) return shown({ ...walk, stage: { at: 'checking' } }, [toReader({ ask: 'abort' })]);
  const { orderNumber, amountKopecks, email } = walk.order;
  const mail = email === '' ? {} : { email };
  const command: ReaderCommand = { ask: 'pay', orderNumber, amountKopecks, currency: 'RUB', ...mail };
  const action: Action = { do: 'device', device: 'reader', command, moves: 'money' };
  return shown({ ...walk, asked: true, stage: { at: 'starting' } }, [action]);
}

/** The cashier has decided; the reader goes on. */
function work(walk: WalkState, command: ReaderCommand): WalkResult {
  return shown({ ...walk, display: [], stage: { at: 'processing' } }, [toReader(command)]);
}

function toReader(command: ReaderCommand): Action {
  return { do: 'device', device: 'reader', command, moves: 'nothing' };
}

function over(walk: WalkState, actions: Action[] = []): WalkResult {
  return result({ ...walk, lowBattery: false, stage: { at: walk.asked ? 'ended' : 'left' } }, actions);
}

function shown(walk: WalkState, actions: Action[] = []): WalkResult {
  return result(walk, [...actions, { do: 'prompt', prompt: promptOf(walk) }]);
}

function unchanged(walk: WalkState): WalkResult {
  return result(walk);
}

function result(walk: WalkState, actions: Action[] = []): WalkResult {
  const { at } = walk.stage;
  if (at === 'left' || at === 'ended') return { walk, actions, go: at };
  return { walk, actions, go: walk.asked ? 'asked' : 'on' };
}
