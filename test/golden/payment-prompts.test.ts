/** What payment systems ask of the cashier (PayMaster, Ассист), character by character; `scr/*.txt` are the paper's fences. */
import { describe, expect, it } from 'vitest';
import { render } from '../../src/app/render.ts';
import { messageRef, resultRef } from '../../src/dialogs/index.ts';
import type { Prompt, PromptPage } from '../../src/payments/prompt.ts';
import type { Model } from '../../src/ui/model.ts';
import {
  attemptOf,
  bifiluxByWeight,
  type Changes,
  documentOf,
  goodsOf,
  juice,
  milkByWeight,
  modelOf,
  moment,
  ref,
} from './fixture.ts';
import { drawn, Grid, golden } from './grid.ts';

const SBP = 'Оплата по QR-коду/NFC СБП';
const SBP_LINK = 'https://qr.nspk.ru/AD10000000000000000000000000TEST?type=02&bank=100000000000';
const USE_LINK = 'Для оплаты используйте NFC или отсканируйте QR-код';

/** The big receipt, sold by the piece. */
const receipt: Changes = {
  register: {
    document: documentOf(
      11,
      [milkByWeight, bifiluxByWeight, juice].map(({ name, priceKopecks }) => goodsOf(name, priceKopecks)),
      { stage: 'subtotal' },
    ),
  },
};

/** The prompt of a payment of `kopecks`, over `changes`. */
function asked(prompt: Prompt, kopecks: number, changes: Changes = receipt, currencyName = SBP): Model {
  const model = modelOf(changes);
  const attempt = attemptOf({
    provider: 'paymaster',
    currencyName,
    documentTitle: 'ПРОДАЖА № 11',
    amountKopecks: kopecks,
    prompt,
    promptIssuedAtMs: model.now,
  });
  return { ...model, attempts: [attempt] };
}

const on = (prompt: Prompt) => asked(prompt, 12190);

const onScreen = {
  show: 'showQr',
  number: 'PM-02',
  caption: USE_LINK,
  payload: `${SBP_LINK}&sum=12190&cur=RUB&crc=121E`,
  state: '',
  deadlineMs: 287_000,
  hint: 'Покупатель оплачивает по QR-коду или NFC-метке',
} as const satisfies Prompt;

const onPaper: Prompt = {
  ...onScreen,
  where: 'paper',
  number: 'PM-01',
  text: 'Пожалуйста, подождите',
  hint: 'QR-код напечатан на чеке',
};

/** ЗАКАЗ of SCR-40, 41, 44, 48. */
function orderPage(orderNumber: string, sum: string): PromptPage {
  return {
    title: 'ЗАКАЗ',
    showsSum: true,
    heading: 'ДАННЫЕ ЗАКАЗА',
    rows: [
      { label: 'Номер заказа:', value: orderNumber },
      { label: 'К оплате*:', value: `${sum} руб.` },
      { label: 'Email для отправки чека:', value: 'mail@assist.ru' },
      { label: 'Комментарий к заказу:', value: '' },
    ],
  };
}

const at = (now: string): Changes => ({ model: { now: moment(now) } });
const order = (prompt: Prompt, kopecks: number, now: string) => asked(prompt, kopecks, at(now), 'Ассист');

const methods: Extract<Prompt, { show: 'form' }> = {
  show: 'form',
  number: 'AS-01',
  page: orderPage('20230914_120719_302', '1.00'),
  field: {
    label: 'Email для отправки чека:',
    key: 'Email',
    value: 'mail@assist.ru',
    accepts: 'email',
    refusal: 'AS-42',
  },
  choice: { heading: 'СПОСОБ ОПЛАТЫ', options: ['Наличные', 'Картридер', 'СБП', 'SoftPOS'], selected: 2 },
  hint: 'Выберите способ оплаты и нажмите "Ввод"',
};

const change: Prompt = {
  show: 'amount',
  number: 'AS-02',
  title: 'ПОДСЧЕТ СДАЧИ',
  dueKopecks: 808,
  hint: 'Введите полученную сумму',
  page: orderPage('20200914_155814_864', '8.08'),
};

