import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messages } from '../../dialogs/messages/index.ts';
import type { ParsedArguments } from '../arguments.ts';
import { EXIT_CODES } from '../commands.ts';
import { refuseTerminal, runSession } from '../session.ts';
import { describe, perform } from './perform.ts';
import { recipeFor, WITHOUT_SCREEN } from './recipes.ts';
import { prepareWorld, type RunningWorld } from './world.ts';

const KEY_PAUSE_MS = 60;
/** With `--speed` a person can follow. */
const SHOWN_KEY_PAUSE_MS = 900;

/** `bin/kassa repro`: the list of numbered dialogs, or the register really walked to one of them. */
export async function runRepro(parsed: ParsedArguments, version: string): Promise<number> {
  const wanted = parsed.positionals.dialog ?? 'list';
  if (wanted === 'list') return printList();
  const recipe = recipeFor(wanted);
  if (recipe === null) return refuse(wanted);
  if (parsed.switches.has('keys')) {
    process.stdout.write(`${describe(recipe).join('\n')}\n`);
    return EXIT_CODES.done;
  }
  const refused = refuseTerminal();
  if (refused !== null) return refused;
  const root = mkdtempSync(join(tmpdir(), 'kassa-repro-'));
  // Also when the terminal goes away in the middle of the walk.
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  let world: RunningWorld;
  try {
    world = await prepareWorld(recipe, root, { softPosProgram });
  } catch {
    // Nothing else of a world can fail on a machine that runs the register.
    process.stderr.write('Последовательный порт картридера не создан: нужен python3\n');
    return EXIT_CODES.usage;
  }
  const isShown = parsed.switches.has('speed');
  try {
    return await runSession({
      root,
      version,
      parsed,
      autoLoginCode: '1',
      printerUrl: world.printerUrl,
      providers: world.providers,
      settings: { lockAfterSeconds: 0 },
      walk: {
        keyPauseMs: isShown ? SHOWN_KEY_PAUSE_MS : KEY_PAUSE_MS,
        showsKeys: isShown,
        run: (robot) => perform(recipe, robot, world),
      },
    });
  } finally {
    await world.close();
  }
}

/** This program itself, as the payment application of a buyer. */
function softPosProgram(assistUrl: string, buyer: string): string {
  const [, main = ''] = process.argv;
  return `"${process.execPath}" "${main}" emulator softpos --assist-url ${assistUrl} --buyer ${buyer}`;
}

function refuse(wanted: string): number {
  const isKnown = messages.some(({ number }) => number === wanted.toUpperCase());
  const why = WITHOUT_SCREEN[wanted.toUpperCase()] ?? (isKnown ? 'для него нет сценария' : 'такого номера нет');
  process.stderr.write(`${wanted}: ${why}. Все номера: kassa repro list\n`);
  return EXIT_CODES.usage;
}

/** Number, title, text, when it shows, what to do; `*` = there is a recipe. */
function printList(): number {
  for (const { number, title, text, shownWhen, support } of messages) {
    const mark = recipeFor(number) === null ? ' ' : '*';
    process.stdout.write(`${mark} ${number}  ${title}\n    ${text.replaceAll('\n', ' ')}\n`);
    process.stdout.write(`    Когда: ${shownWhen}\n    Что делать: ${support}\n`);
    const why = WITHOUT_SCREEN[number];
    if (why !== undefined) process.stdout.write(`    Нет сценария: ${why}\n`);
  }
  process.stdout.write('\n* - есть сценарий: kassa repro НОМЕР\n');
  return EXIT_CODES.done;
}
