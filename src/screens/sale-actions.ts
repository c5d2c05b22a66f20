/** What the keys of the sale do, as steps; shared by the screens that sell and by the menu. */

import { openMoney } from '../payments/attempt.ts';
import type { Line } from '../register/model.ts';
import { parseKopecks } from '../register/money.ts';
import { parseQuantity } from '../register/quantity.ts';
import { refuseTypedQuantity } from '../register/refusal.ts';
import type { At, Binding } from '../ui/context.ts';
import { takingPrice, takingQuantity } from '../ui/doubtful.ts';
import type { ContextRef, Model } from '../ui/model.ts';
import type { PickerLocal } from '../ui/pages.ts';
import type { Step } from '../ui/step.ts';
import { moved } from '../ui/words.ts';
import { goodsRowCount, linesOf } from './layout.ts';

export const NO_LINES = 'в чеке нет позиций';
export const OPEN_DOCUMENT = 'есть открытый чек';

/** Clears what was typed: the step that used it carries its own copy. */
export const CLEAR_INPUT: Step = { do: 'ui', patch: { input: '' } };

export function open(name: string, local: unknown = null): Step {
  return { do: 'open', context: { name, local, text: '' } };
}

/** The list of documents, newest first (SCR-17). */
export function pickerSteps(purpose: PickerLocal['purpose']): Step[] {
  const page = { rows: [], offset: 0, total: 0 };
  const local: PickerLocal = { purpose, page, selected: 0, day: null, editsDay: false };
  return [open('document-picker', local), { do: 'findSales', offset: 0 }];
}

export function questionOf(number: string, params: Record<string, string>, onYes: Step[]): ContextRef {
  return { name: 'question', local: { number, params, onYes }, text: '' };
}

export function lines(model: Model): readonly Line[] {
  return linesOf(model.register.document);
}

/** Index of the marked row; a row that is gone gives way to the last one. -1 without rows. */
export function selectedIndex(model: Model): number {
  const all = lines(model);
  const found = all.findIndex(({ positionNumber }) => positionNumber === model.ui.selectedPosition);
  return found >= 0 ? found : all.length - 1;
}

export function selectedLine(model: Model): Line | null {
  return lines(model)[selectedIndex(model)] ?? null;
}

export function withoutLines({ model }: At): string | null {
  return lines(model).length === 0 ? NO_LINES : null;
}

/** A receipt whose rows were all voided is still a document, and only annulment ends it. */
function withoutDocument({ model }: At): string | null {
  const { document } = model.register;
  return document === null || (document.lines.length === 0 && document.stornoLines.length === 0) ? NO_LINES : null;
}

/** F3 and `*`: typed digits are for the next item, else the selected row is changed. */
export function quantitySteps({ model, text }: At): Step[] {
  if (text === '') {
    const line = selectedLine(model);
    return line === null ? [] : [open('quantity', { positionNumber: line.positionNumber })];
  }
  const quantityThousandths = parseQuantity(text);
  if (quantityThousandths === null || quantityThousandths === 0) return badQuantitySteps(text);
  const steps: Step[] = [{ do: 'ui', patch: { pendingQuantityThousandths: quantityThousandths, input: '' } }];
  return takingQuantity(quantityThousandths, model.settings, steps);
}

/** The text stays to be corrected. */
export function badQuantitySteps(text: string): Step[] {
  const { refused, params } = refuseTypedQuantity(text);
  if (refused !== 'DOM-94') return [{ do: 'say', number: refused, params }];
  return [
    { do: 'bell', pattern: 'error' },
    { do: 'status', text: `Клавиша недоступна: ${params['причина'] ?? ''}` },
  ];
}

/** `3*` and `*` again: the row would be changed while 3 still waits for the next goods. */
export function quantityUnavailable(at: At): string | null {
  if (at.text !== '') return null;
  return at.model.ui.pendingQuantityThousandths === null ? withoutLines(at) : 'количество уже введено (Esc - сброс)';
}

/** As the quantity; a typed price is for the next item. */
export function priceSteps(model: Model): Step[] {
  const { input } = model.ui;
  if (input === '') {
    const line = selectedLine(model);
    if (line === null) return [];
    // Told before a price is typed in vain, and the cashier stays among the goods (DOM-26).
    if (line.goods.priceEntry === 'forbidden') {
      return [
        { do: 'bell', pattern: 'error' },
        { do: 'say', number: 'DOM-26' },
      ];
    }
    return [open('price', { positionNumber: line.positionNumber })];
  }
  const priceKopecks = parseKopecks(input);
  if (priceKopecks === null) return [{ do: 'status', text: 'Неверная сумма' }];
  const steps: Step[] = [{ do: 'ui', patch: { pendingPriceKopecks: priceKopecks, input: '' } }];
  return takingPrice(priceKopecks, model.settings, steps);
}

