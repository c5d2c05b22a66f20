import type { Database } from 'better-sqlite3';
import { PERIOD_MS } from './sales-page.ts';

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
    -- A return by receipt: its sale.
    source_document_id TEXT,
    -- A sale: what its returns have left of it.
    return_state   TEXT NOT NULL DEFAULT 'none' CHECK (return_state IN ('none', 'part', 'full')),
    fiscal_number  INTEGER,
    -- Short names of the payments that count, for the picker.
    currencies     TEXT NOT NULL,
    -- Last, so that reading the columns above never walks through a long receipt.
    body           TEXT NOT NULL,
    previous_hash  TEXT NOT NULL,
    hash           TEXT NOT NULL
  );
  CREATE UNIQUE INDEX documents_number ON documents (number);
  CREATE INDEX documents_source ON documents (source_document_id) WHERE source_document_id IS NOT NULL;
  -- The picker of sales (sales-page.ts). Each holds all that its query asks for, so the table is not touched.
  CREATE INDEX sales_by_time ON documents (closed_at, number, return_state)
    WHERE type = 'sale' AND status = 'closed';
  CREATE INDEX sales_by_digit ON documents (substr(number, 1, 1), closed_at, number, return_state)
    WHERE type = 'sale' AND status = 'closed';
  CREATE INDEX sales_by_number ON documents (number, closed_at, return_state)
    WHERE type = 'sale' AND status = 'closed';
  -- How many sales were closed in each four hours, by the first digit of their number.
  CREATE TABLE sales_counts (
    period   INTEGER NOT NULL,
    digit    TEXT NOT NULL,
    sales    INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    PRIMARY KEY (period, digit)
  ) WITHOUT ROWID;
  CREATE TRIGGER sales_counts_sale AFTER INSERT ON documents WHEN new.type = 'sale' AND new.status = 'closed' BEGIN
    INSERT INTO sales_counts VALUES (new.closed_at / ${PERIOD_MS}, substr(new.number, 1, 1), 1, 0)
      ON CONFLICT DO UPDATE SET sales = sales + 1;
  END;
  CREATE TRIGGER sales_counts_return AFTER UPDATE OF return_state ON documents
    WHEN new.return_state = 'full' AND old.return_state <> 'full' BEGIN
    UPDATE sales_counts SET returned = returned + 1
      WHERE period = new.closed_at / ${PERIOD_MS} AND digit = substr(new.number, 1, 1);
  END;
  CREATE TABLE attempts (
    attempt_id     TEXT PRIMARY KEY,
    document_id    TEXT NOT NULL,
    provider       TEXT NOT NULL,
    operation      TEXT NOT NULL,
    state          TEXT NOT NULL,
    amount_kopecks INTEGER NOT NULL,
    order_number   TEXT NOT NULL UNIQUE,
    -- The shift as the payment system is told it; what the reconciliation asks by.
    shift_label    TEXT NOT NULL,
    started_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    body           TEXT NOT NULL
  );
  CREATE INDEX attempts_document ON attempts (document_id);
  CREATE INDEX attempts_shift ON attempts (shift_label, provider, started_at);
  CREATE INDEX attempts_unfinished ON attempts (started_at) WHERE state NOT IN ('approved', 'declined', 'notSent');
  -- Buyers' one-time codes as SHA-256 only (K11).
  CREATE TABLE used_codes (hash TEXT PRIMARY KEY, attempt_id TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE print_jobs (
    job_id      INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL,
    kind        TEXT NOT NULL,
    attempt_id  TEXT,
    data        TEXT,
    state       TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
  );
  -- What payment systems had to say in the background (SCR-49).
  CREATE TABLE notices (
    notice_id  INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    attempt_id TEXT NOT NULL,
    number     TEXT NOT NULL,
    params     TEXT NOT NULL,
    state      TEXT NOT NULL
  );
  CREATE INDEX notices_shown ON notices (notice_id) WHERE state <> 'cleared';
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
  `
  -- The picker lists every document as well as the sales that can be returned: one index and one count serve both lists.
  DROP INDEX sales_by_time;
  DROP INDEX sales_by_digit;
  DROP INDEX sales_by_number;
  DROP TRIGGER sales_counts_sale;
  DROP TRIGGER sales_counts_return;
  DROP TABLE sales_counts;
  -- Each holds all that its query asks for, so the table is not touched.
  CREATE INDEX documents_by_time ON documents (closed_at, number, type, status, return_state);
  CREATE INDEX documents_by_digit ON documents (substr(number, 1, 1), closed_at, number, type, status, return_state);
  CREATE INDEX documents_by_number ON documents (number, closed_at, type, status, return_state);
  -- How many documents were closed or annulled in each four hours, by the first digit of their number, and how many of
  -- them are sales with something left to return.
  CREATE TABLE document_counts (
    period     INTEGER NOT NULL,
    digit      TEXT NOT NULL,
    documents  INTEGER NOT NULL,
    returnable INTEGER NOT NULL,
    PRIMARY KEY (period, digit)
  ) WITHOUT ROWID;
  INSERT INTO document_counts
    SELECT closed_at / ${PERIOD_MS}, substr(number, 1, 1), count(*),
           sum(type = 'sale' AND status = 'closed' AND return_state <> 'full')
    FROM documents GROUP BY 1, 2;
  CREATE TRIGGER document_counts_new AFTER INSERT ON documents BEGIN
    INSERT INTO document_counts
      VALUES (new.closed_at / ${PERIOD_MS}, substr(new.number, 1, 1), 1, new.type = 'sale' AND new.status = 'closed')
      ON CONFLICT DO UPDATE SET documents = documents + 1, returnable = returnable + excluded.returnable;
  END;
  CREATE TRIGGER document_counts_returned AFTER UPDATE OF return_state ON documents
    WHEN new.return_state = 'full' AND old.return_state <> 'full' BEGIN
    UPDATE document_counts SET returnable = returnable - 1
      WHERE period = new.closed_at / ${PERIOD_MS} AND digit = substr(new.number, 1, 1);
  END;
  -- A cancel may be done after its document was closed (settled-cancels.ts).
  DROP VIEW money_item;
  CREATE VIEW money_item AS
    SELECT d.document_id, d.number AS document_number, p.value ->> 'attemptId' AS attempt_id,
           p.value ->> '$.currency.code' AS valcode, p.value ->> 'amountKopecks' AS amount_kopecks,
           iif(p.value ->> 'state' = 'cancelQueued' AND EXISTS (
             SELECT 1 FROM attempts a
             WHERE a.document_id = d.document_id AND a.operation = 'cancel'
               AND a.body ->> 'sourceAttemptId' = p.value ->> 'attemptId'
               AND (a.state = 'approved' OR a.body ->> 'manual' IS NOT NULL)
           ), 'cancelled', p.value ->> 'state') AS state,
           p.value ->> 'orderNumber' AS order_number
    FROM documents d, json_each(d.body, '$.payments') p;
  `,
  `
  -- A queued cancel may have been refused for good: the money has stayed (settled-cancels.ts).
  DROP VIEW money_item;
  CREATE VIEW money_item AS
    SELECT d.document_id, d.number AS document_number, p.value ->> 'attemptId' AS attempt_id,
           p.value ->> '$.currency.code' AS valcode, p.value ->> 'amountKopecks' AS amount_kopecks,
           CASE
             WHEN p.value ->> 'state' <> 'cancelQueued' THEN p.value ->> 'state'
             WHEN EXISTS (
               SELECT 1 FROM attempts a
               WHERE a.document_id = d.document_id AND a.operation = 'cancel'
                 AND a.body ->> 'sourceAttemptId' = p.value ->> 'attemptId'
                 AND (a.state = 'approved' OR a.body ->> '$.outcome.kind' = 'approved'
                   OR a.body ->> '$.manual.decision' = 'returned'
                   OR a.body ->> '$.manual.decision' = 'paid' AND a.body ->> '$.manual.contradictedAtMs' IS NULL)
             ) THEN 'cancelled'
             WHEN (
               SELECT a.body ->> '$.outcome.kind' FROM attempts a
               WHERE a.document_id = d.document_id AND a.operation = 'cancel'
                 AND a.body ->> 'sourceAttemptId' = p.value ->> 'attemptId'
               ORDER BY a.started_at DESC, a.rowid DESC LIMIT 1
             ) = 'declined' THEN 'cancelRefused'
             ELSE 'cancelQueued'
           END AS state,
           p.value ->> 'orderNumber' AS order_number
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
