/** `oplati.conf` (domain.md 5.1): what the shop's engineer writes about О!плати. */
import {
  asciiKey,
  type ConfKey,
  fieldKey,
  isIntegerWithin,
  millisecondsOf,
  type ProviderConf,
  pathKey,
  phraseKey,
  secondsKey,
  urlKey,
} from '../../kernel/conf.ts';
import { NETWORK_KEYS, NETWORK_TEXT, networkOf } from '../../kernel/network-conf.ts';
import { OPLATI_DEFAULTS, type OplatiMode, type OplatiSettings } from './settings.ts';

/** The module guide's own text, the brand's Latin O included. */
const TEXT = `[Main]
; Настройки процессинга O!плати

; Адрес сервера
; По умолчанию http://localhost
;url = http://localhost

; Время ожидания ответа от сервера (в секундах)
; По умолчанию 10 секунд
;timeout = 10

; Регистрационный номер кассы
;regNum =

; Режим работы платежной системы O!плати
; 0 - Сканирование QR-кода покупателя (Consumer Presented Mode)
; 1 - Сканирование QR-кода мерчанта - Статический QR (Merchant Presented Mode - Static QR)
; 2 - Сканирование QR-кода мерчанта - Динамический QR (Merchant Presented Mode - Dynamic QR)
; По умолчанию 0
;mode = 0

; Далее - имена, которые поставщик не опубликовал: они предположены. Менять только по указанию службы
; технической поддержки О!плати.
; Путь запроса токена и заголовок, в котором токен передается
;paths.token = /pos/tokens
;headers.token = token
; Номера режимов 0, 1 и 2 в запросе
;paymentMode.0 = 1
;paymentMode.1 = 2
;paymentMode.2 = 3
; Поля: код подтверждения, QR-код покупателя, номер карты лояльности
;fields.confirmCode = confirmCode
;fields.buyerQr = consumerQr
;fields.cardNumber = cardNumber
`;

/** Headers that say something else already. */
const TAKEN_HEADERS = [
  'regnum',
  'password',
  'accept',
  'host',
  'connection',
  'user-agent',
  'cookie',
  'expect',
  'upgrade',
];
const TAKEN_HEADER_STARTS = ['content-', 'proxy-', 'transfer-'];
/** Fields of the same bodies (oplati.md 3.1, 3.2). */
const DEMAND_FIELDS = ['paymentMode'];
const SESSION_FIELDS = ['sessionId', 'dynamicQR'];
const CARD_FIELDS = ['programName'];

export const oplatiConf: ProviderConf<OplatiSettings> = {
  file: 'oplati/oplati.conf',
  text: TEXT + NETWORK_TEXT,
  keys: [
    ...NETWORK_KEYS,
    urlKey('url', OPLATI_DEFAULTS.url),
    secondsKey('timeout', OPLATI_DEFAULTS.timeoutMs, 1, 600),
    asciiKey('regNum', 64),
    { name: 'mode', absent: '0', allowed: '0, 1 или 2', accept: (value) => /^[012]$/.test(value) },
    // Ours: a register in password mode has no token.
    phraseKey('password', 200),
    // Ours: absent from the shift report so long after a lost answer = not made (oplati.md 13.16).
    secondsKey('absenceProofSeconds', OPLATI_DEFAULTS.absenceProofMs, 1, 3600),
    // Ours: the clients of the vendor send the number of the sale again (oplati.md 13.11).
    {
      name: 'reversalOrderNumber',
      absent: 'unique',
      allowed: 'unique или sale',
      accept: (value) => /^(unique|sale)$/.test(value),
    },
    // Ours, as all below: what no public paper shows (oplati.md 13.1-13.6).
    pathKey('paths.token', OPLATI_DEFAULTS.tokenPath),
    {
      name: 'headers.token',
      absent: OPLATI_DEFAULTS.tokenHeader,
      allowed: 'имя заголовка: латинские буквы, цифры и -, не занятое в запросе',
      accept: (value) => /^[A-Za-z][A-Za-z0-9-]{0,59}$/.test(value) && !isTakenHeader(value.toLowerCase()),
    },
    modeKey(0),
    modeKey(1),
    modeKey(2),
    fieldKey('fields.confirmCode', OPLATI_DEFAULTS.confirmCodeField, SESSION_FIELDS),
    fieldKey('fields.buyerQr', OPLATI_DEFAULTS.buyerQrField, DEMAND_FIELDS),
    fieldKey('fields.cardNumber', OPLATI_DEFAULTS.loyaltyCardNumberField, CARD_FIELDS),
  ],
  settingsOf: (value) => ({
    ...OPLATI_DEFAULTS,
    network: networkOf(value),
    url: value('url'),
    timeoutMs: millisecondsOf(value('timeout')),
    regNum: value('regNum'),
    mode: Number(value('mode')) as OplatiMode,
    password: value('password') === '' ? null : value('password'),
    absenceProofMs: millisecondsOf(value('absenceProofSeconds')),
    reversalOrderNumber: value('reversalOrderNumber') === 'sale' ? 'sale' : 'unique',
    tokenPath: value('paths.token'),
    tokenHeader: value('headers.token'),
    paymentModes: {
      0: Number(value('paymentMode.0')),
      1: Number(value('paymentMode.1')),
      2: Number(value('paymentMode.2')),
    },
    confirmCodeField: value('fields.confirmCode'),
    buyerQrField: value('fields.buyerQr'),
    loyaltyCardNumberField: value('fields.cardNumber'),
  }),
};

/** Two modes under one number would be one mode. */
function modeKey(mode: OplatiMode): ConfKey {
  const others = ([0, 1, 2] as const).filter((other) => other < mode).map((other) => `paymentMode.${other}`);
  return {
    name: `paymentMode.${mode}`,
    absent: String(OPLATI_DEFAULTS.paymentModes[mode]),
    allowed: 'целое число от 0 до 99, свое у каждого режима',
    accept: (value, earlier) =>
      isIntegerWithin(value, 0, 99) && others.every((name) => Number(earlier?.(name)) !== Number(value)),
  };
}

function isTakenHeader(name: string): boolean {
  return TAKEN_HEADERS.includes(name) || TAKEN_HEADER_STARTS.some((start) => name.startsWith(start));
}
