import { CLOSED, currency, FREE_RETURN, PAID, type Recipe, SUBTOTAL, type World, walk } from './recipe.ts';

const OPLATI = currency(7);
const LOSE_LINK = { fault: 'refuse', of: 'oplati' } as const;

function oplati(mode: 0 | 1 | 2, buyer: NonNullable<World['oplati']>['buyer']): World {
  return { oplati: { mode, buyer } };
}

/** The thirteen errors of the О!плати cashier guide, in its order. */
export const oplatiRecipes: readonly Recipe[] = [
  walk('OPL-01', oplati(2, 'pays'), [LOSE_LINK, SUBTOTAL, OPLATI]),
  walk('OPL-02', oplati(0, 'expired'), [SUBTOTAL, OPLATI, { untilDialog: 'OPL-21' }, { scanBuyerCode: true }]),
  walk('OPL-03', { oplati: { mode: 2, buyer: 'pays', foreignToken: true } }, [SUBTOTAL, OPLATI]),
  walk('OPL-04', oplati(2, 'pays'), [SUBTOTAL, OPLATI, ...CLOSED, { resetToken: true }, SUBTOTAL, OPLATI]),
  walk('OPL-05', oplati(2, 'declines'), [SUBTOTAL, OPLATI]),
  walk('OPL-06', oplati(2, 'poor'), [SUBTOTAL, OPLATI]),
  walk('OPL-07', oplati(2, 'pays'), [...FREE_RETURN, OPLATI]),
  walk('OPL-08', oplati(1, 'silent'), [SUBTOTAL, OPLATI, { untilDialog: 'OPL-22' }, { press: ['enter'] }]),
  walk('OPL-09', oplati(2, 'silent'), [SUBTOTAL, OPLATI]),
  walk('OPL-10', oplati(2, 'no-card'), [{ press: ['f5'] }]),
  walk('OPL-11', { ...oplati(2, 'pays'), withoutCardGroups: true }, [{ press: ['f5'] }]),
  walk('OPL-12', oplati(2, 'pays'), [
    SUBTOTAL,
    OPLATI,
    PAID,
    LOSE_LINK,
    { press: ['escape'] },
    { untilDialog: 'OPL-25' },
    { press: ['enter'] },
  ]),
  walk('OPL-13', oplati(2, 'pays'), [
    LOSE_LINK,
    SUBTOTAL,
    OPLATI,
    { untilDialog: 'OPL-01' },
    { press: ['enter'] },
    OPLATI,
  ]),
];
