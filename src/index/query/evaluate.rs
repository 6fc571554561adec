//! A plan to the set it names, segment by segment.

use std::sync::Arc;

use tantivy::schema::IndexRecordOption;
use tantivy::{Searcher, SegmentReader, Term as Key};

use super::bits::{Bits, Known};
use super::plan::{Plan, Text};
use super::positions;
use super::syntax::Operator;
use crate::index::document::TextColumn;
use crate::index::schema::{DateFields, Fields};
use crate::index::sentences::Sentences;

/// What a query finds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unit {
    /// Documents.
    #[default]
    Document,
    /// Findings: sentences that report a result or draw a conclusion.
    Finding,
    /// Sentences.
    Sentence,
}

impl Unit {
    /// The name as typed and as printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Finding => "finding",
            Self::Sentence => "sentence",
        }
    }
}

/// What a plan finds in the whole index.
pub(in crate::index) fn evaluate(
    searcher: &Searcher,
    fields: &Fields,
    plan: &Plan,
    unit: Unit,
) -> tantivy::Result<Known> {
    let mut sets = Vec::with_capacity(searcher.segment_readers().len());
    for reader in searcher.segment_readers() {
        sets.push((reader.segment_id(), Arc::new(Segment::open(reader, fields, unit)?.living(plan)?)));
    }
    Ok(Known { sets: Arc::new(sets) })
}

impl Known {
    /// How many there are.
    pub(in crate::index) fn count(&self) -> u64 {
        self.sets.iter().map(|(_, set)| set.count()).sum()
    }
}

/// One segment, and what of it is looked for.
struct Segment<'a> {
    reader: &'a SegmentReader,
    fields: &'a Fields,
    sentences: Option<Sentences>,
    unit: Unit,
}

impl<'a> Segment<'a> {
    fn open(reader: &'a SegmentReader, fields: &'a Fields, unit: Unit) -> tantivy::Result<Self> {
        let sentences = match unit {
            Unit::Document => None,
            Unit::Finding | Unit::Sentence => Some(Sentences::open(reader)?),
        };
        Ok(Self { reader, fields, sentences, unit })
    }

    fn limit(&self) -> u32 {
        self.sentences.as_ref().map_or(self.reader.max_doc(), Sentences::count)
    }

    /// What the plan finds, without what was deleted.
    fn living(&self, plan: &Plan) -> tantivy::Result<Bits> {
        let mut found = self.set(plan, None)?;
        if let Some(alive) = self.reader.alive_bitset() {
            let mut living = Bits::none(self.reader.max_doc());
            alive.iter_alive().for_each(|document| living.insert(document));
            found.intersect(&self.of_documents(living));
        }
        if let Some(sentences) = &self.sentences {
            let mut wanted = Bits::none(sentences.count());
            let is_wanted = |row: &u32| match self.unit {
                Unit::Finding => sentences.is_finding(*row),
                _ => sentences.is_sentence(*row),
            };
            found.iter().filter(is_wanted).for_each(|row| wanted.insert(row));
            found = wanted;
        }
        Ok(found)
    }

    /// What the plan finds; beyond `within`, where it is given, the set may hold less or more.
    fn set(&self, plan: &Plan, within: Option<&Bits>) -> tantivy::Result<Bits> {
        match plan {
            Plan::Everything => Ok(Bits::all(self.limit())),
            Plan::Keys(keys) => {
                let mut found = Bits::none(self.reader.max_doc());
                self.add_keys(keys, &mut found)?;
                Ok(self.of_documents(found))
            }
            Plan::Text(text) => self.text(text, within),
            Plan::Dates { fields, first, last } => {
                let near = within.filter(|_| self.sentences.is_none());
                Ok(self.of_documents(self.dates(fields, *first, *last, near)?))
            }
            Plan::Known(known) => {
                let id = self.reader.segment_id();
                let set = known.sets.iter().find(|(segment, _)| *segment == id);
                Ok(set.map_or_else(|| Bits::none(self.limit()), |(_, set)| (**set).clone()))
            }
            Plan::Any(plans) => {
                let mut found = Bits::none(self.limit());
                for plan in plans {
                    found.unite(&self.set(plan, within)?);
                }
                Ok(found)
            }
            Plan::Chain(first, rest) => self.chain(first, rest, within),
        }
    }

