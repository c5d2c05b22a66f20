import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedDemo } from '../../catalog/demo.ts';
import { loadFile } from '../../catalog/load/load-file.ts';
import { messages } from '../../dialogs/messages/index.ts';
import { type OplatiEmulator, startOplatiEmulator } from '../../emulators/oplati/server.ts';
import { oplatiConf } from '../../payments/providers/oplati/conf.ts';
import { pathsOf } from '../../settings/paths.ts';
import { writeProviderConf } from '../../settings/provider-conf.ts';
import type { ParsedArguments } from '../arguments.ts';
import { EXIT_CODES } from '../commands.ts';
import { refuseTerminal, runSession } from '../session.ts';
import { describe, perform, RECIPES, type Recipe, recipeFor } from './recipe.ts';

const REG_NUM = 'OPL000000002';
/** A minute of the real server is a few seconds here; the order of events is the same. */
const FAST_SERVER = { buyerDelayMs: 700, sessionTtlMs: 3000, confirmTtlMs: 4000 };
const FAST_REGISTER = { readyPollMs: 500, paymentPollMs: 700, sessionTtlMs: 3000, sessionMs: 4000, retryPauseMs: 300 };
const KEY_PAUSE_MS = 60;
/** With `--speed` a person can follow. */
const SHOWN_KEY_PAUSE_MS = 900;

/** `bin/kassa repro`: the list of numbered dialogs, or the register really walked to one of them. */
export async function runRepro(parsed: ParsedArguments, version: string): Promise<number> {
  const wanted = parsed.positionals.dialog ?? 'list';
  if (wanted === 'list') return printList();
  const recipe = recipeFor(wanted);
  if (recipe === null) {
    const isKnown = messages.some(({ number }) => number === wanted.toUpperCase());
    const why = isKnown ? 'для него нет сценария' : 'такого номера нет';
    process.stderr.write(`${wanted}: ${why}. Сценарии: ${RECIPES.map(({ number }) => number).join(', ')}\n`);
    return EXIT_CODES.usage;
  }
  if (parsed.switches.has('keys')) {
    process.stdout.write(`${describe(recipe).join('\n')}\n`);
    return EXIT_CODES.done;
  }
  const refused = refuseTerminal();
  if (refused !== null) return refused;
  const root = mkdtempSync(join(tmpdir(), 'kassa-repro-'));
  // Also when the terminal goes away in the middle of the walk.
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const oplati = await prepareWorld(recipe, root);
  const isShown = parsed.switches.has('speed');
  try {
    return await runSession({
      root,
      version,
      parsed,
      autoLoginCode: '1',
      printerUrl: `file:${pathsOf(root).printerBytes}`,
      providers: { oplati: { url: oplati.url, ...FAST_REGISTER } },
      settings: { lockAfterSeconds: 0 },
      walk: {
        keyPauseMs: isShown ? SHOWN_KEY_PAUSE_MS : KEY_PAUSE_MS,
        showsKeys: isShown,
        run: (robot) => perform(recipe, robot, oplati, REG_NUM),
      },
    });
  } finally {
    await oplati.close();
  }
}

/** A throw-away root with demo goods, and the server with the right buyer. */
export async function prepareWorld(
  recipe: Recipe,
  root: string,
  options: Parameters<typeof startOplatiEmulator>[0] = FAST_SERVER,
): Promise<OplatiEmulator> {
  const paths = pathsOf(root);
  mkdirSync(paths.data, { recursive: true });
  seedDemo(paths.catalog);
  if (recipe.withoutCardGroups) {
    const file = join(root, 'pos-groups.aif');
    writeFileSync(file, '{"command":"clearCardGroup"}\n---\n');
    await loadFile(paths.catalog, file, { allOrNothing: true });
  }
  writeProviderConf(paths.oplatiConf, oplatiConf, { regNum: REG_NUM, mode: String(recipe.mode) });
  const hasCard = recipe.buyer !== 'no-card';
  return startOplatiEmulator({
    ...options,
    buyer: recipe.buyer,
    ...(recipe.foreignToken ? { tokens: { [REG_NUM]: 'token-of-another-register' } } : {}),
    ...(hasCard ? { loyaltyCards: [{ cardNumber: '9900000000017', programName: 'Лояльность' }] } : {}),
  });
}

/** Number, title, text, when it shows, what to do; `*` = there is a recipe. */
function printList(): number {
  for (const { number, title, text, shownWhen, support } of messages) {
    const mark = recipeFor(number) === null ? ' ' : '*';
    process.stdout.write(`${mark} ${number}  ${title}\n    ${text.replaceAll('\n', ' ')}\n`);
    process.stdout.write(`    Когда: ${shownWhen}\n    Что делать: ${support}\n`);
  }
  process.stdout.write('\n* - есть сценарий: kassa repro НОМЕР\n');
  return EXIT_CODES.done;
}
