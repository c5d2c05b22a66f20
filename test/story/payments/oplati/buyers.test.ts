/** Every buyer in every mode: the numbered dialog with its exact text, and the receipt back where it was. */
import { afterEach, describe, expect, it } from 'vitest';
import type { BuyerName } from '../../../../src/emulators/buyer-name.ts';
import type { Story } from '../../story.ts';
import {
  answerDialog,
  beginAtSubtotal,
  boxOf,
  buyerCode,
  expectBooksAgree,
  expectDialog,
  expectSubtotal,
  journalRows,
  payWith,
  startOplati,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const MODES = [0, 1, 2] as const;
const REFUSED = 'Отказ от платежа. Клиент не подтвердил платеж';
const POOR = 'Недостаточно средств на кошельке клиента';
const NOT_IN_TIME = 'Клиент не подтвердил платеж в течение отведенного времени';
const NOT_SCANNED = 'Клиент не отсканировал QR-код либо не подтвердил платеж';
const EXPIRED = 'Действие ключа истекло!';

async function expectPaidAndClose(): Promise<void> {
  await story.untilShows('Нажмите "Итого", чтобы закрыть чек');
  expect(story.dialog).toBeNull();
  expect(journalRows(story)).toEqual(['О!плати | 15.30']);
  expect(story.row(22)).toBe(' Получено: 15.30');
  expect(story.row(23)).toMatch(/Сдача: 0\.00$/);
  story.press('f8');
  expect(story.shows('Чек закрыт')).toBe(true);
  expect(story.chargedKopecks()).toBe(1530);
  expect(story.till.state.attempts).toEqual([]);
  expectBooksAgree(story);
}

describe.each(MODES)('mode %i', (mode) => {
  const starts = async (buyer: BuyerName) => {
    story = await beginAtSubtotal({ mode, emulator: { buyer } });
    await startOplati(story, mode);
  };

  it.each(['pays', 'no-card'] as const)('the buyer %s: paid, F8 closes', async (buyer) => {
    await starts(buyer);
    await expectPaidAndClose();
  });

  it('the buyer slow: asked for his PIN, waited for in the dialog of the mode, paid', async () => {
    await starts('slow');
    if (mode === 2) {
      await story.untilShows('Платеж ожидает');
      expect(story.dialog).toBe('OPL-23');
    } else {
      await story.untilDialog('OPL-24');
      expect(boxOf(story)?.text).toMatch(
        /^Платеж ожидает подтверждения( Код подтверждения: \d{4})? К оплате: 15\.30( {3}Осталось: \d+ с)?$/,
      );
    }
    await expectPaidAndClose();
  });

  const refusals: [BuyerName, string, string][] = [
    ['declines', 'OPL-05', REFUSED],
    ['poor', 'OPL-06', POOR],
  ];
  it.each(refusals)('the buyer %s: %s, back in the subtotal, cash is taken', async (buyer, number, text) => {
    await starts(buyer);
    await answerDialog(story, number, 'Ошибка', text);
    expectSubtotal(story, '15.30');
    expect(journalRows(story)).toEqual([]);
    expect(story.chargedKopecks()).toBe(0);
    expectBooksAgree(story);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expectBooksAgree(story);
  });

  it('the buyer who never answers the PIN: the server ends it with status 4', async () => {
    story = await beginAtSubtotal({ mode });
    story.oplati.setBuyer('pays', { pinAfterMs: null });
    await startOplati(story, mode);
    await answerDialog(story, ['OPL-05', 'OPL-08', 'OPL-09'][mode] ?? '', 'Ошибка', NOT_IN_TIME);
    expectSubtotal(story, '15.30');
    expect(story.oplati.ledger().map(({ status }) => status)).toEqual([4]);
    expectBooksAgree(story);
  });

  it('a payment that somebody cancelled at the server (status 5) says so', async () => {
    story = await beginAtSubtotal({ mode });
    story.oplati.setBuyer('pays', { pinAfterMs: null });
    await startOplati(story, mode);
    await story.until('the payment waits', () => story.oplati.ledger().length === 1);
    const [row] = story.oplati.ledger();
    await fetch(`${story.oplati.url}/pos/payments/${row?.paymentId}/reversals`, {
      method: 'POST',
      headers: { regNum: 'OPL000000002', token: 'token-of-the-shop' },
      body: JSON.stringify({
        sum: 15.3,
        orderNumber: 'CABINET-1',
        details: { items: [{ type: 1, name: 'x', cost: 1 }] },
      }),
    });
    const text = 'Операция отменена: не получена информация о статусе платежа';
    await answerDialog(story, ['OPL-05', 'OPL-08', 'OPL-09'][mode] ?? '', 'Ошибка', text);
    expectSubtotal(story, '15.30');
    expectBooksAgree(story);
  });
});

describe('the buyer silent', () => {
  it('mode 0: the code was shown and then nothing, OPL-05', async () => {
    story = await beginAtSubtotal({ mode: 0, emulator: { buyer: 'silent' } });
    await startOplati(story, 0);
    await answerDialog(story, 'OPL-05', 'Ошибка', NOT_IN_TIME);
    expectSubtotal(story, '15.30');
    expect(story.oplati.ledger()).toEqual([]);
  });

  it('mode 1: the code was not typed, OPL-08', async () => {
    story = await beginAtSubtotal({ mode: 1, emulator: { buyer: 'silent' } });
    await startOplati(story, 1);
    await answerDialog(story, 'OPL-08', 'Ошибка', NOT_IN_TIME);
    expectSubtotal(story, '15.30');
    expect(story.oplati.ledger()).toEqual([]);
  });

  it('mode 2: the QR was not scanned, OPL-09, and the panel is gone', async () => {
    story = await beginAtSubtotal({ mode: 2, emulator: { buyer: 'silent' } });
    await startOplati(story, 2);
    expect(story.shows('Осталось: 60 с')).toBe(true);
    await answerDialog(story, 'OPL-09', 'Ошибка', NOT_SCANNED);
    expectSubtotal(story, '15.30');
    expect(story.oplati.ledger()).toEqual([]);
  });
});

describe('the buyer expired', () => {
  it('mode 0: OPL-02, nothing charged, a fresh code pays', async () => {
    story = await beginAtSubtotal({ mode: 0, emulator: { buyer: 'expired' } });
    await startOplati(story, 0);
    await answerDialog(story, 'OPL-02', 'Предупреждение', EXPIRED);
    expectSubtotal(story, '15.30');
    story.oplati.setBuyer('pays');
    await startOplati(story, 0, undefined, buyerCode(2));
    await expectPaidAndClose();
  });

  it.each([1, 2] as const)('mode %i: he never comes, the session lapses', async (mode) => {
    story = await beginAtSubtotal({ mode, emulator: { buyer: 'expired' } });
    await startOplati(story, mode);
    await answerDialog(story, mode === 1 ? 'OPL-08' : 'OPL-09', 'Ошибка', mode === 1 ? NOT_IN_TIME : NOT_SCANNED);
    expectSubtotal(story, '15.30');
    expect(story.oplati.ledger()).toEqual([]);
  });
});

describe('mode 0, the code of the buyer', () => {
  it('K11: used in an earlier attempt it is refused here (OPL-17), the dialog stays and takes a fresh one', async () => {
    story = await beginAtSubtotal({ mode: 0, emulator: { buyer: 'declines' } });
    await startOplati(story, 0, undefined, buyerCode(1));
    await answerDialog(story, 'OPL-05', 'Ошибка', REFUSED);
    story.oplati.setBuyer('pays');
    const before = story.oplati.requests().length;
    payWith(story, 7);
    story.scan(buyerCode(1));
    await story.untilDialog('OPL-17');
    expectDialog(story, 'OPL-17', 'Ввод QR-кода О!плати', 'Этот QR-код уже использован');
    expect(story.oplati.requests().length).toBe(before);
    story.scan(buyerCode(2));
    await expectPaidAndClose();
  });

  it('typed by hand it is shown as stars', async () => {
    story = await beginAtSubtotal({ mode: 0 });
    payWith(story, 7);
    story.press(`type:${buyerCode(5)}`);
    expect(boxOf(story)?.field).toMatch(/^\[\*{8}_+\]$/);
    expect(story.shows('o-plati')).toBe(false);
    story.press('enter');
    await expectPaidAndClose();
  });

  it('Esc: back in the subtotal, nothing was sent', async () => {
    story = await beginAtSubtotal({ mode: 0 });
    payWith(story, 7);
    story.press('escape');
    expectSubtotal(story, '15.30');
    expect(story.oplati.requests()).toEqual([]);
    expectBooksAgree(story);
  });
});

describe('mode 1, the confirmation code', () => {
  it('is told with its leading zeros, exactly as the server made it', async () => {
    // The emulator draws codes at random: receipts are begun until one with a leading zero comes up.
    story = await beginAtSubtotal({ mode: 1, emulator: { buyer: 'silent' } });
    for (let tries = 0; tries < 400; tries++) {
      payWith(story, 7);
      await story.untilDialog('OPL-22');
      const code = /Код подтверждения: (\d+) /.exec(boxOf(story)?.text ?? '')?.[1] ?? '';
      expectDialog(
        story,
        'OPL-22',
        'Выберите действие',
        `Сообщите код подтверждения покупателю. Код подтверждения: ${code} К оплате: 15.30`,
      );
      expect(code).toMatch(/^\d{4}$/);
      if (code.startsWith('0')) {
        // The buyer types what he was told.
        story.press('enter');
        expect(story.oplati.scan(code)).not.toBeNull();
        await expectPaidAndClose();
        return;
      }
      story.press('escape');
      await story.until('subtotal', () => story.dialog === null);
    }
    throw new Error('no code with a leading zero in 400');
  });

  it('is waited for while it stands: the box closes by itself when the buyer has paid', async () => {
    story = await beginAtSubtotal({ mode: 1 });
    payWith(story, 7);
    await story.untilDialog('OPL-22');
    await expectPaidAndClose();
  });

  it('that nobody types ends by itself, with or without Enter', async () => {
    story = await beginAtSubtotal({ mode: 1, emulator: { buyer: 'silent' } });
    for (const keys of [[], ['enter']]) {
      payWith(story, 7);
      await story.untilDialog('OPL-22');
      story.press(...keys);
      await story.untilDialog('OPL-08');
      story.press('enter');
      expectSubtotal(story, '15.30');
    }
    expectBooksAgree(story);
  });

  it('Esc: technical cancel, subtotal, no amount was ever sent', async () => {
    story = await beginAtSubtotal({ mode: 1 });
    payWith(story, 7);
    await story.untilDialog('OPL-22');
    story.press('escape');
    expectSubtotal(story, '15.30');
    await story.pass(70_000);
    expect(story.oplati.ledger()).toEqual([]);
    expectBooksAgree(story);
  });
});
