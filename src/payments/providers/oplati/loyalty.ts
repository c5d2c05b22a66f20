/**
 * The buyer's loyalty cards (oplati.md 10): a session in the current mode is opened, read when the buyer is ready, and
 * left to lapse. No amount is ever sent.
 */
import type { Machine, StepResult } from '../../driver.ts';
import { type Finished, finished, stay } from '../../kernel/undecided.ts';
import { beginOpening, type Opening, type OpeningResult, stepOpening } from './session.ts';
import type { OplatiSettings } from './settings.ts';

export type LoyaltyState = { kind: 'loyalty'; at: 'opening'; opening: Opening } | Finished<'loyalty'>;

export const oplatiLoyalty: Machine<OplatiSettings, LoyaltyState> = {
  begin: (_order, facts) => resultOf(beginOpening({ ...facts, purpose: 'card' })),
  step: (state, input, facts) =>
    state.at === 'finished' ? stay(state) : resultOf(stepOpening(state.opening, input, { ...facts, purpose: 'card' })),
};

function resultOf(result: OpeningResult): StepResult<LoyaltyState> {
  switch (result.go) {
    case 'on':
      return stay({ kind: 'loyalty', at: 'opening', opening: result.opening }, ...result.actions);
    case 'end':
      return finished('loyalty', result.outcome);
    case 'ready': {
      const { cards } = result;
      const say = cards.length === 0 ? { say: { number: 'OPL-10' } } : {};
      return finished('loyalty', { kind: 'approved', providerPaymentId: null, cards, ...say });
    }
  }
}