const sbpQr: Extract<Prompt, { show: 'showQr' }> = {
  show: 'showQr',
  number: 'AS-05',
  caption: 'СБП QR-код:',
  payload: `${SBP_LINK}&sum=100&cur=RUB&crc=9E86`,
  state: '',
  deadlineMs: null,
  hint: 'Подождите...',
  page: {
    title: 'РЕЗУЛЬТАТ',
    showsSum: false,
    heading: 'Информация о заказе',
    rows: [
      { label: 'Статус заказа:', value: 'В процессе' },
      { label: 'Сумма заказа:', value: '1.00 руб.' },
      { label: 'Способ оплаты:', value: 'СБП' },
      { label: 'Дата заказа:', value: '14.09.2023 12:18:54' },
      { label: 'Номер заказа:', value: '20230914_121849_446' },
      { label: 'Номер транзакции:', value: '5635459261101638' },
    ],
  },
  other: 'Другой способ оплаты',
  hide: 'Скрыть QR-код',
};

const CARD = 'Пожалуйста, вставьте/прокатайте/приложите карту.';
const CHIP = 'Вставлена чиповая карта.';
const PLEASE_WAIT = 'Пожалуйста, подождите...';

function cardPage(lines: string[], display?: string[]): PromptPage {
  return {
    title: 'ПРОВЕДЕНИЕ ПЛАТЕЖА',
    showsSum: true,
    heading: 'Детальная информация',
    rows: [],
    lines,
    ...(display === undefined ? {} : { display }),
    below: [
      { label: 'Номер заказа:', value: '20211126_173336_036' },
      { label: 'К оплате:', value: '255.00 руб.' },
    ],
  };
}

function reader(number: string, lines: string[], display: string[], spins = false): Prompt {
  const page = cardPage(lines, display);
  const hint = 'Следите за сообщениями на экране картридера';
  return { show: 'readerStatus', number, page, cancellable: lines.length === 1, spins, deadlineMs: 180_000, hint };
}

const searching: PromptPage = orderPage('20211125_175443_897', '25.00');
const lastOrder: PromptPage = orderPage('20211126_173336_036', '255.00');
const waits = (number: string, title: string, text: string, more: object = {}): Prompt => {
  const fixed = { show: 'wait', deadlineMs: 60_000, cancellable: true, spins: true } as const;
  return { ...fixed, number, title, text, page: searching, ...more };
};
const warns = (number: string, text: string, more: object = {}): Prompt => {
  const fixed = { show: 'confirm', title: 'Предупреждение', kind: 'warning', yes: 'OK', no: null } as const;
  return { ...fixed, number, text, page: lastOrder, ...more };
};
const onCard = (prompt: Prompt, now = '26.11.21 17:33') => order(prompt, 25500, now);

function resultModel(now: string, number: string, rows: [string, string][], repeats = false): Model {
  const heading = 'Информация о заказе';
  const shown = rows.map(([label, value]) => ({ label, value }));
  const ref = resultRef(number, { title: 'РЕЗУЛЬТАТ', heading, rows: shown, repeats }, 'a1', true);
  return modelOf({ ...receipt, ...at(now), ui: { stack: [ref] } });
}

const cashRows = (date: string, orderNumber: string, bill: string, information: string): [string, string][] => [
  ['Статус заказа:', 'Оплачен'],
  ['Сумма заказа:', '8.08 руб.'],
  ['Предоплата:', '-'],
  ['Способ оплаты:', 'НАЛИЧНЫЕ'],
  ['Дата заказа:', date],
  ['Номер заказа:', orderNumber],
  ['Номер транзакции:', bill],
  ['Информация:', information],
];

const choosing: Prompt = {
  show: 'choose',
  number: 'AS-28',
  title: 'Выберите платёжную систему',
  text: 'Карта поддерживает несколько платёжных систем. Уточните у покупателя и выберите подходящий вариант для проведения оплаты:',
  options: ['MIR', 'Maestro'],
  page: cardPage([CARD, CHIP, PLEASE_WAIT]),
};

