import { safeText } from '../register/safe-text.ts';
import type { Binding, Context, ContextRef, Step } from './context.ts';
import { addGoods } from './goods.ts';
import { type ModelSource, modelOf } from './model.ts';
import { type Layer, topContext } from './render.ts';
import { performSteps } from './steps.ts';
import { patchUi, type Turn } from './turn.ts';

/** One key: the top context's binding, else its field, else the reason why nothing happens (never silently). */
export function pressKey(turn: Turn, source: ModelSource, name: string, text: string | null): void {
  const top = topContext(modelOf(turn.state, turn.facts, source));
  const { context, at } = top;
  const ref = refOf(top);
  if (turn.state.ui.status !== null) patchUi(turn, { status: null });
  if (turn.state.ui.busy) return;
  if (name === 'paste') return typeText(turn, source, context, ref, at.text, text ?? '');

  const command = source.keyMap.find((entry) => entry.key === name)?.command;
  const binding: Binding<unknown> | undefined = context.bindings.find((candidate) => candidate.command === command);
  if (binding !== undefined) {
    const reason = binding.disabled?.(at) ?? null;
    if (reason === null) performSteps(turn, binding.run(at), ref);
    else refuseKey(turn, reason);
    return;
  }
  if (name === 'backspace' && context.field !== null) return setText(turn, source, context, ref, at.text.slice(0, -1));
  if (text !== null && context.field !== null) return typeText(turn, source, context, ref, at.text, text);
  if (context.kind === 'screen' && command !== undefined) refuseKey(turn, 'не действует в этом режиме');
}

/** A scan is a message of its own, never keys: it can fill what asks for a scan or add goods, and press nothing. */
export function takeScan(turn: Turn, source: ModelSource, text: string, raw: string): void {
  const code = text.trim();
  if (code === '') return;
  const top = topContext(modelOf(turn.state, turn.facts, source));
  const { context, at } = top;
  const ref = refOf(top);
  if (context.scan === 'refuse' || turn.state.ui.busy) {
    turn.effects.push({ do: 'bell', pattern: 'refused' });
    return patchUi(turn, { rejectedScans: turn.state.ui.rejectedScans + 1 });
  }
  patchUi(turn, { status: null });
  if (context.scanned === undefined) return addGoods(turn, safeText(code), 'scan', raw);
  // Goods are looked up by the code as it came, whoever asks for it: without its separators it is another one.
  const steps = context
    .scanned(at, code)
    .map((step): Step => (step.do === 'addGoods' && step.text === code ? { ...step, raw } : step));
  performSteps(turn, steps, ref);
}

/** The opened context that stands on top; a mode's own screen and a payment's prompt have no place on the stack. */
function refOf(top: Layer): ContextRef | null {
  return top.place === 'stack' ? top.ref : null;
}

function refuseKey(turn: Turn, reason: string): void {
  turn.effects.push({ do: 'bell', pattern: 'refused' });
  patchUi(turn, { status: `Клавиша недоступна: ${reason}` });
}

function typeText(
  turn: Turn,
  source: ModelSource,
  context: Context<unknown>,
  ref: ContextRef | null,
  before: string,
  typed: string,
): void {
  const field = context.field;
  if (field === null) return;
  const wanted = [...safeText(typed, field.maxLength)]
    .filter((character) => accepts(field.accepts, character))
    .join('');
  const text = before + (field.accepts === 'decimal' ? wanted.replaceAll(',', '.') : wanted);
  if (wanted === '' || text.length > field.maxLength) return;
  setText(turn, source, context, ref, text);
}

function accepts(kind: 'digits' | 'decimal' | 'text' | 'password', character: string): boolean {
  if (kind === 'digits') return /^\d$/.test(character);
  if (kind === 'decimal') return /^[\d.,]$/.test(character);
  return true;
}

/** A screen's own text is `ui.input`; an opened context and a prompt keep theirs. */
function setText(
  turn: Turn,
  source: ModelSource,
  context: Context<unknown>,
  ref: ContextRef | null,
  text: string,
): void {
  const stack = turn.state.ui.stack;
  if (ref !== null && stack.at(-1) === ref) {
    patchUi(turn, { stack: [...stack.slice(0, -1), { ...ref, text }] });
  } else {
    patchUi(turn, { input: text });
  }
  if (context.typed === undefined) return;
  const now = topContext(modelOf(turn.state, turn.facts, source));
  const steps: Step[] = context.typed(now.at);
  performSteps(turn, steps, refOf(now));
}
