//! A document as the index keeps it.

use sha2::{Digest, Sha256};
use tantivy::TantivyDocument;
use tantivy::schema::Field;

use super::IndexedDocument;
use super::analyzers::normal_name;
use super::schema::{DateFields, Fields};
use crate::model::{Author, Document, DocumentId, DocumentKind, EvidenceLevel, Heading, PartialDate, Passage};

/// The value of the field of flags that says that there is an abstract.
pub(super) const HAS_ABSTRACT: &str = "has-abstract";
/// The value of the field of flags that says that there are headings.
pub(super) const HAS_HEADINGS: &str = "has-headings";
/// The value of the field of flags that says that PubMed Central has the full text.
pub(super) const IN_PMC: &str = "in-pmc";
/// What a name begins with under which a term is kept that has no id.
pub(super) const NAME_ALONE: &str = "=";

/// The fields that hold the running text of a document, of which sentences are parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextColumn {
    Title,
    Abstract,
    FullText,
}

impl TextColumn {
    pub(super) const COUNT: usize = 3;
    pub(super) const ALL: [Self; Self::COUNT] = [Self::Title, Self::Abstract, Self::FullText];

    pub(super) const fn field(self, fields: &Fields) -> Field {
        match self {
            Self::Title => fields.title,
            Self::Abstract => fields.r#abstract,
            Self::FullText => fields.full_text,
        }
    }
}

/// The field that each passage of a document goes into; none for a title after the first.
pub(super) fn columns_of_passages(document: &Document) -> Vec<Option<TextColumn>> {
    let labelled = document.body().any(is_labelled_abstract);
    let mut is_first = true;
    let column = |passage: &Passage| {
        if passage.section == TITLE {
            return std::mem::take(&mut is_first).then_some(TextColumn::Title);
        }
        let is_abstract = is_labelled_abstract(passage) || (!labelled && !passage.section.contains('/'));
        Some(if is_abstract { TextColumn::Abstract } else { TextColumn::FullText })
    };
    document.passages.iter().map(column).collect()
}

/// The section of the passage that holds the title.
const TITLE: &str = "TITLE";

/// The levels in the order in which they are ranked.
const LEVELS: [EvidenceLevel; 8] = {
    use EvidenceLevel::{L1a, L1b, L2a, L2b, L3a, L3b, L4, L5};
    [L1a, L1b, L2a, L2b, L3a, L3b, L4, L5]
};

/// The document as tantivy takes it.
pub(super) fn convert(fields: &Fields, id: &DocumentId, given: &IndexedDocument<'_>) -> TantivyDocument {
    let document = given.document;
    let mut out = TantivyDocument::default();
    out.add_text(fields.id, id.as_str());
    out.add_u64(fields.tie, tie(id));
    text(fields, document, &mut out);
    headings(fields, document, &mut out);
    authors(fields, document, &mut out);
    bibliography(fields, document, &mut out);
    for accession in given.registrations {
        out.add_text(fields.accessions, accession.trim().to_lowercase());
    }
    for flag in given.flags {
        out.add_text(fields.flags, flag.name());
    }
    if let Some(annotation) = given.annotation {
        super::sentences::add(fields, document, annotation, &mut out);
    }
    if let Some(design) = given.design {
        out.add_text(fields.design, design.name());
    }
    if let Some(level) = given.level {
        out.add_text(fields.level, level.name());
        let rank = LEVELS.iter().position(|known| *known == level).unwrap_or(LEVELS.len());
        out.add_u64(fields.level_rank, rank as u64);
    }
    out
}

/// A number that orders documents as their ids do: PubMed's by number, then the others in an order that is always the same.
pub(super) fn tie(id: &DocumentId) -> u64 {
    const OTHERS: u64 = 1 << 63;
    id.as_pmid().filter(|pmid| *pmid < OTHERS).unwrap_or_else(|| {
        let digest = Sha256::digest(id.as_str());
        let start = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        start | OTHERS
    })
}

