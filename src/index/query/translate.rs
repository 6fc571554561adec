//! A query as it was typed to the query as it is run: the same language with every term tagged, which prints and reads again.
//!
//! Untagged words are mapped as PubMed's user guide describes (“Automatic Term Mapping”): the longest run of words that is a
//! heading, an entry term, a subheading or a substance; else a journal; else an author; what is left is looked for in all
//! fields, word by word. Names in `[mh]` and its like become the preferred names, named filters the queries they stand for,
//! stretches of time the dates.

use std::collections::BTreeSet;

use super::dates::{self, Last};
use super::error::{Fault, QueryError};
use super::fields::Field;
use super::filters::Filter;
use super::headings::{Headings, MESH};
use super::parser::parse;
use super::subheadings;
use super::syntax::{Expression, Node, Operator, Range, Tag, Term, Word};
use crate::index::analyzers::{is_stopword, normal_name, words};
use crate::model::{ConceptId, Span};

/// How many words a name in the translation tables may have.
const LONGEST_NAME: usize = 12;

/// The translation tables that an index holds.
pub(in crate::index) trait Names {
    /// Whether a journal goes by this name, in the form of [`normal_name`].
    fn is_journal(&self, name: &str) -> bool;

    /// Whether somebody of this last name has initials that begin so, in the form of [`normal_name`].
    fn is_author(&self, last_name: &str, initials: &str) -> bool;
}

/// Translates queries.
pub(in crate::index) struct Translator<'a> {
    pub(in crate::index) headings: &'a dyn Headings,
    pub(in crate::index) names: &'a dyn Names,
    /// The day that stretches of time are counted back from.
    pub(in crate::index) today: jiff::civil::Date,
    /// Whether untagged words are looked for in running text alone: a heading says what a document is about, and not which
    /// of its sentences.
    pub(in crate::index) only_text: bool,
    /// What whoever asked should know.
    pub(in crate::index) notes: Vec<String>,
}

type Result<T> = std::result::Result<T, QueryError>;

/// What a run of untagged words became.
enum Piece {
    Node(Node),
    Operator(Operator),
}

