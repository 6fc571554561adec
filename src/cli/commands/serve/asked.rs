//! Requests as the arguments of the command that answers the same, so that both are read alike.

use clap::ValueEnum;

use crate::cli::args;
use crate::cli::errors::Failure;
use crate::serve::{LookupRequest, SearchRequest};

/// The most that a request may have listed.
const MOST: usize = 1000;
/// How much is listed where a request does not say.
const STUDIES: usize = 10;
const HITS: usize = 20;

/// The arguments of `litmine lookup`: the question, the order of studies, and how many.
pub(super) fn lookup(request: &LookupRequest) -> Result<(args::Asked, args::Order, usize), Failure> {
    let asked = args::Asked {
        question: request.question.clone(),
        condition: request.condition.clone(),
        treatment: request.treatment.clone(),
        comparator: request.comparator.clone(),
        outcome: request.outcome.clone(),
        test: request.test.clone(),
        kind: choice("kind", request.kind.as_deref())?,
        which: args::Which {
            design: choices("design", &request.design)?,
            level: choice("level", request.level.as_deref())?,
            year: request.year.clone(),
        },
        min_n: request.min_n,
        consistent: request.consistent,
        without: request.without.clone(),
        pool: request.pool,
    };
    let sort = choice("sort", request.sort.as_deref())?.unwrap_or(args::Order::Evidence);
    Ok((asked, sort, limit(request.limit, STUDIES)?))
}

/// The arguments of `litmine search`.
pub(super) fn search(request: &SearchRequest) -> Result<args::Search, Failure> {
    Ok(args::Search {
        corpus: request.corpus.clone(),
        query: Some(request.query.clone()),
        strategy: None,
        explain: request.explain,
        loosen: request.loosen,
        unit: choice("unit", request.unit.as_deref())?.unwrap_or(args::Unit::Document),
        facet: choices("facet", &request.facet)?,
        mode: choice("mode", request.mode.as_deref())?,
        sort: choice("sort", request.sort.as_deref())?.unwrap_or(args::Sort::Relevance),
        limit: limit(request.limit, HITS)?,
        offset: request.offset,
        accept_incomplete: true,
    })
}

fn limit(asked: Option<usize>, usual: usize) -> Result<usize, Failure> {
    match asked.unwrap_or(usual) {
        limit if limit > MOST => Err(Failure::usage(format!("limit: at most {MOST}"))),
        limit => Ok(limit),
    }
}

fn choice<T: ValueEnum>(key: &str, word: Option<&str>) -> Result<Option<T>, Failure> {
    let Some(word) = word else { return Ok(None) };
    T::from_str(word, false).map(Some).map_err(|_| {
        let values = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let names: Vec<String> = values.map(|value| value.get_name().to_owned()).collect();
        Failure::usage(format!("{key}: “{word}” is none of {}", names.join(", ")))
    })
}

fn choices<T: ValueEnum>(key: &str, words: &[String]) -> Result<Vec<T>, Failure> {
    let all = words.iter().map(|word| choice(key, Some(word)));
    Ok(all.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_command() {
        let request = LookupRequest { design: vec!["rct".into(), "cohort".into()], ..LookupRequest::default() };
        let (asked, _, limit) = lookup(&request).unwrap();
        assert_eq!(
            (asked.which.design, limit),
            (vec![args::Design::RandomizedControlledTrial, args::Design::Cohort], STUDIES)
        );
        let wrong = LookupRequest { level: Some("9".into()), ..LookupRequest::default() };
        assert!(lookup(&wrong).unwrap_err().message().contains("none of 1a, 1b"));
        let many = SearchRequest { limit: Some(MOST + 1), ..SearchRequest::default() };
        assert!(search(&many).unwrap_err().message().contains("at most 1000"));
    }
}
