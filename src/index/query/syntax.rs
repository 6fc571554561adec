//! The syntax tree of a query. Printing a tree and reading it again gives an equal tree.

use std::fmt;

use super::fields::Field;
use super::filters::Filter;
use crate::model::Span;

/// A part of a query and where it stands in what was typed.
///
/// Two nodes are equal when they say the same, wherever they stand.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it says.
    pub expression: Expression,
    /// Where it stands, in code points of the query.
    pub span: Span,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.expression == other.expression
    }
}

impl Eq for Node {}

/// What a part of a query says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// Untagged words in a row. They are kept together, so that a mapping of terms can see all of them.
    Words(Vec<Word>),
    /// A phrase, or words before a tag.
    Term(Term),
    /// Two dates with a colon between.
    Range(Range),
    /// A named set of documents.
    Filter(Filter),
    /// What an earlier line of a strategy found: `#1`.
    Line(u32),
    /// Operands joined by operators, which are applied from left to right with no precedence, as PubMed does.
    Chain {
        /// The leftmost operand.
        first: Box<Node>,
        /// Each further operand after its operator.
        rest: Vec<(Operator, Node)>,
    },
}

/// One untagged word.
#[derive(Debug, Clone)]
pub struct Word {
    /// As typed, a `*` at its end included.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Word {}

/// A quoted phrase, or words before a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// As typed, without the quotes; blanks between words are single.
    pub text: String,
    /// Whether it stood in quotes.
    pub quoted: bool,
    /// The field; none for an untagged phrase.
    pub tag: Option<Tag>,
}

/// A range of dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The first date, as typed.
    pub from: String,
    /// The last date, as typed.
    pub to: String,
    /// Which date of a document is meant.
    pub tag: Tag,
}

/// A field tag.
#[derive(Debug, Clone, Copy)]
pub struct Tag {
    /// The field.
    pub field: Field,
    /// Whether narrower headings count too. Always true for fields without a hierarchy.
    pub explode: bool,
    /// How many other words may stand between the words of the term, which then may come in any order; none: the words
    /// stand side by side as typed.
    pub near: Option<u32>,
    /// Where it stands, brackets included.
    pub span: Span,
}

impl PartialEq for Tag {
    fn eq(&self, other: &Self) -> bool {
        (self.field, self.explode, self.near) == (other.field, other.explode, other.near)
    }
}

impl Eq for Tag {}

/// How two operands are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Both.
    And,
    /// Either.
    Or,
    /// The left one without the right one.
    Not,
}

impl Node {
    /// Whether the query is nothing but words: no operator, tag, quote, filter or truncation. Such a query is ranked; any
    /// other names an exact set.
    pub fn is_free_words(&self) -> bool {
        matches!(&self.expression, Expression::Words(words) if !words.iter().any(|w| w.text.contains('*')))
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::And => "AND",
            Self::Or => "OR",
            Self::Not => "NOT",
        })
    }
}

impl Tag {
    /// A tag that nobody typed.
    pub(super) const fn of(field: Field) -> Self {
        Self { field, explode: true, near: None, span: Span { start: 0, end: 0 } }
    }
}

impl Node {
    /// A part that nobody typed as such; `span` is what it came from.
    pub(super) const fn new(expression: Expression, span: Span) -> Self {
        Self { expression, span }
    }

    /// `nodes` joined by one operator; the only one where there is one, none where there is none.
    pub(super) fn joined(operator: Operator, nodes: Vec<Self>, span: Span) -> Option<Self> {
        let mut nodes = nodes.into_iter();
        let first = nodes.next()?;
        let rest: Vec<_> = nodes.map(|node| (operator, node)).collect();
        if rest.is_empty() {
            return Some(first);
        }
        Some(Self { expression: Expression::Chain { first: Box::new(first), rest }, span })
    }
}

/// Prints the tag; with `{:#}` by the name that PubMed's search details use.
impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if f.alternate() { self.field.long_name() } else { self.field.tag() };
        write!(f, "[{name}{}", if self.explode { "" } else { ":noexp" })?;
        if let Some(near) = self.near {
            write!(f, ":~{near}")?;
        }
        f.write_str("]")
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.quoted {
            write!(f, "\"{}\"", self.text)?;
        } else {
            f.write_str(&self.text)?;
        }
        self.tag.map_or(Ok(()), |tag| tag.fmt(f))
    }
}

/// Prints what reads as an equal node; `{:#}` uses the long names of fields.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.expression {
            Expression::Words(words) => {
                for (n, word) in words.iter().enumerate() {
                    write!(f, "{}{}", if n > 0 { " " } else { "" }, word.text)?;
                }
                Ok(())
            }
            Expression::Term(term) => term.fmt(f),
            Expression::Range(Range { from, to, tag }) => {
                write!(f, "\"{from}\"")?;
                tag.fmt(f)?;
                write!(f, " : \"{to}\"")?;
                tag.fmt(f)
            }
            Expression::Filter(filter) => filter.fmt(f),
            Expression::Line(number) => write!(f, "#{number}"),
            Expression::Chain { first, rest } => {
                operand(first, f)?;
                for (operator, node) in rest {
                    write!(f, " {operator} ")?;
                    operand(node, f)?;
                }
                Ok(())
            }
        }
    }
}

/// Prints an operand; a chain inside a chain keeps its parentheses.
fn operand(node: &Node, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let is_chain = matches!(node.expression, Expression::Chain { .. });
    if is_chain {
        f.write_str("(")?;
    }
    fmt::Display::fmt(node, f)?;
    if is_chain {
        f.write_str(")")?;
    }
    Ok(())
}
