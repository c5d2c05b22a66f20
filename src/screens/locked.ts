/** SCR-02: goods and sums are hidden, the open receipt survives. */

import type { User } from '../register/model.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { moved } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { countedLines, currentTitle, drawFrame, drawPanel, fieldText, frameRows } from './layout.ts';
import { CLEAR_INPUT, exitBinding } from './sale-actions.ts';

export const locked: Context<null> = {
  name: 'locked',
  kind: 'screen',
  area: 'receipt',
  scan: 'refuse',
  field: { accepts: 'password', maxLength: 20 },
  modeName: 'касса заблокирована',
  view(canvas, { model, text }) {
    const { document } = model.register;
    const user = chosenUser(model);
    const rows = frameRows(model);
    drawFrame(canvas, model, 'Касса заблокирована', null);
    drawPanel(canvas, model, {
      bottom: rows.lastGoods,
      columns: 52,
      title: ' Регистрация кассира ',
      number: 'DOM-95',
      style: 'question',
      lines: [
        `Пользователь: ${user?.name ?? ''}`,
        'Введите пароль',
        '',
        fieldText('*'.repeat(text.length), 36),
        '',
        'OK (Enter)',
      ],
    });
    if (document === null) return;
    canvas.put(
      rows.received,
      2,
      `Есть незакрытый чек: ${currentTitle(model)}, позиций: ${countedLines(document).length}`,
    );
  },
  hint: () => 'Введите пароль и нажмите "Ввод"',
  bindings: [
    {
      command: 'confirm',
      label: 'Ввод',
      disabled: ({ model, text }) => (model.ui.busy ? 'проверка пароля' : text === '' ? 'ввод пуст' : null),
      run: ({ model, text }) => [CLEAR_INPUT, { do: 'logIn', userCode: chosenUser(model)?.code ?? '', password: text }],
    },
    { command: 'cancel', label: 'Сброс ввода', run: () => [CLEAR_INPUT] },
    { command: 'up', label: null, run: (at) => choose(at, -1) },
    { command: 'down', label: null, run: (at) => choose(at, 1) },
    helpBinding(() => locked),
    exitBinding,
  ],
};

/** Whose password is asked for: the one who locked, or another user chosen with Up and Down (SCR-02). */
function chosenUser({ users, ui, register }: Model): User | null {
  return users[ui.loginSelected] ?? register.user;
}

function choose({ model }: At, by: number): Step[] {
  return [{ do: 'ui', patch: { loginSelected: moved(model.ui.loginSelected, by, model.users.length), input: '' } }];
}
