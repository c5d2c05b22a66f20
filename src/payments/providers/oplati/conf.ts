/** `oplati.conf` (domain.md 5.1): what the shop's engineer writes about О!плати. */
import { asciiKey, millisecondsOf, type ProviderConf, phraseKey, secondsKey, urlKey } from '../../kernel/conf.ts';
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
`;

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
  }),
};
