//! The fields that a query can name, in every spelling of their tags (`tags.tsv`).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::error::Fault;

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
    PharmacologicalAction,
    RegistryNumber,
    Author,
    FullAuthor,
    FirstAuthor,
    LastAuthor,
    AuthorIdentifier,
    CorporateAuthor,
    Investigator,
    FullInvestigator,
    Affiliation,
    Journal,
    PlaceOfPublication,
    Volume,
    Issue,
    Pagination,
    Language,
    PublicationDate,
    ElectronicDate,
    PrintDate,
    EntryDate,
    CreateDate,
    RevisionDate,
    CompletionDate,
    HeadingDate,
    PersonAsSubject,
    Editor,
    Publisher,
    Book,
    Isbn,
    Pmid,
    Identifier,
    SecondarySource,
    Grant,
    VernacularTitle,
    ConflictOfInterest,
    Filter,
}

/// Each field with its name in `tags.tsv`, the tag it is printed with, and PubMed's long name.
const FIELDS: [(Field, &str, &str, &str); 48] = [
    (Field::All, "all", "all", "All Fields"),
    (Field::TitleAbstract, "title-abstract", "tiab", "Title/Abstract"),
    (Field::Title, "title", "ti", "Title"),
    (Field::Abstract, "abstract", "ab", "Abstract"),
    (Field::TextWord, "text-word", "tw", "Text Word"),
    (Field::OtherTerm, "other-term", "ot", "Other Term"),
    (Field::Mesh, "mesh", "mh", "MeSH Terms"),
    (Field::MeshMajor, "mesh-major", "majr", "MeSH Major Topic"),
    (Field::Subheading, "subheading", "sh", "MeSH Subheading"),
    (Field::PublicationType, "publication-type", "pt", "Publication Type"),
    (Field::Substance, "substance", "nm", "Supplementary Concept"),
    (Field::PharmacologicalAction, "pharmacological-action", "pa", "Pharmacological Action"),
    (Field::RegistryNumber, "registry-number", "rn", "EC/RN Number"),
    (Field::Author, "author", "au", "Author"),
    (Field::FullAuthor, "full-author", "fau", "Full Author Name"),
    (Field::FirstAuthor, "first-author", "1au", "Author - First"),
    (Field::LastAuthor, "last-author", "lastau", "Author - Last"),
    (Field::AuthorIdentifier, "author-identifier", "auid", "Author - Identifier"),
    (Field::CorporateAuthor, "corporate-author", "cn", "Author - Corporate"),
    (Field::Investigator, "investigator", "ir", "Investigator"),
    (Field::FullInvestigator, "full-investigator", "fir", "Full Investigator Name"),
    (Field::Affiliation, "affiliation", "ad", "Affiliation"),
    (Field::Journal, "journal", "ta", "Journal"),
    (Field::PlaceOfPublication, "place-of-publication", "pl", "Place of Publication"),
    (Field::Volume, "volume", "vi", "Volume"),
    (Field::Issue, "issue", "ip", "Issue"),
    (Field::Pagination, "pagination", "pg", "Pagination"),
    (Field::Language, "language", "la", "Language"),
    (Field::PublicationDate, "publication-date", "dp", "Date - Publication"),
    (Field::ElectronicDate, "electronic-date", "epdat", "Electronic Publication Date"),
    (Field::PrintDate, "print-date", "ppdat", "Print Publication Date"),
    (Field::EntryDate, "entry-date", "edat", "Date - Entry"),
    (Field::CreateDate, "create-date", "crdt", "Date - Create"),
    (Field::RevisionDate, "revision-date", "lr", "Date - Modification"),
    (Field::CompletionDate, "completion-date", "dcom", "Date - Completion"),
    (Field::HeadingDate, "heading-date", "mhda", "Date - MeSH"),
    (Field::PersonAsSubject, "person-as-subject", "ps", "Subject - Personal Name"),
    (Field::Editor, "editor", "ed", "Editor"),
    (Field::Publisher, "publisher", "pubn", "Publisher"),
    (Field::Book, "book", "book", "Book"),
    (Field::Isbn, "isbn", "isbn", "ISBN"),
    (Field::Pmid, "pmid", "pmid", "PMID"),
    (Field::Identifier, "identifier", "aid", "Article Identifier"),
    (Field::SecondarySource, "secondary-source", "si", "Secondary Source ID"),
    (Field::Grant, "grant", "gr", "Grants and Funding"),
    (Field::VernacularTitle, "vernacular-title", "tt", "Transliterated Title"),
    (Field::ConflictOfInterest, "conflict-of-interest", "cois", "Conflict of Interest Statements"),
    (Field::Filter, "filter", "filter", "Filter"),
];

