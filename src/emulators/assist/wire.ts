/** What goes over the wire: money, dates, check values, orders (assist.md 2, 3.3). Pure. */
import { createHash } from 'node:crypto';
import { qrcIdOf, sbpLink } from '../sbp-link.ts';
import type { AssistSettings } from './settings.ts';
import type { XmlTree } from './soap.ts';
import type { Operation, Order, OrderState } from './state.ts';

const SUCCESS = 'AS000';

const RUSSIAN_STATES: Record<OrderState, string> = {
  'In Process': 'В процессе',
  Approved: 'Оплачен',
  PartialCanceled: 'Отменён частично',
  Canceled: 'Отменён',
  Declined: 'Отклонён',
  Timeout: 'Закрыт по истечении времени',
};

/** Published wording of the response codes that a payer can cause; other codes come without a text. */
const CUSTOMER_TEXTS: Record<string, string> = {
  AS100: 'Отказ в авторизации',
  AS101: 'Ошибочный номер платежного средства',
  AS102: 'Недостаточно средств',
  AS104: 'Неверный срок действия карты',
  AS105: 'Превышен лимит',
  AS106: 'Неверный PIN',
  AS107: 'Ошибка приема данных',
  AS108: 'Подозрение на мошенничество',
  AS109: 'Превышен лимит операций Assist',
};

/** Roubles as shops are known to send them: `10.34`, `100`, `10,50`. @returns kopecks, or null when the text is no such sum */
export function readKopecks(text: string): number | null {
  const match = /^(\d{1,10})(?:[.,](\d{2}))?$/.exec(text);
  return match === null ? null : Number(match[1]) * 100 + Number(match[2] ?? '0');
}

/** 1034 -> `10.34`. */
export function formatRoubles(kopecks: number): string {
  return `${Math.floor(kopecks / 100)}.${String(kopecks % 100).padStart(2, '0')}`;
}

/** A sum of an answer, in the form of this server. */
function amountOf(kopecks: number, { amountForm }: AssistSettings): string | number {
  const text = formatRoubles(kopecks);
  if (amountForm === 'number') return Number(text);
  return amountForm === 'comma' ? text.replace('.', ',') : text;
}

/** `DD.MM.YYYY HH:MM:SS`, GMT. */
export function formatDate(atMs: number): string {
  const [day = '', time = ''] = new Date(atMs).toISOString().slice(0, 19).split('T');
  return `${day.split('-').reverse().join('.')} ${time}`;
}

/** @returns null when the text is no date of the wire */
export function readDate(text: string): number | null {
  const match = /^(\d{2})\.(\d{2})\.(\d{4}) (\d{2}:\d{2}:\d{2})$/.exec(text);
  if (match === null) return null;
  const [, day, month, year, time] = match;
  const atMs = Date.parse(`${year}-${month}-${day}T${time}Z`);
  // A 31st of February moves on to March; the way back shows it.
  return !Number.isNaN(atMs) && formatDate(atMs) === text ? atMs : null;
}

/** The check value of a text (assist.md 2). */
export function checkValue(secretWord: string, text: string): string {
  const md5 = (input: string): string => createHash('md5').update(input, 'utf8').digest('hex');
  return md5((md5(secretWord) + md5(text)).toUpperCase()).toUpperCase();
}

/** The word of a state in the language of the server. */
export function stateWord(state: OrderState, settings: Pick<AssistSettings, 'russianStates'>): string {
  return settings.russianStates ? RUSSIAN_STATES[state] : state;
}

function shownState(order: Order, state: OrderState, settings: AssistSettings): string {
  return order.shownState ?? stateWord(state, settings);
}

/** The order as the create services answer it. */
export function briefOrder(order: Order, settings: AssistSettings): Record<string, unknown> {
  return {
    ordernumber: order.orderNumber,
    billnumber: order.billNumber,
    orderstate: shownState(order, order.state, settings),
    orderamount: amountOf(order.sumKopecks, settings),
    ordercurrency: 'RUB',
    orderdate: formatDate(order.createdAtMs),
  };
}

/** One of `orders[]` of the result service. */
export function resultOrder(order: Order, settings: AssistSettings, nowMs: number): Record<string, unknown> {
  return {
    ...fullOrder(order, order.state, settings),
    ...checked(order, order.state, settings, nowMs),
    operations: order.operations.map((operation) => operationInfo(order, operation, settings)),
  };
}

