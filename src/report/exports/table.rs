//! The columns of tables, and the values of a document or an effect in them: what all formats of rows share.

use super::{Exported, ExportedFinding, inverted, line};
use crate::model::{Effect, LinkSide};

/// What a column holds. What is not reported is an empty value of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Text,
    /// Whole numbers.
    Whole,
    /// Numbers.
    Real,
    /// `true` or `false`.
    Truth,
}

/// A column: its name and what it holds.
pub(super) type Column = (&'static str, Kind);

/// The columns of a table of documents.
pub(super) const DOCUMENT: [Column; 20] = [
    ("id", Kind::Text),
    ("pmid", Kind::Whole),
    ("pmcid", Kind::Text),
    ("doi", Kind::Text),
    ("title", Kind::Text),
    ("authors", Kind::Text),
    ("journal", Kind::Text),
    ("year", Kind::Whole),
    ("volume", Kind::Text),
    ("issue", Kind::Text),
    ("pages", Kind::Text),
    ("languages", Kind::Text),
    ("publication_types", Kind::Text),
    ("design", Kind::Text),
    ("level", Kind::Text),
    ("sample_size", Kind::Whole),
    ("registrations", Kind::Text),
    ("flags", Kind::Text),
    ("keywords", Kind::Text),
    ("abstract", Kind::Text),
];

/// The columns of a table of findings: a row an effect.
pub(super) const FINDING: [Column; 27] = [
    ("id", Kind::Text),
    ("pmid", Kind::Whole),
    ("doi", Kind::Text),
    ("year", Kind::Whole),
    ("design", Kind::Text),
    ("level", Kind::Text),
    ("sample_size", Kind::Whole),
    ("flags", Kind::Text),
    ("section", Kind::Text),
    ("start", Kind::Whole),
    ("end", Kind::Whole),
    ("role", Kind::Text),
    ("conditions", Kind::Text),
    ("treatments", Kind::Text),
    ("outcome", Kind::Text),
    ("comparator", Kind::Text),
    ("direction", Kind::Text),
    ("favours", Kind::Text),
    ("significant", Kind::Truth),
    ("measure", Kind::Text),
    ("value", Kind::Real),
    ("unit", Kind::Text),
    ("ci_level", Kind::Real),
    ("ci_low", Kind::Real),
    ("ci_high", Kind::Real),
    ("p", Kind::Text),
    ("quote", Kind::Text),
];

/// The values of a document.
pub(super) fn document(exported: &Exported<'_>) -> [String; 20] {
    let (document, cited) = (exported.document, exported.cited);
    let ids = &document.identifiers;
    let text = |text: &Option<String>| text.as_deref().map(line).unwrap_or_default();
    [
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
    ]
}

/// The rows of a finding: one for each of its effects, or one without any.
pub(super) fn finding(exported: &Exported<'_>, given: &ExportedFinding<'_>) -> Vec<[String; 27]> {
    if given.finding.effects.is_empty() {
        return vec![effect(exported, given, None)];
    }
    given.finding.effects.iter().map(|one| effect(exported, given, Some(one))).collect()
}

fn effect(exported: &Exported<'_>, given: &ExportedFinding<'_>, effect: Option<&Effect>) -> [String; 27] {
    let (finding, cited) = (given.finding, exported.cited);
    let linked = |side: LinkSide| {
        let links = finding.links.iter().filter(|link| link.side == side);
        links.map(|link| link.concept.to_string()).collect::<Vec<_>>().join("; ")
    };
    let ci = effect.and_then(|effect| effect.ci);
    let p = effect.and_then(|effect| effect.p);
    [
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
        finding.favours.map(|favours| favours.name().to_owned()).unwrap_or_default(),
        number(finding.significant),
        effect.map(|effect| effect.measure.name().to_owned()).unwrap_or_default(),
        number(effect.and_then(|effect| effect.value)),
        effect.and_then(|effect| effect.unit.clone()).unwrap_or_default(),
        number(ci.and_then(|ci| ci.level)),
        number(ci.map(|ci| ci.low)),
        number(ci.map(|ci| ci.high)),
        p.map(|p| format!("{}{}", p.op.sign(), p.value)).unwrap_or_default(),
        line(given.quote),
    ]
}

/// What is not reported is an empty field.
fn number<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
