/** Keys that were lost, or acted unseen, at a real till: what the cashier sees and hears instead. */
import { afterEach, describe, expect, it } from 'vitest';
import { answerDialog, boxOf, payWith } from '../payments/oplati/shop.ts';
import { Story, type StoryOptions } from '../story.ts';

let story: Story;
const begin = async (options: StoryOptions = {}) => {
  story = await Story.begin(options);
  return story;
};
afterEach(() => story.end());

const names = () => story.document?.lines.map(({ goods }) => goods.code) ?? [];
const resize = (columns: number, rows: number) => story.till.post({ type: 'resize', columns, rows });
const rings = (act: () => void) => {
  const before = story.bells;
  act();
  return story.bells > before;
};

describe('a terminal that is too small (SCR-54)', () => {
  it('takes no key and no scan: F8, pressed blind, took the cash and closed the receipt', async () => {
    await begin();
    story.goods('2').press('f6');
    resize(79, 24);
    expect(story.shows('Терминал слишком мал: 79x24')).toBe(true);
    for (const key of ['f8', 'enter', 'escape', 'f11', '5']) expect(rings(() => story.press(key))).toBe(true);
    story.scan('4810000000018').scan('4810000000018');
    resize(80, 25);
    expect(story.document).toMatchObject({ stage: 'subtotal', payments: [] });
    expect(story.row(21)).toBe('');
    expect(story.row(24)).toMatch(/^ Выберите валюту или нажмите "Итого" +Отклонено сканов: 2$/);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
  });

  it('swallows a scan where goods are collected', async () => {
    await begin();
    resize(80, 23);
    expect(rings(() => story.scan('4810000000018'))).toBe(true);
    expect(story.document).toBeNull();
  });

  it('lets the payment in the background go on', async () => {
    await begin();
    story.goods('2').press('f6', 'f7', 'type:7', 'enter');
    await story.untilDialog('OPL-23');
    resize(70, 20);
    await story.until('paid', () => story.document?.payments[0]?.state === 'approved');
    resize(80, 25);
    expect(story.shows('Нажмите "Итого", чтобы закрыть чек')).toBe(true);
  });

  it('is left by Ctrl+C, but not with an open receipt', async () => {
    await begin();
    story.goods('2');
    resize(70, 20);
    story.press('ctrl+c');
    expect(story.exitCode).toBeNull();
    resize(80, 25);
    expect(story.dialog).toBeNull();
    story.press('f11', 'enter');
    resize(70, 20);
    story.press('ctrl+c');
    expect(story.exitCode).toBe(0);
  });
});

describe('typing ahead of a message', () => {
  // Incident: `1` Enter `77777` Enter `4` Enter: the goods 4 were lost unnoticed.
  it('the Enter of the next goods does not close DOM-11: the cashier is asked to read it', async () => {
    await begin();
    story.goods('1', '77777');
    expect(story.dialog).toBe('DOM-11');
    await story.pass(1000);
    expect(rings(() => story.press('4'))).toBe(true);
    story.press('enter');
    expect(story.dialog).toBe('DOM-11');
    expect(story.row(24)).toMatch(/^ Клавиша недоступна: прочитайте сообщение/);
    story.press('enter');
    expect(story.dialog).toBeNull();
    expect(names()).toEqual(['1']);
    story.goods('4');
    expect(names()).toEqual(['1', '4']);
  });

  it('several goods long: every Enter after swallowed digits is refused', async () => {
    await begin();
    story.goods('77777', '4', '5', '6');
    expect(story.dialog).toBe('DOM-11');
    story.press('enter');
    expect(story.dialog).toBeNull();
    expect(story.document).toBeNull();
  });

  it('is closed by the Enter right after it opened, and by Esc', async () => {
    await begin();
    story.goods('77777').press('enter');
    expect(story.dialog).toBeNull();
    story.goods('77777').press('4', 'escape');
    expect(story.dialog).toBeNull();
  });
});

describe('typing ahead of a password check', () => {
  const checked = () => story.until('the password is checked', () => !story.till.state.ui.busy);

  // Incident: they were lost.
  it('takes the keys typed meanwhile in their order', async () => {
    await begin();
    story.press('f12', 'type:1111', 'enter', 'type:3', '*', 'type:2', 'enter', 'type:1', 'enter', 'f6');
    await checked();
    expect(story.till.state.register.locked).toBe(false);
    expect(story.document?.lines.map(({ goods, quantityThousandths }) => [goods.code, quantityThousandths])).toEqual([
      ['2', 3000],
      ['1', 1000],
    ]);
    expect(story.document?.stage).toBe('subtotal');
  });

  // Incident: the field stood empty, the register asked for the password and did not move for up to 30 s.
  it('is told in row 24 while it runs', async () => {
    await begin();
    story.press('f12', 'type:1111', 'enter');
    expect(story.row(24)).toBe(' Проверка пароля. Пожалуйста, подождите');
    await checked();
    expect(story.row(24)).toBe(' Отсканируйте товар');
  });

  it('a wrong password: what was typed after it is dropped with a sound, and answers nothing', async () => {
    await begin();
    story.press('f12', 'type:9999', 'enter', 'type:1111', 'enter');
    const before = story.bells;
    await checked();
    await answerDialog(story, 'DOM-02', 'Ошибка', 'Неверный пароль');
    expect(story.bells).toBeGreaterThan(before);
    expect(story.till.state.register.locked).toBe(true);
    expect(story.till.state.ui).toMatchObject({ input: '', busy: false });
  });
});

