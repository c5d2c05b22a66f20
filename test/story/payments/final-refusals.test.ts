/**
 * A cancel that waited for its link and is then refused for good: the buyer's money is owed to him, and only a human can end
 * it. What is settled stays settled, and one count of what is open stands behind every place that counts.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { operations, takePayments } from '../returns/counter.ts';
import type { Story } from '../story.ts';
import { serverOf as assistOf, beginShop as beginAssist, CANCEL_PATH, closeResult, startSbp } from './assist/shop.ts';
import { begin, journalRows, openUnfinished, payWith } from './oplati/shop.ts';
import { begin as beginPaymaster, server as paymasterOf, paySbp } from './paymaster/shop.ts';

let story: Story;
afterEach(() => story.end());

const LONG_MS = 10 * 60_000;

/** A system whose cancel can be made to wait, and whose server then refuses it. */
interface Shop {
  name: string;
  code: number;
  reason: string;
  begin(): Promise<void>;
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** From now on the server gives it back. */
  relent(): void;
}

const shops: Shop[] = [
  {
    name: 'О!плати',
    code: 7,
    reason: 'Срок возврата истек',
    async begin() {
      story = await begin({ emulator: { reversalDays: -1 } });
      story.goods('2').press('f6');
      await takePayments(story, ['oplati']);
    },
    cut: () => story.oplati.fault('refuse'),
    mend: () => story.oplati.fault('none'),
    relent: () => {},
  },
  {
    name: 'PayMaster',
    code: 8,
    reason: 'Операция недоступна',
    async begin() {
      story = await beginPaymaster({
        emulator: { refunds: { endsAfterMs: 1_000, resultCode: 'OperationNotAllowed' } },
      });
      story.goods('2').press('f6');
      await paySbp(story);
    },
    cut: () => paymasterOf(story).fault('refuse'),
    mend: () => paymasterOf(story).fault('none'),
    relent: () => paymasterOf(story).setRefunds({ endsAfterMs: 1_000, resultCode: 'Success' }),
  },
  {
    name: 'Ассист',
    code: 9,
    reason: 'Refund is closed',
    async begin() {
      story = await beginAssist();
      await startSbp(story);
      await closeResult(story, 'AS-04', 'Оплачен');
    },
    cut: () => assistOf(story).fault('refuse'),
    async mend() {
      const { path } = CANCEL_PATH;
      assistOf(story).refuse({ firstCode: 10, secondCode: 100, message: 'Refund is closed', path });
      await assistOf(story).fault('none');
    },
    relent: () => {},
  },
];

/** Paid, taken back without a link, the receipt paid in cash; then the link is back, and the server refuses. */
async function beRefused(shop: Shop, paysCash = true): Promise<void> {
  await shop.begin();
  await shop.cut();
  story.press('escape', 'enter');
  await story.until('queued', () => story.till.state.attempts[0]?.foreground === false && story.dialog !== null);
  while (story.dialog !== null) story.press('enter');
  expect(story.row(24), story.picture()).toContain('Отмен в очереди: 1');
  if (paysCash) {
    story.press('f8');
    expect(story.document, story.picture()).toBeNull();
  }
  await shop.mend();
  await story.until('refused', () => story.shows('отмена отклонена'));
}

async function decide(label: string): Promise<void> {
  story.press('f11');
  expect(story.dialog, story.picture()).toBe('DOM-90');
  for (let times = 0; times < 4 && !story.shows(`> ${label} `); times++) story.press('down');
  expect(story.shows(`> ${label} `), story.picture()).toBe(true);
  story.press('type:кабинет', 'enter', 'type:9999', 'enter');
  await story.until('the password is checked', () => !story.till.state.ui.busy);
}

const leave = () => story.press('escape', 'escape', 'escape');

function askToExit(): string | null {
  story.press('f10', 'type:16', 'enter');
  const { dialog } = story;
  story.press('escape');
  return dialog;
}

