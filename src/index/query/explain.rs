//! What a query was read as, and what each part of it finds.

use std::collections::BTreeSet;

use tantivy::Term as Key;
use tantivy::schema::Field as Column;

use super::bits::Known;
use super::compile::{Compiler, truncation};
use super::evaluate::{Unit, evaluate};
use super::fields::Field;
use super::plan::Plan;
use super::subheadings;
use super::syntax::{Expression, Node, Operator, Term};
use super::translate::split_qualifier;
use crate::index::IndexError;
use crate::index::analyzers::words;

/// How many branches of a clause are listed; the others are counted.
const MAX_BRANCHES: usize = 200;
/// How many terms like one that finds nothing are offered.
const NEAREST: usize = 3;

/// A query as it was read, with what each part finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The query as it was read, every term tagged, fields by PubMed's long names.
    pub translation: String,
    /// The whole, and its parts.
    pub clause: Clause,
    /// What each clause that must hold takes away, the most first.
    pub costs: Vec<Cost>,
    /// Terms that find nothing.
    pub unmatched: Vec<Unmatched>,
}

/// A part of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// How it is joined to the part before it.
    pub operator: Option<Operator>,
    /// The part, as it would be typed.
    pub text: String,
    /// How many it finds by itself.
    pub count: u64,
    /// Its operands.
    pub operands: Vec<Clause>,
    /// What it stands for: headings beneath it, words that begin so. Those that find nothing are left out.
    pub branches: Vec<Branch>,
    /// How many it stands for in all.
    pub stands_for: usize,
}

/// One of the headings or words that a term stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its name.
    pub name: String,
    /// Its id, where it is a heading.
    pub id: Option<String>,
    /// How many it finds by itself.
    pub count: u64,
}

/// What a clause takes away from the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// The clause, with its operator where that is NOT.
    pub clause: String,
    /// How many there would be without it.
    pub without: u64,
    /// How many more that is.
    pub adds: u64,
}

/// A term that finds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// The term.
    pub term: String,
    /// Terms like it that find something, the most alike first.
    pub nearest: Vec<String>,
}

/// Explains queries of one index.
pub(in crate::index) struct Explainer<'a> {
    pub(in crate::index) compiler: Compiler<'a>,
    pub(in crate::index) unit: Unit,
}

type Result<T> = std::result::Result<T, IndexError>;

