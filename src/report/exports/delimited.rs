//! Tables: CSV and tab-separated values, a line a document, or a line an effect.

use super::{Exported, ExportedFinding, Exporter, What, table};

/// Values with commas between, quoted where they must be (RFC 4180), in UTF-8.
pub(super) const CSV: Delimited = Delimited { name: "csv", delimiter: b',' };
/// The same with tabs between.
pub(super) const TSV: Delimited = Delimited { name: "tsv", delimiter: b'\t' };

/// One of the two.
pub(super) struct Delimited {
    name: &'static str,
    delimiter: u8,
}

impl Exporter for Delimited {
    fn name(&self) -> &'static str {
        self.name
    }

    fn read_by(&self) -> &'static str {
        "spreadsheets and statistics: R, Python, Excel, RevMan"
    }

    fn head(&self, what: What) -> String {
        match what {
            What::Documents => self.row(&table::DOCUMENT.map(|(name, _)| name.to_owned())),
            What::Findings => self.row(&table::FINDING.map(|(name, _)| name.to_owned())),
        }
    }

    fn document(&self, exported: &Exported<'_>, _first: bool) -> String {
        self.row(&table::document(exported))
    }

    fn has_findings(&self) -> bool {
        true
    }

    fn finding(&self, exported: &Exported<'_>, given: &ExportedFinding<'_>, _first: bool) -> String {
        table::finding(exported, given).iter().map(|row| self.row(row)).collect()
    }
}

impl Delimited {
    fn row<const N: usize>(&self, values: &[String; N]) -> String {
        let mut writer = csv::WriterBuilder::new().delimiter(self.delimiter).from_writer(Vec::new());
        // Writing into memory does not fail.
        let _ = writer.write_record(values);
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}
