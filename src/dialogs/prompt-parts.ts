/** What the prompts of payment drivers share: which one stands, how it is answered and left. */
import type { Attempt } from '../payments/attempt.ts';
import type { Prompt } from '../payments/prompt.ts';
import type { At, Binding } from '../ui/context.ts';
import type { Step } from '../ui/step.ts';

/** The words of a prompt leave more air than those of a message (PM-02, PM-03). */
export const PROMPT_COLUMNS = 42;
/** What stands for the state of an order while its server cannot be asked. */
export const NO_LINK = 'Нет связи с сервером';

export interface PromptLocal {
  attempt: Attempt;
}

/** The prompt drawn by this context; another kind standing there is a fault of the caller. */
export function promptOf<Show extends Prompt['show']>(
  at: At<PromptLocal>,
  show: Show,
): Extract<Prompt, { show: Show }> {
  const { prompt } = at.local.attempt;
  if (prompt?.show !== show) throw new Error(`prompt ${show} is not the one that stands`);
  return prompt as Extract<Prompt, { show: Show }>;
}

export function cancelBinding(label: string): Binding<PromptLocal> {
  return {
    command: 'cancel',
    label,
    disabled: (at) => (isCancellable(at) ? null : 'дождитесь результата'),
    run: ({ local }) => [{ do: 'cancelAttempt', attemptId: local.attempt.attemptId }],
  };
}

function isCancellable({ local, model }: At<PromptLocal>): boolean {
  const { prompt, promptIssuedAtMs } = local.attempt;
  if (prompt === null || !('cancellable' in prompt)) return true;
  const settlesMs = ('settlesMs' in prompt && prompt.settlesMs) || 0;
  return prompt.cancellable && model.now - promptIssuedAtMs >= settlesMs;
}

/** What was typed for a prompt is used up with its answer. */
export function answerSteps(at: At<PromptLocal>, given: Extract<Step, { do: 'answer' }>['answer']): Step[] {
  return [
    { do: 'ui', patch: { input: '' } },
    { do: 'answer', attemptId: at.local.attempt.attemptId, answer: given },
  ];
}

/** `Осталось: 42 с`; null when nobody knows until when. */
export function leftText(at: At<PromptLocal>, deadlineMs: number | null): string | null {
  return deadlineMs === null ? null : `Осталось: ${secondsLeft(at, deadlineMs)} с`;
}

/** Counts down to the end of the provider's session; at 0 the driver asks, the screen decides nothing. */
function secondsLeft(at: At<PromptLocal>, deadlineMs: number): number {
  return Math.max(0, Math.ceil((at.local.attempt.promptIssuedAtMs + deadlineMs - at.model.now) / 1000));
}

export function isWithoutLink({ model, local }: At<PromptLocal>): boolean {
  return model.linkLost.includes(local.attempt.provider);
}