    /// From left to right; within a run of AND and NOT, whose order does not matter, what is cheap to find comes first and
    /// narrows what is dear.
    fn chain(&self, first: &Plan, rest: &[(Operator, Plan)], within: Option<&Bits>) -> tantivy::Result<Bits> {
        let mut found: Option<Bits> = None;
        let mut operands: Vec<(Operator, &Plan)> = vec![(Operator::And, first)];
        operands.extend(rest.iter().map(|(operator, plan)| (*operator, plan)));
        let mut at = 0;
        while at < operands.len() {
            let (operator, plan) = operands[at];
            let joins = |(operator, _): &(Operator, &Plan)| *operator != Operator::Or;
            if found.is_some() && operator == Operator::Or {
                let more = self.set(plan, within)?;
                if let Some(found) = &mut found {
                    found.unite(&more);
                }
                at += 1;
                continue;
            }
            let run = operands[at..].iter().take_while(|operand| joins(operand)).count();
            let mut ordered: Vec<&(Operator, &Plan)> = operands[at..at + run].iter().collect();
            // Something must be there before anything can be taken away.
            ordered.sort_by_key(|(operator, plan)| (found.is_none() && *operator == Operator::Not, dearness(plan)));
            for (operator, plan) in ordered {
                let Some(narrowed) = &mut found else {
                    found = Some(self.set(plan, within)?);
                    continue;
                };
                if narrowed.is_empty() {
                    break;
                }
                let other = self.set(plan, Some(narrowed))?;
                match operator {
                    Operator::Not => narrowed.remove_all(&other),
                    _ => narrowed.intersect(&other),
                }
            }
            at += run;
        }
        Ok(found.unwrap_or_else(|| Bits::none(self.limit())))
    }

    fn text(&self, text: &Text, within: Option<&Bits>) -> tantivy::Result<Bits> {
        let is_running = TextColumn::ALL.iter().any(|column| text.columns.contains(&column.field(self.fields)));
        if let Some(sentences) = self.sentences.as_ref().filter(|_| is_running) {
            let mut documents = Bits::none(self.reader.max_doc());
            self.add_keys(&text.keys, &mut documents)?;
            let mut found = self.of_documents(documents);
            sentences.add_text(self.reader, self.fields, text, &mut |row| found.insert(row))?;
            return Ok(found);
        }
        let within = within.filter(|_| self.sentences.is_none());
        let mut found = Bits::none(self.reader.max_doc());
        self.add_keys(&text.keys, &mut found)?;
        for column in &text.columns {
            for sequence in &text.sequences {
                match sequence.slots.as_slice() {
                    [] => {}
                    [words] => {
                        let keys: Vec<Key> = words.iter().map(|word| Key::from_field_text(*column, word)).collect();
                        self.add_keys(&keys, &mut found)?;
                    }
                    _ => positions::matches(self.reader, *column, sequence, within, false, &mut |document, _| {
                        found.insert(document);
                    })?,
                }
            }
        }
        Ok(self.of_documents(found))
    }

    /// Adds the documents that hold any of the keys.
    fn add_keys(&self, keys: &[Key], found: &mut Bits) -> tantivy::Result<()> {
        for key in keys {
            let index = self.reader.inverted_index(key.field())?;
            let Some(mut block) = index.read_block_postings(key, IndexRecordOption::Basic)? else { continue };
            while block.block_len() > 0 {
                block.docs().iter().for_each(|document| found.insert(*document));
                block.advance();
            }
        }
        Ok(())
    }

    /// Documents that have a date which begins by `last` and does not end before `first`.
    fn dates(&self, fields: &[DateFields], first: u64, last: u64, within: Option<&Bits>) -> tantivy::Result<Bits> {
        let mut found = Bits::none(self.reader.max_doc());
        let columns = self.reader.fast_fields();
        for dates in fields {
            let name = |field| self.reader.schema().get_field_name(field);
            let from = columns.column_opt::<u64>(name(dates.from))?;
            let to = columns.column_opt::<u64>(name(dates.to))?;
            let (Some(from), Some(to)) = (from, to) else { continue };
            let mut check = |document: u32| {
                let begins = from.first(document).is_some_and(|day| day <= last);
                if begins && to.first(document).is_some_and(|day| day >= first) {
                    found.insert(document);
                }
            };
            match within {
                Some(within) => within.iter().for_each(&mut check),
                None => (0..self.reader.max_doc()).for_each(&mut check),
            }
        }
        Ok(found)
    }

    /// What is said of documents is said of all their sentences.
    fn of_documents(&self, documents: Bits) -> Bits {
        let Some(sentences) = &self.sentences else { return documents };
        let mut rows = Bits::none(sentences.count());
        documents.iter().for_each(|document| rows.insert_range(sentences.rows(document)));
        rows
    }
}

/// How much a plan costs to evaluate, roughly.
fn dearness(plan: &Plan) -> u8 {
    match plan {
        Plan::Known(_) | Plan::Everything => 0,
        Plan::Keys(keys) => u8::from(keys.len() > 100),
        Plan::Text(text) if text.sequences.iter().all(|sequence| sequence.slots.len() < 2) => 1,
        Plan::Dates { .. } => 2,
        Plan::Text(_) => 4,
        Plan::Any(plans) => plans.iter().map(dearness).max().unwrap_or(0),
        Plan::Chain(first, rest) => rest.iter().map(|(_, plan)| dearness(plan)).fold(dearness(first), u8::max),
    }
}
