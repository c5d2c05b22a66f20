/** Charged twice under one number: one payment counts, the other goes back by itself, and everybody can read it afterwards. */
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../src/payments/driver.ts';
import type { Story } from '../story.ts';
import { openMenu, readNotices } from './assist/shop.ts';
import { beginAtSubtotal, journalRows, startOplati } from './oplati/shop.ts';
import { beginAtSubtotal as beginAtPayMaster, payBySbp } from './paymaster/shop.ts';

let story: Story;
afterEach(() => story.end());

/** At the first such question the buyer is charged once more. */
function chargedAgainAt(path: string, payAgain: () => void): void {
  let isDone = false;
  story.beforeSend = ({ method, url }: HttpRequest) => {
    if (isDone || method !== 'GET' || !url.includes(path)) return;
    isDone = true;
    payAgain();
  };
}

/** The queue has heard of it: once the first charge was taken. */
function untilGivenBack(): Promise<Story> {
  const isCancelled = () => story.till.state.attempts.every(({ operation }) => operation !== 'cancel');
  return story.until('given back', () => isCancelled());
}

describe('О!плати', () => {
  const SALE = { path: '/pos/payments', method: 'POST' };
  const heldKopecks = () =>
    story.oplati
      .ledger()
      .filter(({ status }) => status === 1)
      .reduce((sum, { paymentType, sumKopecks }) => sum + (paymentType === 3 ? -sumKopecks : sumKopecks), 0);

  async function chargedTwice(): Promise<void> {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('drop-reply', 1, SALE);
    chargedAgainAt('/paymentReports', () => story.oplati.payAgain());
    await startOplati(story, 2);
  }

  it('the receipt is paid once, the other charge is back before the next buyer, and it is told for good', async () => {
    await chargedTwice();
    await story.until('paid', () => journalRows(story)[0] === 'О!плати | 15.30');
    await untilGivenBack();
    expect(heldKopecks()).toBe(1530);
    story.press('f8');
    expect(story.shows('Чек закрыт'), story.picture()).toBe(true);
    const notices = readNotices(story);
    expect(notices).toContain('Оплачено дважды: О!плати 15.30');
    expect(notices).toContain('Возвращено покупателю 15.30');
    const sales = story.oplati.ledger().filter(({ paymentType }) => paymentType === 1);
    expect(sales.map(({ reversals }) => reversals.length).sort()).toEqual([0, 1]);
  });

  it('both charges and the one that went back stand in the reconciliation, without a difference', async () => {
    await chargedTwice();
    await story.until('paid', () => journalRows(story)[0] === 'О!плати | 15.30');
    await untilGivenBack();
    story.press('f8');
    openMenu(story, 'Смена', 'Сверка итогов');
    if (story.shows('Выберите систему')) story.press('enter');
    await story.until('compared', () => story.shows('Сверка: расхождений нет') || story.shows('есть расхождения'));
    expect(story.shows('Сверка: расхождений нет'), story.picture()).toBe(true);
    expect(story.screen.find((row) => row.includes('О!плати: оплаты'))).toMatch(/2 +30\.60 +2 +30\.60 +0\.00/);
  });

  it('no link for the way back: queued over a restart, given back once when it is there', async () => {
    await chargedTwice();
    await story.until('paid', () => journalRows(story)[0] === 'О!плати | 15.30');
    await story.oplati.fault('refuse');
    await story.restart();
    if (story.dialog === 'SYS-09') story.press('enter');
    story.press('f8');
    await story.oplati.fault('none');
    await untilGivenBack();
    expect(heldKopecks()).toBe(1530);
    expect(story.oplati.ledger().filter(({ paymentType }) => paymentType === 3)).toHaveLength(1);
  });
});

describe('PayMaster', () => {
  it.each(['short', 'full'] as const)(
    'rows of the list %s: one bill counts, the other is refunded',
    async (listRows) => {
      story = await beginAtPayMaster({ conf: { display: 0 }, emulator: { listRows } });
      const server = story.paymaster;
      if (server === null) throw new Error('a story without PayMaster');
      await server.fault('drop-reply', 1, { path: '/payments', method: 'POST' });
      const held = () =>
        server
          .ledger()
          .filter(({ status }) => status === 'Settled' || status === 'Success')
          .reduce((sum, { kind, sumKopecks }) => sum + (kind === 'payment' ? sumKopecks : -sumKopecks), 0);
      chargedAgainAt('/payments?', () => {
        server.payer('confirm');
        server.payAgain();
      });
      payBySbp(story);
      await story.until('fully paid', () => story.dialog === null && /Сдача: 0\.00$/.test(story.row(23)));
      await untilGivenBack();
      expect([journalRows(story).length, held()]).toEqual([1, 1530]);
      expect(readNotices(story)).toContain('Оплачено дважды: PayMaster 15.30');
    },
  );
});

describe('О!плати, killed in the middle', () => {
  it.each([1, 2, 3, 4])('restart %i commits after the second charge was seen: given back once', async (steps) => {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('drop-reply', 1, { path: '/pos/payments', method: 'POST' });
    chargedAgainAt('/paymentReports', () => story.oplati.payAgain());
    // The answer of the reversal is lost as well.
    await story.oplati.fault('drop-reply', steps % 2, { path: '/reversals' });
    await startOplati(story, 2);
    await story.until('seen', () => story.till.state.attempts.some(({ operation }) => operation === 'cancel'));
    for (let done = 0; done < steps; done++) {
      await story.restart();
      if (story.dialog === 'SYS-09') story.press('enter');
    }
    await untilGivenBack();
    const rows = story.oplati.ledger().filter(({ status }) => status === 1);
    expect(rows.map(({ paymentType }) => paymentType).sort()).toEqual([1, 1, 3]);
    expect(journalRows(story)).toEqual(['О!плати | 15.30']);
  });
});