/** The position once more; `Кол-во` and `Цена` that wait for the next item are meant for it, and used up. */
export function repeatSteps({ ui }: Model): Step[] {
  const { pendingQuantityThousandths, pendingPriceKopecks } = ui;
  if (pendingQuantityThousandths === null && pendingPriceKopecks === null) {
    return [{ do: 'command', command: { do: 'repeatLast' } }];
  }
  const quantity = pendingQuantityThousandths === null ? {} : { quantityThousandths: pendingQuantityThousandths };
  const price = pendingPriceKopecks === null ? {} : { priceKopecks: pendingPriceKopecks };
  return [
    { do: 'command', command: { do: 'repeatLast', ...quantity, ...price } },
    { do: 'ui', patch: { pendingQuantityThousandths: null, pendingPriceKopecks: null } },
  ];
}

export function stornoSteps({ model }: At): Step[] {
  const line = selectedLine(model);
  if (line === null) return [];
  const steps: Step[] = [
    { do: 'command', command: { do: 'stornoLine', positionNumber: line.positionNumber, confirmedBy: null } },
    { do: 'ui', patch: { selectedPosition: null } },
  ];
  if (!model.settings.confirmStorno) return steps;
  return [{ do: 'open', context: questionOf('DOM-40', { товар: line.goods.name }, steps) }];
}

/** Text first, then the modifiers, then nothing (SCR-04). */
export function resetSteps({ text }: At): Step[] {
  if (text !== '') return [CLEAR_INPUT];
  return [{ do: 'ui', patch: { pendingQuantityThousandths: null, pendingPriceKopecks: null } }];
}

/** DOM-81, DOM-92 or DOM-91: an open receipt stays; what is still open with a payment system is told first. */
export function exitSteps(model: Model): Step[] {
  if (model.register.document !== null) return [{ do: 'say', number: 'DOM-81' }];
  const { length } = openMoney(model.attempts).all;
  const context =
    length === 0
      ? questionOf('DOM-91', {}, [{ do: 'exit' }])
      : questionOf('DOM-92', { N: String(length) }, [{ do: 'exit' }]);
  return [{ do: 'open', context }];
}

function select(by: (model: Model) => number): Binding['run'] {
  return ({ model }) => {
    const line = lines(model)[moved(selectedIndex(model), by(model), lines(model).length)];
    return line === undefined ? [] : [{ do: 'ui', patch: { selectedPosition: line.positionNumber } }];
  };
}

export const searchBinding: Binding = {
  command: 'search',
  label: 'Поиск',
  run: () => [open('search', { rows: null, more: false, selected: 0 })],
};
export const menuBinding: Binding = {
  command: 'menu',
  label: 'Меню',
  run: () => [open('menu', { selected: 0, typedAtMs: 0 })],
};
export const lockBinding: Binding = {
  command: 'lock',
  label: 'Блокировка',
  run: () => [{ do: 'command', command: { do: 'lock' } }],
};
/** A list may be open before anybody has logged in: the main menu. */
export const listLockBinding: Binding = {
  ...lockBinding,
  label: null,
  disabled: ({ model }) => (model.register.user === null ? 'введите пароль кассира' : null),
};
export const exitBinding: Binding = { command: 'exit', label: null, run: ({ model }) => exitSteps(model) };
export const annulBinding: Binding = {
  command: 'annul',
  label: null,
  disabled: withoutDocument,
  run: () => [{ do: 'askAnnul' }],
};
export const returnBySaleBinding: Binding = {
  command: 'returnBySale',
  label: null,
  disabled: ({ model }) => (model.register.document === null ? null : OPEN_DOCUMENT),
  run: () => pickerSteps('return'),
};

/** The same action without a place in the footer. */
export function unlabelled(binding: Binding): Binding {
  return { ...binding, label: null };
}

/** A key that cannot act in this mode says so. */
export function blocked(command: Binding['command'], reason: string): Binding {
  return { command, label: null, disabled: () => reason, run: () => [] };
}

export const selectionBindings: readonly Binding[] = [
  { command: 'up', label: null, disabled: withoutLines, run: select(() => -1) },
  { command: 'down', label: null, disabled: withoutLines, run: select(() => 1) },
  { command: 'pageUp', label: null, disabled: withoutLines, run: select((model) => -goodsRowCount(model)) },
  { command: 'pageDown', label: null, disabled: withoutLines, run: select(goodsRowCount) },
  { command: 'home', label: null, disabled: withoutLines, run: select((model) => -lines(model).length) },
  { command: 'end', label: null, disabled: withoutLines, run: select((model) => lines(model).length) },
];

/** Commands without a default key (screens.md 1.4); a shop may bind them. */
export const extraBindings: readonly Binding[] = [
  {
    command: 'price',
    label: null,
    disabled: (at) => {
      if (at.text !== '') return null;
      return at.model.ui.pendingPriceKopecks === null ? withoutLines(at) : 'цена уже введена (Esc - сброс)';
    },
    run: ({ model }) => priceSteps(model),
  },
  {
    command: 'repeat',
    label: null,
    disabled: withoutLines,
    run: ({ model }) => repeatSteps(model),
  },
  {
    command: 'copy',
    label: null,
    disabled: ({ model }) => (model.register.document === null ? null : OPEN_DOCUMENT),
    run: () => [{ do: 'printCopy' }],
  },
  { command: 'drawer', label: null, run: () => [{ do: 'openDrawer' }] },
];
