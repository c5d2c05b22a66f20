import { createEscpos } from '../devices/printer/escpos.ts';
import { profileOf } from '../devices/printer/profile.ts';
import { ownSlips } from '../payments/registry.ts';
import { buildLines } from '../receipts/print-job.ts';
import { loadTemplates, type TemplateProblem } from '../receipts/templates.ts';
import { toText } from '../receipts/to-text.ts';
import { safeText } from '../register/safe-text.ts';
import { pathsOf } from '../settings/paths.ts';
import { describeProblem } from '../settings/problem.ts';
import { loadSettings } from '../settings/settings.ts';
import { EXIT_CODES } from './commands.ts';
import { findPreviewed, previewFile, previewNamed, previewSource, takesDocumentNumber } from './preview-requests.ts';

/** What `bin/kassa preview` was asked for. */
export interface PreviewCommand {
  root: string;
  template: string;
  documentNumber: number | undefined;
  /** Absent = as many as the printer of the settings has. */
  columns: number | undefined;
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/**
 * `bin/kassa preview`: a slip of the journal as text, by the lines that make the paper; what the journal does not hold is
 * shown with sample data. Reads beside a running register. A wrong template of the shop is told with its line (exit code
 * 3); the shipped one is shown then, as it would be printed.
 */
export async function runPreview(command: PreviewCommand): Promise<number> {
  const { root, stdout, stderr, documentNumber = null } = command;
  const template = previewNamed(command.template);
  if (template === null || (documentNumber === null && previewSource(template) === 'document')) {
    stderr.write('Укажите шаблон и номер документа: kassa preview sale --document 1\n');
    return EXIT_CODES.usage;
  }
  if (documentNumber !== null && !takesDocumentNumber(template)) {
    stderr.write(`Ключа --document у шаблона ${command.template} нет: он не о документе\n`);
    return EXIT_CODES.usage;
  }
  const loaded = loadSettings(root);
  if ('problem' in loaded) {
    stderr.write(`SYS-08 ${describeProblem(loaded.problem)}\n`);
    return EXIT_CODES.settings;
  }
  const { settings } = loaded;
  const profile = profileOf(settings.printer);
  if (profile === null) {
    stderr.write(`SYS-08 Нет профиля принтера ${settings.printer.profile}\n`);
    return EXIT_CODES.settings;
  }
  const paths = pathsOf(root);
  const found = findPreviewed(paths.journal, { template, documentNumber, settings });
  if ('refusal' in found) {
    stderr.write(`${found.refusal}\n`);
    return found.code;
  }

  const problems: TemplateProblem[] = [];
  const templates = await loadTemplates(paths.reports, (problem) => problems.push(problem), ownSlips());
  const escpos = createEscpos(profile);
  const columns = command.columns ?? escpos.columns;
  const printable = (text: string): string => escpos.printable(text).text;
  for (const request of found.requests) {
    for (const row of toText(buildLines(request, templates, { columns, printable }), columns)) {
      // A QR payload is no text for the printer, but it is for this terminal.
      stdout.write(`${safeText(row).trimEnd()}\n`);
    }
  }
  const file = previewFile(template);
  const problem = problems.find(({ name }) => name === file.replace('.tpl', ''));
  if (problem === undefined) return EXIT_CODES.done;
  stderr.write(`Шаблон ${file}, строка ${problem.line}: ${safeText(problem.message)}. Показан поставляемый шаблон\n`);
  return EXIT_CODES.settings;
}
