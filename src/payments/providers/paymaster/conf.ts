/** `paymaster.conf`: what the shop's engineer writes about PayMaster СБП. */
import { parseKopecks } from '../../../register/money.ts';
import { asciiKey, flagKey, millisecondsOf, type ProviderConf, secondsKey, urlKey } from '../../kernel/conf.ts';
import { NETWORK_KEYS, NETWORK_TEXT, networkOf } from '../../kernel/network-conf.ts';
import { PAYMASTER_DEFAULTS, type PaymasterSettings, type QrDisplay } from './settings.ts';

const TEXT = `[Main]
; Настройки оплаты по QR-коду/NFC СБП через PayMaster

; Работа с системой (0 или 1); выключатель сервисного меню
; По умолчанию 1
;enabled = 1

; Адрес сервера
; По умолчанию https://paymaster.ru/api/v2
;url = https://paymaster.ru/api/v2

; Токен доступа (Bearer) из личного кабинета PayMaster
; Без токена и merchantId тип оплаты недоступен
;token =

; Идентификатор кассы (PosID), подставляется в назначение платежа вместо {pos}
;pos =

; Идентификатор магазина (GUID)
;merchantId =

; Идентификатор кассовой ссылки (таблички, NFC-метки)
; Не указан - для каждой оплаты новый QR-код
; При display = 2 обязателен, иначе при оплате SYS-08 (paymaster.conf, stickerId)
;stickerId =

; Вывод QR-кода
; 0 - Печать на чековой ленте
; 1 - На экране
; 2 - Только сообщение (нужна кассовая ссылка stickerId)
; По умолчанию 1
;display = 1

; Назначение платежа
; {shop} - название магазина, {till} - номер кассы, {pos} - PosID
;purpose = Оплата, магазин {shop}, касса {till}

; Тестовый режим (0 или 1)
; По умолчанию 0
;testMode = 0

; Оплата части суммы чека только при выводе QR-кода на экран (0 или 1)
; По умолчанию 0
;partOnlyOnScreen = 0

; Наименьшая и наибольшая сумма одной оплаты (в рублях)
; По умолчанию от 1 до 1000000
;minimumSum = 1
;maximumSum = 1000000

; Интервал опроса состояния счета (в секундах)
; По умолчанию 3 секунды
;poll = 3

; Время ожидания ответа от сервера (в секундах)
; По умолчанию 10 секунд
;timeout = 10

; Время ожидания оплаты до сообщения об отсутствии связи (в секундах)
; По умолчанию 120 секунд
;wait = 120

; Срок жизни счета (в секундах)
; По умолчанию 300 секунд
;billLife = 300

; Ожидание конечного состояния после срока жизни счета (в секундах)
; По умолчанию 30 секунд
;grace = 30

; Через сколько секунд отсутствие счета в списке значит, что он не создан
; По умолчанию 15 секунд
;settle = 15

; Сколько ждать ссылку СБП, если ее нет в ответе на создание счета (в секундах)
; По умолчанию 30 секунд
;linkWait = 30

; Адрес, на который процессинг сообщает об оплате счета (пусто - не сообщает)
; Его прокси-сервер магазина передает кассе: notificationsAddress в kassa.json
;callbackUrl =

; Номера состояний оплаты и отказа (через запятую), не должны совпадать
; По умолчанию 5 и 6
;successStates = 5
;failureStates = 6
`;

const ID = {
  absent: '',
  allowed: 'до 64 латинских букв, цифр и знаков - _',
  // It becomes part of a path.
  accept: (value: string) => /^[A-Za-z0-9_-]{0,64}$/.test(value),
};
const STATES = {
  allowed: 'числа через запятую',
  accept: (value: string) => /^\s*\d{1,3}(?:\s*,\s*\d{1,3})*\s*$/.test(value),
};
const SUM = {
  allowed: 'сумма в рублях от 0.01 до 1000000',
  accept: (value: string) => {
    const kopecks = parseKopecks(value);
    return kopecks !== null && kopecks > 0 && kopecks <= 100_000_000;
  },
};

