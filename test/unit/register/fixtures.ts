import type { Command } from '../../../src/register/commands.ts';
import { decide } from '../../../src/register/decide.ts';
import { evolve } from '../../../src/register/evolve.ts';
import { type Currency, type Goods, initialState, type RegisterState, type User } from '../../../src/register/model.ts';
import { isRefusal, type Refusal } from '../../../src/register/refusal.ts';
import { defaultRules, type Rules } from '../../../src/register/rules.ts';

export const ruble: Currency = {
  code: 1,
  shortName: 'Руб',
  name: 'Российский рубль',
  provider: 'cash',
  changeAllowed: true,
};
export const oplati: Currency = {
  code: 7,
  shortName: 'Опла',
  name: 'О!плати',
  provider: 'oplati',
  changeAllowed: false,
};
const master: User = { code: '1', name: 'Мастер', rank: 'старший кассир', roles: ['cashier', 'senior'] };
export const cashier: User = { code: '2', name: 'Кассир', rank: 'кассир', roles: ['cashier'] };
export const administrator: User = {
  code: '9',
  name: 'Администратор',
  rank: 'администратор',
  roles: ['administrator'],
};

export function goods(patch: Partial<Goods> = {}): Goods {
  return {
    code: '2',
    barcode: '4810000000025',
    name: 'БМК БИФИЛЮКС 2.5% 0.5Л',
    unit: { code: '796', name: 'шт', fractional: false },
    priceKopecks: 1530,
    minPriceKopecks: 0,
    priceEntry: 'forbidden',
    quantityRequired: false,
    saleForbidden: false,
    quantityLimitThousandths: null,
    documentQuantityLimitThousandths: null,
    ...patch,
  };
}

export const apples = goods({
  code: '4',
  barcode: null,
  name: 'ЯБЛОКИ ВЕСОВЫЕ',
  unit: { code: '166', name: 'кг', fractional: true },
  priceKopecks: 399,
});

/** A register driven by commands; remembers the last refusal. */
export class TestRegister {
  state: RegisterState;
  readonly rules: Rules;
  now = Date.UTC(2023, 7, 22, 14, 14, 5);

  constructor(rules: Partial<Rules> = {}, user: User = master) {
    this.rules = { ...defaultRules, ...rules };
    this.state = initialState(8, 'k3f9qa');
    this.done({ do: 'logIn', user });
  }

  run(command: Command): Refusal | null {
    const decision = decide(this.state, command, this.rules, this.now);
    if (isRefusal(decision)) return decision;
    this.state = decision.events.reduce(evolve, this.state);
    return null;
  }

  /** Runs a command that must not be refused. */
  done(command: Command): void {
    const refusal = this.run(command);
    if (refusal !== null) throw new Error(`${command.do} refused: ${refusal.refused}`);
  }

  add(item: Goods, quantityThousandths: number | null = null, priceKopecks: number | null = null): Refusal | null {
    return this.run({
      do: 'addLine',
      goods: item,
      entry: 'code',
      enteredCode: item.code,
      quantityThousandths,
      priceKopecks,
    });
  }

  begin(attemptId: string, currency: Currency, amountKopecks: number): Refusal | null {
    return this.run({
      do: 'beginPayment',
      attemptId,
      orderNumber: `T-${attemptId}`,
      currency,
      amountKopecks,
      sourceAttemptId: null,
    });
  }

  settle(attemptId: string, fate: 'approved' | 'declined' | 'notSent' | 'unknown'): void {
    const documentId = this.state.document?.documentId ?? '';
    this.done({ do: 'settlePayment', documentId, attemptId, fate, providerPaymentId: null });
  }

  pay(attemptId: string, currency: Currency, amountKopecks: number): Refusal | null {
    const refusal = this.begin(attemptId, currency, amountKopecks);
    if (refusal === null) this.settle(attemptId, 'approved');
    return refusal;
  }
}
