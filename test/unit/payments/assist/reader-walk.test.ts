import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action, Input } from '../../../../src/payments/driver.ts';
import type { ReaderCommand, ReaderEvent } from '../../../../src/payments/ports.ts';
import type { Prompt, PromptAnswer } from '../../../../src/payments/prompt.ts';
import {
  beginWalk,
  endWaiting,
  stepWalk,
  type WalkResult,
} from '../../../../src/payments/providers/assist/reader-walk.ts';
import { NOTHING_MISSED } from '../any-run.ts';

const PAGE = { title: 'ЗАКАЗ', showsSum: true, heading: 'ДАННЫЕ ЗАКАЗА', rows: [] };
const LIMITS = { linkMs: 60_000, deviceMs: 180_000, cashierMs: 300_000, slipMs: 20_000 };
const ORDER = { orderNumber: '20211126_173336_036', amountKopecks: 25500, email: '', page: PAGE, limits: LIMITS };
const NAME = 'PP0918900518';
const CARD_ASKED = 'Пожалуйста, вставьте/прокатайте/приложите карту.';
const CHIP_IN = 'Вставлена чиповая карта.';
const PLEASE_WAIT = 'Пожалуйста, подождите...';

/** Plays the machine around the walk; the state goes through JSON between all steps, as in the journal. */
class Walk {
  result: WalkResult = beginWalk(ORDER);
  readonly actions: Action[] = [...this.result.actions];

  step(input: Input): this {
    this.result = stepWalk(JSON.parse(JSON.stringify(this.result.walk)), input);
    this.actions.push(...this.result.actions);
    return this;
  }

  hear(...events: ReaderEvent[]): this {
    for (const event of events) this.step({ device: 'reader', event });
    return this;
  }

  /** Nothing came for as long as it is waited. */
  silence(): this {
    this.result = endWaiting(JSON.parse(JSON.stringify(this.result.walk)));
    this.actions.push(...this.result.actions);
    return this;
  }

  answer(answer: PromptAnswer): this {
    return this.step({ answer });
  }

  esc(): this {
    return this.step({ cashier: 'cancel' });
  }

  get go(): string {
    return this.result.go;
  }

  get commands(): ReaderCommand[] {
    return this.actions.flatMap((action) =>
      action.do === 'device' && action.device === 'reader' ? [action.command] : [],
    );
  }

  get prompt(): Prompt | null {
    const prompts = this.actions.flatMap((action) => (action.do === 'prompt' ? [action.prompt] : []));
    return prompts.at(-1) ?? null;
  }

  get number(): string {
    return this.prompt?.number ?? '';
  }

  get lines(): string[] {
    return (this.prompt !== null && 'page' in this.prompt && this.prompt.page?.lines) || [];
  }

  get page() {
    return this.prompt !== null && 'page' in this.prompt ? this.prompt.page : undefined;
  }
}

const connected: ReaderEvent = { is: 'connected', name: NAME };
const waitCard: ReaderEvent = { is: 'waitCard', display: ['Present card.'] };
const chip: ReaderEvent = { is: 'card', by: 'chip', display: [] };
const processing: ReaderEvent = { is: 'processing', display: ['Processing.', 'Please wait.'] };
const done: ReaderEvent = { is: 'done', approved: true };
const lost: ReaderEvent = { is: 'lost' };
const aborted: ReaderEvent = { is: 'aborted' };
const PAY: ReaderCommand = { ask: 'pay', orderNumber: ORDER.orderNumber, amountKopecks: 25500, currency: 'RUB' };

function paying(): Walk {
  return new Walk().hear({ is: 'connecting', name: NAME }, connected);
}

