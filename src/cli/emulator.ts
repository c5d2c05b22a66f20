import { EMULATOR_NAMES, serveEmulator } from '../emulators/serve.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES } from './commands.ts';

/** `bin/kassa emulator`: one payment server on loopback until it is stopped. */
export async function runEmulator(parsed: ParsedArguments): Promise<number> {
  const name = parsed.positionals.server ?? '';
  if (!EMULATOR_NAMES.includes(name)) {
    process.stderr.write(`Эмулятора "${name}" нет в этой версии\n`);
    return EXIT_CODES.usage;
  }
  const options = { port: parsed.numbers.port ?? 0, buyer: parsed.texts.buyer ?? 'pays' };
  let server: Awaited<ReturnType<typeof serveEmulator>>;
  try {
    server = await serveEmulator(name, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    process.stderr.write(`Порт ${options.port} занят\n`);
    return EXIT_CODES.usage;
  }
  process.stdout.write(`${JSON.stringify({ name: server.name, url: server.url, control: server.control })}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  await server.close();
  return EXIT_CODES.done;
}
