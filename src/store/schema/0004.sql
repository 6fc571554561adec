-- Records that name one paper differently (by DOI here, by PMID there) and were found to be of one document.

CREATE INDEX identifier_by_document ON identifier (document);

-- The name that the record itself gives, where it is not that of the document which it was found to be of.
ALTER TABLE document_version ADD COLUMN named INTEGER REFERENCES document (id);

-- One document was found to be another, or, undone, not to be. A pair that was undone is never merged again.
CREATE TABLE merge_event (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    absorbed  INTEGER NOT NULL REFERENCES document (id),
    kept      INTEGER NOT NULL REFERENCES document (id),
    scheme    TEXT NOT NULL,                 -- the identifier that both carry
    value     TEXT NOT NULL,
    holds     INTEGER NOT NULL,              -- 1 merged, 0 undone
    source    TEXT NOT NULL,                 -- whose record brought it to light
    run       INTEGER NOT NULL REFERENCES run (id),
    stored_at TEXT NOT NULL
) STRICT;
CREATE INDEX merge_event_by_absorbed ON merge_event (absorbed);

-- The merges that hold.
CREATE VIEW merged AS
    SELECT m.* FROM merge_event m
    WHERE m.holds = 1 AND NOT EXISTS (SELECT 1 FROM merge_event l WHERE l.absorbed = m.absorbed AND l.id > m.id);