const signature: Prompt = {
  show: 'confirm',
  number: 'AS-16',
  title: 'ПОДПИСЬ ПОКУПАТЕЛЯ',
  text: 'Введите подпись\nПокупатель подписывает слип\nСверьте подпись с картой',
  yes: 'Подпись получена',
  no: 'Отменить',
  hint: 'Отмена подписи отменяет оплату заказа',
  page: cardPage([CARD, CHIP, PLEASE_WAIT], ['SIGNATURE']),
};

const noLink: Prompt = {
  show: 'retryOrCancel',
  number: 'PM-03',
  title: 'Ошибка',
  text: 'Оплата не завершена, нет связи с процессингом',
  cancelLabel: 'Отменить',
};

const screens: Record<string, Model> = {
  'SCR-36': on(onPaper),
  'SCR-37': on(onScreen),
  'SCR-39': { ...on(noLink), linkLost: ['PayMaster'] },
  'SCR-40': order(methods, 100, '14.09.23 12:07'),
  'SCR-41': order(change, 808, '14.09.20 15:58'),
  'SCR-42': order(sbpQr, 100, '14.09.23 12:19'),
  'SCR-43': resultModel(
    '14.09.20 15:58',
    'AS-04',
    cashRows('14.09.2020 15:58:23', '20200914_155814_864', '5635459247716286', ''),
  ),
  'SCR-44': order(
    waits('AS-08', 'Картридер', 'Поиск картридеров поблизости...', {
      hint: 'Включите картридер и поднесите его к кассе',
    }),
    2500,
    '25.11.21 17:55',
  ),
  'SCR-45': onCard(reader('AS-14', [CARD], ['Present card.'])),
  'SCR-46': onCard(choosing, '26.11.21 16:26'),
  'SCR-47': onCard(signature),
  'SCR-48': onCard(
    warns('AS-24', 'Заказ уже оплачен. Повторная оплата не требуется.', { hint: 'Заказ № 20211126_173336_036' }),
  ),
};

const bands: Record<string, Model> = {
  'SCR-38.PM-02.rows-9-15': on({
    show: 'wait',
    number: 'PM-02',
    title: SBP,
    text: USE_LINK,
    deadlineMs: 287_000,
    cancellable: true,
  }),
  'SCR-39.PM-06.rows-10-15': modelOf({ ...receipt, ui: { stack: [messageRef('PM-06')] } }),
  'SCR-42.AS-03.rows-14-20': onCard(waits('AS-03', 'СБП', 'Подождите...')),
  'SCR-44.AS-07.rows-14-20': onCard(
    waits('AS-07', 'Картридер', 'Соединение с последним подключённым картридером MPOS0000000001...', {
      page: lastOrder,
    }),
  ),
  'SCR-44.AS-09.rows-15-20': onCard({
    show: 'confirm',
    number: 'AS-09',
    title: 'Картридер',
    text: 'Найден картридер PP0918900518. Хотите подключиться?',
    yes: 'Подключиться',
    no: 'Отмена',
    second: 'Повторить поиск',
    page: searching,
  }),
  'SCR-44.AS-10.rows-14-20': onCard(
    waits('AS-10', 'Картридер', 'Подключение картридера PP0918900518...', { second: 'Выбрать другой' }),
  ),
  'SCR-44.AS-11.rows-15-20': onCard(
    warns('AS-11', 'Картридеры поблизости не найдены.', { yes: 'Повторить поиск', no: 'Отмена' }),
  ),
  'SCR-44.AS-15.rows-15-20': onCard(warns('AS-15', 'Низкий заряд батареи картридера. Зарядите картридер')),
  'SCR-45.AS-17.rows-8-19': onCard(reader('AS-17', [CARD, CHIP, PLEASE_WAIT], ['Processing.', 'Please wait.'], true)),
  'SCR-45.AS-18.rows-8-19': onCard(
    reader(
      'AS-18',
      [CARD, CHIP, PLEASE_WAIT, 'Операция одобрена. Предложите покупателю забрать карту'],
      ['TRANSACTION APPROVED', 'PLEASE REMOVE CARD'],
    ),
  ),
  'SCR-45.AS-19.rows-8-19': onCard(
    reader('AS-19', [CARD, CHIP, 'Введите PIN-код на картридере'], ['ENTER PIN:', '****']),
  ),
  'SCR-45.AS-20.rows-8-19': onCard(
    reader('AS-20', [CARD, CHIP, 'PIN-код введен неправильно'], ['WRONG PIN!', 'ENTER PIN:']),
  ),
  'SCR-46.AS-29.rows-8-19': onCard(
    reader('AS-29', [CARD, CHIP, 'Выберите платёжную систему на картридере'], ['Select application:', 'MIR / Maestro']),
  ),
  'SCR-48.AS-23.rows-15-20': onCard(
    warns('AS-23', 'Нет соединения с сервером. Статус заказа будет запрошен повторно.'),
  ),
  'SCR-48.AS-25.rows-15-20': onCard(warns('AS-25', 'Оплата заказа ещё обрабатывается. Дождитесь результата.')),
};

