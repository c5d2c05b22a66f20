/** Which contexts stand on the screen, and how they are drawn (screens.md 1.3). */
import { dialogs, inWords, ownsWholeScreen, pageBehind, promptPage } from '../dialogs/index.ts';
import { drawFooter } from '../screens/footer.ts';
import { baseContextName, screens } from '../screens/index.ts';
import { drawTooSmall, isTooSmall } from '../screens/too-small.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { ContextRef, Model } from '../ui/model.ts';

/** A context as it stands now, with what its view and bindings get to see. */
export interface Layer {
  context: Context;
  at: At;
  ref: ContextRef;
  /**
   * Where its text is kept: `base` and `prompt` type into `ui.input` (a prompt has no `ContextRef` in the stack, and the
   * base cannot be typed into under it), `stack` into the ref's own text.
   */
  place: 'base' | 'prompt' | 'stack';
}

/** @throws for a name nobody has registered: a fault of the program. */
function contextOf(name: string): Context {
  const context = screens[name] ?? dialogs[name];
  if (context === undefined) throw new Error(`no context ${name}`);
  return context;
}

/** Base screen, the prompt of the attempt the cashier waits for (on its page), then the stack: bottom first. */
export function layersOf(model: Model): Layer[] {
  const layers: Layer[] = [];
  let over: At['over'] = 'receipt';
  const push = (ref: ContextRef, place: Layer['place'], context = contextOf(ref.name)): void => {
    if (context.kind === 'screen') over = context.area ?? 'receipt';
    const at: At = { model, local: ref.local, text: ref.text, over };
    layers.push({ context: inWords(context, at), ref, place, at });
  };
  push({ name: baseContextName(model), local: null, text: model.ui.input }, 'base');
  const waitedFor = model.attempts.find(({ foreground, prompt }) => foreground && prompt !== null);
  if (waitedFor?.prompt) {
    const local = { attempt: waitedFor };
    if (pageBehind(waitedFor.prompt) !== null) push({ name: promptPage.name, local, text: '' }, 'prompt', promptPage);
    push({ name: `prompt:${waitedFor.prompt.show}`, local, text: model.ui.input }, 'prompt');
  }
  for (const ref of model.ui.stack) push(ref, 'stack');
  return layers;
}

/** The context that takes every key and scan. */
export function topContext(model: Model): Layer {
  const layers = layersOf(model);
  const top = layers.at(-1);
  if (top === undefined) throw new Error('the base screen is always there');
  return top;
}

/** The whole picture. The canvas comes blank, as large as `model.columns` x `model.rows`. */
export function render(canvas: Canvas, model: Model): void {
  if (isTooSmall(model)) {
    drawTooSmall(canvas, model);
    return;
  }
  const layers = layersOf(model);
  const first = layers.findLastIndex(({ context }) => context.kind === 'screen');
  // What a full screen covers is not drawn; the text typed for a prompt is the prompt's, not the base's.
  for (const { context, at, place } of layers.slice(first)) {
    const isUnderPrompt = place === 'base' && layers[1]?.place === 'prompt';
    context.view(canvas, isUnderPrompt ? { ...at, text: '' } : at);
  }
  const top = layers.at(-1);
  if (top !== undefined && !ownsWholeScreen(top.at)) drawFooter(canvas, model, top.context, top.at);
}
