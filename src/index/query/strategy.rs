//! A strategy: queries one a line, each of which may name those before it (`#1 AND #2`), as reviewers publish them.
//!
//! Lines may be numbered `#1` or `1.`, if all of them are and the numbers count up from 1; anything else that looks like a
//! number is part of the query. Empty lines and lines that begin with `# ` or `//` are left out and not counted.

use super::error::QueryError;
use super::parser::parse;
use super::syntax::Node;

/// A line of a strategy.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its number, from 1.
    pub number: u32,
    /// The query, without the number.
    pub query: String,
    /// The query, read.
    pub node: Node,
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StrategyError {
    /// There is no line.
    #[error("the strategy has no line")]
    Empty,
    /// A query has a fault.
    #[error("line {line} (#{number}): {error}\n{}", error.pointing(query))]
    Query {
        /// The line in the file, from 1.
        line: usize,
        /// Its number in the strategy.
        number: u32,
        /// The query.
        query: String,
        /// What is wrong with it.
        error: QueryError,
    },
}

/// Reads a strategy.
///
/// # Errors
/// The first line that cannot be read, with its place.
pub fn read_strategy(text: &str) -> Result<Vec<Line>, StrategyError> {
    let is_comment = |line: &str| line.starts_with("# ") || line == "#" || line.starts_with("//");
    let rows: Vec<(usize, &str)> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !is_comment(line))
        .collect();
    if rows.is_empty() {
        return Err(StrategyError::Empty);
    }
    let numbered = |strip: fn(&str, usize) -> Option<&str>| -> Option<Vec<&str>> {
        rows.iter().enumerate().map(|(at, (_, line))| strip(line, at + 1)).collect()
    };
    let bare: Vec<&str> = numbered(hash_number)
        .or_else(|| numbered(dot_number))
        .unwrap_or_else(|| rows.iter().map(|(_, line)| *line).collect());
    let read = |((line, _), query): (&(usize, &str), &str)| (*line, query.trim().to_owned());
    let mut lines = Vec::with_capacity(rows.len());
    for (line, query) in rows.iter().zip(bare).map(read) {
        let number = lines.len() as u32 + 1;
        match parse(&query) {
            Ok(node) => lines.push(Line { number, query, node }),
            Err(error) => return Err(StrategyError::Query { line, number, query, error }),
        }
    }
    Ok(lines)
}

/// `#3 query`, `#3: query`: a blank and no operator must follow, for `#1 AND #2` is a query.
fn hash_number(line: &str, number: usize) -> Option<&str> {
    let rest = line.strip_prefix('#')?.strip_prefix(&number.to_string())?;
    let rest = rest.strip_prefix([':', '.']).unwrap_or(rest);
    let query = rest.strip_prefix([' ', '\t'])?.trim_start();
    let first = query.split_whitespace().next().unwrap_or_default();
    (!query.is_empty() && !matches!(first, "AND" | "OR" | "NOT")).then_some(query)
}

/// `3. query`, as Ovid prints it.
fn dot_number(line: &str, number: usize) -> Option<&str> {
    let rest = line.strip_prefix(&number.to_string())?.strip_prefix(['.', ')'])?;
    let query = rest.strip_prefix([' ', '\t'])?.trim_start();
    (!query.is_empty()).then_some(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queries(text: &str) -> Vec<String> {
        read_strategy(text).unwrap().into_iter().map(|line| line.query).collect()
    }

    #[test]
    fn numbers_are_taken_off_where_all_lines_have_them() {
        assert_eq!(
            queries("asthma[mh]\n\n# a comment\nwheez*[tiab]\n#1 OR #2\n"),
            ["asthma[mh]", "wheez*[tiab]", "#1 OR #2"]
        );
        assert_eq!(queries("#1 asthma\n#2 wheeze\n#3 #1 OR #2"), ["asthma", "wheeze", "#1 OR #2"]);
        assert_eq!(queries("1. asthma\r\n2. wheeze\r\n3. #1 OR #2"), ["asthma", "wheeze", "#1 OR #2"]);
    }

    #[test]
    fn what_may_be_a_query_stays() {
        assert_eq!(queries("#1 AND asthma"), ["#1 AND asthma"]);
        assert_eq!(queries("1. asthma\n3. wheeze"), ["1. asthma", "3. wheeze"]);
        assert_eq!(queries("2.5 mg[tiab]"), ["2.5 mg[tiab]"]);
    }

    #[test]
    fn a_fault_is_told_with_its_line() {
        let error = read_strategy("asthma\n\n(wheeze").unwrap_err().to_string();
        assert!(error.starts_with("line 3 (#2): ( is never closed"), "{error}");
        assert_eq!(read_strategy("\n# nothing\n"), Err(StrategyError::Empty));
    }
}
