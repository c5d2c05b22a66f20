/**
 * What was wrong with the answer to a request, in the words that the screen, the list of unfinished payments and the log share.
 * "No link" is said of the network alone: a server that answers with an error, with a page nobody understands or with more than is
 * ever read has a link.
 */
import type { Input, Reading } from './driver.ts';
import type { Answer } from './kernel/answer.ts';

/** Codes of our own: the address of the server is never called. */
export const NOT_HTTPS = 'NOT_HTTPS';
export const BAD_ADDRESS = 'BAD_ADDRESS';
export const CA_FILE = 'CA_FILE';

/** The time of a stage is over; what the system itself calls a time-out (`ETIMEDOUT`) names none. */
export const TIMEOUT = {
  dns: 'TIMEOUT_DNS',
  connect: 'TIMEOUT_CONNECT',
  tls: 'TIMEOUT_TLS',
  answer: 'TIMEOUT_ANSWER',
} as const;

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|CRL/;

/** Codes of Node, OpenSSL and got, and ours. */
const NETWORK: readonly [RegExp, string][] = [
  [/^PROXY_407$/, 'прокси требует вход (407)'],
  [/^PROXY_403$/, 'прокси запретил соединение (403)'],
  [/^PROXY_(ENOTFOUND|EAI_)/, 'имя прокси не найдено'],
  [/^PROXY_ECONNREFUSED$/, 'прокси отказал в соединении'],
  [/^PROXY_.*(TIMEDOUT|TIMEOUT)/, 'прокси не ответил'],
  [/^PROXY_/, 'прокси не соединил'],
  [/^EAI_/, 'DNS не отвечает'],
  [/^ENOTFOUND$/, 'имя сервера не найдено'],
  [/^ECONNREFUSED$/, 'сервер отказал в соединении'],
  [/^(ENETUNREACH|EHOSTUNREACH|ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL)$/, 'сеть недоступна'],
  [new RegExp(`^${TIMEOUT.dns}$`), 'DNS не ответил вовремя'],
  [new RegExp(`^${TIMEOUT.connect}$`), 'время соединения истекло'],
  [new RegExp(`^${TIMEOUT.tls}$`), 'время защищенного соединения (TLS) истекло'],
  [new RegExp(`^${TIMEOUT.answer}$`), 'время ожидания ответа истекло'],
  [/TIMEDOUT|TIMEOUT/, 'время ожидания истекло'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/, 'соединение разорвано'],
  [/^CERT_HAS_EXPIRED$/, 'срок сертификата истек (часы?)'],
  [/^CERT_NOT_YET_VALID$/, 'сертификат еще не в силе (часы?)'],
  [/ALTNAME|HOSTNAME_MISMATCH/, 'сертификат другого имени'],
  [/SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)/, 'нет корневого сертификата'],
  [/^CA_FILE$/, 'файл сертификатов не прочитан'],
  [/^ERR_SSL_.*(PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL)/, 'версия TLS сервера устарела'],
  [CERTIFICATE, 'сертификат сервера не принят'],
  [/^(EPROTO$|ERR_SSL|ERR_TLS)/, 'защищенное соединение не удалось'],
  [new RegExp(`^${NOT_HTTPS}$`), 'адрес сервера без https'],
  [new RegExp(`^${BAD_ADDRESS}$`), 'неверный адрес сервера'],
];

/** OpenSSL's verification errors as Node names them. */
export function isCertificateCode(code: string): boolean {
  return CERTIFICATE.test(code);
}

/** @returns null for a code that has no word of its own */
export function networkWord(code: string | undefined): string | null {
  return code === undefined ? null : (NETWORK.find(([pattern]) => pattern.test(code))?.[1] ?? null);
}

/**
 * An answer that is there and of no use.
 * @returns null = there is none: only then the link is in doubt
 */
export function wrongAnswer(answer: Answer): string | null {
  if (answer === 'notSent' || answer === 'lost') return null;
  if (answer === 'tooLarge') return 'Ответ сервера слишком велик';
  if (answer === 'notHttp') return 'Ответ сервера не распознан';
  if (answer.status === 407) return 'Прокси-сервер требует вход (407)';
  if (answer.status >= 400) return `Сервер ответил ошибкой ${answer.status}`;
  // No payment system does: a network wants a login, or the address is another one's.
  if (answer.status >= 300) return `Сервер перенаправляет (${answer.status}): нужен вход в сеть либо неверен адрес`;
  return 'Ответ сервера не распознан';
}

/** Who we are is refused: nothing that the cashier could mend. */
export const NOT_ACCEPTED = 'Сервер не принимает учетные данные кассы';

/**
 * What is wrong with what came back, for the list (SCR-53) and the log.
 * @param reading of a reply
 * @returns null = nothing
 */
export function faultIn(input: Input, reading: Reading): string | null {
  if ('reply' in input) {
    if (reading === 'understood') return null;
    if (reading === 'unauthorised') return lowered(NOT_ACCEPTED);
    return reading === 'refused' && input.reply.status < 400 ? null : lowered(wrongAnswer(input.reply) ?? '');
  }
  if (!('noReply' in input)) return null;
  const { kind, code } = input.noReply;
  const wrong = wrongAnswer(kind);
  if (wrong !== null) return lowered(wrong);
  const word = networkWord(code);
  if (kind === 'notSent') return word === null ? 'нет связи с сервером' : `нет связи: ${word}`;
  return word === null ? 'сервер не ответил' : `сервер не ответил: ${word}`;
}

/** As a part of a sentence. */
export function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
