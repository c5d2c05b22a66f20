/** Every buyer: pays, gives up, has no money, never comes, comes too late, takes his time (PM-07, PM-08); limits before any request. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import { answerDialog, expectSubtotal, journalRows, payWith } from '../oplati/shop.ts';
import {
  begin,
  beginAtSubtotal,
  expectClosed,
  expectCurrencies,
  expectNothingOwed,
  expectPaid,
  expectRefused,
  ledger,
  PLATE,
  payBySbp,
  paySbp,
  posts,
  seen,
  server,
  startSbp,
  TITLE,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const DISPLAYS = [
  ['0', { display: 0 }],
  ['1', { display: 1 }],
  ['2', PLATE],
] as const;

describe.each(DISPLAYS)('display %s', (_display, conf) => {
  it('declines: PM-07 with the reason; the next buyer pays under a new number', async () => {
    story = await beginAtSubtotal({ conf, emulator: { buyer: 'declines' } });
    payBySbp(story);
    await expectRefused(story, 'PM-07', 'Ошибка', 'Оплата не выполнена Платеж отклонен пользователем');
    server(story).setBuyer('pays');
    payBySbp(story);
    await expectPaid(story);
    expect(ledger(story)).toEqual(['payment 15.30 Rejected', 'payment 15.30 Settled']);
  });

  it('poor: PM-07 with the reason', async () => {
    story = await beginAtSubtotal({ conf, emulator: { buyer: 'poor' } });
    payBySbp(story);
    await expectRefused(story, 'PM-07', 'Ошибка', 'Оплата не выполнена Недостаточно средств');
  });

  it('a bill that ends at once: PM-08', async () => {
    story = await beginAtSubtotal({ conf, emulator: { buyer: 'expired' } });
    payBySbp(story);
    await expectRefused(story, 'PM-08', 'Ошибка', 'Срок действия счета истек');
  });

  it('slow: paid after half a minute', async () => {
    story = await beginAtSubtotal({ conf, emulator: { buyer: 'slow' } });
    payBySbp(story);
    await expectPaid(story);
    expect(posts(story)).toBe(1);
  });
});

describe('a silent buyer', () => {
  it('the whole life of the bill with a good link: no dialog, then PM-08', async () => {
    story = await beginAtSubtotal({ conf: { ...PLATE }, emulator: { buyer: 'silent' } });
    const beganAt = story.clock.now();
    payBySbp(story);
    const numbers = new Set<string | null>();
    story.onPaint = () => numbers.add(story.dialog);
    await expectRefused(story, 'PM-08', 'Ошибка', 'Срок действия счета истек');
    expect(story.clock.now() - beganAt).toBeGreaterThanOrEqual(300_000);
    expect(numbers.has('PM-03')).toBe(false);
    expect(seen(story, 'GET', '/payments/')).toBeGreaterThan(90);
  });

  it('opens the link before the cancel: PM-12, and his payment is taken', async () => {
    story = await beginAtSubtotal({ conf: PLATE, emulator: { buyer: 'silent' } });
    await startSbp(story);
    expect(server(story).payer('open')).not.toBeNull();
    story.press('escape');
    await answerDialog(story, 'PM-12', 'Предупреждение', 'Покупатель уже начал оплату. Дождитесь результата');
    expect(story.dialog).toBe('PM-01');
    await story.pass(9_000);
    expect(seen(story, 'PUT', '/cancel')).toBe(1);
    server(story).payer('confirm');
    await answerDialog(story, 'PM-22', 'Предупреждение', 'Оплата уже выполнена. Отмена не требуется');
    await expectPaid(story);
  });

  it('opens the link before the cancel and gives up: cancelled after all', async () => {
    story = await beginAtSubtotal({ conf: PLATE, emulator: { buyer: 'silent' } });
    await startSbp(story);
    server(story).payer('open');
    story.press('escape');
    await story.untilDialog('PM-12');
    server(story).payer('refuse');
    story.press('enter');
    await expectCurrencies(story);
    expectNothingOwed(story);
  });

  it('Esc: PM-04, PM-05, and cash pays', async () => {
    story = await beginAtSubtotal({ emulator: { buyer: 'silent' } });
    await startSbp(story);
    story.press('escape');
    expect(story.dialog).toBe('PM-04');
    await story.untilDialog('DOM-97');
    story.press('type:1', 'enter');
    expect(journalRows(story)).toEqual(['Руб | 15.30']);
    expectClosed(story, 0);
  });

  it('Esc before the request has left: nothing was asked of anybody', async () => {
    story = await beginAtSubtotal();
    payBySbp(story);
    story.press('escape');
    await expectCurrencies(story);
    expectNothingOwed(story);
    expect(posts(story)).toBe(0);
  });
});

describe('refused before any request', () => {
  it('PM-15 below and above the limits of the settings', async () => {
    story = await beginAtSubtotal({ conf: { minimumKopecks: 1000, maximumKopecks: 1200 } });
    for (const sum of ['9.99', '12.01']) {
      payBySbp(story, sum);
      await expectRefused(story, 'PM-15', 'Предупреждение', 'Сумма вне допустимых пределов');
    }
    expect(posts(story)).toBe(0);
    await paySbp(story, '12');
    expect(journalRows(story)).toEqual([`${TITLE} | 12.00`]);
    payWith(story, 1);
    expectClosed(story, 1200);
  });

  it.each([
    ['0', { display: 0 }],
    ['2', PLATE],
  ])('PM-16 a part of the sum with display %s where the setting demands the screen', async (_display, conf) => {
    story = await beginAtSubtotal({ conf: { ...conf, partOnlyOnScreen: true } });
    payBySbp(story, '10');
    const text = 'Частичная оплата доступна только при выводе QR-кода на экран';
    await expectRefused(story, 'PM-16', 'Предупреждение', text);
    expect(posts(story)).toBe(0);
    payBySbp(story);
    await expectPaid(story);
  });

  it('PM-16 is not asked with display 1', async () => {
    story = await beginAtSubtotal({ conf: { display: 1, partOnlyOnScreen: true } });
    await paySbp(story, '10');
    expectSubtotal(story, '5.30');
    await paySbp(story);
    expectClosed(story);
    expect(ledger(story)).toEqual(['payment 10.00 Settled', 'payment 5.30 Settled']);
  });

  it('PM-13 a token that the server does not know', async () => {
    story = await beginAtSubtotal({ conf: { token: 'wrong-token' } });
    payBySbp(story);
    await expectRefused(story, 'PM-13', 'Ошибка', 'Недостаточно прав для выполнения операции');
  });

  it('PM-14 states that mean both: told at the start, and the payment type is not there', async () => {
    story = await begin({ conf: { successStates: [5, 6], failureStates: [6] } });
    await story.untilDialog('PM-14');
    expect(story.shows('Ошибка настройки PayMaster: состояния оплаты и')).toBe(true);
    story.press('enter');
    story.goods('2').press('f6');
    expect(story.till.model().currencies.some(({ provider }) => provider === 'paymaster')).toBe(false);
    story.press('f7');
    expect(story.shows(TITLE)).toBe(false);
  });

  it('display 2 without a plate: SYS-08 names stickerId, no bill is made that nobody can pay', async () => {
    story = await beginAtSubtotal({ conf: { display: 2, stickerId: null } });
    payBySbp(story);
    await expectRefused(story, 'SYS-08', 'Ошибка', 'Ошибка настройки: paymaster.conf, stickerId');
    expect(server(story).requests()).toEqual([]);
  });

  it('without a merchant or a token there is no such payment type', async () => {
    story = await begin({ conf: { merchantId: '' } });
    expect(story.till.model().currencies.some(({ provider }) => provider === 'paymaster')).toBe(false);
  });
});
