/** Every system, asked for money, about it, and for it back, while everything is answered wrong in one way; then it gets well. */
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../src/payments/driver.ts';
import { Story } from '../story.ts';
import { bringToEnd, expectBooks as expectAssistBooks, serverOf } from './assist/shop.ts';
import { expectBooksAgree as expectOplatiBooks, payWith } from './oplati/shop.ts';
import { expectBooksAgree as expectPaymasterBooks, server } from './paymaster/shop.ts';

interface System {
  name: string;
  currency: number;
  begin(): Promise<Story>;
  /** Up to the request that moves money. */
  choose(story: Story): Promise<void>;
  fault(story: Story, kind: string, times?: number): Promise<void>;
  requests(story: Story): number;
  isSale(request: HttpRequest): boolean;
  isReversal(request: HttpRequest): boolean;
  expectBooks(story: Story): void;
}

const SYSTEMS: System[] = [
  {
    name: 'oplati',
    currency: 7,
    async begin() {
      const story = await Story.begin({ mode: 2 });
      story.oplati.setBuyer('pays', { pinAfterMs: 12_000 });
      return story;
    },
    choose: async (story) => payWith(story, 7),
    fault: (story, kind, times) => story.oplati.fault(kind, times),
    requests: (story) => story.oplati.requests().length,
    isSale: ({ url, method }) => method === 'POST' && url.endsWith('/pos/payments'),
    isReversal: ({ url }) => url.endsWith('/reversals'),
    expectBooks: expectOplatiBooks,
  },
  {
    name: 'paymaster',
    currency: 8,
    begin: () => Story.begin({ paymaster: { settings: { display: 0 } } }),
    choose: async (story) => payWith(story, 8),
    fault: (story, kind, times) => server(story).fault(kind, times),
    requests: (story) => server(story).requests().length,
    isSale: ({ url, method }) => method === 'POST' && url.endsWith('/payments'),
    isReversal: ({ url, method }) => method === 'POST' && url.endsWith('/refunds'),
    expectBooks: expectPaymasterBooks,
  },
  {
    name: 'assist',
    currency: 9,
    begin: () => Story.begin({ assist: { settings: { sbpMode: 'direct', means: 'sbp' } } }),
    async choose(story) {
      payWith(story, 9);
      await story.untilDialog('AS-01');
      const digit = /(\d) {2}СБП/.exec(story.screen.find((row) => row.includes('  СБП')) ?? '')?.[1];
      story.press(`type:${digit}`, 'enter');
    },
    fault: (story, kind, times) => serverOf(story).fault(kind, times),
    requests: (story) => serverOf(story).requests().length,
    isSale: ({ url }) => url.endsWith('/pay/fastpay.cfm'),
    isReversal: ({ url }) => url.endsWith('/cancel/wscancel.cfm'),
    expectBooks: expectAssistBooks,
  },
];

/** What an answer of each kind is called; `isForGood`: asking does not help. Null = there is none. */
const KINDS: [kind: string, words: string | null, isForGood: boolean][] = [
  ['http-404', 'ошибкой 404', true],
  ['http-403', 'ошибкой 403', true],
  ['http-401', 'учетные данные|ошибкой 401', true],
  ['http-302', 'перенаправляет \\(302\\)', true],
  ['portal', 'не распознан', true],
  ['strange-json', 'не распознан', true],
  ['too-large', 'слишком велик|не распознан', true],
  ['http-429', 'ошибкой 429', false],
  ['http-500', 'ошибкой 500', false],
  ['http-503', 'ошибкой 503', false],
  ['cut', null, false],
  ['drop-reply', null, false],
  ['drop-request', null, false],
  ['refuse', null, false],
];

