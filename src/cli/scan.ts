import { readFileSync } from 'node:fs';
import { pathsOf } from '../settings/paths.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES } from './commands.ts';
import { demoRoot } from './root.ts';

interface Addresses {
  oplati: { control: string };
  scanner: { control: string };
}

/** `bin/kassa scan`: the hand scanner of a running demo: a goods code, or the code on the buyer's phone. */
export async function runScan(parsed: ParsedArguments): Promise<number> {
  const file = pathsOf(demoRoot(parsed.texts.root)).emulators;
  try {
    const addresses = JSON.parse(readFileSync(file, 'utf8')) as Addresses;
    const code = parsed.switches.has('buyer')
      ? ((await post(`${addresses.oplati.control}/buyer-code`, {})) as { code: string }).code
      : (parsed.positionals.code ?? '');
    await post(`${addresses.scanner.control}/scan`, { code });
    return EXIT_CODES.done;
  } catch {
    process.stderr.write(`Демонстрационная касса не запущена или не слушает сканер (${file})\n`);
    return 1;
  }
}

async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`control: ${answer.status}`);
  return answer.json().catch(() => null);
}