describe('digits typed before F12', () => {
  it.each([[[]], [['f6']]])(
    'are no part of the password: `1` F12 `111` Enter unlocked the register %s',
    async (before) => {
      await begin();
      story.goods('2').press(...before, 'type:1', 'f12');
      expect(story.shows(`[${'_'.repeat(36)}]`)).toBe(true);
      story.press('type:1111', 'enter');
      await story.until('the password is checked', () => !story.till.state.ui.busy);
      expect(story.till.state.register.locked).toBe(false);
      expect(story.row(21)).toBe('');
    },
  );
});

describe('price entry that the goods forbid (DOM-26)', () => {
  it('is refused before a price is typed, and the cashier is back among the goods', async () => {
    await begin();
    story.goods('1').press('f10', 'type:4', 'enter');
    expect(story.dialog).toBe('DOM-26');
    expect(story.shows('Ввод цены запрещен')).toBe(true);
    expect(story.bells).toBeGreaterThan(0);
    story.press('enter');
    expect(story.dialog).toBeNull();
    expect(story.row(24)).toBe(' Отсканируйте товар');
  });
});

describe('the lock', () => {
  it('asks him who locked, not the first user of the list', async () => {
    await begin({ till: { autoLoginCode: '2' } });
    story.press('f12');
    expect(story.row(9)).toMatch(/Пользователь: Кассир /);
    story.press('up');
    expect(story.row(9)).toMatch(/Пользователь: Мастер /);
  });

  it('acts in the lists as well, and leaves them (screens.md 1.4)', async () => {
    const ways = [['f9'], ['f2'], ['f10'], ['f10', 'type:12', 'enter', 'type:8', 'enter'], ['f10', 'type:13', 'enter']];
    await begin({ till: { autoLoginCode: '9' } });
    for (const way of [...ways, ['f10', 'type:14', 'enter', 'type:2', 'enter']]) {
      story.press(...way, 'f12');
      expect([way, story.till.state.register.locked, story.till.state.ui.stack]).toEqual([way, true, []]);
      story.press('type:9999', 'enter');
      await story.until('the password is checked', () => !story.till.state.ui.busy);
      await story.pass(2000);
    }
  });

  it('comes by itself over the service menu left open, but not over a question', async () => {
    await begin({ till: { autoLoginCode: '9' }, settings: { lockAfterSeconds: 300 } });
    story.press('f10', 'type:14', 'enter', 'type:2', 'enter');
    await story.pass(301_000);
    expect(story.till.state.register.locked).toBe(true);
    story.press('type:9999', 'enter');
    await story.until('the password is checked', () => !story.till.state.ui.busy);
    story.press('ctrl+c');
    await story.pass(301_000);
    expect(story.dialog).toBe('DOM-91');
    expect(story.till.state.register.locked).toBe(false);
  });
});

describe('the number of a menu item', () => {
  // Incident: F10 14 Enter, 1 Enter, Esc, 2 chose item 12.
  it('is used up by its Enter: the next digit begins a new one', async () => {
    await begin({ till: { autoLoginCode: '9' } });
    story.press('f10', 'type:14', 'enter', 'type:1', 'enter', 'escape', 'type:2');
    expect(story.shows('>  2  О!плати')).toBe(true);
  });

  it('that no item has runs nothing', async () => {
    await begin();
    story.press('f10');
    expect(rings(() => story.press('type:17'))).toBe(true);
    expect(story.row(24)).toMatch(/^ Нет пункта 17/);
    story.press('enter');
    expect(story.shows('Главное меню')).toBe(true);
    expect(story.row(24)).toMatch(/^ Клавиша недоступна: пункт не выбран/);
    story.press('down', 'enter');
    expect(story.shows('Главное меню')).toBe(false);
  });
});

describe('a key that does nothing', () => {
  it('says so: digits on the paid receipt', async () => {
    await begin();
    story.goods('2').press('f6', 'f7', 'type:7', 'enter');
    await story.untilShows('Нажмите "Итого", чтобы закрыть чек');
    expect(rings(() => story.press('5'))).toBe(true);
    expect(story.row(24)).toMatch(/^ Клавиша недоступна: не действует в этом режиме/);
  });

  it('says so: the 13th digit of a sum, a letter in a sum', async () => {
    await begin();
    story.goods('2').press('f6', 'type:123456789012');
    expect(rings(() => story.press('3'))).toBe(true);
    expect(story.row(21)).toMatch(/Ввод: 123456789012_$/);
    expect(story.row(24)).toMatch(/^ Клавиша недоступна: больше знаков ввести нельзя/);
    story.press('escape');
    expect(rings(() => story.press('w'))).toBe(true);
    expect(story.row(24)).toMatch(/^ Клавиша недоступна/);
  });

  it('is only heard in a dialog', async () => {
    await begin();
    story.goods('77777');
    await story.pass(1000);
    const picture = story.screen;
    expect(rings(() => story.press('f6'))).toBe(true);
    expect(story.screen).toEqual(picture);
  });
});

describe('cash given back without a receipt', () => {
  it('over the sum: the refusal spoke of cashless money', async () => {
    await begin();
    story.press('f10', 'type:3', 'enter').goods('2').press('f6');
    payWith(story, 1, '20');
    expect(boxOf(story)?.text).toBe('Сумма возврата превышает сумму к оплате');
    expect(story.document?.payments).toEqual([]);
  });
});
