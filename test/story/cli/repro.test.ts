import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dialogNumber, describe as inWords, perform } from '../../../src/cli/repro/perform.ts';
import type { Recipe } from '../../../src/cli/repro/recipe.ts';
import { RECIPES, recipeFor, WITHOUT_SCREEN } from '../../../src/cli/repro/recipes.ts';
import { prepareWorld, stoppableTime, type WorldOptions } from '../../../src/cli/repro/world.ts';
import { messageOf, messages } from '../../../src/dialogs/messages/index.ts';
import { VirtualClock } from '../../../src/emulators/clock.ts';
import { removeFolder } from '../../remove-folder.ts';
import { READER_URL, readerInMemory } from '../payments/assist/reader-in-memory.ts';
import { Story } from '../story.ts';

/** What stands in row 24, over the list of payment types, or on the page of notices, or is a row of another page has no frame with its number. */
const OTHER_FRAMES: Readonly<Record<string, string | null>> = {
  'PM-05': 'DOM-97',
  'AS-26': null,
  'AS-27': null,
  'AS-34': null,
};
/** No frame of their own: the catalogue's title says only what it is. */
const WITHOUT_TITLE = ['PM-05'];
/** What a screen draws around its words, and QR codes. */
const DRAWN = /[│┌┐└┘─▀▄█>|]/g;

describe('bin/kassa repro', () => {
  it('has a recipe for each of the thirteen errors of the guide', () => {
    const numbers = RECIPES.map(({ number }) => number).filter((number) => number.startsWith('OPL'));
    expect(numbers).toEqual(Array.from({ length: 13 }, (_, i) => `OPL-${String(i + 1).padStart(2, '0')}`));
  });

  it('has a recipe for every number of PayMaster and Assist, but the one that no screen shows', () => {
    const wanted = messages.map(({ number }) => number).filter((number) => /^(PM|AS)-/.test(number));
    expect(wanted.filter((number) => recipeFor(number) === null)).toEqual(['PM-21']);
    expect(Object.keys(WITHOUT_SCREEN)).toEqual(['PM-21']);
    expect(RECIPES.map(({ number }) => number)).toEqual([...new Set(RECIPES.map(({ number }) => number))]);
  });

  it.each(RECIPES.map((recipe) => [recipe.number, recipe] as const))(
    '%s stands on the screen with its number, title and text, reached by keys alone',
    async (number, recipe) => {
      await withWalk(recipe, (story) => {
        const { title, text } = messageOf(number);
        const frame = number in OTHER_FRAMES ? OTHER_FRAMES[number] : number;
        expect(dialogNumber(story.screen), story.picture()).toBe(frame);
        const words = plain(story.screen.join(' '));
        if (!WITHOUT_TITLE.includes(number)) expect(words, story.picture()).toContain(title);
        for (const line of text.split('\n')) expect(words, story.picture()).toMatch(patternOf(line));
      });
    },
  );

  it.each(['OPL-06', 'PM-07', 'PM-17', 'AS-21', 'AS-38', 'AS-42'])(
    '%s is answered and the register goes on',
    async (number) => {
      await withWalk(recipeFor(number) as Recipe, (story) => {
        story.press('enter');
        expect(dialogNumber(story.screen)).not.toBe(number);
      });
    },
  );

  it('a reader whose screen has been reached stands still, but hears what it is told later', () => {
    const base = new VirtualClock(0);
    const { clock, stop } = stoppableTime(base);
    const done: string[] = [];
    clock.setTimeout(() => done.push('under way'), 800);
    stop();
    clock.setTimeout(() => done.push('asked when the dialog came'), 800);
    base.advance(5000);
    clock.setTimeout(() => done.push('asked afterwards'), 800);
    base.advance(5000);
    expect(done).toEqual(['asked afterwards']);
  });

  it('--keys tells the recipe in words', () => {
    expect(wordsOf('OPL-01')).toEqual([
      'Режим О!плати: 2 (динамический QR), покупатель: pays',
      'Отключить связь с сервером О!плати',
      'Клавиши: 2 Ввод F6',
      'Клавиши: F7 7 Ввод',
      'Дождаться диалога: OPL-01',
    ]);
    expect(wordsOf('PM-12')).toEqual([
      'PayMaster, покупатель: silent',
      'Клавиши: 2 Ввод F6',
      'Клавиши: F7 8 Ввод',
      'Дождаться диалога: PM-02',
      'Покупатель открывает ссылку',
      'Клавиши: Отмена',
      'Дождаться диалога: PM-12',
    ]);
    expect(wordsOf('AS-07')).toEqual([
      'Ассист, покупатель: pays',
      'Картридер: chip, уже использовался на этой кассе',
      'Клавиши: 2 Ввод F6',
      'Клавиши: F7 9 Ввод',
      'Дождаться диалога: AS-01',
      'Клавиши: 2 Ввод',
      'Дождаться диалога: AS-07',
    ]);
  });
});

/** Walks there in a world of its own, on virtual time. */
async function withWalk(recipe: Recipe, look: (story: Story) => void): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'kassa-repro-test-'));
  let assistUrl = '';
  const reader = readerInMemory(() => assistUrl);
  const { clock } = reader;
  const startReader: NonNullable<WorldOptions['startReader']> = async ({ assist, scenario = 'chip' }) => {
    assistUrl = assist?.url ?? '';
    reader.play(scenario);
    return { url: READER_URL, close: async () => reader.pullCable() };
  };
  const world = await prepareWorld(recipe, root, { clock, startReader, softPosProgram });
  const { oplati } = world.servers;
  const story = await Story.begin({
    root,
    clock,
    ...(oplati === null ? {} : { oplati }),
    till: {
      providers: world.providers,
      printerUrl: world.printerUrl,
      openDevice: reader.openDevice,
    },
  });
  try {
    const robot = {
      press: (name: string, text: string | null) => story.till.post({ type: 'key', name, text }),
      scan: (code: string) => story.till.post({ type: 'scan', code }),
      screen: () => story.screen,
      until: (what: string, isSo: () => boolean) => story.until(what, isSo),
    };
    await perform(recipe, robot, world);
    look(story);
  } finally {
    await story.end();
    await world.close();
    removeFolder(root);
  }
}

/** A payment program of the shop: nobody comes, or it was closed. */
function softPosProgram(_assistUrl: string, buyer: string): string {
  return buyer === 'silent' ? 'sleep 60' : `printf {"result":"closed"}\\n`;
}

function plain(text: string): string {
  return text.replace(DRAWN, ' ').replace(/\s+/g, ' ');
}

/** A line of the catalogue: what fills its blanks is not ours, and a reader's screen parts words in its own way. */
function patternOf(line: string): RegExp {
  const parts = line.split(/<[^<>\s][^<>]*>/).map((part) =>
    part
      .trim()
      .split(/\s+/)
      .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[ /]+'),
  );
  return new RegExp(parts.join('.*'));
}

function wordsOf(number: string): string[] {
  const recipe = recipeFor(number);
  return recipe === null ? [] : inWords(recipe);
}
