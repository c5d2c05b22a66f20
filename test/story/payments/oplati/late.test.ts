/** What arrives after everybody had given it up: the clock proves nothing over a restart, and a late charge goes back. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src/app/clock.ts';
import { VirtualClock } from '../../../../src/emulators/clock.ts';
import type { HttpRequest } from '../../../../src/payments/driver.ts';
import { shopClock } from '../../../shop-clock.ts';
import {
  cancelPayment,
  closeReturn,
  confirmRefund,
  operations,
  REVERSAL,
  returnPart,
  sell,
  setReturned,
  takePayments,
  untilPaid,
} from '../../returns/counter.ts';
import { CAPTURE_TIME, type Story, type StoryOptions } from '../../story.ts';
import {
  answerDialog,
  begin,
  beginAtSubtotal,
  expectSubtotal,
  journalRows,
  openUnfinished,
  payWith,
  startOplati,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const SALE = { path: '/pos/payments', method: 'POST' };
const REPORT = { path: '/pos/paymentReports' };
const NO_ANSWER = 'Ошибка обращения к серверу';
const MODES = [0, 1, 2] as const;

/** The shop's clock, which somebody may put forward while the register is down. */
function movableClock(clock: VirtualClock): { shop: Clock; putForward(ms: number): void } {
  let offsetMs = 0;
  return {
    shop: shopClock(clock, () => offsetMs),
    putForward: (ms) => {
      offsetMs += ms;
    },
  };
}

/** The next such request does not arrive; the network has kept a copy. @returns delivers it */
async function hold(at: { path: string; method: string }): Promise<() => Promise<void>> {
  let kept: HttpRequest | null = null;
  story.beforeSend = (request) => {
    if (request.method === at.method && request.url.endsWith(at.path)) kept ??= request;
  };
  await story.oplati.fault('drop-request', 1, at);
  return async () => {
    if (kept === null) throw new Error('nothing was held');
    const { url, method, headers, body } = kept as HttpRequest;
    await (await fetch(url, { method, headers, body })).text();
  };
}

async function restartWithClockForward(putForward: (ms: number) => void): Promise<void> {
  await story.till.stop();
  putForward(120_000);
  await story.restart();
  expect(story.dialog, story.picture()).toBe('SYS-09');
  story.press('enter');
}

/** The list a human decides from. */
function expectNothingUnfinished(): void {
  openUnfinished(story);
  expect(story.shows('Незавершенных оплат нет'), story.picture()).toBe(true);
  story.press('escape', 'escape', 'escape');
}

describe('the clock was put forward over a restart: 75 s did not pass, nothing is absent yet', () => {
  it.each(MODES)(
    'mode %i: the sale was on its way and is charged after the restart: attached, no OPL-14',
    async (mode) => {
      const clock = new VirtualClock(CAPTURE_TIME);
      const { shop, putForward } = movableClock(clock);
      story = await beginAtSubtotal({ mode, clock, till: { clock: shop } });
      const deliver = await hold(SALE);
      await startOplati(story, mode);
      await story.untilDialog('OPL-29');
      await restartWithClockForward(putForward);
      await story.pass(15_000);
      expect(story.dialog, story.picture()).toBe('OPL-29');
      await deliver();
      await story.until('attached', () => journalRows(story)[0] === 'О!плати | 15.30');
      story.press('f8');
      expect(story.shows('Чек закрыт')).toBe(true);
      expect(story.chargedKopecks()).toBe(1530);
    },
  );

  it('a part is given back: not "not registered", not repeated under a new number, given back once', async () => {
    const clock = new VirtualClock(CAPTURE_TIME);
    const { shop, putForward } = movableClock(clock);
    story = await begin({ clock, till: { clock: shop } });
    await sell(story, ['2', '2'], 'oplati');
    returnPart(story, 1);
    setReturned(story, 2, '0');
    const deliver = await hold({ ...REVERSAL });
    story.press('f6');
    confirmRefund(story);
    await story.untilDialog('OPL-29');
    await restartWithClockForward(putForward);
    await story.pass(15_000);
    expect(story.dialog, story.picture()).toBe('OPL-29');
    await deliver();
    await untilPaid(story);
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 30.60', '3 15.30']);
  });
});

describe.each(MODES)('mode %i: the charge turns up after OPL-14', (mode) => {
  /** The server takes its time: the sale it has got is in no report for longer than 75 s. */
  async function givenUp(options: StoryOptions = {}): Promise<() => Promise<void>> {
    const { emulator, ...more } = options;
    story = await beginAtSubtotal({ mode, emulator: { sessionTtlMs: 48 * 3_600_000, ...emulator }, ...more });
    const deliver = await hold(SALE);
    await startOplati(story, mode);
    await answerDialog(story, 'OPL-14', 'Ошибка', NO_ANSWER);
    expectSubtotal(story, '15.30');
    return deliver;
  }

  it('the receipt was paid in cash and closed: the charge is found by itself and given back, nobody is asked', async () => {
    const deliver = await givenUp();
    expectNothingUnfinished();
    payWith(story, 1);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    await deliver();
    expect(story.chargedKopecks()).toBe(1530);
    const dialogs = new Set<string | null>();
    story.onPaint = () => dialogs.add(story.dialog);
    await story.until('given back', () => story.chargedKopecks() === 0);
    expect(operations(story)).toEqual(['1 15.30', '3 15.30']);
    expect([...dialogs]).toEqual([null]);
    await story.until('nothing is left to do', () => story.till.state.attempts.length === 0);
  });

  it('hours later and after a restart: given back', async () => {
    const deliver = await givenUp();
    payWith(story, 1);
    story.press('f8');
    for (let halfHours = 0; halfHours < 3; halfHours++) await story.pass(29 * 60_000);
    await story.restart();
    expect(story.dialog, story.picture()).toBeNull();
    for (let halfHours = 0; halfHours < 1; halfHours++) await story.pass(29 * 60_000);
    await deliver();
    await story.oplati.fault('garbage', 2, REPORT);
    for (let looks = 0; looks < 4 && story.chargedKopecks() !== 0; looks++) await story.pass(29 * 60_000);
    expect(operations(story)).toEqual(['1 15.30', '3 15.30']);
  });
});

