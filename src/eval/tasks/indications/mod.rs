//! `indications`: does what a corpus tells of drugs and diseases agree with what curators decided (PharmacotherapyDB)?
//!
//! A pair is looked up in the corpus as a user does, by disease and drug, and compared by the relation told of it. Pairs that meet in fewer
//! than [`LEAST_FINDINGS`] findings are not judged, because the corpus has too little on them; how many there are is said. Of
//! disease-modifying and symptomatic pairs the share told as `treats` or `prevents` is given, of non-indications the share not told so.

mod pairs;

use crate::eval::{EvalError, Figures, Ids, Request, Setting, Task, rounded};
use crate::lookup::{Basis, Lookup, Question, Relation, Relations};
use crate::model::{ConceptId, ConceptType, LinkSide};
use crate::pipeline;
use crate::store::Store;
use crate::vocab::Vocabulary;

use pairs::{Category, Pair};

/// The fewest findings in which condition and treatment must meet for their pair to be judged.
const LEAST_FINDINGS: usize = 3;

/// The task.
pub(super) struct Indications;

impl Task for Indications {
    fn name(&self) -> &'static str {
        "indications"
    }

    fn usage(&self) -> &'static str {
        "FILE --corpus NAME"
    }

    fn options(&self) -> &'static [&'static str] {
        &["corpus"]
    }

    fn run(&self, request: &Request<'_>, setting: Setting<'_>) -> Result<Figures, EvalError> {
        let pairs = pairs::read(request.only_data()?, &Ids::read(request.ids)?)?;
        let name = request.corpus.ok_or_else(|| EvalError::Usage("--corpus is missing".to_owned()))?;
        let corpus = setting.workspace.corpus(name)?;
        let store = Store::open_read_only(&corpus.store_path())?;
        let vocabulary = pipeline::vocabulary(&corpus)?;
        let sources = corpus.source_names()?;
        let lookup = Lookup::new(&corpus.name, &store, &vocabulary, sources, None)?;
        let task = setting.progress.task("looking pairs up", Some(pairs.len() as u64), "pairs");
        let mut counts = [Count::default(); Category::ALL.len()];
        for pair in &pairs {
            let judged = judge(pair, &lookup, &vocabulary)?;
            tracing::debug!(disease = pair.disease, drug = pair.drug, category = pair.category.name(), ?judged, "pair");
            counts[pair.category as usize].add(&judged);
            task.advance(1);
        }
        Ok(figures(&counts, pairs.len()))
    }
}

/// What the corpus makes of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judged {
    /// No vocabulary of the corpus has the disease, or the drug.
    Unknown,
    /// What it tells.
    Told(Relations),
}

/// Looks a pair up: the disease by its id, else by its name; the drug by its name, since no vocabulary here has ids of DrugBank.
fn judge(pair: &Pair, lookup: &Lookup<'_>, vocabulary: &Vocabulary) -> Result<Judged, EvalError> {
    let of_side = |id: &ConceptId, side: LinkSide| {
        vocabulary.concept_type(id).is_some_and(|kind| match side {
            LinkSide::Condition => kind == ConceptType::Condition,
            LinkSide::Treatment => kind.can_treat(),
        })
    };
    let known = |words: &str, side| vocabulary.find(words).into_iter().find(|id| of_side(id, side));
    let disease = known(&pair.disease_id, LinkSide::Condition).or_else(|| known(&pair.disease, LinkSide::Condition));
    let (Some(disease), Some(drug)) = (disease, known(&pair.drug, LinkSide::Treatment)) else {
        return Ok(Judged::Unknown);
    };
    let question = Question {
        condition: Some(disease.as_str().to_owned()),
        treatment: Some(drug.as_str().to_owned()),
        ..Question::default()
    };
    let answer = lookup.answer(&question)?;
    Ok(Judged::Told(answer.relations.unwrap_or_default()))
}

/// The pairs of one category.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    pairs: usize,
    unknown: usize,
    judged: usize,
    /// Of those judged: told as `treats` or `prevents`; as something else; as nothing.
    good: usize,
    /// Of these: told by what papers say that the drug is for, where no finding says anything.
    by_uses: usize,
    otherwise: usize,
    not_told: usize,
}

