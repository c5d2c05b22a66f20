/** `assist.conf`: what the shop's engineer writes about Assist. */
import {
  type ConfKey,
  fieldKey,
  flagKey,
  isIntegerWithin,
  millisecondsOf,
  type ProviderConf,
  pathKey,
  phraseKey,
  secondsKey,
  urlKey,
} from '../../kernel/conf.ts';
import { NETWORK_KEYS, NETWORK_TEXT, networkOf } from '../../kernel/network-conf.ts';
import { ALL_MEANS, ASSIST_DEFAULTS, ASSIST_PATHS, type AssistPaths, type AssistSettings } from './settings.ts';

const SBP_MODES = ['mpos', 'page', 'direct'] as const;
const CASH_MODES = ['mpos', 'form'] as const;
const PATH_NAMES = Object.keys(ASSIST_PATHS) as (keyof AssistPaths)[];

/** What every form has already (`wire.ts`): a field of ours under such a name would overwrite the order. */
const FORM_FIELDS = [
  ...['Merchant_ID', 'Login', 'Password', 'Format', 'Email', 'Checkvalue'],
  ...['OrderNumber', 'OrderAmount', 'OrderCurrency', 'OrderDate'],
];

const TEXT = `[Main]
; Настройки платежной системы Ассист
; Система включается, когда заданы адрес сервера, номер предприятия, логин и пароль

; Работа с системой: 1 - да, 0 - нет; выключатель сервисного меню
; По умолчанию 1
;enabled = 1

; Адрес сервера, его сообщает служба поддержки Ассист
;serverUrl = https://payments.paysecure.ru

; Номер предприятия (Merchant_ID)
;merchantId =

; Логин и пароль пользователя веб-сервисов
;login =
;password =

; Время ожидания ответа от сервера (в секундах)
; По умолчанию 20 секунд
;timeout = 20

; Способы оплаты, на которые у пользователя есть права, через запятую
; cash - наличные, reader - картридер, sbp - СБП, softpos - SoftPOS
; По умолчанию все
;methods = cash,reader,sbp,softpos

; Валюты в списке кассы
; one - одна валюта "Ассист", способ выбирается в заказе
; four - отдельная валюта для каждого способа
; По умолчанию one
;currencies = one

; Как касса получает QR-код СБП
; mpos - служба приложения Assist mPOS (SOAP). Пути и поля взяты из самого приложения (достоверно), порядок работы
; в открытых источниках не описан (предположение)
; page - страница оплаты Ассист, QR-код ведет на нее. Описано: достоверно
; direct - служба, придуманная для кассы, в открытых источниках ее нет: предположение
; По умолчанию mpos
;sbpMode = mpos

; Как касса передает наличные
; mpos - служба приложения Assist mPOS (SOAP): достоверны пути и поля, порядок работы - предположение
; form - форма, придуманная для кассы, в открытых источниках ее нет: предположение
; По умолчанию mpos
;cashMode = mpos

; Картридер: serial:/dev/... или tcp:адрес:порт. Пусто - картридера нет
;readerUrl =

; Команда запуска программы SoftPOS. Пусто - программы нет
;softPosProgram =

; Принимать наличные без связи с сервером и передать данные позже: 1 - да, 0 - нет
; По умолчанию 1
;cashOffline = 1

; Секретное слово для проверки подписи (Checkvalue). Пусто - подпись не используется
;checkvalueSecret =

; Считать деньгами заказы тестового предприятия: 1 - да, 0 - нет. Только для обучения
; По умолчанию 0
;acceptTestOrders = 0

; Опрос состояния заказа (в секундах): сначала, сколько времени, затем
; По умолчанию 3, 120 и 10
;pollSeconds = 3
;pollFastForSeconds = 120
;pollSlowSeconds = 10

; Заказ не найден так долго после потерянного ответа - не создан (в секундах)
; По умолчанию 30
;settleSeconds = 30

; Заказ не найден так долго после завершения картридера или SoftPOS - не оплачен (в секундах)
; По умолчанию 60
;deviceSettleSeconds = 60

; Проверка старых заказов (в минутах)
; По умолчанию 10
;recheckMinutes = 10

; Пути служб на сервере, от адреса сервера. Менять по указанию службы поддержки Ассист
; Описаны в открытых источниках (достоверно): страница оплаты, заказ с операциями, состояние заказа (касса его не вызывает),
; отмена и возврат, вход и отмена неоплаченного заказа
;paths.page = /pay/payrequest.cfm
;paths.result = /orderresult/orderresult.cfm
;paths.state = /orderstate/orderstate.cfm
;paths.cancel = /cancel/wscancel.cfm
;paths.login = /api/v1/auth/login.cfm
;paths.abort = /api/v1/order/cancel.cfm

; Службы Assist mPOS (SOAP): путь и поля есть в приложении (достоверно), порядок работы не описан (предположение):
; оплата, отмена (касса ее не вызывает: отменяет paths.cancel), заказ с QR-кодом, регистрация кассы
;paths.mposPayment = /mpos/mobilepayment.cfm
;paths.mposCancel = /mpos/mobilecancel.cfm
;paths.mposResult = /orderresult/mobileorderresult.cfm
;paths.registration = /registration/mobileregistration.cfm

; Предположение: путь и поля для sbpMode = direct (поля ответа: ссылка QR-кода, срок заказа)
;paths.sbp = /pay/fastpay.cfm
;direct.qrField = qrcode
;direct.expiresField = expirationtime

; Как касса называет себя службам Assist mPOS. Предположение: какие имена принимает сервер, не описано
; Пустой deviceId - kassa-НОМЕР КАССЫ
;mpos.applicationName = kassa
;mpos.applicationVersion = 1.0
;mpos.deviceId =

; Предположение: путь и поле для cashMode = form (по этому полю и значению сервер узнает наличные)
;paths.cash = /xpos/payment.cfm
;form.modeField = PaymentMode
;form.modeValue = CASH
`;