describe('the way to a reader (SCR-44)', () => {
  it('connects to the last one without a question and names it as soon as it is known', () => {
    const walk = new Walk();
    expect(walk.commands).toEqual([{ ask: 'connect', name: null }]);
    expect(walk.prompt).toMatchObject({ show: 'wait', number: 'AS-07', title: 'Картридер', page: PAGE, spins: true });
    walk.hear({ is: 'connecting', name: 'MPOS0000000001' });
    expect(walk.prompt).toMatchObject({
      number: 'AS-07',
      text: 'Соединение с последним подключённым картридером MPOS0000000001...',
    });
    expect(walk.go).toBe('on');
  });

  it.each([{ is: 'notFound' }, lost] as const)('searches when the last one is %j, asks, connects and pays', (event) => {
    const walk = new Walk().hear(event);
    expect(walk.prompt).toMatchObject({ number: 'AS-08', hint: 'Включите картридер и поднесите его к кассе' });
    walk.hear({ is: 'found', name: NAME });
    expect(walk.prompt).toMatchObject({
      show: 'confirm',
      number: 'AS-09',
      text: `Найден картридер ${NAME}. Хотите подключиться?`,
      yes: 'Подключиться',
      second: 'Повторить поиск',
    });
    walk.answer({ other: true });
    expect(walk.number).toBe('AS-08');
    walk.hear({ is: 'found', name: NAME }).answer({ ok: true });
    expect(walk.prompt).toMatchObject({ number: 'AS-10', second: 'Выбрать другой', cancellable: true });
    expect(walk.go).toBe('on');
    walk.hear(connected);
    expect(walk.go).toBe('asked');
    expect(walk.commands.slice(1)).toEqual([{ ask: 'search' }, { ask: 'search' }, { ask: 'connect', name: NAME }, PAY]);
    expect(walk.actions.filter((action) => action.do === 'device' && action.moves === 'money')).toHaveLength(1);
  });

  it('leaves AS-10 for another search', () => {
    const walk = new Walk().hear({ is: 'notFound' }, { is: 'found', name: NAME }).answer({ ok: true });
    expect(walk.answer({ other: true }).number).toBe('AS-08');
    expect(walk.commands.at(-1)).toEqual({ ask: 'search' });
  });

  it('says that there is none, and searches again', () => {
    const walk = new Walk().hear({ is: 'notFound' }, { is: 'notFound' });
    expect(walk.prompt).toMatchObject({
      number: 'AS-11',
      title: 'Предупреждение',
      text: 'Картридеры поблизости не найдены.',
      yes: 'Повторить поиск',
    });
    expect(walk.answer({ ok: true }).number).toBe('AS-08');
  });

  it('says AS-13 when the chosen one does not connect', () => {
    const walk = new Walk().hear({ is: 'notFound' }, { is: 'found', name: NAME }).answer({ ok: true }).hear(lost);
    expect(walk.number).toBe('AS-13');
    expect(walk.answer({ ok: true }).number).toBe('AS-08');
  });

  it('updates the firmware and then pays', () => {
    const walk = new Walk().hear({ is: 'firmwareOld', name: NAME });
    expect(walk.prompt).toMatchObject({ number: 'AS-12', text: 'Необходимо обновить прошивку картридера' });
    walk.answer({ ok: true }).hear({ is: 'updating', percent: 40 });
    expect(walk.prompt).toMatchObject({ show: 'wait', text: 'Обновление прошивки картридера: 40 %' });
    expect(walk.hear(connected).commands.slice(1)).toEqual([{ ask: 'updateFirmware' }, PAY]);
  });

  it.each([
    ['AS-07', new Walk()],
    ['AS-08', new Walk().hear({ is: 'notFound' })],
    ['AS-09', new Walk().hear({ is: 'notFound' }, { is: 'found', name: NAME })],
    ['AS-10', new Walk().hear({ is: 'notFound' }, { is: 'found', name: NAME }).answer({ ok: true })],
    ['AS-11', new Walk().hear({ is: 'notFound' }, { is: 'notFound' })],
    ['AS-12', new Walk().hear({ is: 'firmwareOld', name: NAME })],
    ['AS-13', new Walk().hear({ is: 'firmwareOld', name: NAME }, lost)],
  ])('is left by Esc from %s, and the reader is told', (number, walk) => {
    expect(walk.number).toBe(number);
    expect(walk.esc().go).toBe('left');
    expect(walk.commands.at(-1)).toEqual({ ask: 'abort' });
    expect(walk.commands).not.toContainEqual(PAY);
    // What the reader says too late leads nowhere.
    expect(walk.hear(connected, done).result).toMatchObject({ go: 'left', actions: [] });
  });
});

