import type { Command } from './commands.ts';
import { decidePayment, decideRefundPlan } from './decide-payment.ts';
import { decideReturn, partOfSum, returnedSum } from './decide-return.ts';
import type { LineSum, RegisterEvent } from './events.ts';
import { localStamp, type UtcOffset } from './local-time.ts';
import type { Card, Document, Goods, Line, Payment, RegisterState, User } from './model.ts';
import { discountedKopecks, formatKopecks, lineSumKopecks, MAX_SUM_KOPECKS } from './money.ts';
import { formatQuantity, MAX_QUANTITY_THOUSANDTHS, ONE_PIECE_THOUSANDTHS } from './quantity.ts';
import { type Decision, type Refusal, refuse, refuseHugeQuantity, refuseUndecided } from './refusal.ts';
import type { Rules } from './rules.ts';
import { isByHand, isCounted, isUndecided, totalsOf } from './totals.ts';

/**
 * Command -> events, or a refusal. Pure.
 * @param now wall time in ms; the events' time never goes back behind the newest event (reliability.md 6)
 */
export function decide(state: RegisterState, command: Command, rules: Rules, now: number): Decision {
  const at = Math.max(now, state.lastEventAt);
  switch (command.do) {
    case 'logIn':
      return decideLogIn(state, command.user, at);
    case 'lock':
      return state.user === null || state.locked
        ? { events: [] }
        : { events: [{ at, type: 'locked', userCode: state.user.code }] };
    case 'openShift':
      return state.shift === null ? { events: [shiftOpened(state, rules, at)] } : refuse('DOM-57');
    case 'addLine':
      return decideAddLine(state, command, rules, at);
    case 'repeatLast':
      return decideRepeat(state, command, rules, at);
    case 'changeQuantity':
      return decideQuantity(state, command.positionNumber, command.quantityThousandths, rules, at);
    case 'changeRefundSum':
      return decideRefundSum(state, command.positionNumber, command.sumKopecks, at);
    case 'changePrice':
      return decidePrice(state, command.positionNumber, command.priceKopecks, rules, at);
    case 'stornoLine':
      return decideStorno(state, command.positionNumber, command.confirmedBy, rules, at);
    case 'annul':
      return decideAnnul(state, command, rules, at);
    case 'setMode':
      if (state.document !== null) return refuse('DOM-81');
      if (command.mode === 'return' && !rules.freeReturnAllowed) return refuse('DOM-66');
      return { events: state.mode === command.mode ? [] : [{ at, type: 'modeSet', mode: command.mode }] };
    case 'beginReturn':
      return decideReturn(state, command, rules, at);
    case 'addCard':
      return decideAddCard(state, command.card, at);
    case 'removeCard': {
      const document = state.document;
      if (document === null ? state.pendingCard === null : document.card === null) return refuse('DOM-70');
      const blocked = document === null ? null : refuseWithPayments(document);
      return blocked ?? { events: [{ at, type: 'cardRemoved', sums: sumsWith(document, null) }] };
    }
    case 'enterSubtotal': {
      const document = state.document;
      if (document === null || !document.lines.some((line) => line.quantityThousandths > 0)) return refuse('DOM-30');
      return { events: document.stage === 'subtotal' ? [] : [{ at, type: 'subtotalEntered' }] };
    }
    case 'leaveSubtotal': {
      if (state.document === null || state.document.stage === 'goods') return { events: [] };
      const blocked = refuseWithPayments(state.document);
      return blocked ?? { events: [{ at, type: 'subtotalLeft' }] };
    }
    case 'beginPayment':
      return decidePayment(state, command, rules, at);
    case 'planRefund':
      return decideRefundPlan(state, command.plan, rules, at);
    case 'settlePayment': {
      const payment = paymentOf(state, command.documentId, command.attemptId);
      if (payment === null || !(payment.state === 'waiting' || payment.state === 'unknown')) return { events: [] };
      const { do: _, documentId: __, ...settled } = command;
      return { events: [{ at, type: 'paymentSettled', ...settled }] };
    }
    case 'beginCancel': {
      if (state.document === null) return refuse('DOM-31');
      const payment = state.document.payments.find((p) => p.attemptId === command.attemptId);
      if (payment === undefined || !isCounted(payment) || payment.state === 'cancelling') return refuse('DOM-31');
      if (state.document.payments.some(isUndecided)) return refuseUndecided(state.document, 'Отменить оплату');
      return { events: [{ at, type: 'cancelStarted', attemptId: command.attemptId }] };
    }
    case 'settleCancel': {
      const payment = paymentOf(state, command.documentId, command.attemptId);
      if (payment === null || !(payment.state === 'cancelling' || payment.state === 'cancelQueued')) {
        return { events: [] };
      }
      return { events: [{ at, type: 'cancelSettled', attemptId: command.attemptId, fate: command.fate }] };
    }
    case 'resolvePayment': {
      const { do: _, documentId, confirmedBy, ...resolved } = command;
      if (!mayConfirm(state.user, confirmedBy)) return refuse('DOM-05');
      const payment = paymentOf(state, documentId, resolved.attemptId);
      if (payment === null || !(isUndecided(payment) || isByHand(payment))) return { events: [] };
      return { events: [{ at, type: 'paymentResolved', confirmedByCode: confirmedBy.code, ...resolved }] };
    }
    case 'close': {
      const document = state.document;
      if (document === null || document.lines.length === 0) return refuse('DOM-30');
      if (document.payments.some(isUndecided)) return refuseUndecided(document, 'Закрыть чек');
      const totals = totalsOf(document);
      if (document.stage !== 'subtotal' || totals.restKopecks > 0) return refuse('DOM-32');
      const fiscalNumber = state.lastFiscalNumber + 1;
      return { events: [{ at, type: 'documentClosed', changeKopecks: totals.changeKopecks, fiscalNumber }] };
    }
  }
}

