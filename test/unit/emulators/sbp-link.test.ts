import { describe, expect, it } from 'vitest';
import { crcOf, qrcIdOf, sbpLink } from '../../../src/emulators/sbp-link.ts';

describe('the checksum of a link (sbp-qr.md 3 and 9)', () => {
  it.each([
    ['S-1', '123456789', '29B1'],
    ['S-2', 'https://qr.nspk.ru/AD10000000000000000000000000TEST?type=02&bank=100000000000&sum=15990&cur=RUB', 'B8DB'],
    ['S-3', 'https://qr.nspk.ru/AS1R00000000000000000000000000V0?type=01&bank=100000000000', '83AD'],
    ['S-4', 'https://qr.nspk.ru/BD20000000000000000000000000TEST?type=02&bank=100000000000&sum=1&cur=RUB', 'FB32'],
    ['S-5', 'https://qr.nspk.ru/AD10000000000000000000000000TEST?type=02&bank=100000000000&sum=1530&cur=RUB', 'BBEE'],
    ['S-6', 'https://qr.nspk.ru/AD100000000000000000000000000028?type=02&bank=100000000000&sum=1530&cur=RUB', '0691'],
  ])('%s', (_vector, text, expected) => {
    expect(crcOf(text)).toBe(expected);
  });
});

describe('the link', () => {
  it('S-7: a dynamic one names its sum in kopecks and ends in the checksum', () => {
    const qrcId = qrcIdOf('dynamic', 'TEST');
    expect(sbpLink({ qrcId, kind: 'dynamic', sumKopecks: 15_990, bank: '100000000000' })).toBe(
      'https://qr.nspk.ru/AD10000000000000000000000000TEST?type=02&bank=100000000000&sum=15990&cur=RUB&crc=B8DB',
    );
  });

  it('a cash link carries no sum', () => {
    expect(sbpLink({ qrcId: qrcIdOf('cashLink', 'V0'), kind: 'static', sumKopecks: null })).toBe(
      'https://qr.nspk.ru/AS1R00000000000000000000000000V0?type=01&bank=100000000000&crc=83AD',
    );
  });

  it('an ordinary static one may fix its sum', () => {
    const link = sbpLink({ qrcId: qrcIdOf('static', '7'), kind: 'static', sumKopecks: 1 });
    expect(link).toMatch(
      /^https:\/\/qr\.nspk\.ru\/AS10[0]{27}7\?type=01&bank=100000000000&sum=1&cur=RUB&crc=[0-9A-F]{4}$/,
    );
  });

  it('an id that would not be 32 characters of 0-9A-V is refused', () => {
    expect(() => qrcIdOf('dynamic', 'Z')).toThrow(RangeError);
    expect(() => qrcIdOf('dynamic', '0'.repeat(29))).toThrow(RangeError);
  });
});
