/** OPL-23 (SCR-14): the QR on a white panel that takes the whole screen, or the link when no QR can be drawn. */
import type { At, Canvas, Context, Model } from '../app/context.ts';
import { cutColumns, safeText } from '../register/safe-text.ts';
import { CANCEL, drawBox, wrapText } from './box.ts';
import { cancelBinding, type PromptLocal, promptOf, secondsLeft, sumText } from './prompts.ts';
import { qrRows } from './qr.ts';

/** A QR as tall as this leaves rows 1-2 for the header and the last two for hint and keys. */
const TALLEST_WITH_HEADER = 21;
const FOOTER_ROWS = 2;
const CAPTION_COLUMNS = 28;

interface PanelPlace {
  rows: string[];
  top: number;
  left: number;
  /** Where the caption begins: at the side, never below (devices.md 5.3). */
  caption: number;
  /** Header, hint and keys do not fit above and below: they go to the side as well. */
  headerAtSide: boolean;
  footerAtSide: boolean;
}

/** @returns null when the QR cannot be shown whole: too long for this terminal, not ASCII, or no half blocks. */
function panelPlace({ columns, rows, settings }: Model, payload: string): PanelPlace | null {
  return placeOn({ columns, rows, qrBlocks: settings.qrBlocks }, payload);
}

function placeOn(screen: Parameters<typeof fitsScreen>[0], payload: string): PanelPlace | null {
  if (screen.qrBlocks === 'none') return null;
  const rows = qrRows(payload);
  const columns = rows?.[0]?.length ?? 0;
  if (rows === null || rows.length > screen.rows || columns + CAPTION_COLUMNS > screen.columns) return null;
  const headerAtSide = rows.length > TALLEST_WITH_HEADER || rows.length + 2 > screen.rows;
  const top = headerAtSide ? 1 : rows.length + 3 > screen.rows - FOOTER_ROWS ? 3 : 4;
  const left = columns > 45 ? 1 : 5;
  return {
    rows,
    top,
    left,
    caption: Math.min(left + columns + 8, screen.columns - CAPTION_COLUMNS),
    headerAtSide,
    footerAtSide: top + rows.length - 1 > screen.rows - FOOTER_ROWS,
  };
}

/** Whether a terminal can show the payload as a QR; else it is printed on paper (SCR-14). */
export function fitsScreen(
  screen: { columns: number; rows: number; qrBlocks: 'half' | 'none' },
  payload: string,
): boolean {
  return placeOn(screen, payload) !== null;
}

/** Nothing may overlay the panel: it draws its own hint and keys (screens.md, SCR-14). */
export function ownsWholeScreen(at: At): boolean {
  const prompt = (at.local as PromptLocal | null)?.attempt?.prompt;
  return prompt?.show === 'showQr' && panelPlace(at.model, prompt.payload) !== null;
}

export const showQr: Context<PromptLocal> = {
  name: 'prompt:showQr',
  kind: 'wait',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const prompt = promptOf(at, 'showQr');
    const place = panelPlace(at.model, prompt.payload);
    if (place === null) drawLink(canvas, at);
    else drawPanel(canvas, at, place);
  },
  hint: (at) => promptOf(at, 'showQr').hint,
  bindings: [cancelBinding('Отмена')],
};

/** Without a picture the QR is on paper; the link is shown as far as it goes, it is text and not a code. */
function drawLink(canvas: Canvas, at: At<PromptLocal>): void {
  const { number, caption, payload, deadlineMs } = promptOf(at, 'showQr');
  const { attempt } = at.local;
  drawBox(canvas, at, {
    title: attempt.currencyName,
    number,
    kind: 'info',
    lines: [...wrapText(caption), 'QR-код печатается на чековой ленте', ...wrapText(safeText(payload)).slice(0, 2)],
    below: `${sumText(attempt)}   Осталось: ${secondsLeft(at, deadlineMs)} с`,
    buttons: [CANCEL],
  });
}

function drawPanel(canvas: Canvas, at: At<PromptLocal>, place: PanelPlace): void {
  const { model, local } = at;
  const prompt = promptOf(at, 'showQr');
  for (let row = 1; row <= model.rows; row++) canvas.fill(row, 1, model.columns, ' ', 'qr');
  place.rows.forEach((row, index) => {
    canvas.put(place.top + index, place.left, row, 'qr');
  });

  const put = (row: number, text: string, lines = 1) =>
    wrapText(text, CAPTION_COLUMNS)
      .slice(0, lines)
      .forEach((line, index) => {
        canvas.put(row + index, place.caption, line, 'qr');
      });
  if (place.headerAtSide) {
    const { user, registerNumber } = model.register;
    put(2, `${user === null ? '' : `${user.name} `}касса ${registerNumber}`);
  } else {
    drawHeader(canvas, model);
  }
  put(5, local.attempt.documentTitle);
  put(7, prompt.caption, 3);
  put(10, local.attempt.currencyName, 2);
  put(12, sumText(local.attempt));
  put(15, `Осталось: ${secondsLeft(at, prompt.deadlineMs)} с`);
  put(17, prompt.state, 2);
  put(20, 'Отмена (ESC)');
  put(22, prompt.number);
  if (!place.footerAtSide) {
    canvas.put(model.rows - 1, 2, cutColumns(model.ui.status ?? prompt.hint, model.columns - 2), 'qr');
    canvas.put(model.rows, 2, 'Esc Отмена', 'qr');
  }
}

/** Rows 1-2 in the panel's own colours. */
function drawHeader(canvas: Canvas, model: Model): void {
  const { user, registerNumber } = model.register;
  const stamp = new Date(model.wall + model.utcOffsetMinutes * 60_000).toISOString();
  canvas.put(1, 2, `${user === null ? '' : `${user.name} `}касса ${registerNumber}`, 'qr');
  canvas.putRight(1, model.columns - 1, stamp.slice(11, 16), 'qr');
  canvas.put(2, 2, `v.${model.version}`, 'qr');
  canvas.putRight(2, model.columns - 1, `${stamp.slice(8, 10)}.${stamp.slice(5, 7)}.${stamp.slice(2, 4)}`, 'qr');
}
