//! A translated query to a plan: every name looked up, every truncation written out. What the plan holds is complete, or
//! compiling is an error that says the limit.

use std::collections::BTreeSet;
use std::sync::Arc;

use tantivy::schema::Field as Column;
use tantivy::{Searcher, Term as Key};

use super::bits::Known;
use super::dates;
use super::error::Fault;
use super::expand::{Pattern, expand};
use super::fields::Field;
use super::filters::Filter;
use super::headings::{Headings, MESH};
use super::plan::{Plan, Sequence, Text};
use super::subheadings;
use super::syntax::{Expression, Node, Operator, Range, Term};
use super::translate::split_qualifier;
use crate::index::IndexError;
use crate::index::analyzers::{compounds, normal_name};
use crate::index::document::{
    HAS_ABSTRACT, HAS_HEADINGS, IN_PMC, NAME_ALONE, days, identifier_key, isbn_key, qualified_key,
};
use crate::index::schema::{DateFields, Fields};
use crate::model::{ConceptId, DocumentId, Span};

/// How many ways to write a phrase are looked for; with more, only the one that was typed.
const MAX_FORMS: usize = 64;

type Result<T> = std::result::Result<T, IndexError>;

/// Compiles one query.
#[derive(Clone, Copy)]
pub(in crate::index) struct Compiler<'a> {
    pub(in crate::index) fields: &'a Fields,
    pub(in crate::index) searcher: &'a Searcher,
    pub(in crate::index) headings: &'a dyn Headings,
    /// What the lines of a strategy found, the first at 0.
    pub(in crate::index) lines: &'a [Known],
}

