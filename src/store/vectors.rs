//! Vectors by the text they stand for, so that no text is embedded twice by the same model.

use std::path::Path;

use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::{Store, StoreError, sql_error};

fn digest(text: &str) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&Sha256::digest(text.as_bytes())[..16]);
    short
}

impl Store {
    /// The vectors held for these texts, in order; none for a text that was not embedded by this model.
    pub fn vectors(&self, model: &str, texts: &[&str]) -> Result<Vec<Option<Vec<f32>>>, StoreError> {
        self.run_sql(|c| {
            let encoder: Option<i64> =
                c.query_row("SELECT id FROM encoder WHERE model = ?1", [model], |row| row.get(0)).optional()?;
            let Some(encoder) = encoder else { return Ok(vec![None; texts.len()]) };
            let mut statement = c.prepare_cached("SELECT body FROM vector WHERE encoder = ?1 AND digest = ?2")?;
            texts
                .iter()
                .map(|text| {
                    let body: Option<Vec<u8>> =
                        statement.query_row(params![encoder, digest(text)], |row| row.get(0)).optional()?;
                    Ok(body.map(|bytes| {
                        bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
                    }))
                })
                .collect()
        })
    }

    /// Takes over all vectors of another store that are not held here.
    pub fn copy_vectors_from(&mut self, other: &Path) -> Result<(), StoreError> {
        let source = Self::open_read_only(other)?;
        let models: Vec<(i64, String)> = source.run_sql(|c| {
            c.prepare("SELECT id, model FROM encoder")?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })?;
        for (encoder, model) in models {
            (|| {
                let kind = rusqlite::TransactionBehavior::Immediate;
                let transaction = self.connection.transaction_with_behavior(kind)?;
                transaction.execute("INSERT OR IGNORE INTO encoder (model) VALUES (?1)", [&model])?;
                let own: i64 =
                    transaction.query_row("SELECT id FROM encoder WHERE model = ?1", [&model], |row| row.get(0))?;
                {
                    let mut insert = transaction
                        .prepare("INSERT OR IGNORE INTO vector (encoder, digest, body) VALUES (?1, ?2, ?3)")?;
                    let mut select = source.connection.prepare("SELECT digest, body FROM vector WHERE encoder = ?1")?;
                    let mut rows = select.query([encoder])?;
                    while let Some(row) = rows.next()? {
                        insert.execute(params![own, row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?])?;
                    }
                }
                transaction.commit()
            })()
            .map_err(|source| sql_error(&self.path, source))?;
        }
        Ok(())
    }

    /// Keeps the vectors of these texts, all or nothing.
    pub fn keep_vectors(&mut self, model: &str, vectors: &[(&str, Vec<f32>)]) -> Result<(), StoreError> {
        (|| {
            let transaction = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            transaction.execute("INSERT OR IGNORE INTO encoder (model) VALUES (?1)", [model])?;
            let encoder: i64 =
                transaction.query_row("SELECT id FROM encoder WHERE model = ?1", [model], |row| row.get(0))?;
            for (text, vector) in vectors {
                let body: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
                transaction
                    .prepare_cached("INSERT OR IGNORE INTO vector (encoder, digest, body) VALUES (?1, ?2, ?3)")?
                    .execute(params![encoder, digest(text), body])?;
            }
            transaction.commit()
        })()
        .map_err(|source| sql_error(&self.path, source))
    }
}
