import type { Database } from 'better-sqlite3';
import { safeText } from '../register/safe-text.ts';
import { PERIOD_MS } from './sales-page.ts';
import { NEWER_HELP, storageFault } from './storage-fault.ts';

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
  `
  -- Sums to the money that moved: a sale in, its change out, a return out, what was taken back out again. What never moved is
  -- no row; a payment that was found after its receipt had been paid otherwise is one, together with its reversal.
  DROP VIEW money_item;
  CREATE VIEW money_item AS
    WITH cancels AS (
      -- The outcome is that of the last one: SQLite takes a bare column from the row of the maximum.
      SELECT body ->> 'sourceAttemptId' AS source_id, max(started_at), body ->> '$.outcome.kind' AS last_outcome,
             sum(state = 'approved' OR body ->> '$.outcome.kind' IS 'approved' OR (body ->> '$.manual.decision' IS 'paid'
               AND body ->> '$.manual.contradictedAtMs' IS NULL)) > 0 AS is_done,
             sum(body ->> '$.manual.decision' IS 'returned') > 0 AS is_handed_out
      FROM attempts WHERE operation = 'cancel' GROUP BY 1
    ), told AS (
      SELECT d.document_id, d.number AS document_number, d.status, d.total_kopecks, p.key AS place, p.value AS payment,
             iif(d.type = 'sale', 1, -1) AS sign,
             (SELECT sum(c.value ->> 'amountKopecks') FROM json_each(d.body, '$.payments') c
              WHERE c.value ->> 'state' IN ('approved', 'cancelling', 'manualPaid')) AS paid,
             -- What was paid too much comes out of the last payment that may give change.
             (SELECT max(c.key) FROM json_each(d.body, '$.payments') c
              WHERE c.value ->> 'state' IN ('approved', 'cancelling', 'manualPaid')
                AND c.value ->> '$.currency.changeAllowed') AS change_place
      FROM documents d, json_each(d.body, '$.payments') p
    ), known AS (
      SELECT document_id, document_number, payment ->> 'attemptId' AS attempt_id, payment ->> '$.currency.code' AS valcode,
             payment ->> 'means' AS means, payment ->> 'orderNumber' AS order_number, sign,
             payment ->> 'amountKopecks' AS amount, coalesce(payment ->> 'changeKopecks', 0) AS own_change,
             iif(status = 'closed' AND place = change_place, max(0, paid - total_kopecks), 0) AS excess,
             -- Documents of earlier versions leave it to the attempts.
             payment ->> '$.currency.provider' = 'cash' OR payment ->> 'isCash' IS NOT NULL OR EXISTS (
               SELECT 1 FROM attempts a
               WHERE a.attempt_id IN (payment ->> 'attemptId', payment ->> 'sourceAttemptId')
                 AND a.body ->> '$.outcome.isCash' IS NOT NULL
             ) AS is_cash,
             coalesce(is_handed_out, 0) AS is_handed_out,
             -- After the document was closed too (settled-cancels.ts).
             CASE WHEN payment ->> 'state' NOT IN ('cancelQueued', 'declined', 'notSent', 'manualNotPaid')
                    THEN payment ->> 'state'
                  WHEN is_done OR is_handed_out THEN 'cancelled'
                  WHEN last_outcome = 'declined' THEN 'cancelRefused'
                  WHEN source_id IS NOT NULL THEN 'cancelQueued'
                  ELSE payment ->> 'state' END AS state
      FROM told LEFT JOIN cancels ON source_id = payment ->> 'attemptId'
    ), moved AS (
      SELECT * FROM known WHERE state IN ('approved', 'cancelling', 'manualPaid', 'cancelled', 'cancelQueued', 'cancelRefused',
                                          'manualReturned')
    )
    SELECT document_id, document_number, attempt_id, valcode, sign * (amount + own_change) AS amount_kopecks, state,
           order_number, iif(sign = 1, 'payment', 'refund') AS kind, iif(sign = 1, 'in', 'out') AS direction, is_cash, means
    FROM moved
    UNION ALL
    SELECT document_id, document_number, attempt_id, valcode, -(own_change + excess), state, order_number, 'change', 'out',
           is_cash, means
    FROM moved WHERE own_change + excess > 0
    UNION ALL
    -- Notes and coins wait for no link.
    SELECT document_id, document_number, attempt_id, valcode, -sign * amount, state, order_number, 'reversal',
           iif(sign = 1, 'out', 'in'), is_cash OR is_handed_out OR state = 'manualReturned', means
    FROM moved WHERE state IN ('cancelled', 'manualReturned') OR (is_cash AND state IN ('cancelQueued', 'cancelRefused'));
  `,
];

/**
 * A file that a later program has brought to its own version is not damaged: that program reads it.
 * @throws a fault of the storage (`newer`) that names the program
 */
export function refuseNewer(database: Database): void {
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version <= MIGRATIONS.length) return;
  const writer = database.prepare("SELECT value ->> '$' FROM meta WHERE key = 'writtenBy'").pluck().get();
  const program = typeof writer === 'string' && writer !== '' ? safeText(writer, 40) : `(версия данных ${version})`;
  throw storageFault('newer', null, `Журнал записан более новой версией кассы ${program}. ${NEWER_HELP}`);
}

/**
 * Brings a fresh or older file to the present version.
 * @param writtenBy the program's version, for an older program that meets this file
 * @throws a better-sqlite3 error, or a fault of the storage
 */
export function migrate(database: Database, writtenBy: string): void {
  refuseNewer(database);
  const version = database.pragma('user_version', { simple: true }) as number;
  for (let next = version; next < MIGRATIONS.length; next++) {
    database.transaction(() => {
      database.exec(MIGRATIONS[next] ?? '');
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${next + 1}`);
      database
        .prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('writtenBy', ?)")
        .run(JSON.stringify(writtenBy));
    })();
  }
}