describe('mock-ups at 80x25', () => {
  it.each(Object.keys(screens))('%s is drawn as its mock-up', (name) => {
    expect(drawn(screens[name] ?? modelOf())).toEqual(golden(name));
  });

  it.each(Object.keys(bands))('%s is drawn as its mock-up', (name) => {
    const [from = 0, to = 0] = (/rows-(\d+)-(\d+)/.exec(name) ?? []).slice(1).map(Number);
    expect(drawn(bands[name] ?? modelOf()).slice(from - 1, to)).toEqual(golden(name));
  });

  it('SCR-50: a long value goes on under itself', () => {
    const text = 'Нет связи. Данные будут переданы в Ассист после подключения';
    const rows = cashRows('17.02.2022 17:09:19', '20220217_170919_618', '-', text);
    const told = attemptOf({
      provider: 'assist',
      operation: 'follow',
      foreground: false,
      state: 'pending',
      follows: 'made',
    });
    const model = { ...resultModel('17.02.22 17:09', 'AS-35', rows), attempts: [told] };
    expect(drawn(model)).toEqual(golden('SCR-50'));
  });
});

/** Row `row` of the picture, without its trailing blanks. */
const line = (model: Model, row: number): string => (drawn(model)[row - 1] ?? '').trimEnd();
const text = (model: Model): string => drawn(model).join('\n');
const sized = (model: Model, columns: number, rows: number): Model => ({ ...model, columns, rows });
const later = (model: Model, ms: number): Model => ({ ...model, now: model.now + ms });
const typedIn = (model: Model, input: string): Model => ({ ...model, ui: { ...model.ui, input } });

function styleIn(model: Model, words: string): string {
  const grid = new Grid(model.columns, model.rows);
  render(grid, model);
  return grid.styleOf(words);
}

describe('the spinner', () => {
  const waitingPage = { ...methods.page, rows: [{ label: 'Статус:', value: 'В процессе' }] };

  it('turns with the seconds, in a box, on a page and on the panel', () => {
    const turning = [
      [on(onPaper), 'Пожалуйста, подождите  '],
      [onCard(reader('AS-17', [CARD, PLEASE_WAIT], [], true)), '> Пожалуйста, подождите...  '],
      [
        order({ ...methods, page: waitingPage, choice: null, spins: true }, 100, '14.09.23 12:07'),
        'Статус:'.padEnd(30).concat('В процессе  '),
      ],
      [order(sbpQr, 100, '14.09.23 12:19'), 'В процессе  '],
    ] as const;
    for (const [model, words] of turning) {
      const shown = [0, 1000, 2000, 3000, 4000].map((ms) => text(later(model, ms)).split(words)[1]?.charAt(0));
      expect(shown, words).toEqual(['|', '/', '-', '\\', '|']);
    }
  });

  it('stands still where nothing turns', () => {
    expect(text(onCard(reader('AS-19', [CARD, 'Введите PIN-код на картридере'], [])))).not.toContain('  |  ');
    expect(text(on({ ...onScreen, show: 'wait', title: SBP, text: USE_LINK, cancellable: true }))).not.toContain('  |');
  });
});

