import type { FoundCard } from '../catalog/cards.ts';
import type { Outcome } from '../payments/outcome.ts';
import type { Card } from '../register/model.ts';
import { runCommand } from './commands.ts';
import type { Due } from './payment/due.ts';
import { context } from './state.ts';
import { closeTop, openContext, patchUi, say, sayRefusal, show, type Turn } from './turn.ts';

/** F5: the card in the buyer's application; where no payment system has cards, a card by its number. */
export function askProviderCard(turn: Turn): Due[] {
  const { document, pendingCard } = turn.state.register;
  const currency = turn.facts.currencies().find(({ provider }) => turn.facts.driver(provider)?.loyalty !== undefined);
  if (currency === undefined) openContext(turn, context('card-number'));
  else if (document?.card ?? pendingCard) say(turn, 'DOM-75');
  else return [{ do: 'begin', wanted: { operation: 'loyalty', currency, document } }];
  return [];
}

/**
 * The payment system told the buyer's cards. All of them are looked at: an application may have a blocked one first, and one of
 * another shop.
 */
export function settleLoyalty(turn: Turn, outcome: Outcome, currencyName: string): void {
  if (outcome.kind !== 'approved') return;
  const numbers = new Set((outcome.cards ?? []).map(({ number }) => number));
  const answers = [...numbers].map((number) => turn.facts.findCard(number, 'processing'));
  const usable = answers.flatMap((answer) => ('cards' in answer ? answer.cards : []));
  if (usable.length > 0) return takeCard(turn, usable, `Карта ${currencyName}`);
  const [refusal] = answers.flatMap((answer) => ('refused' in answer ? answer.refused : []));
  // No card at all: the driver has said so (OPL-10).
  if (refusal !== undefined) say(turn, refusal);
}

/** A typed or scanned number, or a phone number; the dialog stays open when it was refused. */
export function findCard(turn: Turn, text: string, method: 'keyboard' | 'scanner' | 'phone'): void {
  const found = turn.facts.findCard(text, method);
  if ('refused' in found) {
    turn.effects.push({ do: 'bell', pattern: 'error' });
    return say(turn, found.refused);
  }
  closeTop(turn);
  takeCard(turn, found.cards, 'Карта');
}

/** The card that fits goes into the receipt with its group's effect; of several the buyer says which (DOM-77). */
function takeCard(turn: Turn, found: readonly FoundCard[], title: string): void {
  const cards = found.map(({ number, group, discountBasisPoints }): Card => {
    return { number, groupCode: group.code, groupName: group.name, discountBasisPoints, title };
  });
  const [card] = cards;
  if (card !== undefined && cards.length === 1) addCard(turn, card);
  else show(turn, context('card-choice', { cards, selected: 0 }));
}

function addCard(turn: Turn, card: Card): void {
  const refusal = runCommand(turn, { do: 'addCard', card });
  if (refusal !== null) return sayRefusal(turn, refusal);
  patchUi(turn, { input: '' });
  turn.effects.push({ do: 'bell', pattern: 'done' });
}
