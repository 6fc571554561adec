//! Tables: CSV and tab-separated values, a line a document, or a line an effect.

use super::{Exported, ExportedFinding, Exporter, What, inverted, line};
use crate::model::{Effect, LinkSide};

/// Values with commas between, quoted where they must be (RFC 4180), in UTF-8.
pub(super) const CSV: Delimited = Delimited { name: "csv", delimiter: b',' };
/// The same with tabs between.
pub(super) const TSV: Delimited = Delimited { name: "tsv", delimiter: b'\t' };

/// One of the two.
pub(super) struct Delimited {
    name: &'static str,
    delimiter: u8,
}

const DOCUMENT: [&str; 20] = [
    "id",
    "pmid",
    "pmcid",
    "doi",
    "title",
    "authors",
    "journal",
    "year",
    "volume",
    "issue",
    "pages",
    "languages",
    "publication_types",
    "design",
    "level",
    "sample_size",
    "registrations",
    "flags",
    "keywords",
    "abstract",
];
const FINDING: [&str; 26] = [
    "id",
    "pmid",
    "doi",
    "year",
    "design",
    "level",
    "sample_size",
    "flags",
    "section",
    "start",
    "end",
    "role",
    "conditions",
    "treatments",
    "outcome",
    "comparator",
    "direction",
    "significant",
    "measure",
    "value",
    "unit",
    "ci_level",
    "ci_low",
    "ci_high",
    "p",
    "quote",
];

impl Exporter for Delimited {
    fn name(&self) -> &'static str {
        self.name
    }

    fn read_by(&self) -> &'static str {
        "spreadsheets and statistics: R, Python, Excel, RevMan"
    }

    fn head(&self, what: What) -> String {
        match what {
            What::Documents => self.row(&DOCUMENT.map(str::to_owned)),
            What::Findings => self.row(&FINDING.map(str::to_owned)),
        }
    }

    fn document(&self, exported: &Exported<'_>, _first: bool) -> String {
        let (document, cited) = (exported.document, exported.cited);
        let ids = &document.identifiers;
        let text = |text: &Option<String>| text.as_deref().map(line).unwrap_or_default();
        self.row(&[
            cited.id.to_string(),
            number(ids.pmid),
            text(&ids.pmcid),
            text(&ids.doi),
            line(document.title()),
            document.authors.iter().map(inverted).collect::<Vec<_>>().join("; "),
            document.journal.as_ref().map(|journal| line(&journal.title)).unwrap_or_default(),
            number(document.year()),
            text(&document.volume),
            text(&document.issue),
            text(&document.pages),
            document.languages.join("; "),
            document.publication_types.iter().map(|kind| line(&kind.name)).collect::<Vec<_>>().join("; "),
            cited.design.map(|design| design.name().to_owned()).unwrap_or_default(),
            cited.level.map(|level| level.name().to_owned()).unwrap_or_default(),
            number(cited.sample_size.as_ref().map(|size| size.value)),
            cited.registrations.join("; "),
            exported.flags().join("; "),
            exported.keywords().join("; "),
            exported.abstract_text(),
        ])
    }

    fn has_findings(&self) -> bool {
        true
    }

    fn finding(&self, exported: &Exported<'_>, given: &ExportedFinding<'_>) -> String {
        let finding = given.finding;
        if finding.effects.is_empty() {
            return self.effect(exported, given, None);
        }
        finding.effects.iter().map(|effect| self.effect(exported, given, Some(effect))).collect()
    }
}

impl Delimited {
    /// A line of a finding: with one of its effects, or with none.
    fn effect(&self, exported: &Exported<'_>, given: &ExportedFinding<'_>, effect: Option<&Effect>) -> String {
        let (finding, cited) = (given.finding, exported.cited);
        let linked = |side: LinkSide| {
            let links = finding.links.iter().filter(|link| link.side == side);
            links.map(|link| link.concept.to_string()).collect::<Vec<_>>().join("; ")
        };
        let ci = effect.and_then(|effect| effect.ci);
        let p = effect.and_then(|effect| effect.p);
        self.row(&[
            cited.id.to_string(),
            number(exported.document.identifiers.pmid),
            cited.doi.clone().unwrap_or_default(),
            number(cited.year),
            cited.design.map(|design| design.name().to_owned()).unwrap_or_default(),
            cited.level.map(|level| level.name().to_owned()).unwrap_or_default(),
            number(cited.sample_size.as_ref().map(|size| size.value)),
            exported.flags().join("; "),
            line(given.section),
            finding.span.start.to_string(),
            finding.span.end.to_string(),
            finding.role.name().to_owned(),
            linked(LinkSide::Condition),
            linked(LinkSide::Treatment),
            given.outcome.map(line).unwrap_or_default(),
            given.comparator.map(line).unwrap_or_default(),
            finding.direction.map(|direction| direction.name().to_owned()).unwrap_or_default(),
            number(finding.significant),
            effect.map(|effect| effect.measure.name().to_owned()).unwrap_or_default(),
            number(effect.and_then(|effect| effect.value)),
            effect.and_then(|effect| effect.unit.clone()).unwrap_or_default(),
            number(ci.and_then(|ci| ci.level)),
            number(ci.map(|ci| ci.low)),
            number(ci.map(|ci| ci.high)),
            p.map(|p| format!("{}{}", p.op.sign(), p.value)).unwrap_or_default(),
            line(given.quote),
        ])
    }

    fn row<const N: usize>(&self, values: &[String; N]) -> String {
        let mut writer = csv::WriterBuilder::new().delimiter(self.delimiter).from_writer(Vec::new());
        // Writing into memory does not fail.
        let _ = writer.write_record(values);
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}

/// What is not reported is an empty field.
fn number<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
