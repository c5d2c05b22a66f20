import type { Command } from '../register/commands.ts';
import { decide } from '../register/decide.ts';
import type { RegisterEvent } from '../register/events.ts';
import { evolve } from '../register/evolve.ts';
import type { Document } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { isRefusal, type Refusal } from '../register/refusal.ts';
import { isGivenBackInCash } from '../register/tender.ts';
import { PAY_OUT } from '../ui/words.ts';
import { queueCancelSlip, queueSlips } from './printing.ts';
import { refuseNewMoney } from './storage-trouble.ts';
import { patchUi, type Turn } from './turn.ts';

/**
 * Command -> events -> state. What an event means for the journal's other tables, the screen and the paper is done here, so
 * that no caller can forget it.
 * @returns the refusal, null when done
 */
export function runCommand(turn: Turn, command: Command): Refusal | null {
  const gated = refuseNewMoney(turn.state.storage, turn.state.register, command);
  if (gated !== null) return gated;
  const decision = decide(turn.state.register, command, turn.facts.rules, turn.facts.wall());
  if (isRefusal(decision)) return decision;
  for (const event of decision.events) applyEvent(turn, event);
  if (command.do === 'addLine' || command.do === 'repeatLast') flashGrown(turn, decision.events);
  return null;
}

/** From the first tick after it on the row stands still again: between 0.6 and 1.6 s. */
const FLASH_MS = 600;

/** Goods that made no row of their own: only a number has changed, perhaps far from where the cashier looks. */
function flashGrown(turn: Turn, events: readonly RegisterEvent[]): void {
  const grown = events.find((event) => event.type === 'quantityChanged');
  const untilMs = turn.facts.now() + FLASH_MS;
  patchUi(turn, { flash: grown === undefined ? null : { positionNumber: grown.positionNumber, untilMs } });
}

const CHECKPOINT_EVERY_LINES = 100;

function applyEvent(turn: Turn, event: RegisterEvent): void {
  const before = turn.state.register.document;
  turn.state = { ...turn.state, register: evolve(turn.state.register, event) };
  turn.write.events.push(event);
  // Between two lines, after the picture: in a log that grows all through a long receipt each line costs more.
  if (event.type === 'lineAdded' && event.line.positionNumber % CHECKPOINT_EVERY_LINES === 0) {
    turn.effects.push({ do: 'checkpoint' });
  }
  followRow(turn, event);
  if (event.type === 'cancelSettled') tellGivenBack(turn, before, event);
  if (event.type === 'locked') coverScreen(turn, event.userCode);
  if (event.type !== 'documentClosed' && event.type !== 'documentAnnulled') return;
  const closed = turn.state.register.lastClosed;
  if (before === null || closed === null) return;
  turn.write.documents.push(closed);
  turn.effects.push({ do: 'checkpoint' });
  patchUi(turn, { input: '', selectedPosition: null, pendingPriceKopecks: null, pendingQuantityThousandths: null });
  if (event.type === 'documentClosed') queueSlips(turn, closed);
  else queueCancelSlip(turn, closed, event.givenBack ?? []);
}

/**
 * A payment of the open receipt has just been taken back. What an annulment takes back stands on its own slip and screen; what
 * was in the queue already has had its slip.
 */
function tellGivenBack(
  turn: Turn,
  before: Document | null,
  { attemptId, fate }: Extract<RegisterEvent, { type: 'cancelSettled' }>,
): void {
  const { document } = turn.state.register;
  const payment = document?.payments.find((candidate) => candidate.attemptId === attemptId);
  const wasQueued = before?.payments.some((one) => one.attemptId === attemptId && one.state === 'cancelQueued');
  if (document === null || payment === undefined || fate === 'refused' || wasQueued === true) return;
  if (turn.state.annulling?.givenBack.includes(attemptId)) return;
  queueCancelSlip(turn, document, [attemptId]);
  if (document.type !== 'sale' || !isGivenBackInCash(payment)) return;
  patchUi(turn, { status: `${PAY_OUT}: ${formatKopecks(payment.amountKopecks)}` });
}

/**
 * The row just rung up is the marked one (SCR-04): F3 and F4 mean it, and it is in view. Equal goods may have grown a row
 * far above the last one. No mark of its own = the last row.
 */
function followRow(turn: Turn, event: RegisterEvent): void {
  if (event.type === 'lineAdded') patchUi(turn, { selectedPosition: null });
  else if (event.type === 'quantityChanged' || event.type === 'refundSumChanged')
    patchUi(turn, { selectedPosition: event.positionNumber });
}

/**
 * The lock hides all: the lists that were open are left, and what was half typed must not begin the password. It asks
 * for the password of him who locked, until another user is chosen (SCR-02).
 */
function coverScreen(turn: Turn, userCode: string | null): void {
  const own = turn.facts.users().findIndex(({ code }) => code === userCode);
  patchUi(turn, { input: '', stack: [], loginSelected: Math.max(0, own) });
}