const WINDOW_MS = 2 * 60_000;
/** Asked as often as is allowed, every 3 s: a server in trouble may get well at any moment. */
const MOST_REQUESTS = 45;
/** The pauses grow: 3, 3, 6, 12 ... s; ten that leave the buyer his QR come first. */
const MOST_FOR_GOOD = 20;
/** One of them for so long. */
const LONG = { kind: 'http-404', windowMs: 20 * 60_000, most: 25 };

type Operation = 'the payment and all after it' | 'the questions after the payment' | 'the way back';

/** From the request on that this operation begins with. */
function strikesAt(system: System, operation: Operation): (request: HttpRequest) => boolean {
  let wasSold = false;
  return (request) => {
    if (operation === 'the way back') return system.isReversal(request);
    if (operation === 'the payment and all after it') return system.isSale(request);
    const isAfter = wasSold;
    wasSold ||= system.isSale(request);
    return isAfter;
  };
}

describe.each(SYSTEMS)('$name', (system) => {
  it.each<Operation>(['the payment and all after it', 'the questions after the payment', 'the way back'])(
    '%s: named as what it is, told once, asked ever more rarely, and decided when it gets well',
    async (operation) => {
      const story = await system.begin();
      try {
        for (const kind of KINDS) await playKind(story, system, operation, kind);
      } finally {
        await story.end();
      }
    },
    60_000,
  );
});

async function playKind(
  story: Story,
  system: System,
  operation: Operation,
  [kind, words, isForGood]: (typeof KINDS)[number],
): Promise<void> {
  const about = (what: string) => `${system.name}, ${operation}, ${kind}: ${what}\n${story.picture()}`;
  const seen: string[] = [];
  const logged = story.log().length;
  story.goods('2').press('f6');
  const strikes = strikesAt(system, operation);
  let struckAt: { requests: number; atMs: number } | null = null;
  story.onPaint = (rows) => {
    if (struckAt !== null) seen.push(...rows);
  };
  story.beforeSend = async (request) => {
    if (struckAt !== null || !strikes(request)) return;
    struckAt = { requests: system.requests(story), atMs: story.clock.now() };
    await system.fault(story, kind, 1_000_000);
  };
  await system.choose(story);
  if (operation === 'the way back') {
    if (system.name === 'assist') {
      await story.untilDialog('AS-04');
      story.press('enter');
    }
    await story.until('paid', () => story.dialog === null && /Сдача: 0\.00$/.test(story.row(23)));
    story.press('escape', 'enter');
  }
  await story.until(about('never struck'), () => struckAt !== null);
  const { requests, atMs } = struckAt ?? { requests: 0, atMs: 0 };
  const isLong = kind === LONG.kind;
  const endMs = atMs + (isLong ? LONG.windowMs : WINDOW_MS);
  await story.until('the window', () => story.clock.now() >= endMs);

  const told =
    story
      .log()
      .slice(logged)
      .match(new RegExp(`ERROR +${system.name} .*запрос "\\w+"`, 'g')) ?? [];
  const asked = told.map((line) => /"\w+"/.exec(line)?.[0]);
  expect(asked.length, about(`told more than once: ${asked}`)).toBe(new Set(asked).size);
  expect(asked.length > 0, about('told as a fault of the settings or the system')).toBe(isForGood);
  if (words !== null) {
    expect(
      seen.some((row) => row.includes('Нет связи') || row.includes('нет связи')),
      about('a word of the link'),
    ).toBe(false);
    expect(story.log().slice(logged), about('not called by its name')).toMatch(new RegExp(words));
  }
  if (isForGood) {
    expect(
      story.till.state.attempts.some(({ foreground }) => foreground),
      about('she still waits'),
    ).toBe(false);
  }
  const most = isLong ? LONG.most : isForGood ? MOST_FOR_GOOD : MOST_REQUESTS;
  expect(system.requests(story) - requests, about('asked too often')).toBeLessThanOrEqual(most);

  await system.fault(story, 'none');
  story.beforeSend = null;
  story.onPaint = null;
  await bringToEnd(story);
  system.expectBooks(story);
}
