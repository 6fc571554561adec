//! A query cut into tokens, each with its place.

use super::QueryError;
use super::error::Fault;
use super::syntax::Operator;
use crate::model::Span;

/// A token of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: Kind,
    /// Where it stands, quotes and brackets included.
    pub(super) span: Span,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anything between blanks that is nothing else.
    Word(String),
    /// What stood between two quotes, blanks made single.
    Quoted(String),
    /// What stood between `[` and `]`.
    Tag(String),
    /// `AND`, `OR`, `NOT`, in upper case only.
    Operator(Operator),
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `:` between two tagged dates.
    Colon,
}

/// Cuts a query into tokens.
pub(super) fn tokens(query: &str) -> Result<Vec<Token>, QueryError> {
    let chars: Vec<char> = query.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let start = at;
        at += 1;
        let kind = match c {
            c if c.is_whitespace() || c.is_control() => continue,
            '(' => Kind::Open,
            ')' => Kind::Close,
            ':' => Kind::Colon,
            ']' => return Err(Fault::Unopened(']').at(span(start, at))),
            c if is_quote(c) => Kind::Quoted(inside(&chars, &mut at, is_quote, '"')?),
            '[' => Kind::Tag(inside(&chars, &mut at, |c| c == ']', '[')?),
            _ => {
                while chars.get(at).is_some_and(|&c| !ends_word(c)) {
                    at += 1;
                }
                word(chars[start..at].iter().collect())
            }
        };
        found.push(Token { kind, span: span(start, at) });
    }
    Ok(found)
}

fn word(text: String) -> Kind {
    match text.as_str() {
        "AND" => Kind::Operator(Operator::And),
        "OR" => Kind::Operator(Operator::Or),
        "NOT" => Kind::Operator(Operator::Not),
        _ => Kind::Word(text),
    }
}

/// Reads up to the closing mark and past it.
fn inside(chars: &[char], at: &mut usize, closes: impl Fn(char) -> bool, opening: char) -> Result<String, QueryError> {
    let start = *at;
    let length = chars[start..].iter().position(|&c| closes(c));
    let Some(length) = length else { return Err(Fault::Unclosed(opening).at(span(start - 1, chars.len()))) };
    *at = start + length + 1;
    let text: String = chars[start..start + length].iter().map(|c| if c.is_control() { ' ' } else { *c }).collect();
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Straight and curly double quotes, which word processors put into strategies.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '″')
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '(' | ')' | '[' | ']') || is_quote(c)
}

fn span(start: usize, end: usize) -> Span {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span::new(number(start), number(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(query: &str) -> Vec<Kind> {
        tokens(query).unwrap().into_iter().map(|t| t.kind).collect()
    }

    #[test]
    fn operators_are_upper_case_words() {
        assert_eq!(
            kinds("a AND b and ANDROGEN"),
            [
                Kind::Word("a".into()),
                Kind::Operator(Operator::And),
                Kind::Word("b".into()),
                Kind::Word("and".into()),
                Kind::Word("ANDROGEN".into()),
            ]
        );
    }

    #[test]
    fn curly_quotes_close_straight_ones() {
        assert_eq!(kinds("“heart  failure\"[Ti]"), [Kind::Quoted("heart failure".into()), Kind::Tag("Ti".into())]);
    }

    #[test]
    fn spans_count_code_points() {
        let found = tokens("β-blocker[ti]").unwrap();
        assert_eq!((found[1].span.start, found[1].span.end), (9, 13));
    }

    #[test]
    fn what_is_left_open_is_told_with_its_place() {
        let error = tokens("a \"b").unwrap_err();
        assert_eq!((error.fault.clone(), error.span.start), (Fault::Unclosed('"'), 2));
        assert_eq!(tokens("a]").unwrap_err().fault, Fault::Unopened(']'));
    }
}
