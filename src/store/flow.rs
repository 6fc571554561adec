//! How many records came from where and what became of them: numbers that add up.

use super::{Store, StoreError, read::current_versions};

/// What one source brought in all its runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFlow {
    /// The source.
    pub source: String,
    /// Documents that it delivered and that were stored, each once.
    pub delivered: u64,
    /// Records that its filter did not keep.
    pub passed: u64,
    /// Records that could not be read.
    pub rejected: u64,
}

impl SourceFlow {
    /// Records that were identified in this source.
    pub fn identified(&self) -> u64 {
        self.delivered + self.passed + self.rejected
    }
}

/// The way of records into the corpus. `identified = duplicates + passed + rejected + withdrawn + included`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Every source that ever delivered something, by name.
    pub sources: Vec<SourceFlow>,
    /// Records of documents that another source delivered too.
    pub duplicates: u64,
    /// Documents that their sources withdrew.
    pub withdrawn: u64,
    /// Documents of the corpus.
    pub included: u64,
}

impl Flow {
    /// Records that were identified in all sources.
    pub fn identified(&self) -> u64 {
        self.sources.iter().map(SourceFlow::identified).sum()
    }

    /// Records that no filter kept.
    pub fn passed(&self) -> u64 {
        self.sources.iter().map(|source| source.passed).sum()
    }

    /// Records that could not be read.
    pub fn rejected(&self) -> u64 {
        self.sources.iter().map(|source| source.rejected).sum()
    }
}

impl Store {
    /// The way of records into the corpus, as everything stored tells it. Statements about papers are no records of them.
    pub fn flow(&self) -> Result<Flow, StoreError> {
        self.run_sql(|c| {
            let sources = c
                .prepare(
                    "SELECT s.name, (SELECT count(*) FROM holding h WHERE h.source = s.id
                                    AND h.document NOT IN (SELECT absorbed FROM merged)),
                            (SELECT coalesce(sum(r.passed), 0) FROM source_run r WHERE r.source = s.name),
                            (SELECT count(*) FROM rejected j WHERE j.source = s.name
                             AND j.origin NOT IN (SELECT origin FROM statement))
                     FROM source s
                     WHERE NOT EXISTS (SELECT 1 FROM statement t JOIN origin o ON o.id = t.origin WHERE o.source = s.name)
                        OR EXISTS (SELECT 1 FROM holding h WHERE h.source = s.id)
                     ORDER BY s.name",
                )?
                .query_map([], |row| {
                    Ok(SourceFlow {
                        source: row.get(0)?,
                        delivered: row.get(1)?,
                        passed: row.get(2)?,
                        rejected: row.get(3)?,
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            let held: u64 = c.query_row(
                "SELECT count(DISTINCT document) FROM holding WHERE document NOT IN (SELECT absorbed FROM merged)",
                [],
                |row| row.get(0),
            )?;
            let included: u64 =
                c.query_row(&format!("SELECT count(*) FROM ({})", current_versions(None)), [], |row| row.get(0))?;
            let delivered: u64 = sources.iter().map(|source| source.delivered).sum();
            Ok(Flow { duplicates: delivered - held, withdrawn: held.saturating_sub(included), included, sources })
        })
    }
}
