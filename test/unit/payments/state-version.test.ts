/** A stored state is read by the version that wrote it, and by no other: what it means is never guessed at. */
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src/payments/attempt.ts';
import type { Driver, Left, Machine } from '../../../src/payments/driver.ts';
import { advance } from '../../../src/payments/gateway.ts';
import { terminalDriver } from '../../../src/payments/providers/terminal/driver.ts';
import { NOTHING_MISSED } from './any-run.ts';
import { ORDER } from './machine-run.ts';

const FACTS = { settings: {}, nowMs: 5_000, utcOffsetMinutes: 0, token: null, usedCodes: new Set<string>() };
const WAIT = { show: 'wait', number: 'X', title: '', text: '', deadlineMs: 60_000, cancellable: false } as const;

/** A machine of version 2 that tells how it was called. */
function driverOf(asked: Left[], more: Partial<Machine<unknown, string>> = {}): Driver {
  const pay: Machine<unknown, string> = {
    version: 2,
    begin: () => ({ state: 'begun', actions: [] }),
    step: () => ({ state: 'stepped', actions: [] }),
    resume: (_order, _facts, left) => {
      asked.push(left);
      return { state: 'resumed', actions: [] };
    },
    ...more,
  };
  return { ...terminalDriver, pay, phase: () => 'pending' } as unknown as Driver;
}

function attemptOf(state: Attempt['state'], stored: Pick<Attempt, 'driverState' | 'stateVersion'>): Attempt {
  return {
    attemptId: 'a',
    provider: 'terminal',
    operation: 'pay',
    documentId: 'd',
    documentNumber: 1,
    documentTitle: '',
    currencyName: '',
    order: ORDER,
    sourceAttemptId: null,
    state,
    step: 7,
    prompt: WAIT,
    promptIssuedAtMs: 0,
    foreground: true,
    wakeAtMs: 9_000,
    outcome: null,
    startedAtMs: 1_000,
    updatedAtMs: 2_000,
    manual: null,
    ...stored,
  };
}

describe('a stored state', () => {
  it('of the machine’s own version is stepped, and what it waits for stands', () => {
    const asked: Left[] = [];
    const attempt = attemptOf('sent', { driverState: 'x', stateVersion: 2 });
    const next = advance(attempt, driverOf(asked), { restarted: NOTHING_MISSED }, FACTS).attempt;
    expect(next).toMatchObject({ driverState: 'stepped', stateVersion: 2, prompt: WAIT, wakeAtMs: 9_000 });
    expect(asked).toEqual([]);
  });

  it.each([
    ['written before states had a version', undefined],
    ['older', 1],
    ['newer: the program was put back', 3],
  ])('%s, is never stepped: the machine goes on from the order', (_name, stateVersion) => {
    const asked: Left[] = [];
    const stored = { driverState: 'x', ...(stateVersion === undefined ? {} : { stateVersion }) };
    const { attempt } = advance(attemptOf('sent', stored), driverOf(asked), { restarted: NOTHING_MISSED }, FACTS);
    expect(attempt).toMatchObject({ driverState: 'resumed', stateVersion: 2, prompt: null, wakeAtMs: null, step: 8 });
    expect(asked).toEqual([{ mayHaveMoved: true, foreground: true, startedAtMs: 1_000 }]);
    advance(attempt, driverOf(asked), { timer: true }, FACTS);
    expect(asked, 'once').toHaveLength(1);
  });

  it.each([
    ['intent', false],
    ['sent', true],
    ['pending', true],
    ['unknown', true],
    ['manual', true],
  ] as const)('of an attempt in %s: may money have moved? %s', (state, mayHaveMoved) => {
    const asked: Left[] = [];
    advance(attemptOf(state, { driverState: 'x' }), driverOf(asked), { timer: true }, FACTS);
    expect(asked).toMatchObject([{ mayHaveMoved }]);
  });

  it('that its machine cannot go on without is given up, not guessed at', () => {
    const { resume: _none, ...machine } = driverOf([]).pay;
    const driver = { ...driverOf([]), pay: machine } as Driver;
    const run = () => advance(attemptOf('sent', { driverState: 'x' }), driver, { restarted: NOTHING_MISSED }, FACTS);
    expect(run).toThrow('terminal cannot resume pay');
  });

  it('that is not there yet is begun', () => {
    const begun = advance(attemptOf('intent', { driverState: null }), driverOf([]), null, FACTS).attempt;
    expect(begun).toMatchObject({ driverState: 'begun', stateVersion: 2 });
  });
});
