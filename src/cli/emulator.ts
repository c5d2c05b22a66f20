import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { PrinterEmulator, PrinterEmulatorOptions } from '../emulators/printer/server.ts';
import { EMULATOR_NAMES, serveEmulator } from '../emulators/serve.ts';
import { isStateFileProblem } from '../emulators/state-file.ts';
import { safeText } from '../register/safe-text.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES } from './commands.ts';
import { readDialectWords } from './dialects.ts';

/** What only the printer has; asked of a payment server, it is a mistake. */
const PRINTER_FLAGS = ['tcp', 'tty', 'paper', 'columns'] as const;
/** They pay at a server of Assist by themselves. */
const CARD_EMULATORS: readonly string[] = ['reader', 'softpos'];

/** `bin/kassa emulator`: one payment server on loopback, or the printer with its paper shown, until it is stopped. */
export async function runEmulator(parsed: ParsedArguments): Promise<number> {
  const name = parsed.positionals.server ?? '';
  if (!EMULATOR_NAMES.includes(name) && !CARD_EMULATORS.includes(name)) {
    process.stderr.write(`Эмулятора "${name}" нет в этой версии\n`);
    return EXIT_CODES.usage;
  }
  const fault = faultOfFlags(name, parsed);
  if (fault !== null) {
    process.stderr.write(`${fault}\nСправка: kassa emulator --help\n`);
    return EXIT_CODES.usage;
  }
  if (name === 'printer') return runPrinter(parsed);
  if (CARD_EMULATORS.includes(name)) {
    const { runReaderEmulator, runSoftPosEmulator } = await import('./card-emulators.ts');
    return name === 'reader' ? runReaderEmulator(parsed, stopSignal) : runSoftPosEmulator(parsed);
  }
  const spoken = await readDialectWords(name, parsed.lists?.dialect ?? []);
  if ('fault' in spoken) {
    process.stderr.write(`${spoken.fault}\nСправка: kassa emulator --help\n`);
    return EXIT_CODES.usage;
  }
  const { buyer = 'pays', state } = parsed.texts;
  const options = {
    dialect: spoken.dialect,
    port: parsed.numbers.port ?? 0,
    buyer,
    ...(state === undefined ? {} : { stateFile: resolve(state) }),
  };
  let server: Awaited<ReturnType<typeof serveEmulator>>;
  try {
    server = await serveEmulator(name, options);
  } catch (error) {
    const fault = state === undefined ? null : faultOfBooks(error, state);
    if (fault === null) return refusePort(error, options.port);
    process.stderr.write(`${fault}\n`);
    return EXIT_CODES.usage;
  }
  process.stdout.write(`${JSON.stringify({ name: server.name, url: server.url, control: server.control })}\n`);
  await stopSignal();
  await server.close();
  return EXIT_CODES.done;
}

/** The first line is the address, as of every emulator; all that follows is what comes out on the paper. */
async function runPrinter(parsed: ParsedArguments): Promise<number> {
  // Only a demonstration has a printer of ours: nobody else pays for loading it.
  const { runPrinterEmulator } = await import('../emulators/printer/server.ts');
  const { port = 0, paper, columns } = parsed.numbers;
  const folder = parsed.switches.has('tty') ? mkdtempSync(join(tmpdir(), 'kassa-printer-')) : null;
  const options: PrinterEmulatorOptions = {
    port,
    ...(folder === null ? {} : { tty: join(folder, 'tty') }),
    ...(paper === undefined ? {} : { paperLines: paper }),
    ...(columns === undefined ? {} : { columns }),
  };
  let printer: PrinterEmulator;
  try {
    printer = await runPrinterEmulator(options, process.stdout);
  } catch (error) {
    if (folder === null) return refusePort(error, port);
    rmSync(folder, { recursive: true, force: true });
    process.stderr.write('Последовательный порт не создан: нужен python3\n');
    return EXIT_CODES.usage;
  }
  await stopSignal();
  await printer.close();
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  return EXIT_CODES.done;
}

/** @returns what does not fit together, or null */
function faultOfFlags(name: string, { switches, numbers, texts, lists }: ParsedArguments): string | null {
  if (CARD_EMULATORS.includes(name) !== (texts['assist-url'] !== undefined)) {
    return `Ключ --assist-url обязателен для ${CARD_EMULATORS.join(', ')} и есть только у них`;
  }
  const isServer = name !== 'printer' && !CARD_EMULATORS.includes(name);
  const ofServers = texts.state !== undefined ? 'state' : lists?.dialect !== undefined ? 'dialect' : null;
  if (!isServer && ofServers !== null) return `Ключ --${ofServers} есть только у серверов платежных систем`;
  if (name === 'softpos' && numbers.port !== undefined) return 'Ключа --port у softpos нет';
  const given = PRINTER_FLAGS.find((flag) => switches.has(flag) || numbers[flag] !== undefined);
  if (name !== 'printer') return given === undefined ? null : `Ключ --${given} есть только у принтера`;
  if (texts.buyer !== undefined) return 'Ключа --buyer у принтера нет';
  if (!switches.has('tty')) return null;
  if (switches.has('tcp')) return 'Укажите одно из: --tcp, --tty';
  return numbers.port === undefined ? null : 'Ключ --port есть только у сетевого принтера';
}

/** @returns what is wrong with the place of the books, or null for a fault of something else */
function faultOfBooks(error: unknown, file: string): string | null {
  const name = safeText(file, 200);
  if (isStateFileProblem(error)) return `Это не книги этого сервера или файл поврежден: ${name}`;
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined || syscall === 'listen') return null;
  return `Файл книг недоступен (${code}): ${name}`;
}

function refusePort(error: unknown, port: number): number {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  process.stderr.write(`Порт ${port} занят\n`);
  return EXIT_CODES.usage;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
