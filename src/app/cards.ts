import type { Outcome } from '../payments/outcome.ts';
import type { Card } from '../register/model.ts';
import { safeText } from '../register/safe-text.ts';
import { runCommand } from './commands.ts';
import type { Due } from './payment/due.ts';
import { context } from './state.ts';
import { closeTop, openContext, patchUi, say, sayRefusal, type Turn } from './turn.ts';

/** F5: the card in the buyer's application; where no payment system has cards, a card by its number. */
export function askProviderCard(turn: Turn): Due[] {
  const { document, pendingCard } = turn.state.register;
  const currency = turn.facts.currencies().find(({ provider }) => turn.facts.driver(provider)?.loyalty !== undefined);
  if (currency === undefined) openContext(turn, context('card-number'));
  else if (document?.card ?? pendingCard) say(turn, 'DOM-75');
  else return [{ do: 'begin', wanted: { operation: 'loyalty', currency, document } }];
  return [];
}

/** The payment system told the buyer's cards: the first one goes into the receipt with its group's effect. */
export function settleLoyalty(turn: Turn, outcome: Outcome, currencyName: string): void {
  if (outcome.kind !== 'approved') return;
  const found = outcome.cards?.[0];
  // No card at all: the driver has said so (OPL-10).
  if (found === undefined) return;
  const number = safeText(found.number, 40);
  const group = turn.facts.providerCardGroup(number);
  if (group === null) return say(turn, 'OPL-11');
  addCard(turn, {
    number,
    groupCode: group.code,
    groupName: group.name,
    discountBasisPoints: group.discountBasisPoints,
    title: `Карта ${currencyName}`,
  });
}

/** A typed or scanned number, or a phone number; the dialog stays open when it was refused. */
export function findCard(turn: Turn, text: string, method: 'keyboard' | 'scanner' | 'phone'): void {
  const found = turn.facts.findCard(text, method);
  if ('refused' in found) {
    turn.effects.push({ do: 'bell', pattern: 'error' });
    return say(turn, found.refused);
  }
  closeTop(turn);
  const { number, group, discountBasisPoints } = found.card;
  addCard(turn, { number, groupCode: group.code, groupName: group.name, discountBasisPoints, title: 'Карта' });
}

function addCard(turn: Turn, card: Card): void {
  const refusal = runCommand(turn, { do: 'addCard', card });
  if (refusal !== null) return sayRefusal(turn, refusal);
  patchUi(turn, { input: '' });
  turn.effects.push({ do: 'bell', pattern: 'done' });
}