export const assistConf: ProviderConf<AssistSettings> = {
  file: 'assist/assist.conf',
  text: TEXT + NETWORK_TEXT,
  keys: [
    ...NETWORK_KEYS,
    flagKey('enabled', '1'),
    urlKey('serverUrl', ''),
    { name: 'merchantId', absent: '', allowed: 'до 15 цифр', accept: (value) => /^\d{0,15}$/.test(value) },
    phraseKey('login', 100),
    phraseKey('password', 200),
    secondsKey('timeout', ASSIST_DEFAULTS.timeoutMs, 1, 600),
    {
      name: 'methods',
      absent: ALL_MEANS.join(','),
      allowed: `${ALL_MEANS.join(', ')} через запятую`,
      accept: (value) =>
        wordsOf(value).length > 0 && wordsOf(value).every((word) => ALL_MEANS.some((one) => one === word)),
    },
    { name: 'currencies', absent: 'one', allowed: 'one или four', accept: (value) => /^(one|four)$/.test(value) },
    wordKey('sbpMode', SBP_MODES, ASSIST_DEFAULTS.sbpMode),
    wordKey('cashMode', CASH_MODES, ASSIST_DEFAULTS.cashMode),
    phraseKey('readerUrl', 200),
    {
      name: 'softPosProgram',
      absent: '',
      allowed: 'команда до 500 знаков в одной строке',
      accept: (value) => /^[^\p{Cc}]{0,500}$/u.test(value),
    },
    flagKey('cashOffline', '1'),
    phraseKey('checkvalueSecret', 200),
    flagKey('acceptTestOrders'),
    secondsKey('pollSeconds', ASSIST_DEFAULTS.pollMs, 1, 600),
    secondsKey('pollFastForSeconds', ASSIST_DEFAULTS.pollFastForMs, 1, 3600),
    secondsKey('pollSlowSeconds', ASSIST_DEFAULTS.pollSlowMs, 1, 600),
    secondsKey('settleSeconds', ASSIST_DEFAULTS.settleMs, 1, 3600),
    secondsKey('deviceSettleSeconds', ASSIST_DEFAULTS.deviceSettleMs, 1, 3600),
    {
      name: 'recheckMinutes',
      absent: '10',
      allowed: 'целое число минут от 1 до 1440',
      accept: (value) => isIntegerWithin(value, 1, 1440),
    },
    ...PATH_NAMES.map((name) => pathKey(`paths.${name}`, ASSIST_PATHS[name])),
    fieldKey('direct.qrField', ASSIST_DEFAULTS.direct.qrField),
    fieldKey('direct.expiresField', ASSIST_DEFAULTS.direct.expiresField),
    fieldKey('form.modeField', ASSIST_DEFAULTS.form.modeField, FORM_FIELDS),
    nameKey('form.modeValue', ASSIST_DEFAULTS.form.modeValue),
    nameKey('mpos.applicationName', ASSIST_DEFAULTS.mpos.applicationName),
    nameKey('mpos.applicationVersion', ASSIST_DEFAULTS.mpos.applicationVersion),
    nameKey('mpos.deviceId', ASSIST_DEFAULTS.mpos.deviceId),
  ],
  settingsOf: (value) => ({
    ...ASSIST_DEFAULTS,
    network: networkOf(value),
    serverUrl: value('serverUrl').replace(/\/+$/, ''),
    merchantId: value('merchantId'),
    login: value('login'),
    password: value('password'),
    timeoutMs: millisecondsOf(value('timeout')),
    means: ALL_MEANS.filter((one) => wordsOf(value('methods')).includes(one)),
    currencies: value('currencies') === 'four' ? 'four' : 'one',
    sbpMode: SBP_MODES.find((mode) => mode === value('sbpMode')) ?? ASSIST_DEFAULTS.sbpMode,
    cashMode: CASH_MODES.find((mode) => mode === value('cashMode')) ?? ASSIST_DEFAULTS.cashMode,
    readerUrl: value('readerUrl'),
    softPosProgram: value('softPosProgram'),
    cashOffline: value('cashOffline') === '1',
    secretWord: value('checkvalueSecret') === '' ? null : value('checkvalueSecret'),
    acceptsTestOrders: value('acceptTestOrders') === '1',
    pollMs: millisecondsOf(value('pollSeconds')),
    pollFastForMs: millisecondsOf(value('pollFastForSeconds')),
    pollSlowMs: millisecondsOf(value('pollSlowSeconds')),
    settleMs: millisecondsOf(value('settleSeconds')),
    deviceSettleMs: millisecondsOf(value('deviceSettleSeconds')),
    recheckMs: Number(value('recheckMinutes')) * 60_000,
    paths: pathsOf((name) => value(`paths.${name}`)),
    direct: { qrField: value('direct.qrField'), expiresField: value('direct.expiresField') },
    form: { modeField: value('form.modeField'), modeValue: value('form.modeValue') },
    mpos: {
      applicationName: value('mpos.applicationName'),
      applicationVersion: value('mpos.applicationVersion'),
      deviceId: value('mpos.deviceId'),
    },
  }),
};

function wordKey<Word extends string>(name: string, words: readonly Word[], absent: Word): ConfKey {
  const last = words.at(-1) ?? '';
  const allowed = `${words.slice(0, -1).join(', ')} или ${last}`;
  return { name, absent, allowed, accept: (value) => words.some((word) => word === value) };
}

function pathsOf(value: (name: keyof AssistPaths) => string): AssistPaths {
  return Object.fromEntries(PATH_NAMES.map((name) => [name, value(name)])) as AssistPaths;
}

/** A value the server knows something by. */
function nameKey(name: string, absent: string): ConfKey {
  const least = absent === '' ? 0 : 1;
  return {
    name,
    absent,
    allowed: `${least === 0 ? 'пусто или ' : ''}до 60 латинских букв, цифр и знаков без пробелов`,
    accept: (value) => value.length >= least && /^[\x21-\x7e]{0,60}$/.test(value),
  };
}

function wordsOf(list: string): string[] {
  return list.split(',').flatMap((word) => word.trim() || []);
}
