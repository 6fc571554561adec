//! Named sets of documents: some are values of the index, the others are queries (`filters.tsv`).

use std::fmt;
use std::sync::LazyLock;

use super::error::Fault;
use crate::model::FlagKind;

/// A named set of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// Every document.
    All,
    /// Documents with an abstract.
    HasAbstract,
    /// Documents with a free full text in PubMed Central.
    FreeFullText,
    /// Documents that carry headings.
    Indexed,
    /// Documents that carry a flag.
    Flagged(FlagKind),
    /// Documents that their source counts among a subset of journals (`aim`).
    Subset(&'static str),
    /// What a query finds.
    Query(&'static NamedQuery),
}

/// A query that goes by a name.
#[derive(Debug, PartialEq, Eq)]
pub struct NamedQuery {
    /// The name it is printed with.
    pub name: &'static str,
    /// The query, as its source gives it.
    pub query: &'static str,
    /// Where it was published.
    pub source: &'static str,
    aliases: Vec<&'static str>,
}

/// Each filter that is a value of the index, with its names; the first is the one it is printed with.
const BUILT_IN: [(Filter, &[&str]); 10] = [
    (Filter::All, &["all"]),
    (Filter::HasAbstract, &["hasabstract", "has abstract", "fha", "abstract", "abstracts"]),
    (
        Filter::FreeFullText,
        &["free full text", "ffrft", "loattrfree full text", "pubmed pmc", "pubmed pmc open access", "freefulltext"],
    ),
    (Filter::Indexed, &["medline", "indexed"]),
    (Filter::Flagged(FlagKind::Retracted), &["retracted"]),
    (Filter::Flagged(FlagKind::OfConcern), &["of-concern"]),
    (Filter::Flagged(FlagKind::Corrected), &["corrected"]),
    (Filter::Flagged(FlagKind::Updated), &["updated"]),
    (Filter::Flagged(FlagKind::Republished), &["republished"]),
    (Filter::Flagged(FlagKind::Preprint), &["preprint"]),
];

/// Subsets of journals by MEDLINE's codes, each searched as `jsubsetCODE[filter]`.
const SUBSETS: [&str; 20] =
    ["aim", "b", "c", "d", "e", "f", "h", "im", "j", "k", "n", "om", "p", "q", "qis", "qo", "r", "s", "t", "x"];

static QUERIES: LazyLock<Vec<NamedQuery>> = LazyLock::new(|| {
    let rows = include_str!("filters.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| {
        let mut columns = row.split('\t');
        let (names, query, source) = (columns.next()?, columns.next()?, columns.next()?);
        let mut names = names.split('|');
        Some(NamedQuery { name: names.next()?, query, source, aliases: names.collect() })
    })
    .collect()
});

impl Filter {
    /// The filter of this name, whatever the case.
    pub(super) fn named(name: &str) -> Result<Self, Fault> {
        let lower = name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let built_in = BUILT_IN.iter().find(|(_, names)| names.contains(&lower.as_str())).map(|(filter, _)| *filter);
        let of_query = |query: &'static NamedQuery| query.name == lower || query.aliases.contains(&lower.as_str());
        let subset = lower.strip_prefix("jsubset").and_then(|code| SUBSETS.iter().find(|known| **known == code));
        built_in
            .or_else(|| subset.map(|code| Self::Subset(code)))
            .or_else(|| QUERIES.iter().find(|query| of_query(query)).map(Self::Query))
            .ok_or_else(|| {
                let near = Self::names().map(|known| (strsim::damerau_levenshtein(known, &lower), known)).min();
                Fault::UnknownFilter {
                    name: name.to_owned(),
                    nearest: near.filter(|(far, known)| *far * 2 < known.len()).map(|(_, known)| known),
                    known: Self::names().collect(),
                }
            })
    }

    /// The names of all filters, each once.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let built_in = BUILT_IN.iter().filter_map(|(_, names)| names.first().copied());
        built_in.chain(QUERIES.iter().map(|query| query.name))
    }

    /// What must be said of how it is read; none where it says just what it says.
    pub(super) const fn caveat(self) -> Option<&'static str> {
        match self {
            Self::FreeFullText => Some(
                "free full text: the documents that have an id in PubMed Central; PubMed counts free texts of publishers too",
            ),
            Self::Indexed => Some("medline[sb]: the documents that carry MeSH headings"),
            _ => None,
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // PubMed reads this one without a tag.
            Self::HasAbstract => f.write_str("hasabstract"),
            Self::Query(query) => write!(f, "{}[filter]", query.name),
            Self::Subset(code) => write!(f, "jsubset{code}[filter]"),
            _ => {
                let known = BUILT_IN.iter().find(|(filter, _)| filter == self);
                write!(f, "{}[filter]", known.and_then(|(_, names)| names.first()).unwrap_or(&"all"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::index::query::{Expression, parse};

    #[test]
    fn every_name_is_read_and_means_one_filter() {
        let mut seen = BTreeSet::new();
        for (filter, names) in BUILT_IN {
            for name in names {
                assert!(seen.insert(*name), "{name} stands twice");
                assert_eq!(Filter::named(name).unwrap(), filter);
            }
        }
        for query in QUERIES.iter() {
            for name in std::iter::once(&query.name).chain(&query.aliases) {
                assert!(seen.insert(*name), "{name} stands twice");
                assert_eq!(Filter::named(&name.to_uppercase()).unwrap(), Filter::Query(query));
                assert_eq!(*name, name.to_lowercase());
            }
            assert!(query.source.len() > 10, "{} has no source", query.name);
        }
        assert!(seen.len() > 60);
    }

    #[test]
    fn every_named_query_can_be_read_and_names_no_other_query() {
        fn names_query(expression: &Expression) -> bool {
            match expression {
                Expression::Filter(Filter::Query(_)) => true,
                Expression::Chain { first, rest } => {
                    names_query(&first.expression) || rest.iter().any(|(_, node)| names_query(&node.expression))
                }
                Expression::Words(words) => panic!("{words:?} is untagged"),
                _ => false,
            }
        }
        for query in QUERIES.iter() {
            let node = parse(query.query).unwrap_or_else(|error| panic!("{}: {error}", query.name));
            assert!(!names_query(&node.expression), "{}", query.name);
        }
    }

    #[test]
    fn an_unknown_filter_is_told_with_the_nearest() {
        let error = Filter::named("therapy/brood").unwrap_err().to_string();
        assert!(error.contains("did you mean therapy/broad"), "{error}");
    }
}
