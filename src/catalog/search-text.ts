/**
 * How names are cut into words for the search (screens.md SCR-06: any case, е = ё). The index and the query must be cut
 * by the same rule: after a change here the index has to be rebuilt by a migration in storage.ts.
 */

/** Lower case, ё as е; Belarusian і and ў stay letters of their own. */
export function foldText(text: string): string {
  return text.toLowerCase().replaceAll('ё', 'е');
}

/**
 * Words of a name: runs of letters and digits. `1,5%` is the one word `1.5`, and `П/П` the one word `п/п`: cut apart,
 * their single letters would stand in every second name and make the search slow.
 */
export function wordsOf(text: string): string[] {
  return (
    foldText(text)
      .replace(/(?<=\d),(?=\d)/gu, '.')
      .match(/(?<![\p{L}\p{N}])\p{L}{1,2}\/\p{L}{1,2}(?![\p{L}\p{N}])|\d+(?:\.\d+)+\p{L}*|[\p{L}\p{N}]+/gu) ?? []
  );
}

/** Three-letter pieces of a word, for the search inside of words. */
export function trigramsOf(word: string): string[] {
  const trigrams = new Set<string>();
  for (let index = 0; index + 3 <= word.length; index++) trigrams.add(word.slice(index, index + 3));
  return [...trigrams];
}
