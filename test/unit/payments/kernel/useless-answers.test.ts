/** What every machine does with answers of no use (`kernel/undecided.ts`). */
import { describe, expect, it } from 'vitest';
import type { HttpReply, Order } from '../../../../src/payments/driver.ts';
import type { Answer } from '../../../../src/payments/kernel/answer.ts';
import {
  askNow,
  backOff,
  beginUndecided,
  heard,
  isHopeless,
  leftBecause,
  restFor,
  stay,
  type Working,
} from '../../../../src/payments/kernel/undecided.ts';

const PAUSES = { firstMs: 5_000, mostMs: 60_000 };
const LEFT = { number: 'OPL-38' };
const begun: Working = { at: 'asking', work: beginUndecided({ attemptId: 'a' } as Order) };

const reply = (status: number, retryAfterMs?: number): HttpReply => ({
  tag: 't-1',
  status,
  body: '',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

/** After these answers, each of no use. */
function answered(...answers: Answer[]): Working {
  return answers.reduce<Working>((state, answer) => {
    const next = heard(state, answer);
    return { ...next, work: { ...next.work, failures: next.work.failures + 1 } };
  }, begun);
}

function pauseMs(state: Working): number {
  const action = backOff(state, PAUSES);
  return action.do === 'sleep' ? action.ms : -1;
}

describe('the same wrong answer twice', () => {
  it.each<Answer>([reply(404), reply(403), reply(401), reply(302), reply(200), 'tooLarge', 'notHttp'])(
    '%j: nobody is kept waiting',
    (answer) => {
      expect(isHopeless(answered(answer).work)).toBe(false);
      expect(isHopeless(answered(answer, answer).work)).toBe(true);
    },
  );

  it.each<Answer>([reply(500), reply(503), reply(429), reply(408), 'lost', 'notSent'])(
    '%j may get well: it is waited for as before',
    (answer) => expect(isHopeless(answered(answer, answer, answer).work)).toBe(false),
  );

  it('another one between, a lost answer or a good one, begins the count anew', () => {
    expect(isHopeless(answered(reply(404), reply(403)).work)).toBe(false);
    expect(isHopeless(answered(reply(404), 'lost', reply(404)).work)).toBe(false);
    expect(isHopeless(heard(answered(reply(404), reply(404)), null).work)).toBe(false);
  });

  it('while the buyer sees what he pays by it takes ten', () => {
    const times = (count: number) => answered(...Array.from({ length: count }, () => reply(404))).work;
    expect([isHopeless(times(9), true), isHopeless(times(10), true)]).toEqual([false, true]);
  });

  it('the pauses grow up to ten minutes, those of a server in trouble to their usual most', () => {
    const many = (status: number) => pauseMs(answered(...Array.from({ length: 12 }, () => reply(status))));
    expect(many(404)).toBeGreaterThan(500_000);
    expect(many(404)).toBeLessThanOrEqual(600_000);
    expect(many(500)).toBeLessThanOrEqual(60_000);
  });

  it('the cashier is told what is wrong, what is known of the money, and what to do; never of a link', () => {
    const { work } = answered(reply(404), reply(404));
    expect(leftBecause(work, LEFT, 'payment')).toEqual({
      number: 'OPL-38',
      text: 'Сервер ответил ошибкой 404. Прошла ли оплата, неизвестно: не берите деньги снова. Касса узнает результат сама. Сообщите инженеру',
    });
    expect(leftBecause(work, LEFT, 'refund').text).toContain('не отдавайте деньги снова');
    expect(leftBecause(answered('lost').work, LEFT, 'payment')).toEqual(LEFT);
  });
});

describe('Retry-After', () => {
  it.each([
    [0, 5_000],
    [30_000, 30_000],
    [3_600_000, 600_000],
  ])('%d ms: the server is left alone for at least that, within bounds', (askedMs, least) => {
    expect(pauseMs(answered(reply(429, askedMs)))).toBeGreaterThanOrEqual(least);
    expect(pauseMs(answered(reply(429, askedMs)))).toBeLessThanOrEqual(600_000);
    expect(restFor(answered(reply(503, askedMs)), 100)).toEqual({
      do: 'sleep',
      ms: Math.min(600_000, Math.max(1_000, askedMs)),
    });
  });

  it('longer than a minute: nobody is kept waiting', () => {
    expect(isHopeless(answered(reply(429, 60_000)).work)).toBe(false);
    expect(isHopeless(answered(reply(429, 61_000)).work)).toBe(true);
  });

  it('the cashier who wants to know now does not shorten it', () => {
    const result = askNow(answered(reply(429, 40_000)), (state) => stay(state), 10_000, 5_000);
    expect(result.actions).toEqual([{ do: 'sleep', ms: 30_000 }]);
  });
});
