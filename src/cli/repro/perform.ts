/** A recipe done on a running register, and a recipe in words. */
import { caption, type Move, type Recipe, type Robot, type ServerName } from './recipe.ts';
import { REG_NUM, type RunningWorld } from './world.ts';

/** Walks a recipe on the real register; returns when its dialog stands. */
export async function perform(recipe: Recipe, robot: Robot, world: RunningWorld): Promise<void> {
  for (const move of recipe.moves) await make(move, robot, world);
  // Some of the reader's screens stand for less than a second: it stops where it is.
  world.holdReader();
}

async function make(move: Move, robot: Robot, world: RunningWorld): Promise<void> {
  if ('press' in move) {
    for (const key of move.press) await pressOne(robot, key);
  } else if ('untilShows' in move) {
    await robot.until(move.untilShows, () => robot.screen().some((row) => row.includes(move.untilShows)));
  } else if ('untilDialog' in move) {
    await robot.until(move.untilDialog, () => dialogNumber(robot.screen()) === move.untilDialog);
  } else if ('scanBuyerCode' in move) {
    robot.scan(world.servers.oplati?.issueBuyerCode() ?? '');
  } else if ('fault' in move) {
    await world.servers[move.of]?.fault(move.fault, 1, move.on);
  } else if ('resetToken' in move) {
    world.servers.oplati?.resetToken(REG_NUM);
  } else if ('buyerNow' in move) {
    const { paymaster, assist } = world.servers;
    if (move.of === 'assist') assist?.pay();
    else paymaster?.payer(move.buyerNow === 'pays' ? 'confirm' : 'open');
  } else {
    const [firstCode, secondCode] = move.code;
    world.servers.assist?.refuse({ path: move.refuse, firstCode, secondCode, message: move.message });
  }
}

async function pressOne(robot: Robot, key: string): Promise<void> {
  if (!key.startsWith('type:')) return robot.press(key, null);
  for (const character of key.slice(5)) await robot.press(character.toLowerCase(), character);
}

/** Where the number of a dialog stands, the one that covers the others first. */
const PLACES: readonly RegExp[] = [
  // The right end of a box's lower border, and of the frame around a reader's own screen.
  /\b((?:OPL|DOM|SYS|DEV|PM|AS)-\d+) ─*┘/,
  // The rule under a whole screen.
  /─ ((?:PM|AS)-\d+) ─+ *$/m,
  // Under the caption at the side of a QR panel; tall codes reach as far down.
  /^[ ▀▄█]+ ((?:OPL|PM|AS)-\d+) *$/m,
];

/** Number of the dialog, screen or panel that stands there; null when none does. */
export function dialogNumber(screen: readonly string[]): string | null {
  const text = screen.join('\n');
  for (const place of PLACES) {
    const number = place.exec(text)?.[1];
    if (number !== undefined) return number;
  }
  return null;
}

/** The recipe in words, for `--keys`. */
export function describe({ world, moves }: Recipe): string[] {
  return [...describeWorld(world), ...moves.map(describeMove)];
}

const MODES = ['QR покупателя', 'статический QR', 'динамический QR'];

function describeWorld({ oplati, paymaster, assist, printer, withoutCardGroups }: Recipe['world']): string[] {
  const lines: string[] = [];
  if (oplati !== undefined) {
    const { mode, buyer, foreignToken } = oplati;
    lines.push(`Режим О!плати: ${mode} (${MODES[mode]}), покупатель: ${buyer}`);
    if (foreignToken) lines.push('На сервере уже есть токен этой кассы, на кассе его нет');
  }
  if (withoutCardGroups) lines.push('В справочниках нет групп карт');
  if (paymaster !== undefined) {
    const { buyer, settings, refunds, plateIsTaken } = paymaster;
    lines.push(`PayMaster, покупатель: ${buyer}`, ...describeSettings(settings));
    if (plateIsTaken) lines.push('На кассовой ссылке уже есть неоплаченная сумма другой кассы');
    if (refunds === 'never') lines.push('Возвраты остаются в обработке');
    else if (refunds !== undefined) lines.push(`Возвраты отклоняются: ${refunds.resultCode}`);
  }
  if (assist !== undefined) {
    const { buyer, settings, forbiddenMeans, softPosBuyer, reader } = assist;
    lines.push(`Ассист, покупатель: ${buyer}`, ...describeSettings(settings));
    if (forbiddenMeans !== undefined) lines.push(`Права на сервере запрещают: ${forbiddenMeans.join(', ')}`);
    if (softPosBuyer !== undefined) lines.push(`SoftPOS, покупатель: ${softPosBuyer}`);
    if (reader !== undefined) {
      lines.push(`Картридер: ${reader.scenario}${reader.isKnown ? ', уже использовался на этой кассе' : ''}`);
    }
  }
  if (printer === 'none') lines.push('Принтера нет');
  return lines;
}

function describeSettings(settings: object = {}): string[] {
  return Object.entries(settings).map(([name, value]) => `Настройка: ${name} = ${value}`);
}

const SERVER_TITLES: Record<ServerName, string> = { oplati: 'О!плати', paymaster: 'PayMaster', assist: 'Ассист' };

function describeMove(move: Move): string {
  if ('press' in move) return `Клавиши: ${move.press.map(caption).join(' ')}`;
  if ('untilShows' in move) return `Дождаться на экране: ${move.untilShows}`;
  if ('untilDialog' in move) return `Дождаться диалога: ${move.untilDialog}`;
  if ('scanBuyerCode' in move) return 'Отсканировать QR-код покупателя';
  if ('fault' in move) return describeFault(move);
  if ('resetToken' in move) return 'Сбросить токен в личном кабинете';
  if ('buyerNow' in move) return move.buyerNow === 'pays' ? 'Покупатель оплачивает' : 'Покупатель открывает ссылку';
  return `Сервер Ассист отклоняет запрос ${move.refuse}: ${move.code.join('/')} ${move.message}`;
}

function describeFault({ fault, of, on }: Extract<Move, { fault: string }>): string {
  if (fault === 'refuse') return `Отключить связь с сервером ${SERVER_TITLES[of]}`;
  if (fault === 'none') return `Восстановить связь с сервером ${SERVER_TITLES[of]}`;
  return `Сбой сервера ${SERVER_TITLES[of]}: ${fault}${on?.path === undefined ? '' : `, запрос ${on.path}`}`;
}
