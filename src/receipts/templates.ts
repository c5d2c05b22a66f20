import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASH_MOVE_FIELDS, MONEY_SLIP_FIELDS, QR_FIELDS } from './counter-fields.ts';
import { DOCUMENT_FIELDS, PAYMENT_SLIP_FIELDS } from './document-fields.ts';
import { ANNULLED_FIELDS, CANCELLED_SLIP_FIELDS } from './given-back.ts';
import { REPORT_FIELDS } from './report-fields.ts';
import { SHIFT_REPORT_FIELDS } from './shift-report-fields.ts';
import {
  MAX_TEMPLATE_BYTES,
  parseTemplate,
  type Template,
  type TemplateFields,
  type TemplateResult,
} from './template.ts';
import { parseXmlTemplate } from './xml-template.ts';

/** The name of the file without `.tpl`. */
export type SlipTemplateName =
  | 'sale'
  | 'annulled'
  | 'cancelled'
  | 'payment'
  | 'x'
  | 'z'
  | 'cash-in'
  | 'cash-out'
  | 'money'
  | 'qr';

export type Templates = Readonly<Record<SlipTemplateName | 'reconciliation', Template>> & {
  /** Payment slips of systems that have one of their own, by the system's name; the others have `payment`. */
  readonly ownSlips: Readonly<Record<string, Template>>;
};

/** Why a template of the shop is not used; the built-in one is used instead. `message` is Russian, for the installer. */
export interface TemplateProblem {
  /** The file without `.tpl`, or `oplat.xml`. */
  name: string;
  line: number;
  message: string;
}

/** The allow-list: no other name is ever looked for. What each may say is described in templates/README.md. */
export const SLIP_TEMPLATES: Readonly<Record<SlipTemplateName, TemplateFields>> = {
  sale: DOCUMENT_FIELDS,
  annulled: ANNULLED_FIELDS,
  cancelled: CANCELLED_SLIP_FIELDS,
  payment: PAYMENT_SLIP_FIELDS,
  x: SHIFT_REPORT_FIELDS,
  z: SHIFT_REPORT_FIELDS,
  'cash-in': CASH_MOVE_FIELDS,
  'cash-out': CASH_MOVE_FIELDS,
  money: MONEY_SLIP_FIELDS,
  qr: QR_FIELDS,
};
/** The cashless report has had this name and place since the modelled program (domain.md 2.16). */
const REPORT_FILE = 'oplat.xml';

const BUILT_IN_FOLDER = fileURLToPath(new URL('../../templates', import.meta.url));

/**
 * Reads the templates shipped with the program and those of the shop that replace them.
 * @param shopFolder `<root>/cash/reports`; need not exist
 * @param ownSlips names of the payment slips that systems bring (`Driver.slip`), by the system's name
 * @throws when a built-in template is missing or wrong: the installation is broken
 */
export async function loadTemplates(
  shopFolder: string | null,
  onProblem: (problem: TemplateProblem) => void,
  ownSlips: Readonly<Record<string, string>> = {},
): Promise<Templates> {
  const loadFile = (name: string, fields: TemplateFields) => {
    const parse: Parse = (text) => parseTemplate(text, fields);
    return load(shopFolder, `${name}.tpl`, parse, ({ line, message }) => onProblem({ name, line, message }));
  };
  const loadSlip = (name: SlipTemplateName) => loadFile(name, SLIP_TEMPLATES[name]);
  const own = Object.entries(ownSlips).map(
    async ([system, name]) => [system, await loadFile(name, PAYMENT_SLIP_FIELDS)] as const,
  );
  return {
    ownSlips: Object.fromEntries(await Promise.all(own)),
    sale: await loadSlip('sale'),
    annulled: await loadSlip('annulled'),
    cancelled: await loadSlip('cancelled'),
    payment: await loadSlip('payment'),
    x: await loadSlip('x'),
    z: await loadSlip('z'),
    'cash-in': await loadSlip('cash-in'),
    'cash-out': await loadSlip('cash-out'),
    money: await loadSlip('money'),
    qr: await loadSlip('qr'),
    reconciliation: await loadReportTemplate(shopFolder, onProblem),
  };
}

/** Reads the template of the cashless report, the shop's when it has a right one. @throws as `loadTemplates` */
export function loadReportTemplate(
  shopFolder: string | null,
  onProblem: (problem: TemplateProblem) => void,
): Promise<Template> {
  const parse: Parse = (text) => {
    const parsed = parseXmlTemplate(text, REPORT_FIELDS);
    return parsed.ok ? parsed : { ...parsed, message: `столбец ${parsed.column}: ${parsed.message}` };
  };
  return load(shopFolder, REPORT_FILE, parse, ({ line, message }) => onProblem({ name: REPORT_FILE, line, message }));
}

type Parse = (text: string) => TemplateResult;

type ReadResult =
  | { kind: 'template'; template: Template }
  | { kind: 'absent' }
  | { kind: 'wrong'; line: number; message: string };

async function load(
  shopFolder: string | null,
  fileName: string,
  parse: Parse,
  onWrong: (wrong: { line: number; message: string }) => void,
): Promise<Template> {
  if (shopFolder !== null) {
    const own = await readTemplate(shopFolder, fileName, parse);
    if (own.kind === 'template') return own.template;
    if (own.kind === 'wrong') onWrong(own);
  }
  const shipped = await readTemplate(BUILT_IN_FOLDER, fileName, parse);
  if (shipped.kind === 'template') return shipped.template;
  const reason = shipped.kind === 'wrong' ? `line ${shipped.line}` : 'missing';
  throw new Error(`built-in template ${fileName}: ${reason}`);
}

async function readTemplate(folder: string, fileName: string, parse: Parse): Promise<ReadResult> {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, fileName));
    // A link that leads out of the folder could print any file of the machine.
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return wrong('файл вне папки шаблонов');
    const text = await readCapped(path);
    if (text === null) return wrong('шаблон слишком большой или не файл');
    const parsed = parse(text);
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
