import { describe, expect, it } from 'vitest';
import { displayProfileOf } from '../../../../src/devices/display/profile.ts';
import { createEscpos } from '../../../../src/devices/printer/escpos.ts';
import { findProfile, parseProfile, profileOf } from '../../../../src/devices/printer/profile.ts';
import { defaultSettings } from '../../../../src/settings/settings.ts';

const { printer, display } = defaultSettings;

describe('a printer no profile is of', () => {
  it('is the profile and what the settings say besides: page, knife, drawer', () => {
    const own = profileOf({
      ...printer,
      codepage: 'cp1251',
      codepageNumber: 28,
      cut: 'full',
      drawerPin: 5,
      drawerOnMs: 200,
    });
    if (own === null) throw new Error('no profile');
    expect(parseProfile(own)).toEqual({ ok: true, profile: own });
    const escpos = createEscpos(own);
    expect([...escpos.init()]).toEqual([0x1b, 0x40, 0x1c, 0x2e, 0x1b, 0x74, 28]);
    expect([...escpos.textLine('«Ў»')]).toEqual([0xab, 0xa1, 0xbb, 0x0a]);
    expect([...escpos.drawer()]).toEqual([0x1b, 0x70, 1, 100, 250]);
    expect([...escpos.cut()].slice(-3)).toEqual([0x1d, 0x56, 0]);
  });

  it('is the profile alone when they say nothing', () => {
    expect(profileOf(printer)).toEqual(findProfile('generic-80'));
    expect(profileOf({ ...printer, profile: 'lpt1', columns: 32 })).toBeNull();
  });
});

it('a display of the shop has its own number of the code page', () => {
  expect(displayProfileOf({ ...display, codepageNumber: 6 })).toMatchObject({ codepage: { name: 'cp866', number: 6 } });
  expect(displayProfileOf(display)).toMatchObject({ codepage: { name: 'cp866', number: null } });
});