/** A second user may confirm when he is somebody else and holds a senior role (DOM-05, DOM-06). */
export function mayConfirm(cashier: User | null, second: User): boolean {
  const isSenior = second.roles.includes('senior') || second.roles.includes('administrator');
  return isSenior && second.code !== cashier?.code;
}

/** Money and quantity of a document may change only while nothing was paid and nothing is undecided (R4). */
function refuseWithPayments(document: Document, cannot = 'Изменить чек'): Refusal | null {
  if (document.payments.some(isUndecided)) return refuseUndecided(document, cannot);
  if (document.payments.some(isCounted)) return refuse('DOM-35');
  return null;
}

function decideLogIn(state: RegisterState, user: User, at: number): Decision {
  const document = state.document;
  const takesOver = user.roles.includes('senior') || user.roles.includes('administrator');
  if (document !== null && document.cashierCode !== user.code && !takesOver) return refuse('DOM-09');
  return { events: [{ at, type: 'userLoggedIn', user }] };
}

function decideAddLine(
  state: RegisterState,
  command: Extract<Command, { do: 'addLine' }>,
  rules: Rules,
  at: number,
): Decision {
  const { goods, entry, enteredCode } = command;
  const document = state.document;
  if (state.user === null || state.locked) return refuse('DOM-04');
  if (document !== null && document.stage === 'subtotal') {
    return refuseWithPayments(document) ?? refuse('DOM-94', { причина: 'чек в режиме подытога' });
  }
  if (document?.type === 'returnBySale') return refuse('DOM-94', { причина: 'возврат по чеку' });
  if (rules.codeEntryForbidden && entry === 'code') return refuse('DOM-12');
  if (goods.saleForbidden) return refuse('DOM-17');

  if (command.priceKopecks === null && goods.priceEntry === 'required') return refuse('DOM-96');
  if (command.quantityThousandths === null && goods.quantityRequired) return refuse('DOM-27');
  const priceKopecks = command.priceKopecks ?? goods.priceKopecks;
  if (command.priceKopecks !== null && goods.priceEntry === 'forbidden') return refuse('DOM-26');
  const badPrice = refusePrice(goods, priceKopecks, rules);
  if (badPrice !== null) return badPrice;

  const quantityThousandths = command.quantityThousandths ?? ONE_PIECE_THOUSANDTHS;
  const equal =
    rules.mergeEqualLines && document !== null
      ? document.lines.find((line) => line.goods.code === goods.code && line.priceKopecks === priceKopecks)
      : undefined;
  if (equal !== undefined) {
    return decideQuantity(state, equal.positionNumber, equal.quantityThousandths + quantityThousandths, rules, at);
  }

  const badQuantity = refuseQuantity(document, goods, quantityThousandths, null, rules);
  if (badQuantity !== null) return badQuantity;
  const line: Line = {
    positionNumber: document?.nextPositionNumber ?? 1,
    goods,
    entry,
    enteredCode,
    priceKopecks,
    quantityThousandths,
    ...pricedSum(priceKopecks, quantityThousandths, cardOf(state)),
    returned: null,
  };
  const tooMuch = refuseTotal(document, line.sumKopecks, rules);
  if (tooMuch !== null) return tooMuch;

  const events: RegisterEvent[] = [];
  if (document === null) {
    let shiftNumber = state.shift?.number;
    if (shiftNumber === undefined) {
      // The first receipt opens the shift.
      events.push(shiftOpened(state, rules, at));
      shiftNumber = state.lastShiftNumber + 1;
    }
    const number = state.lastDocumentNumber + 1;
    events.push({
      at,
      type: 'documentOpened',
      documentId: `${state.registerNumber}-${shiftNumber}-${number}-${state.journalId}`,
      number,
      documentType: state.mode,
      cashierCode: state.user.code,
      cashierName: state.user.name,
      card: state.mode === 'sale' ? state.pendingCard : null,
      source: null,
    });
  }
  events.push({ at, type: 'lineAdded', line });
  return { events };
}

