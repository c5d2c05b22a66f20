/** Esc in every dialog that waits for the buyer: the server decides what it did, and a payment that was made wins. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import {
  answerDialog,
  beginAtSubtotal,
  expectBooksAgree,
  expectDialog,
  expectSubtotal,
  journalRows,
  startOplati,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const MODES = [0, 1, 2] as const;
const MONEY = { path: '/pos/payments', method: 'POST' };
const ALREADY_PAID = 'Оплата уже выполнена. Отмена не требуется';

async function expectNothingCharged(): Promise<void> {
  await story.until('no payment runs', () => story.till.state.attempts.length === 0);
  expectSubtotal(story, '15.30');
  expect(journalRows(story)).toEqual([]);
  await story.pass(70_000);
  expect(story.chargedKopecks()).toBe(0);
  expectBooksAgree(story);
}

describe('Esc before the buyer is ready', () => {
  it('mode 1, OPL-24: nothing was sent that could charge him', async () => {
    story = await beginAtSubtotal({ mode: 1, emulator: { buyer: 'silent' } });
    await startOplati(story, 1);
    await story.untilDialog('OPL-24');
    story.press('escape');
    await expectNothingCharged();
    expect(story.oplati.ledger()).toEqual([]);
  });

  it('mode 2, OPL-23: the QR is taken away; who scans it now is not charged', async () => {
    story = await beginAtSubtotal({ mode: 2, emulator: { buyer: 'silent' } });
    await startOplati(story, 2);
    story.press('escape');
    story.oplati.scan();
    await expectNothingCharged();
  });
});

describe.each(MODES)('mode %i, Esc while the buyer is asked for his PIN', (mode) => {
  const startPin = async () => {
    story = await beginAtSubtotal({ mode });
    story.oplati.setBuyer('pays', { pinAfterMs: null });
    await startOplati(story, mode);
    await story.until('the server waits for the PIN', () => story.oplati.ledger().length === 1);
    await story.until('OPL-24 or the panel', () => story.till.state.attempts[0]?.state === 'pending');
  };

  it('is a technical cancel: status 5, subtotal without a word', async () => {
    await startPin();
    story.press('escape');
    await expectNothingCharged();
    expect(story.oplati.ledger().map(({ status }) => status)).toEqual([5]);
  });

  it('the buyer was faster and the cancel gave the money back: nothing is held', async () => {
    await startPin();
    story.beforeSend = ({ url }) => {
      if (url.endsWith('/reversals')) story.oplati.answerPin('pay');
    };
    story.press('escape');
    await expectNothingCharged();
    expect(story.oplati.ledger().map(({ paymentType, status }) => [paymentType, status])).toEqual([
      [1, 1],
      [3, 1],
    ]);
  });

  it('the buyer was faster and the cancel did not get through: OPL-19, the payment stands and can be given back', async () => {
    await startPin();
    story.beforeSend = async ({ url }) => {
      if (!url.endsWith('/reversals')) return;
      story.beforeSend = null;
      story.oplati.answerPin('pay');
      await story.oplati.fault('refuse', 1, { ms: 3_000 });
    };
    story.press('escape');
    await answerDialog(story, 'OPL-19', 'Предупреждение', ALREADY_PAID);
    expect(journalRows(story)).toEqual(['О!плати | 15.30']);
    expectBooksAgree(story);
    story.press('escape');
    expectDialog(story, 'OPL-25', 'Выберите действие', 'Отменить оплату? О!плати 15.30');
    story.press('enter');
    await expectNothingCharged();
  });

  it('the answer to the cancel is lost: the payment is asked about, nothing is held', async () => {
    await startPin();
    await story.oplati.fault('drop-reply', 1, MONEY);
    story.press('escape');
    await expectNothingCharged();
  });

  it('Esc twice is one cancel', async () => {
    await startPin();
    await story.oplati.fault('delay', 1, { ...MONEY, ms: 5_000 });
    story.press('escape', 'escape', 'escape');
    await expectNothingCharged();
    const cancels = story.oplati.requests().filter(({ path }) => path.endsWith('/reversals'));
    expect(cancels).toHaveLength(1);
  });
});

describe.each(MODES)('mode %i, Esc at the instant the buyer pays', (mode) => {
  it('OPL-19: the request cannot be called back, its answer decides; the row stands, F8 closes', async () => {
    story = await beginAtSubtotal({ mode });
    await story.oplati.fault('delay', 1, { ...MONEY, ms: 5_000 });
    await startOplati(story, mode);
    await story.until('the money is asked for', () => story.till.state.attempts[0]?.state === 'sent');
    story.press('escape');
    expect(story.dialog).toBe('OPL-29');
    // The key that brought it here does not leave it as well.
    story.press('escape');
    expect(story.dialog).toBe('OPL-29');
    await answerDialog(story, 'OPL-19', 'Предупреждение', ALREADY_PAID);
    expect(journalRows(story)).toEqual(['О!плати | 15.30']);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expect(story.chargedKopecks()).toBe(1530);
    expectBooksAgree(story);
  });

  it('and the answer is lost: the report decides, OPL-19', async () => {
    story = await beginAtSubtotal({ mode });
    story.beforeSend = ({ url }) => {
      if (url.endsWith('/pos/payments')) story.press('escape');
    };
    await story.oplati.fault('drop-reply', 1, MONEY);
    await startOplati(story, mode);
    await answerDialog(story, 'OPL-19', 'Предупреждение', ALREADY_PAID);
    expect(story.chargedKopecks()).toBe(1530);
    expectBooksAgree(story);
  });

  it('and he has not the money: the refusal is told, nothing is held', async () => {
    story = await beginAtSubtotal({ mode, emulator: { buyer: 'poor' } });
    await story.oplati.fault('delay', 1, { ...MONEY, ms: 5_000 });
    await startOplati(story, mode);
    await story.until('the money is asked for', () => story.till.state.attempts[0]?.state === 'sent');
    story.press('escape');
    await answerDialog(story, 'OPL-06', 'Ошибка', 'Недостаточно средств на кошельке клиента');
    await expectNothingCharged();
  });
});

describe('keys that must not press anything', () => {
  it('a scan in a waiting dialog is refused with a beep and closes nothing', async () => {
    story = await beginAtSubtotal({ mode: 1, emulator: { buyer: 'silent' } });
    await startOplati(story, 1);
    await story.untilDialog('OPL-24');
    const bells = story.bells;
    story.scan('4810000000018').press('enter', 'f8', 'f6', 'f7', 'f11', 'f12', 'f10');
    expect(story.dialog).toBe('OPL-24');
    expect(story.bells).toBeGreaterThan(bells);
    expect(story.document?.lines).toHaveLength(1);
    story.press('escape');
    await expectNothingCharged();
  });
});
