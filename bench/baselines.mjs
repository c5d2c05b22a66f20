/** What everything is compared with: the least that a key, a durable line and a look-up can cost with these packages. */
import { PassThrough } from 'node:stream';
import BetterSqlite3 from 'better-sqlite3';
import blessed from 'blessed';

/** All of them fit on the screen: the cheapest list there is. */
const LIST_ITEMS = 20;

/** A terminal's end of a wire: takes the bytes and forgets them. */
export function openSink() {
  const sink = Object.assign(new PassThrough({ highWaterMark: 1 << 24 }), { columns: 80, rows: 25, isTTY: true });
  let bytes = 0;
  sink.on('data', (chunk) => {
    bytes += chunk.length;
  });
  return Object.assign(sink, { received: () => bytes });
}

/**
 * A blessed list over a whole 80x25 screen and nothing else; each call moves the selection by one row and draws it.
 * @returns {() => void} returns when the bytes are written
 */
export function openBareList() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const screen = blessed.screen({
    input,
    output: openSink(),
    terminal: 'xterm-256color',
    smartCSR: true,
    forceUnicode: true,
    fullUnicode: false,
  });
  const list = blessed.list({
    parent: screen,
    width: '100%',
    height: '100%',
    items: Array.from({ length: LIST_ITEMS }, (_, index) => `Товар номер ${index}`),
    style: { selected: { inverse: true } },
  });
  screen.render();
  let step = 1;
  return () => {
    if (list.selected + step < 0 || list.selected + step >= LIST_ITEMS) step = -step;
    list.move(step);
    screen.render();
    // blessed would hand the bytes over in the next tick; our painter hands them over at once.
    screen.program.flush();
  };
}

/** One row of a line's size in a WAL database that syncs every commit, as the journal does. */
export function openBareJournal(path) {
  const database = new BetterSqlite3(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('wal_autocheckpoint = 0');
  database.exec('CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY, text TEXT NOT NULL)');
  const insert = database.prepare('INSERT INTO line (text) VALUES (?)');
  const text = 'x'.repeat(100);
  return {
    commit: () => void insert.run(text),
    checkpoint: () => void database.pragma('wal_checkpoint(PASSIVE)'),
    close: () => database.close(),
  };
}

/** One row by primary key out of the same million, by a connection as it comes. */
export function openBareLookUp(catalogPath) {
  const database = new BetterSqlite3(catalogPath, { readonly: true });
  const query = database.prepare('SELECT tmc FROM barcodes WHERE barcode = ?');
  return { find: (barcode) => query.get(barcode), close: () => database.close() };
}

/** Lets timers, sockets and the rest of the event loop have their turn. */
export function breathe() {
  return new Promise((resolve) => setImmediate(resolve));
}
