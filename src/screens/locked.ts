/** SCR-02: goods and sums are hidden, the open receipt survives. */
import type { Context } from '../app/context.ts';
import { helpBinding } from './help.ts';
import { currentTitle, drawFrame, drawPanel, fieldText, frameRows, linesOf } from './layout.ts';
import { CLEAR_INPUT, exitBinding } from './sale-actions.ts';

export const locked: Context<null> = {
  name: 'locked',
  kind: 'screen',
  area: 'receipt',
  scan: 'refuse',
  field: { accepts: 'password', maxLength: 20 },
  modeName: 'касса заблокирована',
  view(canvas, { model, text }) {
    const { user, document } = model.register;
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
    canvas.put(rows.received, 2, `Есть незакрытый чек: ${currentTitle(model)}, позиций: ${linesOf(document).length}`);
  },
  hint: () => 'Введите пароль и нажмите "Ввод"',
  bindings: [
    {
      command: 'confirm',
      label: 'Ввод',
      disabled: ({ model, text }) => (model.ui.busy ? 'проверка пароля' : text === '' ? 'ввод пуст' : null),
      run: ({ model, text }) => [
        CLEAR_INPUT,
        { do: 'logIn', userCode: model.register.user?.code ?? '', password: text },
      ],
    },
    { command: 'cancel', label: 'Сброс ввода', run: () => [CLEAR_INPUT] },
    helpBinding(() => locked),
    exitBinding,
  ],
};
