//! From an older schema to this one.

use rusqlite::Connection;

use super::{Store, StoreError, sql_error};

/// The steps, in order: step N makes schema N out of schema N - 1. A published step is never changed.
const STEPS: [&str; 5] = [
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
];

/// Marks the file as litmine's (`PRAGMA application_id`): "ltmn".
const APPLICATION: i64 = 0x6c74_6d6e;

/// The schema that this program writes.
pub(super) const CURRENT: i64 = STEPS.len() as i64;

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

/// Refuses what is not a store, or a newer one. Says which schema the store has.
fn inspect(store: &Store) -> Result<i64, StoreError> {
    let (application, schema, tables) = (|| {
        let c = &store.connection;
        let tables: i64 = c.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((pragma(c, "application_id")?, pragma(c, "user_version")?, tables))
    })()
    .map_err(|error| sql_error(&store.path, error))?;
    if tables > 0 && application != APPLICATION {
        return Err(StoreError::NotAStore {
            path: store.path.clone(),
            reason: "it is an SQLite file of another program".to_owned(),
        });
    }
    if schema > CURRENT {
        return Err(StoreError::Newer { path: store.path.clone(), found: schema, known: CURRENT });
    }
    Ok(schema)
}

/// Refuses a store that a reader cannot use.
pub(super) fn check(store: &Store) -> Result<(), StoreError> {
    match inspect(store)? {
        CURRENT => Ok(()),
        0 => Err(StoreError::Missing { path: store.path.clone() }),
        older => Err(StoreError::NotAStore {
            path: store.path.clone(),
            reason: format!("it has schema {older}; `litmine refresh` brings it to {CURRENT}"),
        }),
    }
}

/// Brings the store to [`CURRENT`], each step in a transaction of its own.
pub(super) fn migrate(store: &mut Store) -> Result<(), StoreError> {
    inspect(store)?;
    let path = store.path.clone();
    let run = |connection: &mut Connection| -> rusqlite::Result<()> {
        // Immediate: two programs that open a new store at once take turns, and the second finds the work done.
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let schema = pragma(&transaction, "user_version")?;
        for (step, sql) in STEPS.iter().enumerate().skip(usize::try_from(schema).unwrap_or(0)) {
            transaction.execute_batch(sql)?;
            transaction.pragma_update(None, "user_version", step as i64 + 1)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.commit()
    };
    run(&mut store.connection).map_err(|source| sql_error(&path, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_schema_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let store = Store::open(&path).unwrap();
        store.connection.pragma_update(None, "user_version", CURRENT + 1).unwrap();
        drop(store);
        assert!(matches!(Store::open(&path), Err(StoreError::Newer { .. })));
        assert!(matches!(Store::open_read_only(&path), Err(StoreError::Newer { .. })));
    }

    #[test]
    fn what_is_no_store_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("text.db");
        std::fs::write(
            &text,
            "this is a text, and rather longer than the header of a database file would have to be....",
        )
        .unwrap();
        assert!(matches!(Store::open(&text), Err(StoreError::NotAStore { .. })));
        let other = folder.path().join("other.db");
        Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
        assert!(matches!(Store::open(&other), Err(StoreError::NotAStore { .. })));
        assert!(matches!(Store::open_read_only(&folder.path().join("none.db")), Err(StoreError::Missing { .. })));
    }
}