describe('the payment (SCR-45)', () => {
  it('shows the log and the screen of the reader up to the end', () => {
    const walk = paying();
    expect([walk.number, walk.lines]).toEqual(['AS-14', [PLEASE_WAIT]]);
    walk.hear(waitCard);
    expect(walk.prompt).toEqual({
      deadlineMs: LIMITS.deviceMs,
      show: 'readerStatus',
      number: 'AS-14',
      page: {
        title: 'ПРОВЕДЕНИЕ ПЛАТЕЖА',
        showsSum: true,
        heading: 'Детальная информация',
        rows: [],
        lines: [CARD_ASKED],
        display: ['Present card.'],
        below: [
          { label: 'Номер заказа:', value: '20211126_173336_036' },
          { label: 'К оплате:', value: '255.00 руб.' },
        ],
      },
      cancellable: true,
      spins: false,
      hint: 'Следите за сообщениями на экране картридера',
    });
    walk.hear(chip);
    expect([walk.number, walk.lines]).toEqual(['AS-30', [CARD_ASKED, CHIP_IN]]);
    expect(walk.prompt).toMatchObject({ cancellable: false });
    walk.hear({ is: 'pin', wrong: false, display: ['ENTER PIN:', '****'] });
    expect([walk.number, walk.lines]).toEqual(['AS-19', [CARD_ASKED, CHIP_IN, 'Введите PIN-код на картридере']]);
    walk.hear({ is: 'pin', wrong: true, display: ['WRONG PIN!', 'ENTER PIN:'] });
    expect([walk.number, walk.lines]).toEqual(['AS-20', [CARD_ASKED, CHIP_IN, 'PIN-код введен неправильно']]);
    expect(walk.page?.display).toEqual(['WRONG PIN!', 'ENTER PIN:']);
    walk.hear(processing);
    expect([walk.number, walk.lines]).toEqual(['AS-17', [CARD_ASKED, CHIP_IN, PLEASE_WAIT]]);
    expect(walk.prompt).toMatchObject({ spins: true });
    walk.hear({ is: 'removeCard', approved: true, display: ['TRANSACTION APPROVED', 'PLEASE REMOVE CARD'] });
    expect([walk.number, walk.lines.at(-1)]).toEqual([
      'AS-18',
      'Операция одобрена. Предложите покупателю забрать карту',
    ]);
    expect(walk.go).toBe('asked');
    expect(walk.hear(done).go).toBe('ended');
  });

  it('a declined card does not stand under AS-18, which is "Операция одобрена" in the catalogue', () => {
    const walk = paying().hear(waitCard, chip, processing);
    walk.hear({ is: 'removeCard', approved: false, display: ['TRANSACTION DECLINED', 'PLEASE REMOVE CARD'] });
    expect([walk.number, walk.lines.at(-1)]).toEqual([
      'AS-21',
      'Операция отклонена. Предложите покупателю забрать карту',
    ]);
  });

  it('does not let the cashier stop it once a card is in', () => {
    const walk = paying().hear(waitCard, chip, processing);
    expect(walk.esc().result).toMatchObject({ go: 'asked', actions: [] });
  });

  it('asks the reader to stop before a card, once, and believes only its own word', () => {
    const walk = paying().hear(waitCard).esc();
    expect(walk.commands.at(-1)).toEqual({ ask: 'abort' });
    expect(walk.prompt).toMatchObject({ number: 'AS-14', cancellable: false });
    expect(walk.go).toBe('asked');
    expect(walk.esc().result.actions).toEqual([]);
    expect(walk.hear(aborted).go).toBe('left');
  });

  it('goes on when a card was faster than Esc', () => {
    const walk = paying().hear(waitCard).esc().hear(chip, processing);
    expect([walk.go, walk.number]).toEqual(['asked', 'AS-17']);
    expect(walk.hear(done).go).toBe('ended');
  });

  it.each([
    ['with a card in', () => paying().hear(waitCard, chip, lost)],
    ['after processing', () => paying().hear(waitCard, chip, processing, lost)],
    ['after an unanswered Esc', () => paying().hear(waitCard).esc().hear(lost)],
    ['by a restart', () => paying().hear(waitCard).step({ restarted: NOTHING_MISSED })],
  ])('is left to the state of the order when the reader is lost %s', (_, walk) => {
    expect(walk().go).toBe('ended');
  });

  it('goes back to the order after a restart before the pay command', () => {
    expect(new Walk().step({ restarted: NOTHING_MISSED }).go).toBe('left');
  });
});

