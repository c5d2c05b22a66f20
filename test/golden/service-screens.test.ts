/** The service pages and the reconciliation, character by character; `scr/*.txt` are the paper's fences. */
import { describe, expect, it } from 'vitest';
import { render } from '../../src/app/render.ts';
import { assistDriver } from '../../src/payments/providers/assist/driver.ts';
import { oplatiDriver } from '../../src/payments/providers/oplati/driver.ts';
import { paymasterDriver } from '../../src/payments/providers/paymaster/driver.ts';
import type { Model, SystemPage } from '../../src/ui/model.ts';
import { administrator, attemptOf, type Changes, modelOf, moment, pageOf, ref, systemRow } from './fixture.ts';
import { drawn, Grid, golden } from './grid.ts';

function withStack(changes: Changes, ...stack: Model['ui']['stack']): Model {
  return modelOf({ ...changes, ui: { ...changes.ui, stack } });
}

const difference = {
  documentTitle: 'ПРОДАЖА № 11',
  amountKopecks: 12190,
  kind: 'onlyHere',
  ourWord: 'проведена',
  theirWord: 'нет данных',
  attemptId: 'p',
} as const;

function compared(title: string, ours: [number, number], theirs: [number, number], differences: unknown[] = []) {
  const [ourCount, ourKopecks] = ours;
  const [theirCount, theirKopecks] = theirs;
  return { title, ourCount, ourKopecks, theirCount, theirKopecks, differences };
}

function system(status: string, rows: unknown[] = [], more: object = {}) {
  return { provider: 'oplati', title: 'О!плати', status, why: '', rows, othersCount: 0, left: [], told: [], ...more };
}

const reconciled = {
  selected: 2,
  systems: [
    system('equal', [
      compared('О!плати: оплаты', [14, 160270], [14, 160270]),
      compared('О!плати: отмены и возвраты', [1, 5100], [1, 5100]),
    ]),
    system('different', [compared('СБП: оплаты', [6, 51750], [5, 39560], [difference])]),
    system('equal', [compared('Ассист: оплаты', [3, 2815], [3, 2815])]),
  ],
};

const engineer: Changes = { register: { user: administrator } };
const servicePage = (
  driver: Parameters<typeof pageOf>[0],
  more: Partial<SystemPage> = {},
  selected = 1,
): Changes & { model: Partial<Model> } => ({
  ...engineer,
  ui: { stack: [ref('service-provider', { system: driver.name, selected })] },
  model: { systemPage: pageOf(driver, more) },
});
const serviceOplati = (more: Partial<SystemPage> = {}, selected = 1) =>
  servicePage(oplatiDriver, { tokenAt: moment('22.08.23 08:00'), ...more }, selected);

const allSystems = [
  systemRow('oplati', 'О!плати', true),
  systemRow('paymaster', 'PayMaster', true),
  systemRow('assist', 'Ассист', true),
];

function overService(number: string): Model {
  const changes = serviceOplati({}, 7);
  const under = ref('service-provider', { system: 'oplati', selected: 7 });
  return withStack(changes, under, ref('message', { number, params: {} }));
}

