import { readFileSync } from 'node:fs';
import { EXIT_CODES, parseCommandLine } from './commands.ts';
import { storageProblem } from './problems.ts';
import { endQuietlyUnread } from './quiet-pipe.ts';
import { registerRoot } from './root.ts';

/** The entry of `bin/kassa`: one command, one file; each is loaded only when it is asked for, so that the register starts fast. */
async function main(argv: readonly string[]): Promise<number> {
  const line = parseCommandLine(argv);
  if ('help' in line) return say(process.stdout, line.help, EXIT_CODES.done);
  if ('version' in line) return say(process.stdout, `${programVersion()}\n`, EXIT_CODES.done);
  if ('usageError' in line) return say(process.stderr, line.usageError, EXIT_CODES.usage);
  const { parsed } = line;
  switch (line.run) {
    case 'run':
      return (await import('./run.ts')).runRegister(parsed, programVersion());
    case 'demo':
      return (await import('./demo.ts')).runDemo(parsed, programVersion());
    case 'emulator':
      return (await import('./emulator.ts')).runEmulator(parsed);
    case 'documents':
      return (await import('./documents.ts')).runDocuments(parsed);
    case 'preview':
      return (await import('./preview.ts')).runPreview({
        root: registerRoot(parsed.texts.root),
        template: parsed.positionals.template ?? '',
        documentNumber: parsed.numbers.document,
        columns: parsed.numbers.columns,
        stdout: process.stdout,
        stderr: process.stderr,
      });
    case 'devices':
      return (await import('./devices/devices.ts')).runDevices({
        root: registerRoot(parsed.texts.root),
        json: parsed.switches.has('json'),
        stdout: process.stdout,
        stderr: process.stderr,
      });
    case 'check':
      return (await import('./check.ts')).runCheck(parsed);
    case 'check-payments':
      return (await import('./check-payments.ts')).runCheckPayments(parsed);
    case 'backup':
      return (await import('./journal-commands.ts')).runBackup(parsed);
    case 'restore':
      return (await import('./journal-commands.ts')).runRestore(parsed);
    case 'accept-loss':
      return (await import('./journal-commands.ts')).runAcceptLoss(parsed);
    case 'new-journal':
      return (await import('./journal-commands.ts')).runNewJournal(parsed);
    case 'load':
      return (await import('./load.ts')).runLoad({
        root: registerRoot(parsed.texts.root),
        file: parsed.positionals.file ?? '',
        allOrNothing: parsed.switches.has('all-or-nothing'),
        anew: parsed.switches.has('anew'),
        json: parsed.switches.has('json'),
        stdout: process.stdout,
        stderr: process.stderr,
      });
    case 'repro':
      return (await import('./repro/repro.ts')).runRepro(parsed, programVersion());
    case 'scan':
      return (await import('./scan.ts')).runScan(parsed);
    case 'new-provider':
      return (await import('./new-provider.ts')).runNewProvider({
        name: parsed.positionals.name ?? '',
        project: process.cwd(),
        stdout: process.stdout,
        stderr: process.stderr,
      });
  }
}

/** Version of the build, for the header of every screen. */
function programVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function say(stream: NodeJS.WriteStream, text: string, code: number): number {
  stream.write(text);
  return code;
}

/** A disk that refuses is told in one line, whatever command met it; every other error is a fault and keeps its trace. */
function refuseStorage(error: unknown): number {
  const problem = storageProblem(error);
  if (problem === null) throw error;
  return say(process.stderr, `${problem.text}\n`, problem.code);
}

endQuietlyUnread(process.stdout);
// No top-level await: the built program is a CommonJS file.
void main(process.argv.slice(2))
  .catch(refuseStorage)
  .then((code) => {
    process.exitCode = code;
  });
