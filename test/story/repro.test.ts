import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describe as inWords, perform, RECIPES } from '../../src/cli/repro/recipe.ts';
import { prepareWorld } from '../../src/cli/repro/repro.ts';
import { messageOf } from '../../src/dialogs/messages/index.ts';
import { VirtualClock } from '../../src/emulators/clock.ts';
import { CAPTURE_TIME, Story } from './story.ts';

describe('bin/kassa repro', () => {
  it('has a recipe for each of the thirteen errors of the guide', () => {
    const numbers = RECIPES.map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 13 }, (_, i) => `OPL-${String(i + 1).padStart(2, '0')}`));
  });

  it.each(RECIPES.map((recipe) => [recipe.number, recipe] as const))(
    '%s stands on the screen with its number, title and text, reached by keys alone',
    async (number, recipe) => {
      const root = mkdtempSync(join(tmpdir(), 'kassa-repro-test-'));
      const clock = new VirtualClock(CAPTURE_TIME);
      const oplati = await prepareWorld(recipe, root, { clock });
      const story = await Story.begin({ root, clock, oplati, till: { providers: { oplati: { url: oplati.url } } } });
      try {
        const robot = {
          press: (name: string, text: string | null) => story.till.post({ type: 'key', name, text }),
          scan: (code: string) => story.till.post({ type: 'scan', code }),
          screen: () => story.screen,
          until: (what: string, isSo: () => boolean) => story.until(what, isSo),
        };
        await perform(recipe, robot, oplati, 'OPL000000002');
        expect(story.dialog).toBe(number);
        const { title, text } = messageOf(number);
        const words = story.screen
          .join(' ')
          .replace(/[│┌┐└┘─]/g, ' ')
          .replace(/\s+/g, ' ');
        expect(words).toContain(title);
        expect(words).toContain(text.replace(/\s+/g, ' '));
        // The dialog is answered and the register goes on.
        story.press('enter');
        expect(story.dialog).not.toBe(number);
      } finally {
        await story.end();
        rmSync(root, { recursive: true, force: true });
      }
    },
  );

  it('--keys tells the recipe in words', () => {
    const [first] = RECIPES;
    expect(first === undefined ? [] : inWords(first)).toEqual([
      'Режим О!плати: 2 (динамический QR), покупатель: pays',
      'Отключить связь с сервером',
      'Клавиши: 2 Ввод F6',
      'Клавиши: F7 7 Ввод',
      'Дождаться диалога: OPL-01',
    ]);
  });
});