fn text(fields: &Fields, document: &Document, out: &mut TantivyDocument) {
    for (passage, column) in document.passages.iter().zip(columns_of_passages(document)) {
        let Some(column) = column else { continue };
        out.add_text(column.field(fields), &passage.text);
        match column {
            TextColumn::Title => out.add_text(fields.ranking_title, &passage.text),
            TextColumn::Abstract => {}
            TextColumn::FullText => {
                out.add_text(fields.ranking_full_text, &passage.text);
                continue;
            }
        }
        out.add_text(fields.ranking_text, &passage.text);
    }
    if out.get_first(fields.r#abstract).is_some() {
        out.add_text(fields.flags, HAS_ABSTRACT);
    }
    if let Some(title) = &document.vernacular_title {
        out.add_text(fields.vernacular_title, title);
    }
    if let Some(statement) = &document.conflict_of_interest {
        out.add_text(fields.conflict_of_interest, statement);
    }
    for keyword in document.keywords.iter().chain(&document.gene_symbols) {
        out.add_text(fields.keywords, keyword);
        out.add_text(fields.ranking_headings, keyword);
    }
}

/// Whether a passage is of the abstract for certain: abstracts carry labels in capitals or a category of their source,
/// sections of a full text do not.
fn is_labelled_abstract(passage: &Passage) -> bool {
    passage.category.is_some() || !passage.section.chars().any(char::is_lowercase)
}

fn headings(fields: &Fields, document: &Document, out: &mut TantivyDocument) {
    if !document.headings.is_empty() {
        out.add_text(fields.flags, HAS_HEADINGS);
    }
    for heading in &document.headings {
        out.add_text(fields.heading_words, &heading.name);
        out.add_text(fields.ranking_headings, &heading.name);
        for key in keys(heading.id.as_deref(), &heading.name) {
            out.add_text(fields.headings, &key);
            if heading.is_major_topic() {
                out.add_text(fields.major_headings, &key);
            }
            qualified(fields, heading, &key, out);
        }
        for qualifier in &heading.qualifiers {
            out.add_text(fields.qualifiers, normal_name(&qualifier.name));
            out.add_text(fields.heading_words, &qualifier.name);
        }
    }
    for kind in &document.publication_types {
        out.add_text(fields.heading_words, &kind.name);
        for key in keys(kind.id.as_deref(), &kind.name) {
            out.add_text(fields.publication_types, key);
        }
    }
    for substance in &document.substances {
        out.add_text(fields.substance_words, &substance.name);
        out.add_text(fields.ranking_headings, &substance.name);
        for key in keys(substance.id.as_deref(), &substance.name) {
            out.add_text(fields.substances, key);
        }
        if let Some(number) = &substance.registry {
            out.add_text(fields.registry_numbers, number.trim().to_lowercase());
        }
    }
}

fn qualified(fields: &Fields, heading: &Heading, key: &str, out: &mut TantivyDocument) {
    for qualifier in &heading.qualifiers {
        let pair = qualified_key(key, &qualifier.name);
        if heading.major || qualifier.major {
            out.add_text(fields.major_qualified_headings, &pair);
        }
        out.add_text(fields.qualified_headings, pair);
    }
}

/// The keys under which a controlled term is kept: its id and its name; its name twice where it has no id, so that a search
/// by id can tell those apart and need not look for every name besides.
fn keys(id: Option<&str>, name: &str) -> impl Iterator<Item = String> {
    let name = normal_name(name);
    let id = id.map(str::to_lowercase).filter(|id| !id.is_empty());
    let first = id.or_else(|| (!name.is_empty()).then(|| format!("{NAME_ALONE}{name}")));
    first.into_iter().chain(std::iter::once(name)).filter(|key| !key.is_empty())
}

/// The key of a heading together with a qualifier.
pub(super) fn qualified_key(heading: &str, qualifier: &str) -> String {
    format!("{heading}/{}", normal_name(qualifier))
}