function decideRepeat(
  state: RegisterState,
  command: Extract<Command, { do: 'repeatLast' }>,
  rules: Rules,
  at: number,
): Decision {
  const last = state.document?.lines.at(-1);
  if (last === undefined) return refuse('DOM-30');
  return decideAddLine(
    state,
    {
      do: 'addLine',
      goods: last.goods,
      entry: 'repeat',
      enteredCode: last.enteredCode,
      quantityThousandths: command.quantityThousandths ?? last.quantityThousandths,
      priceKopecks: command.priceKopecks ?? (last.goods.priceEntry === 'forbidden' ? null : last.priceKopecks),
    },
    rules,
    at,
  );
}

function decideQuantity(
  state: RegisterState,
  positionNumber: number,
  quantityThousandths: number,
  rules: Rules,
  at: number,
): Decision {
  const found = openLine(state, positionNumber);
  if ('refused' in found) return found;
  const { document, line } = found;
  if (line.returned !== null) {
    const sum = returnedSum(line, line.returned, quantityThousandths);
    if ('refused' in sum) return sum;
    return { events: [{ at, type: 'quantityChanged', quantityThousandths, ...sum }] };
  }
  const bad = refuseQuantity(document, line.goods, quantityThousandths, line, rules);
  if (bad !== null) return bad;
  const sum = pricedSum(line.priceKopecks, quantityThousandths, document.card);
  const tooMuch = refuseTotal(document, sum.sumKopecks - line.sumKopecks, rules);
  if (tooMuch !== null) return tooMuch;
  return { events: [{ at, type: 'quantityChanged', positionNumber, quantityThousandths, ...sum }] };
}

function decideRefundSum(state: RegisterState, positionNumber: number, sumKopecks: number, at: number): Decision {
  const found = openLine(state, positionNumber);
  if ('refused' in found) return found;
  const { returned } = found.line;
  if (returned === null) return refuse('DOM-94', { причина: 'только в возврате по чеку' });
  const sum = partOfSum(found.line, returned, sumKopecks);
  if ('refused' in sum) return sum;
  const { type, ...change } = sum;
  return {
    events: [type === 'refundSumChanged' ? { at, type, ...change } : { at, type, ...change, discountKopecks: 0 }],
  };
}

