import type { ScenarioName } from '../emulators/reader/scenario.ts';
import { startReaderEmulator } from '../emulators/reader/server.ts';
import { runSoftPos } from '../emulators/softpos/program.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES } from './commands.ts';

/** What a buyer of `--buyer` does at a reader; everything else is played by `POST control/buyer`. */
const SCENARIOS: Readonly<Record<string, ScenarioName>> = {
  declines: 'refused',
  poor: 'poor',
  silent: 'no-card',
  expired: 'no-card',
};

/** `bin/kassa emulator reader`: the card reader on a tty of its own, until it is stopped. */
export async function runReaderEmulator(parsed: ParsedArguments, stopped: () => Promise<void>): Promise<number> {
  const { port = 0 } = parsed.numbers;
  let reader: Awaited<ReturnType<typeof startReaderEmulator>>;
  try {
    reader = await startReaderEmulator({
      assist: { url: parsed.texts['assist-url'] ?? '' },
      controlPort: port,
      scenario: SCENARIOS[parsed.texts.buyer ?? 'pays'] ?? 'chip',
    });
  } catch (error) {
    const isBusy = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    process.stderr.write(isBusy ? `Порт ${port} занят\n` : 'Последовательный порт не создан: нужен python3\n');
    return EXIT_CODES.usage;
  }
  process.stdout.write(`${JSON.stringify({ name: 'reader', url: reader.url, control: reader.controlUrl })}\n`);
  await stopped();
  await reader.close();
  return EXIT_CODES.done;
}

/** `bin/kassa emulator softpos`: one payment by the lines of docs/softpos.md, for the SoftPOS setting of the register. */
export async function runSoftPosEmulator(parsed: ParsedArguments): Promise<number> {
  const assist = { url: parsed.texts['assist-url'] ?? '' };
  const line = await runSoftPos(process.stdin, { assist, buyer: parsed.texts.buyer ?? 'pays' });
  if (line === null) return EXIT_CODES.usage;
  await new Promise<void>((resolve) => process.stdout.write(line, () => resolve()));
  return EXIT_CODES.done;
}
