import { describe, expect, it } from 'vitest';
import { createPictureChange } from '../../../src/app/picture-change.ts';
import type { Layer } from '../../../src/app/render.ts';

const layer = (name: string, local: unknown = null) =>
  ({ place: 'stack', context: { name }, ref: { name, local, text: '' } }) as unknown as Layer;

/** A hand that has just pressed something at `keyAtMs`, and a screen that the program changes at 1000 ms. */
function changedUnder(keyAtMs: number) {
  const picture = createPictureChange();
  picture.painted(layer('subtotal'), false, 0);
  picture.isMissed(keyAtMs, 'enter');
  picture.painted(layer('result', { number: 'AS-21' }), false, 1000);
  return picture;
}

describe('a key pressed for a screen that has gone', () => {
  it('presses nothing while nobody can have read the new one', () => {
    expect(changedUnder(900).isMissed(1040, 'enter')).toBe(true);
    expect(changedUnder(500).isMissed(1150, 'enter')).toBe(true);
    expect(changedUnder(900).isMissed(1250, 'enter')).toBe(false);
  });

  it('takes the keys of the same movement with it, but not for ever', () => {
    const picture = changedUnder(900);
    expect([1100, 1300, 1500, 2100].map((atMs) => picture.isMissed(atMs, 'enter'))).toEqual([true, true, true, false]);
    const impatient = changedUnder(900);
    const presses = Array.from({ length: 8 }, (_, i) => 1150 + i * 300);
    expect(presses.map((atMs) => impatient.isMissed(atMs, 'enter')).lastIndexOf(true)).toBeLessThan(5);
  });

  it('is none for a hand that was waiting for the screen', () => {
    expect(changedUnder(-5000).isMissed(1050, 'enter')).toBe(false);
  });

  it('is none on a screen that a key of the same hand has brought, nor where only a word of the screen changed', () => {
    const picture = createPictureChange();
    picture.painted(layer('goods'), false, 0);
    picture.isMissed(100, 'enter');
    picture.painted(layer('subtotal'), true, 100);
    expect(picture.isMissed(110, 'enter')).toBe(false);
    picture.painted(layer('subtotal'), false, 120);
    expect(picture.isMissed(130, 'enter')).toBe(false);
  });

  it('was pressed before the change although it was held back until after it', () => {
    const picture = changedUnder(900);
    expect(picture.isMissed(980, 'enter')).toBe(true);
  });

  it('may be Esc where the same payment goes on: it calls it off in each of its prompts', () => {
    const prompt = (number: string) => layer('prompt', { attempt: { attemptId: 'a1', prompt: { number } } });
    const picture = createPictureChange();
    picture.painted(prompt('PM-01'), true, 0);
    picture.isMissed(50, 'enter');
    picture.painted(prompt('PM-02'), false, 100);
    expect(picture.isMissed(150, 'escape')).toBe(false);
    expect(picture.isMissed(160, 'enter')).toBe(true);
    picture.painted(layer('result', { number: 'AS-21' }), false, 300);
    expect(picture.isMissed(350, 'escape')).toBe(true);
  });

  it('takes the next message of the same kind for another screen', () => {
    const picture = createPictureChange();
    picture.painted(layer('message', { number: 'OPL-01' }), true, 0);
    picture.isMissed(50, 'enter');
    picture.painted(layer('message', { number: 'DEV-10' }), false, 60);
    expect(picture.isMissed(100, 'enter')).toBe(true);
  });
});
