/** DOM-77: the buyer has several cards that can be used here, and says which. */
import type { Card } from '../register/model.ts';
import { cutColumns } from '../register/safe-text.ts';
import type { At, Context } from '../ui/context.ts';
import type { Step } from '../ui/step.ts';
import { moved } from '../ui/words.ts';
import { BOX_COLUMNS, CANCEL, drawFrame, OK, roomRows } from './box.ts';
import { messageOf } from './messages/index.ts';
import { closeBinding, confirmBinding } from './parts.ts';

interface CardChoiceLocal {
  cards: Card[];
  selected: number;
}

const NUMBER_COLUMNS = 22;
const PERCENT_COLUMNS = 6;
/** Inside the frame, without mark, number, percent and the blanks between. */
const NAME_COLUMNS = BOX_COLUMNS - 2 - NUMBER_COLUMNS - PERCENT_COLUMNS - 3;

export const cardChoice: Context<CardChoiceLocal> = {
  name: 'card-choice',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { title, number, kind, text } = messageOf('DOM-77');
    const { cards, selected } = at.local;
    const shownRows = Math.min(cards.length, roomRows(at) - 2);
    const first = Math.max(0, Math.min(selected - shownRows + 1, cards.length - shownRows));
    const contentRows = shownRows + 2;
    const place = drawFrame(canvas, at, {
      title,
      number,
      kind,
      buttons: [OK, CANCEL],
      contentRows,
      columns: BOX_COLUMNS,
    });
    canvas.put(place.top + 1, place.left + 3, text, 'question');
    cards.slice(first, first + shownRows).forEach((card, index) => {
      const isSelected = first + index === selected;
      const row = place.top + 3 + index;
      canvas.put(row, place.left + 1, rowText(card, isSelected), isSelected ? 'selected' : 'question');
    });
  },
  hint: () => 'Уточните у покупателя, какой картой он пользуется',
  bindings: [
    { command: 'up', label: 'Выбор', run: (at) => select(at, -1) },
    { command: 'down', label: null, run: (at) => select(at, 1) },
    confirmBinding(({ local }) => {
      const card = local.cards[local.selected];
      return [{ do: 'close' }, ...(card === undefined ? [] : addSteps(card))];
    }),
    closeBinding,
  ],
};

function addSteps(card: Card): Step[] {
  return [
    { do: 'command', command: { do: 'addCard', card } },
    { do: 'bell', pattern: 'done' },
  ];
}

function select({ local }: At<CardChoiceLocal>, by: number): Step[] {
  return [{ do: 'local', local: { ...local, selected: moved(local.selected, by, local.cards.length) } }];
}

/** `> 2900000000018          Лояльность О!плати   5%` */
function rowText({ number, groupName, discountBasisPoints }: Card, isSelected: boolean): string {
  const mark = isSelected ? '>' : ' ';
  const percent = `${discountBasisPoints / 100}%`.padStart(PERCENT_COLUMNS);
  const name = cutColumns(groupName, NAME_COLUMNS).padEnd(NAME_COLUMNS);
  return `${mark} ${cutColumns(number, NUMBER_COLUMNS).padEnd(NUMBER_COLUMNS)}${name}${percent} `.slice(
    0,
    BOX_COLUMNS - 2,
  );
}
