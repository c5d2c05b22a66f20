/** Display 0: the QR on the receipt paper, and a printer that cannot print it (SCR-36, PM-10). */
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { pathsOf } from '../../../../src/settings/paths.ts';
import { defaultSettings } from '../../../../src/settings/settings.ts';
import { printStrictly } from '../../../unit/devices/printer/strict-escpos.ts';
import { DeviceStory, PRINTER } from '../../devices/shop-devices.ts';
import type { Story } from '../../story.ts';
import { boxOf, expectDialog } from '../oplati/shop.ts';
import {
  beginAtSubtotal,
  expectCurrencies,
  expectNothingOwed,
  expectPaid,
  isPanelUp,
  ledger,
  payBySbp,
  posts,
  server,
  TITLE,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const PAPER = { display: 0 };
const CANNOT_PRINT = 'Печать QR-кода невозможна. Показать QR-код на экране?';

describe('a printer that prints', () => {
  it('gets the link of the bill, verbatim, and the sum; nothing of it stands on the screen', async () => {
    const devices = await DeviceStory.begin({
      devices: [PRINTER],
      settings: { printer: { ...defaultSettings.printer, url: PRINTER, profile: 'generic-58' } },
      till: { printerUrl: PRINTER },
      paymaster: { settings: PAPER, emulator: { buyer: 'silent' } },
    });
    story = devices.story;
    story.goods('2').press('f6');
    payBySbp(story);
    const slip = () => printStrictly(devices.peer(PRINTER).written());
    await devices.until('the QR on paper', () => devices.peer(PRINTER).written().length > 0 && slip().qr.length > 0);
    const prompt = story.till.state.attempts[0]?.prompt;
    const link = prompt?.show === 'showQr' ? prompt.payload : '';
    expect(link).toMatch(/^https:\/\/qr\.nspk\.ru\/\w{32}\?type=02&bank=\d{12}&sum=1530&cur=RUB&crc=[0-9A-F]{4}$/);
    expect(slip().qr.map(({ payload }) => payload)).toEqual([link]);
    expect(story.dialog).toBe('PM-01');
    expect(story.shows('qr.nspk.ru')).toBe(false);
    server(story).setBuyer('pays');
    await expectPaid(story);
  });

  it('Esc while the buyer looks for his phone: cancelled, the payment types again', async () => {
    story = await beginAtSubtotal({ conf: PAPER, emulator: { buyer: 'silent' } });
    payBySbp(story);
    await story.untilShows('QR-код напечатан на чеке');
    story.press('escape');
    await expectCurrencies(story);
    expectNothingOwed(story);
    expect(ledger(story)).toEqual(['payment 15.30 Cancelled']);
  });
});

it('power cut while the QR is printed: it comes out after the restart, once, and no receipt is asked about', async () => {
  story = await beginAtSubtotal({ conf: PAPER, emulator: { buyer: 'silent' } });
  payBySbp(story);
  await story.until('printing', () => story.till.state.printJobs.some(({ state }) => state === 'sent'));
  await story.restart();
  story.press('enter');
  const paper = pathsOf(story.root).printerBytes;
  const slips = () => (existsSync(paper) ? printStrictly(readFileSync(paper)).qr.length : 0);
  await story.until('the QR on paper', () => slips() > 0 && story.till.state.printJobs.length === 0);
  expect([slips(), story.dialog]).toEqual([1, 'PM-01']);
  server(story).setBuyer('pays');
  await expectPaid(story);
  await story.pass(5_000);
  expect(story.dialog, 'no DEV-17').toBeNull();
});

const PRINTERS = [
  ['no printer', { printerUrl: 'none' }],
  ['a printer without a link', { printerUrl: 'serial:/dev/ttyS9?baud=9600', openDevice: () => null }],
] as const;

describe.each(PRINTERS)('%s', (_name, till) => {
  async function untilAsked(): Promise<void> {
    story = await beginAtSubtotal({ conf: PAPER, emulator: { buyer: 'silent' }, till });
    payBySbp(story);
    await story.untilDialog('PM-10');
    expectDialog(story, 'PM-10', 'Выберите действие', CANNOT_PRINT);
    expect(boxOf(story)?.buttons).toBe('Да (Enter)  Нет (ESC)');
  }

  it('PM-10 Да: the same bill on the screen, paid', async () => {
    await untilAsked();
    story.press('enter');
    await story.until('the QR', () => isPanelUp(story));
    server(story).setBuyer('pays');
    await expectPaid(story);
    expect(posts(story)).toBe(1);
  });

  it('PM-10 Нет: the bill is cancelled, nothing is owed', async () => {
    await untilAsked();
    story.press('escape');
    expect(story.dialog).toBe('PM-04');
    expect(boxOf(story)?.title).toBe(TITLE);
    await expectCurrencies(story);
    expectNothingOwed(story);
    expect(ledger(story)).toEqual(['payment 15.30 Cancelled']);
  });

  it('the bill is paid under the question all the same', async () => {
    await untilAsked();
    expect(server(story).payer('confirm')).not.toBeNull();
    await expectPaid(story);
  });
});
