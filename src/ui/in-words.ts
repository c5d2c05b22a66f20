/** Numbers in Russian words: a misread number of digits looks right, its words do not. */

const UNITS = ['', 'один', 'два', 'три', 'четыре', 'пять', 'шесть', 'семь', 'восемь', 'девять'];
const TEENS = [
  'десять',
  'одиннадцать',
  'двенадцать',
  'тринадцать',
  'четырнадцать',
  'пятнадцать',
  'шестнадцать',
  'семнадцать',
  'восемнадцать',
  'девятнадцать',
];
const TENS = [
  '',
  '',
  'двадцать',
  'тридцать',
  'сорок',
  'пятьдесят',
  'шестьдесят',
  'семьдесят',
  'восемьдесят',
  'девяносто',
];
const HUNDREDS = [
  '',
  'сто',
  'двести',
  'триста',
  'четыреста',
  'пятьсот',
  'шестьсот',
  'семьсот',
  'восемьсот',
  'девятьсот',
];
/** One, two to four, more; from the greatest. */
const GROUPS = [
  { of: 1_000_000, forms: ['миллион', 'миллиона', 'миллионов'], isFeminine: false },
  { of: 1000, forms: ['тысяча', 'тысячи', 'тысяч'], isFeminine: true },
] as const;

/** `12345670` -> `двенадцать миллионов триста сорок пять тысяч шестьсот семьдесят`; below a thousand millions. */
export function inWords(whole: number): string {
  if (whole === 0) return 'ноль';
  const words: string[] = [];
  let rest = whole;
  for (const { of, forms, isFeminine } of GROUPS) {
    const count = Math.trunc(rest / of);
    rest %= of;
    if (count > 0) words.push(...below1000(count, isFeminine), formOf(count, forms));
  }
  return [...words, ...below1000(rest, false)].join(' ');
}

/** The roubles of a sum in words, its kopecks in digits: `двадцать три руб. 05 коп.` */
export function kopecksInWords(amountKopecks: number): string {
  const kopecks = String(amountKopecks % 100).padStart(2, '0');
  return `${inWords(Math.trunc(amountKopecks / 100))} руб. ${kopecks} коп.`;
}

function below1000(count: number, isFeminine: boolean): string[] {
  const [tens, unit] = [Math.trunc((count % 100) / 10), count % 10];
  const isTeen = tens === 1;
  return [
    HUNDREDS[Math.trunc(count / 100)] ?? '',
    isTeen ? (TEENS[unit] ?? '') : (TENS[tens] ?? ''),
    isTeen ? '' : unitOf(unit, isFeminine),
  ].filter((word) => word !== '');
}

function unitOf(unit: number, isFeminine: boolean): string {
  if (isFeminine && unit === 1) return 'одна';
  if (isFeminine && unit === 2) return 'две';
  return UNITS[unit] ?? '';
}

function formOf(count: number, [one, few, many]: readonly [string, string, string]): string {
  const [tens, unit] = [Math.trunc((count % 100) / 10), count % 10];
  if (tens === 1 || unit === 0 || unit >= 5) return many;
  return unit === 1 ? one : few;
}
