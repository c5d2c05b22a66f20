import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { safeText } from '../register/safe-text.ts';
import { EXIT_CODES } from './commands.ts';

/** The toy's name in `templates/provider`, in every file and path of it. */
const PLACEHOLDER = 'toybank';
const TEMPLATE_FOLDER = fileURLToPath(new URL('../../templates/provider', import.meta.url));
const NAME = /^[a-z][a-z0-9]{1,19}$/;

const DRIVERS = 'src/payments/providers/index.ts';
const EMULATORS = 'src/emulators/serve.ts';

export interface NewProviderRequest {
  name: string;
  /** Root of a checkout with its sources. */
  project: string;
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/**
 * `bin/kassa new-provider`: a payment system that works from the first minute, against an emulator of its own: driver,
 * emulator, contract test, paper, and a line in each of the two lists. Nothing is written unless everything can be.
 */
export function runNewProvider({ name, project, stdout, stderr }: NewProviderRequest): number {
  const refuse = (text: string): number => {
    stderr.write(`${text}\n`);
    return EXIT_CODES.usage;
  };
  if (!NAME.test(name)) {
    return refuse(`Недопустимое имя: "${safeText(name, 60)}". Допустимо: от 2 до 20 знаков a-z и 0-9, первая буква`);
  }
  if (![DRIVERS, EMULATORS].every((file) => existsSync(join(project, file)))) {
    return refuse('Здесь нет исходных текстов кассы. Выполните команду в корневом каталоге проекта');
  }
  const files = filesFor(name);
  const folders = [`src/payments/providers/${name}`, `src/emulators/${name}`];
  const taken = [...folders, ...files.map(({ path }) => path)].find((path) => existsSync(join(project, path)));
  if (taken !== undefined) return refuse(`Уже есть: ${taken}`);
  const lists = [
    { path: DRIVERS, text: withDriver(readFileSync(join(project, DRIVERS), 'utf8'), name) },
    { path: EMULATORS, text: withEmulator(readFileSync(join(project, EMULATORS), 'utf8'), name) },
  ];
  for (const { path, text } of lists) {
    if (text === null) return refuse(`Не найдено место для новой строки: ${path}`);
  }

  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(project, path)), { recursive: true });
      writeFileSync(join(project, path), text, { flag: 'wx' });
    }
    for (const { path, text } of lists) writeFileSync(join(project, path), text ?? '');
  } catch (error) {
    const { code = '', path = project } = error as NodeJS.ErrnoException;
    stderr.write(`Не удалось записать ${safeText(path)}: ${code}\n`);
    return EXIT_CODES.storage;
  }
  stdout.write(report(name, files));
  return EXIT_CODES.done;
}

/** The template with the provider's name in it, paths below the project. */
function filesFor(name: string): { path: string; text: string }[] {
  return readdirSync(TEMPLATE_FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = file.slice(TEMPLATE_FOLDER.length + 1);
      return { path: renamed(path, name), text: renamed(readFileSync(file, 'utf8'), name) };
    })
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

function renamed(text: string, name: string): string {
  return text
    .replaceAll(PLACEHOLDER, name)
    .replaceAll(capitalised(PLACEHOLDER), capitalised(name))
    .replaceAll(PLACEHOLDER.toUpperCase(), name.toUpperCase());
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function driverLine(name: string): string {
  return `export { ${name}Driver } from './${name}/driver.ts';`;
}

function emulatorLine(name: string): string {
  return `  ${name}: async () => (await import('./${name}/server.ts')).start${capitalised(name)},`;
}

/** @returns null when the list has not the expected form */
function withDriver(text: string, name: string): string | null {
  const lines = text.trimEnd().split('\n');
  const first = lines.findIndex((line) => line.startsWith('export {'));
  if (first < 0) return null;
  const listed = lines.slice(first);
  if (!listed.every((line) => line.startsWith('export {'))) return null;
  return `${[...lines.slice(0, first), ...[...listed, driverLine(name)].sort()].join('\n')}\n`;
}

/** @returns null when the table has not the expected form */
function withEmulator(text: string, name: string): string | null {
  const start = text.indexOf('\nconst STARTERS');
  const end = start < 0 ? -1 : text.indexOf('\n};\n', start);
  return end < 0 ? null : `${text.slice(0, end)}\n${emulatorLine(name)}${text.slice(end)}`;
}

function report(name: string, files: readonly { path: string }[]): string {
  return [
    'Создано:',
    ...files.map(({ path }) => `  ${path}`),
    'Добавлено по одной строке:',
    `  ${DRIVERS}: ${driverLine(name)}`,
    `  ${EMULATORS}: ${emulatorLine(name).trim()}`,
    '',
    'Дальше (docs/adding-a-payment-provider.md):',
    '  npm run format',
    `  npx vitest run test/contract/${name}.test.ts`,
    '  npm start',
    '',
  ].join('\n');
}
