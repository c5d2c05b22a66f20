/** `--dialect` of `emulator` and `demo`: how a server of theirs answers otherwise, told in Russian when it cannot. */
import { type DialectFault, dialectOfWord } from '../emulators/dialect.ts';
import { dialectTableOf } from '../emulators/serve.ts';
import { safeText } from '../register/safe-text.ts';

type Read<Value> = { dialect: Value } | { fault: string };

/** @param words `NAME=VALUE`; the last of a name counts */
export async function readDialectWords(server: string, words: readonly string[]): Promise<Read<object>> {
  if (words.length === 0) return { dialect: {} };
  const table = await dialectTableOf(server);
  if (table === null) return { fault: `Ключ --dialect: "${safeText(server, 60)}" отвечает только по-одному` };
  let dialect = {};
  for (const word of words) {
    const read = dialectOfWord(table, word);
    if ('fault' in read) return { fault: toldFault(server, read.fault) };
    dialect = { ...dialect, ...read.dialect };
  }
  return { dialect };
}

function toldFault(server: string, fault: DialectFault): string {
  const allowed = fault.allowed.join(', ');
  if (!('value' in fault)) return `Ключ --dialect: у ${server} нет "${safeText(fault.name, 60)}". Имена: ${allowed}`;
  return `Ключ --dialect: у ${fault.name} нет значения "${safeText(String(fault.value), 60)}". Допустимо: ${allowed}`;
}

/** Dialects by server. */
export type DemoDialects = Readonly<Record<string, object>>;

/**
 * @param words `SERVER.NAME=VALUE`
 * @param urls servers that are somebody else's: how they answer is not ours to say
 */
export async function readDemoDialects(
  words: readonly string[],
  urls: Readonly<Record<string, string | undefined>>,
): Promise<Read<DemoDialects>> {
  const servers = Object.keys(urls);
  const wordsOf: Record<string, string[]> = {};
  for (const word of words) {
    const server = servers.find((name) => word.startsWith(`${name}.`));
    if (server === undefined) {
      const names = servers.map((name) => `${name}.NAME=VALUE`).join(', ');
      return { fault: `Ключ --dialect: нет такого сервера: "${safeText(word, 60)}". Допустимо: ${names}` };
    }
    if (urls[server] !== undefined) return { fault: `Ключ --dialect: сервер ${server} указан ключом --${server}-url` };
    wordsOf[server] = [...(wordsOf[server] ?? []), word.slice(server.length + 1)];
  }
  const dialects: Record<string, object> = {};
  for (const [server, ofServer] of Object.entries(wordsOf)) {
    const read = await readDialectWords(server, ofServer);
    if ('fault' in read) return read;
    dialects[server] = read.dialect;
  }
  return { dialect: dialects };
}
