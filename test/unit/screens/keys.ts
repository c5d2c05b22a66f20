/** Presses a key on the top context the way the loop does; tells the steps, or the reason why it does not act. */

import { topContext } from '../../../src/app/render.ts';
import type { KeyCommand } from '../../../src/ui/keys.ts';
import type { Model } from '../../../src/ui/model.ts';
import type { Step } from '../../../src/ui/step.ts';

export function press(model: Model, key: string): Step[] | string {
  const command = model.keyMap.find((entry) => entry.key === key)?.command;
  if (command === undefined) throw new Error(`no key ${key}`);
  return perform(model, command);
}

export function perform(model: Model, command: KeyCommand): Step[] | string {
  const { context, at } = topContext(model);
  const binding = context.bindings.find((one) => one.command === command);
  if (binding === undefined) throw new Error(`${context.name} does not bind ${command}`);
  return binding.disabled?.(at) ?? binding.run(at);
}

/** The steps of `typed` after the text became what it is now. */
export function typed(model: Model): Step[] {
  const { context, at } = topContext(model);
  return context.typed?.(at) ?? [];
}

export function scan(model: Model, code: string): Step[] {
  const { context, at } = topContext(model);
  return context.scanned?.(at, code) ?? [];
}
