import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactorOf } from '../../../src/log/redaction.ts';

const CANARY = 'кан/ар+ейка "7" & Q';

describe('a known secret', () => {
  const redact = redactorOf([CANARY, 'tok-1234', 'tok-1234-long', 'abc']);
  const json = JSON.stringify(CANARY);
  const percent = encodeURIComponent(CANARY);

  it.each([
    ['as it is', CANARY],
    ['in JSON', json.slice(1, -1)],
    ['in JSON inside JSON', JSON.stringify(json.slice(1, -1)).slice(1, -1)],
    ['in JSON with escaped slashes', json.slice(1, -1).replaceAll('/', '\\/')],
    [
      'in JSON of ASCII only',
      json.slice(1, -1).replace(/[а-я]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ],
    ['in a URL', percent],
    ['in a URL with small hexadecimals', percent.toLowerCase().replaceAll('q', 'Q')],
    ['in a URL, encoded twice', encodeURIComponent(percent)],
    ['in a form', new URLSearchParams({ x: CANARY }).toString().slice(2)],
    ['as base64', Buffer.from(CANARY).toString('base64')],
    ['as base64url', Buffer.from(CANARY).toString('base64url')],
    ['in hexadecimal', Buffer.from(CANARY).toString('hex')],
  ])('is masked %s', (_name, form) => {
    expect(redact(`before ${form} after ${form}`)).toBe('before *** after ***');
  });

  it.each([
    ['with every mark by its name', 'a&amp;b&lt;c&gt;&quot;ё'],
    ['with what must be escaped alone', 'a&amp;b&lt;c>"ё'],
    ['by numbers', '&#97;&#38;b&#x3C;c&#x3e;&#034;&#1105;'],
    ['in CDATA', '<![CDATA[a&b<c>"ё]]>'],
  ])('is masked in XML, %s', (_name, form) => {
    const masked = redactorOf(['a&b<c>"ё'])(`<login>x</login><note>${form}</note>`);
    expect(masked).toBe(`<login>x</login><note>${form.startsWith('<!') ? '<![CDATA[***]]>' : '***'}</note>`);
  });

  it('is masked whole when another secret begins it', () => {
    expect(redact('x tok-1234-long y tok-1234 z')).toBe('x *** y *** z');
  });

  it('of three characters would blot out ordinary text and stays', () => {
    expect(redact('abcdef')).toBe('abcdef');
  });

  it('never stands in the result, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 4, maxLength: 20 }), fc.string(), (secret, other) => {
        // A secret of stars would be found in the mask itself.
        fc.pre(!'***'.includes(secret) && !secret.includes('***') && !other.includes(secret));
        const text = `${other}|${secret}|${encodeURIComponent(secret)}|${JSON.stringify(secret)}`;
        expect(redactorOf([secret])(text).split('|')).not.toContain(secret);
      }),
      { numRuns: 300 },
    );
  });
});

describe('an unknown secret is masked by its key', () => {
  const redact = redactorOf([]);

  // The registration id of Assist stands in the answer before anybody knows that it is a secret.
  it.each([
    ['<registration_id>R-1</registration_id>', '<registration_id>***</registration_id>'],
    ['<ws:Password xml:space="x">a&amp;b</ws:Password>', '<ws:Password xml:space="x">***</ws:Password>'],
    ['<password><![CDATA[a<b]]></password><sum>1</sum>', '<password>***</password><sum>1</sum>'],
    ['<password>cut off', '<password>***'],
    ['<password/><sum>1</sum>', '<password/><sum>1</sum>'],
    ['<password></password><sum>1</sum>', '<password></password><sum>1</sum>'],
  ])('in XML: %s', (text, masked) => {
    expect(redact(text)).toBe(masked);
  });

  it.each([
    ['{"token":"s3cr3t","sum":1}', '{"token":***,"sum":1}'],
    ['{"token": "s3\\"cr3t", "sum": 1}', '{"token": ***, "sum": 1}'],
    ['{"password":12345678}', '{"password":***}'],
    // Incident: the code that only the buyer may hear stood in the log and the recording of every sale of mode 1.
    ['{"sessionId":5002,"confirmCode":"0135"}', '{"sessionId":5002,"confirmCode":***}'],
    ['{"confirmCode":1359,"sessionId":5002}', '{"confirmCode":***,"sessionId":5002}'],
    ['{\\"consumerQr\\":\\"s3cr3t\\",\\"sum\\":1}', '{\\"consumerQr\\":***,\\"sum\\":1}'],
    ['{\\"token\\":\\"s3cr', '{\\"token\\":***'],
    ['{"token":"s3cr', '{"token":***'],
    ["{ password: 's3 cr3t', x: 1 }", '{ password: ***, x: 1 }'],
    ['Authorization: Bearer s3cr3t', 'Authorization: ***'],
    ['authorization: Basic s3cr3t==, regNum: 8', 'authorization: ***, regNum: 8'],
    ['GET /x?a=1&token=s3cr3t&b=2', 'GET /x?a=1&token=***&b=2'],
    ['GET /x?access_token=s3cr3t', 'GET /x?access_token=***'],
    ['body=%7B%22token%22%3A%22s3cr3t%22%7D', 'body=%7B%22token%22%3A***%7D'],
    ['Password = s3cr3t;x', 'Password = ***;x'],
    ['{"token":["s3cr3t","s3cr3t"]}', '{"token":***}'],
    ['token:\n  s3cr3t', 'token:\n  ***'],
  ])('%s', (text, masked) => {
    expect(redact(text)).toBe(masked);
  });

  it('and what only looks like one stays readable', () => {
    const text = 'Файл token.conf поврежден, mode=2, tokenDialect v1, POST payments order=8-42-11-1 sum=121.90';
    expect(redact(text)).toBe(text);
  });

  it('costs no quadratic time on hostile text', () => {
    // Quadratic work on these would outlast the test's limit many times over.
    for (const hostile of ['\\', '"token":', '{"token":"\\', 'token', '%22', "'", '{', '[', '1', 'token%3A%22', 'a']) {
      const text = hostile.repeat(Math.ceil(1_000_000 / hostile.length));
      expect(redact(text).length).toBeLessThanOrEqual(text.length + 3);
    }
  });
});

