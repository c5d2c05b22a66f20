/** The notifications, and what the other screens say of several payment systems; `scr/*.txt` are the paper's fences. */
import { describe, expect, it } from 'vitest';
import { render } from '../../src/app/render.ts';
import { messageOf, textOf } from '../../src/dialogs/messages/index.ts';
import type { Attempt } from '../../src/payments/attempt.ts';
import type { Model, NoticeRow } from '../../src/ui/model.ts';
import { administrator, attemptOf, modelOf, moment, oplati, ref, rouble, systemRow } from './fixture.ts';
import { drawn, Grid, golden } from './grid.ts';

function notice(noticeId: number, at: string, number: string, params: Record<string, string>): NoticeRow {
  const message = messageOf(number);
  return { noticeId, at: moment(at), title: message.title, text: textOf(message, params), isNew: false };
}

const sent = { номер: '20220217_170919_618' };
const received = [
  notice(1, '17.02.22 17:09', 'AS-34', sent),
  notice(2, '17.02.22 17:09', 'AS-26', sent),
  notice(3, '18.02.22 13:41', 'AS-27', { номер: '20220218_134123_420', статус: 'Approved' }),
];
const many = Array.from({ length: 9 }, (_, index) => notice(index + 1, `18.02.22 13:0${index}`, 'AS-34', sent));

function page(notices: NoticeRow[], noticeId: number | null, more: Partial<Model> = {}): Model {
  const now = moment('18.02.22 13:44');
  return modelOf({ ui: { stack: [ref('notices', { noticeId })] }, model: { notices, now, ...more } });
}

/** Minutes of the notifications that are seen, top first. */
function timesSeen(model: Model): string[] {
  return drawn(model).flatMap((row) => /^[ >]18\.02\.22 13:0(\d)/.exec(row)?.slice(1) ?? []);
}

const followOf = (attemptId: string, follows: 'made' | 'unmade') =>
  attemptOf({ attemptId, provider: 'assist', operation: 'follow', follows, state: 'intent', foreground: false });

describe('the notifications', () => {
  it('look like SCR-49', () => {
    expect(drawn(page(received, 3))).toEqual(golden('SCR-49'));
  });

  it('show the selected one among as many as there is room for', () => {
    expect(timesSeen(page(many, 9))).toEqual(['8', '7', '6', '5']);
    expect(timesSeen(page(many, 1))).toEqual(['3', '2', '1', '0']);
    expect(drawn(page(many, 1))[17]).toMatch(/^>18\.02\.22 13:00/);
    expect(timesSeen(page(many, 9, { rows: 24 }))).toEqual(['8', '7', '6', '5']);
    expect(timesSeen(page(many, 9, { rows: 43, columns: 132 }))).toHaveLength(9);
  });

  it('stand on the newest one when the selected one is gone', () => {
    for (const noticeId of [77, null]) expect(drawn(page(received, noticeId))).toEqual(golden('SCR-49'));
  });

  it('tell by their weight which have come since the list was opened', () => {
    const fresh = [...received, { ...notice(4, '18.02.22 13:43', 'AS-34', sent), isNew: true }];
    const model = page(fresh, 3);
    const grid = new Grid(model.columns, model.rows);
    render(grid, model);
    expect(grid.styleOf('18.02.22 13:43')).toBe('bold');
    expect(grid.styleOf('>18.02.22 13:41')).toBe('selected');
    expect(grid.styleOf('17.02.22 17:09')).toBe('normal');
    expect(drawn(model)[23]).not.toContain('Уведомлений');
  });

  it('use the whole width for a text of more than two lines, and stay inside their rows', () => {
    const text = `Оплата по заказу № 5 отменена. ${'Причина отказа сервера длинная. '.repeat(3)}Конец`;
    const long = page([{ ...notice(1, '18.02.22 13:00', 'AS-34', sent), text }], 1);
    const [first = '', second = '', third = ''] = drawn(long).slice(6, 9);
    expect(`${first.trim()} ${second.trim()}`).toBe(text);
    expect(third.trim()).toBe('');
    const endless = drawn(page([{ ...notice(1, '18.02.22 13:00', 'AS-34', sent), text: 'слово'.repeat(90) }], 1));
    expect(endless[6]).toHaveLength(80);
    expect(endless[8]?.trim()).toBe('');
  });

  it('say that there are none', () => {
    const shown = drawn(page([], null));
    expect(shown[5]).toBe(' Уведомлений нет'.padEnd(80));
    expect(shown[23]).toBe(' Проверены заказы за последние 3 суток'.padEnd(80));
    expect(shown[24]).toBe(' Esc Отмена'.padEnd(80));
  });
});

