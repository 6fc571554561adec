//! Parquet: the tables of documents and findings in columns with types, for DuckDB, pandas, R's arrow and their like.
//!
//! The columns are those of the tables of text. What is not reported is null. Nothing is compressed, so that every reader takes it and
//! this program needs no codec. Unlike the other formats it is no text, and is written by a [`Table`] that has an end.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;

use super::table::{self, Column, Kind};
use super::{Exported, ExportedFinding, What};

/// The name of the format.
pub const NAME: &str = "parquet";

/// Rows of a group: each is written when it is full, so that a corpus of any size goes through.
const GROUP: usize = 5_000;

/// Bytes that are written and not yet taken.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A table that is being written: what its methods give are the bytes of the file, in order.
pub struct Table {
    writer: SerializedFileWriter<Written>,
    written: Written,
    columns: &'static [Column],
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    ///
    /// # Errors
    /// Where the format cannot hold the columns.
    pub fn new(what: What) -> Result<Self, ParquetError> {
        let columns: &'static [Column] = match what {
            What::Documents => &table::DOCUMENT,
            What::Findings => &table::FINDING,
        };
        let field = |(name, kind): &Column| match kind {
            Kind::Text => format!("OPTIONAL BYTE_ARRAY {name} (UTF8);"),
            Kind::Whole => format!("OPTIONAL INT64 {name};"),
            Kind::Real => format!("OPTIONAL DOUBLE {name};"),
            Kind::Truth => format!("OPTIONAL BOOLEAN {name};"),
        };
        let fields: String = columns.iter().map(field).collect();
        let schema = Arc::new(parse_message_type(&format!("message litmine {{ {fields} }}"))?);
        let properties =
            WriterProperties::builder().set_created_by(concat!("litmine ", env!("CARGO_PKG_VERSION")).to_owned());
        let written = Written::default();
        let writer = SerializedFileWriter::new(written.clone(), schema, Arc::new(properties.build()))?;
        Ok(Self { writer, written, columns, rows: Vec::new() })
    }

    /// Adds a document.
    ///
    /// # Errors
    /// Where a value does not fit its column.
    pub fn document(&mut self, exported: &Exported<'_>) -> Result<Vec<u8>, ParquetError> {
        self.add(table::document(exported).to_vec())
    }

    /// Adds a finding: a row for each of its effects.
    ///
    /// # Errors
    /// Where a value does not fit its column.
    pub fn finding(&mut self, exported: &Exported<'_>, given: &ExportedFinding<'_>) -> Result<Vec<u8>, ParquetError> {
        let mut bytes = Vec::new();
        for row in table::finding(exported, given) {
            bytes.extend(self.add(row.to_vec())?);
        }
        Ok(bytes)
    }

    /// The end of the file, without which nothing can read it.
    ///
    /// # Errors
    /// Where a value does not fit its column.
    pub fn finish(mut self) -> Result<Vec<u8>, ParquetError> {
        self.write_group()?;
        self.writer.finish()?;
        Ok(self.written.take())
    }

    fn add(&mut self, row: Vec<String>) -> Result<Vec<u8>, ParquetError> {
        self.rows.push(row);
        if self.rows.len() == GROUP {
            self.write_group()?;
        }
        Ok(self.written.take())
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        let mut group = self.writer.next_row_group()?;
        for (at, (name, kind)) in self.columns.iter().enumerate() {
            let Some(column) = group.next_column()? else { break };
            let values = rows.iter().map(|row| row[at].as_str());
            match kind {
                Kind::Text => put::<ByteArrayType>(column, name, values, |text| Some(ByteArray::from(text)))?,
                Kind::Whole => put::<Int64Type>(column, name, values, |text| text.parse().ok())?,
                Kind::Real => put::<DoubleType>(column, name, values, |text| text.parse().ok())?,
                Kind::Truth => put::<BoolType>(column, name, values, |text| text.parse().ok())?,
            }
        }
        group.close()?;
        Ok(())
    }
}

/// Writes a column; an empty text is null.
fn put<'v, T: DataType>(
    mut column: SerializedColumnWriter<'_>,
    name: &str,
    values: impl Iterator<Item = &'v str>,
    read: impl Fn(&'v str) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let mut present = Vec::new();
    let mut levels: Vec<i16> = Vec::new();
    for text in values {
        levels.push(i16::from(!text.is_empty()));
        if !text.is_empty() {
            let value = read(text);
            present.push(
                value.ok_or_else(|| ParquetError::General(format!("“{text}” is no value of the column {name}")))?,
            );
        }
    }
    column.typed::<T>().write_batch(&present, Some(&levels), None)?;
    column.close()
}
