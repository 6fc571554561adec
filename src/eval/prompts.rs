//! The prompts of Evidence Inference (Lehman et al. 2019): an intervention, a comparator and an outcome of one article, and which way annotators say
//! the outcome went.
//!
//! The set is a table of tabs, quoted as CSV is: a field may hold line breaks. A row is one annotation of a prompt; rows of a prompt agree in its
//! three names. The label of a prompt is the one that most of its valid annotations (`Valid Label`) give; without one, or where two are
//! equally many, it has none.

use std::collections::BTreeMap;
use std::path::Path;

use super::EvalError;
use crate::model::Direction;
use crate::parse::Input;

/// A prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prompt {
    /// Its number in the set.
    pub(super) id: String,
    /// The article, `PMC…`.
    pub(super) pmcid: String,
    pub(super) intervention: String,
    pub(super) comparator: String,
    pub(super) outcome: String,
    /// Which way the outcome went, with the intervention against the comparator.
    pub(super) label: Option<Direction>,
    /// What the valid annotations say, each with the words of the article that it rests on; blanks as in [`plain`].
    pub(super) evidence: Vec<(Direction, String)>,
}

impl Prompt {
    /// The words that annotations with the prompt's label rest on.
    pub(super) fn evidence_of_label(&self) -> impl Iterator<Item = &str> {
        self.evidence.iter().filter(|(said, _)| Some(*said) == self.label).map(|(_, text)| text.as_str())
    }
}

/// The columns that are read.
const COLUMNS: [&str; 8] =
    ["PromptID", "PMCID", "Outcome", "Intervention", "Comparator", "Valid Label", "Label", "Annotations"];

/// A field on one line. The set was taken from pages and has some of their entities.
fn plain(text: &str) -> String {
    let entities = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    let text = entities.iter().fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads the prompts of a file, plain or compressed, in the order in which they first stand there.
///
/// # Errors
/// [`EvalError::Input`] and [`EvalError::Data`] where it is no such table.
pub(super) fn read(path: &Path) -> Result<Vec<Prompt>, EvalError> {
    let data = |line: Option<u64>, reason: String| EvalError::Data {
        path: path.to_owned(),
        line: line.map(|line| line as usize),
        reason,
    };
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').from_reader(Input::open(path)?);
    let heads = reader.headers().map_err(|error| data(None, error.to_string()))?.clone();
    let mut columns = [0; COLUMNS.len()];
    for (column, name) in columns.iter_mut().zip(COLUMNS) {
        let at = heads.iter().position(|head| head.trim() == name);
        *column = at.ok_or_else(|| data(None, format!("no column “{name}”")))?;
    }
    let mut prompts: Vec<Prompt> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(|error| data(error.position().map(csv::Position::line), error.to_string()))?;
        let line = row.position().map(csv::Position::line);
        let field = |n: usize| row.get(columns[n]).unwrap_or_default().trim();
        let [id, pmcid, outcome, intervention, comparator, valid, label, evidence] = std::array::from_fn(field);
        let at = *places.entry(id.to_owned()).or_insert_with(|| {
            let [outcome, intervention, comparator] = [outcome, intervention, comparator].map(plain);
            let (id, pmcid) = (id.to_owned(), format!("PMC{}", pmcid.trim_start_matches("PMC")));
            prompts.push(Prompt { id, pmcid, intervention, comparator, outcome, label: None, evidence: Vec::new() });
            prompts.len() - 1
        });
        if valid.eq_ignore_ascii_case("true") {
            let said = direction(label).ok_or_else(|| data(line, format!("“{label}” is no label")))?;
            prompts[at].evidence.push((said, plain(evidence)));
        }
    }
    for prompt in &mut prompts {
        prompt.label = majority(prompt.evidence.iter().map(|(said, _)| *said));
    }
    Ok(prompts)
}

fn direction(label: &str) -> Option<Direction> {
    match label {
        "significantly increased" => Some(Direction::Increased),
        "significantly decreased" => Some(Direction::Decreased),
        "no significant difference" => Some(Direction::NoDifference),
        _ => None,
    }
}

/// What most say; none where nobody says anything, or two are said equally often.
fn majority(said: impl Iterator<Item = Direction>) -> Option<Direction> {
    let mut counts: BTreeMap<Direction, usize> = BTreeMap::new();
    for one in said {
        *counts.entry(one).or_default() += 1;
    }
    let most = *counts.values().max()?;
    let mut first = counts.into_iter().filter(|(_, count)| *count == most).map(|(direction, _)| direction);
    let only = first.next();
    if first.next().is_some() { None } else { only }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_prompt_become_one_and_the_valid_ones_have_the_say() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prompts.tsv");
        let text = "PromptID\tPMCID\tValid Label\tLabel\tOutcome\tIntervention\tComparator\tAnnotations\n\
            7\t11\tTrue\tsignificantly decreased\tpain\t\"a pill\nof two lines\"\tplacebo\tIt was 3&nbsp;&lt; 5  in all.\n\
            7\t11\tFalse\tsignificantly increased\tpain\ta pill\tplacebo\tIt was 3&nbsp;&lt; 5  in all.\n\
            8\t11\tTrue\tsignificantly increased\tsleep\ta pill\tplacebo\tIt was 3&nbsp;&lt; 5  in all.\n\
            8\t11\tTrue\tno significant difference\tsleep\ta pill\tplacebo\tIt was 3&nbsp;&lt; 5  in all.\n";
        std::fs::write(&path, text).unwrap();
        let prompts = read(&path).unwrap();
        assert_eq!(prompts.len(), 2);
        assert_eq!((prompts[0].pmcid.as_str(), prompts[0].label), ("PMC11", Some(Direction::Decreased)));
        assert_eq!(prompts[0].intervention, "a pill of two lines");
        assert_eq!(prompts[1].label, None);
        assert_eq!(prompts[0].evidence_of_label().collect::<Vec<_>>(), ["It was 3 < 5 in all."]);
        std::fs::write(&path, text.replace("no significant difference", "none")).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("no label"));
        std::fs::write(&path, "a\tb\n1\t2\n").unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("PromptID"));
    }
}
