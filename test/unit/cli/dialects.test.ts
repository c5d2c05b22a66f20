import { expect, it } from 'vitest';
import { readDemoDialects, readDialectWords } from '../../../src/cli/dialects.ts';
import { serveEmulator } from '../../../src/emulators/serve.ts';

it('words become what POST dialect takes, and the server answers so from its start', async () => {
  const read = await readDialectWords('assist', ['usedNumber=refuse', 'hasQrOnRead=false', 'soapFaultStatus=500']);
  expect(read).toEqual({ dialect: { usedNumber: 'refuse', hasQrOnRead: false, soapFaultStatus: 500 } });
  const { dialect } = read as { dialect: object };
  const served = await serveEmulator('assist', { port: 0, buyer: 'pays', dialect });
  try {
    const shown = await (await fetch(`${served.control}/dialect`)).json();
    expect(shown).toMatchObject({
      usedNumber: { is: 'refuse' },
      hasQrOnRead: { is: false },
      soapFaultStatus: { is: 500 },
      answerForm: { is: 'checkdata' },
    });
  } finally {
    await served.close();
  }
});

it.each([
  ['paymaster', 'amountForm=four decimals', { amountForm: 'four decimals' }],
  ['paymaster', 'conflictStatus=400', { conflictStatus: 400 }],
  ['oplati', 'reversalEcho=sale', { reversalEcho: 'sale' }],
])('%s: %s', async (server, word, dialect) => {
  expect(await readDialectWords(server, [word])).toEqual({ dialect });
});

it.each([
  ['assist', 'nothing=1', 'Ключ --dialect: у assist нет "nothing". Имена: russianStates, faultForm, '],
  ['assist', 'toString=1', 'Ключ --dialect: у assist нет "toString". Имена: '],
  ['assist', '', 'Ключ --dialect: у assist нет "". Имена: '],
  ['assist', 'faultForm=top', 'Ключ --dialect: у faultForm нет значения "top". Допустимо: framed, root, codes'],
  ['assist', 'faultForm', 'Ключ --dialect: у faultForm нет значения "". Допустимо: framed, root, codes'],
  ['paymaster', 'hasLinkOnRead=yes', 'Допустимо: true, false'],
  ['toybank', 'a=b', 'Ключ --dialect: "toybank" отвечает только по-одному'],
])('%s: "%s" is told in Russian, with what is allowed', async (server, word, text) => {
  expect(await readDialectWords(server, [word])).toEqual({ fault: expect.stringContaining(text) });
});

it("in the demo every server has its own, but for those that are somebody else's", async () => {
  const urls = { oplati: 'http://127.0.0.1:9', paymaster: undefined, assist: undefined };
  const words = ['assist.answerForm=flat', 'paymaster.listRows=full', 'assist.testMode=1'];
  expect(await readDemoDialects(words, urls)).toEqual({
    dialect: { assist: { answerForm: 'flat', testMode: 1 }, paymaster: { listRows: 'full' } },
  });
  for (const [word, text] of [
    ['visa.answerForm=flat', 'нет такого сервера: "visa.answerForm=flat". Допустимо: oplati.NAME=VALUE, '],
    ['answerForm=flat', 'нет такого сервера'],
    ['oplati.reversalEcho=sale', 'сервер oplati указан ключом --oplati-url'],
    ['assist.answerForm=round', 'у answerForm нет значения "round"'],
  ] as const) {
    expect(await readDemoDialects([word], urls)).toEqual({ fault: expect.stringContaining(text) });
  }
});
