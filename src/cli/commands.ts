/** The command line of `bin/kassa` as data (kept stable: scripts are written against it), and its help texts. */

import { EMULATOR_NAMES } from '../emulators/serve.ts';
import { safeText } from '../register/safe-text.ts';
import { type CommandSpec, type Flag, type ParsedArguments, type Positional, parseArguments } from './arguments.ts';

export const EXIT_CODES = { done: 0, usage: 2, settings: 3, rootInUse: 4, storage: 5 } as const;

const BUYERS = ['pays', 'declines', 'poor', 'silent', 'slow', 'expired', 'no-card'] as const;

const root: Flag = {
  name: 'root',
  kind: 'text',
  placeholder: 'DIR',
  text: 'корневой каталог кассы',
};
const columns: Flag = {
  name: 'columns',
  kind: 'integer',
  placeholder: 'N',
  choices: ['32', '42', '48'],
  text: 'знаков в строке: 32, 42 или 48',
};
const buyer: Flag = {
  name: 'buyer',
  kind: 'text',
  placeholder: 'NAME',
  choices: BUYERS,
  text: `поведение покупателя: ${BUYERS.join(', ')}`,
};
const dialect: Flag = {
  name: 'dialect',
  kind: 'text',
  placeholder: 'NAME=VALUE',
  isRepeatable: true,
  text: 'сервер отвечает по-другому, имена и значения в docs/emulators.md; ключ можно повторять',
};
const overrides: readonly Flag[] = [
  { name: 'scanner', kind: 'scannerUrl', placeholder: 'URL', text: 'сканер вместо указанного в настройках' },
  { name: 'printer', kind: 'deviceUrl', placeholder: 'URL', text: 'принтер вместо указанного в настройках' },
  { name: 'display', kind: 'deviceUrl', placeholder: 'URL', text: 'дисплей покупателя вместо указанного в настройках' },
  { name: 'oplati-url', kind: 'httpUrl', placeholder: 'URL', text: 'сервер О!плати' },
  { name: 'paymaster-url', kind: 'httpUrl', placeholder: 'URL', text: 'сервер PayMaster' },
  { name: 'assist-url', kind: 'httpUrl', placeholder: 'URL', text: 'сервер Assist' },
];

