import { describe, expect, it } from 'vitest';
import { paymasterConf } from '../../../../src/payments/providers/paymaster/conf.ts';
import { paymasterDriver } from '../../../../src/payments/providers/paymaster/driver.ts';
import {
  baseUrlOf,
  PAYMASTER_DEFAULTS,
  type PaymasterSettings,
} from '../../../../src/payments/providers/paymaster/settings.ts';
import { MERCHANT } from './paymaster-run.ts';

/** Settings as the file gives them, with some keys written. */
function settings(written: Record<string, string> = {}): PaymasterSettings {
  return paymasterConf.settingsOf(
    (name) => written[name] ?? paymasterConf.keys.find((key) => key.name === name)?.absent ?? '',
  );
}

describe('paymaster.conf', () => {
  it('an empty file means the defaults of the paper', () => {
    expect(settings()).toEqual(PAYMASTER_DEFAULTS);
  });

  it('every key has an acceptable default and stands commented, with it, in the text', () => {
    for (const { name, absent, accept } of paymasterConf.keys) {
      expect([name, accept(absent)]).toEqual([name, true]);
      const line = new RegExp(`^;${name} =(.*)$`, 'm').exec(paymasterConf.text);
      expect([name, line?.[1]?.trim()]).toEqual([name, absent]);
    }
    expect(paymasterConf.text.startsWith('[Main]\n')).toBe(true);
  });

  it('reads what an engineer writes', () => {
    const read = settings({
      token: 't',
      merchantId: MERCHANT,
      stickerId: 'stk-test-1',
      display: '0',
      testMode: '1',
      partOnlyOnScreen: '1',
      minimumSum: '10.5',
      maximumSum: '99999,99',
      poll: '5',
      wait: '60',
      successStates: '5, 7',
    });
    expect(read).toMatchObject({
      token: 't',
      stickerId: 'stk-test-1',
      display: 0,
      testMode: true,
      partOnlyOnScreen: true,
      minimumKopecks: 1_050,
      maximumKopecks: 9_999_999,
      pollMs: 5_000,
      waitMs: 60_000,
      successStates: [5, 7],
    });
  });

  it.each([
    ['token', 'a b'],
    ['token', 'a\r\nx: y'],
    ['merchantId', '../x'],
    ['stickerId', 'a/b'],
    ['display', '3'],
    ['minimumSum', '0'],
    ['maximumSum', '1000000.01'],
    ['billLife', '59'],
    ['billLife', '1201'],
    ['successStates', '5;6'],
    ['purpose', ' '],
    ['url', 'ftp://x'],
  ])('%s: %j is refused', (name, value) => {
    expect(paymasterConf.keys.find((key) => key.name === name)?.accept(value)).toBe(false);
  });

  it.each([
    ['http://127.0.0.1:9', 'http://127.0.0.1:9/api/v2'],
    ['https://paymaster.ru/api/v2/', 'https://paymaster.ru/api/v2'],
  ])('%s is called at %s', (url, base) => {
    expect(baseUrlOf(url)).toBe(base);
  });
});

describe('the driver', () => {
  it('brings its payment type only when it is set up', () => {
    expect(paymasterDriver.tenders(settings({ token: 't' }))).toEqual([]);
    expect(paymasterDriver.tenders(settings({ merchantId: MERCHANT }))).toEqual([]);
    expect(paymasterDriver.tenders(settings({ token: 't', merchantId: MERCHANT }))).toEqual([
      { code: 8, shortName: 'СБП', name: 'Оплата по QR-коду/NFC СБП', option: null },
    ]);
  });

  it('PM-14: states that mean both', () => {
    expect(paymasterDriver.setUpFault?.(settings())).toBeNull();
    expect(paymasterDriver.setUpFault?.(settings({ successStates: '5,6' }))).toBe('PM-14');
  });

  it('names its secret, and its abilities as they are', () => {
    expect(paymasterDriver.secrets(settings({ token: 't' }), null)).toEqual(['t']);
    expect(paymasterDriver.secrets(settings(), null)).toEqual([]);
    const { loyalty, reconcilesBy, unavailable, refusedForReturn } = paymasterDriver;
    expect([loyalty, reconcilesBy]).toEqual([undefined, 'period']);
    expect([refusedForReturn, unavailable]).toEqual(['PM-17', 'DOM-104']);
  });
});