fn authors(fields: &Fields, document: &Document, out: &mut TantivyDocument) {
    let people: Vec<&Author> = document.authors.iter().filter(|a| !a.collective).collect();
    for (n, author) in people.iter().enumerate() {
        let key = author_key(author);
        if n == 0 {
            out.add_text(fields.first_author, &key);
        }
        if n + 1 == people.len() {
            out.add_text(fields.last_author, &key);
        }
        out.add_text(fields.authors, key);
        let given = author.fore_name.as_deref().or(author.initials.as_deref()).unwrap_or_default();
        out.add_text(fields.author_words, format!("{} {given}", author.last_name));
    }
    for group in document.authors.iter().filter(|a| a.collective) {
        out.add_text(fields.collective_words, &group.last_name);
    }
    for person in &document.investigators {
        out.add_text(fields.investigators, author_key(person));
        let given = person.fore_name.as_deref().or(person.initials.as_deref()).unwrap_or_default();
        out.add_text(fields.investigator_words, format!("{} {given}", person.last_name));
    }
    for (field, people) in [(fields.people, &document.people), (fields.editors, &document.editors)] {
        for person in people {
            out.add_text(field, author_key(person));
        }
    }
    for person in document.authors.iter().chain(&document.investigators) {
        for (_, identifier) in &person.identifiers {
            out.add_text(fields.author_identifiers, identifier_key(identifier));
        }
    }
    for affiliation in document.authors.iter().flat_map(|a| &a.affiliations) {
        out.add_text(fields.affiliations, affiliation);
    }
}

/// `last name|initials`.
fn author_key(author: &Author) -> String {
    let initials = match (&author.initials, &author.fore_name) {
        (Some(initials), _) => normal_name(initials).replace(' ', ""),
        (None, Some(names)) => normal_name(names).split(' ').filter_map(|name| name.chars().next()).collect(),
        (None, None) => String::new(),
    };
    format!("{}|{initials}", normal_name(&author.last_name))
}

fn bibliography(fields: &Fields, document: &Document, out: &mut TantivyDocument) {
    if let Some(journal) = &document.journal {
        for name in std::iter::once(&journal.title).chain(&journal.abbreviation) {
            let name = normal_name(name);
            if let Some(bare) = name.strip_prefix("the ") {
                out.add_text(fields.journal, bare);
            }
            out.add_text(fields.journal, name);
        }
        for number in journal.issn.iter().chain(&journal.nlm_id) {
            out.add_text(fields.journal, normal_name(number));
        }
        out.add_text(fields.journal_name, journal.abbreviation.as_deref().unwrap_or(&journal.title).trim());
        if let Some(country) = &journal.country {
            out.add_text(fields.country, normal_name(country));
        }
    }
    for (field, value) in [(fields.volume, &document.volume), (fields.issue, &document.issue)] {
        if let Some(value) = value {
            out.add_text(field, normal_name(value));
        }
    }
    if let Some(pages) = &document.pages {
        let pages = pages.trim().to_lowercase();
        if let Some((first, _)) = pages.split_once(['-', ',', ';']) {
            out.add_text(fields.pages, first.trim());
        }
        out.add_text(fields.pages, pages);
    }
    for language in &document.languages {
        out.add_text(fields.languages, language.trim().to_lowercase());
    }
    let ids = &document.identifiers;
    let others = ids.other.iter().map(|(_, value)| value);
    for value in ids.doi.iter().chain(&ids.pmcid).chain(others) {
        out.add_text(fields.identifiers, identifier_key(value));
    }
    if ids.pmcid.is_some() {
        out.add_text(fields.flags, IN_PMC);
    }
    for (_, isbn) in ids.other.iter().filter(|(scheme, _)| scheme == "isbn") {
        out.add_text(fields.isbn, isbn_key(isbn));
    }
    if let Some(publisher) = &document.publisher {
        out.add_text(fields.publisher, publisher);
    }
    if let (DocumentKind::Book, Some(book)) = (document.kind, &document.journal) {
        out.add_text(fields.book, &book.title);
    }
    for (bank, number) in &document.accessions {
        out.add_text(fields.accessions, number.trim().to_lowercase());
        out.add_text(fields.accessions, format!("{}/{}", bank.trim(), number.trim()).to_lowercase());
    }
    for (number, agency) in &document.grants {
        for value in [number, agency] {
            let value = normal_name(value);
            if !value.is_empty() {
                out.add_text(fields.grants, value);
            }
        }
    }
    for subset in &document.subsets {
        out.add_text(fields.subsets, subset.trim().to_lowercase());
    }
    date(fields.published, document.published, out);
    date(fields.published_electronically, document.published_electronically, out);
    date(fields.entered, document.entered, out);
    date(fields.created, document.created, out);
    date(fields.headings_given, document.headings_given, out);
    date(fields.revised, document.revised, out);
    date(fields.completed, document.completed, out);
}

