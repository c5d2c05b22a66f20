/** Money that goes back: Esc on a paid row, a return by its receipt, and what the queue does when there is no link (PM-17..PM-19). */
import { afterEach, describe, expect, it } from 'vitest';
import {
  closeReturn,
  confirmRefund,
  expectUnpaidReturn,
  giveBackAgain,
  returnPart,
  returnWhole,
  setReturned,
  untilPaid,
} from '../../returns/counter.ts';
import type { Story } from '../../story.ts';
import { answerDialog, expectDialog, expectSubtotal, journalRows, payWith } from '../oplati/shop.ts';
import {
  begin,
  beginAtSubtotal,
  cutNetwork,
  expectBooksAgree,
  ledger,
  mendNetwork,
  NO_PROCESSING,
  NOT_THIS,
  payBySbp,
  paySbp,
  REFUND,
  REFUND_READ,
  ROW,
  type ShopOptions,
  seen,
  server,
  TITLE,
  untilFree,
  untilSettled,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

/** No pictures of QR codes: they are looked at elsewhere. */
const CONF = { display: 0 };
const REFUNDED = ['payment 15.30 Settled', 'refund 15.30 Success'];
const GOES_ON = 'Касса спросит о нем сама';

async function sold(options: ShopOptions = {}, quantity = 1): Promise<void> {
  story = await begin({ conf: CONF, ...options });
  for (let count = 0; count < quantity; count++) story.goods('2');
  story.press('f6');
  await paySbp(story);
  story.press('f8');
  expect(story.document).toBeNull();
}

async function paid(options: ShopOptions = {}): Promise<void> {
  story = await beginAtSubtotal({ conf: CONF, ...options });
  await paySbp(story);
}

/** Esc, OPL-25, Да. */
function takeBack(): void {
  story.press('escape');
  expectDialog(story, 'OPL-25', 'Выберите действие', `Отменить оплату? ${TITLE} 15.30`);
  story.press('enter');
}

describe('a return by its receipt', () => {
  it('whole: PM-19 while it is pending, given back, closed', async () => {
    await sold();
    returnWhole(story, 1);
    await story.untilDialog('PM-19');
    expect(story.shows('Возврат выполняется. Пожалуйста, подождите')).toBe(true);
    await untilPaid(story);
    expect(journalRows(story)).toEqual([ROW]);
    await closeReturn(story);
    expect(ledger(story)).toEqual(REFUNDED);
    expectBooksAgree(story);
  });

  // PM-06 would say that a cancel was not carried out, PM-18 have cash handed out as well.
  it('Esc and F11 on the refunded row: DOM-110, the refund stands and nothing is asked of the server', async () => {
    await sold();
    returnWhole(story, 1);
    await untilPaid(story);
    takeBack();
    const final = 'Возврат отменить нельзя: Оплата по QR-коду/NFC СБП 15.30. Завершите возврат';
    await answerDialog(story, 'DOM-110', 'Предупреждение', final);
    story.press('f11');
    await answerDialog(story, 'DOM-110', 'Предупреждение', final);
    expect(journalRows(story)).toEqual([ROW]);
    expect(story.log()).not.toMatch(/ERROR +paymaster/);
    await closeReturn(story);
    expect(ledger(story)).toEqual(REFUNDED);
    expectBooksAgree(story);
  });

  it('in two parts of the same sum within one minute: two refunds, each its own', async () => {
    await sold({}, 2);
    for (const part of [1, 2]) {
      returnPart(story, 1);
      if (part === 1) setReturned(story, 2, '0');
      story.press('f6');
      confirmRefund(story);
      await closeReturn(story);
      expect(ledger(story).filter((row) => row.startsWith('refund'))).toHaveLength(part);
      expectBooksAgree(story);
    }
    expect(story.otherChargedKopecks()).toBe(0);
  });

  it('of a mixed receipt: each means gives back its own', async () => {
    story = await begin({ conf: CONF });
    story.goods('2').press('f6');
    payWith(story, 1, '10');
    await paySbp(story);
    story.press('f8');
    returnWhole(story, 1);
    await closeReturn(story);
    expect(ledger(story)).toEqual(['payment 5.30 Settled', 'refund 5.30 Success']);
    expectBooksAgree(story);
  });

  it.each([
    ['drop-request', {}],
    ['drop-reply', {}],
    ['delay', { ms: 15_000 }],
    ['http-500', {}],
    ['http-500', { processed: true }],
    ['garbage', {}],
    ['slow-drip', {}],
  ])('%s %o at the refund: the same key again, given back exactly once', async (kind, more) => {
    await sold();
    await server(story).fault(kind, 1, { ...REFUND, ...more });
    returnWhole(story, 1);
    await closeReturn(story);
    expect(ledger(story)).toEqual(REFUNDED);
    expectBooksAgree(story);
  });

  it('a server that refuses a used key: found in the list, given back once', async () => {
    await sold({ emulator: { idempotency: 'violation' } });
    await server(story).fault('drop-reply', 1, REFUND);
    returnWhole(story, 1);
    await closeReturn(story);
    expect(ledger(story)).toEqual(REFUNDED);
    // The catalogue has the words, and only the log shows them.
    expect(story.log()).toMatch(/: PM-21 PayMaster: повтор ключа, состояние запрошено$/m);
    expectBooksAgree(story);
  });

  it('lost, then refused: the refund of the same sum a minute ago does not stand in for it', async () => {
    await sold({}, 2);
    returnPart(story, 1);
    setReturned(story, 2, '0');
    story.press('f6');
    confirmRefund(story);
    await closeReturn(story);
    await server(story).fault('drop-request', 1, REFUND);
    let posts = 0;
    story.beforeSend = (request) => {
      // The server finds a reason of its own to refuse the repeat.
      if (request.method === 'POST' && ++posts > 1)
        request.body = '{"paymentId":"1","amount":{"value":1,"currency":"RUB"}}';
    };
    returnPart(story, 1);
    story.press('f6');
    confirmRefund(story);
    await story.untilDialog('PM-18');
    expect(ledger(story)).toEqual(['payment 30.60 Settled', 'refund 15.30 Success']);
    story.press('enter');
    expect(journalRows(story)).toEqual([]);
    expectBooksAgree(story);
  });

  it('lost, then the token is refused: an older refund of the same sum does not stand in for it', async () => {
    await sold({}, 2);
    returnPart(story, 1);
    setReturned(story, 2, '0');
    story.press('f6');
    confirmRefund(story);
    await closeReturn(story);
    await server(story).fault('drop-request', 1, REFUND);
    let isRefused = false;
    story.beforeSend = ({ headers }) => {
      if (isRefused) headers.authorization = 'Bearer revoked';
      isRefused = true;
    };
    returnPart(story, 1);
    story.press('f6');
    confirmRefund(story);
    await untilFree(story);
    expectDialog(story, 'PM-19', TITLE, `Результат возврата неизвестен. ${GOES_ON}`);
    story.press('enter');
    expectBooksAgree(story);
    story.beforeSend = null;
    await closeReturn(story);
    expect(ledger(story)).toEqual(['payment 30.60 Settled', 'refund 15.30 Success', 'refund 15.30 Success']);
    expectBooksAgree(story);
  });

  it('refuse: certainly not sent, PM-09, the return stays unpaid; Ввод gives back when the link is there', async () => {
    await sold();
    await cutNetwork(story);
    returnWhole(story, 1);
    await answerDialog(story, 'PM-09', 'Ошибка', NO_PROCESSING);
    expectUnpaidReturn(story, '15.30');
    await mendNetwork(story);
    giveBackAgain(story);
    await closeReturn(story);
    expect(ledger(story)).toEqual(REFUNDED);
    expectBooksAgree(story);
  });

  it.each(['wrong-sum', 'wrong-order'])('%s at the refund: never believed at once, given back once', async (kind) => {
    await sold();
    await server(story).fault(kind, 1, REFUND);
    returnWhole(story, 1);
    await story.until('an end', () => story.dialog === 'PM-20' || story.shows('Сдача: 0.00'));
    if (story.dialog === 'PM-20') await answerDialog(story, 'PM-20', 'Ошибка', NOT_THIS);
    expectBooksAgree(story);
    await closeReturn(story);
    expect(ledger(story)).toEqual(REFUNDED);
    expectBooksAgree(story);
  });

  it('rejected: PM-18 with the reason, the return stays unpaid', async () => {
    await sold({ emulator: { refunds: { endsAfterMs: 4_000, resultCode: 'OperationNotAllowed' } } });
    returnWhole(story, 1);
    await answerDialog(story, 'PM-18', 'Ошибка', 'Возврат не выполнен Операция недоступна');
    expectUnpaidReturn(story, '15.30');
    expect(ledger(story)).toEqual(['payment 15.30 Settled', 'refund 15.30 Rejected']);
    server(story).setRefunds({ endsAfterMs: 1_000, resultCode: 'Success' });
    giveBackAgain(story);
    await closeReturn(story);
    expect(story.otherChargedKopecks()).toBe(0);
    expectBooksAgree(story);
  });

  it('pending for long: PM-19, undecided; done later, attached by itself', async () => {
    await sold({ emulator: { refunds: { endsAfterMs: null, resultCode: 'Success' } } });
    returnWhole(story, 1);
    await story.until('free', () => story.till.state.attempts[0]?.foreground === false);
    expectDialog(story, 'PM-19', TITLE, `Возврат выполняется. ${GOES_ON}`);
    story.press('enter');
    expect(journalRows(story)).toEqual([`${TITLE} (неизвестно) | 15.30`]);
    story.press('f8');
    await answerDialog(
      story,
      'DOM-38',
      'Предупреждение',
      'Возврат оплаты в состоянии "неизвестно". Закрыть чек или вернуть иначе нельзя',
    );
    await story.restart();
    story.press('enter');
    server(story).setRefunds({ endsAfterMs: 1_000, resultCode: 'Success' });
    await untilSettled(story);
    await closeReturn(story);
    expect(ledger(story)).toEqual(REFUNDED);
    expectBooksAgree(story);
  });

  // Incident: its box stood over the other one.
  it('undecided before SYS-09 is read: it waits for that', async () => {
    await sold({ emulator: { refunds: { endsAfterMs: null, resultCode: 'Success' } } });
    returnWhole(story, 1);
    await story.until('pending', () => story.till.state.attempts[0]?.state === 'pending');
    await story.restart();
    await cutNetwork(story);
    await untilFree(story);
    expect(story.dialog, story.picture()).toBe('SYS-09');
    story.press('enter');
    expectDialog(story, 'PM-19', TITLE, `Результат возврата неизвестен. ${GOES_ON}`);
  });

  it('the link is lost while it is pending: undecided, the same refund is read when it is back', async () => {
    await sold({ emulator: { refunds: { endsAfterMs: 30_000, resultCode: 'Success' } } });
    returnWhole(story, 1);
    await story.until('pending', () => story.till.state.attempts[0]?.state === 'pending');
    await server(story).fault('http-500', 8, REFUND_READ);
    await untilFree(story);
    expectDialog(story, 'PM-19', TITLE, `Сервер ответил ошибкой 500. ${GOES_ON}`);
    story.press('enter');
    await untilSettled(story);
    await closeReturn(story);
    expect(seen(story, 'POST', '/refunds')).toBe(1);
    expectBooksAgree(story);
  });
});

it('PM-17 a free return by СБП is refused', async () => {
  story = await begin({ conf: CONF });
  story.press('f10', 'type:3', 'enter').goods('2').press('f6');
  expect(story.document?.type).toBe('return');
  payBySbp(story);
  await answerDialog(story, 'PM-17', 'Ошибка', 'Возврат возможен только по чеку продажи');
  expect(story.document?.payments).toEqual([]);
  expect(server(story).requests()).toEqual([]);
});

describe('Esc on a paid row', () => {
  it('given back, the row goes; cash closes', async () => {
    await paid();
    takeBack();
    await untilSettled(story);
    expectSubtotal(story, '15.30');
    expect(journalRows(story)).toEqual([]);
    expect(ledger(story)).toEqual(REFUNDED);
    payWith(story, 1);
    story.press('f8');
    expectBooksAgree(story);
  });

  it.each([
    ['drop-request', {}],
    ['drop-reply', {}],
    ['delay', { ms: 15_000 }],
    ['http-500', {}],
    ['garbage', {}],
    ['slow-drip', {}],
    ['wrong-sum', {}],
  ])('%s %o: queued or not, given back exactly once', async (kind, more) => {
    await paid();
    await server(story).fault(kind, 1, { ...REFUND, ...more });
    takeBack();
    await untilFree(story);
    if (story.dialog !== null) story.press('enter');
    expectBooksAgree(story);
    await untilSettled(story);
    expect(ledger(story)).toEqual(REFUNDED);
    expectSubtotal(story, '15.30');
    expectBooksAgree(story);
  });

  it('no link: queued, СБП is refused with DOM-104, cash sells on; after a restart it drains', async () => {
    await paid();
    await cutNetwork(story);
    takeBack();
    await story.until('queued', () => story.dialog !== null && story.till.state.attempts[0]?.foreground === false);
    story.press('enter');
    expectSubtotal(story, '15.30');
    expect(journalRows(story)).toEqual([]);
    expect(story.row(24)).toMatch(/Отмен в очереди: 1 \(0 мин\)/);
    payBySbp(story);
    await story.untilDialog('DOM-104');
    expect(story.shows('PayMaster')).toBe(true);
    story.press('enter');
    payWith(story, 1);
    story.press('f8');
    expect(story.document).toBeNull();
    await story.restart();
    expectBooksAgree(story);
    expect(story.otherChargedKopecks()).toBe(1530);
    await mendNetwork(story);
    await untilSettled(story);
    expect(ledger(story)).toEqual(REFUNDED);
    expectBooksAgree(story);
    story.goods('2').press('f6');
    await paySbp(story);
    story.press('f8');
    expectBooksAgree(story);
  });

  it('rejected by PayMaster: PM-18, the row stands, F8 closes', async () => {
    await paid({ emulator: { refunds: { endsAfterMs: 1_000, resultCode: 'OperationNotAllowed' } } });
    takeBack();
    await answerDialog(story, 'PM-18', 'Ошибка', 'Возврат не выполнен Операция недоступна');
    expect(journalRows(story)).toEqual([ROW]);
    story.press('f8');
    expect(story.document).toBeNull();
    expectBooksAgree(story);
  });

  it('annulment takes the payments back, last first', async () => {
    story = await beginAtSubtotal({ conf: CONF });
    payWith(story, 1, '10');
    await paySbp(story);
    story.press('f11');
    expectDialog(
      story,
      'DOM-41',
      'Выберите действие',
      `Аннулировать чек? Будут отменены оплаты: Руб 10.00, ${TITLE} 5.30`,
    );
    story.press('enter');
    await story.until('annulled', () => story.document === null);
    expect(ledger(story)).toEqual(['payment 5.30 Settled', 'refund 5.30 Success']);
    expectBooksAgree(story);
  });
});