describe.each(shops)('$name refuses a queued cancel for good', (shop) => {
  // Incident: "отмена: нет ответа" for ever, its Enter sent nothing, and every sale got OPL-13.
  it('the refusal and its reason stand in the list, Enter asks once more, the system sells on', async () => {
    await beRefused(shop);
    expect(story.row(24), story.picture()).toContain('Незавершенных оплат: 1');
    expect(story.row(24)).not.toContain('Отмен в очереди');
    openUnfinished(story);
    expect(story.row(8), story.picture()).toMatch(/^>.*ПРОДАЖА № 1 +15\.30 {2}отказ в отмене$/);
    expect(story.row(22)).toContain(`Отказ: 22.08.23`);
    expect(story.row(22)).toContain(shop.reason);
    const asked = story.till.state.attemptsMade;
    story.press('enter');
    expect(story.till.state.attemptsMade).toBe(asked + 1);
    leave();
    // A new sale of the same system is begun as soon as that is decided.
    await story.until('decided', () => !story.shows('Отмен в очереди'));
    story.goods('1').press('f6');
    payWith(story, shop.code);
    expect(story.dialog, story.picture()).not.toBe('OPL-13');
    expect(story.dialog).not.toBe('DOM-104');
    expect(story.till.state.attempts.some(({ operation }) => operation === 'pay')).toBe(true);
  });

  it('«Не возвращено» is written down and settles it: not counted, not asked, not decided again', async () => {
    await beRefused(shop);
    expect(askToExit()).toBe('DOM-92');
    openUnfinished(story);
    await decide('Не возвращено');
    expect(story.shows('отказ в отмене'), story.picture()).toBe(false);
    leave();
    expect(story.till.state.attempts).toEqual([]);
    expect(askToExit()).toBe('DOM-91');
    expect(story.log()).toMatch(/cancel order=\S+: решено вручную: Не возвращено, кассир 1, подтвердил 9: кабинет/);
    await story.pass(LONG_MS);
    expect(story.till.state.attempts).toEqual([]);
    story.press('f10', 'type:9', 'enter', 'enter');
    expect(story.shows('Не возвращено'), story.picture()).toBe(true);
  });

  it('over a restart it is still the refusal that stands there', async () => {
    await beRefused(shop);
    await story.restart();
    openUnfinished(story);
    expect(story.row(8), story.picture()).toMatch(/отказ в отмене$/);
    expect(story.row(22)).toContain(shop.reason);
  });

  it('in a receipt that is still open the money that has stayed pays for it again', async () => {
    await beRefused(shop, false);
    openUnfinished(story);
    await decide('Не возвращено');
    leave();
    expect(
      journalRows(story).map((row) => row.replace(/^.* \| /, '')),
      story.picture(),
    ).toEqual(['15.30']);
    story.press('f8');
    expect(story.document, story.picture()).toBeNull();
  });
});

it('asked once more, PayMaster gives it back, and the buyer has it once', async () => {
  const [, shop] = shops as [Shop, Shop, Shop];
  await beRefused(shop);
  shop.relent();
  openUnfinished(story);
  story.press('enter');
  await story.until('given back', () => story.till.state.attempts.length === 0);
  expect(story.otherChargedKopecks()).toBe(0);
});

describe('what a human has decided', () => {
  /** Two of the same system: an older one that was decided, and a younger one that is open. */
  async function beginDecided(): Promise<void> {
    story = await begin();
    story.goods('2').press('f6');
    await takePayments(story, ['oplati']);
    await story.oplati.fault('refuse');
    story.press('escape', 'enter');
    await story.untilDialog('OPL-12');
    story.press('enter', 'f8');
    openUnfinished(story);
    await decide('Возвращено вручную');
  }

  // Incident: it stood first, was preselected, could be decided again, and every exit counted it.
  it('is no longer counted, preselected or decided again, and says who decided it', async () => {
    await beginDecided();
    expect(story.row(8), story.picture()).toMatch(/^ .*вручную$/);
    story.press('f11');
    expect(story.dialog).toBeNull();
    expect(story.row(24)).toContain('выберите оплату');
    story.press('down');
    expect(story.row(8)).toMatch(/^>.*вручную$/);
    expect(`${story.row(21)}${story.row(22)}`).toMatch(
      /^ Решено вручную: Возвращено вручную, 22\.08\.23 17:1\d:\d\d, кассир 1, подтвердил 9: кабинет$/,
    );
    story.press('f11');
    expect(story.dialog, story.picture()).toBeNull();
    expect(story.row(24)).toContain('решено: Возвращено вручную');
    story.press('escape');
    expect(story.row(18), story.picture()).toContain('Незавершенных оплат: 0   Отмен в очереди: 0');
    story.press('escape', 'escape');
    expect(story.row(24)).not.toContain('Отмен в очереди');
    expect(askToExit()).toBe('DOM-91');
    await story.oplati.fault('none');
    await story.pass(LONG_MS);
    expect(operations(story)).toEqual(['1 15.30']);
  });
});

// Incident: DOM-91, as if nothing were open.
it('cash that Assist has yet to be told of is counted by every way out', async () => {
  story = await beginAssist();
  await assistOf(story).fault('refuse');
  payWith(story, 9);
  await story.untilDialog('AS-01');
  story.press('type:1', 'enter');
  await story.untilDialog('AS-02');
  story.press('enter');
  await story.untilDialog('AS-35');
  story.press('enter', 'f8');
  expect(story.document, story.picture()).toBeNull();
  expect(story.row(24)).toContain('В очереди Ассист: 1');
  expect(askToExit()).toBe('DOM-92');
  story.press('f10', 'type:12', 'enter');
  expect(story.row(18), story.picture()).toContain('Незавершенных оплат: 1 ');
});
