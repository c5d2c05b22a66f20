import { describe, expect, it } from 'vitest';
import { isEmail } from '../../../src/register/email.ts';

describe('an address', () => {
  it.each([
    'a@b.by',
    'first.last+tag@mail.example.com',
    "o'neil@example.com",
    'a@xn--90ais.xn--p1ai',
    `${'a'.repeat(123)}@b.by`,
  ])('%s is one', (text) => {
    expect(isEmail(text)).toBe(true);
  });

  it.each([
    '',
    'a',
    'a@b',
    '@b.by',
    'a@.by',
    'a@b.',
    'a@b..by',
    'a@b@c.by',
    'a b@c.by',
    'a@b.by ',
    'почта@пример.бел',
    'a@b.b',
    'a@1.2.3.4',
    `${'a'.repeat(124)}@b.by`,
  ])('"%s" is none', (text) => {
    expect(isEmail(text)).toBe(false);
  });
});
