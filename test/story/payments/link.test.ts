/** A lost link: told while it is lost, looked for while nobody pays, and forgotten as soon as somebody answers. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../story.ts';
import { beginShop, chooseMeans, serverOf } from './assist/shop.ts';
import { beginAtSubtotal as beginOplati, payWith, startOplati } from './oplati/shop.ts';
import { beginAtSubtotal as beginPaymaster, payBySbp, server } from './paymaster/shop.ts';

let story: Story;
afterEach(() => story.end());

interface System {
  word: string;
  begin(): Promise<Story>;
  server(): Pick<Story['oplati'], 'fault'>;
  pay(): Promise<void>;
  unavailable: string;
}

const SYSTEMS: System[] = [
  {
    word: 'О!плати',
    begin: () => beginOplati({ mode: 2 }),
    server: () => story.oplati,
    pay: async () => payWith(story, 7),
    unavailable: 'OPL-13',
  },
  {
    word: 'PayMaster',
    begin: () => beginPaymaster(),
    server: () => server(story),
    pay: async () => payBySbp(story),
    unavailable: 'DOM-104',
  },
  {
    word: 'Ассист',
    begin: () => beginShop(),
    server: () => serverOf(story),
    pay: () => chooseMeans(story, 'СБП'),
    unavailable: 'DOM-104',
  },
];

/** The first payment meets the lost link, the second one is the probe that says "not available now". */
async function loseLink({ server: serverNow, pay, unavailable }: System): Promise<void> {
  await serverNow().fault('refuse');
  await pay();
  await story.until('told that there is no link', () => story.dialog !== null && story.shows('OK (Enter)'));
  story.press('enter');
  await story.until('the subtotal', () => story.dialog === null);
  await pay();
  await story.untilDialog(unavailable);
  story.press('enter');
}

describe.each(SYSTEMS)('$word', (system) => {
  const NO_LINK = `Нет связи: ${system.word}`;

  it('is asked while the register does something else, seldomer and seldomer, and never for money', async () => {
    story = await system.begin();
    await loseLink(system);
    expect(story.shows(NO_LINK)).toBe(true);
    // Cash goes on; nobody chooses the system again.
    story.press('f8');
    const asked: number[] = [];
    story.beforeSend = () => {
      asked.push(story.clock.now());
    };
    await story.pass(300_000);
    expect(story.shows(NO_LINK)).toBe(true);
    const pauses = asked.slice(1).map((atMs, index) => atMs - (asked[index] ?? 0));
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.length).toBeLessThan(15);
    expect(Math.max(...pauses)).toBeLessThan(65_000);
    expect(pauses.at(-1)).toBeGreaterThan(pauses[0] ?? 0);

    await system.server().fault('none');
    await story.until('the link is back', () => !story.shows(NO_LINK));
    expect(story.clock.now() - (asked.at(-1) ?? 0)).toBeLessThan(2_000);
    const { length } = asked;
    await story.pass(120_000);
    expect(asked).toHaveLength(length);
    expect([story.chargedKopecks(), story.otherChargedKopecks()]).toEqual([0, 0]);
    expect(story.log()).toContain('связь восстановлена');
    // The network error by its code, and no words of it.
    expect(story.log()).toContain('не отправлен (ECONNREFUSED)');
  });

  it('works again at once when the link is back', async () => {
    story = await system.begin();
    await loseLink(system);
    await system.server().fault('none');
    await story.until('the link is back', () => !story.shows(NO_LINK));
    await system.pay();
    await story.until('the buyer pays', () => /Сдача: 0\.00$/.test(story.row(23)) || story.shows('Оплачен'));
    expect(story.chargedKopecks() + story.otherChargedKopecks()).toBe(1530);
  });
});

it('a queued cancel goes out as soon as the link is seen, and О!плати is open again', async () => {
  story = await beginOplati({ mode: 2 });
  await startOplati(story, 2);
  await story.until('paid', () => /Сдача: 0\.00$/.test(story.row(23)));
  await story.oplati.fault('refuse');
  story.press('escape', 'enter');
  await story.untilDialog('OPL-12');
  story.press('enter');
  payWith(story, 7);
  await story.untilDialog('OPL-13');
  story.press('enter');
  await story.pass(200_000);
  expect(story.shows('Отмен в очереди: 1')).toBe(true);
  await story.oplati.fault('none');
  await story.until('the queue is empty', () => !story.shows('Отмен в очереди'));
  expect(story.chargedKopecks()).toBe(0);
  payWith(story, 7);
  await story.untilDialog('OPL-23');
});

it.each([
  [{ noReply: { kind: 'tooLarge' } }, 'Ответ сервера слишком велик'],
  [{ reply: { status: 200, body: '<html>' } }, 'Ответ сервера не распознан'],
  [{ reply: { status: 404, body: '' } }, 'Сервер ответил ошибкой 404'],
] as const)(
  'a report answered with %j is told as that on the screen, in the list and in the log',
  async (answer, text) => {
    story = await beginOplati({
      mode: 2,
      till: {
        send: (request) => {
          const { tag, url } = request;
          if (!url.includes('/pos/paymentReports')) return story.send(request);
          return Promise.resolve(
            'reply' in answer ? { reply: { tag, ...answer.reply } } : { noReply: { tag, ...answer.noReply } },
          );
        },
      },
    });
    await story.oplati.fault('drop-reply', 1, { path: '/pos/payments', method: 'POST' });
    payWith(story, 7);
    await story.untilDialog('OPL-38');
    expect(story.shows(text), story.picture()).toBe(true);
    expect(story.shows('не берите деньги снова'), story.picture()).toBe(true);
    // The answer to the sale was lost, and a page that anybody may have sent is not heard as the system.
    const isAnybodys = 'reply' in answer && answer.reply.status === 200;
    expect(story.shows('Нет связи'), story.picture()).toBe(isAnybodys);
    story.press('enter').press('f10', 'type:12', 'enter', 'type:8', 'enter');
    await story.untilShows('Незавершенные оплаты');
    const said = text.charAt(0).toLowerCase() + text.slice(1);
    await story.untilShows(`Последняя ошибка: `);
    expect(story.row(22), story.picture()).toContain(said);
    expect(story.log()).toContain(`: ${said}`);
  },
);