/// One form for an identifier: lower case, without a resolver's address.
pub(super) fn identifier_key(written: &str) -> String {
    let lower = written.trim().to_lowercase();
    let bare = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let bare = bare.and_then(|rest| rest.split_once('/')).map_or(lower.as_str(), |(_, value)| value);
    bare.strip_prefix("doi:").unwrap_or(bare).trim().to_owned()
}

/// The digits of a book's number, and its X: hyphens stand where printers like them.
pub(super) fn isbn_key(written: &str) -> String {
    written.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}

fn date(fields: DateFields, date: Option<PartialDate>, out: &mut TantivyDocument) {
    let Some(date) = date else { return };
    let (from, to) = days(date);
    out.add_u64(fields.from, from);
    out.add_u64(fields.to, to);
}

/// The first and the last day that a date may be, as `YYYYMMDD`. Every month may have 31 days here: only order matters.
pub(super) fn days(date: PartialDate) -> (u64, u64) {
    let number = |month: u8, day: u8| u64::from(date.year) * 10_000 + u64::from(month) * 100 + u64::from(day);
    (number(date.month.unwrap_or(1), date.day.unwrap_or(1)), number(date.month.unwrap_or(12), date.day.unwrap_or(31)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_date_spans_all_it_may_be() {
        let days_of = |text: &str| days(text.parse().unwrap());
        assert_eq!(days_of("2019"), (20_190_101, 20_191_231));
        assert_eq!(days_of("2019-02"), (20_190_201, 20_190_231));
        assert_eq!(days_of("2019-02-03"), (20_190_203, 20_190_203));
    }

    #[test]
    fn ties_order_pmids_by_number_and_before_others() {
        let doi: DocumentId = "DOI:10.5555/x".parse().unwrap();
        assert!(tie(&DocumentId::pmid(9)) < tie(&DocumentId::pmid(10)));
        assert!(tie(&DocumentId::pmid(u64::MAX >> 1)) < tie(&doi));
        assert_eq!(tie(&doi), tie(&doi.clone()));
    }

    #[test]
    fn levels_are_ranked_as_they_order() {
        assert!(LEVELS.is_sorted());
    }

    #[test]
    fn sections_of_a_full_text_are_not_the_abstract() {
        let passage =
            |section: &str, text: &str| Passage { section: section.into(), category: None, text: text.into() };
        let fields = Fields::new();
        let convert = |passages: Vec<Passage>| {
            let document = Document { passages, ..Document::default() };
            let given = IndexedDocument::new(&document);
            convert(&fields, &DocumentId::pmid(1), &given)
        };
        let whole = convert(vec![passage("ABSTRACT", "a"), passage("Methods/Design", "b"), passage("Results", "c")]);
        assert_eq!((whole.get_all(fields.r#abstract).count(), whole.get_all(fields.full_text).count()), (1, 2));
        let record = convert(vec![passage("Aim", "a"), passage("Findings", "b")]);
        assert_eq!(record.get_all(fields.r#abstract).count(), 2);
    }

    #[test]
    fn author_keys_are_last_name_and_initials() {
        let author = |last: &str, initials: Option<&str>, fore: Option<&str>| {
            author_key(&Author {
                last_name: last.into(),
                initials: initials.map(Into::into),
                fore_name: fore.map(Into::into),
                ..Author::default()
            })
        };
        assert_eq!(author("O'Néill", Some("JA"), None), "oneill|ja");
        assert_eq!(author("van der Berg", None, Some("Anna Maria")), "van der berg|am");
        assert_eq!(author("Mono", None, None), "mono|");
    }
}