function decidePrice(
  state: RegisterState,
  positionNumber: number,
  priceKopecks: number,
  rules: Rules,
  at: number,
): Decision {
  const found = openLine(state, positionNumber);
  if ('refused' in found) return found;
  const { document, line } = found;
  if (line.goods.priceEntry === 'forbidden' || line.returned !== null) return refuse('DOM-26');
  const bad = refusePrice(line.goods, priceKopecks, rules);
  if (bad !== null) return bad;
  const sum = pricedSum(priceKopecks, line.quantityThousandths, document.card);
  const tooMuch = refuseTotal(document, sum.sumKopecks - line.sumKopecks, rules);
  if (tooMuch !== null) return tooMuch;
  return { events: [{ at, type: 'priceChanged', positionNumber, priceKopecks, ...sum }] };
}

function decideStorno(
  state: RegisterState,
  positionNumber: number,
  confirmedBy: User | null,
  rules: Rules,
  at: number,
): Decision {
  const found = openLine(state, positionNumber);
  if ('refused' in found) return found;
  // In a return by receipt the line stays in the list and is simply not returned (SCR-20).
  if (found.line.returned !== null) return decideQuantity(state, positionNumber, 0, rules, at);
  const unconfirmed = refuseUnconfirmed(state, confirmedBy, rules, 'Сторно текущей позиции');
  if (unconfirmed !== null) return unconfirmed;
  const cashierCode = state.user?.code ?? found.document.cashierCode;
  return {
    events: [{ at, type: 'lineStorned', positionNumber, cashierCode, confirmedByCode: confirmedBy?.code ?? null }],
  };
}

function decideAnnul(
  state: RegisterState,
  { confirmedBy, givenBack }: Extract<Command, { do: 'annul' }>,
  rules: Rules,
  at: number,
): Decision {
  const document = state.document;
  if (document === null || (document.lines.length === 0 && document.stornoLines.length === 0)) return refuse('DOM-30');
  const blocked = refuseWithPayments(document, 'Аннулировать чек');
  if (blocked !== null) return blocked;
  const unconfirmed = refuseUnconfirmedAnnul(state, confirmedBy, rules);
  if (unconfirmed !== null) return unconfirmed;
  const confirmedByCode = confirmedBy?.code ?? null;
  return {
    events: [{ at, type: 'documentAnnulled', confirmedByCode, ...(givenBack === undefined ? {} : { givenBack }) }],
  };
}

/** A card's discount on every line; the card of an empty receipt waits for its first item. */
function decideAddCard(state: RegisterState, card: Card, at: number): Decision {
  const document = state.document;
  if (state.user === null || state.locked) return refuse('DOM-04');
  if (document !== null && document.type !== 'sale') return refuse('DOM-94', { причина: 'возврат' });
  if (document === null && state.mode === 'return') return refuse('DOM-94', { причина: 'возврат' });
  const blocked = document === null ? null : refuseWithPayments(document);
  if (blocked !== null) return blocked;
  if ((document === null ? state.pendingCard : document.card) !== null) return refuse('DOM-75');
  return { events: [{ at, type: 'cardAdded', card, sums: sumsWith(document, card) }] };
}

function sumsWith(document: Document | null, card: Card | null): LineSum[] {
  return (document?.lines ?? []).map((line) => ({
    positionNumber: line.positionNumber,
    ...pricedSum(line.priceKopecks, line.quantityThousandths, card),
  }));
}

/** What a sold line costs: price x quantity, less the card's percent, each rounded half up once. */
function pricedSum(priceKopecks: number, quantityThousandths: number, card: Card | null) {
  const grossKopecks = lineSumKopecks(priceKopecks, quantityThousandths);
  const sumKopecks = card === null ? grossKopecks : discountedKopecks(grossKopecks, card.discountBasisPoints);
  return { sumKopecks, discountKopecks: grossKopecks - sumKopecks };
}