describe('row 24', () => {
  const attempts = [
    attemptOf({ operation: 'cancel', state: 'unknown', foreground: false, startedAtMs: moment('22.08.23 17:13') }),
    followOf('f1', 'made'),
    followOf('f2', 'made'),
    followOf('f3', 'unmade'),
  ];
  const notices = [
    { ...received[0], isNew: true },
    { ...received[1], isNew: true },
    { ...received[2], isNew: false },
  ] as NoticeRow[];
  const model = modelOf({
    ui: { rejectedScans: 3 },
    model: { attempts, notices, linkLost: ['paymaster', 'assist'], columns: 200 },
  });

  it('tells of every system by its title, most urgent first', () => {
    const words = [
      'Отмен в очереди: 1 (1 мин)',
      'Нет связи: PayMaster',
      'Нет связи: Ассист',
      'В очереди Ассист: 2',
      'Уведомлений: 2',
      'Отклонено сканов: 3',
    ];
    expect(
      drawn(model)[23]
        ?.trimEnd()
        .endsWith(`  ${words.join('  ')}`),
    ).toBe(true);
  });

  it('tells what waits to be sent at 80 columns', () => {
    const waiting = modelOf({ model: { attempts: [followOf('f1', 'made')] } });
    expect(drawn(waiting)[23]).toMatch(/ {2}В очереди Ассист: 1 $/);
  });

  it('is silent when all has been read, sent and heard', () => {
    const quiet = { ...modelOf(), notices: received, attempts: [followOf('f3', 'unmade')] };
    expect(drawn(quiet)[23]).toBe(' Отсканируйте товар'.padEnd(80));
  });
});

describe('the unfinished payments', () => {
  const attempts = [
    followOf('f3', 'unmade'),
    attemptOf({ attemptId: 'p', provider: 'paymaster', currencyName: 'СБП', state: 'unknown', foreground: false }),
    followOf('f1', 'made'),
  ];
  const list = (local: unknown) =>
    drawn({ ...modelOf({ ui: { stack: [ref('unfinished', local)] } }), attempts }).slice(7, 10);

  it('leave out second looks at payments that were not made, and name the systems', () => {
    const [first, second, third] = list({ attemptId: null });
    expect(first).toMatch(/^>.* PayMaster .* неизвестно/);
    expect(second).toMatch(/^ .* Ассист .* ждет отправки/);
    expect(third?.trim()).toBe('');
  });

  it('offer no key for what is not there', () => {
    const page = (listed: Attempt[]) =>
      drawn({ ...modelOf({ ui: { stack: [ref('unfinished', { attemptId: null })] } }), attempts: listed });
    expect(page([])[23]).toBe(' Незавершенных оплат нет'.padEnd(80));
    expect(page([])[24]).toBe(' Esc Отмена'.padEnd(80));
    expect(page(attempts)[24]).toBe(
      ' Enter Запросить  F11 Решить вручную  F2 Показать  F7 Другой способ  Esc Отмена'.padEnd(80),
    );
    // This one has nothing to decide, the next in the list may have.
    expect(page([followOf('f1', 'made')])[24]).toContain('F11 Решить вручную');
  });

  it('are counted in the shift as they are listed', () => {
    const shift = modelOf({ ui: { stack: [ref('shift', { selected: 0, typedAtMs: 0 })] } });
    expect(drawn({ ...shift, attempts })[17]).toContain('Незавершенных оплат: 2 ');
  });
});

describe('the systems of the service menu', () => {
  const systemsText = (more: Partial<Model>) =>
    drawn({
      ...modelOf({
        register: { user: administrator },
        ui: { stack: [ref('service', { selected: 0, typedAtMs: 0 })] },
      }),
      ...more,
    })[20]?.trim();

  it('are those that are set up, on or off', () => {
    const systems = [
      systemRow('oplati', 'О!плати', true),
      systemRow('paymaster', 'PayMaster', true, false),
      systemRow('assist', 'Ассист', true),
    ];
    expect(systemsText({ systems, linkLost: ['assist'] })).toBe(
      'О!плати - готов, PayMaster - отключена, Ассист - нет связи',
    );
    expect(systemsText({ systems: [systemRow('oplati', 'О!плати', true, false)] })).toBe('О!плати - отключена');
  });

  it('stay while a payment of theirs has not ended', () => {
    const cancel = attemptOf({ provider: 'paymaster', operation: 'cancel', state: 'unknown', foreground: false });
    expect(systemsText({ attempts: [cancel] })).toBe('О!плати - готов, PayMaster - отключена (отмен в очереди: 1)');
  });
});

describe('the payment types', () => {
  it('are marked by the name of their system, whatever they are called', () => {
    const currencies = [rouble, oplati, { ...oplati, code: 9, name: 'Карта', provider: 'assist' }];
    const list = modelOf({
      ui: { stack: [ref('currency-select', { amountKopecks: null, selected: 0 })] },
      model: { currencies, linkLost: ['assist'] },
    });
    const shown = drawn(list).join('\n');
    expect(shown).toContain('Карта (недоступно)');
    expect(shown).not.toContain('О!плати (недоступно)');
  });
});
