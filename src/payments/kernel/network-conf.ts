/** The network's part of a provider's own file: the same keys, limits and words in every system. */
import { NETWORK_DEFAULTS, type NetworkSettings, parsedProxy } from '../network.ts';
import { type ConfKey, millisecondsOf, secondsKey } from './conf.ts';

export const NETWORK_TEXT = `
; Прокси-сервер: http://логин:пароль@адрес:порт; none - без прокси-сервера
; Пусто - из переменных HTTPS_PROXY и NO_PROXY
;proxy =

; Адреса без прокси-сервера, через запятую (вместе с адресами ниже их: example.by - и pay.example.by)
;noProxy =

; Файл дополнительных корневых сертификатов (PEM, полный путь). Пусто - только встроенные
;ca =

; Время на поиск имени сервера, соединение и защищенное соединение (в секундах)
; По умолчанию 3, 3 и 5. При медленной связи увеличить
;lookupTimeout = 3
;connectTimeout = 3
;tlsTimeout = 5
`;

export const NETWORK_KEYS: readonly ConfKey[] = [
  {
    name: 'proxy',
    absent: '',
    allowed: 'пусто, none или http://логин:пароль@адрес:порт',
    accept: (value) => value === '' || value === 'none' || (/^https?:\/\//i.test(value) && parsedProxy(value) !== null),
  },
  {
    name: 'noProxy',
    absent: '',
    allowed: 'адреса через запятую',
    accept: (value) => value.length <= 1000 && /^[A-Za-z0-9.:*[\]_, -]*$/.test(value),
  },
  {
    name: 'ca',
    absent: '',
    allowed: 'полный путь к файлу PEM',
    accept: (value) => value === '' || (value.startsWith('/') && value.length <= 1000 && !value.includes('\0')),
  },
  secondsKey('lookupTimeout', NETWORK_DEFAULTS.lookupTimeoutMs, 1, 120),
  secondsKey('connectTimeout', NETWORK_DEFAULTS.connectTimeoutMs, 1, 120),
  secondsKey('tlsTimeout', NETWORK_DEFAULTS.tlsTimeoutMs, 1, 120),
];

export function networkOf(value: (name: string) => string): NetworkSettings {
  return {
    proxyUrl: value('proxy'),
    noProxyHosts: value('noProxy')
      .split(/[\s,]+/)
      .filter((host) => host !== ''),
    caFile: value('ca'),
    lookupTimeoutMs: millisecondsOf(value('lookupTimeout')),
    connectTimeoutMs: millisecondsOf(value('connectTimeout')),
    tlsTimeoutMs: millisecondsOf(value('tlsTimeout')),
  };
}
