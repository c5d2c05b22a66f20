import { secondUserRef } from '../dialogs/index.ts';
import type { Command } from '../register/commands.ts';
import type { User } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import type { Refusal } from '../register/refusal.ts';
import { totalsOf } from '../register/totals.ts';
import { isList } from '../screens/index.ts';
import { documentTitle } from '../ui/words.ts';
import { clockConfirmed } from './clock-question.ts';
import { runCommand } from './commands.ts';
import { annul } from './payment/annulment.ts';
import { resolveByHand } from './payment/by-hand.ts';
import { flow } from './payment/flow.ts';
import { settleFound } from './payment/look-back.ts';
import { context, isPaymentRunning, type PasswordPurpose } from './state.ts';
import { log, openContext, patchUi, say, sayRefusal, type Turn } from './turn.ts';

/** A user and his password were typed on the log-in screen. */
export function askPassword(turn: Turn, userCode: string, password: string): void {
  if (turn.facts.isUserLocked(userCode)) say(turn, 'DOM-03');
  else if (password.length < turn.facts.minPasswordLength) say(turn, 'DOM-08');
  else checkPassword(turn, { kind: 'logIn' }, userCode, password);
}

/** The register wants a second user (`alwaysConfirmStorno`): DOM-06 is asked and the command comes again with him. */
export function askSecondUser(turn: Turn, command: Command, { params }: Refusal): void {
  const purpose =
    command.do === 'stornoLine'
      ? { kind: 'storno' as const, positionNumber: command.positionNumber }
      : { kind: 'annul' as const };
  openContext(turn, secondUserRef(params['операция'] ?? '', { do: 'confirmBySecond', purpose, password: '' }));
}

/** scrypt runs beside the loop; wrong passwords in a row slow the next try down: 0, 0, 1, 2, 4 .. 30 s. */
export function checkPassword(turn: Turn, purpose: PasswordPurpose, userCode: string | null, password: string): void {
  if (turn.state.ui.busy) return;
  const failed = turn.state.failedLogins;
  const delayMs = failed < 2 ? 0 : Math.min(30_000, 1000 * 2 ** (failed - 2));
  patchUi(turn, { busy: true });
  turn.effects.push({ do: 'checkPassword', purpose, userCode, password, delayMs });
}

/** @param userCode whose password it is; null = nobody's */
export function passwordChecked(turn: Turn, purpose: PasswordPurpose, userCode: string | null): void {
  patchUi(turn, { busy: false });
  turn.state = { ...turn.state, failedLogins: userCode === null ? turn.state.failedLogins + 1 : 0 };
  if (purpose.kind === 'logIn') return userCode === null ? refuseLogIn(turn) : logIn(turn, userCode);
  const second = turn.facts.users().find((user) => user.code === userCode);
  if (second !== undefined) return confirmed(turn, purpose, second);
  turn.effects.push({ do: 'bell', pattern: 'error' });
  say(turn, 'DOM-05');
}

/** Whose it is stands on a damaged page of the dictionary: it was not wrong, and does not count as such. */
export function passwordUnreadable(turn: Turn): void {
  patchUi(turn, { busy: false, input: '' });
  turn.state = { ...turn.state, catalogDamaged: true };
  turn.effects.push({ do: 'bell', pattern: 'error' });
  say(turn, 'SYS-20');
}

/** What the second user was asked about happens now. */
function confirmed(turn: Turn, purpose: Exclude<PasswordPurpose, { kind: 'logIn' }>, second: User): void {
  switch (purpose.kind) {
    case 'resolve': {
      resolveByHand(turn, purpose, second);
      const decided = turn.state.attempts.find(({ attemptId }) => attemptId === purpose.attemptId);
      if (decided?.operation === 'found') flow(turn, settleFound(turn, decided));
      return;
    }
    case 'clock':
      return clockConfirmed(turn, second);
    case 'annul': {
      const next = annul(turn, second);
      return 'due' in next ? flow(turn, next.due) : sayRefusal(turn, next.refusal);
    }
    case 'storno': {
      const { positionNumber } = purpose;
      const refusal = runCommand(turn, { do: 'stornoLine', positionNumber, confirmedBy: second });
      if (refusal !== null) sayRefusal(turn, refusal);
    }
  }
}

/** The demo's user: no password, and the shift is open. */
export function logInUnasked(turn: Turn, userCode: string): void {
  if (turn.state.register.shift === null) runCommand(turn, { do: 'openShift' });
  logIn(turn, userCode);
}

function refuseLogIn(turn: Turn): void {
  log(turn, 'warn', 'authentication', 'Неверный пароль');
  patchUi(turn, { input: '' });
  turn.effects.push({ do: 'bell', pattern: 'error' });
  say(turn, 'DOM-02');
}

function logIn(turn: Turn, userCode: string): void {
  const user = turn.facts.users().find((candidate) => candidate.code === userCode);
  if (user === undefined) return say(turn, 'DOM-01');
  const isStart = turn.state.register.user === null;
  const refusal = runCommand(turn, { do: 'logIn', user });
  patchUi(turn, { input: '' });
  if (refusal !== null) return sayRefusal(turn, refusal);
  patchUi(turn, { loginSelected: 0 });
  log(turn, 'info', 'authentication', `Вход: ${user.code} ${user.name}`);
  if (isStart) tellRestored(turn);
}

/** SYS-09: what was restored, before anything else can be done with it (SCR-32). */
function tellRestored(turn: Turn): void {
  const { document } = turn.state.register;
  if (document === null) return;
  const restored = {
    document: documentTitle(document),
    // A return by receipt keeps the sale's lines that are not given back, with nothing on them.
    positions: document.lines.filter(({ quantityThousandths }) => quantityThousandths > 0).length,
    total: formatKopecks(totalsOf(document).totalKopecks),
  };
  openContext(turn, context('restored', restored));
}

/** Nobody has touched the register for so long; how the lock covers the screen: `commands.ts`. */
export function lockWhenIdle(turn: Turn): void {
  const { register, ui, lastActivityMs, attempts } = turn.state;
  const { lockAfterMs } = turn.facts;
  if (lockAfterMs === 0 || register.user === null || register.locked) return;
  // A list left open, the service menu above all, is no reason to leave the till open; a dialog waits for its answer.
  if (!ui.stack.every(({ name }) => isList(name)) || isPaymentRunning(attempts)) return;
  if (turn.facts.now() - lastActivityMs < lockAfterMs) return;
  runCommand(turn, { do: 'lock' });
}