impl Explainer<'_> {
    /// Explains a translated query.
    pub(in crate::index) fn explain(&self, node: &Node) -> Result<Explanation> {
        let clause = self.clause(None, node)?;
        let mut unmatched = Vec::new();
        self.unmatched(node, &mut unmatched)?;
        Ok(Explanation {
            translation: format!("{node:#}"),
            costs: self.costs(node)?.into_iter().map(|(cost, _)| cost).collect(),
            clause,
            unmatched,
        })
    }

    fn found(&self, plan: &Plan) -> Result<Known> {
        Ok(evaluate(self.compiler.searcher, self.compiler.fields, plan, self.unit)?)
    }

    /// How many a translated query finds.
    pub(in crate::index) fn count(&self, node: &Node) -> Result<u64> {
        Ok(self.found(&self.compiler.plan(node)?)?.count())
    }

    fn clause(&self, operator: Option<Operator>, node: &Node) -> Result<Clause> {
        let mut operands = Vec::new();
        if let Expression::Chain { first, rest } = &node.expression {
            operands.push(self.clause(None, first)?);
            for (operator, node) in rest {
                operands.push(self.clause(Some(*operator), node)?);
            }
        }
        let (branches, stands_for) = match &node.expression {
            Expression::Term(term) => self.branches(term, node)?,
            _ => (Vec::new(), 0),
        };
        Ok(Clause { operator, text: node.to_string(), count: self.count(node)?, operands, branches, stands_for })
    }

    /// The headings or words that a term stands for, those with hits, and how many there are in all.
    fn branches(&self, term: &Term, node: &Node) -> Result<(Vec<Branch>, usize)> {
        let Some(tag) = term.tag else { return Ok((Vec::new(), 0)) };
        if term.text.ends_with('*') {
            return self.words_of(term, node);
        }
        let is_tree = matches!(tag.field, Field::Mesh | Field::MeshMajor | Field::PublicationType);
        let headings = self.compiler.headings;
        let mut branches = Vec::new();
        let mut stands_for = 0;
        if is_tree && tag.explode {
            let (heading, qualifier) = split_qualifier(&term.text);
            let all = headings.find(heading).map(|id| headings.narrower(&id)).unwrap_or_default();
            stands_for = all.len();
            for id in all.iter().filter(|_| all.len() > 1) {
                let name = headings.name(id).unwrap_or_else(|| id.to_string());
                let text = qualifier.map_or_else(|| name.clone(), |qualifier| format!("{name}/{qualifier}"));
                let one = Term { text, quoted: true, tag: Some(super::Tag { explode: false, ..tag }) };
                let count = self.count(&Node::new(Expression::Term(one), node.span))?;
                branches.push(Branch { name: name.to_lowercase(), id: Some(id.to_string()), count });
            }
        } else if tag.field == Field::Subheading && tag.explode {
            let keys = subheadings::keys(&term.text, true);
            stands_for = keys.len();
            for key in keys.iter().filter(|_| keys.len() > 1) {
                let plan = Plan::Keys(vec![Key::from_field_text(self.compiler.fields.qualifiers, key)]);
                let name = subheadings::name_of(key).unwrap_or(key).to_owned();
                branches.push(Branch { name, id: None, count: self.found(&plan)?.count() });
            }
        }
        branches.retain(|branch| branch.count > 0);
        branches.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        branches.truncate(MAX_BRANCHES);
        Ok((branches, stands_for))
    }

    /// The words that a truncated one stands for.
    fn words_of(&self, term: &Term, node: &Node) -> Result<(Vec<Branch>, usize)> {
        let Plan::Text(text) = self.compiler.plan(node)? else { return Ok((Vec::new(), 0)) };
        let all: BTreeSet<&String> =
            text.sequences.iter().filter_map(|way| way.slots.last()).flat_map(|slot| slot.iter()).collect();
        let stands_for = all.len();
        let (bare, _) = truncation(&term.text, node.span)?;
        let start = bare.rsplit_once(' ').map_or("", |(start, _)| start);
        let mut branches = Vec::new();
        for word in all.into_iter().take(MAX_BRANCHES) {
            let text = format!("{start} {word}").trim().to_owned();
            let one = Term { text: text.clone(), quoted: true, tag: term.tag };
            let count = self.count(&Node::new(Expression::Term(one), node.span))?;
            branches.push(Branch { name: text, id: None, count });
        }
        branches.retain(|branch| branch.count > 0);
        branches.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        Ok((branches, stands_for))
    }

    /// What each clause of the outermost conjunction takes away, with what is left of the query without it; the most first.
    pub(in crate::index) fn costs(&self, node: &Node) -> Result<Vec<(Cost, Node)>> {
        let clauses = conjunction(node);
        if clauses.len() < 2 {
            return Ok(Vec::new());
        }
        let mut sets = Vec::with_capacity(clauses.len());
        for (operator, node) in &clauses {
            sets.push((*operator, Plan::Known(self.found(&self.compiler.plan(node)?)?)));
        }
        let without = |left_out: Option<usize>| -> Result<Option<u64>> {
            let mut kept: Vec<_> = sets.iter().enumerate().filter(|(at, _)| Some(*at) != left_out).collect();
            // What nothing is taken from names no set.
            let Some(first) = kept.iter().position(|(_, (operator, _))| *operator == Operator::And) else {
                return Ok(None);
            };
            let (_, (_, first)) = kept.remove(first);
            let rest = kept.into_iter().map(|(_, operand)| operand.clone()).collect();
            Ok(Some(self.found(&Plan::Chain(Box::new(first.clone()), rest))?.count()))
        };
        let whole = without(None)?.unwrap_or(0);
        let mut costs = Vec::new();
        for (at, (operator, clause)) in clauses.iter().enumerate() {
            let Some(count) = without(Some(at))? else { continue };
            let text = if *operator == Operator::Not { format!("NOT {clause}") } else { clause.to_string() };
            let mut kept: Vec<(Operator, Node)> = clauses.clone();
            kept.remove(at);
            let first = kept.iter().position(|(operator, _)| *operator == Operator::And).unwrap_or(0);
            let (_, first) = kept.remove(first);
            let left = match kept.is_empty() {
                true => first,
                false => Node::new(Expression::Chain { first: Box::new(first), rest: kept }, node.span),
            };
            costs.push((Cost { clause: text, without: count, adds: count.saturating_sub(whole) }, left));
        }
        costs.sort_by_key(|(cost, _)| std::cmp::Reverse(cost.adds));
        Ok(costs)
    }

    /// Terms that find nothing.
    fn unmatched(&self, node: &Node, found: &mut Vec<Unmatched>) -> Result<()> {
        match &node.expression {
            Expression::Chain { first, rest } => {
                self.unmatched(first, found)?;
                for (_, node) in rest {
                    self.unmatched(node, found)?;
                }
            }
            Expression::Term(term) if self.count(node)? == 0 => {
                let shown = node.to_string();
                if !found.iter().any(|known| known.term == shown) {
                    found.push(Unmatched { term: shown, nearest: self.nearest(term)? });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Terms of the same field that look like this one and find something.
    fn nearest(&self, term: &Term) -> Result<Vec<String>> {
        let fields = self.compiler.fields;
        let field = term.tag.map_or(Field::All, |tag| tag.field);
        let text = term.text.trim_end_matches('*');
        let columns: Vec<Column> = match field {
            Field::Mesh | Field::MeshMajor | Field::PublicationType | Field::Substance => {
                return Ok(self.compiler.headings.nearest(text));
            }
            Field::Subheading => return Ok(subheadings::nearest(text).into_iter().map(str::to_owned).collect()),
            Field::Journal => vec![fields.journal],
            Field::Language => vec![fields.languages],
            Field::PlaceOfPublication => vec![fields.country],
            Field::All | Field::TitleAbstract | Field::TextWord => vec![fields.title, fields.r#abstract],
            Field::Title => vec![fields.title],
            Field::Abstract => vec![fields.r#abstract],
            Field::OtherTerm => vec![fields.keywords],
            Field::Affiliation => vec![fields.affiliations],
            _ => return Ok(Vec::new()),
        };
        let is_name = matches!(field, Field::Journal | Field::Language | Field::PlaceOfPublication);
        let wanted = if is_name { vec![crate::index::analyzers::normal_name(text)] } else { words(text) };
        for word in wanted {
            if self.holds(&columns, &word)? {
                continue;
            }
            return self.alike(&columns, &word);
        }
        Ok(Vec::new())
    }

    fn holds(&self, columns: &[Column], word: &str) -> Result<bool> {
        for column in columns {
            if self.compiler.searcher.doc_freq(&Key::from_field_text(*column, word))? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The terms of the columns that look most like a word, the commoner first where two are as like.
    fn alike(&self, columns: &[Column], word: &str) -> Result<Vec<String>> {
        let length = word.chars().count();
        let allowed = if length < 5 { 1 } else { 2 };
        let mut found: Vec<(usize, std::cmp::Reverse<u32>, String)> = Vec::new();
        for column in columns {
            for segment in self.compiler.searcher.segment_readers() {
                let index = segment.inverted_index(*column)?;
                let mut stream = index.terms().stream().map_err(tantivy::TantivyError::from)?;
                while stream.advance() {
                    let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
                    if term.len().abs_diff(word.len()) > allowed {
                        continue;
                    }
                    let distance = strsim::damerau_levenshtein(term, word);
                    if distance <= allowed {
                        found.push((distance, std::cmp::Reverse(stream.value().doc_freq), term.to_owned()));
                    }
                }
            }
        }
        found.sort();
        let mut seen = BTreeSet::new();
        let nearest = found.into_iter().filter(|(.., term)| seen.insert(term.clone())).take(NEAREST);
        Ok(nearest.map(|(.., term)| term).collect())
    }
}

/// The clauses that all must hold (AND) or must not (NOT), where the outermost operators are these alone.
fn conjunction(node: &Node) -> Vec<(Operator, Node)> {
    match &node.expression {
        Expression::Chain { first, rest } if rest.iter().all(|(operator, _)| *operator != Operator::Or) => {
            let mut clauses = conjunction(first);
            for (operator, node) in rest {
                match operator {
                    Operator::And => clauses.extend(conjunction(node)),
                    _ => clauses.push((*operator, node.clone())),
                }
            }
            clauses
        }
        _ => vec![(Operator::And, node.clone())],
    }
}
