import { messageOf, textOf } from '../dialogs/messages/index.ts';
import type { HttpResult } from '../payments/http.ts';
import type { Outcome } from '../payments/outcome.ts';
import type { LinkStep } from '../payments/service-page.ts';
import { safeText } from '../register/safe-text.ts';

/** The last step of `Проверить связь`: what the driver's machine says of the answer. */
export function answerStep(outcome: Outcome, result: HttpResult, ms: number): LinkStep {
  if (outcome.kind === 'approved') {
    return { name: 'answer', result: 'ok', detail: 'запрос понят, касса принята', ms, code: null };
  }
  const code = 'reply' in result ? String(result.reply.status) : (result.noReply.code ?? result.noReply.kind);
  return { name: 'answer', result: 'failed', detail: safeText(wordsOf(outcome), 200), ms, code };
}

function wordsOf({ say: told }: Outcome): string {
  if (told == null) return 'нет ответа';
  const { number, params = {}, text } = told;
  const why = params['причина'];
  if (why !== undefined) return why;
  return `${number} ${textOf(messageOf(number), { ...(text === undefined ? {} : { text }), ...params })}`.replace(
    /\s+/g,
    ' ',
  );
}
