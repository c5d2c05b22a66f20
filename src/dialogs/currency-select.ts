/** DOM-97 (SCR-08): the payment type. Its rows are the currency table, the blocked ones included. */

import { isQueuedCancel } from '../payments/attempt.ts';
import type { Currency } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { refundBy } from '../register/refund-plan.ts';
import { cutColumns } from '../register/safe-text.ts';
import { totalsOf } from '../register/totals.ts';
import type { At, Context } from '../ui/context.ts';
import type { ContextRef, Model } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { droppedText, moved, NOTHING_SELECTED } from '../ui/words.ts';
import { CANCEL, drawFrame, OK, roomRows } from './box.ts';
import { closeBinding, confirmBinding } from './parts.ts';

export interface CurrencySelectLocal {
  /** Typed before F7; null = what is left. */
  amountKopecks: number | null;
  /** `NOTHING_SELECTED`: the program has opened the list, or a code was typed that no currency has. */
  selected: number;
}

/** The list as the program opens it: a key on its way to the screen before it must not take the sum by whatever is first. */
export function offeredCurrenciesRef(amountKopecks: number): ContextRef {
  const local: CurrencySelectLocal = { amountKopecks, selected: NOTHING_SELECTED };
  return { name: 'currency-select', local, text: '' };
}

const COLUMNS = 60;
/** What mark, code and short name leave of a row. */
const NAME_COLUMNS = COLUMNS - 2 - 30;
/** Heading and its rule. */
const HEAD_ROWS = 2;

export const currencySelect: Context<CurrencySelectLocal> = {
  name: 'currency-select',
  kind: 'dialog',
  scan: 'refuse',
  field: { accepts: 'digits', maxLength: 4 },
  view(canvas, at) {
    const { currencies } = at.model;
    const { selected } = at.local;
    const shownRows = rowsShown(at);
    const sum = partText(at);
    const first = Math.max(0, Math.min(selected - shownRows + 1, currencies.length - shownRows));
    const place = drawFrame(canvas, at, {
      title: 'Выбор валюты',
      number: 'DOM-97',
      kind: 'list',
      buttons: [OK, CANCEL],
      contentRows: shownRows + headRows(at),
      columns: COLUMNS,
    });
    const inner = COLUMNS - 2;
    const head = place.top + headRows(at) - HEAD_ROWS;
    if (sum !== null) canvas.put(place.top + 1, place.left + 1, `  ${sum}`, 'question');
    canvas.put(head + 1, place.left + 1, rowText('Код валюты', 'Сокращение', 'Наименование'), 'question');
    canvas.fill(head + 2, place.left + 1, inner, '─', 'question');
    currencies.slice(first, first + shownRows).forEach((currency, index) => {
      const isSelected = first + index === selected;
      const blocked = isBlocked(at.model, currency);
      const mark = blocked ? ' (недоступно)' : '';
      const back = refundText(at, currency);
      const name = cutColumns(currency.name, NAME_COLUMNS - mark.length - back.length) + mark;
      const left = rowText(String(currency.code), currency.shortName, name, isSelected ? '>' : ' ').trimEnd();
      const text = `${left.padEnd(inner - back.length)}${back}`;
      const style = isSelected ? 'selected' : blocked ? 'dim' : 'question';
      canvas.put(head + 3 + index, place.left + 1, text.slice(0, inner).padEnd(inner), style);
    });
  },
  /** A list that goes on beyond its frame looks just like one that does not. */
  hint(at) {
    const hidden = at.model.currencies.length - rowsShown(at);
    return hidden === 0 ? '' : `В списке есть еще: ${hidden}. Листайте или наберите код`;
  },
  bindings: [
    { command: 'up', label: 'Выбор', run: (at) => select(at, at.local.selected - 1) },
    { command: 'down', label: null, run: (at) => select(at, at.local.selected + 1) },
    confirmBinding(({ model, local }) => {
      const currency = model.currencies[local.selected];
      if (currency === undefined) return [];
      return [{ do: 'close' }, { do: 'pay', currency, amountKopecks: local.amountKopecks, thenClose: false }];
    }, nothingChosen),
    {
      ...closeBinding,
      run({ model, local: { amountKopecks } }) {
        const isPart = amountKopecks !== null && amountKopecks !== totalsOf(model.register.document).restKopecks;
        return [{ do: 'close' }, ...(isPart ? [{ do: 'status' as const, text: droppedText(amountKopecks) }] : [])];
      },
    },
    {
      command: 'help',
      label: 'Клавиши',
      run: () => [
        {
          do: 'open',
          context: { name: 'help', local: { modeName: 'выбор валюты', unavailable: [] }, text: '' },
        },
      ],
    },
    { command: 'home', label: null, run: (at) => select(at, 0) },
    { command: 'end', label: null, run: (at) => select(at, at.model.currencies.length - 1) },
  ],
  /** Digits are the code; a digit that continues no code begins a new one, and one that begins none chooses nothing. */
  typed(at) {
    for (const text of [at.text, at.text.slice(-1)]) {
      const selected = at.model.currencies.findIndex((currency) => String(currency.code) === text);
      if (selected >= 0) return [{ do: 'local', local: { ...at.local, selected }, text }];
      if (at.model.currencies.some((currency) => String(currency.code).startsWith(text))) return [];
    }
    // Enter must not take the whole receipt in another currency than the one that was typed.
    return [
      { do: 'local', local: { ...at.local, selected: NOTHING_SELECTED }, text: '' },
      { do: 'bell', pattern: 'refused' },
      { do: 'status', text: `Нет валюты с кодом ${at.text}` },
    ];
  },
};