describe('mock-ups at 80x25', () => {
  it('the reconciliation looks like SCR-30', () => {
    expect(drawn(withStack({}, ref('reconciliation', reconciled)))).toEqual(golden('SCR-30'));
  });

  it('the settings of О!плати look like SCR-35', () => {
    expect(drawn(modelOf(serviceOplati()))).toEqual(golden('SCR-35'));
  });

  it('SCR-35, the answers to `Получить токен`', () => {
    expect(drawn(overService('OPL-31')).slice(14, 20)).toEqual(golden('SCR-35.rows-15-20'));
    expect(drawn(overService('OPL-03')).slice(14, 20)).toEqual(golden('SCR-35.rows-15-20-b'));
  });

  it('SCR-34; the register has no fiscal device and does not claim one', () => {
    const wanted = golden('SCR-34').map((row) => row.replace('ФР - готов   ', 'ФР - эмулятор'));
    expect(wanted).not.toEqual(golden('SCR-34'));
    const model = withStack(
      { register: { user: { ...administrator, name: 'Мастер' } } },
      ref('service', { selected: 0, typedAtMs: 0 }),
    );
    const cancel = attemptOf({ operation: 'cancel', state: 'intent', foreground: false });
    const changes = { systems: allSystems, linkLost: ['oplati'], attempts: [cancel] };
    expect(drawn({ ...model, ...changes })).toEqual(wanted);
  });

  it('the devices: address, profile, state; in 80x24 too', () => {
    const list = [
      { title: 'Сканер', url: 'serial:/dev/serial/by-id/usb-1?baud=9600', state: 'ready' as const },
      { title: 'Сканер 2', url: 'serial:/dev/ttyACM1', state: 'noLink' as const },
      { title: 'Принтер (generic-80, cp866 n=17)', url: 'tcp:192.0.2.7:9100', state: 'paperOut' as const },
      { title: 'Дисплей покупателя', url: 'none', state: 'none' as const },
    ];
    const model = withStack(engineer, ref('service-devices', { selected: 0, typedAtMs: 0 }));
    const shown = drawn({ ...model, devices: { ...model.devices, list } });
    expect(shown.slice(3, 17).map((row) => row.trimEnd())).toEqual([
      ' Оборудование',
      '─'.repeat(80),
      ' >  1  Проверка печати и кодовой страницы',
      '    2  Открыть денежный ящик',
      '',
      '   Сканер: подключен',
      '     serial:/dev/serial/by-id/usb-1?baud=9600',
      '   Сканер 2: нет связи',
      '     serial:/dev/ttyACM1',
      '   Принтер (generic-80, cp866 n=17): нет бумаги',
      '     tcp:192.0.2.7:9100',
      '   Дисплей покупателя: не настроен',
      '',
      '',
    ]);
    const many = Array.from({ length: 7 }, (_, index) => ({
      title: `Сканер ${index}`,
      url: 'tcp:h:1',
      state: 'ready' as const,
    }));
    const low = drawn({ ...model, rows: 24, devices: { ...model.devices, list: many } });
    expect(low[21]).toBe('─'.repeat(80));
  });

  it('SCR-34 says of a printer that cannot tell its state that it is not known', () => {
    const model = withStack(engineer, ref('service', { selected: 0, typedAtMs: 0 }));
    expect(drawn({ ...model, devices: { ...model.devices, printer: 'unknown' } }).join('\n')).toContain(
      'принтер - состояние неизвестно',
    );
  });
});

describe('the settings of О!плати', () => {
  const styleIn = (changes: Changes, text: string) => {
    const model = modelOf(changes);
    const grid = new Grid(model.columns, model.rows);
    render(grid, model);
    return grid.styleOf(text);
  };

  it('dim what hangs on a switch that is off', () => {
    const off = serviceOplati({ isOn: false, values: { oplatiEnabled: '0' } }, 0);
    for (const label of ['Режим работы', 'Статический', 'Номер кассы', 'Получить токен']) {
      expect(styleIn(off, label)).toBe('dim');
      expect(styleIn(serviceOplati({}, 0), label)).toBe('normal');
    }
    expect(styleIn(off, 'Работа с системой')).toBe('normal');
    const bothOff = serviceOplati({ isOn: false, values: { oplatiEnabled: '0', otherCashless: '0' } }, 0);
    expect(styleIn(bothOff, 'Работа с системой')).toBe('dim');
    expect(drawn(modelOf(off))[17]).toContain('Способ оплаты "ОПЛАТИ": отключен');
    const selected = drawn(modelOf(serviceOplati({}, 9)));
    expect(selected[17]).toBe(' > Способ оплаты "ОПЛАТИ": добавлен автоматически, изменение недоступно'.padEnd(80));
  });

  it('tell that there is no token and no number', () => {
    const shown = drawn(modelOf(serviceOplati({ tokenAt: null, values: { regNum: '', mode: '2' } })));
    expect(shown[16]).toBe('   Токен: не получен'.padEnd(80));
    expect(shown[12]).toMatch(/Номер кассы +\[не заполнен\]/);
    expect(shown[8]).toMatch(/Режим работы +\[Динамический QR продавца\]/);
    expect(shown[10]).toMatch(/Динамический QR продавца +\(\*\)/);
    expect(shown[11]).toMatch(/QR-код покупателя +\( \)/);
  });
});