impl Translator<'_> {
    /// The query as it is run.
    pub(in crate::index) fn node(&mut self, node: &Node) -> Result<Node> {
        let span = node.span;
        Ok(match &node.expression {
            Expression::Words(words) => chain(self.words(words, span)?, span),
            Expression::Term(term) => self.term(term, span)?,
            Expression::Range(_) | Expression::Line(_) => node.clone(),
            Expression::Filter(filter) => self.filter(*filter, span)?,
            Expression::Chain { first, rest } => {
                let mut operands = self.operands(first)?;
                for (operator, node) in rest {
                    let mut more = self.operands(node)?;
                    if let Some(first) = more.first_mut() {
                        first.0 = *operator;
                    }
                    operands.append(&mut more);
                }
                chain(operands, span)
            }
        })
    }

    /// An operand of a chain; several where its words hold operators of their own.
    fn operands(&mut self, node: &Node) -> Result<Vec<(Operator, Node)>> {
        match &node.expression {
            Expression::Words(words) => self.words(words, node.span),
            _ => Ok(vec![(Operator::And, self.node(node)?)]),
        }
    }

    fn filter(&mut self, filter: Filter, span: Span) -> Result<Node> {
        if let Some(caveat) = filter.caveat() {
            self.note(caveat.to_owned());
        }
        let Filter::Query(named) = filter else { return Ok(Node::new(Expression::Filter(filter), span)) };
        self.note(format!("{filter} stands for a published query: {}", named.source));
        let read = parse(named.query).map_err(|error| error.fault.at(span))?;
        let node = self.node(&read)?;
        Ok(Node { span, ..node })
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Untagged words, mapped; each operand with the operator before it.
    fn words(&mut self, typed: &[Word], span: Span) -> Result<Vec<(Operator, Node)>> {
        for stop_words in [false, true] {
            let pieces = self.pieces(typed, stop_words);
            let mut groups: Vec<(Operator, Vec<Node>)> = vec![(Operator::And, Vec::new())];
            for piece in pieces {
                match piece {
                    Piece::Operator(operator) => groups.push((operator, Vec::new())),
                    Piece::Node(node) => {
                        if let Some((_, group)) = groups.last_mut() {
                            group.push(node);
                        }
                    }
                }
            }
            let joined = groups.into_iter().filter_map(|(operator, group)| {
                let (first, last) = (group.first()?.span, group.last()?.span);
                let node = Node::joined(Operator::And, group, Span::new(first.start, last.end))?;
                Some((operator, node))
            });
            let joined: Vec<_> = joined.collect();
            if !joined.is_empty() {
                return Ok(joined);
            }
        }
        let typed = typed.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        Err(Fault::NothingToSearch(typed).at(span))
    }

    fn pieces(&mut self, typed: &[Word], stop_words: bool) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < typed.len() {
            if let Some((node, taken)) = self.longest(&typed[at..]) {
                pieces.push(Piece::Node(node));
                at += taken;
                continue;
            }
            let word = &typed[at];
            at += 1;
            let operator = match word.text.as_str() {
                "and" => Some(Operator::And),
                "or" => Some(Operator::Or),
                "not" => Some(Operator::Not),
                _ => None,
            };
            if let Some(operator) = operator {
                // At an end, or beside another operator, it joins nothing.
                if at < typed.len() && matches!(pieces.last(), Some(Piece::Node(_))) {
                    self.note(format!("“{}” was read as {operator}; write operators in capitals", word.text));
                    pieces.push(Piece::Operator(operator));
                }
                continue;
            }
            let own = words(word.text.trim_end_matches('*'));
            let is_truncated = word.text.ends_with('*');
            if own.is_empty() || (!is_truncated && !stop_words && own.iter().all(|w| is_stopword(w))) {
                continue;
            }
            pieces.push(Piece::Node(tagged(bare(&word.text), Field::All, word.span)));
        }
        while matches!(pieces.last(), Some(Piece::Operator(_))) {
            pieces.pop();
        }
        pieces
    }

    /// The longest run of words from the first on that a table knows, and how many words that is.
    fn longest(&mut self, typed: &[Word]) -> Option<(Node, usize)> {
        let limit = typed.iter().take(LONGEST_NAME).take_while(|word| !word.text.contains('*')).count();
        for taken in (1..=limit).rev() {
            let run = &typed[..taken];
            if taken == 1 && (matches!(run[0].text.as_str(), "and" | "or" | "not") || is_stopword(&run[0].text)) {
                return None;
            }
            let span = Span::new(run[0].span.start, run[taken - 1].span.end);
            let text = run.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
            if let Some(node) = self.mapped(&text, span) {
                return Some((node, taken));
            }
        }
        None
    }

    /// What a name stands for.
    fn mapped(&mut self, name: &str, span: Span) -> Option<Node> {
        let mut any = Vec::new();
        let key = normal_name(name);
        if let Some(subheading) = subheadings::named(name).filter(|known| !self.only_text && normal_name(known) == key)
        {
            any.push(tagged(subheading, Field::Subheading, span));
        }
        let found = self.headings.find(name).filter(|_| !key.is_empty());
        let preferred = found.as_ref().and_then(|id| self.headings.name(id)).map(|name| name.to_lowercase());
        if let (Some(id), Some(preferred)) = (&found, &preferred) {
            any.push(tagged(preferred, self.field_of(id), span));
            if self.only_text {
                any.clear();
            } else if !self.headings.acting(id).is_empty() {
                any.push(tagged(preferred, Field::PharmacologicalAction, span));
            }
            any.extend(in_all_fields(&in_order_of_speech(preferred), span));
        }
        if any.is_empty() && !self.only_text && self.names.is_journal(&key) {
            any.push(tagged(name, Field::Journal, span));
        }
        if any.is_empty() {
            let (last_name, initials) = key.rsplit_once(' ')?;
            let short = (1..=2).contains(&initials.chars().count()) && initials.chars().all(char::is_alphabetic);
            let is_author = short && self.names.is_author(last_name, initials);
            let term = Term { text: name.to_owned(), quoted: false, tag: Some(Tag::of(Field::Author)) };
            return is_author.then(|| Node::new(Expression::Term(term), span));
        }
        let known: BTreeSet<String> = any.iter().map(ToString::to_string).collect();
        any.extend(in_all_fields(name, span).into_iter().filter(|node| !known.contains(&node.to_string())));
        Node::joined(Operator::Or, any, span)
    }

    fn field_of(&self, id: &ConceptId) -> Field {
        let is_supplementary = id.as_str().strip_prefix(MESH).is_some_and(|ui| ui.starts_with('C'));
        match is_supplementary {
            true => Field::Substance,
            false if self.headings.is_publication_type(id) => Field::PublicationType,
            false => Field::Mesh,
        }
    }

    fn term(&mut self, term: &Term, span: Span) -> Result<Node> {
        let Some(tag) = term.tag else {
            return Ok(tagged(&term.text, Field::All, span));
        };
        if tag.field.is_date() {
            return self.date(term, tag, span);
        }
        let is_controlled = matches!(
            tag.field,
            Field::Mesh
                | Field::MeshMajor
                | Field::PublicationType
                | Field::Substance
                | Field::Subheading
                | Field::PharmacologicalAction
        );
        let text = if is_controlled { self.controlled(&term.text, tag.field) } else { None };
        if text.is_none() && !term.quoted && !is_controlled {
            for operator in ["and", "or", "not"] {
                if term.text.split(' ').any(|word| word == operator) {
                    let capitals = operator.to_uppercase();
                    self.note(format!("“{operator}” in {term} is a word of the phrase; {capitals} is the operator"));
                }
            }
        }
        let quoted = term.quoted || text.is_some();
        let text = text.unwrap_or_else(|| term.text.clone());
        Ok(Node::new(Expression::Term(Term { text, quoted, tag: Some(tag) }), span))
    }

    /// The preferred name of a heading, a substance or a subheading, or of the two with a slash between; none where it is
    /// not known.
    fn controlled(&mut self, typed: &str, field: Field) -> Option<String> {
        if typed.contains('*') {
            return None;
        }
        if field == Field::Subheading {
            let found = subheadings::named(typed);
            if found.is_none() {
                let near = subheadings::nearest(typed).map(|near| format!("; did you mean “{near}”?"));
                self.note(format!("“{typed}” is no subheading of MeSH{}", near.unwrap_or_default()));
            }
            return found.map(str::to_owned);
        }
        let (heading, subheading) = split_qualifier(typed);
        let name = self.headings.find(heading).and_then(|id| self.headings.name(&id)).map(|name| name.to_lowercase());
        if name.is_none() && self.headings.knows_headings() && field != Field::Substance {
            let near = self.headings.nearest(heading);
            let near = if near.is_empty() { String::new() } else { format!("; names like it: {}", near.join(", ")) };
            self.note(format!("“{heading}” is no heading of the vocabulary and was searched by this very name{near}"));
        }
        match subheading {
            None => name,
            Some(subheading) => Some(format!("{}/{subheading}", name.unwrap_or_else(|| heading.to_lowercase()))),
        }
    }

    /// A stretch of time becomes a range of dates.
    fn date(&mut self, term: &Term, tag: Tag, span: Span) -> Result<Node> {
        let Some(last) = Last::read(&term.text) else {
            dates::read(&term.text).map_err(|fault| fault.at(span))?;
            return Ok(Node::new(Expression::Term(Term { quoted: true, ..term.clone() }), span));
        };
        let from = last.begins(self.today).ok_or_else(|| Fault::NoDate(term.text.clone()).at(span))?;
        Ok(Node::new(Expression::Range(Range { from, to: dates::OPEN_END.to_owned(), tag }), span))
    }
}