function nothingChosen({ model, local }: At<CurrencySelectLocal>): string | null {
  return model.currencies[local.selected] === undefined ? 'выберите валюту' : null;
}

/** What will be taken, where it is not all that is left: `К оплате: 20.00 из 50.00`. */
function partText({ model, local }: At<CurrencySelectLocal>): string | null {
  const { document } = model.register;
  const { restKopecks } = totalsOf(document);
  const { amountKopecks } = local;
  if (amountKopecks === null || amountKopecks === restKopecks) return null;
  const what = document === null || document.type === 'sale' ? 'К оплате' : 'К возврату';
  return `${what}: ${formatKopecks(amountKopecks)} из ${formatKopecks(restKopecks)}`;
}

/** What each means would give back of a return by receipt: no more than is left of what was paid by it. */
function refundText({ model, local }: At<CurrencySelectLocal>, currency: Currency): string {
  const { document } = model.register;
  if (document?.type !== 'returnBySale' || local.amountKopecks !== null) return '';
  const planned = refundBy(document, currency);
  if (planned === null) return '';
  const sumKopecks = Math.min(planned.leftKopecks, totalsOf(document).restKopecks);
  return ` ${formatKopecks(sumKopecks)} `;
}

function headRows(at: At<CurrencySelectLocal>): number {
  return partText(at) === null ? HEAD_ROWS : HEAD_ROWS + 1;
}

function rowsShown(at: At<CurrencySelectLocal>): number {
  return Math.min(at.model.currencies.length, roomRows(at) - headRows(at));
}

function select(at: At<CurrencySelectLocal>, index: number): Step[] {
  return [{ do: 'local', local: { ...at.local, selected: moved(index, 0, at.model.currencies.length) }, text: '' }];
}

function rowText(code: string, shortName: string, name: string, mark = ' '): string {
  return `${mark} ${code.padEnd(14)}${shortName.padEnd(14)}${name}`.padEnd(COLUMNS - 2);
}

/** No link, or its cancels wait: it stays in the list and says why when it is taken (OPL-13). */
function isBlocked(model: Model, currency: Currency): boolean {
  return (
    model.linkLost.includes(currency.provider) ||
    model.attempts.some((attempt) => attempt.provider === currency.provider && isQueuedCancel(attempt))
  );
}
