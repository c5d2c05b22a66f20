/** Cash against the contract. */
import { VirtualClock } from '../../src/emulators/clock.ts';
import { cashDriver } from '../../src/payments/providers/cash/driver.ts';
import { beginAlone } from './counterpart.ts';
import { describeDriver } from './driver-suite.ts';

describeDriver({
  driver: cashDriver,
  canaries: [],
  ways: [{ name: 'by the cashier’s word', online: false, begin: async () => beginAlone(new VirtualClock(0)) }],
});
