/** `toybank.conf`: what the shop's engineer writes about Toybank. */
import { asciiKey, flagKey, millisecondsOf, type ProviderConf, secondsKey, urlKey } from '../../kernel/conf.ts';
import { TOYBANK_DEFAULTS, type ToybankSettings } from './settings.ts';

const TEXT = `[Main]
; Настройки платежной системы Toybank

; Работа с системой (0 или 1); выключатель сервисного меню
; По умолчанию 1
;enabled = 1

; Адрес сервера
; По умолчанию http://localhost
;url = http://localhost

; Токен доступа. Без токена тип оплаты недоступен
;token =

; Время ожидания ответа от сервера (в секундах)
; По умолчанию 10 секунд
;timeout = 10
`;

export const toybankConf: ProviderConf<ToybankSettings> = {
  file: 'toybank/toybank.conf',
  text: TEXT,
  keys: [
    flagKey('enabled', '1'),
    urlKey('url', TOYBANK_DEFAULTS.url),
    asciiKey('token', 200),
    secondsKey('timeout', TOYBANK_DEFAULTS.timeoutMs, 1, 600),
  ],
  settingsOf: (value) => ({
    ...TOYBANK_DEFAULTS,
    url: value('url').replace(/\/+$/, ''),
    token: value('token'),
    timeoutMs: millisecondsOf(value('timeout')),
  }),
};
