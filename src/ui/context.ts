/**
 * What a screen or a dialog is: a pure view and bindings as data, on one stack (screens.md 1.3).
 * The loop that runs them is `app/loop.ts`.
 */
import type { Canvas } from './canvas.ts';
import type { KeyCommand } from './keys.ts';
import type { Model } from './model.ts';
import type { Step } from './step.ts';

/** What a view and a binding get to see. */
export interface At<Local = unknown> {
  model: Model;
  local: Local;
  /** The field's text. */
  text: string;
  /** What lies under a dialog: decides where its box stands (screens.md 1.3). */
  over: 'receipt' | 'page';
}

export interface Context<Local = unknown> {
  name: string;
  kind: 'screen' | 'dialog' | 'wait';
  /** A screen that is a page (menu, search, help) or shows the receipt. */
  area?: 'receipt' | 'page';
  /** Whether a scan is taken here. `refuse`: a beep, counted in `Отклонено сканов`. */
  scan: 'accept' | 'refuse';
  /** What may be typed here; null = nothing. */
  field: { accepts: 'digits' | 'decimal' | 'text' | 'password'; maxLength: number } | null;
  /** Name of the mode for F1 (domain.md 1), screens only. */
  modeName?: string;
  view(canvas: Canvas, at: At<Local>): void;
  /** Row 24 left. */
  hint(at: At<Local>): string;
  /** In the order of the footer. */
  bindings: Binding<Local>[];
  /** After the text changed (search as you type). */
  typed?(at: At<Local>): Step[];
  /** A scan arrived and `scan` is `accept`. Default: the goods are looked up. */
  scanned?(at: At<Local>, code: string): Step[];
}

/** One key's meaning in one context, as data: the footer, F1 and docs/keys.md are made of it. */
export interface Binding<Local = unknown> {
  /** Names the action in the key map: `subtotal`, `confirm`, ... */
  command: KeyCommand;
  /** Footer label (`Подытог`); null = acts but is not shown in the footer. */
  label: string | null;
  /** Why it does not act now; null = it acts. */
  disabled?(at: At<Local>): string | null;
  run(at: At<Local>): Step[];
}