impl Count {
    fn add(&mut self, judged: &Judged) {
        self.pairs += 1;
        let relations = match judged {
            Judged::Unknown => {
                self.unknown += 1;
                return;
            }
            Judged::Told(relations) if relations.findings < LEAST_FINDINGS => return,
            Judged::Told(relations) => relations,
        };
        self.judged += 1;
        self.by_uses += usize::from(relations.told().is_some_and(|(_, basis)| basis == Basis::Uses));
        *match relations.relation() {
            Some(Relation::Treats | Relation::Prevents) => &mut self.good,
            Some(_) => &mut self.otherwise,
            None => &mut self.not_told,
        } += 1;
    }

    fn plus(self, other: Self) -> Self {
        Self {
            pairs: self.pairs + other.pairs,
            unknown: self.unknown + other.unknown,
            judged: self.judged + other.judged,
            good: self.good + other.good,
            by_uses: self.by_uses + other.by_uses,
            otherwise: self.otherwise + other.otherwise,
            not_told: self.not_told + other.not_told,
        }
    }

    fn figures(self, share: &str, of: usize) -> Figures {
        let mut figures = Figures::new();
        // A share of nothing is none.
        let value = if self.judged == 0 { serde_json::Value::Null } else { rounded(of as f64 / self.judged as f64) };
        figures.insert(share.to_owned(), value);
        for (name, count) in [
            ("pairs", self.pairs),
            ("unknown_to_vocabularies", self.unknown),
            ("judged", self.judged),
            ("treats_or_prevents", self.good),
            ("by_uses", self.by_uses),
            ("another_relation", self.otherwise),
            ("no_relation", self.not_told),
        ] {
            figures.insert(name.to_owned(), count.into());
        }
        figures
    }
}

fn figures(counts: &[Count; Category::ALL.len()], pairs: usize) -> Figures {
    let of = |category: Category| counts[category as usize];
    let shown = |count: Count| count.figures("share_shown", count.good);
    let (modifying, symptomatic) = (of(Category::DiseaseModifying), of(Category::Symptomatic));
    let not = of(Category::NonIndication);
    let mut figures = Figures::new();
    figures.insert("indications".to_owned(), shown(modifying.plus(symptomatic)).into());
    figures.insert("disease_modifying".to_owned(), shown(modifying).into());
    figures.insert("symptomatic".to_owned(), shown(symptomatic).into());
    figures.insert("non_indications".to_owned(), not.figures("share_not_shown", not.judged - not.good).into());
    figures.insert("pairs".to_owned(), pairs.into());
    figures.insert("least_findings".to_owned(), LEAST_FINDINGS.into());
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(findings: usize, treats: usize, no_effect: usize) -> Judged {
        Judged::Told(Relations { findings, treats, no_effect, ..Relations::default() })
    }

    #[test]
    fn shares_are_of_the_pairs_that_the_corpus_has_enough_on() {
        let mut counts = [Count::default(); Category::ALL.len()];
        for judged in [told(3, 1, 0), told(5, 2, 1), told(9, 0, 1), told(4, 0, 0), told(2, 1, 0), Judged::Unknown] {
            counts[Category::Symptomatic as usize].add(&judged);
        }
        counts[Category::NonIndication as usize].add(&told(3, 1, 0));
        counts[Category::NonIndication as usize].add(&told(3, 0, 1));
        let figures = figures(&counts, 8);
        let indications = &figures["indications"];
        assert_eq!(indications["share_shown"], 0.5);
        assert_eq!((&indications["judged"], &indications["pairs"]), (&4.into(), &6.into()));
        assert_eq!((&indications["another_relation"], &indications["no_relation"]), (&1.into(), &1.into()));
        assert_eq!(figures["non_indications"]["share_not_shown"], 0.5);
        assert_eq!(figures["disease_modifying"]["share_shown"], serde_json::Value::Null);
    }
}
