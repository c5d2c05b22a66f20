/** `ОПЛАТИ`, `О!плати`, and either with a Latin O: one brand to whoever reads the list of payment types (OPL-34). */
export function isNameOfOplati(name: string): boolean {
  const letters = name
    .toLowerCase()
    .replaceAll('o', 'о')
    .replace(/[^а-яё]/g, '');
  return letters === 'оплати';
}
