/** `assist.conf`: what the shop's engineer writes about Assist. */
import {
  flagKey,
  isIntegerWithin,
  millisecondsOf,
  type ProviderConf,
  phraseKey,
  secondsKey,
  urlKey,
} from '../../kernel/conf.ts';
import { ALL_MEANS, ASSIST_DEFAULTS, type AssistSettings } from './settings.ts';

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

; QR-код СБП
; direct - ссылка СБП, page - адрес страницы оплаты Ассист
; По умолчанию direct
;sbpMode = direct

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
`;

export const assistConf: ProviderConf<AssistSettings> = {
  file: 'assist/assist.conf',
  text: TEXT,
  keys: [
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
    { name: 'sbpMode', absent: 'direct', allowed: 'direct или page', accept: (value) => /^(direct|page)$/.test(value) },
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
  ],
  settingsOf: (value) => ({
    ...ASSIST_DEFAULTS,
    serverUrl: value('serverUrl').replace(/\/+$/, ''),
    merchantId: value('merchantId'),
    login: value('login'),
    password: value('password'),
    timeoutMs: millisecondsOf(value('timeout')),
    means: ALL_MEANS.filter((one) => wordsOf(value('methods')).includes(one)),
    currencies: value('currencies') === 'four' ? 'four' : 'one',
    sbpMode: value('sbpMode') === 'page' ? 'page' : 'direct',
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
  }),
};

function wordsOf(list: string): string[] {
  return list.split(',').flatMap((word) => word.trim() || []);
}
