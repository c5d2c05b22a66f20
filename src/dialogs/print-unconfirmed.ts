/** DEV-17 (SCR-52): a slip that may be on paper is never repeated without this answer. */
import type { Context } from '../ui/context.ts';
import type { Step } from '../ui/step.ts';
import { drawBox, wrapMessage } from './box.ts';
import { fillText, messageOf } from './messages/index.ts';

export interface PrintUnconfirmedLocal {
  jobId: number;
  documentNumber: number;
}

const settled = (jobId: number, isOnPaper: boolean): Step[] => [
  { do: 'close' },
  { do: 'settlePrint', jobId, isOnPaper },
];

export const printUnconfirmed: Context<PrintUnconfirmedLocal> = {
  name: 'print-unconfirmed',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { text, ...look } = messageOf('DEV-17');
    const lines = wrapMessage(fillText(text, { N: String(at.local.documentNumber) }));
    drawBox(canvas, at, { ...look, lines });
  },
  hint: () => '',
  bindings: [
    { command: 'confirm', label: 'Да', run: ({ local }) => settled(local.jobId, true) },
    { command: 'cancel', label: 'Нет', run: ({ local }) => settled(local.jobId, false) },
  ],
};
