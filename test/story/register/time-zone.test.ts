/** Screen, slip, log and the label of the shift by one clock: the setting's, else that of the machine's zone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { VirtualClock } from '../../../src/emulators/clock.ts';
import { begin } from '../payments/oplati/shop.ts';
import { CAPTURE_TIME, type Story } from '../story.ts';

let story: Story;
afterEach(async () => {
  await story.end();
  vi.unstubAllEnvs();
});

/** The capture's moment half a year later: New York has another offset then. */
const WINTER = Date.parse('2023-12-22T02:14:05Z');

it.each([
  ['is not set: the zone of the machine', null, CAPTURE_TIME, '10:14', '22.08.2023 10:14'],
  ['is not set: its winter time', null, WINTER, '21:14', '21.12.2023 21:14'],
  ['is set: the zone of the machine does not count', 180, CAPTURE_TIME, '17:14', '22.08.2023 17:14'],
])('utcOffsetMinutes %s', async (_, utcOffsetMinutes, at, shown, printed) => {
  vi.stubEnv('TZ', 'America/New_York');
  story = await begin({ clock: new VirtualClock(at), settings: { utcOffsetMinutes } });
  expect(story.row(1).trimEnd()).toMatch(new RegExp(`${shown}$`));
  story.goods('1').press('f6', 'f8');
  await story.until('slip', () => story.paper().includes('ИТОГ'));
  expect(story.paper()).toContain(printed);
  const [day = '', month = '', year = ''] = printed.slice(0, 10).split('.');
  expect(story.till.state.register.shift?.label).toBe(`${day}${month}${year}`);
  const log = readFileSync(join(story.root, 'logs/current/terminal.log'), 'utf8');
  expect(log.split('\n')[0]).toContain(`${year}-${month}-${day} ${shown}:`);
});
