/** What opening, reading and clearing the notifications does to the state and to the journal. */

import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../src/app/facts.ts';
import { modelOf } from '../../../src/app/model.ts';
import { clearNotices, notify, openNotice, openNotices } from '../../../src/app/notices.ts';
import { type AppState, emptyUi } from '../../../src/app/state.ts';
import { beginTurn, type Turn } from '../../../src/app/turn.ts';
import type { Notice } from '../../../src/journal/notice.ts';
import type { Attempt } from '../../../src/payments/attempt.ts';
import { NOTHING_RECALLED } from '../../../src/payments/recall.ts';
import { attemptOf } from '../../golden/fixture.ts';

const sent = { номер: '20220217_170919_618' };

function noticeOf(noticeId: number, state: Notice['state'], attemptId = 'a1'): Notice {
  return { noticeId, atMs: noticeId, attemptId, number: 'AS-34', params: sent, state };
}

function turnWith(notices: Notice[], attempts: Attempt[] = [], more: Partial<AppState> = {}): Turn {
  const state = {
    notices,
    nextNoticeId: notices.length + 1,
    ui: emptyUi,
    register: { document: null },
    attempts: [],
    printJobs: [],
    scanners: {},
    linkLost: {},
    reports: {},
    silent: {},
    answerFaults: {},
    probes: {},
    linkChecks: {},
    ...more,
  };
  const facts = {
    attempt: (attemptId: string) => attempts.find((attempt) => attempt.attemptId === attemptId) ?? null,
    attemptsOf: () => attempts,
    document: () => null,
    rules: { utcOffsetMinutes: 180 },
    systems: () => [{ name: 'assist', title: 'Ассист' }],
    currencies: () => [],
    users: () => [],
    oplatiService: () => null,
    now: () => 7,
    wall: () => 7,
  };
  return beginTurn(state as unknown as AppState, facts as unknown as Facts);
}

const statesOf = (notices: readonly Notice[]) => notices.map(({ noticeId, state }) => [noticeId, state]);

describe('the list of notifications', () => {
  it('is read by being opened, and the journal knows', () => {
    const turn = turnWith([noticeOf(1, 'read'), noticeOf(2, 'new'), noticeOf(3, 'new')]);
    openNotices(turn);
    expect(statesOf(turn.state.notices)).toEqual([
      [1, 'read'],
      [2, 'read'],
      [3, 'read'],
    ]);
    expect(statesOf(turn.write.notices)).toEqual([
      [2, 'read'],
      [3, 'read'],
    ]);
    expect(turn.state.ui.stack).toEqual([{ name: 'notices', local: { noticeId: 3 }, text: '' }]);
  });

  it('opens empty as well', () => {
    const turn = turnWith([]);
    openNotices(turn);
    expect(turn.state.ui.stack).toMatchObject([{ name: 'notices', local: { noticeId: null } }]);
    expect(turn.write.notices).toEqual([]);
  });

  it('loses what was read, never what came meanwhile', () => {
    const turn = turnWith([noticeOf(1, 'read')]);
    notify(turn, 'a1', 'AS-26', sent);
    turn.write.notices.length = 0;
    clearNotices(turn);
    expect(statesOf(turn.state.notices)).toEqual([[2, 'new']]);
    expect(statesOf(turn.write.notices)).toEqual([[1, 'cleared']]);
  });
});

