/** PayMaster СБП against the whole contract: a new QR and a plate, both answers to a repeated key. */
import type { Dialect } from '../../src/emulators/paymaster/settings.ts';
import { paymasterDriver } from '../../src/payments/providers/paymaster/driver.ts';
import { describeDriver } from './driver-suite.ts';
import { beginPaymaster, TOKEN } from './paymaster-world.ts';

/** The plate every emulator has (vector P-2). */
const STICKER = 'stk-test-1';

/** Nobody has paid a bill whose link he never saw: then it is cancelled. */
const endsUnseen = () => ['approved', 'refused', 'cancelled', 'timeout', 'notRegistered'];

/** What a server does in another way than the published one; what is lost must be found in each (paymaster.md 12). */
const DIALECTS: [name: string, dialect: Partial<Dialect>][] = [
  ['a repeat is a violation', { idempotency: 'violation' }],
  ['a repeat is a violation, told with 400', { idempotency: 'violation', conflictStatus: 400 }],
  ['the link comes with a later reading', { linkAt: 'read' }],
  ['whole rows, page by page', { listRows: 'full', pageSize: 2 }],
  ['rows without an order number', { listRows: 'unnamed' }],
  ['the old forms', { confirmationType: 'ExternalPayment', cancelAnswer: 'object', refundList: 'merchantOnly' }],
  ['sums as text', { amountForm: 'text', hasMilliseconds: true }],
];

/** A link that is told once, and lost with the answer, nobody can see: the bill is cancelled, unless its buyer was faster (8.2). */
const endsWithoutLink = (hasArrived: boolean) => (hasArrived ? ['approved', 'notRegistered'] : ['approved']);
/** It is read again, or the same POST is repeated. */
const alwaysApproved = () => ['approved'];

describeDriver({
  driver: paymasterDriver,
  canaries: [TOKEN],
  ways: [
    {
      name: 'a new QR',
      online: true,
      begin: () => beginPaymaster({}, {}),
      endsAfterLostSale: alwaysApproved,
    },
    ...DIALECTS.map(([name, dialect]) => ({
      name: `a new QR, ${name}`,
      online: true,
      begin: () => beginPaymaster(dialect, {}),
      endsAfterLostSale: dialect.linkAt === 'read' ? endsUnseen : alwaysApproved,
      isPaidOnlyWhenSeen: dialect.linkAt === 'read',
      isUnlisted: dialect.listRows === 'unnamed',
    })),
    {
      name: 'a new QR, its link is told once',
      online: true,
      begin: () => beginPaymaster({ hasLinkOnRead: false }, {}),
      endsAfterLostSale: endsWithoutLink,
    },
    {
      name: 'a plate',
      online: true,
      begin: () => beginPaymaster({}, { stickerId: STICKER, display: 2 }),
      // Its link is on the plate, whatever became of the answer.
      endsAfterLostSale: () => ['approved'],
      isReturnedAsAnother: true,
    },
  ],
});
