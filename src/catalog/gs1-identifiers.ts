/** The application identifiers of the GS1 General Specifications: how long each is and what it may hold. */

export interface Identifier {
  ai: string;
  /** The value ends after `most` characters; else at a separator or at the end of the code. */
  hasKnownEnd: boolean;
  least: number;
  most: number;
  isNumeric: boolean;
}

/** `n14` = 14 digits, `n2..8` = 2 to 8 digits, `x1..20` = 1 to 20 characters; `!` = ends without a separator. */
const FORMATS: readonly (readonly [ai: RegExp, format: string])[] = [
  [/^00/, '!n18'],
  [/^0[12]/, '!n14'],
  [/^03/, '!n14'],
  [/^10/, 'x1..20'],
  [/^1[1-9]/, '!n6'],
  [/^20/, '!n2'],
  [/^2[12]/, 'x1..20'],
  [/^235/, 'x1..28'],
  [/^24[01]/, 'x1..30'],
  [/^242/, 'n1..6'],
  [/^243/, 'x1..20'],
  [/^25[01]/, 'x1..30'],
  [/^253/, 'x13..30'],
  [/^254/, 'x1..20'],
  [/^255/, 'n13..25'],
  [/^30/, 'n1..8'],
  [/^3[1-6]\d\d/, '!n6'],
  [/^37/, 'n1..8'],
  [/^39[02]\d/, 'n1..15'],
  [/^39[13]\d/, 'n4..18'],
  [/^394\d/, 'n4'],
  [/^395\d/, 'n6'],
  [/^40[013]/, 'x1..30'],
  [/^402/, 'n17'],
  [/^41\d/, '!n13'],
  [/^420/, 'x1..20'],
  [/^421/, 'x4..12'],
  [/^42[246]/, 'n3'],
  [/^42[35]/, 'n3..15'],
  [/^427/, 'x1..3'],
  [/^43\d\d/, 'x1..70'],
  [/^7001/, 'n13'],
  [/^7002/, 'x1..30'],
  [/^7003/, 'n10'],
  [/^7004/, 'n1..4'],
  [/^7005/, 'x1..12'],
  [/^7006/, 'n6'],
  [/^7007/, 'n6..12'],
  [/^7008/, 'x1..3'],
  [/^7009/, 'x1..10'],
  [/^7010/, 'x1..2'],
  [/^7011/, 'n6..10'],
  [/^702[0-2]/, 'x1..20'],
  [/^7023/, 'x1..30'],
  [/^703\d/, 'x4..30'],
  [/^7040/, 'x4'],
  [/^71[0-7]/, 'x1..20'],
  [/^72\d\d/, 'x1..90'],
  [/^8001/, 'n14'],
  [/^8002/, 'x1..20'],
  [/^8003/, 'x14..30'],
  [/^8004/, 'x1..30'],
  [/^8005/, 'n6'],
  [/^8006/, 'n18'],
  [/^8007/, 'x1..34'],
  [/^8008/, 'n8..12'],
  [/^8009/, 'x1..50'],
  [/^8010/, 'x1..30'],
  [/^8011/, 'n1..12'],
  [/^8012/, 'x1..20'],
  [/^8013/, 'x1..25'],
  [/^801[78]/, 'n18'],
  [/^8019/, 'n1..10'],
  [/^8020/, 'x1..25'],
  [/^8026/, 'n18'],
  [/^8030/, 'x1..90'],
  [/^8110/, 'x1..70'],
  [/^8111/, 'n4'],
  [/^8112/, 'x1..70'],
  [/^8200/, 'x1..70'],
  [/^90/, 'x1..30'],
  [/^9[1-9]/, 'x1..90'],
];

const LONGEST_AI = 4;

/** The identifier that begins at `at`; null when there is none. */
export function readIdentifier(code: string, at: number): Identifier | null {
  const head = code.slice(at, at + LONGEST_AI);
  for (const [pattern, format] of FORMATS) {
    const ai = pattern.exec(head)?.[0];
    if (ai !== undefined) return { ai, ...limitsOf(format) };
  }
  return null;
}

function limitsOf(format: string): Omit<Identifier, 'ai'> {
  const [, mark = '', kind = '', least = '', most = least] = /^(!?)([nx])(\d+)(?:\.\.(\d+))?$/.exec(format) ?? [];
  return { hasKnownEnd: mark === '!', least: Number(least), most: Number(most), isNumeric: kind === 'n' };
}