function cardOf(state: RegisterState): Card | null {
  if (state.document !== null) return state.document.card;
  return state.mode === 'sale' ? state.pendingCard : null;
}

function openLine(state: RegisterState, positionNumber: number): { document: Document; line: Line } | Refusal {
  const document = state.document;
  const line = document?.lines.find((candidate) => candidate.positionNumber === positionNumber);
  if (document === null || line === undefined) return refuse('DOM-30');
  const blocked = refuseWithPayments(document);
  if (blocked !== null) return blocked;
  if (document.stage === 'subtotal') return refuse('DOM-94', { причина: 'чек в режиме подытога' });
  return { document, line };
}

/** Asked before the payments of the document are taken back: after that there is no way back. */
export function refuseUnconfirmedAnnul(state: RegisterState, second: User | null, rules: Rules): Refusal | null {
  return refuseUnconfirmed(state, second, rules, 'Сторно все');
}

function refuseUnconfirmed(state: RegisterState, second: User | null, rules: Rules, operation: string): Refusal | null {
  if (!rules.stornoNeedsConfirmation) return null;
  if (second === null) return refuse('DOM-06', { операция: operation });
  return mayConfirm(state.user, second) ? null : refuse('DOM-05');
}

function refusePrice(goods: Goods, priceKopecks: number, rules: Rules): Refusal | null {
  if (priceKopecks === 0 && rules.zeroPriceForbidden) return refuse('DOM-16');
  if (priceKopecks < 0 || priceKopecks > MAX_SUM_KOPECKS) return refuse('DOM-29');
  if (priceKopecks < goods.minPriceKopecks) return refuse('DOM-25', { цена: formatKopecks(goods.minPriceKopecks) });
  return null;
}

function refuseQuantity(
  document: Document | null,
  goods: Goods,
  quantityThousandths: number,
  replaced: Line | null,
  rules: Rules,
): Refusal | null {
  if (quantityThousandths < rules.minQuantityThousandths) return refuse('DOM-21');
  if (!goods.unit.fractional && quantityThousandths % ONE_PIECE_THOUSANDTHS !== 0) return refuse('DOM-20');
  // Equal goods grow one row: each piece may be small and the row too large.
  if (quantityThousandths > MAX_QUANTITY_THOUSANDTHS) return refuseHugeQuantity();
  const perLine = goods.quantityLimitThousandths;
  if (perLine !== null && quantityThousandths > perLine) {
    return refuse('DOM-22', { N: formatQuantity(perLine, goods.unit.fractional) });
  }
  const perDocument = goods.documentQuantityLimitThousandths;
  if (perDocument !== null) {
    let already = 0;
    for (const line of document?.lines ?? []) {
      if (line.goods.code === goods.code && line !== replaced) already += line.quantityThousandths;
    }
    if (already + quantityThousandths > perDocument) {
      return refuse('DOM-23', { N: formatQuantity(perDocument, goods.unit.fractional) });
    }
  }
  return null;
}

function refuseTotal(document: Document | null, growthKopecks: number, rules: Rules): Refusal | null {
  const limitKopecks = Math.min(rules.maxReceiptKopecks, MAX_SUM_KOPECKS);
  return totalsOf(document).totalKopecks + growthKopecks > limitKopecks ? refuse('DOM-29') : null;
}

function paymentOf(state: RegisterState, documentId: string, attemptId: string): Payment | null {
  if (state.document?.documentId !== documentId) return null;
  return state.document.payments.find((payment) => payment.attemptId === attemptId) ?? null;
}

function shiftOpened(state: RegisterState, rules: Rules, at: number): RegisterEvent {
  return { at, type: 'shiftOpened', number: state.lastShiftNumber + 1, label: shiftLabel(at, rules.utcOffsetMinutes) };
}

/** `ddMMyyyy` of a local day (oplati.md 10). */
function shiftLabel(at: number, offset: UtcOffset): string {
  const [year = '', month = '', day = ''] = localStamp(at, offset).slice(0, 10).split('-');
  return `${day}${month}${year}`;
}