/** The answer of the state service. */
export function stateAnswer(order: Order, settings: AssistSettings, nowMs: number): unknown {
  const { orderdate, ...brief } = briefOrder(order, settings);
  return { orderstate: { ...brief, ...checked(order, order.state, settings, nowMs) } };
}

/** The answer to a refund. Made of what was stored, so that a repeat is answered with the same text. */
export function refundAnswer(order: Order, refund: Operation, settings: AssistSettings): unknown {
  const check = checked(order, refund.stateAfter, settings, refund.atMs);
  const isFlat = settings.answerForm === 'flat';
  return {
    wscancel: {
      order: {
        ...fullOrder(order, refund.stateAfter, settings),
        ...(isFlat ? check : {}),
        operations: [operationInfo(order, refund, settings)],
      },
      ...(isFlat ? {} : check),
    },
  };
}

function fullOrder(order: Order, state: OrderState, settings: AssistSettings): Record<string, unknown> {
  return {
    billnumber: order.billNumber,
    ordernumber: order.orderNumber,
    testmode: settings.testMode,
    ordercomment: order.comment,
    orderamount: amountOf(order.sumKopecks, settings),
    ordercurrency: 'RUB',
    orderdate: formatDate(order.createdAtMs),
    orderstate: shownState(order, state, settings),
    ...(settings.operationFields === 'minimal'
      ? {}
      : { customer: { lastname: '', firstname: '', middlename: '', email: '' } }),
  };
}

/** The time of the answer and its check value, where this server puts them. */
function checked(order: Order, state: OrderState, settings: AssistSettings, nowMs: number): Record<string, unknown> {
  const check = checkData(order, state, settings, nowMs);
  return settings.answerForm === 'flat' ? { ...check, signature: '' } : { checkdata: check };
}

function checkData(order: Order, state: OrderState, settings: AssistSettings, nowMs: number): Record<string, string> {
  const withSeconds = formatDate(nowMs);
  // The one form that is published to the minute.
  const packetdate = settings.answerForm === 'flat' ? withSeconds.slice(0, -3) : withSeconds;
  if (settings.secretWord === null) return { packetdate };
  // Over the very texts of the answer, the word of the state too.
  const sent = String(amountOf(order.sumKopecks, settings));
  const amount = settings.hashedAmount === 'decimals' ? formatRoubles(order.sumKopecks) : sent;
  const text = `${settings.merchantId}${order.orderNumber}${amount}RUB${shownState(order, state, settings)}`;
  return { packetdate, checkvalue: checkValue(settings.secretWord, text) };
}

const STATES_OF_OPERATION: Record<string, string> = { [SUCCESS]: 'Success', AS300: 'In Process' };

/** Without one of these the official PHP client fails, so they are always there, empty where nothing is known. */
const PAYER_FIELDS = {
  clientip: '0.0.0.0',
  ipaddress: '0.0.0.0',
  meansubtype: '',
  meannumber: '',
  cardholder: '',
  cardexpirationdate: '',
  issuebank: '',
  bankcountry: '',
  message: '',
  customermessage: '',
  recommendation: '',
  approvalcode: '',
  protocoltypename: 'NET',
  processingname: '',
};

/** One of `operations[]`; a refund tells less than a payment, a card payment more. */
export function operationInfo(order: Order, operation: Operation, settings: AssistSettings): Record<string, unknown> {
  const { responseCode } = operation;
  const isSuccess = responseCode === SUCCESS;
  const type = operation.kind === 'payment' ? '100' : '300';
  const decisive = {
    billnumber: `${order.billNumber}.${operation.ordinal}`,
    operationtype: settings.operationTypeForm === 'number' ? Number(type) : type,
    amount: amountOf(operation.sumKopecks, settings),
    currency: 'RUB',
    meantypename: settings.meanNames[order.means],
    responsecode: responseCode,
  };
  if (settings.operationFields === 'minimal') return decisive;
  const common = {
    ...decisive,
    ...PAYER_FIELDS,
    // A word that is missing is a blank in the form of the documentation.
    ...(settings.answerForm === 'flat' ? { message: ' ', customermessage: ' ' } : {}),
    operationstate: STATES_OF_OPERATION[responseCode] ?? 'Declined',
    meantype_id: 0,
    operationdate: formatDate(operation.atMs),
  };
  if (operation.kind === 'refund') return common;
  const text = CUSTOMER_TEXTS[responseCode];
  const told = text === undefined ? common : { ...common, customermessage: text };
  if (order.means !== 'card' && order.means !== 'softPos') return told;
  const serial = order.billNumber.slice(-6);
  return {
    ...told,
    meantype_id: 2,
    meansubtype: 'VISA',
    meannumber: '4111****1111',
    approvalcode: isSuccess ? serial : '',
    rrn: order.billNumber.slice(-12),
    tid: '10000001',
    slipno: serial,
  };
}