describe('QR', () => {
  it('counts nothing down when nobody knows the end', () => {
    for (const prompt of [onScreen, onPaper]) {
      expect(text(on(prompt))).toContain('Осталось: 287 с');
      expect(text(on({ ...prompt, deadlineMs: null }))).not.toContain('Осталось');
    }
  });

  it('does not tell the payment type twice', () => {
    expect(drawn(on({ ...onScreen, state: SBP }))).toEqual(golden('SCR-37'));
    expect(line(on({ ...onScreen, state: 'QR-код отсканирован' }), 17)).toContain('QR-код отсканирован');
  });

  it('keeps the keys at the side where the panel leaves no row for them', () => {
    const shown = text(sized(order(sbpQr, 100, '14.09.23 12:19'), 80, 24));
    for (const words of ['В процессе', '5635459261101638', 'F7 Другой способ', 'Enter Скрыть', 'Esc Отмена', 'AS-05']) {
      expect(shown).toContain(words);
    }
  });

  it('that cannot be drawn leaves the order behind the link', () => {
    const model = order(sbpQr, 100, '14.09.23 12:19');
    const shown = drawn({ ...model, settings: { ...model.settings, qrBlocks: 'none' } });
    expect(shown[3]).toMatch(/^ РЕЗУЛЬТАТ/);
    expect(shown.join('\n')).toContain('https://qr.nspk.ru/');
    expect(shown[24]?.trimEnd()).toBe(' F7 Другой способ оплаты  Enter QR-код/статус  Esc Отмена');
  });
});

describe('the footer', () => {
  it.each([
    ['a wait with a second way', bands['SCR-44.AS-10.rows-14-20'], ' F2 Выбрать другой  Esc Отмена'],
    ['a wait without a way out', on({ ...onScreen, show: 'wait', title: SBP, text: 'Ждите', cancellable: false }), ''],
    [
      'a question with a second way',
      bands['SCR-44.AS-09.rows-15-20'],
      ' Enter Подключиться  F2 Повторить поиск  Esc Отмена',
    ],
    ['a question with words of its own', bands['SCR-44.AS-11.rows-15-20'], ' Enter Повторить поиск  Esc Отмена'],
    [
      'a plain question',
      on({ show: 'confirm', number: 'PM-10', title: 'Выберите действие', text: 'Да?' }),
      ' Enter Да  Esc Нет',
    ],
    ['a reader that decides', onCard(reader('AS-17', [CARD, PLEASE_WAIT], [])), ''],
    [
      'an order without a choice',
      order({ ...methods, choice: null, field: null, other: 'Другой' }, 100, '14.09.23 12:07'),
      ' F7 Другой  Enter Ввод  Esc Отмена',
    ],
    [
      'a refused result',
      resultModel('14.09.20 15:58', 'AS-21', [['Статус заказа:', 'Отклонён']], true),
      ' Enter Ввод  F8 Повторить  Esc Отмена',
    ],
  ])('of %s names its keys', (_, model, keys) => {
    expect(line(model ?? modelOf(), 25)).toBe(keys);
  });

  it('and the buttons name the keys of this shop', () => {
    const model = bands['SCR-44.AS-10.rows-14-20'] ?? modelOf();
    const own = { ...model, keyMap: [{ key: 'shift+f2', command: 'search' as const }, ...model.keyMap] };
    expect(text(own)).toContain('Выбрать другой (Shift+F2)');
    expect(line(own, 25)).toBe(' Shift+F2 Выбрать другой  Esc Отмена');
  });

  it('tells how a refused payment is repeated', () => {
    const model = resultModel('14.09.20 15:58', 'AS-21', [['Статус заказа:', 'Отклонён']], true);
    expect(line(model, 24)).toBe(' Повторить оплату: F8');
  });
});

