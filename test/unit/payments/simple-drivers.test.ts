import { describe, expect, it } from 'vitest';
import type { Input } from '../../../src/payments/driver.ts';
import { cashDriver } from '../../../src/payments/providers/cash/driver.ts';
import { terminalDriver } from '../../../src/payments/providers/terminal/driver.ts';
import { drivers } from '../../../src/payments/registry.ts';
import { NOTHING_MISSED } from './any-run.ts';
import { ORDER } from './machine-run.ts';

const FACTS = { settings: {}, nowMs: 0, utcOffsetMinutes: 0, token: null, usedCodes: new Set<string>() };

describe('cash', () => {
  it('is there and back at once', () => {
    const finish = { do: 'finish', outcome: { kind: 'approved', providerPaymentId: null } };
    for (const machine of [cashDriver.pay, cashDriver.cancel, cashDriver.refund]) {
      const begun = machine?.begin(ORDER, FACTS);
      expect(begun?.actions).toEqual([finish]);
      expect(begun && machine?.step(begun.state, { restarted: NOTHING_MISSED }, FACTS).actions).toEqual([]);
    }
    expect(cashDriver).toMatchObject({ isImmediate: true, refusedForReturn: null });
  });
});

describe('the autonomous terminal', () => {
  const pay = terminalDriver.pay;
  const end = (machine: typeof pay, input: Input) => {
    const begun = machine.begin(ORDER, FACTS);
    return machine.step(JSON.parse(JSON.stringify(begun.state)), input, FACTS).actions;
  };

  it('asks whether the payment went through; the answer is the outcome', () => {
    const prompt = {
      show: 'confirm',
      number: 'DOM-99',
      title: 'Автономный терминал',
      text: 'Проведите оплату на терминале: 15.30. Оплата прошла?',
    };
    expect(pay.begin(ORDER, FACTS).actions).toEqual([{ do: 'prompt', prompt }]);
    expect(end(pay, { restarted: NOTHING_MISSED })).toEqual([{ do: 'prompt', prompt }]);
    expect(end(pay, { answer: { ok: true } })).toMatchObject([{ outcome: { kind: 'approved' } }]);
    expect(end(pay, { cashier: 'cancel' })).toMatchObject([{ outcome: { code: 'cancelled', say: null } }]);
    expect(end(pay, { timer: true })).toEqual([]);
  });

  it('asks whether the cancel went through', () => {
    const cancel = terminalDriver.cancel;
    if (cancel === undefined) throw new Error('no cancel');
    expect(cancel.begin(ORDER, FACTS).actions).toMatchObject([
      { prompt: { text: 'Отмените оплату на терминале: 15.30. Отмена прошла?' } },
    ]);
    expect(end(cancel, { answer: { ok: true } })).toMatchObject([{ outcome: { kind: 'approved' } }]);
    expect(end(cancel, { cashier: 'cancel' })).toMatchObject([{ outcome: { code: 'refused', say: null } }]);
  });
});

it('the registry knows every driver by its own name', () => {
  expect([...drivers.keys()]).toEqual(expect.arrayContaining([cashDriver.name, terminalDriver.name]));
  for (const [name, driver] of drivers) {
    expect(driver.name).toBe(name);
  }
});
