//! A syntax tree to a query of the index: an exact set, and the stems by which it is ranked.

use std::collections::BTreeSet;

use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field as Column, IndexRecordOption};
use tantivy::{Searcher, Term as Key};

use super::error::Fault;
use super::expand::{MAX_TERMS, Pattern, expand};
use super::fields::{Field, Filter};
use super::headings::Headings;
use super::ranking;
use super::syntax::{Expression, Node, Operator, Range, Term, Word};
use crate::index::IndexError;
use crate::index::analyzers::{self, Compound, compounds, is_stopword, normal_name};
use crate::index::document::{HAS_ABSTRACT, days, identifier_key};
use crate::index::schema::{DateFields, Fields};
use crate::model::{DocumentId, PartialDate, Span};

/// How often AND and OR may take turns without parentheses; each turn nests the query one deeper.
const MAX_TURNS: usize = 200;
/// How many ways to write a phrase are looked for; with more, only the one that was typed.
const MAX_FORMS: usize = 64;
/// How many stems of the words that a truncated word stands for count for ranking.
const MAX_RANKED_EXPANSIONS: usize = 100;

type Set = Box<dyn Query>;
type Result<T> = std::result::Result<T, IndexError>;

/// Translates one query.
pub(in crate::index) struct Translator<'a> {
    pub(super) fields: &'a Fields,
    pub(super) searcher: &'a Searcher,
    pub(super) headings: &'a dyn Headings,
    /// Stems of the words that a document should hold, in the order of the query.
    stems: Vec<String>,
    /// Whether what is being translated is taken away by NOT.
    negated: bool,
    /// What whoever asked should know.
    pub(in crate::index) notes: Vec<String>,
}

impl<'a> Translator<'a> {
    pub(in crate::index) fn new(fields: &'a Fields, searcher: &'a Searcher, headings: &'a dyn Headings) -> Self {
        Self { fields, searcher, headings, stems: Vec::new(), negated: false, notes: Vec::new() }
    }

    /// The documents of the exact set, without scores.
    pub(in crate::index) fn set(&mut self, node: &Node) -> Result<Set> {
        Ok(Box::new(ConstScoreQuery::new(self.node(node)?, 0.0)))
    }

    /// Documents that hold any word of what was translated, scored; none where there are no words.
    pub(in crate::index) fn ranking(&self) -> Option<Set> {
        ranking::any_of(self.fields, &self.stems)
    }

    fn node(&mut self, node: &Node) -> Result<Set> {
        match &node.expression {
            Expression::Words(words) => self.words(words, node.span),
            Expression::Term(term) => self.term(term, node.span),
            Expression::Range(range) => self.range(range, node.span),
            Expression::Filter(filter) => Ok(self.filter(*filter)),
            Expression::Chain { first, rest } => self.chain(first, rest, node.span),
        }
    }

