/** Cash that Assist took lies in the drawer: it opens for the change, and again for the return. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { pathsOf } from '../../../../src/settings/paths.ts';
import { closeReturn, returnWhole } from '../../returns/counter.ts';
import type { Story } from '../../story.ts';
import { beginShop, closeResult, payCash, startSbp } from './shop.ts';

let story: Story;
afterEach(() => story.end());

const PULSE = Buffer.from([0x1b, 0x70]);
const pulses = (): number =>
  readFileSync(pathsOf(story.root).printerBytes).toString('latin1').split(PULSE.toString('latin1')).length - 1;
const printed = () => story.until('all printed', () => story.till.state.printJobs.length === 0);

// Incident: it stayed shut.
it('opens for the return of a sale paid in cash through Assist', async () => {
  story = await beginShop();
  await payCash(story);
  await closeResult(story, 'AS-04', 'Оплачен');
  story.press('f8');
  await printed();
  expect(pulses()).toBe(1);
  returnWhole(story, 1);
  await closeReturn(story);
  await printed();
  expect(pulses()).toBe(2);
});

it('stays shut for money that is not in it', async () => {
  story = await beginShop();
  await startSbp(story);
  await closeResult(story, 'AS-04', 'Оплачен');
  story.press('f8');
  returnWhole(story, 1);
  await closeReturn(story);
  await printed();
  expect(pulses()).toBe(0);
});