export const COMMANDS = [
  {
    name: 'demo',
    summary: 'касса с эмуляторами платежных систем и оборудования',
    positionals: [],
    flags: [
      { name: 'fresh', kind: 'switch', text: 'начать с чистого каталога' },
      root,
      {
        name: 'oplati-mode',
        kind: 'integer',
        placeholder: '0|1|2',
        choices: ['0', '1', '2'],
        text: 'режим О!плати: 0 QR покупателя, 1 статический QR, 2 динамический QR',
      },
      buyer,
      {
        ...dialect,
        placeholder: 'SERVER.NAME=VALUE',
        text: 'сервер (oplati, paymaster, assist) отвечает по-другому, имена и значения в docs/emulators.md; ключ можно повторять',
      },
      ...overrides,
    ],
  },
  {
    name: 'run',
    summary: 'касса; каталог из --root, KASSA_ROOT, иначе /linuxcash',
    positionals: [],
    flags: [root, ...overrides],
  },
  {
    name: 'emulator',
    summary: 'сервер платежной системы, принтер или картридер на этой машине',
    positionals: [
      {
        name: 'server',
        placeholder: 'SERVER',
        isRequired: true,
        choices: [...EMULATOR_NAMES, 'reader', 'softpos'],
        text: `${EMULATOR_NAMES.join(', ')}, reader (картридер) или softpos (программа оплаты); у printer чеки видны здесь же`,
      },
    ],
    flags: [
      {
        name: 'port',
        kind: 'integer',
        placeholder: 'N',
        minimum: 0,
        maximum: 65_535,
        text: 'порт; 0 или не указан: любой свободный',
      },
      buyer,
      dialect,
      {
        name: 'state',
        kind: 'text',
        placeholder: 'FILE',
        text: 'сервер: файл его книг, переживает конец сервера и kill -9; не указано: книги кончаются с ним',
      },
      {
        name: 'assist-url',
        kind: 'httpUrl',
        placeholder: 'URL',
        text: 'картридер, softpos: сервер Assist, на котором они проводят оплату',
      },
      { name: 'tcp', kind: 'switch', text: 'принтер: сетевой (так и без ключа)' },
      { name: 'tty', kind: 'switch', text: 'принтер: на последовательном порту' },
      {
        name: 'paper',
        kind: 'integer',
        placeholder: 'N',
        minimum: 1,
        maximum: 1_000_000,
        text: 'принтер: строк в рулоне; не указано: без конца',
      },
      { ...columns, text: 'принтер: знаков в строке: 32, 42 или 48' },
    ],
  },
  {
    name: 'documents',
    summary: 'документы кассы с состоянием оплат',
    positionals: [],
    flags: [root, { name: 'json', kind: 'switch', text: 'по одному объекту JSON в строке' }],
  },
  {
    name: 'preview',
    summary: 'показать слип или отчет текстом, как он будет на бумаге',
    positionals: [
      {
        name: 'template',
        placeholder: 'TEMPLATE',
        isRequired: true,
        choices: [
          ...['sale', 'return', 'copy', 'annulled', 'cancelled', 'oplati', 'payment', 'oplat'],
          ...['x', 'z', 'cash-in', 'cash-out', 'qr'],
        ],
        text: 'sale, return, copy, annulled, cancelled, oplati, payment: слип документа; oplat: сверка его смены; x, z: открытая смена; cash-in, cash-out, qr: образец',
      },
    ],
    flags: [
      { name: 'document', kind: 'integer', placeholder: 'N', minimum: 1, text: 'номер документа, для его слипов' },
      { ...columns, text: 'знаков в строке: 32, 42 или 48; не указано: как у принтера' },
      root,
    ],
  },
  {
    name: 'devices',
    summary: 'проверить сканер, принтер и дисплей покупателя (касса остановлена)',
    positionals: [],
    flags: [
      root,
      { name: 'json', kind: 'switch', text: 'один объект JSON: что настроено и что видно; ничего не открывать' },
    ],
  },
  {
    name: 'check',
    summary: 'проверить журнал и цепочку документов, справочник, настройки, токены, шаблоны, место на диске',
    positionals: [],
    flags: [root, { name: 'json', kind: 'switch', text: 'один объект JSON: null или что не так' }],
  },
  {
    name: 'check-payments',
    summary:
      'связь с каждой включенной платежной системой по шагам: DNS, прокси, сертификат, часы, ответ; деньги не движутся; код 1: есть ошибка, 3: настройки',
    positionals: [],
    flags: [
      root,
      { name: 'json', kind: 'switch', text: 'один объект JSON' },
      {
        name: 'timeout',
        kind: 'integer',
        placeholder: 'S',
        minimum: 1,
        maximum: 300,
        text: 'секунд на каждый шаг, если по настройкам больше',
      },
    ],
  },
  {
    name: 'backup',
    summary: 'копия журнала: все, что читается; можно рядом с работающей кассой',
    positionals: [{ name: 'file', placeholder: 'FILE', isRequired: true, text: 'новый файл копии' }],
    flags: [root],
  },
  {
    name: 'restore',
    summary:
      'поставить копию журнала вместо поврежденного или потерянного (касса остановлена); номера и цепочка документов продолжаются, прежний файл остается рядом',
    positionals: [
      { name: 'file', placeholder: 'FILE', isRequired: true, text: 'копия: файл от backup или journal.db' },
    ],
    flags: [root],
  },
  {
    name: 'accept-loss',
    summary:
      'принять потерю: работать с журналом, который есть, со всем, что в нем читается (касса остановлена); номера и цепочка документов продолжаются',
    positionals: [],
    flags: [root],
  },
  {
    name: 'new-journal',
    summary:
      'начать новый журнал, когда прежний не читается и копии нет (касса остановлена); номера и цепочка документов продолжаются, открытый чек и незавершенные оплаты берутся, если читаются',
    positionals: [],
    flags: [root],
  },
  {
    name: 'repro',
    summary: 'показать диалог по номеру: касса сама проходит путь к нему',
    positionals: [
      {
        name: 'dialog',
        placeholder: 'list|NUMBER',
        isRequired: true,
        text: 'list: все номера; OPL-06, PM-03, AS-16: этот диалог',
      },
    ],
    flags: [
      { name: 'speed', kind: 'switch', text: 'показывать клавиши по мере нажатия' },
      { name: 'keys', kind: 'switch', text: 'только напечатать сценарий' },
    ],
  },
  {
    name: 'load',
    summary: 'загрузить справочник товаров (AIF или CSV)',
    positionals: [{ name: 'file', placeholder: 'FILE', isRequired: true, text: 'файл или папка выгрузки' }],
    flags: [
      root,
      { name: 'all-or-nothing', kind: 'switch', text: 'при ошибке в строке не загружать ничего' },
      {
        name: 'anew',
        kind: 'switch',
        text: 'в новый справочник вместо поврежденного (касса остановлена); пользователи, валюты и карты берутся из прежнего, если читаются',
      },
      { name: 'json', kind: 'switch', text: 'отчет в JSON' },
    ],
  },
  {
    name: 'scan',
    summary: 'ручной сканер для демонстрации: передать код кассе',
    positionals: [{ name: 'code', placeholder: 'CODE', isRequired: false, text: 'код товара или другой код' }],
    flags: [{ name: 'buyer', kind: 'switch', text: 'отсканировать QR-код из телефона покупателя' }, root],
    exactlyOneOf: ['code', 'buyer'],
  },
  {
    name: 'new-provider',
    summary: 'для разработчика: заготовка новой платежной системы в каталоге проекта',
    positionals: [
      { name: 'name', placeholder: 'NAME', isRequired: true, text: 'имя: от 2 до 20 знаков a-z и 0-9, первая буква' },
    ],
    flags: [],
  },
] as const satisfies readonly CommandSpec[];