export const paymasterConf: ProviderConf<PaymasterSettings> = {
  file: 'paymaster/paymaster.conf',
  text: TEXT + NETWORK_TEXT,
  keys: [
    ...NETWORK_KEYS,
    flagKey('enabled', '1'),
    urlKey('url', PAYMASTER_DEFAULTS.url),
    asciiKey('token', 1000),
    { name: 'pos', ...ID },
    { name: 'merchantId', ...ID },
    { name: 'stickerId', ...ID },
    { name: 'display', absent: '1', allowed: '0, 1 или 2', accept: (value) => /^[012]$/.test(value) },
    {
      name: 'purpose',
      absent: PAYMASTER_DEFAULTS.purposeTemplate,
      allowed: 'от 1 до 140 знаков',
      accept: (value) => value.trim() !== '' && value.length <= 140,
    },
    flagKey('testMode'),
    urlKey('callbackUrl', ''),
    flagKey('partOnlyOnScreen'),
    { name: 'minimumSum', absent: '1', ...SUM },
    {
      name: 'maximumSum',
      absent: '1000000',
      allowed: 'сумма в рублях от minimumSum до 1000000',
      // Else every payment would be refused with PM-15.
      accept: (value, earlier) =>
        SUM.accept(value) && (parseKopecks(value) ?? 0) >= (parseKopecks(earlier?.('minimumSum') ?? '') ?? 0),
    },
    secondsKey('poll', PAYMASTER_DEFAULTS.pollMs, 1, 60),
    secondsKey('timeout', PAYMASTER_DEFAULTS.httpTimeoutMs, 1, 600),
    secondsKey('wait', PAYMASTER_DEFAULTS.waitMs, 1, 3_600),
    // sbp-qr.md 5, rule 4: an amount lives on a plate from 1 to 20 minutes.
    secondsKey('billLife', PAYMASTER_DEFAULTS.billTtlMs, 60, 1_200),
    secondsKey('grace', PAYMASTER_DEFAULTS.graceMs, 1, 600),
    secondsKey('settle', PAYMASTER_DEFAULTS.settleMs, 1, 600),
    secondsKey('linkWait', PAYMASTER_DEFAULTS.linkWaitMs, 1, 600),
    { name: 'successStates', absent: '5', ...STATES },
    { name: 'failureStates', absent: '6', ...STATES },
  ],
  settingsOf(value) {
    const numbers = (name: string) => value(name).split(',').map(Number);
    return {
      ...PAYMASTER_DEFAULTS,
      network: networkOf(value),
      url: value('url'),
      token: value('token'),
      posId: value('pos'),
      merchantId: value('merchantId'),
      stickerId: value('stickerId') === '' ? null : value('stickerId'),
      display: Number(value('display')) as QrDisplay,
      purposeTemplate: value('purpose'),
      testMode: value('testMode') === '1',
      callbackUrl: value('callbackUrl'),
      partOnlyOnScreen: value('partOnlyOnScreen') === '1',
      minimumKopecks: parseKopecks(value('minimumSum')) ?? PAYMASTER_DEFAULTS.minimumKopecks,
      maximumKopecks: parseKopecks(value('maximumSum')) ?? PAYMASTER_DEFAULTS.maximumKopecks,
      pollMs: millisecondsOf(value('poll')),
      httpTimeoutMs: millisecondsOf(value('timeout')),
      waitMs: millisecondsOf(value('wait')),
      billTtlMs: millisecondsOf(value('billLife')),
      graceMs: millisecondsOf(value('grace')),
      settleMs: millisecondsOf(value('settle')),
      linkWaitMs: millisecondsOf(value('linkWait')),
      successStates: numbers('successStates'),
      failureStates: numbers('failureStates'),
    };
  },
};
