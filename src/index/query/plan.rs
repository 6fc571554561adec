//! A query with every name looked up and every truncation written out: what is left is to read the index.

use std::sync::Arc;

use tantivy::Term as Key;
use tantivy::schema::Field as Column;

use super::bits::Known;
use super::syntax::Operator;
use crate::index::schema::DateFields;

/// What is to be found.
#[derive(Debug, Clone)]
pub(in crate::index) enum Plan {
    /// Every document.
    Everything,
    /// Documents that hold any of the keys.
    Keys(Vec<Key>),
    /// Words in running text.
    Text(Text),
    /// Documents one of whose dates may lie between two days.
    Dates { fields: Vec<DateFields>, first: u64, last: u64 },
    /// What was found before.
    Known(Known),
    /// Either of several.
    Any(Vec<Plan>),
    /// Operands joined from left to right.
    Chain(Box<Plan>, Vec<(Operator, Plan)>),
}

/// Words in running text, or a name that goes with them.
#[derive(Debug, Clone, Default)]
pub(in crate::index) struct Text {
    /// The fields, any of which may hold them.
    pub(in crate::index) columns: Vec<Column>,
    /// Ways to write them, each enough.
    pub(in crate::index) sequences: Vec<Sequence>,
    /// Documents that hold any of these keys are found too: identifiers, and single words.
    pub(in crate::index) keys: Vec<Key>,
}

/// Words that stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::index) struct Sequence {
    /// For each place the words that may stand there.
    pub(in crate::index) slots: Vec<Arc<Vec<String>>>,
    /// How many other words may stand between, in any order; none: side by side.
    pub(in crate::index) near: Option<u32>,
}
