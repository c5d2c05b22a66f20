import { safeText } from '../register/safe-text.ts';
import { isTooSmall } from '../screens/too-small.ts';
import type { Binding, Context } from '../ui/context.ts';
import type { KeyCommand } from '../ui/keys.ts';
import type { ContextRef, Model } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { addGoods } from './goods.ts';
import { type Layer, topContext } from './render.ts';
import { isPaymentRunning } from './state.ts';
import { performSteps } from './steps.ts';
import { patchUi, say, type Turn } from './turn.ts';

/** One key: the top context's binding, else its field, else the reason why nothing happens (never silently). */
export function pressKey(turn: Turn, model: Model, name: string, text: string | null): void {
  const command = model.keyMap.find((entry) => entry.key === name)?.command;
  if (isTooSmall(model)) return pressUnseen(turn, command);
  const top = topContext(model);
  const { context, at } = top;
  const ref = refOf(top);
  if (turn.state.ui.status !== null) patchUi(turn, { status: null });
  if (isToBeRead(context)) {
    if (command === 'confirm' && at.text !== '') return askToRead(turn, top);
    // What was meant for the screen before is lost: the Enter that ends it must not answer this one unread.
    if (!context.bindings.some((candidate) => candidate.command === command)) keepText(turn, top, text ?? name);
  } else if (name === 'paste') {
    return typeText(turn, top, text ?? '');
  }

  const binding: Binding<unknown> | undefined = context.bindings.find((candidate) => candidate.command === command);
  if (binding !== undefined) {
    const reason = binding.disabled?.(at) ?? null;
    if (reason === null) performSteps(turn, binding.run(at), ref);
    else refuseKey(turn, reason);
    return;
  }
  if (name === 'backspace' && context.field !== null) return setText(turn, top, at.text.slice(0, -1));
  if (text !== null && context.field !== null) return typeText(turn, top, text);
  refuseInput(turn, context, NOT_HERE);
}

const NOT_HERE = 'не действует в этом режиме';

/**
 * Nothing is to be seen but SCR-54, so nothing acts. Only the way out: not with an open receipt (DOM-81), and without a
 * question that nobody could read.
 */
function pressUnseen(turn: Turn, command: KeyCommand | undefined): void {
  const { register, attempts } = turn.state;
  const mayLeave = register.document === null && !isPaymentRunning(attempts);
  turn.effects.push(command === 'exit' && mayLeave ? { do: 'exit', code: 0 } : { do: 'bell', pattern: 'refused' });
}

/** What is only to be read and answered: a box without a field, РЕЗУЛЬТАТ, the notice about a restored receipt (SYS-09). */
function isToBeRead({ kind, name, field }: Context): boolean {
  return field === null && (kind === 'dialog' || name === 'restored' || name === 'result');
}

/** Text in a context without a field is the mark of keys it has swallowed; one Enter clears it, the next one closes. */
function askToRead(turn: Turn, top: Layer): void {
  keepText(turn, top, '');
  refuseKey(turn, 'прочитайте сообщение');
}

/** A screen's own text is `ui.input`, and that of a prompt; an opened context keeps its own. */
function keepText(turn: Turn, top: Layer, text: string): void {
  const ref = refOf(top);
  const { stack } = turn.state.ui;
  if (ref !== null && stack.at(-1) === ref) patchUi(turn, { stack: [...stack.slice(0, -1), { ...ref, text }] });
  else patchUi(turn, { input: text });
}

/** A scan is a message of its own, never keys: it can fill what asks for a scan or add goods, and press nothing. */
export function takeScan(turn: Turn, model: Model, text: string, raw: string): void {
  const code = text.trim();
  if (code === '') return;
  const top = topContext(model);
  const { context, at } = top;
  const ref = refOf(top);
  if (!takesScans(model, context)) return refuseScan(turn);
  patchUi(turn, { status: null });
  if (context.scanned === undefined) return addGoods(turn, safeText(code), 'scan', raw);
  // Goods are looked up by the code as it came, whoever asks for it: without its separators it is another one.
  const steps = context
    .scanned(at, code)
    .map((step): Step => (step.do === 'addGoods' && step.text === code ? { ...step, raw } : step));
  performSteps(turn, steps, ref);
}

/** A code nobody can read: told where scans are taken; elsewhere it is refused as any scan. */
export function takeBrokenScan(turn: Turn, model: Model, number: 'DEV-05' | 'DEV-07'): void {
  const { context } = topContext(model);
  if (!takesScans(model, context)) return refuseScan(turn);
  turn.effects.push({ do: 'bell', pattern: 'error' });
  // A buyer's code that is waited for: nothing may cover the prompt, and afterwards the message would be about nothing.
  if (!isPaymentRunning(turn.state.attempts)) say(turn, number);
}

function takesScans(model: Model, { scan }: Context): boolean {
  return scan === 'accept' && !model.ui.busy && !isTooSmall(model);
}

function refuseScan(turn: Turn): void {
  turn.effects.push({ do: 'bell', pattern: 'refused' });
  patchUi(turn, { rejectedScans: turn.state.ui.rejectedScans + 1 });
}

/** The key was pressed for the screen before this one. */
export function missKey(turn: Turn, model: Model): void {
  const { context } = topContext(model);
  turn.effects.push({ do: 'bell', pattern: 'refused' });
  if (context.kind === 'screen') patchUi(turn, { status: 'Экран сменился: клавиша не принята' });
}

/** The opened context that stands on top; a mode's own screen and a payment's prompt have no place on the stack. */
function refOf(top: Layer): ContextRef | null {
  return top.place === 'stack' ? top.ref : null;
}

/** A box has no row 24 to spare for it: there only the bell tells. */
function refuseInput(turn: Turn, context: Context, reason: string): void {
  if (context.kind === 'screen') refuseKey(turn, reason);
  else turn.effects.push({ do: 'bell', pattern: 'refused' });
}

function refuseKey(turn: Turn, reason: string): void {
  turn.effects.push({ do: 'bell', pattern: 'refused' });
  patchUi(turn, { status: `Клавиша недоступна: ${reason}` });
}

function typeText(turn: Turn, top: Layer, typed: string): void {
  const { context, at } = top;
  const field = context.field;
  if (field === null) return refuseInput(turn, context, NOT_HERE);
  const wanted = [...safeText(typed, field.maxLength)]
    .filter((character) => accepts(field.accepts, character))
    .join('');
  const text = at.text + (field.accepts === 'decimal' ? wanted.replaceAll(',', '.') : wanted);
  if (wanted === '') return refuseInput(turn, context, NOT_HERE);
  if (text.length > field.maxLength) return refuseInput(turn, context, 'больше знаков ввести нельзя');
  setText(turn, top, text);
}

function accepts(kind: 'digits' | 'decimal' | 'text' | 'password', character: string): boolean {
  if (kind === 'digits') return /^\d$/.test(character);
  if (kind === 'decimal') return /^[\d.,]$/.test(character);
  return true;
}

function setText(turn: Turn, top: Layer, text: string): void {
  const { context, at } = top;
  keepText(turn, top, text);
  if (context.typed === undefined) return;
  const now = topContext({ ...at.model, ui: turn.state.ui });
  performSteps(turn, context.typed(now.at), refOf(now));
}
