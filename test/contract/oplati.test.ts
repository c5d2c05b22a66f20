/** О!плати against the whole contract, in its three modes. */
import { oplatiDriver } from '../../src/payments/providers/oplati/driver.ts';
import { describeDriver } from './driver-suite.ts';
import { beginOplati, PASSWORD, TOKEN } from './oplati-world.ts';

describeDriver({
  driver: oplatiDriver,
  canaries: [TOKEN, PASSWORD],
  hasSession: true,
  ways: [
    ...([0, 1, 2] as const).map((mode) => ({
      name: `mode ${mode}, token`,
      online: true,
      begin: () => beginOplati(mode, 'token'),
    })),
    ...([0, 1] as const).map((mode) => ({
      name: `mode ${mode}, other names than the assumed ones`,
      online: true,
      begin: () => beginOplati(mode, 'token', { names: 'other' }),
    })),
    { name: 'mode 2, password', online: true, begin: () => beginOplati(2, 'password') },
    {
      name: 'mode 2, reversals repeated under the number of the sale',
      online: true,
      begin: () => beginOplati(2, 'token', { reversalEcho: 'sale' }),
    },
  ],
});