describe('the order of a notification', () => {
  const open = (attempt: Attempt) => {
    const turn = turnWith([noticeOf(1, 'read')], [attempt]);
    openNotice(turn, 1);
    return turn.state.ui;
  };

  it('is its РЕЗУЛЬТАТ', () => {
    const result = { title: 'РЕЗУЛЬТАТ', heading: 'Информация о заказе', rows: [], repeats: false };
    const say = { number: 'AS-04', result };
    const { stack } = open(attemptOf({ outcome: { kind: 'approved', providerPaymentId: '5', say } }));
    expect(stack).toHaveLength(1);
    expect(stack[0]?.local).toMatchObject({ number: 'AS-04', result, attemptId: 'a1' });
  });

  it('is a word in row 24 when the operation had no page, by the number of the payment', () => {
    const { order, ...plain } = attemptOf({ state: 'pending' });
    expect(open({ ...plain, order })).toMatchObject({ stack: [], status: 'Оплата заказа o1: ожидание' });
    const source = {
      orderNumber: 'o7',
      providerPaymentId: null,
      amountKopecks: 1,
      shiftLabel: '',
      recalled: NOTHING_RECALLED,
    };
    const follow = { ...plain, operation: 'follow', follows: 'made', state: 'approved' } as const;
    const said = { kind: 'approved', providerPaymentId: null } as const;
    expect(open({ ...follow, order: { ...order, source }, outcome: said }).status).toBe('Оплата заказа o7: передана');
  });

  // Incident: F8 stood there, closed the page and did nothing.
  it('offers no second payment from there', () => {
    const result = { title: 'РЕЗУЛЬТАТ', heading: 'Информация о заказе', rows: [], repeats: true };
    const say = { number: 'AS-21', result };
    const outcome = { kind: 'declined', code: 'refused', say } as const;
    const { stack } = open(attemptOf({ state: 'declined', outcome }));
    expect(stack[0]?.local).toMatchObject({ number: 'AS-21', result: { repeats: false }, isPaid: false });
  });

  it('that was looked at again is shown as it stands now, with the slip of its payment', () => {
    const page = (heading: string) => ({ title: 'РЕЗУЛЬТАТ', heading, rows: [], repeats: false });
    const told = (heading: string) => ({ number: 'AS-04', result: page(heading) });
    const paid = attemptOf({
      attemptId: 'a0',
      state: 'approved',
      outcome: { kind: 'approved', providerPaymentId: null, say: told('then'), follow: true },
    });
    const follow = attemptOf({ operation: 'follow', follows: 'made', sourceAttemptId: 'a0', state: 'approved' });
    const opened = (more: Partial<Attempt>) => {
      const turn = turnWith([noticeOf(1, 'read')], [paid, { ...follow, ...more }]);
      openNotice(turn, 1);
      return turn.state.ui.stack[0]?.local;
    };
    expect(opened({ outcome: { kind: 'approved', providerPaymentId: '5', say: told('now') } })).toMatchObject({
      result: page('now'),
      attemptId: 'a0',
      isPaid: true,
    });
    expect(opened({ outcome: null })).toMatchObject({ result: page('then'), attemptId: 'a0' });
  });

  it('may be unknown', () => {
    const turn = turnWith([noticeOf(1, 'read', 'gone')]);
    openNotice(turn, 1);
    expect(turn.state.ui.status).toBe('Заказ не найден');
    openNotice(turn, 5);
    expect(turn.state.ui.stack).toEqual([]);
  });
});

describe('the model', () => {
  it('has the notifications in words, and every system that is not heard once, by name', () => {
    const notices = [noticeOf(1, 'read'), noticeOf(2, 'new')];
    const waitedFor = { provider: 'assist', foreground: true, state: 'pending' } as Attempt;
    const { state, facts } = turnWith(notices, [], {
      linkLost: { oplati: 'lost' },
      silent: { assist: 'lost', oplati: 'lost', paymaster: 'lost' },
      attempts: [waitedFor],
      register: { document: null } as AppState['register'],
      storage: null,
    });
    const source = { settings: {}, keyMap: [], utcOffsetMinutes: 180, version: '', catalog: () => ({}) };
    const model = modelOf(state, facts, source as unknown as Parameters<typeof modelOf>[2]);
    const text = 'Фискальный документ для заказа №20220217_170919_618 передан в Ассист';
    const row = { title: 'Синхронизация с сервером', text };
    expect(model.notices).toEqual([
      { ...row, noticeId: 1, at: 1, isNew: false },
      { ...row, noticeId: 2, at: 2, isNew: true },
    ]);
    expect(model.linkLost).toEqual(['oplati', 'assist']);
    expect(model.systems).toEqual([{ name: 'assist', title: 'Ассист' }]);
    // After PM-06 the receipt waits for it, although nobody stands in front of a dialog.
    const payments = [{ state: 'unknown', currency: { provider: 'paymaster' } }];
    const register = { document: { payments } } as unknown as AppState['register'];
    const undecided = modelOf({ ...state, register }, facts, source as unknown as Parameters<typeof modelOf>[2]);
    expect(undecided.linkLost).toEqual(['oplati', 'assist', 'paymaster']);
  });
});
