//! The fields that a query can name, in every spelling of their tags (`tags.tsv`), and the named filters.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use super::error::Fault;
use crate::model::FlagKind;

/// A field of the query language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of PubMed's guide")]
pub enum Field {
    All,
    TitleAbstract,
    Title,
    Abstract,
    TextWord,
    OtherTerm,
    Mesh,
    MeshMajor,
    Subheading,
    PublicationType,
    Substance,
    RegistryNumber,
    Author,
    FullAuthor,
    FirstAuthor,
    LastAuthor,
    AuthorIdentifier,
    CorporateAuthor,
    Investigator,
    Affiliation,
    Journal,
    Volume,
    Issue,
    Pagination,
    Language,
    PublicationDate,
    EntryDate,
    RevisionDate,
    CompletionDate,
    Pmid,
    Identifier,
    SecondarySource,
    Grant,
    VernacularTitle,
    ConflictOfInterest,
    Filter,
}

/// Each field with its name in `tags.tsv` and the tag it is printed with.
const FIELDS: [(Field, &str, &str); 36] = [
    (Field::All, "all", "all"),
    (Field::TitleAbstract, "title-abstract", "tiab"),
    (Field::Title, "title", "ti"),
    (Field::Abstract, "abstract", "ab"),
    (Field::TextWord, "text-word", "tw"),
    (Field::OtherTerm, "other-term", "ot"),
    (Field::Mesh, "mesh", "mh"),
    (Field::MeshMajor, "mesh-major", "majr"),
    (Field::Subheading, "subheading", "sh"),
    (Field::PublicationType, "publication-type", "pt"),
    (Field::Substance, "substance", "nm"),
    (Field::RegistryNumber, "registry-number", "rn"),
    (Field::Author, "author", "au"),
    (Field::FullAuthor, "full-author", "fau"),
    (Field::FirstAuthor, "first-author", "1au"),
    (Field::LastAuthor, "last-author", "lastau"),
    (Field::AuthorIdentifier, "author-identifier", "auid"),
    (Field::CorporateAuthor, "corporate-author", "cn"),
    (Field::Investigator, "investigator", "ir"),
    (Field::Affiliation, "affiliation", "ad"),
    (Field::Journal, "journal", "ta"),
    (Field::Volume, "volume", "vi"),
    (Field::Issue, "issue", "ip"),
    (Field::Pagination, "pagination", "pg"),
    (Field::Language, "language", "la"),
    (Field::PublicationDate, "publication-date", "dp"),
    (Field::EntryDate, "entry-date", "edat"),
    (Field::RevisionDate, "revision-date", "lr"),
    (Field::CompletionDate, "completion-date", "dcom"),
    (Field::Pmid, "pmid", "pmid"),
    (Field::Identifier, "identifier", "aid"),
    (Field::SecondarySource, "secondary-source", "si"),
    (Field::Grant, "grant", "gr"),
    (Field::VernacularTitle, "vernacular-title", "tt"),
    (Field::ConflictOfInterest, "conflict-of-interest", "cois"),
    (Field::Filter, "filter", "filter"),
];

impl Field {
    /// The tag it is printed with, without brackets.
    pub fn tag(self) -> &'static str {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or("all", |(_, _, tag)| tag)
    }

    /// Whether its values are dates, so that a range of them can be asked for.
    pub const fn is_date(self) -> bool {
        matches!(self, Self::PublicationDate | Self::EntryDate | Self::RevisionDate | Self::CompletionDate)
    }
}

/// What a spelling of a tag stands for.
#[derive(Debug, Clone, Copy)]
struct Spelling {
    /// None for a field of PubMed that is not searched here.
    field: Option<Field>,
    explode: bool,
}

static SPELLINGS: LazyLock<HashMap<&'static str, Spelling>> = LazyLock::new(|| {
    let rows = include_str!("tags.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| {
        let mut columns = row.split('\t');
        let (spelling, name) = (columns.next()?, columns.next()?);
        let field = FIELDS.iter().find(|(_, known, _)| *known == name).map(|(field, ..)| *field);
        Some((spelling, Spelling { field, explode: columns.next() != Some("noexp") }))
    })
    .collect()
});

