/** `oplati.conf` (domain.md 5.1): what the shop's engineer writes about О!плати. */
import { isHttpUrl, isIntegerWithin, type ProviderConf } from '../../kernel/conf.ts';
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
  text: TEXT,
  keys: [
    {
      name: 'url',
      absent: 'http://localhost',
      allowed: 'адрес, начинающийся с http:// или https://',
      accept: isHttpUrl,
    },
    {
      name: 'timeout',
      absent: '10',
      allowed: 'целое число секунд от 1 до 600',
      accept: (value) => isIntegerWithin(value, 1, 600),
    },
    {
      name: 'regNum',
      absent: '',
      allowed: 'до 64 латинских букв, цифр и знаков',
      // It becomes an HTTP header: visible ASCII only.
      accept: (value) => /^[\u0021-\u007e]{0,64}$/.test(value),
    },
    { name: 'mode', absent: '0', allowed: '0, 1 или 2', accept: (value) => /^[012]$/.test(value) },
    // Ours: a register in password mode has no token.
    {
      name: 'password',
      absent: '',
      allowed: 'до 200 латинских букв, цифр и знаков',
      accept: (value) => /^[\u0020-\u007e]{0,200}$/.test(value),
    },
    // Ours: absent from the shift report so long after a lost answer = not made (oplati.md 13.16).
    {
      name: 'absenceProofSeconds',
      absent: '75',
      allowed: 'целое число секунд от 1 до 3600',
      accept: (value) => isIntegerWithin(value, 1, 3600),
    },
  ],
  settingsOf: (value) => ({
    ...OPLATI_DEFAULTS,
    url: value('url'),
    timeoutMs: Number(value('timeout')) * 1000,
    regNum: value('regNum'),
    mode: Number(value('mode')) as OplatiMode,
    password: value('password') === '' ? null : value('password'),
    absenceProofMs: Number(value('absenceProofSeconds')) * 1000,
  }),
};
