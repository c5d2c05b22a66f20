/** What the keys are called right now: a payment driver has words of its own for them, and not every key is asked for. */
import type { At, Context } from '../ui/context.ts';
import { type KeyCommand, keyName } from '../ui/keys.ts';
import type { Button } from './messages/index.ts';

/** Label of the footer; null = acts but is not shown; false = this key means nothing here. */
export type Words = Partial<Record<KeyCommand, string | null | false>>;

/** A context whose footer depends on what stands in it. */
export interface WordedContext<Local> extends Context<Local> {
  words(at: At<Local>): Words;
}

/** The context as it stands now: the footer is made of the bindings, so they carry the words of this moment. */
export function inWords(context: Context, at: At): Context {
  if (!('words' in context)) return context;
  const words = (context as WordedContext<unknown>).words(at);
  const bindings = context.bindings.flatMap((binding) => {
    const label = words[binding.command];
    if (label === false) return [];
    return [label === undefined ? binding : { ...binding, label }];
  });
  return { ...context, bindings };
}

/** `Повторить поиск (F2)` */
export function keyButton(at: At, command: KeyCommand, label: string): Button {
  return { label, key: keyName(at.model.keyMap, command) };
}
