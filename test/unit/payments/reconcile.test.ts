import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProviderOperation } from '../../../src/payments/outcome.ts';
import { compare, type OurOperation } from '../../../src/payments/reconcile.ts';

function ours(more: Partial<OurOperation> = {}): OurOperation {
  return {
    attemptId: 'attempt-1',
    documentTitle: 'ПРОДАЖА № 11',
    orderNumber: 'N1',
    providerPaymentId: '101',
    kind: 'payment',
    amountKopecks: 12_190,
    state: 'approved',
    ...more,
  };
}

function theirs(more: Partial<ProviderOperation> = {}): ProviderOperation {
  return {
    providerPaymentId: '101',
    orderNumber: 'N1',
    kind: 'payment',
    amountKopecks: 12_190,
    state: 'approved',
    ...more,
  };
}

const kinds = (a: OurOperation[], b: ProviderOperation[]) => compare(a, b).differences.map(({ kind }) => kind);

describe('one operation', () => {
  it('that both know alike is no difference and counts on both sides', () => {
    expect(compare([ours()], [theirs()])).toEqual({
      payments: { ourCount: 1, ourKopecks: 12_190, theirCount: 1, theirKopecks: 12_190 },
      reversals: { ourCount: 0, ourKopecks: 0, theirCount: 0, theirKopecks: 0 },
      differences: [],
    });
  });

  it('that the server does not have (SCR-30)', () => {
    expect(compare([ours()], []).differences).toEqual([
      {
        operation: 'payment',
        kind: 'onlyHere',
        documentTitle: 'ПРОДАЖА № 11',
        amountKopecks: 12_190,
        ourWord: 'проведена',
        theirWord: 'нет данных',
        attemptId: 'attempt-1',
      },
    ]);
  });

  it('that the register does not have is named by its order number', () => {
    expect(compare([], [theirs({ kind: 'reversal', amountKopecks: 500 })])).toEqual({
      payments: { ourCount: 0, ourKopecks: 0, theirCount: 0, theirKopecks: 0 },
      reversals: { ourCount: 0, ourKopecks: 0, theirCount: 1, theirKopecks: 500 },
      differences: [
        {
          operation: 'reversal',
          kind: 'onlyThere',
          documentTitle: 'N1',
          amountKopecks: 500,
          ourWord: 'нет данных',
          theirWord: 'проведена',
          attemptId: null,
        },
      ],
    });
  });

  it('of another sum', () => {
    const { differences, payments } = compare([ours()], [theirs({ amountKopecks: 12_191 })]);
    expect(differences).toMatchObject([{ kind: 'differentSum', amountKopecks: 12_190 }]);
    expect(payments).toMatchObject({ ourKopecks: 12_190, theirKopecks: 12_191 });
  });

  it.each([
    ['approved', 'declined', 'differentState'],
    ['approved', 'pending', 'differentState'],
    ['declined', 'approved', 'differentState'],
    ['declined', 'pending', 'differentState'],
    ['pending', 'approved', 'differentState'],
    ['pending', 'declined', 'differentState'],
    ['declined', 'declined', null],
    ['pending', 'pending', null],
    ['approved', null, 'onlyHere'],
    ['pending', null, 'onlyHere'],
    ['declined', null, null],
    [null, 'approved', 'onlyThere'],
    [null, 'pending', 'onlyThere'],
    [null, 'declined', null],
  ] as const)('here %s, there %s: %s', (here, there, expected) => {
    const a = here === null ? [] : [ours({ state: here })];
    const b = there === null ? [] : [theirs({ state: there })];
    expect(kinds(a, b)).toEqual(expected === null ? [] : [expected]);
  });

  it('refused on both sides agrees whatever the sum', () => {
    expect(kinds([ours({ state: 'declined' })], [theirs({ state: 'declined', amountKopecks: 1 })])).toEqual([]);
  });
});

describe('matching', () => {
  it('goes by the id of the provider before the order number', () => {
    const a = [ours({ orderNumber: 'N2' }), ours({ orderNumber: 'N1', providerPaymentId: '102', amountKopecks: 5 })];
    const b = [theirs(), theirs({ providerPaymentId: '102', orderNumber: 'X', amountKopecks: 5 })];
    expect(kinds(a, b)).toEqual([]);
  });

  it('goes by the order number when the id was never learnt', () => {
    expect(kinds([ours({ providerPaymentId: null })], [theirs()])).toEqual([]);
    expect(kinds([ours({ providerPaymentId: null, state: 'pending' })], [theirs()])).toEqual(['differentState']);
  });

  it('a number paid twice: the second payment is not overlooked', () => {
    const twice = [
      theirs({ state: 'declined' }),
      theirs({ providerPaymentId: '102' }),
      theirs({ providerPaymentId: '103' }),
    ];
    expect(kinds([ours({ providerPaymentId: null })], twice)).toEqual(['onlyThere']);
  });

  it('a payment is never taken for a reversal', () => {
    expect(kinds([ours()], [theirs({ kind: 'reversal' })])).toEqual(['onlyHere', 'onlyThere']);
  });

  it('the cancel of a return is listed as a payment (oplati.md 13.10) and agrees', () => {
    const cancel = ours({ kind: 'reversal', orderNumber: 'N9', providerPaymentId: '109', amountKopecks: 500 });
    const row = theirs({ orderNumber: 'N9', providerPaymentId: '109', amountKopecks: 500 });
    const { payments, reversals, differences } = compare([cancel], [row]);
    expect(differences).toEqual([]);
    expect(payments).toEqual({ ourCount: 1, ourKopecks: 500, theirCount: 1, theirKopecks: 500 });
    expect(reversals.ourCount + reversals.theirCount).toBe(0);
  });
});

