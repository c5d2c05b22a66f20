/**
 * Order numbers of Assist have no till part (assist.md 12.2): two tills of one shop that begin in the same millisecond name
 * one number. What stands there first belongs to the other till's buyer: it is not adopted, not given up, not counted.
 */
import { afterEach, expect, it } from 'vitest';
import { isUndelivered } from '../../../../src/payments/attempt.ts';
import type { HttpRequest } from '../../../../src/payments/driver.ts';
import type { Story } from '../../story.ts';
import { answerDialog, expectSubtotal, journalRows } from '../oplati/shop.ts';
import {
  beginShop,
  CREATE_PATH,
  chooseMeans,
  closeResult,
  expectGivenUp,
  hasQr,
  payCash,
  readNotices,
  serverOf,
  startSbp,
  XPOS_PATH,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const SILENT = { assist: { emulator: { buyer: 'silent' } } } as const;
const TAKEN = 'Ошибка Ассист: номер заказа занят другой кассой, повторите оплату';

const isCreate = ({ url }: HttpRequest) => [CREATE_PATH, XPOS_PATH].some(({ path }) => url.endsWith(path));

/** Just before our create the other till's order of 15.30 by СБП, with our number, is there. */
function otherTillFirst(then: () => void = () => undefined): void {
  story.beforeSend = async (request) => {
    if (!isCreate(request)) return;
    story.beforeSend = null;
    await makeOther(new URLSearchParams(request.body ?? '').get('OrderNumber') ?? '');
    then();
  };
}

async function makeOther(orderNumber: string): Promise<void> {
  const body = new URLSearchParams({
    ...{ Merchant_ID: '123456', Login: 'demo_user', Password: 'assist-demo-password', Format: '5' },
    ...{ OrderNumber: orderNumber, OrderAmount: '15.30', OrderCurrency: 'RUB' },
  });
  const reply = await fetch(`${serverOf(story).url}${CREATE_PATH.path}`, { method: 'POST', body });
  expect(reply.status).toBe(200);
}

const orders = () =>
  serverOf(story)
    .ledger()
    .map(({ paymentId, means, state }) => `${paymentId.slice(-1)} ${means} ${state}`);

it.each([['СБП'], ['Наличные']])('%s: its order is left alone, the next press takes the next number', async (means) => {
  story = await beginShop(SILENT);
  otherTillFirst();
  await chooseMeans(story, means);
  if (means === 'Наличные') {
    await story.untilDialog('AS-02');
    story.press('enter');
  }
  await answerDialog(story, 'AS-41', 'Ошибка', TAKEN);
  expectSubtotal(story, '15.30');
  expect(journalRows(story)).toEqual([]);
  // Nothing was asked about it, and nothing is looked for later.
  expect(serverOf(story).requests()).toHaveLength(2);
  expect([story.till.state.attempts, story.till.state.linkLost]).toEqual([[], {}]);
  await story.pass(60_000);
  expect(orders()).toEqual(['1 sbp In Process']);
  await payCash(story);
  await closeResult(story, 'AS-04', 'Оплачен');
  story.press('f8');
  expect(orders().at(-1)).toBe('2 cash Approved');
});

it('the other buyer has paid already: ours is another order under that number, and it alone decides', async () => {
  story = await beginShop(SILENT);
  otherTillFirst(() => serverOf(story).pay());
  await startSbp(story);
  await story.pass(60_000);
  expect(hasQr(story), story.picture()).toBe(true);
  expect(orders()).toEqual(['1 sbp Approved', '2 sbp In Process']);
  serverOf(story).pay();
  await closeResult(story, 'AS-04', 'Оплачен');
  expect(story.document?.payments[0]?.providerPaymentId).toBe('5123456000000002');
  expect(story.log()).not.toContain('paid 2 times');
});

it('ours is given up, the other buyer has paid: ours is Canceled, nothing is counted, nothing goes back', async () => {
  story = await beginShop(SILENT);
  otherTillFirst(() => serverOf(story).pay());
  await startSbp(story);
  story.press('f7', 'enter');
  await expectGivenUp(story);
  expect(orders()).toEqual(['1 sbp Approved', '2 sbp Canceled']);
  expect(
    serverOf(story)
      .ledger()
      .filter(({ kind }) => kind === 'refund'),
  ).toEqual([]);
});

it('cash without a link: the other till’s paid order is no delivery; it stays in the queue, with an alarm', async () => {
  story = await beginShop(SILENT);
  await serverOf(story).fault('refuse');
  await payCash(story);
  await story.untilDialog('AS-35');
  story.press('enter', 'f8');
  expect(story.document).toBeNull();
  const follow = () => story.till.state.attempts.find(isUndelivered);
  const orderNumber = follow()?.order.source?.orderNumber ?? '';
  await serverOf(story).fault('none');
  await makeOther(orderNumber);
  await story.pass(60_000);
  serverOf(story).pay();
  await story.pass(25 * 60_000);
  expect(follow()?.state, story.picture()).not.toBe('approved');
  expect(story.row(24), story.picture()).toContain('В очереди Ассист: 1');
  expect(story.log()).toContain('another order stands under the number of its cash');
  expect(orders()).toEqual(['1 sbp Approved']);
});

it('paid twice after a lost answer: one counts, the alarm and the cashier are told both bill numbers', async () => {
  story = await beginShop();
  await serverOf(story).fault('drop-reply', 1, CREATE_PATH);
  let number = '';
  story.beforeSend = async (request) => {
    if (isCreate(request)) number = new URLSearchParams(request.body ?? '').get('OrderNumber') ?? '';
    else if (request.url.endsWith('/orderresult.cfm') && number !== '') {
      serverOf(story).pay();
      await makeOther(number);
      serverOf(story).pay();
      number = '';
    }
  };
  await chooseMeans(story, 'СБП');
  await closeResult(story, 'AS-04', 'Оплачен');
  const both = '5123456000000001, 5123456000000002';
  expect(story.log()).toContain(`paid 2 times: ${both}`);
  expect(readNotices(story)).toContain(both);
  expect(journalRows(story)).toEqual(['Ассист, СБП | 15.30']);
});
