/** The same drivers behind the real till: journal, log, recording, screen and paper. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { drivers } from '../../src/payments/registry.ts';
import { pathsOf } from '../../src/settings/paths.ts';
import { writeToken } from '../../src/settings/token-conf.ts';
import { oplatiFiles } from '../oplati-files.ts';
import {
  boxOf,
  buyerCode,
  documentsOf,
  expectBooksAgree,
  expectDialog,
  payWith,
  writeConf,
} from '../story/payments/oplati/shop.ts';
import { Story, type StoryOptions } from '../story/story.ts';

let story: Story;
afterEach(() => story.end());

const REG_NUM = 'OPL000000002';
const TOKEN = 'CANARY-token-7f3a91';
const PASSWORD = 'CANARY-password-55c2';

async function beginAtSubtotal(options: StoryOptions = {}): Promise<void> {
  story = await Story.begin({
    emulator: { tokens: { [REG_NUM]: TOKEN } },
    ...options,
    prepare: (root) => {
      writeToken(oplatiFiles(root).token, TOKEN);
      options.prepare?.(root);
    },
  });
  story.goods('2').press('f6');
}

/** Questions that a willing cashier answers with Enter: the first way of paying, exactly the sum. */
const ENTER_ANSWERS = ['tellCode', 'confirm', 'form', 'amount'];

/** Answers every question of a payment as a willing cashier. */
async function assistUntilPaid(code: string): Promise<void> {
  await story.until('the payment has ended', () => {
    const prompt = story.till.state.attempts.find(({ foreground }) => foreground)?.prompt?.show;
    if (prompt === 'scanBuyerCode') story.scan(code);
    if (prompt !== undefined && ENTER_ANSWERS.includes(prompt)) story.press('enter');
    return story.till.state.attempts.length === 0;
  });
  if (story.till.state.ui.stack.at(-1)?.name === 'result') story.press('enter');
}

