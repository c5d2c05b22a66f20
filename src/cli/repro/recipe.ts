import type { OplatiEmulator } from '../../emulators/oplati/server.ts';

/** What a walk presses, awaits and does to the world around the register. Data, so that `--keys` can print it. */
export type Move =
  /** Keys by name; `type:10` types. */
  | { press: string[] }
  /** The screen shows this text. */
  | { untilShows: string }
  /** The dialog with this number stands. */
  | { untilDialog: string }
  /** The buyer holds his phone under the scanner. */
  | { scanBuyerCode: true }
  /** The network between register and server. `none` = whole again. */
  | { network: 'refuse' | 'none' }
  /** «Сбросить токен» in the merchant's cabinet. */
  | { resetToken: true };

/** How one numbered dialog is really reached. */
export interface Recipe {
  number: string;
  mode: 0 | 1 | 2;
  buyer: 'pays' | 'declines' | 'poor' | 'silent' | 'expired' | 'no-card';
  /** The server already holds a token that the register does not have (desynchronised). */
  foreignToken?: true;
  /** The dictionaries know no card group for cards of the payment system. */
  withoutCardGroups?: true;
  moves: Move[];
}

const SUBTOTAL = { press: ['type:2', 'enter', 'f6'] };
/** F7, the row of О!плати by its code, Ввод. */
const OPLATI = { press: ['f7', 'type:7', 'enter'] };
const PAID = { untilShows: 'Нажмите "Итого"' };

/** The thirteen errors of the О!плати cashier guide, in its order. */
export const RECIPES: readonly Recipe[] = [
  walk('OPL-01', 2, 'pays', [{ network: 'refuse' }, SUBTOTAL, OPLATI]),
  walk('OPL-02', 0, 'expired', [SUBTOTAL, OPLATI, { untilDialog: 'OPL-21' }, { scanBuyerCode: true }]),
  { ...walk('OPL-03', 2, 'pays', [SUBTOTAL, OPLATI]), foreignToken: true },
  walk('OPL-04', 2, 'pays', [
    SUBTOTAL,
    OPLATI,
    PAID,
    { press: ['f8'] },
    { untilShows: 'Чек закрыт' },
    { resetToken: true },
    SUBTOTAL,
    OPLATI,
  ]),
  walk('OPL-05', 2, 'declines', [SUBTOTAL, OPLATI]),
  walk('OPL-06', 2, 'poor', [SUBTOTAL, OPLATI]),
  walk('OPL-07', 2, 'pays', [{ press: ['f10', 'type:3', 'enter'] }, { untilShows: 'ВОЗВРАТ №' }, SUBTOTAL, OPLATI]),
  walk('OPL-08', 1, 'silent', [SUBTOTAL, OPLATI, { untilDialog: 'OPL-22' }, { press: ['enter'] }]),
  walk('OPL-09', 2, 'silent', [SUBTOTAL, OPLATI]),
  walk('OPL-10', 2, 'no-card', [{ press: ['f5'] }]),
  { ...walk('OPL-11', 2, 'pays', [{ press: ['f5'] }]), withoutCardGroups: true },
  walk('OPL-12', 2, 'pays', [
    SUBTOTAL,
    OPLATI,
    PAID,
    { network: 'refuse' },
    { press: ['escape'] },
    { untilDialog: 'OPL-25' },
    { press: ['enter'] },
  ]),
  walk('OPL-13', 2, 'pays', [
    { network: 'refuse' },
    SUBTOTAL,
    OPLATI,
    { untilDialog: 'OPL-01' },
    { press: ['enter'] },
    OPLATI,
  ]),
];

function walk(number: string, mode: Recipe['mode'], buyer: Recipe['buyer'], moves: Move[]): Recipe {
  return { number, mode, buyer, moves: [...moves, { untilDialog: number }] };
}

export function recipeFor(number: string): Recipe | null {
  return RECIPES.find((recipe) => recipe.number === number.toUpperCase()) ?? null;
}

/** Hands and eyes on a running register. */
export interface Robot {
  press(name: string, text: string | null): void | Promise<void>;
  scan(code: string): void;
  screen(): readonly string[];
  /** Waits until it is so. @throws when it never comes */
  until(what: string, isSo: () => boolean): Promise<unknown>;
}

/** Walks a recipe on the real register; returns when its dialog stands. */
export async function perform(recipe: Recipe, robot: Robot, oplati: OplatiEmulator, regNum: string): Promise<void> {
  for (const move of recipe.moves) {
    if ('press' in move) {
      for (const key of move.press) await pressOne(robot, key);
    } else if ('untilShows' in move) {
      await robot.until(move.untilShows, () => robot.screen().some((row) => row.includes(move.untilShows)));
    } else if ('untilDialog' in move) {
      await robot.until(move.untilDialog, () => dialogNumber(robot.screen()) === move.untilDialog);
    } else if ('scanBuyerCode' in move) {
      robot.scan(oplati.issueBuyerCode());
    } else if ('network' in move) {
      await oplati.fault(move.network);
    } else {
      oplati.resetToken(regNum);
    }
  }
}

async function pressOne(robot: Robot, key: string): Promise<void> {
  if (!key.startsWith('type:')) return robot.press(key, null);
  for (const character of key.slice(5)) await robot.press(character.toLowerCase(), character);
}

/** Number of the dialog on a screen: right end of its lower border, or the foot of a QR panel's caption. */
export function dialogNumber(screen: readonly string[]): string | null {
  const match = /\b((?:OPL|DOM|SYS|DEV|PM|AS)-\d+) ─*┘|^ +((?:OPL|PM)-\d+) *$/m.exec(screen.join('\n'));
  return match?.[1] ?? match?.[2] ?? null;
}

/** The recipe in words, for `--keys`. */
export function describe(recipe: Recipe): string[] {
  const modes = ['QR покупателя', 'статический QR', 'динамический QR'];
  return [
    `Режим О!плати: ${recipe.mode} (${modes[recipe.mode]}), покупатель: ${recipe.buyer}`,
    ...(recipe.foreignToken ? ['На сервере уже есть токен этой кассы, на кассе его нет'] : []),
    ...(recipe.withoutCardGroups ? ['В справочниках нет групп карт'] : []),
    ...recipe.moves.map(describeMove),
  ];
}

function describeMove(move: Move): string {
  if ('press' in move) return `Клавиши: ${move.press.map(caption).join(' ')}`;
  if ('untilShows' in move) return `Дождаться на экране: ${move.untilShows}`;
  if ('untilDialog' in move) return `Дождаться диалога: ${move.untilDialog}`;
  if ('scanBuyerCode' in move) return 'Отсканировать QR-код покупателя';
  if ('network' in move)
    return move.network === 'none' ? 'Восстановить связь с сервером' : 'Отключить связь с сервером';
  return 'Сбросить токен в личном кабинете';
}

const CAPTIONS: Readonly<Record<string, string>> = { enter: 'Ввод', escape: 'Отмена' };

/** `f6` -> `F6`, `type:10` -> `10`. */
export function caption(key: string): string {
  return key.startsWith('type:') ? key.slice(5) : (CAPTIONS[key] ?? key.toUpperCase());
}
