/** The cash link: one live amount per plate (sbp-qr.md 5, PM-11), and secrets that stay where they belong. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../../src/emulators/paymaster/settings.ts';
import { paymasterDriver } from '../../../../src/payments/providers/paymaster/driver.ts';
import { writeProviderConf } from '../../../../src/settings/provider-conf.ts';
import type { Story } from '../../story.ts';
import {
  begin,
  beginAtSubtotal,
  cutNetwork,
  expectPaid,
  expectRefused,
  ledger,
  mendNetwork,
  PLATE,
  payBySbp,
  paySbp,
  seen,
  server,
  untilSettled,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const BUSY = 'По кассовой ссылке уже есть неоплаченный счет';

/** Somebody writes an amount to the plate of this shop. */
async function loadPlate(orderNo: string): Promise<void> {
  const { url } = server(story);
  const answer = await fetch(`${url}/payments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DEFAULT_SETTINGS.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      merchantId: DEFAULT_SETTINGS.merchantId,
      invoice: { description: 'Оплата', orderNo },
      amount: { value: 99, currency: 'RUB' },
      paymentData: { paymentMethod: 'sbp', stickerId: PLATE.stickerId },
    }),
  });
  expect(answer.status).toBe(200);
}

describe('a plate that still carries an older amount', () => {
  it('of this till: PM-11 after it was cancelled and read; the next try is paid', async () => {
    story = await beginAtSubtotal({ conf: PLATE, emulator: { buyer: 'silent' } });
    await loadPlate('8-0-1-1-earlier');
    payBySbp(story);
    await expectRefused(story, 'PM-11', 'Ошибка', 'Прежний счет по кассовой ссылке отменен. Повторите оплату');
    expect(ledger(story)).toEqual(['payment 99.00 Cancelled']);
    server(story).setBuyer('pays');
    payBySbp(story);
    await expectPaid(story);
  });

  it('of another till: PM-11, and it is left alone', async () => {
    story = await beginAtSubtotal({ conf: PLATE, emulator: { buyer: 'silent' } });
    await loadPlate('9-0-1-1-another');
    payBySbp(story);
    await expectRefused(story, 'PM-11', 'Ошибка', BUSY);
    expect(ledger(story)).toEqual(['payment 99.00 Confirmation']);
    expect(seen(story, 'PUT', '/cancel')).toBe(0);
  });

  it('of this till, and its buyer is paying it right now: PM-11, his payment is not touched', async () => {
    story = await beginAtSubtotal({ conf: PLATE, emulator: { buyer: 'silent' } });
    await loadPlate('8-0-1-1-earlier');
    server(story).payer('open');
    payBySbp(story);
    await story.untilDialog('PM-11');
    expect(ledger(story)).toEqual(['payment 99.00 Confirmation']);
    story.press('enter');
    expect(story.till.state.attempts).toEqual([]);
    expect(story.log()).toMatch(/ERROR paymaster .*not proven to be cancelled/);
  });

  it('a plate nobody knows: refused with the reason, nothing owed', async () => {
    story = await beginAtSubtotal({ conf: { ...PLATE, stickerId: 'stk-nobody' } });
    payBySbp(story);
    await expectRefused(story, 'PM-07', 'Ошибка', 'Оплата не выполнена Запрос отклонен. Unknown sticker');
  });

  it('two receipts one after the other use the same plate', async () => {
    story = await beginAtSubtotal({ conf: PLATE });
    await paySbp(story);
    story.press('f8');
    story.goods('2').press('f6');
    await paySbp(story);
    story.press('f8');
    expect(ledger(story)).toEqual(['payment 15.30 Settled', 'payment 15.30 Settled']);
  });
});

it.each([60_000, 1_200_000])(
  'a life of %i ms, the limit of the settings, is accepted by the server',
  async (billTtlMs) => {
    story = await beginAtSubtotal({ conf: { ...PLATE, billTtlMs } });
    payBySbp(story);
    await expectPaid(story);
  },
);

describe('the token', () => {
  const CANARY = 'CANARY-paymaster-4c1f';

  it('is in no file but its conf, and on no screen', async () => {
    const { conf } = paymasterDriver;
    if (conf === null) throw new Error('no conf');
    story = await begin({
      emulator: { token: CANARY },
      conf: { token: CANARY },
      prepare: (root) => writeProviderConf(join(root, 'cash/paysystems', conf.file), conf, { token: CANARY }),
    });
    const pictures = new Set<string>();
    story.onPaint = (rows) => pictures.add(rows.join('\n'));
    story.goods('2').press('f6');
    await paySbp(story);
    story.press('escape', 'enter');
    await untilSettled(story);
    await cutNetwork(story);
    payBySbp(story);
    await expectRefused(story, 'PM-09', 'Ошибка', 'Нет связи с процессингом');
    await mendNetwork(story);
    await story.restart();
    story.till.log.flush();
    const told: string[] = [];
    for (const entry of readdirSync(story.root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const text = readFileSync(join(entry.parentPath, entry.name)).toString('latin1');
      if (text.includes(CANARY)) told.push(entry.name);
    }
    expect(told).toEqual(['paymaster.conf']);
    expect([...pictures].filter((picture) => picture.includes(CANARY))).toEqual([]);
  });
});
