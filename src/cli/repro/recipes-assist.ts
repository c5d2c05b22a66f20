import { currency, FREE_RETURN, type Move, type Recipe, SUBTOTAL, type World, walk } from './recipe.ts';

const ASSIST = currency(9);
/** The order stands on the screen; all four means are offered in every walk. */
export const ORDER: Move[] = [SUBTOTAL, ASSIST, { untilDialog: 'AS-01' }];
const CASH: Move = { press: ['type:1', 'enter'] };
const SBP: Move = { press: ['type:3', 'enter'] };
const SOFTPOS: Move = { press: ['type:4', 'enter'] };
const OK: Move = { press: ['enter'] };
const LOSE_LINK = { fault: 'refuse', of: 'assist' } as const;
const MEND_LINK = { fault: 'none', of: 'assist' } as const;

const QR_SHOWN: Move[] = [...ORDER, SBP, { untilDialog: 'AS-05' }];
const CASH_TAKEN: Move[] = [...ORDER, CASH, { untilDialog: 'AS-02' }, OK];
/** The QR stays in view without a link; F2 of AS-32 leaves it. */
const QR_LEFT: Move[] = [
  ...[...QR_SHOWN, LOSE_LINK, { untilShows: 'Нет связи с сервером' }],
  ...[{ press: ['f7'] }, { untilShows: 'Не ждать' }, { press: ['f2'] }],
];
const LINK_LOST: Move[] = [...QR_LEFT, { untilDialog: 'AS-23' }, OK];
/** Assist is chosen once more while its payment is undecided. */
const ASKED_AGAIN: Move[] = [{ press: ['f7', 'type:9'] }, MEND_LINK, OK];
/** After the first question without an answer the next one is far away: the cashier's own comes first. */
const SELDOM = { unreachableAfter: 1, settlePollMs: 30_000, backOffMaxMs: 30_000, pollSlowMs: 30_000 };
/** F10, `Уведомления`. */
const NOTICES: Move = { press: ['f10', 'type:13', 'enter'] };

type AssistWorld = NonNullable<World['assist']>;

function assist(buyer: AssistWorld['buyer'], more: Omit<AssistWorld, 'buyer'> = {}): World {
  return { assist: { buyer, ...more } };
}

/** What does not speak of the card reader. */
export const assistRecipes: readonly Recipe[] = [
  walk('AS-01', assist('pays'), [SUBTOTAL, ASSIST]),
  walk('AS-02', assist('pays'), [...ORDER, CASH]),
  // The answer with the QR takes its time.
  walk('AS-03', assist('pays', { settings: { timeoutMs: 600_000 } }), [
    { fault: 'delay', of: 'assist', on: { path: '/mpos/mobilepayment.cfm', ms: 500_000 } },
    ...ORDER,
    SBP,
  ]),
  walk('AS-04', assist('pays'), [...ORDER, SBP]),
  {
    number: 'AS-05',
    world: assist('silent'),
    moves: [...QR_SHOWN, OK, { untilShows: 'Статус заказа:' }],
  },
  walk('AS-21', assist('declines'), [...ORDER, SBP]),
  walk('AS-22', assist('expired'), [...ORDER, SBP]),
  walk('AS-23', assist('pays', { softPosBuyer: 'silent' }), [...ORDER, SOFTPOS, { untilDialog: 'AS-31' }, LOSE_LINK]),
  walk('AS-24', assist('silent', { settings: SELDOM }), [
    ...LINK_LOST,
    { buyerNow: 'pays', of: 'assist' },
    ...ASKED_AGAIN,
  ]),
  // An order whose QR never came cannot be shown again: it is only told how it stands.
  walk('AS-25', assist('silent', { settings: { ...SELDOM, sbpMode: 'direct' } }), [
    { fault: 'http-500', of: 'assist', on: { path: '/api/v1/auth/login.cfm' } },
    { fault: 'drop-reply', of: 'assist', on: { path: '/pay/fastpay.cfm' } },
    ...ORDER,
    SBP,
    { untilDialog: 'AS-33' },
    OK,
    { press: ['f7', 'type:9', 'enter'] },
  ]),
  notice('AS-26', 'успешно передан на сервер', assist('pays'), [
    LOSE_LINK,
    ...CASH_TAKEN,
    { untilDialog: 'AS-35' },
    OK,
    MEND_LINK,
  ]),
  notice('AS-27', 'изменился на "Approved"', assist('silent'), [
    ...LINK_LOST,
    { buyerNow: 'pays', of: 'assist' },
    MEND_LINK,
  ]),
  walk('AS-31', assist('pays', { softPosBuyer: 'silent' }), [...ORDER, SOFTPOS]),
  walk('AS-32', assist('silent'), [...QR_SHOWN, { press: ['f7'] }]),
  walk('AS-33', assist('silent'), [
    ...QR_SHOWN,
    { press: ['f7'] },
    { untilDialog: 'AS-32' },
    { fault: 'http-500', of: 'assist', on: { path: '/api/v1/auth/login.cfm' } },
    OK,
  ]),
  notice('AS-34', 'передан в Ассист', assist('pays'), [
    LOSE_LINK,
    ...CASH_TAKEN,
    { untilDialog: 'AS-35' },
    OK,
    MEND_LINK,
  ]),
  walk('AS-35', assist('pays'), [LOSE_LINK, ...CASH_TAKEN]),
  walk('AS-36', assist('pays'), [...FREE_RETURN, ASSIST]),
  walk('AS-37', assist('pays'), [
    ...ORDER,
    SBP,
    { untilDialog: 'AS-04' },
    OK,
    { refuse: '/cancel/', code: [10, 100], message: 'Operation is not allowed' },
    { press: ['escape'] },
    { untilDialog: 'OPL-25' },
    OK,
  ]),
  walk('AS-38', assist('pays', { settings: { password: 'wrong' } }), [...ORDER, SBP]),
  walk('AS-39', assist('pays', { forbiddenMeans: ['sbp'] }), [...ORDER, SBP]),
  walk('AS-41', assist('pays'), [
    { refuse: '/mpos/mobilepayment.cfm', code: [5, 108], message: 'Amount is wrong' },
    ...ORDER,
    SBP,
  ]),
  walk('AS-42', assist('pays'), [...ORDER, { press: ['f3', 'type:buyer', 'enter'] }]),
  // The order is missed so late that the warning stands until it has been read.
  walk('AS-43', assist('pays', { softPosBuyer: 'expired', settings: { deviceSettleMs: 600_000 } }), [
    ...ORDER,
    SOFTPOS,
  ]),
];

/** It stands on the page of notices, not in a dialog: F10, `Уведомления`. */
function notice(number: string, text: string, world: World, moves: Move[]): Recipe {
  return { number, world, moves: [...moves, { untilShows: 'Уведомлений:' }, NOTICES, { untilShows: text }] };
}