describe('the order', () => {
  const model = order(methods, 100, '14.09.23 12:07');
  const edited = (value: string, isUntouched: boolean): Model => ({
    ...model,
    ui: { ...model.ui, stack: [ref('order-field', { attemptId: 'a1', isUntouched }, value)] },
  });

  it('marks the typed number, in inverse', () => {
    expect(line(typedIn(model, '1'), 15)).toBe(' > 1  Наличные');
    expect(styleIn(typedIn(model, '1'), ' > 1  Наличные')).toBe('selected');
  });

  it('makes room for the positions, at 80x24 as well', () => {
    const more = ['Позиции заказа:', 'Всего:', 'Предоплачено ранее:'].map((label) => ({ label, value: '1.00 руб.' }));
    const page = { ...methods.page, rows: [...more, ...methods.page.rows] };
    for (const rows of [24, 25]) {
      const shown = text(sized(order({ ...methods, page }, 100, '14.09.23 12:07'), 80, rows));
      for (const words of ['Предоплачено ранее:', 'СПОСОБ ОПЛАТЫ', '4  SoftPOS', 'AS-01 ──'])
        expect(shown).toContain(words);
    }
  });

  it('is edited in its own row, the methods staying in sight', () => {
    const shown = drawn(edited('shop@example.by', false));
    expect(shown[9]).toMatch(/^ {3}Email для отправки чека: {6}\[shop@example\.by_+\] $/);
    expect(shown.join('\n')).toContain('> 3  СБП');
    expect(shown[24]?.trimEnd()).toBe(' Enter Ввод  Esc Отмена');
    expect(styleIn(edited('mail@assist.ru', true), '[mail@')).toBe('selected');
  });

  it('stands above a warning about its field', () => {
    const wrong = edited('shop', false);
    const shown = drawn({ ...wrong, ui: { ...wrong.ui, stack: [...wrong.ui.stack, messageRef('AS-42')] } });
    expect(shown[9]).toContain('[shop___');
    expect(shown[19]).toContain('AS-42 ─┘');
  });
});

describe('the change', () => {
  const model = order(change, 808, '14.09.20 15:58');

  it.each([
    ['10', '[10___________]', '1.92', 'OK'],
    ['8.07', '[8.07_________]', '0.00', 'мало'],
    ['1..', '[1..__________]', '0.00', 'мало'],
    ['100000', '[100000_______]', '99991.92', 'OK'],
  ])('of %s is counted at once', (input, field, kopecks, mark) => {
    expect(line(typedIn(model, input), 15)).toContain(field);
    const words = line(typedIn(model, input), 17)
      .trim()
      .split(/[\s│]+/)
      .filter((word) => word !== '');
    expect(words).toEqual(['Сдача:', kopecks, mark]);
  });
});

describe('the list', () => {
  it('keeps the chosen one in view when it is long', () => {
    const options = Array.from({ length: 30 }, (_, index) => `Система ${index + 1}`);
    const shown = text(typedIn(onCard({ ...choosing, options }), '25'));
    expect(shown).toContain('> 25  Система 25');
    expect(shown).toContain('AS-28 ─┘');
    expect(shown).toContain('OK (Enter)');
  });
});

describe('other sizes', () => {
  const paged = ['SCR-41', 'SCR-44', 'SCR-45', 'SCR-46', 'SCR-47'];

  it.each(paged)('%s at 80x24 moves its foot up by one', (name) => {
    const model = screens[name] ?? modelOf();
    const shown = drawn(sized(model, 80, 24));
    expect(shown.slice(14)).toEqual(golden(name).slice(15));
    expect(shown.slice(0, 9)).toEqual(golden(name).slice(0, 9));
  });

  it.each(Object.keys(screens))('%s at 132x43 keeps its words', (name) => {
    const shown = text(sized(screens[name] ?? modelOf(), 132, 43));
    const words = golden(name)
      .join(' ')
      .match(/[А-Яа-яЁё]{3,}|(?:AS|PM)-\d\d/g);
    for (const word of words ?? []) expect(shown).toContain(word);
  });

  it('leave no scraps of a page at the sides of a box', () => {
    const page = { ...methods.page, rows: Array.from({ length: 12 }, () => ({ label: 'Позиция:', value: '1.00' })) };
    const shown = drawn(order({ ...change, page }, 808, '14.09.20 15:58'));
    for (const row of shown.slice(12, 20)) expect(row).toMatch(/^ {14}[┌│└].*[┐│┘] {14}$/);
  });

  it('drops the oldest lines of a reader that says a lot', () => {
    const lines = Array.from({ length: 12 }, (_, index) => `Строка ${index + 1}.`);
    const shown = drawn(onCard(reader('AS-17', lines, ['Processing.'])));
    expect(shown[12]).toContain('> Строка 12.');
    expect(shown[14]).toMatch(/^ Экран картридера/);
    expect(shown.join('\n')).not.toContain('Строка 6.');
  });
});
