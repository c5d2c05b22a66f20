import type { ParsedArguments } from './arguments.ts';
import { registerRoot } from './root.ts';
import { refuseTerminal, runSession } from './session.ts';

/** `bin/kassa run`: the real register. */
export async function runRegister(parsed: ParsedArguments, version: string): Promise<number> {
  return (
    refuseTerminal() ?? (await runSession({ root: registerRoot(parsed.texts.root), version, parsed, looksBack: true }))
  );
}
