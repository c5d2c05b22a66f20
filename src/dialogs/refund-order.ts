/** DOM-102: the payments of the sale in the order they will be given back (SCR-19); the cashier may change it. */

import type { Document, ReturnSource } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { totalsOf } from '../register/totals.ts';
import type { At, Context } from '../ui/context.ts';
import type { Step } from '../ui/step.ts';
import { moved, paymentName } from '../ui/words.ts';
import { CANCEL, drawBox, OK } from './box.ts';
import { messageOf } from './messages/index.ts';
import { closeBinding, confirmBinding } from './parts.ts';

export interface RefundOrderLocal {
  /** Attempt identities of the sale's payments. */
  order: string[];
  selected: number;
}

type OrderAt = At<RefundOrderLocal>;

const NAME_COLUMNS = 28;
const SUM_COLUMNS = 12;
/** The text and the buttons leave so many rows of the tallest box. */
const ROWS_AT_MOST = 5;

export const refundOrder: Context<RefundOrderLocal> = {
  name: 'refund-order',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { title, number, kind, text } = messageOf('DOM-102');
    const { selected } = at.local;
    const rows = rowsOf(at);
    const first = Math.max(0, Math.min(selected - ROWS_AT_MOST + 1, rows.length - ROWS_AT_MOST));
    const lines = [text, ...rows.slice(first, first + ROWS_AT_MOST)];
    drawBox(canvas, at, { title, number, kind, lines, buttons: [OK, CANCEL] });
  },
  hint: () => 'Измените порядок или нажмите "Ввод"',
  bindings: [
    { command: 'up', label: 'Выбор', run: (at) => select(at, -1) },
    { command: 'down', label: null, run: (at) => select(at, 1) },
    { command: 'pageUp', label: 'Порядок', run: (at) => move(at, -1) },
    { command: 'pageDown', label: null, run: (at) => move(at, 1) },
    confirmBinding(({ local }) => [{ do: 'close' }, { do: 'refund', order: local.order }]),
    closeBinding,
  ],
};

function select({ local }: OrderAt, by: number): Step[] {
  return [{ do: 'local', local: { ...local, selected: moved(local.selected, by, local.order.length) } }];
}

/** The selected payment changes places with its neighbour and stays selected. */
function move({ local }: OrderAt, by: 1 | -1): Step[] {
  const { order, selected } = local;
  const to = moved(selected, by, order.length);
  const next = order.toSpliced(selected, 1).toSpliced(to, 0, ...order.slice(selected, selected + 1));
  return [{ do: 'local', local: { order: next, selected: to } }];
}

/** `> 1  О!плати             51.00`: what each gives in this order, the last ones what the others left. */
function rowsOf({ model, local }: OrderAt): string[] {
  const { document } = model.register;
  let restKopecks = totalsOf(document).restKopecks;
  return local.order.map((attemptId, index) => {
    const source = sourceOf(document, attemptId);
    const amountKopecks = Math.min(restKopecks, source?.leftKopecks ?? 0);
    restKopecks -= amountKopecks;
    const mark = index === local.selected ? '>' : ' ';
    const name = source === null ? '' : paymentName(source.currency).slice(0, NAME_COLUMNS);
    return `${mark} ${index + 1}  ${name.padEnd(NAME_COLUMNS)}${formatKopecks(amountKopecks).padStart(SUM_COLUMNS)}`;
  });
}

function sourceOf(document: Document | null, attemptId: string): ReturnSource['payments'][number] | null {
  return document?.source?.payments.find((payment) => payment.attemptId === attemptId) ?? null;
}
