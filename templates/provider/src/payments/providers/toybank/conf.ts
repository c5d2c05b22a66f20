/** `toybank.conf`: what the shop's engineer writes about Toybank. */
import { isHttpUrl, isIntegerWithin, type ProviderConf } from '../../kernel/conf.ts';
import { TOYBANK_DEFAULTS, type ToybankSettings } from './settings.ts';

const TEXT = `[Main]
; Настройки платежной системы Toybank

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
    {
      name: 'url',
      absent: TOYBANK_DEFAULTS.url,
      allowed: 'адрес, начинающийся с http:// или https://',
      accept: isHttpUrl,
    },
    {
      name: 'token',
      absent: '',
      allowed: 'до 200 латинских букв, цифр и знаков',
      // It becomes an HTTP header: visible ASCII only.
      accept: (value) => /^[\u0021-\u007e]{0,200}$/.test(value),
    },
    {
      name: 'timeout',
      absent: '10',
      allowed: 'целое число секунд от 1 до 600',
      accept: (value) => isIntegerWithin(value, 1, 600),
    },
  ],
  settingsOf: (value) => ({
    ...TOYBANK_DEFAULTS,
    url: value('url').replace(/\/+$/, ''),
    token: value('token'),
    timeoutMs: Number(value('timeout')) * 1000,
  }),
};
