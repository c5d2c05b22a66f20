import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { seedDemo } from '../catalog/demo.ts';
import { isBuyerName } from '../emulators/buyer-name.ts';
import { takeRootLock } from '../journal/root-lock.ts';
import { oplatiConf } from '../payments/providers/oplati/conf.ts';
import { pathsOf } from '../settings/paths.ts';
import { writeProviderConf } from '../settings/provider-conf.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES } from './commands.ts';
import { startDemoWorld, writeDemoAccounts, writeDemoSettings } from './demo-world.ts';
import { readDemoDialects } from './dialects.ts';
import { PROBLEMS } from './problems.ts';
import { demoRoot, makeRoot } from './root.ts';
import { refuseTerminal, runSession } from './session.ts';

/** The register number of every demo; О!плати knows it by this name. */
const DEMO_REG_NUM = 'OPL000000002';
const DEMO_USER_CODE = '1';

/** `bin/kassa demo`: the register with its payment servers, printer and scanner inside. */
export async function runDemo(parsed: ParsedArguments, version: string): Promise<number> {
  const refused = refuseTerminal();
  if (refused !== null) return refused;
  const { 'oplati-url': oplati, 'paymaster-url': paymaster, 'assist-url': assist } = parsed.texts;
  const urls = { oplati, paymaster, assist };
  const spoken = await readDemoDialects(parsed.lists?.dialect ?? [], urls);
  if ('fault' in spoken) {
    process.stderr.write(`${spoken.fault}\nСправка: kassa demo --help\n`);
    return EXIT_CODES.usage;
  }
  const root = demoRoot(parsed.texts.root);
  const paths = pathsOf(root);
  const marker = join(root, '.kassa-demo');
  const isForeign = existsSync(root) && readdirSync(root).length > 0 && !existsSync(marker);
  if (isForeign && parsed.switches.has('fresh')) {
    process.stderr.write(`Каталог ${root} не похож на каталог демонстрации, он не очищен\n`);
    return EXIT_CODES.usage;
  }
  makeRoot(root);
  // The root is ours before anything in it is touched: a second demo must not disturb the first one.
  const lock = takeRootLock(paths.lock);
  if (lock === null) {
    process.stderr.write(`${PROBLEMS.rootInUse.text}\n`);
    return EXIT_CODES.rootInUse;
  }
  // A restart by the wrapper (SYS-01, SYS-15) goes on with the same receipt, whatever the command line said.
  if (parsed.switches.has('fresh') && process.env.KASSA_RESTARTED === undefined) emptyRoot(root, paths.lock);
  writeFileSync(marker, '');
  if (!existsSync(paths.catalog)) seedDemo(paths.catalog);

  // Real files, so that the service menu and an editor can change them; only the server's address is the emulator's.
  const mode = parsed.numbers['oplati-mode'] as 0 | 1 | 2 | undefined;
  const oplatiFile = join(paths.paysystems, oplatiConf.file);
  const isNew = !existsSync(oplatiFile);
  writeProviderConf(oplatiFile, oplatiConf, {
    ...(isNew ? { regNum: DEMO_REG_NUM, mode: String(mode ?? 2) } : {}),
    ...(mode === undefined ? {} : { mode: String(mode) }),
  });
  writeDemoAccounts(paths);
  writeDemoSettings(paths);

  const buyer = parsed.texts.buyer ?? 'pays';
  if (!isBuyerName(buyer)) return EXIT_CODES.usage;
  const world = await startDemoWorld(paths, buyer, urls, spoken.dialect);
  try {
    return await runSession({
      root,
      version,
      parsed,
      lock,
      autoLoginCode: DEMO_USER_CODE,
      scannerUrl: world.scannerUrl,
      printerUrl: `file:${paths.printerBytes}`,
      providers: world.providers,
      onShown: () => world.startReader(),
      settings: { lockAfterSeconds: 0 },
    });
  } finally {
    await world.close();
  }
}

/** Deletes everything below a folder but the lock that is held. */
function emptyRoot(folder: string, lock: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && lock.startsWith(path + sep)) emptyRoot(path, lock);
    else if (!path.startsWith(lock)) rmSync(path, { recursive: true, force: true });
  }
}