/// The field that a tag names and whether it explodes.
pub(super) fn named(tag: &str) -> Result<(Field, bool), Fault> {
    let spelling = normal(tag);
    match SPELLINGS.get(spelling.as_str()) {
        Some(Spelling { field: Some(field), explode }) => Ok((*field, *explode)),
        Some(Spelling { field: None, .. }) => Err(Fault::UnsupportedTag(tag.to_owned())),
        None if spelling.contains(":~") => Err(Fault::Proximity(tag.to_owned())),
        None => Err(Fault::UnknownTag { tag: tag.to_owned(), nearest: nearest(&spelling) }),
    }
}

/// Lower case, no blanks around `:` and `/`.
fn normal(tag: &str) -> String {
    let words = tag.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    words.replace(" :", ":").replace(": ", ":").replace(" /", "/").replace("/ ", "/")
}

fn nearest(spelling: &str) -> Option<String> {
    let searched = SPELLINGS.iter().filter(|(_, meaning)| meaning.field.is_some());
    let best = searched.map(|(known, _)| (strsim::damerau_levenshtein(known, spelling), *known)).min()?;
    let allowed = (spelling.chars().count() / 3).max(1);
    (best.0 <= allowed).then(|| best.1.to_owned())
}

/// A named set of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// Every document.
    All,
    /// Documents with an abstract.
    HasAbstract,
    /// Documents that carry a flag.
    Flagged(FlagKind),
}

const FILTERS: [(&str, Filter); 8] = [
    ("all", Filter::All),
    ("hasabstract", Filter::HasAbstract),
    ("retracted", Filter::Flagged(FlagKind::Retracted)),
    ("of-concern", Filter::Flagged(FlagKind::OfConcern)),
    ("corrected", Filter::Flagged(FlagKind::Corrected)),
    ("updated", Filter::Flagged(FlagKind::Updated)),
    ("republished", Filter::Flagged(FlagKind::Republished)),
    ("preprint", Filter::Flagged(FlagKind::Preprint)),
];

impl Filter {
    /// The filter of this name, whatever the case.
    pub(super) fn named(name: &str) -> Result<Self, Fault> {
        let lower = name.to_lowercase();
        FILTERS.iter().find(|(known, _)| *known == lower).map(|(_, filter)| *filter).ok_or_else(|| {
            Fault::UnknownFilter { name: name.to_owned(), known: FILTERS.iter().map(|(known, _)| *known).collect() }
        })
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // PubMed reads this one without a tag.
            Self::HasAbstract => f.write_str("hasabstract"),
            _ => {
                let name = FILTERS.iter().find(|(_, filter)| filter == self).map_or("all", |(name, _)| name);
                write!(f, "{name}[filter]")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_a_field_and_every_printed_tag_is_read() {
        for row in include_str!("tags.tsv").lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<_> = row.split('\t').collect();
            assert!((2..=3).contains(&columns.len()), "{row}");
            assert!(columns[1] == "-" || FIELDS.iter().any(|(_, name, _)| *name == columns[1]), "{row}");
            assert_eq!(normal(columns[0]), columns[0], "{row}");
            assert!(columns.get(2).is_none_or(|mode| *mode == "noexp"), "{row}");
        }
        for (field, _, tag) in FIELDS {
            assert_eq!(named(tag).unwrap(), (field, true));
        }
        for (name, filter) in FILTERS {
            assert_eq!(Filter::named(name).unwrap(), filter);
        }
    }

    #[test]
    fn case_and_blanks_do_not_matter() {
        assert_eq!(named("Mesh Terms : NoExp").unwrap(), (Field::Mesh, false));
        assert_eq!(named("Title / Abstract").unwrap().0, Field::TitleAbstract);
        assert_eq!(named("Date - Publication").unwrap().0, Field::PublicationDate);
    }

    #[test]
    fn an_unknown_tag_is_told_with_the_nearest() {
        assert_eq!(named("tiba").unwrap_err(), Fault::UnknownTag { tag: "tiba".into(), nearest: Some("tiab".into()) });
        assert!(matches!(named("completely else").unwrap_err(), Fault::UnknownTag { nearest: None, .. }));
        assert!(matches!(named("pa").unwrap_err(), Fault::UnsupportedTag(_)));
        assert!(matches!(named("tiab:~3").unwrap_err(), Fault::Proximity(_)));
    }
}
