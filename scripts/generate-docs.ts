/**
 * Writes docs/keys.md and docs/messages.md from the contexts and the catalogue; their readers are cashiers and the support
 * desk, so they are in Russian. `--check` writes nothing and exits 1 when a file is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dialogs } from '../src/dialogs/index.ts';
import { type Message, messages } from '../src/dialogs/messages/index.ts';
import { screens } from '../src/screens/index.ts';
import { DEFAULT_KEY_MAP } from '../src/settings/key-map.ts';
import type { Context } from '../src/ui/context.ts';
import { commandNames, keyCaptions } from '../src/ui/keys.ts';

const GENERATED = 'Файл создан командой `npm run generate`; править его руками не нужно.';

/** What docs/keys.md calls a context that has no mode name. */
const DIALOG_NAMES: Readonly<Record<string, string>> = {
  help: 'Клавиши (F1)',
  restored: 'Восстановление чека',
  message: 'Сообщение с кнопкой OK',
  question: 'Вопрос Да/Нет',
  decision: 'Вопрос с двумя кнопками',
  quantity: 'Ввод количества',
  price: 'Ввод цены',
  'currency-select': 'Выбор валюты',
  'cancel-payment': 'Отмена оплаты',
  'refund-order': 'Порядок возврата оплат',
  annul: 'Аннулирование чека',
  'card-number': 'Номер карты',
  'register-number': 'Номер кассы в О!плати',
  'second-user': 'Подтверждение другим пользователем',
  password: 'Пароль',
  'manual-resolution': 'Решение по оплате',
  'print-unconfirmed': 'Печать не подтверждена',
  'prompt:scanBuyerCode': 'Оплата: код покупателя',
  'prompt:tellCode': 'Оплата: код подтверждения',
  'prompt:showQr': 'Оплата: QR-код на экране',
  'prompt:wait': 'Оплата: ожидание',
  'prompt:choose': 'Оплата: выбор',
  'prompt:retryOrCancel': 'Оплата: повторить или отменить',
  'prompt:confirm': 'Оплата: вопрос',
  'prompt:readerStatus': 'Оплата: картридер',
};

const SECTIONS: readonly [prefix: string, title: string][] = [
  ['OPL', 'О!плати (OPL)'],
  ['PM', 'PayMaster СБП (PM)'],
  ['AS', 'Ассист (AS)'],
  ['DEV', 'Устройства (DEV)'],
  ['DOM', 'Отказы и вопросы кассы (DOM)'],
  ['SYS', 'Хранение и программа (SYS)'],
];

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', '<br>');
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function keysPage(): string {
  const captionsOf = (command: keyof typeof commandNames) => keyCaptions(DEFAULT_KEY_MAP, command).join(', ') || '-';
  const commands = Object.entries(commandNames) as [keyof typeof commandNames, string][];
  const contextTable = ({ bindings }: Context) =>
    tableOf(
      ['Клавиша', 'Команда', 'Внизу экрана'],
      bindings.map(({ command, label }) => [captionsOf(command), commandNames[command], label ?? '']),
    );
  const chapter = (context: Context) => {
    const title = context.modeName ?? DIALOG_NAMES[context.name] ?? context.name;
    return `### ${title.charAt(0).toUpperCase()}${title.slice(1)}\n\n${contextTable(context)}`;
  };
  return [
    '# Клавиши',
    GENERATED,
    'Цифры, точка, запятая и Backspace - это ввод. Прочие клавиши магазин может переназначить; команды без клавиши ' +
      'доступны из меню (F10) или назначаются магазином. Клавиша, которая сейчас не действует, отвечает причиной в ' +
      'строке 24.',
    '## Раскладка',
    tableOf(
      ['Команда', 'Клавиши', 'Имя в настройке'],
      commands.map(([command, name]) => [name, captionsOf(command), command]),
    ),
    '## Экраны',
    ...Object.values(screens).map(chapter),
    '## Диалоги',
    'Диалог забирает все клавиши. Скан никогда не нажимает кнопку.',
    ...Object.values(dialogs).map(chapter),
  ].join('\n\n');
}

function messagesPage(): string {
  const rowOf = ({ number, title, text, buttons, shownWhen, stateAfter, support }: Message) => [
    number,
    title,
    text,
    buttons.map(({ label, key }) => `${label} (${key})`).join(', ') || '-',
    shownWhen,
    stateAfter,
    support,
  ];
  const sections = SECTIONS.flatMap(([prefix, title]) => {
    const rows = messages.filter(({ number }) => number.startsWith(`${prefix}-`)).map(rowOf);
    if (rows.length === 0) return [];
    const head = ['№', 'Заголовок', 'Текст', 'Кнопки', 'Когда', 'После', 'Поддержке'];
    return [`## ${title}`, tableOf(head, rows)];
  });
  return [
    '# Сообщения',
    GENERATED,
    'Номер стоит в правом конце нижней рамки диалога и в журнале. Номера постоянны. В угловых скобках - то, что ' +
      'подставляется.',
    ...sections,
  ].join('\n\n');
}

const pages: Readonly<Record<string, string>> = { 'keys.md': keysPage(), 'messages.md': messagesPage() };
const folder = new URL('../docs/', import.meta.url);
const isCheck = process.argv.includes('--check');

function stored(name: string): string | null {
  try {
    return readFileSync(new URL(name, folder), 'utf8');
  } catch {
    return null;
  }
}

mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(pages)) {
  const wanted = `${text}\n`;
  if (!isCheck) {
    writeFileSync(new URL(name, folder), wanted);
  } else if (stored(name) !== wanted) {
    process.stderr.write(`docs/${name} is stale: npm run generate\n`);
    process.exitCode = 1;
  }
}
