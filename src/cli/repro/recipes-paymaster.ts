import {
  CLOSED,
  currency,
  FREE_RETURN,
  type Move,
  RETURN_LAST,
  type Recipe,
  SUBTOTAL,
  type World,
  walk,
} from './recipe.ts';

const SBP = currency(8);
const LOSE_LINK = { fault: 'refuse', of: 'paymaster' } as const;
/** The QR stands on the screen. */
const QR_SHOWN: Move[] = [SUBTOTAL, SBP, { untilDialog: 'PM-02' }];
const CANCEL: Move = { press: ['escape'] };
/** The plate of the emulated shop, and a bill that lives as long as an amount on a plate may. */
const PLATE = { stickerId: 'stk-test-1', display: 2 } as const;

type PaymasterWorld = NonNullable<World['paymaster']>;

function paymaster(
  buyer: PaymasterWorld['buyer'],
  settings?: PaymasterWorld['settings'],
  more: Omit<PaymasterWorld, 'buyer' | 'settings'> = {},
): World {
  return { paymaster: { buyer, ...(settings === undefined ? {} : { settings }), ...more } };
}

/** Every dialog of PayMaster; PM-21 has none. */
export const paymasterRecipes: readonly Recipe[] = [
  // The same words stand while the bill is made; on paper they stay.
  walk('PM-01', paymaster('silent', { display: 0 }), [SUBTOTAL, SBP, { untilShows: 'QR-код напечатан на чеке' }]),
  walk('PM-02', paymaster('silent'), [SUBTOTAL, SBP]),
  walk('PM-03', paymaster('silent'), [...QR_SHOWN, LOSE_LINK]),
  // Nobody answers the cancel, so it is waited for until the bill has expired.
  walk('PM-04', paymaster('silent'), [...QR_SHOWN, LOSE_LINK, CANCEL]),
  {
    number: 'PM-05',
    world: paymaster('silent'),
    moves: [...QR_SHOWN, CANCEL, { untilShows: 'Оплата отменена' }],
  },
  // The buyer's bank has the bill, so the cancel is refused, and it stays open to its end.
  walk('PM-06', paymaster('silent', { billTtlMs: 3000 }), [
    ...QR_SHOWN,
    { buyerNow: 'opens', of: 'paymaster' },
    CANCEL,
    { untilDialog: 'PM-12' },
    { press: ['enter'] },
  ]),
  walk('PM-07', paymaster('declines'), [SUBTOTAL, SBP]),
  walk('PM-08', paymaster('expired'), [SUBTOTAL, SBP]),
  walk('PM-09', paymaster('pays'), [LOSE_LINK, SUBTOTAL, SBP]),
  walk('PM-10', { ...paymaster('silent', { display: 0 }), printer: 'none' }, [SUBTOTAL, SBP]),
  walk('PM-11', paymaster('pays', PLATE, { plateIsTaken: true }), [SUBTOTAL, SBP]),
  walk('PM-12', paymaster('silent'), [...QR_SHOWN, { buyerNow: 'opens', of: 'paymaster' }, CANCEL]),
  walk('PM-13', paymaster('pays', { token: 'revoked' }), [SUBTOTAL, SBP]),
  walk('PM-14', paymaster('pays', { failureStates: [5] }), []),
  walk('PM-15', paymaster('pays'), [SUBTOTAL, { press: ['type:0.5'] }, SBP]),
  walk('PM-16', paymaster('pays', { ...PLATE, partOnlyOnScreen: true }), [SUBTOTAL, { press: ['type:5'] }, SBP]),
  walk('PM-17', paymaster('pays'), [...FREE_RETURN, SBP]),
  walk('PM-18', paymaster('pays', undefined, { refunds: { resultCode: 'OperationNotAllowed' } }), [
    SUBTOTAL,
    SBP,
    ...CLOSED,
    ...RETURN_LAST,
  ]),
  walk('PM-19', paymaster('pays', undefined, { refunds: 'never' }), [SUBTOTAL, SBP, ...CLOSED, ...RETURN_LAST]),
  walk('PM-20', paymaster('pays'), [{ fault: 'wrong-sum', of: 'paymaster', on: { path: '/payments' } }, SUBTOTAL, SBP]),
  // Asked so seldom that the cancel comes before the register knows of the payment.
  walk('PM-22', paymaster('silent', { pollMs: 60_000, waitMs: 120_000 }), [
    ...QR_SHOWN,
    { buyerNow: 'pays', of: 'paymaster' },
    CANCEL,
  ]),
];