/// A heading and the subheading after its slash; only a name that MeSH has counts as one.
pub(super) fn split_qualifier(typed: &str) -> (&str, Option<&'static str>) {
    match typed.rsplit_once('/') {
        Some((heading, subheading)) => match subheadings::named(subheading) {
            Some(known) => (heading.trim(), Some(known)),
            None => (typed.trim(), None),
        },
        None => (typed.trim(), None),
    }
}

fn chain(operands: Vec<(Operator, Node)>, span: Span) -> Node {
    let mut operands = operands.into_iter();
    match operands.next() {
        None => Node::new(Expression::Words(Vec::new()), span),
        Some((_, first)) => {
            let rest: Vec<_> = operands.collect();
            if rest.is_empty() {
                return first;
            }
            Node::new(Expression::Chain { first: Box::new(first), rest }, span)
        }
    }
}

fn tagged(text: &str, field: Field, span: Span) -> Node {
    let term = Term { text: text.replace('"', ""), quoted: true, tag: Some(Tag::of(field)) };
    Node::new(Expression::Term(term), span)
}

/// `Diabetes Mellitus, Type 2` as people say it.
fn in_order_of_speech(name: &str) -> String {
    let parts: Vec<&str> = name.split(", ").collect();
    if parts.len() == 2 { format!("{} {}", parts[1], parts[0]) } else { name.replace(',', "") }
}

/// A word without the punctuation of the sentence it was typed in.
fn bare(word: &str) -> &str {
    word.trim_end_matches([',', ';', ':', '.', '?', '!'])
}

/// A name in all fields: its words wherever they are, and side by side.
fn in_all_fields(name: &str, span: Span) -> Vec<Node> {
    let parts: Vec<&str> = name.split_whitespace().map(bare).filter(|part| !words(part).is_empty()).collect();
    let telling: Vec<&&str> = parts.iter().filter(|part| !is_stopword(&part.to_lowercase())).collect();
    let phrase = tagged(&parts.join(" "), Field::All, span);
    if parts.len() < 2 || telling.len() < 2 {
        return vec![phrase];
    }
    let each = telling.into_iter().map(|part| tagged(part, Field::All, span)).collect();
    Node::joined(Operator::And, each, span).into_iter().chain([phrase]).collect()
}
