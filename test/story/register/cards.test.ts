/** Loyalty and discount cards (domain.md 2.13): О!плати's by its dialog, ordinary ones by number, scan and phone. */
import { afterEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../../src/catalog/storage.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { answerDialog, begin, buyerCode, expectDialog, journalRows, startOplati } from '../payments/oplati/shop.ts';
import {
  closeReturn,
  confirmRefund,
  expectBooks,
  lastClosed,
  NO_CONNECTION,
  operations,
  returnPart,
  returnWhole,
  setReturned,
  takePayments,
  untilFree,
} from '../returns/counter.ts';
import type { Story, StoryOptions } from '../story.ts';

let story: Story;
afterEach(() => story.end());

const CARD = { cardNumber: '2900000000018', programName: 'Лояльность' };
const IN_JOURNAL = 'Карта О!плати 2900000000018  Лояльность О!плати 5%';

async function beginWithCards(options: StoryOptions = {}): Promise<void> {
  story = await begin({ ...options, emulator: { loyaltyCards: [CARD], ...options.emulator } });
}

/** F5 up to the point where the buyer has shown his application. */
async function addOplatiCard(mode: 0 | 1 | 2): Promise<void> {
  story.press('f5');
  if (mode === 0) {
    expectDialog(story, 'OPL-21', 'Ввод QR-кода О!плати', 'Отсканируйте QR-код О!плати');
    story.scan(buyerCode(7));
  } else if (mode === 1) {
    await story.untilDialog('OPL-22');
    story.press('enter');
  } else {
    await story.untilDialog('OPL-23');
    expect(story.shows('Добавление карты')).toBe(true);
  }
  await untilFree(story);
}

function expectCard(total: string, discount: string): void {
  expect(journalRows(story)[0]?.replaceAll(' | ', '  '), story.picture()).toBe(IN_JOURNAL);
  expect(story.row(21)).toMatch(/Карта: \*0018/);
  expect(story.row(23)).toMatch(
    new RegExp(`^ Скидка: ${discount.replace('.', '\\.')} .*: ${total.replace('.', '\\.')}$`),
  );
}

describe.each([0, 1, 2] as const)('mode %i, the О!плати card', (mode) => {
  it('on an empty receipt: it waits, the first item costs less; its percent follows every change', async () => {
    await beginWithCards({ mode });
    await addOplatiCard(mode);
    expectCard('0.00', '0.00');
    expect(story.document).toBeNull();
    story.goods('2');
    expect(story.row(4)).toMatch(/^ ПРОДАЖА № 1 +14\.54$/);
    expectCard('14.54', '0.76');
    story.goods('1');
    expectCard('62.04', '3.26');
    story.press('f3', 'type:3', 'enter');
    expectCard('157.04', '8.26');
    story.press('f4');
    expectCard('14.54', '0.76');
    story.press('f6');
    expectCard('14.54', '0.76');
    await startOplati(story, mode);
    await story.untilShows('F8 Итого');
    await story.until('paid', () => story.chargedKopecks() > 0 && story.till.state.attempts.length === 0);
    story.press('f8');
    expect(lastClosed(story)).toMatchObject({
      totalKopecks: 1454,
      discountKopecks: 76,
      card: { number: CARD.cardNumber },
    });
    expectBooks(story);
  });

  it('in goods and in the subtotal: the lines that are there cost less', async () => {
    await beginWithCards({ mode });
    story.goods('2', '3');
    await addOplatiCard(mode);
    expectCard('81.90', '4.30');
    story.press('ctrl+f5');
    expectDialog(story, 'DOM-76', 'Выберите действие', 'Отменить карту 2900000000018?');
    story.press('enter', 'f6');
    expect(story.row(23)).toMatch(/^ Скидка: 0\.00 .* К оплате: 86\.20$/);
    story.press('f5');
    if (mode === 0) story.scan(buyerCode(8));
    else if (mode === 1) await story.untilDialog('OPL-22').then(() => story.press('enter'));
    await untilFree(story);
    expectCard('81.90', '4.30');
    expect(story.document?.stage).toBe('subtotal');
    expect(story.oplati.ledger()).toEqual([]);
  });

  it('OPL-10: the buyer has no card; OPL-11: the register has no group; nothing changes', async () => {
    await beginWithCards({
      mode,
      emulator: { loyaltyCards: [] },
      prepare: (root) => {
        const storage = openStorage(pathsOf(root).catalog);
        storage.prepare('UPDATE cardgroup SET inputmask = 31').run();
        storage.close();
      },
    });
    story.goods('2');
    await addOplatiCard(mode);
    await answerDialog(story, 'OPL-10', 'Предупреждение', 'В приложении покупателя нет карты лояльности');
    expect(story.document?.card).toBeNull();
    story.oplati.setLoyaltyCards([CARD]);
    story.press('f5');
    if (mode === 0) story.scan(buyerCode(9));
    else if (mode === 1) await story.untilDialog('OPL-22').then(() => story.press('enter'));
    await answerDialog(story, 'OPL-11', 'Предупреждение', 'Для карты лояльности не найдена группа карт');
    expect(story.document).toMatchObject({ card: null, stage: 'goods' });
    expect(story.row(23)).toMatch(/^ Скидка: 0\.00 .*Сумма чека: 15\.30$/);
  });

  it('Esc, no link, a lapsed session: no card, the receipt as before', async () => {
    await beginWithCards({ mode });
    story.goods('2').press('f5');
    if (mode === 0) {
      story.press('escape');
    } else {
      await story.untilDialog(mode === 1 ? 'OPL-22' : 'OPL-23');
      story.press('escape');
    }
    await untilFree(story);
    expect(story.dialog, story.picture()).toBeNull();
    await story.oplati.fault('refuse');
    story.press('f5');
    if (mode === 0) story.scan(buyerCode(5));
    await answerDialog(story, 'OPL-01', 'Ошибка', NO_CONNECTION);
    await story.oplati.fault('none');
    story.oplati.setBuyer(mode === 0 ? 'expired' : 'silent');
    story.press('f5');
    if (mode === 0) story.scan(buyerCode(6));
    else if (mode === 1) await story.untilDialog('OPL-22').then(() => story.press('enter'));
    await story.untilDialog(['OPL-02', 'OPL-08', 'OPL-09'][mode] ?? '');
    story.press('enter');
    expect(story.document).toMatchObject({ card: null, stage: 'goods' });
    expect(story.row(4)).toMatch(/ 15\.30$/);
    expect(story.till.state.attempts).toEqual([]);
  });
});

describe('several cards in the buyer’s application', () => {
  const cardsOf = (...numbers: string[]) => numbers.map((cardNumber) => ({ cardNumber, programName: 'Лояльность' }));
  const ask = async () => {
    story.press('f5');
    story.scan(buyerCode(7));
    await untilFree(story);
  };

  // Only the first was looked at: a blocked card before the right one took the discount away, and alone it gave one.
  it('DOM-73, DOM-74: what cannot be used is refused, and does not hide the card that can', async () => {
    story = await begin({ mode: 0, emulator: { loyaltyCards: cardsOf('2900000000025') } });
    story.goods('2');
    await ask();
    await answerDialog(story, 'DOM-73', 'Предупреждение', 'Карта заблокирована');
    story.oplati.setLoyaltyCards(cardsOf('2900000000032'));
    story.press('f5');
    story.scan(buyerCode(8));
    await answerDialog(story, 'DOM-74', 'Предупреждение', 'Срок действия карты истек');
    expect(story.row(23)).toMatch(/^ Скидка: 0\.00 .*: 15\.30$/);
    story.oplati.setLoyaltyCards(cardsOf('2900000000025', '2900000000018'));
    story.press('f5');
    story.scan(buyerCode(9));
    await untilFree(story);
    expectCard('14.54', '0.76');
  });

  it('DOM-77: of two that can be used the buyer names one', async () => {
    story = await begin({ mode: 0, emulator: { loyaltyCards: cardsOf('2900000000018', '2900000000049') } });
    story.goods('2');
    await ask();
    expect(story.dialog).toBe('DOM-77');
    expect(
      story.screen.filter((row) => row.includes('29000000000')).map((row) => row.replace(/[│ ]+/g, ' ').trim()),
    ).toEqual(['> 2900000000018 Лояльность О!плати 5%', '2900000000049 Лояльность О!плати 5%']);
    story.press('down', 'enter');
    expect(story.document?.card?.number).toBe('2900000000049');
    expect(story.row(23)).toMatch(/^ Скидка: 0\.76 .*: 14\.54$/);
  });
});

describe('an ordinary card (Shift+F5)', () => {
  it.each([
    ['by number', () => story.press('type:2900000000018', 'enter')],
    ['by scan', () => story.scan('2900000000018')],
    ['by phone', () => story.press('type:+375291234567', 'enter')],
    ['by phone without the plus', () => story.press('type:375291234567', 'enter')],
  ] as const)('%s: 3 percent of every line', async (_, add) => {
    story = await begin();
    story.goods('2').press('shift+f5');
    expectDialog(story, 'DOM-69', 'Добавление карты', 'Номер карты');
    add();
    expect(story.dialog).toBeNull();
    expect(journalRows(story)).toEqual(['Карта 2900000000018 | Дисконтная карта 3%']);
    expect(story.row(23)).toMatch(/^ Скидка: 0\.46 .* 14\.84$/);
  });

  it('DOM-70, 72, 73, 74 and 71 say why not; the dialog stays, its number can be corrected', async () => {
    story = await begin();
    story.goods('2').press('shift+f5');
    const refusals = [
      ['123', 'DOM-70', 'Карта не найдена'],
      ['+375290000000', 'DOM-72', 'Карта с таким номером телефона не найдена'],
      ['2900000000025', 'DOM-73', 'Карта заблокирована'],
      ['2900000000032', 'DOM-74', 'Срок действия карты истек'],
    ] as const;
    for (const [typed, number, text] of refusals) {
      story.press(`type:${typed}`, 'enter');
      expectDialog(story, number, 'Предупреждение', text);
      story.press('enter');
      expect(story.dialog).toBe('DOM-69');
      story.press(...typed.split('').map(() => 'backspace'));
    }
    story.press('type:2900000000018', 'enter');
    expect(story.document?.card?.number).toBe('2900000000018');
  });

  it('DOM-71: the group does not allow this way of input', async () => {
    story = await begin({
      prepare: (root) => {
        const storage = openStorage(pathsOf(root).catalog);
        storage.prepare('UPDATE cardgroup SET inputmask = 2').run();
        storage.close();
      },
    });
    story.press('shift+f5', 'type:2900000000018', 'enter');
    const text = 'Способ ввода карты недоступен. Добавьте карту другим способом';
    expectDialog(story, 'DOM-71', 'Предупреждение', text);
    story.press('enter').scan('2900000000018');
    expect(story.dialog).toBeNull();
    expect(story.row(21)).toMatch(/Карта: \*0018/);
  });

  it('DOM-75: a second card; Ctrl+F5 removes it with its discounts, and then there is none to remove', async () => {
    story = await begin();
    story.goods('2').press('shift+f5').scan('2900000000018').press('shift+f5').scan('2900000000018');
    expect(story.dialog, story.picture()).toBe('DOM-75');
    story.press('enter');
    while (story.dialog !== null) story.press('escape');
    story.press('f5');
    expectDialog(story, 'DOM-75', 'Предупреждение', 'Карта уже добавлена');
    story.press('enter', 'ctrl+f5', 'escape');
    expect(story.document?.card).not.toBeNull();
    story.press('ctrl+f5', 'enter');
    expect(story.document?.card).toBeNull();
    expect(story.row(23)).toMatch(/^ Скидка: 0\.00 .* 15\.30$/);
    story.press('ctrl+f5');
    expect(story.row(24)).toMatch(/^ Клавиша недоступна: /);
  });

  it('a card cannot come or go while a payment stands; the receipt keeps it after a restart', async () => {
    story = await begin();
    story.goods('2', '3').press('shift+f5').scan('2900000000018').press('f6');
    await takePayments(story, ['oplati 10']);
    for (const key of ['f5', 'shift+f5', 'ctrl+f5']) {
      story.press(key);
      expect(story.dialog).toBeNull();
      expect(story.row(24)).toMatch(/^ Клавиша недоступна: в чеке есть оплата/);
    }
    await story.restart();
    story.press('enter');
    expect(journalRows(story)).toEqual(['Карта 2900000000018 | Дисконтная карта 3%', 'О!плати | 10.00']);
    expect(story.row(23)).toMatch(/К оплате: 73\.61$/);
  });

  it('the card of an empty receipt survives a restart and goes into the next sale only', async () => {
    story = await begin();
    story.press('shift+f5').scan('2900000000018');
    await story.restart();
    expect(story.row(21)).toMatch(/Карта: \*0018/);
    story.goods('2').press('f6', 'f8');
    expect(lastClosed(story).totalKopecks).toBe(1484);
    story.goods('2');
    expect(story.row(23)).toMatch(/^ Скидка: 0\.00 .* 15\.30$/);
  });
});

describe('a return of a sale with a card', () => {
  it('gives back what was paid, without a discount of its own, and the slip hides the number', async () => {
    await beginWithCards();
    story.press('f5');
    await untilFree(story);
    story.press('type:3', '*').goods('2').goods('1').press('f6');
    // 45.90 - 2.29 (43.61, half up) and 50.00 - 2.50
    expect(story.row(23)).toMatch(/К оплате: 91\.11$/);
    await takePayments(story, ['oplati']);
    story.press('f8');
    await story.until('the slip is on paper', () => story.till.state.printJobs.length === 0);
    expect(story.paper()).toContain('*0018');
    expect(story.paper()).not.toContain(CARD.cardNumber);
    returnPart(story, 1);
    setReturned(story, 1, '1');
    setReturned(story, 2, '0');
    story.press('f6');
    confirmRefund(story);
    await closeReturn(story);
    expect(lastClosed(story)).toMatchObject({ totalKopecks: 1454, discountKopecks: 0, card: null });
    returnWhole(story, 1);
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 91.11', '3 14.54', '3 76.57']);
    expectBooks(story);
  });
});
