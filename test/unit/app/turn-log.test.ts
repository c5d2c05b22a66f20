import { expect, it } from 'vitest';
import { type AppState, emptyUi } from '../../../src/app/state.ts';
import { dialogLines } from '../../../src/app/turn-log.ts';
import { resultRef } from '../../../src/dialogs/index.ts';
import type { ContextRef } from '../../../src/ui/model.ts';

function stateWith(stack: ContextRef[]): AppState {
  return { ui: { ...emptyUi, stack }, attempts: [], register: { document: null } } as unknown as AppState;
}

// Incident: `Не существует` stood on the page, and `Отклонён`, the catalogue's line, in the log.
it('the log has the words of the page, not those of its number', () => {
  const page = {
    title: 'РЕЗУЛЬТАТ',
    heading: 'Информация о заказе',
    rows: [
      { label: 'Статус заказа:', value: 'Не существует' },
      { label: 'Сумма заказа:', value: '15.30 руб.' },
      { label: 'Информация:', value: 'Платежа с такими параметрами не существует' },
    ],
    repeats: true,
  };
  const lines = dialogLines(stateWith([]), stateWith([resultRef('AS-21', page, 'a', false)]));
  expect(lines.map(({ text }) => text)).toEqual([
    'Диалог сообщение: AS-21 РЕЗУЛЬТАТ. Статус заказа: Не существует. Информация: Платежа с такими параметрами не существует',
  ]);
});
