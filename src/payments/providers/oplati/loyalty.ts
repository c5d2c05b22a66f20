/**
 * The buyer's loyalty cards (oplati.md 10): a session in the current mode is opened, read when the buyer is ready, and
 * left to lapse. No amount is ever sent.
 */
import type { Machine, StepResult } from '../../driver.ts';
import type { Outcome } from '../../outcome.ts';
import { beginOpening, type Opening, type OpeningResult, stepOpening } from './session.ts';
import type { OplatiSettings } from './settings.ts';

export type LoyaltyState = { kind: 'loyalty' } & ({ at: 'opening'; opening: Opening } | { at: 'finished' });

export const oplatiLoyalty: Machine<OplatiSettings, LoyaltyState> = {
  begin: (_order, facts) => resultOf(beginOpening(facts)),
  step(state, input, facts) {
    if (state.at === 'finished') return { state, actions: [] };
    return resultOf(stepOpening(state.opening, input, facts));
  },
};

function resultOf(result: OpeningResult): StepResult<LoyaltyState> {
  switch (result.go) {
    case 'on':
      return { state: { kind: 'loyalty', at: 'opening', opening: result.opening }, actions: result.actions };
    case 'end':
      return finish(result.outcome);
    case 'ready': {
      const { cards } = result;
      const say = cards.length === 0 ? { say: { number: 'OPL-10' } } : {};
      return finish({ kind: 'approved', providerPaymentId: null, cards, ...say });
    }
  }
}

function finish(outcome: Outcome): StepResult<LoyaltyState> {
  return { state: { kind: 'loyalty', at: 'finished' }, actions: [{ do: 'finish', outcome }] };
}
