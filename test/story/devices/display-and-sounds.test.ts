import { afterEach, describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../src/settings/settings.ts';
import { DeviceStory, DISPLAY } from './shop-devices.ts';

let devices: DeviceStory;
const begin = async (settings: Partial<Settings> = {}) => {
  devices = await DeviceStory.begin({
    devices: [DISPLAY],
    settings: { display: { ...defaultSettings.display, url: DISPLAY }, ...settings },
  });
};
afterEach(() => devices.story.end());

/** The two lines of 20 the display shows now. */
function shown(): string[] {
  const text = new TextDecoder('ibm866').decode(devices.peer(DISPLAY).written());
  const lines = [...text.matchAll(/\x1bQ([AB])(.{20})\r/g)];
  return ['A', 'B'].map((line) => lines.findLast(([, which]) => which === line)?.[2] ?? '');
}
const untilShown = (upper: string, lower: string) =>
  devices.story.until(`${upper} / ${lower}`, () => {
    const [first, second] = shown().map((line) => line.replace(/ +/g, ' ').trim());
    return first === upper && second === lower;
  });

describe('the customer display', () => {
  it('greets, shows each item, the total, the QR, the change, and greets the next buyer', async () => {
    await begin();
    const { story } = devices;
    await devices.connected(DISPLAY);
    await untilShown('ДОБРО ПОЖАЛОВАТЬ', '');
    story.goods('1');
    await untilShown('МОЛОКО БМК 1.5% 1Л П', 'КОЛ. 1 50.00');
    story.press('type:3', '*').goods('2');
    await untilShown('БМК БИФИЛЮКС 2.5% 0.', 'КОЛ. 3 45.90');
    story.press('f6');
    await untilShown('ИТОГО', '95.90');
    story.press('f7', 'type:7', 'enter');
    await untilShown('ОТСКАНИРУЙТЕ QR-КОД', 'К ОПЛАТЕ 95.90');
    await story.untilShows('Нажмите "Итого", чтобы закрыть чек');
    story.press('f8').goods('2').press('f6', 'type:100', 'f8');
    await untilShown('ПОЛУЧЕНО 100.00', 'СДАЧА 84.70');
    story.press('f12');
    await untilShown('ДОБРО ПОЖАЛОВАТЬ', '');
  });

  // Incident: of a return in cash it said ИТОГО 50.00, as if the buyer had to pay it.
  it('shows what the buyer gets out of the drawer', async () => {
    await begin();
    const { story } = devices;
    await devices.connected(DISPLAY);
    story.press('f10', 'type:3', 'enter').goods('1').press('f6', 'enter', 'f7', 'type:1', 'enter');
    await untilShown('ВЫДАТЬ НАЛИЧНЫМИ', '50.00');
    story.press('f8');
    expect(story.document).toBeNull();
    await untilShown('ВЫДАТЬ НАЛИЧНЫМИ', '50.00');
    story.goods('2').press('f6', 'type:10', 'enter', 'f11', 'enter');
    expect(story.shows('Чек аннулирован'), story.picture()).toBe(true);
    await untilShown('ВЫДАТЬ НАЛИЧНЫМИ', '10.00');
    story.goods('2');
    await untilShown('БМК БИФИЛЮКС 2.5% 0.', 'КОЛ. 1 15.30');
  });

  it('lost is a word in row 24 and nothing else; back again it shows what is true now', async () => {
    await begin();
    const { story } = devices;
    await devices.connected(DISPLAY);
    devices.peer(DISPLAY).refuse('noDevice');
    devices.peer(DISPLAY).unplug();
    await story.untilShows('Дисплей покупателя: нет связи');
    story.goods('1').goods('2');
    expect(story.dialog).toBeNull();
    devices.peer(DISPLAY).refuse(null);
    await untilShown('БМК БИФИЛЮКС 2.5% 0.', 'КОЛ. 1 15.30');
    expect(story.shows('Дисплей покупателя')).toBe(false);
  });
});

describe('sounds', () => {
  const heard = async (act: () => void): Promise<number> => {
    const { story } = devices;
    const before = story.bells;
    act();
    await story.pass(2_000);
    return story.bells - before;
  };
  const refused = () => devices.story.press('f8');
  const error = () => devices.story.scan('4810000009998');
  const done = () => devices.story.goods('2').press('f6', 'type:100', 'f8');

  it('are told apart by their strokes: refused 1, error 2, done 3', async () => {
    await begin();
    expect(await heard(refused)).toBe(1);
    expect(await heard(error)).toBe(2);
    devices.story.press('enter');
    expect(await heard(done)).toBe(3);
  });

  it('can be switched off one by one', async () => {
    await begin({ sounds: { refused: false, error: true, done: false } });
    expect(await heard(refused)).toBe(0);
    expect(await heard(error)).toBe(2);
    devices.story.press('enter');
    expect(await heard(done)).toBe(0);
  });

  it('and all together', async () => {
    await begin({ soundOn: false });
    expect(await heard(error)).toBe(0);
  });
});