/** In XML every sum is a text, and the fields of the check stand in the order. */
function inXml(settings: AssistSettings): AssistSettings {
  const amountForm = settings.amountForm === 'comma' ? 'comma' : 'text';
  return { ...settings, amountForm, operationTypeForm: 'text', answerForm: 'flat' };
}

type XmlFields = { [name: string]: XmlTree | readonly XmlTree[] };

/** An order of XML and SOAP. @param operations those that are told */
export function xmlOrder(
  order: Order,
  operations: readonly Operation[],
  settings: AssistSettings,
  nowMs: number,
): XmlFields {
  const own = inXml(settings);
  return {
    ...(fullOrder(order, order.state, own) as XmlFields),
    ...(checked(order, order.state, own, nowMs) as XmlFields),
    ...(operations.length === 0 ? {} : { operation: operations.map((one) => xmlOperation(order, one, settings)) }),
  };
}

export function xmlOperation(order: Order, operation: Operation, settings: AssistSettings): Record<string, XmlTree> {
  return operationInfo(order, operation, inXml(settings)) as Record<string, XmlTree>;
}

/** The text of the QR of an order; the same one whenever it is asked for. */
export function qrOf(order: Order, { sbpBank }: AssistSettings): string {
  const serial = Number(order.billNumber.slice(-9));
  return sbpLink({
    qrcId: qrcIdOf('dynamic', serial.toString(32)),
    kind: 'dynamic',
    sumKopecks: order.sumKopecks,
    bank: sbpBank,
  });
}

interface Echo {
  orderamount?: string | number;
  ordernumber?: string;
  operations?: { amount?: string | number }[];
}

/** The body with a wrong echo of one order (its last operation has the wrong sum too), or null when it holds none. */
export function spoilEcho(kind: 'wrong-sum' | 'wrong-order', body: string): string | null {
  if (body.startsWith('<')) return spoilXml(kind, body);
  const value = JSON.parse(body) as {
    order?: Echo;
    orderstate?: Echo | string;
    orderresult?: { orders: Echo[] };
    wscancel?: { order: Echo };
  };
  const order = value.order ?? value.wscancel?.order ?? value.orderresult?.orders.at(-1) ?? value.orderstate;
  if (order === undefined || typeof order === 'string') return null;
  if (kind === 'wrong-order') {
    order.ordernumber = `${order.ordernumber}-X`;
    return JSON.stringify(value);
  }
  const operation = order.operations?.at(-1);
  order.orderamount = oneMore(order.orderamount);
  if (operation !== undefined) operation.amount = oneMore(operation.amount);
  return JSON.stringify(value);
}

function spoilXml(kind: 'wrong-sum' | 'wrong-order', body: string): string | null {
  if (!body.includes('<orderamount>')) return null;
  if (kind === 'wrong-order') return body.replace(/<ordernumber>([^<]*)/g, '<ordernumber>$1-X');
  return body.replace(/<(orderamount|amount)>([^<]*)/g, (_, name: string, sum: string) => `<${name}>${oneMore(sum)}`);
}

/** A rouble more, in the form it came in. */
function oneMore(amount: string | number = ''): string | number {
  const text = typeof amount === 'number' ? formatRoubles(Math.round(amount * 100)) : amount;
  const more = formatRoubles((readKopecks(text) ?? 0) + 100);
  if (typeof amount === 'number') return Number(more);
  return amount.includes(',') ? more.replace('.', ',') : more;
}
