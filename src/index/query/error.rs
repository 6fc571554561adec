//! What is wrong with a query, and where.

use crate::model::Span;

/// A query that cannot be run, and the place of the fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct QueryError {
    /// What is wrong.
    pub fault: Fault,
    /// Where, in code points of the query.
    pub span: Span,
}

impl QueryError {
    /// The query with a line of marks below the fault, for a terminal.
    pub fn pointing(&self, query: &str) -> String {
        let line: String = query.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let length = line.chars().count();
        let start = (self.span.start as usize).min(length);
        let marks = (self.span.end as usize).min(length).saturating_sub(start).max(1);
        format!("{line}\n{}{}", " ".repeat(start), "^".repeat(marks))
    }
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what they are")]
pub enum Fault {
    #[error("the query is empty")]
    Empty,
    #[error("{0} is never closed")]
    Unclosed(char),
    #[error("{0} closes nothing")]
    Unopened(char),
    #[error("parentheses are nested more than {0} deep")]
    TooDeep(usize),
    #[error("{0} needs a term before it")]
    NothingBefore(String),
    #[error("{0} needs a term after it")]
    NothingAfter(String),
    #[error("a field tag needs a term before it, not a closing parenthesis; tag each term inside")]
    TagAfterParenthesis,
    #[error("[{tag}] is no field tag{}", nearest.as_ref().map(|n| format!("; did you mean [{n}]?")).unwrap_or_default())]
    UnknownTag { tag: String, nearest: Option<String> },
    #[error("PubMed's [{0}] cannot be searched here: the records do not hold it")]
    UnsupportedTag(String),
    #[error("[{tag}]: the distance is a number of words up to {most}, such as [tiab:~3]")]
    NoDistance { tag: String, most: u32 },
    #[error("proximity is searched in text, such as [tiab:~3], not in [{0}]")]
    NoProximity(&'static str),
    #[error("“{0}”: a proximity needs at least two words and no *")]
    NothingNear(String),
    #[error("“{name}” is no filter{}; known are {}", nearest.map(|n| format!("; did you mean {n}?")).unwrap_or_default(), known.join(", "))]
    UnknownFilter { name: String, nearest: Option<&'static str>, known: Vec<&'static str> },
    #[error("#{0} refers to a line of a strategy, and there is no such line before")]
    LineReference(u32),
    #[error("“{0}” holds nothing that can be searched")]
    NothingToSearch(String),
    #[error("“{0}”: a * may stand only at the end of a word, and in a phrase only of the last one")]
    MisplacedStar(String),
    #[error("“{pattern}” stands for more than {limit} terms of the index; write more of the word")]
    TooManyTerms { pattern: String, limit: usize },
    #[error("“{0}” is no date; expected YYYY, YYYY/MM, YYYY/MM/DD or “last N years” (months, days)")]
    NoDate(String),
    #[error("the range ends ({to}) before it begins ({from})")]
    BackwardRange { from: String, to: String },
    #[error("a range needs dates on both sides of the colon and one date tag, such as 2015:2024[dp]")]
    NoRange,
    #[error("“{0}” is no PMID")]
    NoPmid(String),
}

impl Fault {
    pub(super) fn at(self, span: Span) -> QueryError {
        QueryError { fault: self, span }
    }
}
