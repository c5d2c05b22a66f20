/** DOM-90: the last resort for a payment nobody can find out about. Decision and reason here, then a second user. */

import {
  type Attempt,
  decisionWord,
  isContradicted,
  isRefusedCancel,
  type ManualDecision,
} from '../payments/attempt.ts';
import { formatKopecks } from '../register/money.ts';
import type { At, Context } from '../ui/context.ts';
import type { Step } from '../ui/step.ts';
import { moved } from '../ui/words.ts';
import { CANCEL, drawBox, fieldText, OK, wrapText } from './box.ts';
import { messageOf, textOf } from './messages/index.ts';
import { closeBinding, confirmBinding } from './parts.ts';
import { secondUserRef } from './passwords.ts';

export interface ManualResolutionLocal {
  attemptId: string;
  /** `NOTHING_SELECTED`: neither decision is the usual one. */
  selected: number;
}

interface Choice {
  decision: ManualDecision;
  label: string;
}

export const manualResolution: Context<ManualResolutionLocal> = {
  name: 'manual-resolution',
  kind: 'dialog',
  scan: 'refuse',
  field: { accepts: 'text', maxLength: 100 },
  view(canvas, at) {
    const entry = messageOf('DOM-90');
    const attempt = attemptOf(at);
    const choices = choicesOf(at);
    const text = textOf(entry, {
      система: systemOf(at, attempt),
      сумма: formatKopecks(attempt?.order.amountKopecks ?? 0),
    });
    const widest = Math.max(...choices.map(({ label }) => label.length));
    const list = choices.map(
      ({ label }, index) => `${index === at.local.selected ? '>' : ' '} ${label.padEnd(widest)}`,
    );
    drawBox(canvas, at, {
      title: entry.title,
      number: entry.number,
      kind: entry.kind,
      lines: [...wrapText(text), ...list, 'Причина'],
      below: fieldText(at.text),
      buttons: [OK, CANCEL],
    });
  },
  hint: () => 'Выберите решение, введите причину и нажмите "Ввод"',
  bindings: [
    { command: 'up', label: 'Выбор', run: (at) => select(at, -1) },
    { command: 'down', label: null, run: (at) => select(at, 1) },
    confirmBinding(
      (at) => {
        const decision = choicesOf(at)[at.local.selected]?.decision;
        // It was decided by the server meanwhile.
        if (decision === undefined) return [{ do: 'close' }];
        const { attemptId } = at.local;
        const resolve = { do: 'resolveAttempt', attemptId, decision, reason: at.text.trim(), password: '' } as const;
        return [{ do: 'close' }, { do: 'open', context: secondUserRef('Решение по оплате', resolve) }];
      },
      (at) => {
        if (at.text.trim() === '') return 'укажите причину';
        const choices = choicesOf(at);
        const isChosen = choices.length === 0 || choices[at.local.selected] !== undefined;
        return isChosen ? null : 'выберите решение (Вверх, Вниз)';
      },
    ),
    closeBinding,
  ],
};

function select(at: At<ManualResolutionLocal>, by: number): Step[] {
  return [{ do: 'local', local: { ...at.local, selected: moved(at.local.selected, by, choicesOf(at).length) } }];
}

function attemptOf({ model, local }: At<ManualResolutionLocal>): Attempt | undefined {
  return model.attempts.find(({ attemptId }) => attemptId === local.attemptId);
}

/** As the list it was opened from calls it (SCR-53): a payment type may be named `Оплата ...` itself, as that of PayMaster. */
function systemOf({ model }: At, attempt: Attempt | undefined): string {
  return model.systems.find(({ name }) => name === attempt?.provider)?.title ?? attempt?.currencyName ?? '';
}

function choicesOf(at: At<ManualResolutionLocal>): readonly Choice[] {
  const attempt = attemptOf(at);
  return attempt === undefined
    ? []
    : choicesFor(attempt).map((decision) => ({ decision, label: decisionWord(attempt, decision) }));
}

/** What fits the operation. A cancel that was not made goes on until it is: the buyer's money is owed to him. */
function choicesFor(attempt: Attempt): readonly ManualDecision[] {
  const { operation } = attempt;
  // Nothing goes back by an Enter too many: the goods may be sold.
  if (operation === 'found') return ['paid', 'notPaid', 'returned'];
  if (operation !== 'pay' && operation !== 'refund' && operation !== 'cancel') return [];
  const goesOn = operation === 'cancel' && !isRefusedCancel(attempt) && !isContradicted(attempt);
  return goesOn ? ['paid', 'returned'] : ['paid', 'notPaid', 'returned'];
}