    /// Left to right. Runs of AND and NOT, and runs of OR, become one query each, which says the same.
    fn chain(&mut self, first: &Node, rest: &[(Operator, Node)], span: Span) -> Result<Set> {
        let mut clauses = vec![(Occur::Must, self.node(first)?)];
        let mut is_union = false;
        let mut turns = 0;
        for (operator, node) in rest {
            let wants_union = *operator == Operator::Or;
            if clauses.len() > 1 && wants_union != is_union {
                turns += 1;
                if turns > MAX_TURNS {
                    return Err(Fault::TooDeep(MAX_TURNS).at(span).into());
                }
                clauses = vec![(Occur::Must, Box::new(BooleanQuery::new(clauses)) as Set)];
            }
            if clauses.len() == 1 {
                is_union = wants_union;
                if let Some(only) = clauses.first_mut() {
                    only.0 = if is_union { Occur::Should } else { Occur::Must };
                }
            }
            let was_negated = self.negated;
            self.negated ^= *operator == Operator::Not;
            let set = self.node(node)?;
            self.negated = was_negated;
            let occur = match operator {
                Operator::And => Occur::Must,
                Operator::Or => Occur::Should,
                Operator::Not => Occur::MustNot,
            };
            clauses.push((occur, set));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    /// Untagged words: each must be somewhere. Stop words count only where there is nothing else.
    fn words(&mut self, words: &[Word], span: Span) -> Result<Set> {
        let mut sets = Vec::new();
        for stop_words in [false, true] {
            for word in words {
                sets.extend(self.word(word, stop_words)?);
            }
            if !sets.is_empty() {
                return Ok(all(sets));
            }
        }
        let typed = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        Err(Fault::NothingToSearch(typed).at(span).into())
    }

    /// One untagged word, in all fields; none where it has nothing to search for.
    fn word(&mut self, word: &Word, stop_words: bool) -> Result<Option<Set>> {
        let (text, is_truncated) = truncation(&word.text, word.span)?;
        let mut found = compounds(text);
        let is_stop =
            |c: &Compound| matches!(c.forms.as_slice(), [form] if matches!(form.as_slice(), [w] if is_stopword(w)));
        if !is_truncated && !stop_words {
            found.retain(|compound| !is_stop(compound));
        }
        let Some(last) = found.len().checked_sub(1) else { return Ok(None) };
        let fields = self.fields.all_words();
        let pattern = Pattern { typed: &word.text, span: word.span };
        let mut sets = Vec::new();
        for (n, compound) in found.into_iter().enumerate() {
            sets.push(self.forms(&fields, compound.forms, (is_truncated && n == last).then_some(pattern))?);
        }
        let set = all(sets);
        if is_truncated {
            return Ok(Some(set));
        }
        self.rank(text);
        let key = identifier_key(text);
        let mut keys: Vec<Key> = [self.fields.identifiers, self.fields.accessions, self.fields.registry_numbers]
            .into_iter()
            .map(|field| Key::from_field_text(field, &key))
            .collect();
        if let Ok(pmid) = text.parse::<u64>() {
            keys.push(Key::from_field_text(self.fields.id, DocumentId::pmid(pmid).as_str()));
        }
        Ok(Some(any(vec![set, terms(keys)])))
    }

    fn term(&mut self, term: &Term, span: Span) -> Result<Set> {
        let fields = self.fields;
        let text = term.text.as_str();
        let explode = term.tag.is_none_or(|tag| tag.explode);
        match term.tag.map_or(Field::All, |tag| tag.field) {
            Field::All => self.phrase(&fields.all_words(), text, span),
            Field::TitleAbstract => self.phrase(&[fields.title, fields.r#abstract, fields.keywords], text, span),
            Field::Title => self.phrase(&[fields.title], text, span),
            Field::Abstract => self.phrase(&[fields.r#abstract], text, span),
            Field::TextWord => self.phrase(&fields.text_words(), text, span),
            Field::OtherTerm => self.phrase(&[fields.keywords], text, span),
            Field::VernacularTitle => self.phrase(&[fields.vernacular_title], text, span),
            Field::Affiliation => self.unranked(&[fields.affiliations], text, span),
            Field::CorporateAuthor => self.unranked(&[fields.collective_words], text, span),
            Field::FullAuthor => self.unranked(&[fields.author_words], text, span),
            Field::ConflictOfInterest => self.unranked(&[fields.conflict_of_interest], text, span),
            Field::Mesh => self.heading(fields.headings, fields.qualified_headings, text, explode, span),
            Field::MeshMajor => {
                self.heading(fields.major_headings, fields.major_qualified_headings, text, explode, span)
            }
            Field::PublicationType => self.controlled(fields.publication_types, text, explode, span),
            Field::Substance => self.controlled(fields.substances, text, false, span),
            Field::Subheading => self.name(fields.qualifiers, text, normal_name, span),
            Field::RegistryNumber => self.name(fields.registry_numbers, text, lower, span),
            Field::Author => self.author(fields.authors, term, span),
            Field::FirstAuthor => self.author(fields.first_author, term, span),
            Field::LastAuthor => self.author(fields.last_author, term, span),
            Field::Investigator => self.author(fields.investigators, term, span),
            Field::AuthorIdentifier => {
                let bare = text.split_whitespace().last().unwrap_or_default();
                self.name(fields.author_identifiers, bare, identifier_key, span)
            }
            Field::Journal => self.name(fields.journal, text, normal_name, span),
            Field::Volume => self.name(fields.volume, text, normal_name, span),
            Field::Issue => self.name(fields.issue, text, normal_name, span),
            Field::Pagination => self.name(fields.pages, text, lower, span),
            Field::Language => self.name(fields.languages, text, language, span),
            Field::Identifier => self.name(fields.identifiers, text, identifier_key, span),
            Field::SecondarySource => self.name(fields.accessions, text, lower, span),
            Field::Grant => self.name(fields.grants, text, normal_name, span),
            Field::PublicationDate => self.dates(&fields.publication_dates(), text, text, span),
            Field::EntryDate => self.dates(&[fields.entered], text, text, span),
            Field::RevisionDate => self.dates(&[fields.revised], text, text, span),
            Field::CompletionDate => self.dates(&[fields.completed], text, text, span),
            Field::Pmid => self.pmids(text, span),
            // The parser has made filters of these.
            Field::Filter => Ok(self.filter(Filter::named(text).map_err(|fault| fault.at(span))?)),
        }
    }

    /// A phrase within any one of the fields.
    fn phrase(&mut self, fields: &[Column], typed: &str, span: Span) -> Result<Set> {
        let set = self.unranked(fields, typed, span)?;
        if !typed.ends_with('*') {
            self.rank(typed);
        }
        Ok(set)
    }

    fn unranked(&mut self, fields: &[Column], typed: &str, span: Span) -> Result<Set> {
        let (text, is_truncated) = truncation(typed, span)?;
        let parts = compounds(text);
        if parts.is_empty() {
            return Err(Fault::NothingToSearch(typed.to_owned()).at(span).into());
        }
        let count = parts.iter().try_fold(1_usize, |n, part| n.checked_mul(part.forms.len()));
        let as_typed_only = count.is_none_or(|count| count > MAX_FORMS);
        let mut sequences: Vec<Vec<String>> = vec![Vec::new()];
        for part in parts {
            let forms = if as_typed_only { &part.forms[..1] } else { &part.forms[..] };
            let extended =
                sequences.iter().flat_map(|start| forms.iter().map(|form| [start.as_slice(), form].concat()));
            sequences = extended.collect();
        }
        if is_truncated
            && let Some(first) = sequences.first()
            && let Some((_, whole)) = first.split_last()
        {
            self.rank(&whole.join(" "));
        }
        self.forms(fields, sequences, is_truncated.then_some(Pattern { typed, span }))
    }

    /// Any of several sequences of words, in any one of the fields. With a pattern, the last word of each is only a beginning.
    fn forms(&mut self, fields: &[Column], sequences: Vec<Vec<String>>, pattern: Option<Pattern<'_>>) -> Result<Set> {
        let mut single = Vec::new();
        let mut phrases: Vec<Set> = Vec::new();
        let mut expansions = BTreeSet::new();
        for &field in fields {
            for sequence in &sequences {
                let Some((last, start)) = sequence.split_last() else { continue };
                let mut endings = BTreeSet::new();
                match pattern {
                    None => _ = endings.insert(last.clone()),
                    Some(pattern) => expand(self.searcher, field, last, pattern, |_| true, &mut endings)?,
                }
                if start.is_empty() {
                    single.extend(endings.iter().map(|word| Key::from_field_text(field, word)));
                } else {
                    for ending in &endings {
                        let words = start.iter().chain([ending]).map(|word| Key::from_field_text(field, word));
                        phrases.push(Box::new(PhraseQuery::new(words.collect())));
                    }
                }
                if pattern.is_some() {
                    expansions.extend(endings);
                }
                if let Some(Pattern { typed, span }) = pattern
                    && expansions.len() > MAX_TERMS
                {
                    return Err(Fault::TooManyTerms { pattern: typed.to_owned(), limit: MAX_TERMS }.at(span).into());
                }
            }
        }
        for word in expansions.iter().take(MAX_RANKED_EXPANSIONS) {
            self.rank(word);
        }
        if !single.is_empty() || phrases.is_empty() {
            phrases.push(terms(single));
        }
        Ok(any(phrases))
    }

    /// A heading, by name or id, alone or with a qualifier after a slash.
    fn heading(&mut self, alone: Column, qualified: Column, typed: &str, explode: bool, span: Span) -> Result<Set> {
        let Some((heading, qualifier)) = typed.split_once('/') else {
            return self.controlled(alone, typed, explode, span);
        };
        if typed.contains('*') {
            return Err(Fault::MisplacedStar(typed.to_owned()).at(span).into());
        }
        if normal_name(heading).is_empty() || normal_name(qualifier).is_empty() {
            return Err(Fault::NothingToSearch(typed.to_owned()).at(span).into());
        }
        self.rank(&format!("{heading} {qualifier}"));
        let keys = self.heading_keys(heading, explode);
        let pairs = keys.iter().map(|key| crate::index::document::qualified_key(key, qualifier));
        Ok(terms(pairs.map(|pair| Key::from_field_text(qualified, &pair)).collect()))
    }

    /// A controlled term by name or id, with what is narrower. Truncation is of the name, and does not explode.
    fn controlled(&mut self, field: Column, typed: &str, explode: bool, span: Span) -> Result<Set> {
        if typed.ends_with('*') {
            let (text, _) = truncation(typed, span)?;
            let mut found = BTreeSet::new();
            let prefix = prefix_of(typed, normal_name(text), span)?;
            expand(self.searcher, field, &prefix, Pattern { typed, span }, |term| !is_heading_id(term), &mut found)?;
            found.iter().take(MAX_RANKED_EXPANSIONS).for_each(|name| self.rank(name));
            return Ok(terms(found.iter().map(|name| Key::from_field_text(field, name)).collect()));
        }
        truncation(typed, span)?;
        if normal_name(typed).is_empty() {
            return Err(Fault::NothingToSearch(typed.to_owned()).at(span).into());
        }
        self.rank(typed);
        let keys = self.heading_keys(typed, explode);
        Ok(terms(keys.iter().map(|key| Key::from_field_text(field, key)).collect()))
    }

    /// The keys under which documents may hold a heading: its name as typed, and the ids that the vocabulary knows.
    fn heading_keys(&mut self, typed: &str, explode: bool) -> BTreeSet<String> {
        let name = normal_name(typed);
        let mut ids = self.headings.find(typed.trim());
        if is_heading_id(&name) {
            ids.push(crate::model::ConceptId::mesh(&name.to_uppercase()));
        }
        if ids.is_empty() && self.headings.knows_headings() {
            self.notes
                .push(format!("“{}” is no heading of the vocabulary; it was searched by this very name", typed.trim()));
        }
        let mut keys = BTreeSet::from([name]);
        for id in &ids {
            let all = if explode { self.headings.narrower(id) } else { Vec::new() };
            for id in std::iter::once(id).chain(&all) {
                keys.extend(id.as_str().strip_prefix("MESH:").map(str::to_lowercase));
            }
        }
        keys
    }

    /// One name, kept whole; with a star at its end, every name that begins so.
    fn name(&mut self, field: Column, typed: &str, normal: fn(&str) -> String, span: Span) -> Result<Set> {
        let (text, is_truncated) = truncation(typed, span)?;
        let key = prefix_of(typed, normal(text), span)?;
        if !is_truncated {
            return Ok(terms(vec![Key::from_field_text(field, &key)]));
        }
        self.beginning(field, &[key], Pattern { typed, span })
    }

    fn beginning(&self, field: Column, prefixes: &[String], pattern: Pattern<'_>) -> Result<Set> {
        let mut found = BTreeSet::new();
        for prefix in prefixes {
            expand(self.searcher, field, prefix, pattern, |_| true, &mut found)?;
        }
        Ok(terms(found.iter().map(|name| Key::from_field_text(field, name)).collect()))
    }

    /// `smith` is every Smith, `smith j` also Smith JA, `"smith j"` only Smith J, `smith*` also Smithson.
    fn author(&mut self, field: Column, term: &Term, span: Span) -> Result<Set> {
        let (text, is_truncated) = truncation(&term.text, span)?;
        let name = prefix_of(&term.text, normal_name(&text.replace(['.', ','], " ")), span)?;
        let split = name.rsplit_once(' ').filter(|(_, initials)| initials.chars().count() <= 3);
        let pattern = Pattern { typed: &term.text, span };
        let whole = if is_truncated { name.clone() } else { format!("{name}|") };
        let Some((last, initials)) = split else { return self.beginning(field, &[whole], pattern) };
        let key = format!("{last}|{initials}");
        if term.quoted && !is_truncated {
            let exact = terms(vec![Key::from_field_text(field, &key)]);
            return Ok(any(vec![exact, self.beginning(field, &[whole], pattern)?]));
        }
        self.beginning(field, &[key, whole], pattern)
    }

    fn pmids(&self, typed: &str, span: Span) -> Result<Set> {
        let mut keys = Vec::new();
        for number in typed.split([' ', ',']).filter(|part| !part.is_empty()) {
            let bare = number.strip_prefix("PMID:").unwrap_or(number);
            let pmid: u64 = bare.parse().map_err(|_| Fault::NoPmid(number.to_owned()).at(span))?;
            keys.push(Key::from_field_text(self.fields.id, DocumentId::pmid(pmid).as_str()));
        }
        if keys.is_empty() {
            return Err(Fault::NoPmid(typed.to_owned()).at(span).into());
        }
        Ok(terms(keys))
    }

    fn range(&self, range: &Range, span: Span) -> Result<Set> {
        let fields = self.fields;
        let dates = match range.tag.field {
            Field::EntryDate => vec![fields.entered],
            Field::RevisionDate => vec![fields.revised],
            Field::CompletionDate => vec![fields.completed],
            _ => fields.publication_dates().to_vec(),
        };
        self.dates(&dates, &range.from, &range.to, span)
    }

    /// Documents whose date may lie between two.
    fn dates(&self, fields: &[DateFields], from: &str, to: &str, span: Span) -> Result<Set> {
        let first = days(date(from, span)?).0;
        // PubMed's strategies write “to this day” as the year 3000.
        let last = days(date(to, span)?).1;
        if last < first {
            return Err(Fault::BackwardRange { from: from.to_owned(), to: to.to_owned() }.at(span).into());
        }
        let bound = |field, day| std::ops::Bound::Included(Key::from_field_u64(field, day));
        let between = fields.iter().map(|field| {
            let begins = RangeQuery::new(std::ops::Bound::Unbounded, bound(field.from, last));
            let ends = RangeQuery::new(bound(field.to, first), std::ops::Bound::Unbounded);
            all(vec![Box::new(begins), Box::new(ends)])
        });
        Ok(any(between.collect()))
    }

    fn filter(&self, filter: Filter) -> Set {
        match filter {
            Filter::All => Box::new(AllQuery),
            Filter::HasAbstract => terms(vec![Key::from_field_text(self.fields.flags, HAS_ABSTRACT)]),
            Filter::Flagged(kind) => terms(vec![Key::from_field_text(self.fields.flags, kind.name())]),
        }
    }

    /// Lets the words of a text count for ranking.
    fn rank(&mut self, text: &str) {
        if self.negated {
            return;
        }
        for stem in analyzers::ranking_words(text) {
            if !self.stems.contains(&stem) {
                self.stems.push(stem);
            }
        }
    }
}

/// Takes the star off the end; a star anywhere else, or with nothing before it, is a fault.
fn truncation(typed: &str, span: Span) -> Result<(&str, bool)> {
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

fn date(typed: &str, span: Span) -> Result<PartialDate> {
    let parsed = typed.trim().replace(['/', '.'], "-").parse().ok().or_else(|| {
        let numbers: Vec<u16> = typed.split(['/', '-', '.']).map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
        let small = |n: usize| numbers.get(n).map(|n| u8::try_from(*n)).transpose().ok();
        PartialDate::new(*numbers.first()?, small(1)?, small(2)?).filter(|_| numbers.len() <= 3)
    });
    parsed.ok_or_else(|| Fault::NoDate(typed.to_owned()).at(span).into())
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

/// Documents that hold any of the keys.
fn terms(mut keys: Vec<Key>) -> Set {
    match keys.len() {
        0 => Box::new(EmptyQuery),
        1 => Box::new(TermQuery::new(keys.remove(0), IndexRecordOption::Basic)),
        _ => Box::new(TermSetQuery::new(keys)),
    }
}

fn all(sets: Vec<Set>) -> Set {
    joined(sets, Occur::Must)
}

fn any(sets: Vec<Set>) -> Set {
    joined(sets, Occur::Should)
}

fn joined(mut sets: Vec<Set>, occur: Occur) -> Set {
    match sets.len() {
        0 => Box::new(EmptyQuery),
        1 => sets.remove(0),
        _ => Box::new(BooleanQuery::new(sets.into_iter().map(|set| (occur, set)).collect())),
    }
}
