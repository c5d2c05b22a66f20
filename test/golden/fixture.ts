/** Models for the views: the receipts, users and clocks of the mock-ups. */

import type { Attempt } from '../../src/payments/attempt.ts';
import type { Driver } from '../../src/payments/driver.ts';
import type { Prompt } from '../../src/payments/prompt.ts';
import type {
  ClosedDocument,
  Currency,
  Document,
  Goods,
  Line,
  Payment,
  PaymentState,
  RegisterState,
  ReturnSource,
  User,
} from '../../src/register/model.ts';
import { lineSumKopecks } from '../../src/register/money.ts';
import { totalsOf } from '../../src/register/totals.ts';
import { DEFAULT_KEY_MAP } from '../../src/settings/key-map.ts';
import type { ContextRef, Model, SystemPage } from '../../src/ui/model.ts';

const UTC_OFFSET_MINUTES = 180;

/** Local time of the shop, `22.08.23 17:14:05`. */
export function moment(text: string): number {
  const match = /^(\d\d)\.(\d\d)\.(\d\d) (\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
  if (match === null) throw new Error(`no moment: ${text}`);
  const [day = 1, month = 1, year = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return Date.UTC(2000 + year, month - 1, day, hour, minute, second) - UTC_OFFSET_MINUTES * 60_000;
}

export const rouble: Currency = {
  code: 1,
  shortName: 'Руб',
  name: 'Российский рубль',
  provider: 'cash',
  changeAllowed: true,
};
export const terminal: Currency = {
  code: 3,
  shortName: 'АТ',
  name: 'Автономный терминал',
  provider: 'terminal',
  changeAllowed: false,
};
/** A payment system as the lists have it. */
export function systemRow(name: string, title: string, isSetUp: boolean, isOn = true): Model['systems'][number] {
  return { name, title, isOn, isSetUp, hasPage: true };
}

/** The page of a payment system (SCR-35) with these values; what is not named stands as in the mock-up. */
export function pageOf(driver: Pick<Driver, 'name' | 'title' | 'service'>, more: Partial<SystemPage> = {}): SystemPage {
  if (driver.service === undefined) throw new Error(`${driver.name} has no page`);
  const asIs = { otherCashless: '1', oplatiEnabled: '1', mode: '0', regNum: '0000123-110000456', enabled: '1' };
  const { name, title, service } = driver;
  const page = { name, title, service, isOn: true, tokenAt: null, file: `${name}.conf`, problem: null, isSetUp: true };
  return { ...page, ...more, values: { ...asIs, display: '1', cashOffline: '1', currencies: 'one', ...more.values } };
}

export const oplati: Currency = {
  code: 7,
  shortName: 'Опла',
  name: 'О!плати',
  provider: 'oplati',
  changeAllowed: false,
};

const piece = { code: '796', name: 'шт', fractional: false };
const weighed = { code: '166', name: 'кг', fractional: true };

export function goodsOf(name: string, priceKopecks: number, more: Partial<Goods> = {}): Goods {
  return {
    code: '1',
    barcode: '4810000000018',
    name,
    unit: piece,
    priceKopecks,
    minPriceKopecks: 0,
    priceEntry: 'allowed',
    quantityRequired: false,
    saleForbidden: false,
    quantityLimitThousandths: null,
    documentQuantityLimitThousandths: null,
    ...more,
  };
}

export const bifilux = goodsOf('БМК БИФИЛЮКС 2.5% 0.5Л', 1530);
export const milkByWeight = goodsOf('МОЛОКО БМК 1.5% 1Л П/П', 5000, { unit: weighed });
export const bifiluxByWeight = goodsOf('БМК БИФИЛЮКС 2.5% 0.5Л', 100, { unit: weighed });
export const juice = goodsOf('СОК РИЧ ЯБЛОКО 1Л', 7090);

export function documentOf(number: number, goods: Goods[], more: Partial<Document> = {}): Document {
  const lines: Line[] = goods.map((one, index) => ({
    positionNumber: index + 1,
    goods: one,
    entry: 'scan',
    enteredCode: one.barcode,
    priceKopecks: one.priceKopecks,
    quantityThousandths: 1000,
    sumKopecks: lineSumKopecks(one.priceKopecks, 1000),
    discountKopecks: 0,
    returned: null,
  }));
  return {
    documentId: `d${number}`,
    number,
    type: 'sale',
    shiftNumber: 42,
    cashierCode: '1',
    cashierName: 'Мастер',
    openedAt: 0,
    stage: 'goods',
    lines,
    stornoLines: [],
    payments: [],
    nextPositionNumber: lines.length + 1,
    card: null,
    source: null,
    ...more,
  };
}

/** A return by receipt: of every line `sold`, what was returned `before` and what is returned `now`. */
export function returnOf(
  number: number,
  parts: { goods: Goods; sold: number; before: number; now: number }[],
  more: Partial<Document> = {},
): Document {
  const document = documentOf(
    number,
    parts.map(({ goods }) => goods),
    more,
  );
  const lines = document.lines.map((line, index): Line => {
    const { goods, sold = 0, before = 0, now = 0 } = parts[index] ?? { goods: line.goods };
    const sumOf = (pieces: number) => lineSumKopecks(goods.priceKopecks, pieces * 1000);
    const returned = {
      positionNumber: line.positionNumber,
      soldThousandths: sold * 1000,
      paidKopecks: sumOf(sold),
      beforeThousandths: before * 1000,
      beforeKopecks: sumOf(before),
    };
    return { ...line, quantityThousandths: now * 1000, sumKopecks: sumOf(now), returned };
  });
  return { ...document, type: 'returnBySale', source: sourceOf([]), ...more, lines };
}

/** Sale № 7 with these payments, all of them still to be given back. */
export function sourceOf(payments: Payment[]): ReturnSource {
  return {
    documentId: 'd7',
    number: 7,
    closedAt: moment('03.11.21 11:30'),
    payments: payments.map(({ attemptId, currency, amountKopecks, orderNumber }) => ({
      attemptId,
      currency,
      orderNumber,
      leftKopecks: amountKopecks,
      providerPaymentId: null,
    })),
  };
}

/** The three goods of SCR-04, SCR-05, SCR-24: 121.90. */
export function bigReceipt(more: Partial<Document> = {}): Document {
  return documentOf(11, [milkByWeight, bifiluxByWeight, juice], more);
}

export function paymentOf(currency: Currency, amountKopecks: number, state: PaymentState = 'approved'): Payment {
  const attemptId = `${currency.provider}-${amountKopecks}`;
  return {
    attemptId,
    currency,
    amountKopecks,
    state,
    startedAt: 0,
    providerPaymentId: null,
    orderNumber: attemptId,
    sourceAttemptId: null,
  };
}

export function closedOf(document: Document): ClosedDocument {
  const { totalKopecks, discountKopecks, receivedKopecks, changeKopecks } = totalsOf(document);
  const sums = { totalKopecks, discountKopecks, receivedKopecks, changeKopecks };
  return { ...document, status: 'closed', closedAt: 0, ...sums, fiscalNumber: document.number };
}

export function attemptOf(more: Partial<Attempt> & { amountKopecks?: number; prompt?: Prompt | null } = {}): Attempt {
  const { amountKopecks = 1530, ...rest } = more;
  return {
    attemptId: 'a1',
    provider: 'oplati',
    operation: 'pay',
    documentId: 'd1',
    documentNumber: 1,
    documentTitle: 'ПРОДАЖА № 1',
    currencyName: 'О!плати',
    order: {
      attemptId: 'a1',
      orderNumber: 'o1',
      amountKopecks,
      option: null,
      seller: { shopName: '', registerNumber: 8 },
      shiftLabel: '22082023',
      receipt: { number: 1, lines: [], totalKopecks: amountKopecks },
      source: null,
    },
    sourceAttemptId: null,
    state: 'sent',
    driverState: null,
    step: 1,
    prompt: null,
    promptIssuedAtMs: 0,
    foreground: true,
    wakeAtMs: null,
    outcome: null,
    startedAtMs: 0,
    updatedAtMs: 0,
    manual: null,
    ...rest,
  };
}

export const master: User = { code: '1', name: 'Мастер', rank: 'старший кассир', roles: ['cashier', 'senior'] };
export const administrator: User = {
  code: '9',
  name: 'Администратор',
  rank: 'администратор',
  roles: ['administrator'],
};
export const users: User[] = [master, { code: '2', name: 'Кассир', rank: 'кассир', roles: ['cashier'] }, administrator];

export interface Changes {
  register?: Partial<RegisterState>;
  ui?: Partial<Model['ui']>;
  devices?: Partial<Model['devices']>;
  settings?: Partial<Model['settings']>;
  model?: Partial<Model>;
}

/** `Мастер касса 8`, 17:14, 22.08.23: the header of most mock-ups. */
export function modelOf(changes: Changes = {}): Model {
  return {
    register: {
      registerNumber: 8,
      journalId: 'j1',
      user: master,
      locked: false,
      shift: { number: 42, openedAt: moment('22.08.23 08:02'), label: '22082023' },
      lastShiftNumber: 42,
      lastDocumentNumber: 0,
      lastFiscalNumber: 0,
      mode: 'sale',
      pendingCard: null,
      lastEventAt: 0,
      document: null,
      lastClosed: null,
      ...changes.register,
    },
    attempts: [],
    ui: {
      stack: [],
      input: '',
      pendingQuantityThousandths: null,
      pendingPriceKopecks: null,
      selectedPosition: null,
      flash: null,
      status: null,
      rejectedScans: 0,
      loginSelected: 0,
      busy: false,
      queue: [],
      ...changes.ui,
    },
    devices: { scanner: 'ready', printer: 'ready', queuedSlips: 0, ...changes.devices },
    storageWords: [],
    linkLost: [],
    answerFaults: [],
    systems: [
      systemRow('oplati', 'О!плати', true),
      systemRow('paymaster', 'PayMaster', false),
      systemRow('assist', 'Ассист', false),
    ],
    notices: [],
    users,
    currencies: [rouble, terminal, oplati],
    catalog: { goodsCount: 12480, loadedAt: moment('22.08.23 06:15'), stale: false },
    settings: {
      userListVisible: true,
      receivedLabel: 'Получено',
      qrBlocks: 'half',
      confirmStorno: false,
      mainCurrencyCode: 1,
      maxCashSum: 100_000,
      maxQuantity: 1000,
      soundOn: true,
      ...changes.settings,
    },
    keyMap: DEFAULT_KEY_MAP,
    systemPage: null,
    linkCheck: null,
    now: moment('22.08.23 17:14'),
    wall: moment('22.08.23 17:14'),
    utcOffsetMinutes: UTC_OFFSET_MINUTES,
    version: '4.6.239-5849',
    columns: 80,
    rows: 25,
    ...changes.model,
    ...(changes.model?.now === undefined ? {} : { wall: changes.model.now }),
  };
}

export function ref(name: string, local: unknown = null, text = ''): ContextRef {
  return { name, local, text };
}