export type CommandName = (typeof COMMANDS)[number]['name'];

export type CommandLine =
  | { run: CommandName; parsed: ParsedArguments }
  /** For stdout, exit code 0. */
  | { help: string }
  | { version: true }
  /** For stderr, exit code 2. */
  | { usageError: string };

/** @param argv the words after `kassa` */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const [name, ...rest] = argv;
  if (name === undefined) return { usageError: helpText() };
  if (name === '--help' || name === '-h' || name === 'help') return helpFor(rest[0]);
  if (name === '--version') return { version: true };
  const spec = COMMANDS.find((each) => each.name === name);
  if (spec === undefined) {
    return { usageError: `Неизвестная команда "${safeText(name, 60)}"\nСписок команд: kassa --help\n` };
  }
  const parsing = parseArguments(rest, spec);
  if ('parsed' in parsing) return { run: spec.name, parsed: parsing.parsed };
  if ('help' in parsing) return { help: commandHelpText(spec) };
  return { usageError: `${parsing.error}\nСправка: kassa ${spec.name} --help\n` };
}

function helpFor(name: string | undefined): CommandLine {
  const spec = COMMANDS.find((each) => each.name === name);
  return { help: spec === undefined ? helpText() : commandHelpText(spec) };
}

function helpText(): string {
  const rows = COMMANDS.map(({ name, summary }): [string, string] => [name, summary]);
  return [
    'Использование: kassa КОМАНДА [ключи]',
    '',
    ...table(rows),
    '',
    'Справка по команде: kassa КОМАНДА --help. Версия: kassa --version',
    'Коды завершения: 0 выполнено, 2 командная строка, 3 настройки,',
    '  4 каталог занят другой копией, 5 хранилище',
    '',
  ].join('\n');
}

function commandHelpText(spec: CommandSpec): string {
  const usage = ['kassa', spec.name, ...spec.positionals.map(usageOf), ...(spec.flags.length > 0 ? ['[ключи]'] : [])];
  return [
    `Использование: ${usage.join(' ')}`,
    ...wrapped(`${spec.summary}.`, 78),
    '',
    ...table([
      ...spec.positionals.map(({ placeholder, text }): [string, string] => [placeholder, text]),
      ...spec.flags.map(({ name, placeholder, text }): [string, string] => [
        placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`,
        text,
      ]),
    ]),
    '',
  ].join('\n');
}

/** A choice of many is told below, in the text of the placeholder. */
function usageOf({ placeholder, isRequired, choices = [placeholder] }: Positional): string {
  const word = choices.length > 5 ? placeholder : choices.join('|');
  return isRequired ? word : `[${word}]`;
}

/** Two columns inside 80: the names, and the texts broken between words. */
function table(rows: readonly [string, string][]): string[] {
  const nameColumns = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows.flatMap(([name, text]) =>
    wrapped(text, 78 - nameColumns).map((part, index) => (index === 0 ? `  ${name}` : '').padEnd(nameColumns) + part),
  );
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
