/** Картридер: the card, the verification, the cable (SCR-45..47). */
import { afterEach, describe, expect, it } from 'vitest';
import { withGoods } from '../../returns/counter.ts';
import type { Story } from '../../story.ts';
import { expectDialog, expectSubtotal } from '../oplati/shop.ts';
import type { MemoryReader } from './reader-in-memory.ts';
import {
  beginWithReader,
  chooseMeans,
  closeResult,
  connectReader,
  expectBooks,
  openOrder,
  payCash,
  readerDisplay,
  readerLog,
  resultOf,
  serverOf,
  untilSettled,
} from './shop.ts';

let story: Story;
let reader: MemoryReader;
afterEach(() => story.end());

/** Goods that make 3500.00, over the limit below which nothing is signed for NFC. */
const DEAR = { prepare: withGoods({ code: '900', name: 'ЧАЙНИК', priceKopecks: 350_000 }) };

async function begin(...[options, ...goods]: Parameters<typeof beginWithReader>): Promise<void> {
  ({ story, reader } = await beginWithReader(options, ...goods));
}

describe('the card (SCR-45..47)', () => {
  it('NFC under 3000.00: neither PIN nor signature', async () => {
    await begin();
    reader.play('nfc');
    await connectReader(story);
    const seen = new Set<string>();
    story.onPaint = () => void seen.add(story.dialog ?? '');
    await closeResult(story, 'AS-04', 'Оплачен');
    expect([...seen]).not.toContain('AS-16');
    expect([...seen]).not.toContain('AS-19');
    expectBooks(story);
  });

  it('the slip has the fields of the guide, those that only the reader knows as well', async () => {
    await begin();
    reader.play('chip');
    await connectReader(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    story.press('f8');
    await story.until('slip', () => story.paper().includes('ОПЛАЧЕН'));
    const paper = story.paper();
    const ofOrder = ['Мерчант', 'Терминал', 'Заказ', 'Сумма', 'RRN', 'Код авторизации', 'Код ответа', 'Дата'];
    for (const label of [...ofOrder, 'Комиссия', 'AID', 'TVR', 'TSI', 'Карта', 'Держатель']) {
      expect(paper, label).toContain(label);
    }
    expect(paper).toMatch(/Карта +VISA 4111\*{4}1111/);
    expectBooks(story);
  });

  // It went to СБП and cash only: the buyer waited for a receipt that nobody was asked for.
  it('the e-mail of F3 goes to the reader, and from there to the server', async () => {
    await begin();
    reader.play('nfc');
    await openOrder(story);
    story.press('f3', 'type:mail@assist.ru', 'enter');
    expect(story.shows('Комментарий к заказу')).toBe(false);
    await connectReader(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(reader.written()).toContain('"email":"mail@assist.ru"');
    expectBooks(story);
  });

  it('NFC from 3000.00 on is signed for', async () => {
    await begin(DEAR, '900');
    reader.play('nfc');
    await connectReader(story);
    await story.untilShows('Подпись получена (Enter)');
    story.press('enter');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it.each(['stripe', 'signature'] as const)('%s: the slip is printed, signed, confirmed; paid', async (scenario) => {
    await begin();
    reader.play(scenario);
    await connectReader(story);
    await story.untilShows('Подпись получена (Enter)');
    expectDialog(
      story,
      'AS-16',
      'ПОДПИСЬ ПОКУПАТЕЛЯ',
      'Введите подпись Покупатель подписывает слип Сверьте подпись с картой',
    );
    expect(story.shows('Подпись получена (Enter)') && story.shows('Отменить (ESC)')).toBe(true);
    expect(story.row(24)).toContain(' Отмена подписи отменяет оплату заказа');
    await story.until('slip', () => story.paper().includes('4111****1111'));
    expect(story.paper()).toMatch(/Подпись|ПОДПИСЬ/);
    expect(serverOf(story).ledger()).toEqual([]);
    story.press('enter');
    await story.untilDialog('AS-17');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  // Enter charged the card with «Покупатель подписывает слип» on the screen and a printer that was off.
  it('a printer that cannot print: Enter charges nothing, prints again when it can, Esc gives the payment up', async () => {
    await begin();
    reader.play('stripe');
    story.till.post({ type: 'printer', state: 'coverOpen' });
    await connectReader(story);
    await story.untilShows('Слип для подписи не напечатан');
    expect(story.dialog).toBe('AS-16');
    story.press('enter');
    await story.untilShows('Повторить печать (Enter)');
    await story.pass(5_000);
    expect(serverOf(story).ledger()).toEqual([]);
    story.till.post({ type: 'printer', state: 'ready' });
    story.press('enter');
    await story.untilShows('Подпись получена (Enter)');
    story.press('enter');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('a refused signature cancels the payment: nothing is paid, cash goes', async () => {
    await begin();
    reader.play('stripe');
    await connectReader(story);
    await story.untilDialog('AS-16');
    story.press('escape');
    await story.untilShows('Операция отклонена. Предложите покупателю забрать карту');
    await story.untilDialog('AS-01');
    expect(serverOf(story).requests()).toEqual([]);
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('AS-28: MIR or Maestro is chosen at the register', async () => {
    await begin();
    reader.play('co-badged');
    await connectReader(story);
    await story.untilDialog('AS-28');
    expect(story.shows('Выберите платёжную систему')).toBe(true);
    expect(
      story.screen.some((row) => /> 1 {2}MIR/.test(row)),
      story.picture(),
    ).toBe(true);
    expect(story.screen.some((row) => / 2 {2}Maestro/.test(row))).toBe(true);
    story.press('down', 'enter');
    await story.untilDialog('AS-19');
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(reader.machine.asks).toContainEqual({ ask: 'selectApplication', index: 1 });
    expectBooks(story);
  });

  it('AS-28 Esc: nothing was sent, back to the order', async () => {
    await begin();
    reader.play('co-badged');
    await connectReader(story);
    await story.untilDialog('AS-28');
    story.press('escape');
    await story.untilDialog('AS-01');
    expect(serverOf(story).ledger()).toEqual([]);
  });

  it('AS-29: chosen on the reader itself', async () => {
    await begin();
    reader.play('co-badged-reader');
    await connectReader(story);
    await story.untilDialog('AS-29');
    expect(readerLog(story)[2]).toBe('Выберите платёжную систему на картридере');
    expect(readerDisplay(story)).toEqual(['Select application:', 'MIR / Maestro']);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('AS-20: a wrong PIN, then the right one', async () => {
    await begin();
    reader.play('wrong-pin');
    await connectReader(story);
    await story.untilDialog('AS-20');
    expect(readerLog(story)[2]).toBe('PIN-код введен неправильно');
    expect(readerDisplay(story)).toEqual(['WRONG PIN!', 'ENTER PIN:']);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it.each([
    ['wrong-pins', 'Неверный PIN'],
    ['poor', 'Недостаточно средств'],
    ['refused', 'Отказ в авторизации'],
  ] as const)(
    '%s: AS-21 with the reason; F8 repeats, the reader is connected by itself, paid once',
    async (scenario, reason) => {
      await begin();
      reader.play(scenario);
      await connectReader(story);
      await story.until('РЕЗУЛЬТАТ', () => story.dialog === 'AS-21' && story.row(4) === ' РЕЗУЛЬТАТ');
      expect(resultOf(story, 'Статус заказа:')).toBe('Отклонён');
      expect(resultOf(story, 'Информация:')).toBe(reason);
      reader.play('chip');
      story.press('f8');
      // On the means that was refused: on the first one F8 Enter Enter counted an unpaid card as cash.
      expect(story.dialog).toBe('AS-01');
      expect(
        story.screen.some((line) => /> *\d +Картридер/.test(line)),
        story.picture(),
      ).toBe(true);
      story.press('enter');
      await closeResult(story, 'AS-04', 'Оплачен');
      story.press('f8');
      expect(story.otherChargedKopecks()).toBe(1530);
      expectBooks(story);
    },
  );

  it('AS-15 before a card: back to the order; with a card in, it is read and the payment goes on', async () => {
    await begin();
    reader.play('low-battery');
    await connectReader(story);
    await story.untilDialog('AS-15');
    expectDialog(story, 'AS-15', 'Предупреждение', 'Низкий заряд батареи картридера. Зарядите картридер');
    story.press('enter');
    await story.untilDialog('AS-01');
    expect(serverOf(story).ledger()).toEqual([]);
    reader.play('low-battery-with-card');
    await chooseMeans(story, 'Картридер');
    await story.untilDialog('AS-15');
    story.press('enter');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('Esc before a card goes back to the order, after it the key says why not', async () => {
    await begin();
    reader.play('no-card');
    await connectReader(story);
    await story.untilDialog('AS-14');
    story.press('escape');
    await story.untilDialog('AS-01');
    reader.play('chip');
    await chooseMeans(story, 'Картридер');
    await story.untilDialog('AS-30');
    story.press('escape');
    expect(story.dialog).toBe('AS-30');
    expect(story.row(24)).toContain('Клавиша недоступна');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });
});

describe('the cable', () => {
  it('AS-13 before a card: found again by a search, paid once', async () => {
    await begin();
    reader.play('lost-before-card');
    await connectReader(story);
    await story.untilDialog('AS-13');
    expectDialog(story, 'AS-13', 'Предупреждение', 'Соединение с картридером потеряно');
    reader.plugIn();
    reader.play('chip');
    story.press('enter');
    await story.untilDialog('AS-09');
    story.press('enter');
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(serverOf(story).ledger()).toHaveLength(1);
    expectBooks(story);
  });

  it('AS-13 Esc: nothing was charged, cash is taken', async () => {
    await begin();
    reader.play('lost-before-card');
    await connectReader(story);
    await story.untilDialog('AS-13');
    story.press('escape');
    await story.until('В процессе', () => story.dialog === 'AS-05');
    await untilSettled(story);
    expectSubtotal(story, '15.30');
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('pulled after the card was read: the order decides, AS-04', async () => {
    await begin();
    reader.play('lost-after-processing');
    await connectReader(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('pulled after the card, and the bank refuses: AS-21', async () => {
    await begin();
    reader.play('lost-after-processing', { responseCode: 'AS102' });
    await connectReader(story);
    await closeResult(story, 'AS-21', 'Отклонён');
    expectSubtotal(story, '15.30');
    expectBooks(story);
  });

  it('pulled while the slip is being signed: nothing is paid, and the next payment goes', async () => {
    await begin();
    reader.play('stripe');
    await connectReader(story);
    await story.untilDialog('AS-16');
    reader.pullCable();
    await story.untilDialog('AS-21');
    expect(resultOf(story, 'Статус заказа:')).toBe('Не существует');
    reader.plugIn();
    reader.play('chip');
    story.press('f8');
    await chooseMeans(story, 'Картридер');
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(serverOf(story).ledger()).toHaveLength(1);
    expectBooks(story);
  });

  it('the bank answers late: В процессе stands and asks by itself until it is paid', async () => {
    await begin();
    reader.play('chip', { responseCode: 'slow' });
    await connectReader(story);
    await story.untilDialog('AS-05');
    expect(resultOf(story, 'Статус заказа:')).toMatch(/^В процессе/);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });
});