describe('the settings of the other systems', () => {
  const shown = (changes: Changes & { model: Partial<Model> }) =>
    drawn(modelOf(changes))
      .slice(3, 22)
      .map((row) => row.trimEnd());

  it('PayMaster: on, its QR on the screen', () => {
    expect(shown(servicePage(paymasterDriver, {}, 0))).toEqual([
      ' Настройки - PayMaster',
      '─'.repeat(80),
      '',
      ` > Работа с системой PayMaster${'[Да]'.padStart(46)}`,
      `     Вывод QR-кода${'[На экране]'.padStart(58)}`,
      `         На экране${'(*)'.padStart(58)}`,
      `         Печать на чековой ленте${'( )'.padStart(44)}`,
      `         Только сообщение (табличка)${'( )'.padStart(40)}`,
      `     Проверить связь${'[Выполнить]'.padStart(56)}`,
      ...Array.from({ length: 4 }, () => ''),
      '   Настройки: paymaster.conf, все параметры заданы',
      ...Array.from({ length: 5 }, () => ''),
    ]);
  });

  it('Assist: cash without a link may be forbidden', () => {
    const page = shown(servicePage(assistDriver, { values: { cashOffline: '0', currencies: 'four' } }, 1));
    expect(page.slice(3, 9)).toEqual([
      `   Работа с системой Ассист${'[Да]'.padStart(49)}`,
      ` >   Наличные без связи с сервером${'[Нет]'.padStart(42)}`,
      `     Валюты в списке кассы${'[Своя для каждого способа]'.padStart(50)}`,
      `         Одна, способ выбирается в заказе${'( )'.padStart(35)}`,
      `         Своя для каждого способа${'(*)'.padStart(43)}`,
      `     Проверить связь${'[Выполнить]'.padStart(56)}`,
    ]);
  });

  it('tell what is wrong with the file, and dim what hangs on a switch that is off', () => {
    const wrong = servicePage(paymasterDriver, { problem: 'poll', isSetUp: false });
    expect(shown(wrong)[13]).toBe('   Настройки: paymaster.conf, ошибка в параметре poll');
    expect(shown(servicePage(paymasterDriver, { isSetUp: false }))[13]).toBe(
      '   Настройки: paymaster.conf, не хватает параметров',
    );
    const model = modelOf(servicePage(paymasterDriver, { isOn: false }, 0));
    const grid = new Grid(model.columns, model.rows);
    render(grid, model);
    for (const label of ['Вывод QR-кода', 'Печать на', 'Проверить связь']) expect(grid.styleOf(label)).toBe('dim');
  });
});

describe('the reconciliation', () => {
  const page = (local: unknown) => drawn(withStack({}, ref('reconciliation', local)));

  it.each([
    ['asking', 'Сверка выполняется...'],
    ['equal', 'Сверка: расхождений нет'],
    ['noLink', 'Сверка: нет связи'],
    ['unread', 'Сверка не выполнена'],
    ['stopped', 'Сверка остановлена'],
    ['notAsked', 'Выберите систему для сверки'],
  ])('says %s', (status, text) => {
    expect(page({ systems: [system(status)], selected: 0 })[23]).toBe(` ${text}`.padEnd(80));
  });

  it('says that not all systems were compared, and why one has no figures; what is not ours is counted', () => {
    const rows = [compared('О!плати: оплаты', [3, 100], [3, 100])];
    const two = [
      system('equal', rows, { othersCount: 4 }),
      system('notAsked', [], { provider: 'paymaster', title: 'PayMaster' }),
    ];
    const shown = page({ systems: two, selected: 0 });
    expect(shown[8]?.trim()).toBe('PayMaster: не сверялась');
    expect(shown[13]?.trim()).toBe('Не этой кассы или смены: 4');
    expect(shown[23]?.trim()).toBe('Сверка: расхождений нет, сверены не все системы');
    const unread = page({ systems: [system('unread', [], { why: 'сервер ответил ошибкой 500' })], selected: 0 });
    expect(unread[7]?.trim()).toBe('>О!плати: не сверена');
    expect(unread[13]?.trim()).toBe('Причина: сервер ответил ошибкой 500');
  });

  it('lists differences of every kind, and how many do not fit', () => {
    const differences = [
      { ...difference, kind: 'onlyThere', ourWord: '', theirWord: 'проведена', attemptId: null },
      { ...difference, kind: 'differentSum', ourWord: '121.90', theirWord: '12.19' },
      { ...difference, kind: 'differentState', ourWord: 'проведена', theirWord: 'отменена' },
      ...Array.from({ length: 8 }, () => difference),
    ];
    const rows = [compared('О!плати: оплаты', [3, 100], [3, 100], differences)];
    const shown = page({ systems: [system('different', rows)], selected: 0 });
    expect(shown.slice(14, 17).map((row) => row.trim())).toEqual([
      'ПРОДАЖА № 11   121.90   на кассе: нет данных   на сервере: проведена',
      'ПРОДАЖА № 11   121.90   разная сумма: 121.90 / 12.19',
      'ПРОДАЖА № 11   121.90   разное состояние: проведена / отменена',
    ]);
    expect(shown[21]).toBe('   (еще 4)'.padEnd(80));
    expect(shown[22]).toBe('─'.repeat(80));
  });
});
