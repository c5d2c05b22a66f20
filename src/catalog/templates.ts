/**
 * Barcodes made inside the shop by label scales (devices.md 2.3): `weight: 22CCCCCWWWWWK`, `price: 23CCCCCPPPPPK`,
 * `pieces: 24CCCCCQQQQQK`. Digits are literal, C is the PLU, W grams, P kopecks, Q pieces, V an inner check that is
 * skipped, K the check digit of the whole number. No single layout exists in the trade, so they are settings.
 */

import { endsWithCheckDigit } from '../register/check-digit.ts';
import { Fault } from '../register/fault.ts';

export type TemplateKind = 'weight' | 'price' | 'pieces';

export interface BarcodeTemplate {
  kind: TemplateKind;
  /** As written in the settings, without the kind. */
  layout: string;
  literalDigits: number;
}

export interface TemplateMatch {
  template: BarcodeTemplate;
  /** Digits of the PLU with their leading zeros. */
  plu: string;
  /** From W or Q; null in a price barcode. */
  quantityThousandths: number | null;
  /** From P: the price of the labelled pack; null in the others. */
  priceKopecks: number | null;
  checkDigitValid: boolean;
}

/** A template of the settings that cannot be used; `say` names it for the person who wrote it. */
function badTemplate(text: string, reason: string): Fault<'bad'> {
  return new Fault('barcodeTemplate', 'bad', { say: `Неверный шаблон штрих-кода «${text}»: ${reason}` });
}

const VALUE_LETTER: Record<TemplateKind, string> = { weight: 'W', price: 'P', pieces: 'Q' };

/**
 * Reads one template of the settings.
 * @throws a bad template, with a Russian reason
 */
export function parseTemplate(text: string): BarcodeTemplate {
  const match = /^\s*(\w+)\s*:\s*(\S+)\s*$/.exec(text);
  const kind = match?.[1] ?? '';
  const layout = match?.[2] ?? '';
  if (kind !== 'weight' && kind !== 'price' && kind !== 'pieces') {
    throw badTemplate(text, 'вид должен быть weight, price или pieces, после него двоеточие');
  }
  const value = VALUE_LETTER[kind];
  if (!/^[0-9CWPQVK]+$/.test(layout)) {
    throw badTemplate(text, 'допустимы только цифры и латинские буквы C, W, P, Q, V, K');
  }
  if (layout.length < 8 || layout.length > 18) throw badTemplate(text, 'длина должна быть от 8 до 18 знаков');
  const runs = layout.match(/([A-Z])\1*/g) ?? [];
  for (const letter of ['C', value]) {
    if (runs.filter((run) => run.startsWith(letter)).length !== 1) {
      throw badTemplate(text, `буквы ${letter} должны стоять одной группой`);
    }
  }
  const foreign = runs.find((run) => !`C${value}VK`.includes(run.charAt(0)));
  if (foreign !== undefined) throw badTemplate(text, `буква ${foreign.charAt(0)} не подходит к виду ${kind}`);
  if (/K./.test(layout)) throw badTemplate(text, 'контрольная цифра K может быть только одна и только в конце');
  const valueDigits = (runs.find((run) => run.startsWith(value)) ?? '').length;
  if (valueDigits > 6) throw badTemplate(text, `букв ${value} должно быть не больше 6`);
  const literalDigits = layout.replace(/\D/g, '').length;
  if (literalDigits === 0) throw badTemplate(text, 'нужна хотя бы одна цифра префикса');
  return { kind, layout, literalDigits };
}

/** All templates of the settings, the most literal first, then in the order of the settings. */
export function parseTemplates(texts: readonly string[]): BarcodeTemplate[] {
  return texts.map(parseTemplate).sort((a, b) => b.literalDigits - a.literalDigits);
}

/** @param templates in the order of `parseTemplates` */
export function matchTemplate(templates: readonly BarcodeTemplate[], text: string): TemplateMatch | null {
  if (!/^\d{8,18}$/.test(text)) return null;
  const template = templates.find(({ layout }) => fits(layout, text));
  if (template === undefined) return null;
  const value = Number(digitsAt(template.layout, VALUE_LETTER[template.kind], text));
  return {
    template,
    plu: digitsAt(template.layout, 'C', text),
    // One gram is a thousandth of a kilogram, so grams are already thousandths.
    quantityThousandths: template.kind === 'price' ? null : template.kind === 'weight' ? value : value * 1000,
    priceKopecks: template.kind === 'price' ? value : null,
    checkDigitValid: !template.layout.endsWith('K') || endsWithCheckDigit(text),
  };
}

function fits(layout: string, text: string): boolean {
  if (layout.length !== text.length) return false;
  for (let index = 0; index < layout.length; index++) {
    const sign = layout.charAt(index);
    if (sign >= '0' && sign <= '9' && sign !== text.charAt(index)) return false;
  }
  return true;
}

function digitsAt(layout: string, letter: string, text: string): string {
  return text.slice(layout.indexOf(letter), layout.lastIndexOf(letter) + 1);
}