describe('while a payment stands on the watch list', () => {
  it('О!плати takes the same receipt under a new number; only the late charge goes back', async () => {
    story = await beginAtSubtotal({ mode: 2, emulator: { sessionTtlMs: 3_600_000 } });
    const deliver = await hold(SALE);
    await startOplati(story, 2);
    await answerDialog(story, 'OPL-14', 'Ошибка', NO_ANSWER);
    await takePayments(story, ['oplati']);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    await sell(story, ['2'], 'oplati');
    await deliver();
    expect(story.chargedKopecks()).toBe(3 * 1530);
    await story.until('given back', () => story.chargedKopecks() === 2 * 1530);
    await story.pass(60_000);
    expect(operations(story)).toEqual(['1 15.30', '1 15.30', '1 15.30', '3 15.30']);
  });

  it('a sale that provably never left, and one the server refused, are not looked for', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    story.beforeSend = async ({ url }) => {
      if (url.endsWith(SALE.path)) await story.oplati.fault('refuse');
    };
    await startOplati(story, 2);
    await answerDialog(story, 'OPL-01', 'Ошибка', 'Ошибка соединения с сервером');
    expect(story.till.state.attempts).toEqual([]);
    story.beforeSend = null;
    await story.oplati.fault('none');
    story.oplati.setBalance(0);
    await startOplati(story, 2);
    await story.untilDialog('OPL-06');
    expect(story.till.state.attempts).toEqual([]);
  });
});

describe('a payment whose number at О!плати we were told', () => {
  it('404 and a report without it: the money is still owed; it goes back when the server knows it again', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await takePayments(story, ['oplati']);
    const before = new Set(story.oplati.requests());
    // The server has lost sight of it: its answers are those to a stranger's payment and an empty shift.
    story.beforeSend = (request) => {
      request.url = request.url.replace(/payments\/\d+/, 'payments/999').replace(/shift=\d+/, 'shift=01011999');
    };
    cancelPayment(story, 'Отменить оплату? О!плати 15.30');
    const unknown = 'Результат отмены пока неизвестен. Операция отмены в очереди, касса завершит ее сама';
    await answerDialog(story, 'OPL-12', 'Предупреждение', unknown);
    await story.pass(240_000);
    expect(story.oplati.requests().filter((request) => !before.has(request) && request.status === 404)).toHaveLength(1);
    expect(story.chargedKopecks()).toBe(1530);
    expect(story.till.state.attempts).toMatchObject([{ operation: 'cancel', state: 'unknown' }]);
    expect(story.log()).toMatch(/ERROR oplati .*payment \d+ is missing/);
    story.beforeSend = null;
    await story.until('given back', () => story.chargedKopecks() === 0);
    await story.until('the queue is empty', () => story.till.state.attempts.length === 0);
  });
});

describe('the server took one sale twice', () => {
  it('the receipt counts it once, and the log names what goes back', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('drop-reply', 1, SALE);
    let isTwice = false;
    let sale: HttpRequest | null = null;
    story.beforeSend = async (request) => {
      if (request.method === 'POST' && request.url.endsWith(SALE.path)) sale ??= request;
      if (isTwice || sale === null || !request.url.includes(REPORT.path)) return;
      isTwice = true;
      await takeAgain(sale);
    };
    await startOplati(story, 2);
    await story.until('paid', () => journalRows(story)[0] === 'О!плати | 15.30');
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    await story.until('given back', () => story.chargedKopecks() === 1530);
    const [, second] = story.oplati.ledger().filter(({ paymentType }) => paymentType === 1);
    expect(second?.reversals).toHaveLength(1);
    expect(story.log()).toMatch(new RegExp(`ERROR oplati .*оплачен дважды, № ${second?.paymentId} возвращается`));
  });

  /** The same order number in a session of its own. */
  async function takeAgain({ url, headers, body }: HttpRequest): Promise<void> {
    const post = async (path: string, fields: object) => {
      const reply = await fetch(url.replace(SALE.path, path), {
        method: 'POST',
        headers,
        body: JSON.stringify(fields),
      });
      return (await reply.json()) as { sessionId: number };
    };
    const { sessionId } = await post('/pos/demandPayment', { paymentMode: 3 });
    story.oplati.scan();
    await post(SALE.path, { ...JSON.parse(body ?? '{}'), sessionId });
  }
});