impl Field {
    /// The tag it is printed with, without brackets.
    pub fn tag(self) -> &'static str {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or("all", |(_, _, tag, _)| tag)
    }

    /// What PubMed's search details call it.
    pub fn long_name(self) -> &'static str {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or("All Fields", |(.., long)| long)
    }

    /// Whether its values are dates, so that a range of them can be asked for.
    pub const fn is_date(self) -> bool {
        matches!(
            self,
            Self::PublicationDate
                | Self::ElectronicDate
                | Self::PrintDate
                | Self::EntryDate
                | Self::CreateDate
                | Self::RevisionDate
                | Self::CompletionDate
                | Self::HeadingDate
        )
    }

    /// Whether terms are looked for at a distance in it: PubMed allows that in the title, title and abstract, the
    /// affiliation and all fields; the abstract, text words and the like are no harm.
    pub const fn has_proximity(self) -> bool {
        matches!(
            self,
            Self::All
                | Self::TitleAbstract
                | Self::Title
                | Self::Abstract
                | Self::TextWord
                | Self::OtherTerm
                | Self::Affiliation
        )
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
        let field = FIELDS.iter().find(|(_, known, ..)| *known == name).map(|(field, ..)| *field);
        Some((spelling, Spelling { field, explode: columns.next() != Some("noexp") }))
    })
    .collect()
});

/// What a tag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) field: Field,
    pub(super) explode: bool,
    /// How many other words may stand between the words of the term.
    pub(super) near: Option<u32>,
}

/// The most words that may stand between, as in PubMed.
pub(super) const MAX_DISTANCE: u32 = 1000;

/// The field that a tag names, whether it explodes, and how near its words must be.
pub(super) fn named(tag: &str) -> Result<Named, Fault> {
    let spelling = normal(tag);
    let (name, distance) = spelling.split_once(":~").map_or((spelling.as_str(), None), |(n, d)| (n, Some(d)));
    let near = match distance {
        None => None,
        Some(digits) => match digits.trim().parse() {
            Ok(near) if near <= MAX_DISTANCE => Some(near),
            _ => return Err(Fault::NoDistance { tag: tag.to_owned(), most: MAX_DISTANCE }),
        },
    };
    match SPELLINGS.get(name) {
        Some(Spelling { field: Some(field), .. }) if near.is_some() && !field.has_proximity() => {
            Err(Fault::NoProximity(field.tag()))
        }
        Some(Spelling { field: Some(field), explode }) => Ok(Named { field: *field, explode: *explode, near }),
        Some(Spelling { field: None, .. }) => Err(Fault::UnsupportedTag(tag.to_owned())),
        None => Err(Fault::UnknownTag { tag: tag.to_owned(), nearest: nearest(name) }),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_a_field_and_every_printed_tag_is_read() {
        let mut seen = std::collections::BTreeSet::new();
        for row in include_str!("tags.tsv").lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<_> = row.split('\t').collect();
            assert!((2..=3).contains(&columns.len()), "{row}");
            assert!(columns[1] == "-" || FIELDS.iter().any(|(_, name, ..)| *name == columns[1]), "{row}");
            assert_eq!(normal(columns[0]), columns[0], "{row}");
            assert!(columns.get(2).is_none_or(|mode| *mode == "noexp"), "{row}");
            assert!(seen.insert(columns[0]), "{row} stands twice");
        }
        for (field, _, tag, long) in FIELDS {
            for spelling in [tag, long] {
                assert_eq!(named(spelling).unwrap(), Named { field, explode: true, near: None }, "{spelling}");
            }
        }
    }

    #[test]
    fn case_and_blanks_do_not_matter() {
        assert_eq!(named("Mesh Terms : NoExp").unwrap(), Named { field: Field::Mesh, explode: false, near: None });
        assert_eq!(named("Title / Abstract").unwrap().field, Field::TitleAbstract);
        assert_eq!(named("Date - Publication").unwrap().field, Field::PublicationDate);
        assert_eq!(named("Title/Abstract:~3").unwrap().near, Some(3));
    }

    #[test]
    fn an_unknown_tag_is_told_with_the_nearest() {
        assert_eq!(named("tiba").unwrap_err(), Fault::UnknownTag { tag: "tiba".into(), nearest: Some("tiab".into()) });
        assert!(matches!(named("completely else").unwrap_err(), Fault::UnknownTag { nearest: None, .. }));
        assert!(matches!(named("dso").unwrap_err(), Fault::UnsupportedTag(_)));
        assert!(matches!(named("mh:~3").unwrap_err(), Fault::NoProximity("mh")));
        assert!(matches!(named("tiab:~x").unwrap_err(), Fault::NoDistance { .. }));
    }
}
