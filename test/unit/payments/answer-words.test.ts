import { describe, expect, it } from 'vitest';
import { faultIn, networkWord, wrongAnswer } from '../../../src/payments/answer-words.ts';
import type { NoReply } from '../../../src/payments/driver.ts';

const reply = (status: number) => ({ reply: { tag: 't', status, body: '' } });
const none = (kind: NoReply['kind'], code?: string) => ({
  noReply: { tag: 't', kind, ...(code === undefined ? {} : { code }) },
});

describe('what is told of an answer', () => {
  it.each([
    [none('notSent'), 'нет связи с сервером'],
    [none('notSent', 'ENOTFOUND'), 'нет связи: имя сервера не найдено'],
    [none('notSent', 'EAI_AGAIN'), 'нет связи: DNS не отвечает'],
    [none('notSent', 'ECONNREFUSED'), 'нет связи: сервер отказал в соединении'],
    [none('notSent', 'EHOSTUNREACH'), 'нет связи: сеть недоступна'],
    [none('notSent', 'ETIMEDOUT'), 'нет связи: время ожидания истекло'],
    [none('notSent', 'CERT_HAS_EXPIRED'), 'нет связи: срок сертификата истек (часы?)'],
    [none('notSent', 'CERT_NOT_YET_VALID'), 'нет связи: сертификат еще не в силе (часы?)'],
    [none('notSent', 'DEPTH_ZERO_SELF_SIGNED_CERT'), 'нет связи: нет корневого сертификата'],
    [none('notSent', 'CERT_REVOKED'), 'нет связи: сертификат сервера не принят'],
    [none('notSent', 'CA_FILE'), 'нет связи: файл сертификатов не прочитан'],
    [none('notSent', 'PROXY_407'), 'нет связи: прокси требует вход (407)'],
    [none('notSent', 'PROXY_403'), 'нет связи: прокси запретил соединение (403)'],
    [none('notSent', 'PROXY_ETIMEDOUT'), 'нет связи: прокси не ответил'],
    [none('notSent', 'PROXY_502'), 'нет связи: прокси не соединил'],
    [none('notSent', 'ERR_TLS_CERT_ALTNAME_INVALID'), 'нет связи: сертификат другого имени'],
    [none('notSent', 'EPROTO'), 'нет связи: защищенное соединение не удалось'],
    [none('notSent', 'NOT_HTTPS'), 'нет связи: адрес сервера без https'],
    [none('notSent', 'EWHATEVER'), 'нет связи с сервером'],
    [none('lost'), 'сервер не ответил'],
    [none('lost', 'ECONNRESET'), 'сервер не ответил: соединение разорвано'],
    [none('tooLarge'), 'ответ сервера слишком велик'],
    [none('notHttp', 'HPE_INVALID_CONSTANT'), 'ответ сервера не распознан'],
  ])('%j: %s', (input, text) => {
    expect(faultIn(input, 'understood')).toBe(text);
    // `Последняя ошибка: 22.08.23 16:58:30 ` and 80 columns.
    expect(text.length).toBeLessThanOrEqual(43);
  });

  it('an answer that is there is never called "no link"', () => {
    expect(faultIn(reply(200), 'understood')).toBeNull();
    expect(faultIn(reply(200), 'notUnderstood')).toBe('ответ сервера не распознан');
    expect(faultIn(reply(302), 'notUnderstood')).toBe(
      'сервер перенаправляет (302): нужен вход в сеть либо неверен адрес',
    );
    expect(faultIn(reply(404), 'notUnderstood')).toBe('сервер ответил ошибкой 404');
    expect(faultIn(reply(400), 'refused')).toBe('сервер ответил ошибкой 400');
    // An answer that its system gives with an error's status (Assist: no such order).
    expect(faultIn(reply(400), 'understood')).toBeNull();
    expect(faultIn(reply(200), 'unauthorised')).toBe('сервер не принимает учетные данные кассы');
    expect(faultIn(reply(407), 'notUnderstood')).toBe('прокси-сервер требует вход (407)');
    expect([wrongAnswer('notSent'), wrongAnswer('lost')]).toEqual([null, null]);
    expect(networkWord(undefined)).toBeNull();
  });
});
