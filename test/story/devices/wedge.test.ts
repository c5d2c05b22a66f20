import { afterEach, describe, expect, it } from 'vitest';
import type { StoryOptions } from '../story.ts';
import { DeviceStory, MILK } from './shop-devices.ts';

let devices: DeviceStory;
const begin = async (options: StoryOptions = {}) => {
  devices = await DeviceStory.begin({ ...options, devices: [] });
  return devices;
};
afterEach(() => devices.story.end());

const SCANNER_PACE_MS = 5;
const HAND_PACE_MS = 120;

describe('a keyboard scanner', () => {
  it('adds goods as a scan, and the LF after its CR presses nothing', async () => {
    await begin();
    devices.type(`${MILK}\r\r`, SCANNER_PACE_MS);
    expect(devices.lines()).toEqual(['1']);
    expect(devices.story.document?.lines[0]?.entry).toBe('scan');
    expect(devices.story.shows('Клавиша недоступна')).toBe(false);
  });

  it('closes no dialog: the scan is refused and counted, its Enter is not pressed', async () => {
    await begin();
    devices.type('4810000009998\r', SCANNER_PACE_MS);
    const notFound = devices.story.dialog;
    expect(notFound).toMatch(/^DOM-/);
    devices.type(`${MILK}\r`, SCANNER_PACE_MS);
    expect(devices.story.dialog).toBe(notFound);
    expect(devices.lines()).toEqual([]);
    devices.story.press('enter');
    expect(devices.story.shows('Отклонено сканов: 1')).toBe(true);
  });

  it('never pays: at the payment stage a scan is no sum of money', async () => {
    await begin();
    devices.type('2\r', HAND_PACE_MS);
    devices.story.press('f6');
    devices.type('00150000\r', SCANNER_PACE_MS);
    expect(devices.story.document?.payments ?? []).toEqual([]);
    expect(devices.story.document?.stage).toBe('subtotal');
  });

  // A mark whose separator comes as Alt+029 sold goods 993, and a tail of digits was 9935.00 in cash.
  describe.each([
    ['Esc and digits', ['escape', '0', 'escape', '2', 'escape', '9']],
    ['keys with Alt', ['alt+0', 'alt+2', 'alt+9']],
    ['keys with Alt, NumLock off', ['alt+insert', 'alt+down', 'alt+pageup']],
  ])('whose separator comes as %s', (_, separator) => {
    const mark = () => {
      const press = (name: string) => {
        devices.story.till.key(name, name.length === 1 ? name : null);
        devices.story.clock.advance(3);
      };
      devices.type('0104810000000018215A<b>"kLmNoPq', 3);
      for (const name of separator) press(name);
      devices.type('9935\r', 3);
    };

    it('sells nothing and says once that the code is broken', async () => {
      await begin();
      mark();
      expect(devices.story.dialog).toBe('DEV-05');
      devices.story.clock.advance(500);
      devices.story.press('enter');
      expect(devices.story.dialog).toBeNull();
      expect(devices.story.document).toBeNull();
      expect(devices.story.row(21)).not.toContain('Ввод:');
      devices.type(`${MILK}\r`, 3);
      expect(devices.lines()).toEqual(['1']);
    });

    it('is no sum at the subtotal, and answers no dialog there', async () => {
      await begin();
      devices.story.goods('1').press('f6');
      mark();
      devices.story.clock.advance(500);
      expect(devices.story.document?.payments).toEqual([]);
      expect(devices.story.dialog).toBeNull();
      expect(devices.story.row(21)).not.toContain('Ввод:');
      expect(devices.story.shows('Отклонено сканов: 1')).toBe(true);
      devices.story.press('escape', 'f3');
      mark();
      devices.story.clock.advance(500);
      expect(devices.story.dialog).toBe('DOM-27');
      expect(devices.story.document?.lines[0]?.quantityThousandths).toBe(1000);
    });
  });

  it('is no number however short it is, in no field', async () => {
    await begin();
    devices.type('993\r', SCANNER_PACE_MS);
    expect(devices.story.dialog).toBe('DEV-05');
    devices.story.clock.advance(500);
    devices.story.press('enter').goods('1').press('f6');
    for (const burst of ['200', '55\r', '12345\r', '7777777']) {
      devices.type(burst, SCANNER_PACE_MS);
      devices.story.clock.advance(500);
      expect(devices.story.row(21)).not.toContain('Ввод:');
    }
    devices.story.press('f7');
    devices.type('123\r', SCANNER_PACE_MS);
    devices.story.clock.advance(500);
    expect(devices.story.document?.payments).toEqual([]);
    expect(devices.story.dialog).toBe('DOM-97');
  });

  it("reads the code on the buyer's phone where it is asked for, and leaves no trace of it on the screen", async () => {
    await begin({ mode: 0 });
    const { story } = devices;
    story.goods('2').press('f6', 'f7', 'type:7', 'enter');
    await story.untilDialog('OPL-21');
    devices.type('12345678901234567890', SCANNER_PACE_MS);
    expect(story.shows('****')).toBe(false);
    devices.type('\r', SCANNER_PACE_MS);
    await story.until('the code was taken', () => story.dialog !== 'OPL-21');
    await story.until('it reached the server', () =>
      story.oplati.requests().some(({ path }) => /demandPayment/.test(path)),
    );
    expect(story.screen.join('')).not.toContain('12345678901234567890');
  });

  it('in the Russian layout is understood; what no layout explains is DEV-07', async () => {
    await begin();
    devices.type('йцукен\r', SCANNER_PACE_MS);
    expect(devices.story.log()).toContain('штрих-кодом: qwerty');
    devices.story.press('enter');
    devices.type('1234Ϡ567\r', SCANNER_PACE_MS);
    expect(devices.story.dialog).toBe('DEV-07');
    expect(devices.story.document).toBeNull();
  });

  it('with a prefix is known by it alone, and typing is not held back at all', async () => {
    await begin({ settings: { wedge: { enabled: true, prefix: '~' } } });
    devices.story.till.key('2', '2');
    expect(devices.story.row(21)).toMatch(/Ввод: 2_$/);
    devices.story.press('backspace');
    devices.type(`~${MILK}\r`, HAND_PACE_MS / 4);
    expect(devices.lines()).toEqual(['1']);
  });

  it('may be switched off: then every key is a key', async () => {
    await begin({ settings: { wedge: { enabled: false, prefix: null } } });
    devices.type(MILK, SCANNER_PACE_MS);
    expect(devices.story.row(21)).toMatch(/Ввод: 4810000000018_$/);
  });
});