describe('a reader lost before a card (AS-13)', () => {
  const lostEarly = () => paying().hear(waitCard, lost);

  it('leaves the rest to the state of the order when the cashier gives up', () => {
    const walk = lostEarly();
    expect([walk.number, walk.go, walk.page]).toEqual(['AS-13', 'asked', PAGE]);
    expect(walk.esc().go).toBe('ended');
  });

  it('pays again only after the reader said that it has dropped the first payment', () => {
    const walk = lostEarly().answer({ ok: true }).hear({ is: 'found', name: NAME }).answer({ ok: true });
    walk.hear(connected);
    expect(walk.commands.at(-1)).toEqual({ ask: 'abort' });
    expect(walk.commands.filter(({ ask }) => ask === 'pay')).toHaveLength(1);
    walk.hear(aborted);
    expect(walk.commands.at(-1)).toEqual(PAY);
    expect(walk.go).toBe('asked');
  });

  it('follows the first payment when a card had been read meanwhile', () => {
    const walk = lostEarly().answer({ ok: true }).hear({ is: 'found', name: NAME }).answer({ ok: true });
    walk.hear(connected, processing);
    expect([walk.number, walk.go]).toEqual(['AS-17', 'asked']);
    walk.hear(done);
    expect(walk.commands.filter(({ ask }) => ask === 'pay')).toHaveLength(1);
    expect(walk.go).toBe('ended');
  });

  it('is free at once when the pay command has never left the register', () => {
    const walk = paying().hear(lost, aborted);
    expect([walk.number, walk.go]).toEqual(['AS-13', 'on']);
    expect(walk.esc().go).toBe('left');
  });
});

describe('a low battery (AS-15)', () => {
  it('stops the way to the reader', () => {
    const walk = new Walk().hear({ is: 'lowBattery' });
    expect(walk.prompt).toMatchObject({
      number: 'AS-15',
      text: 'Низкий заряд батареи картридера. Зарядите картридер',
      yes: 'OK',
      no: null,
    });
    expect(walk.commands.at(-1)).toEqual({ ask: 'abort' });
    expect(walk.hear(connected).go).toBe('on');
    expect(walk.answer({ ok: true }).go).toBe('left');
  });

  it('is read to the end although the reader has stopped meanwhile', () => {
    const walk = paying().hear(waitCard, { is: 'lowBattery' }, aborted);
    expect([walk.number, walk.go]).toEqual(['AS-15', 'on']);
    expect(walk.answer({ ok: true }).go).toBe('left');
  });

  it('covers a payment with a card in, which goes on', () => {
    const walk = paying().hear(waitCard, chip, { is: 'lowBattery' }, processing);
    expect(walk.number).toBe('AS-15');
    expect(walk.commands.at(-1)).toEqual(PAY);
    expect(walk.answer({ ok: true }).number).toBe('AS-17');
  });
});

describe('a card with two payment systems (SCR-46)', () => {
  const options = ['MIR', 'Maestro'];

  it('is asked over the log and told to the reader', () => {
    const walk = paying().hear(waitCard, chip, { is: 'selectApplication', options, onReader: false, display: [] });
    expect(walk.prompt).toMatchObject({
      show: 'choose',
      number: 'AS-28',
      title: 'Выберите платёжную систему',
      options,
    });
    expect(walk.lines).toEqual([CARD_ASKED, CHIP_IN, PLEASE_WAIT]);
    expect(walk.answer({ choice: 2 }).result.actions).toEqual([]);
    walk.answer({ choice: 1 });
    expect(walk.commands.at(-1)).toEqual({ ask: 'selectApplication', index: 1 });
    expect(walk.number).toBe('AS-17');
  });

  it('is given up by Esc, if the reader agrees', () => {
    const walk = paying()
      .hear(waitCard, chip, { is: 'selectApplication', options, onReader: false, display: [] })
      .esc();
    expect(walk.commands.at(-1)).toEqual({ ask: 'abort' });
    expect(walk.go).toBe('asked');
    expect(walk.hear(aborted).go).toBe('left');
  });

  it('is only shown when the buyer chooses on the reader', () => {
    const display = ['Select application:', 'MIR / Maestro'];
    const walk = paying().hear(waitCard, chip, { is: 'selectApplication', options, onReader: true, display });
    expect([walk.number, walk.lines.at(-1), walk.page?.display]).toEqual([
      'AS-29',
      'Выберите платёжную систему на картридере',
      display,
    ]);
  });
});