describe('a card number', () => {
  const redact = redactorOf([]);

  it.each([
    ['card 4111111111111111.', 'card 411111******1111.'],
    ['card 4111 1111 1111 1111.', 'card 411111******1111.'],
    ['card 4111-1111-1111-1111.', 'card 411111******1111.'],
    [';5500005555555559=2512', ';550000******5559=2512'],
    ['4222222222222', '422222***2222'],
  ])('is masked: %s', (text, masked) => {
    expect(redact(text)).toBe(masked);
  });

  it('is not what a barcode is, even when its digits pass the card check', () => {
    // 4810000000032 is right by both rules.
    const text = "Поиск товара со штрих-кодом: 4810000009998, '4810000000032', 1111 2222 3333 4445";
    expect(redact(text)).toBe(text);
  });
});

describe("a code of the buyer's phone", () => {
  const redact = redactorOf([]);
  const code = 'o-plati://o-buyer/one/FBUWFxgZGhscHR4fICEiIyQlJic=';

  it.each([
    ['as it is', `Поиск товара со штрих-кодом: ${code}`],
    ['in quotes', `Товар со штрих-кодом '${code}' не найден`],
    ['in JSON', JSON.stringify({ code })],
    ['in JSON with escaped slashes', JSON.stringify({ code }).replaceAll('/', '\\/')],
    ['in JSON inside JSON', JSON.stringify({ body: JSON.stringify({ code }).replaceAll('/', '\\/') })],
    ['percent-encoded', `GET /x?code=${encodeURIComponent(code)}&b=2`],
    ['in capitals', code.toUpperCase()],
  ])('leaves only its head, %s (scanned as goods it stood whole in the log)', (_name, text) => {
    const masked = redact(text);
    expect(masked).not.toMatch(/FBUW/i);
    expect(masked).toMatch(/o-buyer\/\*\*\*/i);
  });

  it('is not the QR of the shop, which support must be able to read', () => {
    const text = '{"sessionId":5001,"dynamicQR":"o-plati://o-cashpay/dyn/AAECAwQFBgcICQoLDA0ODxAREhM="}';
    expect(redact(text)).toBe(text);
  });
});

it('fields that a shop has named are masked by their whole names, as the others are', () => {
  const redact = redactorOf([], ['code', 'q.r']);
  expect(redact('{"code":1359,"internalCode":"166","a": "x"}')).toBe('{"code":***,"internalCode":"166","a": "x"}');
  expect(redact('{\\"q.r\\":\\"o-plati\\",\\"qxr\\":1}')).toBe('{\\"q.r\\":***,\\"qxr\\":1}');
});

describe('the number of an order or a payment', () => {
  const redact = redactorOf([]);
  // Passes the card check, as one number in ten does.
  const number = '5123450000000008';

  // Incident: bill numbers of Assist were masked as cards.
  it.each([
    `{"billnumber":"${number}","orderstate":"Approved"}`,
    `{"ordernumber": ${number}}`,
    `{\\"billnumber\\":\\"${number}\\"}`,
    `<billnumber>${number}</billnumber>`,
    `Billnumber=${number}&Amount=1.00`,
    `{"paymentId":"${number}"}`,
    `pay order=${number}: проведена`,
  ])('is told whole: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it.each([
    `{"billnumber":"1","meannumber":"${number}"}`,
    `<cardnumber>${number}</cardnumber>`,
    `order=7 card=${number}`,
    `{"order":"a","pan":"${number}"}`,
  ])('is no cover for a card beside it: %s', (text) => {
    expect(redact(text)).toContain('512345******0008');
  });
});
