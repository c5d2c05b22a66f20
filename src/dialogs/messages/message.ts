/** One row of the catalogue of numbered messages (dialogs.md). */

export type MessageKind = 'error' | 'warning' | 'question' | 'info' | 'input' | 'list' | 'status';

export interface Button {
  label: string;
  key: string;
}

export interface Message {
  /**
   * Stable for ever: support asks for it, the log carries it. A number stands here as long as something raises it; one that is
   * raised no more, or not yet, is reserved (test/unit/dialogs/reserved-numbers.ts) and never given to anything else.
   */
  number: string;
  title: string;
  kind: MessageKind;
  /** Exact text, `<...>` is filled in; `\n` parts the lines of an input dialog. */
  text: string;
  /** Empty: a status line, a notification or a waiting dialog. */
  buttons: readonly Button[];
  /** For docs/messages.md, in Russian: its readers are the support desk. */
  shownWhen: string;
  stateAfter: string;
  support: string;
}

/** number, kind, title, text, buttons, shown when, state after, support. */
type Row = readonly [string, MessageKind, string, string, string, string, string, string];

/** Rows as the paper writes them -> messages. */
export function table(rows: readonly Row[]): readonly Message[] {
  return rows.map(([number, kind, title, text, buttons, shownWhen, stateAfter, support]) => ({
    number,
    kind,
    title,
    text,
    buttons: buttonsOf(buttons),
    shownWhen,
    stateAfter,
    support,
  }));
}

/** The paper's short hand (`OK/Отмена`) and its long form (`Повторить (Enter), Отмена (ESC)`). */
function buttonsOf(text: string): Button[] {
  if (text === '-') return [];
  return text.split(/\/|, /).map((part) => {
    const match = /^(.+) \((.+)\)$/.exec(part);
    const label = match?.[1] ?? part;
    return { label, key: match?.[2] ?? (label === 'Отмена' || label === 'Нет' ? 'ESC' : 'Enter') };
  });
}
