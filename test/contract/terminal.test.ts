/** АТ against the contract. */
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/emulators/clock.ts';
import { terminalDriver } from '../../src/payments/providers/terminal/driver.ts';
import { beginAlone, orderIn } from './counterpart.ts';
import { describeDriver } from './driver-suite.ts';
import { factsOf } from './machine-gateway.ts';

const begin = async () => beginAlone(new VirtualClock(0));

describeDriver({
  driver: terminalDriver,
  canaries: [],
  ways: [{ name: 'by the cashier’s word', online: false, begin }],
});

describe('АТ, by the cashier’s word', () => {
  it('Нет: not paid; nothing is ever sent', async () => {
    const facts = factsOf(await begin());
    const begun = terminalDriver.pay.begin(orderIn({}, 'T-1'), facts);
    expect(begun.actions).toMatchObject([{ do: 'prompt', prompt: { show: 'confirm', number: 'DOM-99' } }]);
    const ended = terminalDriver.pay.step(begun.state, { cashier: 'cancel' }, facts);
    expect(ended.actions).toMatchObject([{ do: 'finish', outcome: { kind: 'declined' } }]);
  });

  it('the question stands again after a restart', async () => {
    const facts = factsOf(await begin());
    const begun = terminalDriver.pay.begin(orderIn({}, 'T-1'), facts);
    const again = terminalDriver.pay.step(
      JSON.parse(JSON.stringify(begun.state)),
      { restarted: { clockShiftMs: 0, isNewBoot: false } },
      facts,
    );
    expect(again.actions).toEqual(begun.actions);
  });
});
