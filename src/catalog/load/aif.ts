/**
 * AIF, the load format of the modelled program (domain.md 7): UTF-8, JSON objects, each followed by a line `---`.
 * Commands are `add`, `delete`, `clear` + the name of a table; those of tables we do not have are counted and passed over.
 */
import type { Goods, Role } from '../../register/model.ts';
import { safeText } from '../../register/safe-text.ts';
import { CARD_COMMANDS } from './aif-cards.ts';
import { Fields } from './aif-fields.ts';
import {
  type BarcodeDraft,
  barcodeOf,
  type Change,
  codeOf,
  type GoodsDraft,
  type LoadRow,
  nameOf,
  numberOf,
  plainText,
  priceOf,
  quantityOf,
} from './changes.ts';
import { brokenFile, readLines } from './lines.ts';
import { refusal } from './refusal.ts';

/** No command of ours is near that size; a file without separators must not be gathered in memory. */
const MAX_OBJECT = 1_000_000;

/** @throws a broken file also when the last command is cut off: such a file was not written to its end */
export async function* readAif(file: string): AsyncGenerator<LoadRow[]> {
  let object: string[] = [];
  let size = 0;
  let startLine = 1;
  let commands = 0;
  for await (const batch of readLines(file, 'utf-8')) {
    const rows: LoadRow[] = [];
    for (const line of batch) {
      const isSeparator = line.text.trim() === '---';
      if (isSeparator && object.length > 0) rows.push(rowOf(object.join('\n'), startLine, line.fraction));
      if (isSeparator) object = [];
      if (isSeparator || (object.length === 0 && line.text.trim() === '')) continue;
      if (object.length === 0) {
        startLine = line.number;
        size = 0;
      }
      object.push(line.text);
      size += line.text.length;
      if (size > MAX_OBJECT) throw brokenFile(`Нет разделителя --- после строки ${startLine}`);
    }
    commands += rows.length;
    yield rows;
  }
  if (object.length > 0) {
    const text = object.join('\n');
    if (parseObject(text) === null) throw brokenFile(`Файл обрывается: команда в строке ${startLine} не закончена`);
    commands++;
    yield [rowOf(text, startLine, 1)];
  }
  if (commands === 0) throw brokenFile('В файле нет ни одной команды');
}

function rowOf(text: string, row: number, fraction: number): LoadRow {
  return {
    row,
    fraction,
    read: () => {
      const object = parseObject(text);
      if (object === null) throw refusal('Команда не читается: ошибка в JSON');
      return commandOf(object);
    },
  };
}

function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? new Fields(value) : null;
  } catch {
    return null;
  }
}

type Reader = (command: Fields) => Change;

const COMMANDS: Record<string, Reader> = {
  addinventitem: (command) => ({ do: 'addGoods', goods: goodsOf(command.body('invent')) }),
  deleteinventitem: (command) => ({
    do: 'deleteGoods',
    code: codeOf(command.body('invent').text('inventcode', 'code') ?? ''),
  }),
  clearinventory: () => ({ do: 'clearGoods' }),
  clearinventitem: () => ({ do: 'clearGoods' }),
  addbarcode: (command) => {
    const body = command.body('barcode');
    const code = codeOf(body.text('inventcode', 'code', 'tmccode') ?? '');
    return { do: 'addBarcode', code, barcode: barcodeDraftOf(body) };
  },
  deletebarcode: (command) => ({
    do: 'deleteBarcode',
    barcode: plainText(command.body('barcode').text('barcode') ?? ''),
  }),
  clearbarcode: () => ({ do: 'clearBarcodes' }),
  addprice: (command) => {
    const body = command.body('price');
    return {
      do: 'addPrice',
      barcode: plainText(body.text('barcode') ?? ''),
      priceKopecks: priceOf(body.text('price') ?? ''),
    };
  },
  deleteprice: (command) => ({ do: 'deletePrice', barcode: plainText(command.body('price').text('barcode') ?? '') }),
  clearprice: () => ({ do: 'clearPrices' }),
  addunit: (command) => {
    const body = command.body('unit');
    return {
      do: 'addUnit',
      unit: {
        code: codeOf(body.text('unitcode', 'unitCode', 'code') ?? ''),
        name: nameOf(body.text('name') ?? ''),
        fractional: body.flag('fractional'),
      },
    };
  },
  deleteunit: (command) => ({
    do: 'deleteUnit',
    code: codeOf(command.body('unit').text('unitcode', 'unitCode', 'code') ?? ''),
  }),
  clearunit: () => ({ do: 'clearUnits' }),
  addtmcscale: (command) => {
    const body = command.body('tmcscale');
    return { do: 'addPlu', plu: pluOf(body), code: codeOf(body.text('tmccode', 'inventcode') ?? '') };
  },
  deletetmcscale: (command) => ({ do: 'deletePlu', plu: pluOf(command.body('tmcscale')) }),
  cleartmcscale: () => ({ do: 'clearPlu' }),
  addmcashuser: (command) => {
    const body = command.body('mcashuser');
    const password = body.text('password');
    const name = nameOf(body.text('name') ?? '');
    return {
      do: 'addUser',
      user: {
        code: codeOf(body.text('code') ?? ''),
        login: plainText(body.text('login') ?? name),
        name,
        rank: plainText(body.text('rank') ?? ''),
        ...(password === undefined ? {} : { password }),
        locked: body.flag('locked'),
        roles: rolesOf(body.list('roleusers') ?? []),
      },
    };
  },
  deletemcashuser: (command) => ({ do: 'deleteUser', code: codeOf(command.body('mcashuser').text('code') ?? '') }),
  clearmcashuser: () => ({ do: 'clearUsers' }),
  ...CARD_COMMANDS,
  addvalut: (command) => {
    const body = command.body('valut');
    const name = nameOf(body.text('name') ?? '');
    const provider = body.text('provider') ?? '';
    if (provider.trim() === '') throw refusal('Не указана система оплаты (provider)');
    return {
      do: 'addCurrency',
      currency: {
        code: numberOf(body.text('code', 'valutcode') ?? '', 'Код валюты'),
        shortName: plainText(body.text('shortname', 'shortName', 'short_name') ?? name.slice(0, 4)),
        name,
        provider: codeOf(provider),
        changeAllowed: body.flag('changeallowed', 'changeAllowed', 'change_allowed'),
      },
    };
  },
  deletevalut: (command) => ({
    do: 'deleteCurrency',
    code: numberOf(command.body('valut').text('code', 'valutcode') ?? '', 'Код валюты'),
  }),
  clearvalut: () => ({ do: 'clearCurrencies' }),
};