/** One operation as either side knows it; null = it does not. */
interface Story {
  kind: OurOperation['kind'];
  here: { state: OurOperation['state']; amountKopecks: number; knowsId: boolean } | null;
  there: { state: OurOperation['state']; amountKopecks: number } | null;
}

const STATE = fc.constantFrom<OurOperation['state']>('approved', 'declined', 'pending');
const AMOUNT = fc.constantFrom(100, 250, 1_530);
const STORY: fc.Arbitrary<Story> = fc.record({
  kind: fc.constantFrom<OurOperation['kind']>('payment', 'reversal'),
  here: fc.option(fc.record({ state: STATE, amountKopecks: AMOUNT, knowsId: fc.boolean() })),
  there: fc.option(fc.record({ state: STATE, amountKopecks: AMOUNT })),
});

function listsOf(stories: Story[]): { a: OurOperation[]; b: ProviderOperation[] } {
  const a: OurOperation[] = [];
  const b: ProviderOperation[] = [];
  stories.forEach(({ kind, here, there }, index) => {
    const common = { orderNumber: `N${index}`, kind };
    if (here !== null) {
      const { knowsId, ...rest } = here;
      const providerPaymentId = knowsId ? String(index) : null;
      a.push({ attemptId: `a${index}`, documentTitle: `D${index}`, providerPaymentId, ...common, ...rest });
    }
    if (there !== null) b.push({ providerPaymentId: String(index), ...common, ...there });
  });
  return { a, b };
}

/** What a person with both lists on paper would say of one line. */
function verdictOf({ here, there }: Story): string | null {
  const isMadeNowhere = [here, there].every((side) => side === null || side.state === 'declined');
  if (isMadeNowhere) return null;
  if (there === null) return 'onlyHere';
  if (here === null) return 'onlyThere';
  if (here.state !== there.state) return 'differentState';
  return here.amountKopecks === there.amountKopecks ? null : 'differentSum';
}

const mirror = new Map([
  ['onlyHere', 'onlyThere'],
  ['onlyThere', 'onlyHere'],
]);

describe('whatever the lists are', () => {
  const shuffled = fc
    .array(STORY, { maxLength: 12 })
    .chain((stories) =>
      fc.tuple(
        fc.constant(stories),
        fc.shuffledSubarray(listsOf(stories).a, { minLength: listsOf(stories).a.length }),
        fc.shuffledSubarray(listsOf(stories).b, { minLength: listsOf(stories).b.length }),
      ),
    );

  it('nothing is lost: each operation gets its verdict, and the counts are those of the lists', () => {
    fc.assert(
      fc.property(shuffled, ([stories, a, b]) => {
        const result = compare(a, b);
        const found = result.differences.map(({ documentTitle, kind, operation }) =>
          [documentTitle.replace('D', 'N'), kind, operation].join(' '),
        );
        const expected = stories.flatMap((story, index) => {
          const verdict = verdictOf(story);
          return verdict === null ? [] : [`N${index} ${verdict} ${story.kind}`];
        });
        expect(found.sort()).toEqual(expected.sort());
        for (const [side, kind] of [
          [result.payments, 'payment'],
          [result.reversals, 'reversal'],
        ] as const) {
          const approved = (list: { kind: string; state: string; amountKopecks: number }[]) =>
            list.filter((one) => one.kind === kind && one.state === 'approved').map((one) => one.amountKopecks);
          const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);
          expect(side).toEqual({
            ourCount: approved(a).length,
            ourKopecks: sum(approved(a)),
            theirCount: approved(b).length,
            theirKopecks: sum(approved(b)),
          });
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('seen from the other side it is the mirror image', () => {
    fc.assert(
      fc.property(shuffled, ([, a, b]) => {
        const there = compare(a, b);
        const back = compare(
          b.map((row) => ({ ...row, attemptId: row.orderNumber, documentTitle: row.orderNumber })),
          a.map((one) => ({ ...one, providerPaymentId: one.orderNumber.slice(1) })),
        );
        const swap = ({ ourCount, ourKopecks, theirCount, theirKopecks }: typeof there.payments) => ({
          ourCount: theirCount,
          ourKopecks: theirKopecks,
          theirCount: ourCount,
          theirKopecks: ourKopecks,
        });
        expect(back.payments).toEqual(swap(there.payments));
        expect(back.reversals).toEqual(swap(there.reversals));
        const names = (list: typeof there.differences, isMirrored: boolean) =>
          list
            .map(({ documentTitle, kind, ourWord, theirWord }) => {
              const words = isMirrored ? [theirWord, ourWord] : [ourWord, theirWord];
              return [documentTitle.slice(1), isMirrored ? (mirror.get(kind) ?? kind) : kind, ...words].join(' ');
            })
            .sort();
        expect(names(back.differences, false)).toEqual(names(there.differences, true));
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
