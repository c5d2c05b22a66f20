/** Reading the bodies of requests: lenient where the server was seen lenient, strict elsewhere (oplati.md 2, 5). */

import type { Booking } from './ledger.ts';
import { PROBLEMS } from './problems.ts';
import { readKopecks } from './wire.ts';

export type Fields = Record<string, unknown>;

/** A JSON object; an empty body is an empty object. */
export function readBody(body: string | null): Fields {
  if (body === null) throw PROBLEMS.tooLarge();
  if (body.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    if (isObject(value)) return value;
  } catch {
    // Falls through to the one refusal.
  }
  throw PROBLEMS.badRequest('ожидается объект JSON');
}

/** `sum`, `orderNumber`, `shift` and a sound receipt, of a sale or of a reversal. */
export function readBooking(regNum: string, fields: Fields, hasStrictTotals: boolean): Booking {
  const sumKopecks = readKopecks(fields.sum);
  if (sumKopecks === null || sumKopecks === 0) throw PROBLEMS.badRequest('sum');
  const orderNumber = readLabel(fields.orderNumber);
  if (orderNumber === null || orderNumber === '') throw PROBLEMS.badRequest('orderNumber');
  const shift = isGiven(fields.shift) ? readLabel(fields.shift) : null;
  if (shift === null && isGiven(fields.shift)) throw PROBLEMS.badRequest('shift');
  checkReceipt(fields.details, hasStrictTotals);
  return { regNum, sumKopecks, orderNumber, shift };
}

/** A whole number, also as a text (vector O-17). */
export function readWhole(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** A text, also as an integer (vector O-17). */
function readLabel(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value.length <= 255 ? value : null;
}

function checkReceipt(details: unknown, hasStrictTotals: boolean): void {
  if (!isObject(details) || !Array.isArray(details.items) || details.items.length === 0) {
    throw PROBLEMS.badRequest('details.items');
  }
  for (const name of ['receiptNumber', 'regNum', 'title', 'headerInfo', 'footerInfo']) {
    if (isGiven(details[name]) && readLabel(details[name]) === null) throw PROBLEMS.badRequest(`details.${name}`);
  }
  const costs = details.items.map((item: unknown) => readItem(item));
  const totalKopecks = isGiven(details.amountTotal) ? readKopecks(details.amountTotal) : undefined;
  if (totalKopecks === null) throw PROBLEMS.badRequest('details.amountTotal');
  if (hasStrictTotals && totalKopecks !== undefined && totalKopecks !== costs.reduce((sum, cost) => sum + cost, 0)) {
    throw PROBLEMS.badRequest('details.amountTotal');
  }
  if (isGiven(details.payments)) checkTenders(details.payments);
}

/** @returns the cost of the line in kopecks */
function readItem(item: unknown): number {
  if (!isObject(item) || ![1, 2].includes(readWhole(item.type) ?? 0)) throw PROBLEMS.badRequest('items.type');
  if (typeof item.name !== 'string' || item.name === '') throw PROBLEMS.badRequest('items.name');
  const costKopecks = readKopecks(item.cost);
  if (costKopecks === null) throw PROBLEMS.badRequest('items.cost');
  for (const name of ['price', 'quantity']) {
    if (isGiven(item[name]) && !isDecimal(item[name])) throw PROBLEMS.badRequest(`items.${name}`);
  }
  for (const name of ['unit', 'barcode']) {
    if (isGiven(item[name]) && readLabel(item[name]) === null) throw PROBLEMS.badRequest(`items.${name}`);
  }
  return costKopecks;
}

function checkTenders(tenders: unknown): void {
  if (!Array.isArray(tenders)) throw PROBLEMS.badRequest('details.payments');
  for (const tender of tenders as unknown[]) {
    const isSound = isObject(tender) && [1, 2, 3, 4, 99].includes(readWhole(tender.type) ?? 0);
    if (!isSound || readKopecks(tender.sum) === null) throw PROBLEMS.badRequest('details.payments');
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isDecimal(value: unknown): boolean {
  return (typeof value === 'number' || typeof value === 'string') && /^\d+(\.\d+)?$/.test(String(value));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
