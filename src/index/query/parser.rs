//! Tokens to a syntax tree.
//!
//! ```text
//! chain   = operand { [ AND | OR | NOT ] operand }      no operator between two operands is AND
//! operand = "(" chain ")" | filter | range | term | line | words
//! term    = quoted [ tag ] | word+ tag
//! range   = term ":" term                               dates of one field; also date:date tag
//! line    = "#" digits                                  an earlier line of a strategy
//! ```

use super::QueryError;
use super::error::Fault;
use super::fields::{self, Field};
use super::filters::Filter;
use super::lexer::{self, Kind, Token};
use super::syntax::{Expression, Node, Operator, Range, Tag, Term, Word};
use crate::model::Span;

/// How deep parentheses may nest; deeper, reading would need too much stack.
const MAX_DEPTH: usize = 64;

/// Reads a query.
pub fn parse(query: &str) -> Result<Node, QueryError> {
    let tokens = lexer::tokens(query)?;
    let end = tokens.last().map_or(0, |t| t.span.end);
    let mut parser = Parser { tokens, at: 0, depth: 0, end };
    let node = parser.chain(Span::new(0, end))?;
    match parser.peek() {
        None => Ok(node),
        Some(token) => Err(Fault::Unopened(')').at(token.span)),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    end: u32,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn here(&self) -> Span {
        self.peek().map_or(Span::new(self.end, self.end), |t| t.span)
    }

    /// Operands and operators up to a closing parenthesis or the end. `around` is where to point when there is nothing.
    fn chain(&mut self, around: Span) -> Result<Node, QueryError> {
        let mut first: Option<Node> = None;
        let mut rest: Vec<(Operator, Node)> = Vec::new();
        loop {
            let mut operator = None;
            match self.peek().map(|t| (&t.kind, t.span)) {
                None | Some((Kind::Close, _)) => break,
                Some((Kind::Operator(found), span)) => {
                    let found = *found;
                    if first.is_none() {
                        return Err(Fault::NothingBefore(found.to_string()).at(span));
                    }
                    self.at += 1;
                    if matches!(self.peek().map(|t| &t.kind), None | Some(Kind::Close | Kind::Operator(_))) {
                        return Err(Fault::NothingAfter(found.to_string()).at(span));
                    }
                    operator = Some(found);
                }
                Some(_) => {}
            }
            let node = self.operand()?;
            match &mut first {
                None => first = Some(node),
                Some(_) => rest.push((operator.unwrap_or(Operator::And), node)),
            }
        }
        let Some(first) = first else { return Err(Fault::Empty.at(around)) };
        let Some((_, last)) = rest.last() else { return Ok(first) };
        let span = Span::new(first.span.start, last.span.end);
        Ok(Node { expression: Expression::Chain { first: Box::new(first), rest }, span })
    }

    fn operand(&mut self) -> Result<Node, QueryError> {
        let span = self.here();
        match self.peek().map(|t| t.kind.clone()) {
            Some(Kind::Open) => self.parenthesised(span),
            Some(Kind::Quoted(text)) => {
                self.at += 1;
                let tag = self.tag()?;
                self.finish(text, true, tag, span)
            }
            Some(Kind::Word(_)) => self.words(),
            Some(Kind::Tag(tag)) => Err(Fault::NothingBefore(format!("[{tag}]")).at(span)),
            _ => Err(Fault::NoRange.at(span)),
        }
    }

    fn parenthesised(&mut self, open: Span) -> Result<Node, QueryError> {
        if self.depth == MAX_DEPTH {
            return Err(Fault::TooDeep(MAX_DEPTH).at(open));
        }
        self.depth += 1;
        self.at += 1;
        if self.peek().is_none() {
            return Err(Fault::Unclosed('(').at(open));
        }
        let node = self.chain(Span::new(open.start, self.here().end))?;
        if self.peek().map(|t| &t.kind) != Some(&Kind::Close) {
            return Err(Fault::Unclosed('(').at(open));
        }
        self.at += 1;
        self.depth -= 1;
        match self.peek() {
            Some(Token { kind: Kind::Tag(_), span }) => Err(Fault::TagAfterParenthesis.at(*span)),
            _ => Ok(node),
        }
    }

    /// Words in a row: all of them belong to a tag that follows, else they are free.
    fn words(&mut self) -> Result<Node, QueryError> {
        let mut words: Vec<Word> = Vec::new();
        while let Some(Token { kind: Kind::Word(text), span }) = self.peek() {
            let is_filter = text.eq_ignore_ascii_case("hasabstract");
            if is_filter && !words.is_empty() {
                break;
            }
            if let Some(number) = line_reference(text) {
                if words.is_empty() {
                    let node = Node { expression: Expression::Line(number), span: *span };
                    self.at += 1;
                    return Ok(node);
                }
                break;
            }
            words.push(Word { text: text.clone(), span: *span });
            self.at += 1;
            if is_filter {
                break;
            }
        }
        let span = words.first().zip(words.last()).map_or(self.here(), |(a, z)| Span::new(a.span.start, z.span.end));
        let text = words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
        if let Some(tag) = self.tag()? {
            return self.finish(text, false, Some(tag), span);
        }
        if text.eq_ignore_ascii_case("hasabstract") {
            return Ok(Node { expression: Expression::Filter(Filter::HasAbstract), span });
        }
        if self.peek().map(|t| &t.kind) == Some(&Kind::Colon) {
            if self.range_follows() {
                return self.finish(text, false, None, span);
            }
            // A colon set apart in a title that someone typed.
            self.at += 1;
        }
        Ok(Node { expression: Expression::Words(words), span })
    }

    /// Whether the colon that comes next stands before the right side of a range: a term and its tag.
    fn range_follows(&self) -> bool {
        let kind = |n: usize| self.tokens.get(self.at + n).map(|t| &t.kind);
        matches!(kind(1), Some(Kind::Word(_) | Kind::Quoted(_))) && matches!(kind(2), Some(Kind::Tag(_)))
    }

    /// The tag that comes next, if one does.
    fn tag(&mut self) -> Result<Option<Tag>, QueryError> {
        let Some(Token { kind: Kind::Tag(name), span }) = self.peek() else { return Ok(None) };
        let fields::Named { field, explode, near } = fields::named(name).map_err(|fault| fault.at(*span))?;
        let tag = Tag { field, explode, near, span: *span };
        self.at += 1;
        match self.peek() {
            Some(Token { kind: Kind::Tag(name), span }) => Err(Fault::NothingBefore(format!("[{name}]")).at(*span)),
            _ => Ok(Some(tag)),
        }
    }

    /// A term whose text and tag are read; it may be a filter, or the left side of a range.
    fn finish(&mut self, text: String, quoted: bool, tag: Option<Tag>, span: Span) -> Result<Node, QueryError> {
        let span = Span::new(span.start, tag.map_or(span.end, |t| t.span.end));
        if self.peek().map(|t| &t.kind) == Some(&Kind::Colon) {
            self.at += 1;
            return self.range_after(text, tag, span);
        }
        let expression = match tag {
            Some(Tag { field: Field::Filter, .. }) => {
                Expression::Filter(Filter::named(&text).map_err(|fault| fault.at(span))?)
            }
            Some(Tag { field: Field::TextWord, .. }) if text.eq_ignore_ascii_case("hasabstract") => {
                Expression::Filter(Filter::HasAbstract)
            }
            Some(tag) if tag.field.is_date() && text.contains(':') => {
                let (from, to) = text.split_once(':').unwrap_or((&text, ""));
                range(from, to, tag, span)?
            }
            _ => Expression::Term(Term { text, quoted, tag }),
        };
        Ok(Node { expression, span })
    }

    /// The right side of a range, after its colon.
    fn range_after(&mut self, from: String, left: Option<Tag>, span: Span) -> Result<Node, QueryError> {
        let to = match self.peek().map(|t| t.kind.clone()) {
            Some(Kind::Word(text) | Kind::Quoted(text)) => text,
            _ => return Err(Fault::NoRange.at(span)),
        };
        self.at += 1;
        let right = self.tag()?.ok_or_else(|| Fault::NoRange.at(span))?;
        let span = Span::new(span.start, right.span.end);
        if !right.field.is_date() || left.is_some_and(|left| left != right) {
            return Err(Fault::NoRange.at(span));
        }
        Ok(Node { expression: range(&from, &to, right, span)?, span })
    }
}

/// `#1`, with no digit too many.
fn line_reference(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('#')?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

fn range(from: &str, to: &str, tag: Tag, span: Span) -> Result<Expression, QueryError> {
    let (from, to) = (from.trim(), to.trim());
    if from.is_empty() || to.is_empty() {
        return Err(Fault::NoRange.at(span));
    }
    Ok(Expression::Range(Range { from: from.to_owned(), to: to.to_owned(), tag }))
}
