/**
 * A QR on a white panel that takes the whole screen (SCR-14, SCR-37, SCR-42); on paper, the screen waiting (SCR-36); or
 * the link when no QR can be drawn.
 */

import type { Prompt } from '../payments/prompt.ts';
import { cutColumns, safeText } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At } from '../ui/context.ts';
import { keyName } from '../ui/keys.ts';
import type { Model } from '../ui/model.ts';
import { drawHeader } from '../ui/words.ts';
import { CANCEL, drawBox, wrapText } from './box.ts';
import { spinner } from './page.ts';
import {
  answerSteps,
  cancelBinding,
  isWithoutLink,
  leftText,
  NO_LINK,
  PROMPT_COLUMNS,
  type PromptLocal,
  promptOf,
} from './prompt-parts.ts';
import { boxSum, sumText, withSpinner } from './prompts.ts';
import { qrRows } from './qr.ts';
import type { WordedContext } from './words.ts';

type QrPrompt = Extract<Prompt, { show: 'showQr' }>;

/** A QR as tall as this leaves rows 1-2 for the header and the last two for hint and keys. */
const TALLEST_WITH_HEADER = 21;
const FOOTER_ROWS = 2;
const CAPTION_COLUMNS = 28;
/** What stands at the side begins here at the earliest, whatever the size of the QR. */
const CAPTION_COLUMN = 46;
/** The rows of the side; they are the same with every QR. */
const KEYS_ROW = 20;
const NUMBER_ROW = 22;
/** Footer's word for Enter where it hides the QR (SCR-42). */
const HIDES = 'QR-код/статус';

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
  const left = 1 + Math.max(0, Math.floor((CAPTION_COLUMN - 4 - columns) / 2));
  return {
    rows,
    top,
    left,
    caption: Math.min(Math.max(CAPTION_COLUMN, left + columns + 2), screen.columns - CAPTION_COLUMNS),
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
  return prompt?.show === 'showQr' && prompt.where !== 'paper' && panelPlace(at.model, prompt.payload) !== null;
}

export const showQr: WordedContext<PromptLocal> = {
  name: 'prompt:showQr',
  kind: 'wait',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const prompt = promptOf(at, 'showQr');
    if (prompt.where === 'paper') return drawPaper(canvas, at, prompt);
    const place = panelPlace(at.model, prompt.payload);
    if (place === null) drawLink(canvas, at, prompt);
    else drawPanel(canvas, at, prompt, place);
  },
  hint: (at) => promptOf(at, 'showQr').hint,
  bindings: [
    { command: 'currency', label: 'Другое', run: (at) => answerSteps(at, { other: true }) },
    { command: 'confirm', label: HIDES, run: (at) => answerSteps(at, { ok: true }) },
    cancelBinding('Отмена'),
  ],
  words(at) {
    const { other, hide } = promptOf(at, 'showQr');
    return { currency: other ?? false, confirm: hide === undefined ? false : HIDES };
  },
};

/** SCR-36 */
function drawPaper(canvas: Canvas, at: At<PromptLocal>, prompt: QrPrompt): void {
  const { number, caption, text = caption, deadlineMs } = prompt;
  const left = leftText(at, deadlineMs);
  const lines = withSpinner(at, wrapText(text, PROMPT_COLUMNS));
  drawBox(canvas, at, {
    title: at.local.attempt.currencyName,
    number,
    kind: 'info',
    lines: [
      ...(lines.length === 1 ? [''] : []),
      ...lines,
      [boxSum(at), left].filter((part) => part !== null).join('   '),
    ],
    buttons: [CANCEL],
  });
}

/** Without a picture the QR is on paper; the link is shown as far as it goes, it is text and not a code. */
function drawLink(canvas: Canvas, at: At<PromptLocal>, { number, caption, payload, deadlineMs }: QrPrompt): void {
  const { attempt } = at.local;
  drawBox(canvas, at, {
    title: attempt.currencyName,
    number,
    kind: 'info',
    lines: [...wrapText(caption), 'QR-код печатается на чековой ленте', ...wrapText(safeText(payload)).slice(0, 2)],
    below: [sumText(attempt), leftText(at, deadlineMs)].filter((part) => part !== null).join('   '),
    buttons: [CANCEL],
  });
}

