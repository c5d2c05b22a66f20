import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DOCUMENT_FIELDS, PAYMENT_SLIP_FIELDS } from './document-fields.ts';
import { MAX_TEMPLATE_BYTES, parseTemplate, type Template, type TemplateFields } from './template.ts';

export type TemplateName = 'sale' | 'annulled' | 'oplati';

export type Templates = Readonly<Record<TemplateName, Template>>;

/** Why a template of the shop is not used; the built-in one is used instead. `message` is Russian, for the installer. */
export interface TemplateProblem {
  name: TemplateName;
  line: number;
  message: string;
}

/** The allow-list: no other name is ever looked for. */
const NAMES: Readonly<Record<TemplateName, TemplateFields>> = {
  sale: DOCUMENT_FIELDS,
  annulled: DOCUMENT_FIELDS,
  oplati: PAYMENT_SLIP_FIELDS,
};

const BUILT_IN_FOLDER = fileURLToPath(new URL('../../templates', import.meta.url));

/**
 * Reads the templates shipped with the program and those of the shop that replace them.
 * @param shopFolder `<root>/cash/reports`; need not exist
 * @throws when a built-in template is missing or wrong: the installation is broken
 */
export async function loadTemplates(
  shopFolder: string | null,
  onProblem: (problem: TemplateProblem) => void,
): Promise<Templates> {
  const load = async (name: TemplateName): Promise<Template> => {
    if (shopFolder !== null) {
      const own = await readTemplate(shopFolder, name);
      if (own.kind === 'template') return own.template;
      if (own.kind === 'wrong') onProblem({ name, line: own.line, message: own.message });
    }
    const shipped = await readTemplate(BUILT_IN_FOLDER, name);
    if (shipped.kind === 'template') return shipped.template;
    throw new Error(`built-in template ${name}: ${shipped.kind === 'wrong' ? `line ${shipped.line}` : 'missing'}`);
  };
  return { sale: await load('sale'), annulled: await load('annulled'), oplati: await load('oplati') };
}

type ReadResult =
  | { kind: 'template'; template: Template }
  | { kind: 'absent' }
  | { kind: 'wrong'; line: number; message: string };

async function readTemplate(folder: string, name: TemplateName): Promise<ReadResult> {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, `${name}.tpl`));
    // A link that leads out of the folder could print any file of the machine.
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return wrong('файл вне папки шаблонов');
    const text = await readCapped(path);
    if (text === null) return wrong('шаблон слишком большой или не файл');
    const parsed = parseTemplate(text, NAMES[name]);
    return parsed.ok ? { kind: 'template', template: parsed.template } : wrong(parsed.message, parsed.line);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return { kind: 'absent' };
    return wrong('шаблон не читается');
  }
}

function wrong(message: string, line = 1): ReadResult {
  return { kind: 'wrong', line, message };
}

/** @returns null when it is no regular file of at most the size cap; never waits for a FIFO */
async function readCapped(path: string): Promise<string | null> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.size > MAX_TEMPLATE_BYTES) return null;
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
