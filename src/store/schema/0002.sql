-- Which sources delivered a document, and what a source brought that another had brought before, or that its filter did not keep.

CREATE TABLE source (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE holding (
    document INTEGER NOT NULL REFERENCES document (id),
    source   INTEGER NOT NULL REFERENCES source (id),
    PRIMARY KEY (document, source)
) STRICT, WITHOUT ROWID;

INSERT INTO source (name) SELECT DISTINCT source FROM origin ORDER BY source;
INSERT INTO holding (document, source)
    SELECT DISTINCT v.document, s.id FROM document_version v JOIN origin o ON o.id = v.origin JOIN source s ON s.name = o.source;

ALTER TABLE source_run ADD COLUMN duplicate INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source_run ADD COLUMN passed INTEGER NOT NULL DEFAULT 0;
