import type { ParsedArguments } from './arguments.ts';
import { describeFindings, type Finding, findingsOf } from './check-parts.ts';
import { EXIT_CODES } from './commands.ts';
import { registerRoot } from './root.ts';

/** What `check --json` tells: by part, null = in order, else what is wrong; and which database is damaged, and how. */
export interface CheckReport extends Partial<Record<Finding['part'], string | null>> {
  damaged: { journal?: string; catalog?: string };
}

/**
 * `bin/kassa check`: is everything sound that the register stands on? Reads beside a running register, which starts it by
 * itself after the first screen (SYS-05, SYS-20).
 * @returns 5 when a database or the disk is at fault, else 3 when a file of settings is, else 0
 */
export async function runCheck(parsed: ParsedArguments): Promise<number> {
  const findings = await findingsOf(registerRoot(parsed.texts.root));
  if (parsed.switches.has('json')) {
    const faults = Object.fromEntries(findings.map(({ part, fault }) => [part, fault]));
    const damaged = Object.fromEntries(findings.flatMap(({ part, damage }) => (damage ? [[part, damage]] : [])));
    process.stdout.write(`${JSON.stringify({ ...faults, damaged } satisfies CheckReport)}\n`);
  } else {
    for (const { isFault, line } of describeFindings(findings)) {
      (isFault ? process.stderr : process.stdout).write(`${line}\n`);
    }
  }
  const faults = findings.filter(({ fault }) => fault !== null);
  if (faults.some(({ area }) => area === 'storage')) return EXIT_CODES.storage;
  return faults.length > 0 ? EXIT_CODES.settings : EXIT_CODES.done;
}
