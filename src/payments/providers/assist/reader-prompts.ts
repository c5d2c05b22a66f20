/** What the cashier sees of the card reader: messages AS-07..AS-20, AS-28..AS-30 on the screens SCR-44..47. */
import { formatKopecks } from '../../../register/money.ts';
import type { Prompt, PromptPage } from '../../prompt.ts';
import { type SlipFate, type WalkState, waitLimitMs } from './pay-state.ts';

const READER = 'Картридер';
const WARNING = 'Предупреждение';
const WATCH = 'Следите за сообщениями на экране картридера';
const PLEASE_WAIT = 'Пожалуйста, подождите...';

/** What the log says of a card; the guide has the words for a chip only. */
const CARD_LINES = {
  chip: 'Вставлена чиповая карта.',
  nfc: 'Приложена бесконтактная карта.',
  stripe: 'Прокатана карта с магнитной полосой.',
} as const;

type Confirm = Extract<Prompt, { show: 'confirm' }>;

/** The prompt of a walk that is not over. */
export function promptOf(walk: WalkState): Prompt | null {
  if (walk.lowBattery) {
    return warning(walk, 'AS-15', 'Низкий заряд батареи картридера. Зарядите картридер', { yes: 'OK', no: null });
  }
  const { stage } = walk;
  switch (stage.at) {
    case 'last': {
      const name = stage.name === null ? '' : ` ${stage.name}`;
      return waiting(walk, 'AS-07', `Соединение с последним подключённым картридером${name}...`);
    }
    case 'search':
      return {
        ...waiting(walk, 'AS-08', 'Поиск картридеров поблизости...'),
        hint: 'Включите картридер и поднесите его к кассе',
      };
    case 'found':
      return {
        show: 'confirm',
        number: 'AS-09',
        title: READER,
        text: `Найден картридер ${stage.name}. Хотите подключиться?`,
        kind: 'question',
        yes: 'Подключиться',
        no: 'Отмена',
        second: 'Повторить поиск',
        page: pageBehind(walk),
      };
    case 'connect':
      return { ...waiting(walk, 'AS-10', `Подключение картридера ${stage.name}...`), second: 'Выбрать другой' };
    case 'none':
      return warning(walk, 'AS-11', 'Картридеры поблизости не найдены.', { yes: 'Повторить поиск', no: 'Отмена' });
    case 'firmware':
      return warning(walk, 'AS-12', 'Необходимо обновить прошивку картридера', { yes: 'Обновить', no: 'Отмена' });
    case 'update':
      return waiting(walk, 'AS-12', `Обновление прошивки картридера: ${stage.percent} %`);
    case 'lost':
      return warning(walk, 'AS-13', 'Соединение с картридером потеряно', { yes: 'Повторить поиск', no: 'Отмена' });
    case 'choose':
      return {
        show: 'choose',
        number: 'AS-28',
        title: 'Выберите платёжную систему',
        text: 'Карта поддерживает несколько платёжных систем. Уточните у покупателя и выберите подходящий вариант для проведения оплаты:',
        options: stage.options,
        page: pageBehind(walk),
      };
    case 'signature':
      return signaturePrompt(walk, stage.slip);
    default:
      return readerStatus(walk);
  }
}

/** AS-16, by what is known of the slip: Enter confirms a signature only where there can be one. */
function signaturePrompt(walk: WalkState, slip: SlipFate): Prompt {
  const page = pageBehind(walk);
  const of = { number: 'AS-16', title: 'ПОДПИСЬ ПОКУПАТЕЛЯ', page };
  const hint = 'Отмена подписи отменяет оплату заказа';
  const given = { yes: 'Подпись получена', no: 'Отменить' };
  switch (slip) {
    case 'printing':
      return {
        ...{ ...of, show: 'wait', text: 'Печатается слип для подписи', deadlineMs: waitLimitMs(walk) },
        ...{ cancellable: true, spins: true, hint },
      };
    case 'printed': {
      const text = 'Введите подпись\nПокупатель подписывает слип\nСверьте подпись с картой';
      return { ...of, show: 'confirm', text, kind: 'question', ...given, hint };
    }
    case 'unconfirmed': {
      const text = 'Принтер не подтвердил печать слипа\nСлип на бумаге, покупатель его подписал?';
      return { ...of, show: 'confirm', text, kind: 'question', ...given, second: 'Печать', hint };
    }
    case 'notPrinted': {
      const text = 'Слип для подписи не напечатан, принтер не готов\nБез подписи оплата не подтверждается';
      return { ...of, show: 'confirm', text, kind: 'warning', yes: 'Повторить печать', no: 'Отменить', hint };
    }
  }
}

