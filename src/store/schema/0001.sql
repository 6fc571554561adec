-- Everything that happened, in the order in which it happened. Rows are added and never changed, but for the end of a run,
-- the position of a checkpoint and the newest date of an origin; what is current is a query (see store/view.rs).

CREATE TABLE run (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    stage       TEXT NOT NULL,               -- harvest | mine | index
    program     TEXT NOT NULL,               -- name and version of the program that ran
    started_at  TEXT NOT NULL,               -- instants are RFC 3339, UTC
    finished_at TEXT,                        -- NULL: still running, or killed
    outcome     TEXT                         -- complete | incomplete | failed
) STRICT;

-- How each source fared in each run, and what it brought.
CREATE TABLE source_run (
    run         INTEGER NOT NULL REFERENCES run (id),
    source      TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    problems    TEXT NOT NULL,               -- JSON array of sentences
    found       INTEGER NOT NULL,
    added       INTEGER NOT NULL,
    revised     INTEGER NOT NULL,
    unchanged   INTEGER NOT NULL,
    deleted     INTEGER NOT NULL,
    rejected    INTEGER NOT NULL,
    PRIMARY KEY (run, source)
) STRICT;

CREATE TABLE checkpoint (
    source    TEXT NOT NULL,
    partition TEXT NOT NULL,
    position  TEXT NOT NULL,
    run       INTEGER NOT NULL REFERENCES run (id),
    PRIMARY KEY (source, partition)
) STRICT, WITHOUT ROWID;

-- A file or an answer that records came from.
CREATE TABLE origin (
    id     INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    name   TEXT NOT NULL,
    newest TEXT,                             -- the newest date of revision or entry among its records
    UNIQUE (source, name)
) STRICT;

CREATE TABLE document (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE                -- PMID:123
) STRICT;

CREATE TABLE identifier (
    scheme   TEXT NOT NULL,
    value    TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES document (id),
    PRIMARY KEY (scheme, value, document)
) STRICT, WITHOUT ROWID;

CREATE TABLE document_version (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    document       INTEGER NOT NULL REFERENCES document (id),
    source_version INTEGER NOT NULL,         -- the source's own number; among equals the later row counts
    digest         BLOB NOT NULL,            -- SHA-256 of the record's bytes
    format         TEXT NOT NULL,
    record         BLOB NOT NULL,            -- the record's bytes, zstd
    parsed         BLOB NOT NULL,            -- model::Document, JSON, zstd
    origin         INTEGER NOT NULL REFERENCES origin (id),
    position       INTEGER NOT NULL,         -- byte offset in the decompressed origin
    run            INTEGER NOT NULL REFERENCES run (id),
    stored_at      TEXT NOT NULL
) STRICT;
CREATE INDEX document_version_by_document ON document_version (document, source_version, id);

-- A source withdrew a version of a document; versions stored later live again.
CREATE TABLE deletion (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    document       INTEGER NOT NULL REFERENCES document (id),
    source_version INTEGER NOT NULL,
    after_version  INTEGER NOT NULL,         -- the newest document_version when it happened
    origin         INTEGER NOT NULL REFERENCES origin (id),
    position       INTEGER NOT NULL,
    run            INTEGER NOT NULL REFERENCES run (id),
    stored_at      TEXT NOT NULL
) STRICT;
CREATE INDEX deletion_by_document ON deletion (document, source_version, after_version);

-- A record began or ceased to say something about the standing of a document.
CREATE TABLE flag_event (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    target    TEXT NOT NULL,
    kind      TEXT NOT NULL,
    said_by   TEXT NOT NULL,
    notice    TEXT,
    citation  TEXT,
    holds     INTEGER NOT NULL,              -- 1 began, 0 ceased
    source    TEXT NOT NULL,
    run       INTEGER NOT NULL REFERENCES run (id),
    stored_at TEXT NOT NULL
) STRICT;
CREATE INDEX flag_event_by_target ON flag_event (target, kind);
CREATE INDEX flag_event_by_speaker ON flag_event (said_by);

CREATE TABLE rejected (
    id        INTEGER PRIMARY KEY,
    source    TEXT NOT NULL,
    origin    INTEGER NOT NULL REFERENCES origin (id),
    position  INTEGER NOT NULL,
    reason    TEXT NOT NULL,
    record    BLOB NOT NULL,                 -- zstd, at most 64 KiB before compression
    run       INTEGER NOT NULL REFERENCES run (id),
    stored_at TEXT NOT NULL,
    UNIQUE (origin, position, reason)
) STRICT;

-- A way of mining: versions of extractors and linker, vocabularies, encoder.
CREATE TABLE stage (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    version TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE annotation (
    document_version INTEGER NOT NULL REFERENCES document_version (id),
    stage            INTEGER NOT NULL REFERENCES stage (id),
    body             BLOB NOT NULL,          -- model::Annotation without its findings, JSON, zstd
    run              INTEGER NOT NULL REFERENCES run (id),
    stored_at        TEXT NOT NULL,
    PRIMARY KEY (document_version, stage)
) STRICT;

CREATE TABLE finding (
    id               INTEGER PRIMARY KEY,
    document_version INTEGER NOT NULL REFERENCES document_version (id),
    stage            INTEGER NOT NULL REFERENCES stage (id),
    ordinal          INTEGER NOT NULL,       -- position among the findings of the document, from 0
    body             TEXT NOT NULL,          -- model::Finding, JSON
    UNIQUE (document_version, stage, ordinal)
) STRICT;

CREATE TABLE concept (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE                -- MESH:D006333
) STRICT;

CREATE TABLE link (
    concept    INTEGER NOT NULL REFERENCES concept (id),
    side       TEXT NOT NULL,                -- condition | treatment
    finding    INTEGER NOT NULL REFERENCES finding (id),
    confidence REAL NOT NULL,
    PRIMARY KEY (concept, side, finding)
) STRICT, WITHOUT ROWID;

CREATE TABLE encoder (
    id    INTEGER PRIMARY KEY,
    model TEXT NOT NULL UNIQUE
) STRICT;

-- Vectors of texts that are not questions: findings, documents, names of concepts.
CREATE TABLE vector (
    encoder INTEGER NOT NULL REFERENCES encoder (id),
    digest  BLOB NOT NULL,                   -- first 16 bytes of the text's SHA-256
    body    BLOB NOT NULL,                   -- 32-bit floats, little endian
    PRIMARY KEY (encoder, digest)
) STRICT;

-- What readers see: everything up to these rows, mined in this way. Written when mining is done, so that a reader sees the
-- state before a refresh or the state after it.
CREATE TABLE snapshot (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    version_through  INTEGER NOT NULL,
    deletion_through INTEGER NOT NULL,
    flag_through     INTEGER NOT NULL,
    stage            INTEGER NOT NULL REFERENCES stage (id),
    encoder          INTEGER REFERENCES encoder (id),
    run              INTEGER NOT NULL REFERENCES run (id),
    stored_at        TEXT NOT NULL
) STRICT;