function commandOf(object: Fields): Change {
  const name = object.text('command');
  if (name === undefined || name.trim() === '') throw refusal('Не указана команда (command)');
  const key = name.trim().toLowerCase();
  const reader = Object.hasOwn(COMMANDS, key) ? COMMANDS[key] : undefined;
  return reader === undefined ? { do: 'skip', command: name.trim() } : reader(object);
}

function goodsOf(invent: Fields): GoodsDraft {
  const code = codeOf(invent.text('inventcode', 'code') ?? '');
  const options = invent.object('options');
  const quantity = options.object('quantityoptions');
  const price = options.object('priceoptions');
  const item = options.object('inventitemoptions');
  const priceEntry: Goods['priceEntry'] = price.flag('requirepricemanual')
    ? 'required'
    : price.flag('enablepricemanual')
      ? 'allowed'
      : 'forbidden';
  const unit = invent.text('measurecode', 'unitcode', 'unitCode');
  const priceText = invent.text('price');
  const barcodes = goodsBarcodesOf(invent);
  return {
    code,
    name: nameOf(invent.text('name') ?? invent.text('rtext') ?? ''),
    // Goods whose price is typed at every sale need none.
    priceKopecks: priceText === undefined && priceEntry === 'required' ? 0 : priceOf(priceText ?? ''),
    ...(barcodes === undefined ? {} : { barcodes }),
    ...(unit === undefined || unit === '' ? {} : { unit }),
    // Both are lower bounds (domain.md 2.5): the higher one holds.
    minPriceKopecks: Math.max(
      ...['minprice', 'minretailprice'].map((name) => priceOf(invent.text(name) || '0', 'Минимальная цена')),
    ),
    priceEntry,
    quantityRequired: quantity.flag('requirequantitymanual'),
    saleForbidden: item.flag('disableinventsale'),
    quantityLimitThousandths: limitOf(quantity, 'enablequantitylimit', 'quantitylimit'),
    documentQuantityLimitThousandths: limitOf(quantity, 'enabledocumentquantitylimit', 'documentquantlimit'),
  };
}

function limitOf(options: Fields, switchName: string, valueName: string): number | null {
  return options.flag(switchName) ? quantityOf(options.text(valueName) ?? '0') || null : null;
}

function goodsBarcodesOf(invent: Fields): GoodsDraft['barcodes'] {
  const main = invent.text('barcode');
  const others = invent.list('barcodes');
  if (main === undefined && others === undefined) return undefined;
  const list: BarcodeDraft[] = [];
  if (main !== undefined && main.trim() !== '') {
    list.push({ barcode: barcodeOf(main), name: null, priceKopecks: null, quantityThousandths: null });
  }
  for (const other of others ?? []) {
    const draft = barcodeDraftOf(other);
    const same = list.findIndex(({ barcode }) => barcode === draft.barcode);
    if (same < 0) list.push(draft);
    else list[same] = draft;
  }
  return { replace: others === undefined ? 'main' : 'all', list };
}

function barcodeDraftOf(body: Fields): BarcodeDraft {
  const name = body.text('name');
  const price = body.text('price');
  const quantity = body.text('quantdefault');
  return {
    barcode: barcodeOf(body.text('barcode') ?? ''),
    name: name === undefined || name.trim() === '' ? null : nameOf(name),
    priceKopecks: price === undefined || price.trim() === '' ? null : priceOf(price),
    quantityThousandths: quantity === undefined || quantity.trim() === '' ? null : quantityOf(quantity),
  };
}

function pluOf(body: Fields): string {
  const plu = (body.text('plu') ?? '').trim();
  if (!/^\d{1,18}$/.test(plu)) throw refusal('Код PLU должен быть числом');
  return plu.replace(/^0+(?=\d)/, '');
}

const ROLES: Record<string, Role> = {
  '1': 'cashier',
  cashier: 'cashier',
  кассир: 'cashier',
  '2': 'senior',
  senior: 'senior',
  'старший кассир': 'senior',
  '3': 'administrator',
  administrator: 'administrator',
  администратор: 'administrator',
};

/** Role codes of the modelled program are not published; these are ours. A role that is granted must be one of them. */
function rolesOf(roleUsers: Fields[]): Role[] {
  const roles = new Set<Role>(['cashier']);
  for (const roleUser of roleUsers) {
    const code = (roleUser.text('rolecode') ?? '').trim().toLowerCase();
    const role = Object.hasOwn(ROLES, code) ? ROLES[code] : undefined;
    if (roleUser.text('rule') === '0') continue;
    if (role === undefined) {
      throw refusal(`Неизвестная роль "${safeText(code, 40)}", допустимы: cashier, senior, administrator`);
    }
    roles.add(role);
  }
  return [...roles];
}
