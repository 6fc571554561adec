//! What estimates are called (`measures.tsv`), their units (`units.txt`) and the words of the grammar (`words.toml`).

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::number::{Kind, Token, folded, tokens};
use crate::model::Measure;

/// What must stand beside a number before a name is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// The name is enough.
    Nothing,
    /// An equals sign, a colon, an interval or a p-value: the name may mean something else.
    Evidence,
    /// An equals sign right after the name.
    Equals,
    /// An interval.
    Interval,
}

/// One name of a measure.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Name {
    words: Vec<String>,
    exact: bool,
    /// None for words that only look like a measure.
    pub(super) measure: Option<Measure>,
    pub(super) needs: Needs,
}

/// A sentence, split and folded.
pub(super) struct Sentence<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Token>,
    folded: Vec<String>,
    /// Short forms of rates that the document explains ("LBR"), in lower case.
    rates: &'t [String],
}

impl<'t> Sentence<'t> {
    #[cfg(test)]
    pub(super) fn new(text: &'t str) -> Self {
        Self::with_rates(text, &[])
    }

    pub(super) fn with_rates(text: &'t str, rates: &'t [String]) -> Self {
        let tokens = tokens(text);
        let folded = tokens
            .iter()
            .map(|t| if t.kind == Kind::Word { folded(&text[t.range()]) } else { String::new() })
            .collect();
        Self { text, tokens, folded, rates }
    }

    /// The kind of the token at `at`; none past the end.
    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|t| t.kind)
    }

    /// The folded word at `at`; empty for what is no word.
    pub(super) fn word(&self, at: usize) -> &str {
        self.folded.get(at).map_or("", String::as_str)
    }

    /// Whether the word at `at` is one of `list`.
    pub(super) fn is(&self, at: usize, list: &[String]) -> bool {
        let word = self.word(at);
        !word.is_empty() && list.iter().any(|listed| listed == word)
    }

    /// Whether the word at `at` makes percentages beside it shares of people.
    pub(super) fn is_rate(&self, at: usize) -> bool {
        let words = &WORDS.proportion;
        self.is(at, &words.rates) || self.is(at, &words.persons) || self.is(at, self.rates)
    }

    /// The token as printed.
    pub(super) fn printed(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |t| &self.text[t.range()])
    }

    /// The name of a measure that begins at `at`, and how many tokens it has.
    pub(super) fn measure(&self, at: usize) -> Option<(&'static Name, usize)> {
        let names = NAMES.get(self.word(at))?;
        names.iter().find(|name| self.matches(name, at)).map(|name| (name, name.words.len()))
    }

    fn matches(&self, name: &Name, at: usize) -> bool {
        name.words
            .iter()
            .enumerate()
            .all(|(n, word)| if name.exact { self.printed(at + n) == word } else { self.word(at + n) == word })
    }

    /// The unit that begins at `at`: how many tokens it has.
    pub(super) fn unit(&self, at: usize) -> Option<usize> {
        let mut len = UNITS
            .iter()
            .find(|unit| unit.iter().enumerate().all(|(n, part)| self.printed(at + n) == part))
            .map(Vec::len)?;
        // "g/week", "events/year": any rate of a known unit.
        while self.kind(at + len) == Some(Kind::Slash) && self.kind(at + len + 1) == Some(Kind::Word) {
            len += 2;
        }
        (self.kind(at + len) != Some(Kind::Slash)).then_some(len)
    }
}

/// Names by their first folded word, the longest first.
static NAMES: LazyLock<HashMap<String, Vec<Name>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Vec<Name>> = HashMap::new();
    for name in include_str!("measures.tsv").lines().filter_map(parse_name) {
        if let Some(first) = name.words.first() {
            names.entry(folded(first)).or_default().push(name);
        }
    }
    for same in names.values_mut() {
        same.sort_by_key(|name| std::cmp::Reverse(name.words.len()));
    }
    names
});

static UNITS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let mut units: Vec<Vec<String>> = lines(include_str!("units.txt"))
        .map(|unit| tokens(unit).iter().map(|t| unit[t.range()].to_owned()).collect())
        .collect();
    units.sort_by_key(|unit| std::cmp::Reverse(unit.len()));
    units
});

