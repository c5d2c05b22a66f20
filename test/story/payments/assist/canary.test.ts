/** What nobody may ever find on the disk of a till: passwords, secret words, card numbers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { pathsOf } from '../../../../src/settings/paths.ts';
import { closeReturn, returnWhole } from '../../returns/counter.ts';
import type { Story } from '../../story.ts';
import { beginShop, beginWithReader, closeResult, connectReader, inWay, payCash, serverOf, startSbp } from './shop.ts';

let story: Story;
afterEach(() => story.end());

function expectNowhere(text: string, but: string[] = []): void {
  story.log();
  const files = readdirSync(story.root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(4);
  const holders = files.filter(({ name, parentPath }) => readFileSync(join(parentPath, name), 'latin1').includes(text));
  expect(holders.map(({ name }) => name)).toEqual(but);
}

// The bodies of requests stand in the log: in XML a password looks as it stands nowhere else.
it('by mPOS the password stands in no file, and the registration in its own alone', async () => {
  const account = { password: 'canary &<a>"b\'c' };
  story = await beginShop(inWay('mpos', { emulator: account, settings: account }));
  await payCash(story, '5');
  await closeResult(story, 'AS-04', 'Оплачен');
  await serverOf(story).fault('drop-reply', 1, { path: '/mpos/mobilepayment.cfm' });
  await startSbp(story);
  await closeResult(story, 'AS-04', 'Оплачен');
  story.press('f8');
  await story.until('printed', () => story.till.state.printJobs.length === 0);
  expect(story.log()).toContain('/mpos/mobilepayment.cfm');
  expect(story.log()).toMatch(/<password>\*\*\*<\/password>.*<registration_id>\*\*\*<\/registration_id>/s);
  expectNowhere('canary');
  const kept = readFileSync(join(pathsOf(story.root).paysystems, 'assist', 'registration.conf'), 'utf8');
  const [, registration = ''] = /token = ([0-9a-f]{32})/.exec(kept) ?? [];
  expect(registration).not.toBe('');
  expectNowhere(registration, ['registration.conf']);
});

it('the password and the secret word stand in no file', async () => {
  const secretWord = 'canary-secret-word';
  const password = 'canary &=%+;#"pass\\word';
  const account = { secretWord, password };
  story = await beginShop({ assist: { emulator: account, settings: account } });
  await payCash(story, '5');
  await closeResult(story, 'AS-04', 'Оплачен');
  await startSbp(story);
  await closeResult(story, 'AS-04', 'Оплачен');
  story.press('f8');
  returnWhole(story, 1);
  if (story.dialog === 'DOM-102') story.press('enter');
  await closeReturn(story);
  expect(story.otherChargedKopecks()).toBe(0);
  await story.until('printed', () => story.till.state.printJobs.length === 0);
  story.log();
  expectNowhere('canary');
});

it('a reader that tells a whole card number: masked on the screen and on the slip, and in no file', async () => {
  const { story: shop, reader } = await beginWithReader();
  story = shop;
  const seen: string[] = [];
  story.onPaint = (rows) => void seen.push(...rows);
  reader.play('stripe');
  await connectReader(story);
  await story.untilDialog('AS-30');
  const [order] = story.till.state.attempts;
  const number = '4111111111111111';
  const slip = [{ label: 'PAN', value: number }];
  reader.say({ is: 'signature', orderNumber: order?.order.orderNumber, display: [number], slip });
  await story.untilDialog('AS-16');
  await story.untilShows('Подпись получена (Enter)');
  expect(story.paper()).toContain('1111');
  story.press('enter');
  // The reader asks for a signature of its own as well.
  await story.until('over', () => story.dialog === 'AS-04' || story.shows('Подпись получена (Enter)'));
  if (story.dialog === 'AS-16') story.press('enter');
  await closeResult(story, 'AS-04', 'Оплачен');
  await story.until('printed', () => story.till.state.printJobs.length === 0);
  expectNowhere(number);
  expect(seen.filter((row) => row.includes(number))).toEqual([]);
  expect(JSON.stringify(serverOf(story).ledger())).not.toContain(number);
});
