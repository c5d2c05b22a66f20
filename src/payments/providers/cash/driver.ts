/** Cash: the money is in the drawer before the program hears of it, so both directions are done at once. */
import type { Driver, Machine, StepResult } from '../../driver.ts';

/** Nothing is left to do after `begin`. */
export interface CashState {
  at: 'done';
}

const handOver: Machine<unknown, CashState> = {
  version: 1,
  begin: handedOver,
  step: (state) => ({ state, actions: [] }),
  resume: handedOver,
};

function handedOver(): StepResult<CashState> {
  return {
    state: { at: 'done' },
    actions: [{ do: 'finish', outcome: { kind: 'approved', providerPaymentId: null } }],
  };
}

export const cashDriver: Driver<unknown, CashState> = {
  name: 'cash',
  title: 'Наличные',
  isImmediate: true,
  conf: null,
  tenders: () => [],
  pay: handOver,
  cancel: handOver,
  refund: handOver,
  unavailable: null,
  refusedForReturn: null,
  phase: () => 'intent',
  providerPaymentId: () => null,
  secrets: () => [],
};
