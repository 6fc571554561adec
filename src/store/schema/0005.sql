-- What registers say of papers, whether or not the corpus holds them: it may come to hold them later.

CREATE TABLE statement (
    id        INTEGER PRIMARY KEY,
    origin    INTEGER NOT NULL REFERENCES origin (id),
    said_by   TEXT NOT NULL,                 -- RW:123
    pmid      TEXT,                          -- the paper, by whichever of the two it is known by
    doi       TEXT,
    body      TEXT NOT NULL,                 -- model::Statement, JSON
    flag      TEXT,                          -- the flag that it raises; NULL: another statement overrules it, or it raises none
    run       INTEGER NOT NULL REFERENCES run (id),
    stored_at TEXT NOT NULL,
    ended     INTEGER REFERENCES run (id)    -- the run that no longer found it so; NULL: it stands
) STRICT;
CREATE INDEX statement_by_origin ON statement (origin) WHERE ended IS NULL;
CREATE INDEX statement_by_pmid ON statement (pmid) WHERE ended IS NULL;
CREATE INDEX statement_by_doi ON statement (doi) WHERE ended IS NULL;