describe('a hand at the keyboard', () => {
  it('sells as ever: each digit shows within a twentieth of a second, Enter adds', async () => {
    await begin();
    devices.story.till.key('2', '2');
    devices.story.clock.advance(50);
    expect(devices.story.row(21)).toMatch(/Ввод: 2_$/);
    devices.type('\r', HAND_PACE_MS);
    expect(devices.lines()).toEqual(['2']);
    expect(devices.story.document?.lines[0]?.entry).toBe('code');
  });

  it('that is followed by a function key at once loses nothing and keeps the order', async () => {
    await begin();
    devices.type('2', 10);
    devices.type('\r', 90);
    devices.story.till.key('f6', null);
    devices.type('5', 20);
    devices.type('00', HAND_PACE_MS);
    devices.story.till.key('f8', null);
    expect(devices.story.shows('Чек закрыт')).toBe(true);
    expect(devices.story.till.state.register.lastClosed?.receivedKopecks).toBe(50_000);
  });

  it('types a word into the search as fast as it likes', async () => {
    await begin();
    devices.story.press('f2');
    devices.type('молоко\r', SCANNER_PACE_MS);
    expect(devices.story.document?.lines[0]?.goods.name).toContain('МОЛОКО');
    expect(devices.story.document?.lines[0]?.entry).toBe('search');
  });

  it('types a password as fast as it likes: nothing is held back, none of it becomes a scan', async () => {
    await begin();
    const { story } = devices;
    story.press('f12');
    expect(story.till.state.register.locked).toBe(true);
    devices.type('12345678', SCANNER_PACE_MS);
    expect(story.shows('********')).toBe(true);
    devices.type('\r', SCANNER_PACE_MS);
    await story.untilDialog('DOM-02');
    story.press('enter');
    devices.type('1111\r', SCANNER_PACE_MS);
    await story.until('unlocked', () => !story.till.state.register.locked);
  });
});