function waiting(walk: WalkState, number: string, text: string): Extract<Prompt, { show: 'wait' }> {
  const page = pageBehind(walk);
  const deadlineMs = waitLimitMs(walk);
  return { show: 'wait', number, title: READER, text, deadlineMs, cancellable: true, spins: true, page };
}

function warning(walk: WalkState, number: string, text: string, buttons: Pick<Confirm, 'yes' | 'no'>): Confirm {
  return { show: 'confirm', number, title: WARNING, text, kind: 'warning', ...buttons, page: pageBehind(walk) };
}

/** SCR-45: the numbers of its boxes, and whether Esc still stops the reader. */
function readerStatus(walk: WalkState): Prompt {
  const { stage, display } = walk;
  const isBeforeCard = stage.at === 'waitCard' || stage.at === 'starting' || stage.at === 'checking';
  return {
    show: 'readerStatus',
    number: statusNumber(walk),
    page: { ...paymentPage(walk), display },
    cancellable: isBeforeCard && !walk.aborting,
    spins: stage.at === 'processing' || stage.at === 'starting' || stage.at === 'checking',
    deadlineMs: waitLimitMs(walk),
    hint: WATCH,
  };
}

function statusNumber({ stage }: WalkState): string {
  switch (stage.at) {
    case 'card':
      return 'AS-30';
    case 'chooseOnReader':
      return 'AS-29';
    case 'pin':
      return stage.wrong ? 'AS-20' : 'AS-19';
    case 'processing':
      return 'AS-17';
    case 'remove':
      // AS-18 is "approved" in the catalogue.
      return stage.approved ? 'AS-18' : 'AS-21';
    default:
      return 'AS-14';
  }
}

/** Behind a box: the order while the reader is being looked for, its log as soon as it works. */
function pageBehind(walk: WalkState): PromptPage {
  return walk.asked && walk.stage.at !== 'lost' ? paymentPage(walk) : walk.order.page;
}

function paymentPage(walk: WalkState): PromptPage {
  const { orderNumber, amountKopecks } = walk.order;
  return {
    title: 'ПРОВЕДЕНИЕ ПЛАТЕЖА',
    showsSum: true,
    heading: 'Детальная информация',
    rows: [],
    lines: logLines(walk),
    below: [
      { label: 'Номер заказа:', value: orderNumber },
      { label: 'К оплате:', value: `${formatKopecks(amountKopecks)} руб.` },
    ],
  };
}

function logLines(walk: WalkState): string[] {
  const { stage } = walk;
  if (stage.at === 'starting' || stage.at === 'checking') return [PLEASE_WAIT];
  const card = walk.card === null ? [] : [CARD_LINES[walk.card]];
  return ['Пожалуйста, вставьте/прокатайте/приложите карту.', ...card, ...stageLines(walk)];
}

function stageLines({ stage }: WalkState): string[] {
  switch (stage.at) {
    case 'chooseOnReader':
      return ['Выберите платёжную систему на картридере'];
    case 'pin':
      return [stage.wrong ? 'PIN-код введен неправильно' : 'Введите PIN-код на картридере'];
    case 'choose':
    case 'signature':
    case 'processing':
      return [PLEASE_WAIT];
    case 'remove':
      return [
        PLEASE_WAIT,
        `Операция ${stage.approved ? 'одобрена' : 'отклонена'}. Предложите покупателю забрать карту`,
      ];
    default:
      return [];
  }
}
