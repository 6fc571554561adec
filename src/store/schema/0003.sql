-- What a look-up needs of a document as it was mined, so that it reads neither the text nor the annotation of what it only counts.
-- Written with the annotation and never changed. Documents mined before this schema have none of it until they are mined again,
-- which the version of the stage sees to.

CREATE TABLE card (
    document_version INTEGER NOT NULL REFERENCES document_version (id),
    stage            INTEGER NOT NULL REFERENCES stage (id),
    body             TEXT NOT NULL,          -- model::Card, JSON
    PRIMARY KEY (document_version, stage)
) STRICT, WITHOUT ROWID;

-- The sentences of the findings in the normal form of names, a line each, in order: what the words of an outcome are looked for in.
CREATE TABLE wording (
    document_version INTEGER NOT NULL REFERENCES document_version (id),
    stage            INTEGER NOT NULL REFERENCES stage (id),
    body             TEXT NOT NULL,
    PRIMARY KEY (document_version, stage)
) STRICT;

-- Which findings of which documents are linked to a concept: the links that stand with each finding, ordered for reading.
CREATE TABLE posting (
    concept          INTEGER NOT NULL REFERENCES concept (id),
    side             TEXT NOT NULL,          -- condition | treatment
    stage            INTEGER NOT NULL REFERENCES stage (id),
    document_version INTEGER NOT NULL REFERENCES document_version (id),
    findings         BLOB NOT NULL,          -- for each finding its ordinal (u32) and the confidence (f32), little endian
    PRIMARY KEY (concept, side, stage, document_version)
) STRICT, WITHOUT ROWID;
DROP TABLE link;

-- How much a snapshot shows, counted when it was published.
CREATE TABLE snapshot_total (
    snapshot  INTEGER PRIMARY KEY REFERENCES snapshot (id),
    documents INTEGER NOT NULL,
    findings  INTEGER NOT NULL
) STRICT;