/** Every file of the root as text, with what stands in the databases' columns. */
function everythingWritten(): Map<string, string> {
  const written = new Map<string, string>();
  for (const entry of readdirSync(story.root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    written.set(path.slice(story.root.length + 1), readFileSync(path).toString('latin1'));
  }
  return written;
}

const PROVIDERS = [...drivers.keys()];

describe.each(PROVIDERS)('%s', (provider) => {
  const currencyCode = () =>
    story.till.model().currencies.find((currency) => currency.provider === provider)?.code ?? 0;

  const charged = () => story.chargedKopecks() + story.otherChargedKopecks();
  const hasServer = drivers.get(provider)?.conf !== null;

  it('pays a receipt: one row, one attempt, closed, nothing left to be found out', async () => {
    await beginAtSubtotal({ paymaster: {}, assist: {} });
    payWith(story, currencyCode());
    await assistUntilPaid(buyerCode(1));
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expect(documentsOf(story)).toMatchObject([
      { status: 'closed', receivedKopecks: 1530, payments: [{ state: 'approved', currency: { provider } }] },
    ]);
    expect(charged()).toBe(hasServer ? 1530 : 0);
    expectBooksAgree(story);
  });

  it('is taken back (OPL-25) and the receipt is as before', async () => {
    await beginAtSubtotal({ paymaster: {}, assist: {} });
    payWith(story, currencyCode());
    await assistUntilPaid(buyerCode(1));
    story.press('escape');
    expect(story.dialog).toBe('OPL-25');
    story.press('enter');
    await assistUntilPaid(buyerCode(2));
    expect(story.row(23)).toMatch(/К оплате: 15\.30$/);
    expect(charged()).toBe(0);
    expectBooksAgree(story);
  });
});

describe('a payment system nobody has registered', () => {
  it('is refused with DOM-34 before any I/O and without a trace in the receipt', async () => {
    await beginAtSubtotal({
      prepare: (root) => {
        const catalog = new BetterSqlite3(pathsOf(root).catalog);
        catalog.exec("INSERT INTO valut VALUES (99, 'Нет', 'Чужая система', 'nobody', 0)");
        catalog.close();
      },
    });
    payWith(story, 99);
    expectDialog(story, 'DOM-34', 'Предупреждение', boxOf(story)?.text ?? '');
    expect(story.document?.payments).toEqual([]);
    expect(story.oplati.requests()).toEqual([]);
    expect(story.till.state.attempts).toEqual([]);
  });
});

describe('canary secrets', () => {
  const spy = () => {
    const pictures = new Set<string>();
    story.onPaint = (rows) => pictures.add(rows.join('\n'));
    return pictures;
  };

  it.each([0, 1, 2] as const)(
    'mode %i: token and buyer’s code are in no file but token.conf, and on no screen',
    async (mode) => {
      await beginAtSubtotal({ mode });
      const pictures = spy();
      const code = buyerCode(777);
      payWith(story, 7);
      if (mode === 0) {
        // Half typed, half scanned: both ways pass the recording.
        story.press(`type:${code.slice(0, 30)}`);
        for (let i = 0; i < 30; i++) story.press('backspace');
      }
      await assistUntilPaid(code);
      story.press('escape', 'enter');
      await assistUntilPaid(code);
      story.till.log.flush();
      await story.restart();
      const written = everythingWritten();
      expect([...written.keys()].join(' ')).toMatch(/journal\.db.*recording\.jsonl|recording\.jsonl.*journal\.db/s);
      for (const [path, text] of written) {
        if (path.includes('token.conf')) continue;
        expect(text.includes(TOKEN), `token in ${path}`).toBe(false);
        expect(text.includes(code), `buyer’s code in ${path}`).toBe(false);
        expect(text.includes(code.slice(23)), `a part of the buyer’s code in ${path}`).toBe(false);
      }
      for (const picture of pictures) {
        expect(picture).not.toContain(TOKEN);
        expect(picture).not.toContain(code.slice(0, 12));
      }
    },
  );

  it('the token that has just come is not in the log or recording of its own answer', async () => {
    story = await Story.begin({ mode: 2 });
    story.goods('2').press('f6');
    payWith(story, 7);
    await assistUntilPaid('');
    const stored = /token = (\S+)/.exec(readFileSync(oplatiFiles(story.root).token, 'utf8'))?.[1] ?? '';
    expect(stored.length).toBeGreaterThan(20);
    story.till.log.flush();
    await story.restart();
    for (const [path, text] of everythingWritten()) {
      if (!path.includes('token.conf')) expect(text.includes(stored), path).toBe(false);
    }
  });

  it('the password of oplati.conf is nowhere else', async () => {
    story = await Story.begin({
      mode: 2,
      emulator: { registers: [{ regNum: REG_NUM, password: PASSWORD }] },
    });
    writeConf(story, `[Main]\npassword = ${PASSWORD}\n`);
    const pictures = spy();
    story.goods('2').press('f6');
    payWith(story, 7);
    await assistUntilPaid('');
    expect(story.chargedKopecks()).toBe(1530);
    story.till.log.flush();
    await story.restart();
    for (const [path, text] of everythingWritten()) {
      if (!path.endsWith('oplati.conf')) expect(text.includes(PASSWORD), path).toBe(false);
    }
    for (const picture of pictures) expect(picture).not.toContain(PASSWORD);
  });

  it('a cashier’s password typed for DOM-06 is not recorded', async () => {
    await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('drop-reply', 1, { path: '/pos/payments', method: 'POST' });
    await story.oplati.fault('http-500', 100, { path: '/pos/paymentReports' });
    payWith(story, 7);
    await story.untilDialog('OPL-16');
    story.press('escape', 'f10');
    for (const item of ['Смена', 'Незавершенные оплаты']) {
      while (!story.screen.some((row) => row.includes('>') && row.includes(item))) story.press('down');
      story.press('enter');
    }
    story.press('f11', 'down', 'type:причина', 'enter', 'type:97531', 'enter');
    await story.until('checked', () => !story.till.state.ui.busy);
    await story.restart();
    const recording = readFileSync(pathsOf(story.root).recording, 'utf8');
    const typed = recording
      .split('\n')
      .filter((line) => line.includes('"type":"key"'))
      .map((line) => (JSON.parse(line) as { text: string | null }).text ?? '')
      .join('');
    expect(typed).toContain('причина*****');
    expect(typed).not.toContain('97531');
  });
});
