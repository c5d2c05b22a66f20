/** DOM-90: the last resort for a payment nobody can find out about. Decision and reason here, then a second user. */
import type { At, Context, Step } from '../app/context.ts';
import { formatKopecks } from '../register/money.ts';
import { CANCEL, drawBox, fieldText, OK, wrapText } from './box.ts';
import { messageOf, textOf } from './messages/index.ts';
import { closeBinding, confirmBinding, moved } from './parts.ts';
import { secondUserRef } from './passwords.ts';

export interface ManualResolutionLocal {
  attemptId: string;
  selected: number;
}

const DECISIONS = [
  { decision: 'paid', label: 'Оплачено' },
  { decision: 'notPaid', label: 'Не оплачено' },
  { decision: 'returned', label: 'Возвращено вручную' },
] as const;

export const manualResolution: Context<ManualResolutionLocal> = {
  name: 'manual-resolution',
  kind: 'dialog',
  scan: 'refuse',
  field: { accepts: 'text', maxLength: 100 },
  view(canvas, at) {
    const entry = messageOf('DOM-90');
    const attempt = at.model.attempts.find(({ attemptId }) => attemptId === at.local.attemptId);
    const text = textOf(entry, {
      система: attempt?.currencyName ?? '',
      сумма: formatKopecks(attempt?.order.amountKopecks ?? 0),
    });
    const widest = Math.max(...DECISIONS.map(({ label }) => label.length));
    const list = DECISIONS.map(
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
      ({ local, text }) => [
        { do: 'close' },
        {
          do: 'open',
          context: secondUserRef('Решение по оплате', {
            do: 'resolveAttempt',
            attemptId: local.attemptId,
            decision: DECISIONS[local.selected]?.decision ?? 'notPaid',
            reason: text.trim(),
            password: '',
          }),
        },
      ],
      ({ text }) => (text.trim() === '' ? 'укажите причину' : null),
    ),
    closeBinding,
  ],
};

function select(at: At<ManualResolutionLocal>, by: number): Step[] {
  return [{ do: 'local', local: { ...at.local, selected: moved(at.local.selected, by, DECISIONS.length) } }];
}