describe('a signature (SCR-47)', () => {
  const slip = [{ label: 'PAN', value: '220220******0062' }];
  const signing = () =>
    paying().hear(waitCard, { is: 'card', by: 'stripe', display: [] }, { is: 'signature', display: [], slip });

  it('has its slip printed before it is asked for, and keeps it', () => {
    const walk = signing();
    expect(walk.result.actions.map((action) => action.do)).toEqual(['printSlip', 'prompt']);
    expect(walk.result.actions[0]).toEqual({ do: 'printSlip', rows: slip, signature: true });
    expect(walk.prompt).toMatchObject({ show: 'wait', number: 'AS-16', text: 'Печатается слип для подписи' });
    expect(walk.answer({ ok: true }).commands.at(-1)).toMatchObject({ ask: 'pay' });
    walk.answer({ slip: 'printed' });
    expect(walk.prompt).toMatchObject({ number: 'AS-16', yes: 'Подпись получена', no: 'Отменить' });
    expect(walk.answer({ ok: true }).commands.at(-1)).toEqual({ ask: 'signature', given: true });
    expect([walk.number, walk.go, walk.result.walk.slipRows]).toEqual(['AS-17', 'asked', slip]);
  });

  // Enter charged the card with the printer off: nobody can have signed anything.
  it('is not confirmed without the slip: it is printed again, or the payment is given up', () => {
    const walk = signing().answer({ slip: 'notPrinted' });
    expect(walk.prompt).toMatchObject({ number: 'AS-16', yes: 'Повторить печать', no: 'Отменить' });
    walk.answer({ ok: true });
    expect(walk.result.actions.map((action) => action.do)).toEqual(['printSlip', 'prompt']);
    expect(walk.commands.filter(({ ask }) => ask === 'signature')).toEqual([]);
    expect(walk.silence().prompt).toMatchObject({ yes: 'Повторить печать' });
    expect(walk.esc().commands.at(-1)).toEqual({ ask: 'signature', given: false });
  });

  it('of a slip the printer is not sure of is for the cashier to see', () => {
    const walk = signing().answer({ slip: 'unconfirmed' });
    expect(walk.prompt).toMatchObject({ number: 'AS-16', yes: 'Подпись получена', second: 'Печать' });
    expect(walk.answer({ ok: true }).commands.at(-1)).toEqual({ ask: 'signature', given: true });
  });

  it('cancels the payment when it is refused, and the reader says when', () => {
    const walk = signing().esc();
    expect(walk.commands.at(-1)).toEqual({ ask: 'signature', given: false });
    expect(walk.go).toBe('asked');
    expect(walk.hear({ is: 'done', approved: false }).go).toBe('ended');
  });
});

describe('any order of events', () => {
  const display = ['Processing.'];
  const inputs: Input[] = [
    ...(
      [
        { is: 'found', name: NAME },
        { is: 'notFound' },
        { is: 'connecting', name: NAME },
        connected,
        { is: 'firmwareOld', name: NAME },
        { is: 'updating', percent: 1 },
        { is: 'lowBattery' },
        waitCard,
        chip,
        { is: 'selectApplication', options: ['MIR'], onReader: false, display },
        { is: 'pin', wrong: true, display },
        { is: 'signature', display, slip: [] },
        processing,
        { is: 'removeCard', approved: false, display },
        done,
        aborted,
        lost,
      ] as ReaderEvent[]
    ).map((event): Input => ({ device: 'reader', event })),
    { answer: { ok: true } },
    { answer: { other: true } },
    { answer: { choice: 0 } },
    { answer: { slip: 'printed' } },
    { answer: { slip: 'notPrinted' } },
    { cashier: 'cancel' },
    { cashier: 'again' },
    { timer: true },
    { device: 'program', event: { is: 'done' } },
    { restarted: NOTHING_MISSED },
  ];

  it('never pays twice without the proof between, and leaves only what was not asked or was proven', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...inputs), { maxLength: 40 }), (played) => {
        const walk = new Walk();
        let isOpen = false;
        for (const input of played) {
          if ('device' in input && input.event.is === 'aborted') isOpen = false;
          walk.step(input);
          const paid = walk.result.actions.filter(({ do: kind, ...rest }) => 'moves' in rest && rest.moves === 'money');
          expect(paid.length).toBeLessThanOrEqual(isOpen ? 0 : 1);
          isOpen ||= paid.length > 0;
          if (walk.go === 'on' || walk.go === 'left') expect(isOpen).toBe(false);
          if (walk.go === 'asked' || walk.go === 'ended') expect(walk.result.walk.asked).toBe(true);
          if (walk.go === 'on' || walk.go === 'asked') expect(walk.prompt).not.toBeNull();
        }
      }),
      { numRuns: 2000 },
    );
  });
});