function drawPanel(canvas: Canvas, at: At<PromptLocal>, prompt: QrPrompt, place: PanelPlace): void {
  const { model } = at;
  for (let row = 1; row <= model.rows; row++) canvas.fill(row, 1, model.columns, ' ', 'qr');
  place.rows.forEach((row, index) => {
    canvas.put(place.top + index, place.left, row, 'qr');
  });
  if (place.headerAtSide) {
    const { user, registerNumber } = model.register;
    canvas.put(2, place.caption, `${user === null ? '' : `${user.name} `}касса ${registerNumber}`, 'qr');
  } else {
    drawHeader(canvas, model, 'qr');
  }
  if (prompt.page === undefined) drawPayment(canvas, at, prompt, place);
  else drawOrder(canvas, at, prompt, place);
  canvas.put(NUMBER_ROW, place.caption, prompt.number, 'qr');
  if (!place.footerAtSide) {
    canvas.put(model.rows - 1, 2, cutColumns(model.ui.status ?? prompt.hint, model.columns - 2), 'qr');
    canvas.put(model.rows, 2, [...keyWords(at, prompt, HIDES), 'Esc Отмена'].join('  '), 'qr');
  }
}

/** What is paid, and for how long (SCR-14, SCR-37). */
function drawPayment(canvas: Canvas, at: At<PromptLocal>, prompt: QrPrompt, { caption }: PanelPlace): void {
  const { attempt } = at.local;
  const put = (row: number, lines: string[]) =>
    lines.forEach((line, index) => {
      canvas.put(row + index, caption, line, 'qr');
    });
  // A state that only repeats the title is none. Without a link nobody knows it: a quiet QR would say that all is well.
  const known = prompt.state === attempt.currencyName ? '' : prompt.state;
  const state = isWithoutLink(at) ? NO_LINK : known;
  // Without a state line the facts stand a row lower.
  const down = state === '' ? 1 : 0;
  put(5, wrapText(attempt.documentTitle, CAPTION_COLUMNS).slice(0, 1));
  put(7, captionLines(prompt.caption, at.model.columns - caption).slice(0, 3));
  put(10 + down, wrapText(attempt.currencyName, CAPTION_COLUMNS).slice(0, 2));
  put(12 + down, [sumText(attempt)]);
  put(15 + down, [leftText(at, prompt.deadlineMs) ?? '']);
  put(17, wrapText(state, CAPTION_COLUMNS).slice(0, 2));
  const keys = keyWords(at, prompt, prompt.hide ?? '');
  put(KEYS_ROW + 1 - keys.length, keys);
  if (keys.length === 0) put(KEYS_ROW, ['Отмена (ESC)']);
}

/** A caption that takes several lines in a box is broken at the same places here, as long as they fit (SCR-37, SCR-38). */
function captionLines(text: string, columns: number): string[] {
  const asInBox = wrapText(text, PROMPT_COLUMNS);
  const fits = asInBox.length > 1 && asInBox.every((line) => line.length <= columns);
  return fits ? asInBox : wrapText(text, CAPTION_COLUMNS);
}

/** The facts of an order (SCR-42): a pair on one line where it fits; the first one is its state, and it turns. */
function drawOrder(canvas: Canvas, at: At<PromptLocal>, prompt: QrPrompt, place: PanelPlace): void {
  const rows = prompt.page?.rows ?? [];
  const facts = rows.flatMap(({ label, value }, index) => {
    if (index === 0) return [label, `${isWithoutLink(at) ? NO_LINK : value}  ${spinner(at)}`, ''];
    const pair = `${label} ${value}`;
    return pair.length <= CAPTION_COLUMNS ? [pair] : [label, ...wrapText(value, CAPTION_COLUMNS)];
  });
  const leave = place.footerAtSide ? ['Esc Отмена'] : [];
  const keys = [...keyWords(at, prompt, prompt.hide ?? ''), ...leave];
  const keysTop = NUMBER_ROW - keys.length;
  const left = leftText(at, prompt.deadlineMs);
  const lines = [prompt.page?.title ?? '', '', ...facts, '', prompt.caption, ...(left === null ? [] : [left])];
  lines.slice(0, keysTop - 4).forEach((line, index) => {
    canvas.put(4 + index, place.caption, line, 'qr');
  });
  keys.forEach((key, index) => {
    canvas.put(keysTop + index, place.caption, key, 'qr');
  });
}

/** Its last question got no answer; the buyer may pay all the same. */
/** `F7 Другой способ оплаты`, `Enter Скрыть QR-код` */
function keyWords({ model }: At, { other, hide }: QrPrompt, hideWord: string): string[] {
  return [
    ...(other === undefined ? [] : [`${keyName(model.keyMap, 'currency')} ${other}`]),
    ...(hide === undefined ? [] : [`Enter ${hideWord}`]),
  ];
}
