/** A page with numbered items: the main menu and the shift's. Items that cannot act are dim and say why. */
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { moved } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { drawPage } from './layout.ts';
import { listLockBinding } from './sale-actions.ts';
import { featureMissing } from './unavailable.ts';

export interface MenuLocal {
  selected: number;
  /** When the last digit of an item's number was typed. */
  typedAtMs: number;
}

export interface MenuItem {
  label: string;
  /** Why it does not act now (`Есть открытый чек`); null = it acts. */
  disabled?: (model: Model) => string | null;
  /** This version has no such feature: dim, answers with DOM-101. */
  missing?: true;
  run(model: Model): Step[];
}

export const missing = (label: string): MenuItem => ({ label, missing: true, run: featureMissing });

const FIRST_ROW = 6;
/** No item is selected: a number was typed that none has. */
const NOTHING = -1;
/** Two digits of one number. */
const NUMBER_TIME_MS = 1000;

export function menuPage(
  name: string,
  title: string,
  /** A function where they depend on what there is. */
  listed: readonly MenuItem[] | ((model: Model) => readonly MenuItem[]),
  more: { draw?: (canvas: Canvas, model: Model) => void; hint?: (model: Model) => string } = {},
): Context<MenuLocal> {
  const itemsOf = (model: Model): readonly MenuItem[] => (typeof listed === 'function' ? listed(model) : listed);
  const select = ({ local, model }: At<MenuLocal>, by: number): Step[] => [
    { do: 'local', local: { ...local, selected: moved(local.selected, by, itemsOf(model).length) }, text: '' },
  ];
  const context: Context<MenuLocal> = {
    name,
    kind: 'screen',
    area: 'page',
    scan: 'refuse',
    field: { accepts: 'digits', maxLength: 3 },
    modeName: title.toLowerCase(),
    view(canvas, { model, local }) {
      drawPage(canvas, model, title);
      itemsOf(model).forEach((item, index) => {
        const isSelected = index === local.selected;
        const text = ` ${isSelected ? '>' : ' '} ${String(index + 1).padStart(2)}  ${item.label}`;
        const isDim = item.missing === true || (item.disabled?.(model) ?? null) !== null;
        const style = isSelected ? 'selected' : isDim ? 'dim' : 'normal';
        canvas.put(FIRST_ROW + index, 1, isSelected ? text.padEnd(model.columns) : text, style);
      });
      more.draw?.(canvas, model);
    },
    hint: ({ model }) => more.hint?.(model) ?? 'Выберите пункт и нажмите "Ввод"',
    bindings: [
      { command: 'up', label: 'Выбор', run: (at) => select(at, -1) },
      { command: 'down', label: null, run: (at) => select(at, 1) },
      {
        command: 'confirm',
        label: 'Ввод',
        disabled: ({ local, model }) => (itemsOf(model)[local.selected] === undefined ? 'пункт не выбран' : null),
        run({ model, local, text }) {
          const item = itemsOf(model)[local.selected];
          if (item === undefined) return [];
          const reason = item.disabled?.(model) ?? null;
          const steps: Step[] = reason === null ? item.run(model) : [{ do: 'status', text: reason }];
          // The number is used up: the next digit begins another one, whatever page it is typed on.
          return text === '' ? steps : [{ do: 'local', local, text: '' }, ...steps];
        },
      },
      { command: 'cancel', label: 'Отмена', run: () => [{ do: 'close' }] },
      helpBinding(() => context),
      listLockBinding,
      { command: 'home', label: null, run: (at) => select(at, Number.NEGATIVE_INFINITY) },
      { command: 'end', label: null, run: (at) => select(at, Number.POSITIVE_INFINITY) },
    ],
    typed({ model, local, text }) {
      const typedAtMs = model.now;
      const number = typedAtMs - local.typedAtMs > NUMBER_TIME_MS ? text.slice(-1) : text;
      const index = Number(number) - 1;
      if (index >= 0 && index < itemsOf(model).length) {
        return [{ do: 'local', local: { selected: index, typedAtMs }, text: String(index + 1) }];
      }
      if (text === '') return [];
      // Enter must not run another item than the one that was typed.
      return [
        { do: 'local', local: { selected: NOTHING, typedAtMs }, text: number.slice(0, 2) },
        { do: 'bell', pattern: 'refused' },
        { do: 'status', text: `Нет пункта ${number}` },
      ];
    },
  };
  return context;
}