fn lines(data: &'static str) -> impl Iterator<Item = &'static str> {
    data.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn parse_name(line: &str) -> Option<Name> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = line.split('\t');
    let (measure, name, case, needs) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let measure = if measure == "-" { None } else { Some(measure_named(measure)?) };
    let exact = match case {
        "exact" => true,
        "any" => false,
        _ => return None,
    };
    let needs = match needs {
        "-" => Needs::Nothing,
        "evidence" => Needs::Evidence,
        "equals" => Needs::Equals,
        "interval" => Needs::Interval,
        _ => return None,
    };
    let words: Vec<String> = tokens(name)
        .iter()
        .map(|t| if exact { name[t.range()].to_owned() } else { folded(&name[t.range()]) })
        .collect();
    (!words.is_empty() && fields.next().is_none()).then_some(Name { words, exact, measure, needs })
}

fn measure_named(name: &str) -> Option<Measure> {
    use Measure as M;
    const ALL: [Measure; 20] = [
        M::HR,
        M::RR,
        M::OR,
        M::IRR,
        M::MD,
        M::SMD,
        M::RD,
        M::ARR,
        M::NNT,
        M::Mean,
        M::Median,
        M::Sensitivity,
        M::Specificity,
        M::PPV,
        M::NPV,
        M::AUC,
        M::PositiveLikelihoodRatio,
        M::NegativeLikelihoodRatio,
        M::Correlation,
        M::Other,
    ];
    ALL.into_iter().find(|measure| measure.name() == name)
}

/// The words of the grammar.
pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| toml::from_str(WORDS_DATA).unwrap_or_default());

const WORDS_DATA: &str = include_str!("words.toml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) estimate: EstimateWords,
    pub(super) central: CentralWords,
    pub(super) interval: IntervalWords,
    pub(super) p: PWords,
    pub(super) proportion: ProportionWords,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EstimateWords {
    pub(super) links: Vec<String>,
    pub(super) announces: Vec<String>,
    pub(super) stops: Vec<String>,
    pub(super) refuses: Vec<String>,
    pub(super) changes: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CentralWords {
    pub(super) excluded: Vec<String>,
    pub(super) elsewhere: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntervalWords {
    pub(super) abbreviations: Vec<String>,
    pub(super) first: Vec<String>,
    pub(super) second: Vec<String>,
    pub(super) adjectives: Vec<String>,
    pub(super) links: Vec<String>,
    pub(super) separators: Vec<String>,
    pub(super) joins: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PWords {
    pub(super) names: Vec<String>,
    pub(super) other: Vec<String>,
    pub(super) values: Vec<String>,
    pub(super) tests: Vec<String>,
    pub(super) links: Vec<String>,
    pub(super) joins: Vec<String>,
    pub(super) sets_before: Vec<String>,
    pub(super) sets_after: Vec<String>,
    pub(super) heterogeneity: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProportionWords {
    pub(super) persons: Vec<String>,
    pub(super) rates: Vec<String>,
    pub(super) arms: Vec<String>,
    pub(super) others: Vec<String>,
    pub(super) happens: Vec<String>,
    pub(super) took_part: Vec<String>,
    pub(super) versus: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_measures_is_read() {
        for line in lines(include_str!("measures.tsv")) {
            assert!(parse_name(line).is_some(), "{line:?}");
        }
    }

    #[test]
    fn the_words_of_the_grammar_are_read() {
        let words: Words = toml::from_str(WORDS_DATA).unwrap();
        assert!(words.interval.abbreviations.iter().any(|word| word == "ci"));
    }

    #[test]
    fn a_name_that_means_something_else_hides_the_shorter_one() {
        let sentence = Sentence::new("a sensitivity analysis of the hazard-ratio");
        assert_eq!(sentence.measure(1).unwrap().0.measure, None);
        assert_eq!(sentence.measure(5).unwrap().0.measure, Some(Measure::HR));
    }

    #[test]
    fn the_longest_unit_wins() {
        let sentence = Sentence::new("2 kg/m2 and 3 mm Hg and 4 furlongs");
        assert_eq!(sentence.unit(1), Some(3));
        assert_eq!(sentence.unit(6), Some(2));
        assert_eq!(sentence.unit(10), None);
    }
}
