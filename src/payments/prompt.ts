/** What a driver may ask of the cashier, and how he answers. Types only. */
import type { Row } from './ports.ts';

/** A whole screen of an order, drawn behind a box or instead of the receipt (SCR-40, 43, 45). */
export interface PromptPage {
  /** `ЗАКАЗ`; the sum of the attempt stands at its right where `showsSum` is set. */
  title: string;
  showsSum: boolean;
  heading: string;
  rows: Row[];
  /** What has happened so far, one line each, drawn after `> `; the last one may spin. */
  lines?: string[];
  /** The lines on a device's own screen, in a frame that carries the prompt's number. */
  display?: string[];
  /** Rows under all that: `Номер заказа: ...`. */
  below?: Row[];
}

/** Closed list of what a driver may ask of the cashier; `dialogs/` knows how each is drawn (law 4). */
export type Prompt =
  /** Ask for one scan (or typed text) from the buyer's device. Answer: `{ code }`. */
  | { show: 'scanBuyerCode'; number: string; title: string; text: string; hint: string }
  /** Tell the buyer a code; it is waited for his typing it meanwhile. Answer: `{ ok: true }`. `deadlineMs` as of `showQr`. */
  | {
      show: 'tellCode';
      number: string;
      title: string;
      text: string;
      code: string;
      deadlineMs: number;
      hint: string;
    }
  /**
   * Show a QR. `deadlineMs` counts from the moment the prompt was issued; null = unknown.
   *
   * `where: 'paper'`: printed on a slip, the screen waits with `text` (SCR-36); when it cannot be printed the answer is
   * `{ notPrinted: true }`. `page`: facts at the side of the panel (SCR-42); `other` is the label of F7, answer
   * `{ other: true }`; `hide` the label of Enter, answer `{ ok: true }`.
   */
  | {
      show: 'showQr';
      number: string;
      caption: string;
      payload: string;
      state: string;
      deadlineMs: number | null;
      hint: string;
      where?: 'screen' | 'paper';
      text?: string;
      page?: PromptPage;
      other?: string;
      hide?: string;
    }
  /**
   * Nothing to do but wait; `cancellable` shows `Отмена (ESC)`. `spins`: a spinner behind the text. `second`: label of
   * F2, answer `{ other: true }`. `page`: what stands behind instead of the receipt. `code`: what the buyer was told, for who has
   * misheard it; a secret, so it is no part of `text`.
   */
  | {
      show: 'wait';
      number: string;
      title: string;
      text: string;
      /** How long it is waited at most: no wait is without an end. As of `showQr`. */
      deadlineMs: number;
      cancellable: boolean;
      /** Esc acts only so long after the prompt was issued: the Esc that brought it here must not leave it as well. */
      settlesMs?: number;
      hint?: string;
      spins?: boolean;
      second?: string;
      page?: PromptPage;
      code?: string;
    }
  /** One of several. Answer: `{ choice: index }`. */
  | { show: 'choose'; number: string; title: string; text: string; options: string[]; page?: PromptPage }
  /** `Повторить (Enter)` / `Отмена (ESC)`. Answer: `{ retry: true }`; Esc comes as `{ cashier: 'cancel' }`. */
  | { show: 'retryOrCancel'; number: string; title: string; text: string; cancelLabel: 'Отмена' | 'Отменить' }
  /**
   * `Да (Enter)` / `Нет (ESC)`, or the given words; `no: null` = there is only one button, and Esc answers as it does.
   * Answer: `{ ok: true }`; Esc comes as `{ cashier: 'cancel' }`; F2 (`second`) as `{ other: true }`.
   */
  | {
      show: 'confirm';
      number: string;
      title: string;
      text: string;
      yes?: string;
      no?: string | null;
      second?: string;
      kind?: 'question' | 'warning' | 'error';
      hint?: string;
      page?: PromptPage;
    }
  /** A device works and says so on its own screen and in `page.lines` (SCR-45). */
  | {
      show: 'readerStatus';
      number: string;
      page: PromptPage;
      cancellable: boolean;
      /** The last of `page.lines` spins. */
      spins: boolean;
      /** So long the device may say nothing; as of `showQr`. */
      deadlineMs: number;
      hint: string;
    }
  /**
   * An order as a whole screen (SCR-40, 43): its rows, at most one field that F3 edits, at most one list to choose from.
   * Answers: `{ choice: index }` (or `{ ok: true }` where there is no list), `{ text }` for the field.
   */
  | {
      show: 'form';
      number: string;
      page: PromptPage;
      field: {
        /** Label in `page.rows`, and the footer's word for F3. */
        label: string;
        key: string;
        value: string;
        accepts: 'email';
        /** Message about a text that is not accepted. */
        refusal: string;
      } | null;
      choice: { heading: string; options: string[]; selected: number } | null;
      /** Label of F7, answer `{ other: true }`. */
      other?: string;
      /** Footer's word for Enter where it does not simply go on; null = there is nothing to go on to. */
      enter?: string | null;
      spins?: boolean;
      /** How long it is waited at most, as of `showQr`; absent = the form waits for the cashier. */
      deadlineMs?: number;
      hint: string;
    }
  /** How much the buyer gave, with the change at once (SCR-41). Answer: `{ amountKopecks }`, never less than `dueKopecks`. */
  | { show: 'amount'; number: string; title: string; dueKopecks: number; hint: string; page?: PromptPage };

export type PromptAnswer =
  | { code: string }
  | { ok: true }
  | { choice: number }
  | { retry: true }
  | { other: true }
  | { text: string }
  | { amountKopecks: number }
  /** The QR of a `showQr` on paper did not come out of the printer. */
  | { notPrinted: true }
  /** What became of the slip of a `printSlip` that the buyer is to sign; `unconfirmed` = it may be on paper. */
  | { slip: 'printed' | 'unconfirmed' | 'notPrinted' };