impl Compiler<'_> {
    /// The plan of a translated query.
    pub(in crate::index) fn plan(&self, node: &Node) -> Result<Plan> {
        let span = node.span;
        match &node.expression {
            // Translation leaves none; where it did not run, words mean all fields.
            Expression::Words(words) => {
                let plan =
                    |word: &super::syntax::Word| self.text(&self.fields.all_words(), &word.text, None, word.span);
                let first = words.first().ok_or_else(|| Fault::Empty.at(span))?;
                let rest: Result<Vec<_>> =
                    words[1..].iter().map(|word| Ok((Operator::And, Plan::Text(plan(word)?)))).collect();
                Ok(Plan::Chain(Box::new(Plan::Text(plan(first)?)), rest?))
            }
            Expression::Term(term) => self.term(term, span),
            Expression::Range(Range { from, to, tag }) => self.dates(tag.field, from, to, span),
            Expression::Filter(filter) => self.filter(*filter, span),
            Expression::Line(number) => {
                let at = (*number as usize).checked_sub(1);
                let line = at.and_then(|at| self.lines.get(at));
                Ok(Plan::Known(line.ok_or_else(|| Fault::LineReference(*number).at(span))?.clone()))
            }
            Expression::Chain { first, rest } => {
                let is_union = rest.iter().all(|(operator, _)| *operator == Operator::Or);
                let operands: Vec<&Node> = std::iter::once(&**first).chain(rest.iter().map(|(_, node)| node)).collect();
                let rest = rest.iter().filter(|(_, node)| !(is_union && is_implied(node, &operands)));
                let rest: Result<Vec<_>> = rest.map(|(operator, node)| Ok((*operator, self.plan(node)?))).collect();
                Ok(Plan::Chain(Box::new(self.plan(first)?), rest?))
            }
        }
    }

    fn term(&self, term: &Term, span: Span) -> Result<Plan> {
        let fields = self.fields;
        let typed = term.text.as_str();
        let tag = term.tag;
        let explode = tag.is_none_or(|tag| tag.explode);
        let near = tag.and_then(|tag| tag.near);
        let text = |columns: &[Column]| self.text(columns, typed, near, span).map(Plan::Text);
        let field = tag.map_or(Field::All, |tag| tag.field);
        match field {
            Field::All => Ok(Plan::Text(self.anywhere(typed, near, span)?)),
            Field::TitleAbstract => text(&[fields.title, fields.r#abstract, fields.keywords]),
            Field::Title => text(&[fields.title]),
            Field::Abstract => text(&[fields.r#abstract]),
            Field::TextWord => text(&fields.text_words()),
            Field::OtherTerm => text(&[fields.keywords]),
            Field::VernacularTitle => text(&[fields.vernacular_title]),
            Field::Affiliation => text(&[fields.affiliations]),
            Field::CorporateAuthor => text(&[fields.collective_words]),
            Field::FullAuthor => self.full_name(fields.author_words, typed, span),
            Field::FullInvestigator => self.full_name(fields.investigator_words, typed, span),
            Field::ConflictOfInterest => text(&[fields.conflict_of_interest]),
            Field::Mesh => self.heading(fields.headings, fields.qualified_headings, typed, explode, span),
            Field::MeshMajor => {
                self.heading(fields.major_headings, fields.major_qualified_headings, typed, explode, span)
            }
            Field::PublicationType => self.controlled(fields.publication_types, typed, explode, span),
            Field::Substance => self.controlled(fields.substances, typed, false, span),
            Field::PharmacologicalAction => self.action(typed, explode, span),
            Field::Subheading => self.subheading(typed, explode, span),
            Field::RegistryNumber => self.name(fields.registry_numbers, typed, lower, span),
            Field::Author => self.author(fields.authors, term, span),
            Field::FirstAuthor => self.author(fields.first_author, term, span),
            Field::LastAuthor => self.author(fields.last_author, term, span),
            Field::Investigator => self.author(fields.investigators, term, span),
            Field::PersonAsSubject => self.author(fields.people, term, span),
            Field::Editor => self.author(fields.editors, term, span),
            Field::Publisher => text(&[fields.publisher]),
            Field::Book => text(&[fields.book]),
            Field::Isbn => self.name(fields.isbn, typed, isbn_key, span),
            Field::AuthorIdentifier => {
                let bare = typed.split_whitespace().last().unwrap_or_default();
                self.name(fields.author_identifiers, bare, identifier_key, span)
            }
            Field::Journal => self.name(fields.journal, typed, normal_name, span),
            Field::PlaceOfPublication => self.name(fields.country, typed, normal_name, span),
            Field::Volume => self.name(fields.volume, typed, normal_name, span),
            Field::Issue => self.name(fields.issue, typed, normal_name, span),
            Field::Pagination => self.name(fields.pages, typed, lower, span),
            Field::Language => self.name(fields.languages, typed, language, span),
            Field::Identifier => self.name(fields.identifiers, typed, identifier_key, span),
            Field::SecondarySource => self.name(fields.accessions, typed, lower, span),
            Field::Grant => self.name(fields.grants, typed, normal_name, span),
            Field::PublicationDate
            | Field::ElectronicDate
            | Field::PrintDate
            | Field::EntryDate
            | Field::CreateDate
            | Field::RevisionDate
            | Field::CompletionDate
            | Field::HeadingDate => self.dates(field, typed, typed, span),
            Field::Pmid => pmids(fields, typed, span),
            // The parser has made filters of these.
            Field::Filter => self.filter(Filter::named(typed).map_err(|fault| fault.at(span))?, span),
        }
    }

    /// A word or a phrase in all fields; a single word may also be an identifier.
    fn anywhere(&self, typed: &str, near: Option<u32>, span: Span) -> Result<Text> {
        let fields = self.fields;
        let mut text = self.text(&fields.all_words(), typed, near, span)?;
        if !typed.contains([' ', '*']) {
            let key = identifier_key(typed);
            let named = [fields.identifiers, fields.accessions, fields.registry_numbers];
            text.keys.extend(named.into_iter().map(|field| Key::from_field_text(field, &key)));
            if let Ok(pmid) = typed.parse::<u64>() {
                text.keys.push(Key::from_field_text(fields.id, DocumentId::pmid(pmid).as_str()));
            }
        }
        Ok(text)
    }

    /// Words side by side, or near each other, in any one of the columns.
    fn text(&self, columns: &[Column], typed: &str, near: Option<u32>, span: Span) -> Result<Text> {
        let (bare, is_truncated) = truncation(typed, span)?;
        let parts = compounds(bare);
        if parts.is_empty() {
            return Err(Fault::NothingToSearch(typed.to_owned()).at(span).into());
        }
        let count = parts.iter().try_fold(1_usize, |n, part| n.checked_mul(part.forms.len()));
        let as_typed_only = count.is_none_or(|count| count > MAX_FORMS);
        let mut ways: Vec<Vec<String>> = vec![Vec::new()];
        for part in parts {
            let forms = if as_typed_only { &part.forms[..1] } else { &part.forms[..] };
            ways = ways.iter().flat_map(|start| forms.iter().map(|form| [start.as_slice(), form].concat())).collect();
        }
        if near.is_some() && (is_truncated || ways.iter().all(|way| way.len() < 2)) {
            return Err(Fault::NothingNear(typed.to_owned()).at(span).into());
        }
        let pattern = Pattern { typed, span };
        let mut sequences = Vec::with_capacity(ways.len());
        for way in ways {
            let Some((last, start)) = way.split_last() else { continue };
            let mut slots: Vec<Arc<Vec<String>>> = start.iter().map(|word| Arc::new(vec![word.clone()])).collect();
            if is_truncated {
                let mut endings = BTreeSet::new();
                for column in columns {
                    expand(self.searcher, *column, last, pattern, |_| true, &mut endings)?;
                }
                slots.push(Arc::new(endings.into_iter().collect()));
            } else {
                slots.push(Arc::new(vec![last.clone()]));
            }
            let near = near.filter(|_| slots.len() > 1);
            sequences.push(Sequence { slots, near });
        }
        Ok(Text { columns: columns.to_vec(), sequences, keys: Vec::new() })
    }

    /// `julia s wong`, `wong julia s` or `wong, julia`: the words of the name, the last name first or last.
    fn full_name(&self, column: Column, typed: &str, span: Span) -> Result<Plan> {
        let mut text = self.text(&[column], typed, None, span)?;
        let words: Vec<&str> = typed.split_whitespace().collect();
        if let ([given @ .., last], false) = (words.as_slice(), typed.contains([',', '*'])) {
            let inverted = format!("{last} {}", given.join(" "));
            text.sequences.extend(self.text(&[column], &inverted, None, span)?.sequences);
        }
        Ok(Plan::Text(text))
    }

    /// A heading, by name or id, alone or with a subheading after a slash.
    fn heading(&self, alone: Column, qualified: Column, typed: &str, explode: bool, span: Span) -> Result<Plan> {
        let (heading, Some(subheading)) = split_qualifier(typed) else {
            return self.controlled(alone, typed, explode, span);
        };
        if typed.contains('*') {
            return Err(Fault::MisplacedStar(typed.to_owned()).at(span).into());
        }
        if normal_name(heading).is_empty() {
            return Err(Fault::NothingToSearch(typed.to_owned()).at(span).into());
        }
        let mut keys = Vec::new();
        let subheadings = subheadings::keys(subheading, explode);
        for heading in self.heading_keys(heading, explode, qualified)? {
            let pairs = subheadings.iter().map(|subheading| qualified_key(&heading, subheading));
            keys.extend(pairs.map(|pair| Key::from_field_text(qualified, &pair)));
        }
        Ok(Plan::Keys(keys))
    }

    /// A controlled term by name or id, with what is narrower. Truncation is of the name, and does not explode.
    fn controlled(&self, field: Column, typed: &str, explode: bool, span: Span) -> Result<Plan> {
        let (text, is_truncated) = truncation(typed, span)?;
        let name = prefix_of(typed, normal_name(text), span)?;
        if is_truncated {
            let mut found = BTreeSet::new();
            let pattern = Pattern { typed, span };
            expand(self.searcher, field, &name, pattern, |term| !is_heading_id(term), &mut found)?;
            return Ok(keys(field, &found));
        }
        Ok(keys(field, &self.heading_keys(typed, explode, field)?))
    }

    /// The keys under which documents hold a heading and, exploded, what is beneath it: ids, and names where a record has no
    /// id. A name that the vocabulary does not know stands for itself.
    fn heading_keys(&self, typed: &str, explode: bool, field: Column) -> Result<BTreeSet<String>> {
        let name = normal_name(typed);
        let found = self.headings.find(typed.trim());
        let id = found.or_else(|| is_heading_id(&name).then(|| ConceptId::mesh(&name.to_uppercase())));
        let Some(id) = id else { return Ok(BTreeSet::from([name])) };
        let all = if explode { self.headings.narrower(&id) } else { vec![id] };
        let mut keys: BTreeSet<String> = all.iter().filter_map(heading_key).collect();
        if self.has_beginning(field, NAME_ALONE)? {
            let names = all.iter().filter_map(|id| self.headings.name(id));
            let names: Vec<String> = names.map(|name| format!("{NAME_ALONE}{}", normal_name(&name))).collect();
            keys.extend(names);
        }
        Ok(keys)
    }

    /// What has a pharmacological action, or one beneath it.
    fn action(&self, typed: &str, explode: bool, span: Span) -> Result<Plan> {
        truncation(typed, span)?;
        prefix_of(typed, normal_name(typed), span)?;
        let Some(action) = self.headings.find(typed.trim()) else { return Ok(Plan::Keys(Vec::new())) };
        let actions = if explode { self.headings.narrower(&action) } else { vec![action] };
        let acting: BTreeSet<String> =
            actions.iter().flat_map(|action| self.headings.acting(action)).filter_map(|id| heading_key(&id)).collect();
        let in_field = |field| acting.iter().map(move |key| Key::from_field_text(field, key));
        Ok(Plan::Keys(in_field(self.fields.headings).chain(in_field(self.fields.substances)).collect()))
    }

    fn subheading(&self, typed: &str, explode: bool, span: Span) -> Result<Plan> {
        if typed.contains('*') {
            return self.name(self.fields.qualifiers, typed, normal_name, span);
        }
        prefix_of(typed, normal_name(typed), span)?;
        Ok(keys(self.fields.qualifiers, &subheadings::keys(typed, explode)))
    }

    /// One name, kept whole; with a star at its end, every name that begins so.
    fn name(&self, field: Column, typed: &str, normal: fn(&str) -> String, span: Span) -> Result<Plan> {
        let (text, is_truncated) = truncation(typed, span)?;
        let key = prefix_of(typed, normal(text), span)?;
        if !is_truncated {
            return Ok(Plan::Keys(vec![Key::from_field_text(field, &key)]));
        }
        self.beginning(field, &[key], Pattern { typed, span })
    }

    fn beginning(&self, field: Column, prefixes: &[String], pattern: Pattern<'_>) -> Result<Plan> {
        let mut found = BTreeSet::new();
        for prefix in prefixes {
            expand(self.searcher, field, prefix, pattern, |_| true, &mut found)?;
        }
        Ok(keys(field, &found))
    }

    /// Whether a field has a term that begins so.
    fn has_beginning(&self, field: Column, prefix: &str) -> Result<bool> {
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let stream = index.terms().range().ge(prefix.as_bytes()).into_stream();
            let mut stream = stream.map_err(tantivy::TantivyError::from)?;
            if stream.advance() && stream.key().starts_with(prefix.as_bytes()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `smith` is every Smith, `smith j` also Smith JA, `"smith j"` only Smith J, `smith*` also Smithson.
    fn author(&self, field: Column, term: &Term, span: Span) -> Result<Plan> {
        let (text, is_truncated) = truncation(&term.text, span)?;
        let name = prefix_of(&term.text, normal_name(&text.replace(['.', ','], " ")), span)?;
        let split = name.rsplit_once(' ').filter(|(_, initials)| initials.chars().count() <= 3);
        let pattern = Pattern { typed: &term.text, span };
        let whole = if is_truncated { name.clone() } else { format!("{name}|") };
        let Some((last, initials)) = split else { return self.beginning(field, &[whole], pattern) };
        let key = format!("{last}|{initials}");
        if term.quoted && !is_truncated {
            let exact = Plan::Keys(vec![Key::from_field_text(field, &key)]);
            return Ok(Plan::Any(vec![exact, self.beginning(field, &[whole], pattern)?]));
        }
        self.beginning(field, &[key, whole], pattern)
    }

    /// Documents whose date may lie between two.
    fn dates(&self, field: Field, from: &str, to: &str, span: Span) -> Result<Plan> {
        let fields = self.fields;
        let columns: Vec<DateFields> = match field {
            Field::ElectronicDate => vec![fields.published_electronically],
            Field::PrintDate => vec![fields.published],
            Field::EntryDate => vec![fields.entered],
            Field::CreateDate => vec![fields.created],
            Field::HeadingDate => vec![fields.headings_given],
            Field::RevisionDate => vec![fields.revised],
            Field::CompletionDate => vec![fields.completed],
            _ => fields.publication_dates().to_vec(),
        };
        let read = |typed| dates::read(typed).map_err(|fault| fault.at(span));
        let (first, last) = (days(read(from)?).0, days(read(to)?).1);
        if last < first {
            return Err(Fault::BackwardRange { from: from.to_owned(), to: to.to_owned() }.at(span).into());
        }
        Ok(Plan::Dates { fields: columns, first, last })
    }

    fn filter(&self, filter: Filter, span: Span) -> Result<Plan> {
        let flag = |value: &str| Ok(Plan::Keys(vec![Key::from_field_text(self.fields.flags, value)]));
        match filter {
            Filter::All => Ok(Plan::Everything),
            Filter::HasAbstract => flag(HAS_ABSTRACT),
            Filter::FreeFullText => flag(IN_PMC),
            Filter::Indexed => flag(HAS_HEADINGS),
            Filter::Flagged(kind) => flag(kind.name()),
            Filter::Subset(code) => Ok(Plan::Keys(vec![Key::from_field_text(self.fields.subsets, code)])),
            // Translation has put the query in its place.
            Filter::Query(named) => self.plan(&super::parse(named.query).map_err(|error| error.fault.at(span))?),
        }
    }
}

/// Whether a phrase in all fields is found by one of its siblings anyway, which looks for its words wherever they are.
fn is_implied(node: &Node, siblings: &[&Node]) -> bool {
    let Some(phrase) = all_fields(node).filter(|text| text.contains(' ')) else { return false };
    let parts: BTreeSet<String> = phrase.to_lowercase().split(' ').map(str::to_owned).collect();
    siblings.iter().any(|sibling| {
        let Expression::Chain { first, rest } = &sibling.expression else { return false };
        let words = std::iter::once(&**first).chain(rest.iter().map(|(_, node)| node));
        rest.iter().all(|(operator, _)| *operator == Operator::And)
            && words.into_iter().all(|word| all_fields(word).is_some_and(|text| parts.contains(&text.to_lowercase())))
    })
}

/// The text of a term in all fields, as it stands.
fn all_fields(node: &Node) -> Option<&str> {
    match &node.expression {
        Expression::Term(Term { text, tag: Some(tag), .. }) if tag.field == Field::All && tag.near.is_none() => {
            Some(text)
        }
        _ => None,
    }
}

fn keys<'k>(field: Column, keys: impl IntoIterator<Item = &'k String>) -> Plan {
    Plan::Keys(keys.into_iter().map(|key| Key::from_field_text(field, key)).collect())
}

/// The key that stands for a heading by its id.
fn heading_key(id: &ConceptId) -> Option<String> {
    id.as_str().strip_prefix(MESH).map(str::to_lowercase)
}

fn pmids(fields: &Fields, typed: &str, span: Span) -> Result<Plan> {
    let mut keys = Vec::new();
    for number in typed.split([' ', ',']).filter(|part| !part.is_empty()) {
        let bare = number.strip_prefix("PMID:").unwrap_or(number);
        let pmid: u64 = bare.parse().map_err(|_| Fault::NoPmid(number.to_owned()).at(span))?;
        keys.push(Key::from_field_text(fields.id, DocumentId::pmid(pmid).as_str()));
    }
    if keys.is_empty() {
        return Err(Fault::NoPmid(typed.to_owned()).at(span).into());
    }
    Ok(Plan::Keys(keys))
}

/// Takes the star off the end; a star anywhere else, or with nothing before it, is a fault.
pub(super) fn truncation(typed: &str, span: Span) -> Result<(&str, bool)> {
    let (text, is_truncated) = typed.strip_suffix('*').map_or((typed, false), |text| (text, true));
    let ends_in_word = text.ends_with(|c: char| c.is_alphanumeric());
    if text.contains('*') || (is_truncated && !ends_in_word) {
        return Err(Fault::MisplacedStar(typed.to_owned()).at(span).into());
    }
    Ok((text, is_truncated))
}

/// A key that holds something.
fn prefix_of(typed: &str, key: String, span: Span) -> Result<String> {
    if key.is_empty() { Err(Fault::NothingToSearch(typed.to_owned()).at(span).into()) } else { Ok(key) }
}

/// Whether a key has the form of an id of MeSH: `d006333`, `c123456`.
fn is_heading_id(key: &str) -> bool {
    let digits = key.strip_prefix(['d', 'c']);
    digits.is_some_and(|digits| digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit()))
}

fn lower(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Languages by name, beside the codes that records carry.
const LANGUAGES: [(&str, &str); 20] = [
    ("arabic", "ara"),
    ("chinese", "chi"),
    ("czech", "cze"),
    ("danish", "dan"),
    ("dutch", "dut"),
    ("english", "eng"),
    ("french", "fre"),
    ("german", "ger"),
    ("hungarian", "hun"),
    ("italian", "ita"),
    ("japanese", "jpn"),
    ("korean", "kor"),
    ("norwegian", "nor"),
    ("persian", "per"),
    ("polish", "pol"),
    ("portuguese", "por"),
    ("russian", "rus"),
    ("spanish", "spa"),
    ("swedish", "swe"),
    ("turkish", "tur"),
];

fn language(text: &str) -> String {
    let name = lower(text);
    LANGUAGES.iter().find(|(known, _)| *known == name).map_or(name, |(_, code)| (*code).to_owned())
}
