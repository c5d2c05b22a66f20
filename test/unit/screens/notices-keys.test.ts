/** Keys -> steps of the notifications. */
import { describe, expect, it } from 'vitest';
import { type Changes, modelOf, ref } from '../../golden/fixture.ts';
import { press } from './keys.ts';

const notices = [1, 2, 3, 4, 5, 6, 7].map((noticeId) => ({
  noticeId,
  at: 0,
  title: 'Синхронизация с сервером',
  text: 'Заказ отправлен',
  isNew: false,
}));
const page = (noticeId: number | null, shown = notices) =>
  modelOf({ ui: { stack: [ref('notices', { noticeId })] }, model: { notices: shown } });
const selected = (noticeId: number | null) => [{ do: 'local', local: { noticeId } }];

describe('the notifications', () => {
  it('are opened from the menu by a cashier', () => {
    const menu = (register: Changes['register'] = {}) =>
      modelOf({ register, ui: { stack: [ref('menu', { selected: 12, typedAtMs: 0 })] } });
    expect(press(menu(), 'enter')).toEqual([{ do: 'openNotices' }]);
    expect(press(menu({ user: null }), 'enter')).toEqual([{ do: 'status', text: 'Введите пароль кассира' }]);
  });

  it('open the order of the selected one, and are cleared', () => {
    expect(press(page(5), 'enter')).toEqual([{ do: 'openNotice', noticeId: 5 }]);
    expect(press(page(null), 'enter')).toEqual([{ do: 'openNotice', noticeId: 7 }]);
    expect(press(page(5), 'f11')).toEqual([{ do: 'clearNotices' }]);
    expect(press(page(5), 'escape')).toEqual([{ do: 'close' }]);
  });

  it('are selected from the newest down, a page at a time too', () => {
    expect(press(page(7), 'down')).toEqual(selected(6));
    expect(press(page(7), 'up')).toEqual(selected(7));
    expect(press(page(7), 'pagedown')).toEqual(selected(3));
    expect(press(page(3), 'pagedown')).toEqual(selected(1));
    expect(press(page(1), 'pageup')).toEqual(selected(5));
    expect(press(page(3), 'end')).toEqual(selected(1));
    expect(press(page(3), 'home')).toEqual(selected(7));
  });

  it('stay on the one that was selected when a new one comes', () => {
    const [newest = notices[0]] = notices.slice(-1);
    const more = [...notices, { ...newest, noticeId: 8 } as (typeof notices)[number]];
    expect(press(page(5, more), 'enter')).toEqual([{ do: 'openNotice', noticeId: 5 }]);
  });

  it('F1 lists the keys of this page by what they do here, and none of the sale', () => {
    const names = [
      ['Enter', 'Открыть заказ'],
      ['Esc', 'Отмена'],
      ['Вверх/Вниз', 'Выбор строки'],
      ['PgUp/PgDn', 'Листать'],
      ['Home/End', 'Начало/конец'],
      ['F1', 'Клавиши'],
      ['F11', 'Очистить'],
      ['F12', 'Блокировка'],
    ];
    const entries = names.map(([caption, name]) => ({ caption, name }));
    expect(press(page(7), 'f1')).toMatchObject([{ context: { name: 'help', local: { entries, unavailable: [] } } }]);
    const unavailable = ['F11 Очистить: недоступно - уведомлений нет'];
    expect(press(page(null, []), 'f1')).toMatchObject([{ context: { local: { entries, unavailable } } }]);
  });

  it('have nothing to open or clear when there are none', () => {
    for (const key of ['enter', 'f11', 'up', 'down']) expect(press(page(null, []), key)).toBe('уведомлений нет');
    expect(press(page(null, []), 'pagedown')).toEqual(selected(null));
  });
});
