import type { Database } from 'better-sqlite3';

/** 'kass' in ASCII: tells `file` and support what this database is. */
const APPLICATION_ID = 0x6b617373;

/** Each entry brings the file one version up; never edited once released. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE events (
    seq  INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL
  );
  -- The state as it was after event \`seq\`: a start replays only what came later, so it costs one open receipt.
  CREATE TABLE snapshot (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, state TEXT NOT NULL);
  CREATE TABLE documents (
    document_id    TEXT PRIMARY KEY,
    number         INTEGER NOT NULL,
    type           TEXT NOT NULL,
    status         TEXT NOT NULL,
    shift_number   INTEGER NOT NULL,
    closed_at      INTEGER NOT NULL,
    total_kopecks  INTEGER NOT NULL,
    body           TEXT NOT NULL,
    previous_hash  TEXT NOT NULL,
    hash           TEXT NOT NULL
  );
  CREATE UNIQUE INDEX documents_number ON documents (number);
  CREATE INDEX documents_closed_at ON documents (closed_at);
  CREATE TABLE attempts (
    attempt_id     TEXT PRIMARY KEY,
    document_id    TEXT NOT NULL,
    provider       TEXT NOT NULL,
    operation      TEXT NOT NULL,
    state          TEXT NOT NULL,
    amount_kopecks INTEGER NOT NULL,
    order_number   TEXT NOT NULL UNIQUE,
    started_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    body           TEXT NOT NULL
  );
  CREATE INDEX attempts_document ON attempts (document_id);
  CREATE INDEX attempts_unfinished ON attempts (started_at) WHERE state NOT IN ('approved', 'declined', 'notSent');
  -- Buyers' one-time codes as SHA-256 only (K11).
  CREATE TABLE used_codes (hash TEXT PRIMARY KEY, attempt_id TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE print_jobs (
    job_id      INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL,
    kind        TEXT NOT NULL,
    attempt_id  TEXT,
    state       TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
  );
  CREATE INDEX print_jobs_unfinished ON print_jobs (job_id) WHERE state IN ('queued', 'sent', 'unconfirmed');
  -- Read models for support's SQL; derived from the document's body, so they cannot disagree with it.
  CREATE VIEW goods_item AS
    SELECT d.document_id, d.number AS document_number, l.value ->> 'positionNumber' AS posnum,
           l.value ->> '$.goods.code' AS code, l.value ->> 'enteredCode' AS bcode, l.value ->> '$.goods.name' AS name,
           l.value ->> 'priceKopecks' AS price_kopecks, l.value ->> 'quantityThousandths' AS quantity_thousandths,
           l.value ->> 'sumKopecks' AS sum_kopecks
    FROM documents d, json_each(d.body, '$.lines') l;
  CREATE VIEW storno_goods_item AS
    SELECT d.document_id, d.number AS document_number, s.value ->> '$.line.positionNumber' AS posnum,
           s.value ->> '$.line.goods.code' AS code, s.value ->> '$.line.sumKopecks' AS sum_kopecks,
           s.value ->> 'at' AS at, s.value ->> 'cashierCode' AS scode, s.value ->> 'confirmedByCode' AS opid
    FROM documents d, json_each(d.body, '$.stornoLines') s;
  CREATE VIEW money_item AS
    SELECT d.document_id, d.number AS document_number, p.value ->> 'attemptId' AS attempt_id,
           p.value ->> '$.currency.code' AS valcode, p.value ->> 'amountKopecks' AS amount_kopecks,
           p.value ->> 'state' AS state, p.value ->> 'orderNumber' AS order_number
    FROM documents d, json_each(d.body, '$.payments') p;
  `,
];

/** Brings a fresh or older file to the present version. @throws a better-sqlite3 error */
export function migrate(database: Database): void {
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version > MIGRATIONS.length) throw Object.assign(new Error('newer schema'), { code: 'SQLITE_NOTADB' });
  for (let next = version; next < MIGRATIONS.length; next++) {
    database.transaction(() => {
      database.exec(MIGRATIONS[next] ?? '');
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${next + 1}`);
    })();
  }
}
