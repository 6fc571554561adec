//! `direction`: which way did the outcome of a prompt go, and where does the article say so?
//!
//! The prompts of Evidence Inference (Lehman et al. 2019) that have a label. *With the evidence given*, the words that the annotators marked
//! are judged, each annotation by itself, and the mean decides. With `--articles`, the article is given: its sentences and table rows are
//! ranked, the first ones are judged, and their mean by rank decides. Reported too is whether one of the first three overlaps what annotators
//! marked (`evidence_in_3`; of prompts whose marked words stand in the article as litmine reads it, `located`, and of all), and the share of prompts for
//! which a finding that litmine extracts without being asked overlaps the marked words and has the prompt's direction (`unprompted`). A sentence that
//! reports several outcomes holds findings for several prompts, so that not all of `unprompted_right_of_directed` can be right.
//!
//! Macro F1 is the mean over the three directions. `--details FILE` writes the votes of each decision, for `scripts/train_direction`.

mod located;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use serde_json::json;

use self::located::Located;
use crate::embed::Encoder;
use crate::eval::prompts::{self, Prompt};
use crate::eval::{EvalError, Figures, Ids, Request, Setting, Task, counts, heads_encoder, rounded};
use crate::extract;
use crate::extract::extractors::findings::comparison::{self, Asked, Evidence, Judgement, Weighted};
use crate::model::{Annotation, Direction, Document, Span, TextIndex};
use crate::parse::{Item, each_stream, formats};
use crate::vocab::Dictionary;

/// The task.
pub(super) struct Directions;

/// Among how many ranked sentences the evidence must be.
const FIRST: usize = 3;
/// Articles annotated together.
const BATCH: usize = 50;
/// Of the sentences that are no evidence, one in so many is written for training.
const SAMPLED: usize = 4;

const DIRECTIONS: [Direction; 3] = [Direction::Increased, Direction::Decreased, Direction::NoDifference];

impl Task for Directions {
    fn name(&self) -> &'static str {
        "direction"
    }

    fn usage(&self) -> &'static str {
        "FILE [--articles TAR] [--details FILE]"
    }

    fn options(&self) -> &'static [&'static str] {
        &["articles", "details"]
    }

    fn run(&self, request: &Request<'_>, setting: Setting<'_>) -> Result<Figures, EvalError> {
        let path = request.only_data()?;
        let ids = Ids::read(request.ids)?;
        let labelled = |prompt: &Prompt| prompt.label.is_some() && ids.contains(&prompt.pmcid);
        let prompts: Vec<Prompt> = prompts::read(path)?.into_iter().filter(labelled).collect();
        if prompts.is_empty() {
            let reason = "no prompt in it has a label".to_owned();
            return Err(EvalError::Data { path: path.to_owned(), line: None, reason });
        }
        let mut details = Details::create(request.details)?;
        let mut given = Tally::default();
        for prompt in &prompts {
            given.add(prompt.label, Some(with_evidence(prompt, &mut details)?));
        }
        let mut figures = Figures::new();
        figures.insert("prompts".to_owned(), prompts.len().into());
        figures.insert("with_evidence".to_owned(), given.figures().into());
        if let Some(articles) = request.articles {
            let mut told = InArticles::default();
            each_batch(articles, &prompts, setting, &mut |document, annotation, prompts| {
                told.article(document, annotation, prompts, &mut details)
            })?;
            figures.extend(told.figures(&prompts));
        }
        details.finish()?;
        Ok(figures)
    }
}

fn asked(prompt: &Prompt) -> Asked<'_> {
    Asked { intervention: &prompt.intervention, comparator: &prompt.comparator, outcome: &prompt.outcome }
}

/// What the marked words say, each annotation counting alike.
fn with_evidence(prompt: &Prompt, details: &mut Details) -> Result<Direction, EvalError> {
    let asked = asked(prompt);
    for (said, text) in &prompt.evidence {
        let votes = comparison::votes(text, &asked);
        details.line(&|| {
            json!({
                "of": "direction", "prompt": prompt.id, "article": prompt.pmcid, "label": said.name(), "text": text,
                "sign": object(&votes.sign), "none": object(&votes.none),
            })
        })?;
    }
    let judged: Vec<(f32, Judgement)> =
        prompt.evidence_of_label().map(|text| (1.0, comparison::judge(text, &asked))).collect();
    Ok(Judgement::mean(&judged).likeliest().0)
}

fn object(votes: &Weighted) -> serde_json::Value {
    votes.iter().map(|(name, vote)| (name.clone(), json!(vote))).collect::<Figures>().into()
}

/// What was found in articles.
#[derive(Default)]
struct InArticles {
    tally: Tally,
    articles: usize,
    located: usize,
    evidence: usize,
    unprompted: usize,
    /// … whichever way they say it went, and where they say no way.
    overlapped: usize,
    without_direction: usize,
    /// Of those findings the ones with a direction, and with the prompt's.
    directed: usize,
    right: usize,
}

impl InArticles {
    fn article(
        &mut self,
        document: &Document,
        annotation: &Annotation,
        prompts: &[&Prompt],
        details: &mut Details,
    ) -> Result<(), EvalError> {
        self.articles += 1;
        let text = document.text();
        let index = TextIndex::new(&text);
        let located = Located::of(&text);
        let evidence = Evidence::of(document, &index, annotation);
        for prompt in prompts {
            let ranked = evidence.ranked(&asked(prompt));
            self.tally.add(prompt.label, Some(comparison::judge_ranked(&index, &ranked, &asked(prompt)).likeliest().0));
            let marked: Vec<Span> = prompt.evidence_of_label().filter_map(|words| located.span(words)).collect();
            let overlaps = |span: Span| marked.iter().any(|mark| mark.start < span.end && span.start < mark.end);
            self.located += usize::from(!marked.is_empty());
            self.evidence += usize::from(ranked.iter().take(FIRST).any(|candidate| overlaps(candidate.span)));
            let findings: Vec<Option<Direction>> = annotation
                .findings
                .iter()
                .filter(|finding| overlaps(finding.span))
                .map(|finding| finding.direction)
                .collect();
            self.directed += findings.iter().flatten().count();
            self.right += findings.iter().filter(|direction| **direction == prompt.label).count();
            self.unprompted += usize::from(findings.contains(&prompt.label));
            self.overlapped += usize::from(!findings.is_empty());
            self.without_direction += usize::from(!findings.is_empty() && findings.iter().all(Option::is_none));
            if marked.is_empty() {
                continue;
            }
            for (n, candidate) in ranked.iter().enumerate() {
                let is_evidence = overlaps(candidate.span);
                if is_evidence || n < FIRST || n % SAMPLED == 0 {
                    details.line(&|| {
                        json!({
                            "of": "evidence", "prompt": prompt.id, "article": prompt.pmcid, "label": is_evidence,
                            "votes": object(&candidate.votes),
                        })
                    })?;
                }
            }
        }
        Ok(())
    }

    /// Prompts whose article is not there count as missed.
    fn figures(&self, prompts: &[Prompt]) -> Figures {
        let share = |count: usize, of: usize| rounded(counts::share(count, of));
        let mut tally = self.tally.clone();
        let seen = tally.pairs.len();
        tally.pairs.extend(prompts.iter().skip(seen).filter_map(|prompt| Some((prompt.label?, None))));
        Figures::from_iter([
            ("articles".to_owned(), self.articles.into()),
            ("prompts_without_article".to_owned(), (prompts.len() - seen).into()),
            ("with_article".to_owned(), tally.figures().into()),
            ("located".to_owned(), share(self.located, prompts.len())),
            ("evidence_in_3".to_owned(), share(self.evidence, prompts.len())),
            ("evidence_in_3_of_located".to_owned(), share(self.evidence, self.located)),
            ("unprompted".to_owned(), share(self.unprompted, prompts.len())),
            ("unprompted_whichever_direction".to_owned(), share(self.overlapped, prompts.len())),
            ("unprompted_right_of_directed".to_owned(), share(self.right, self.directed)),
            ("unprompted_without_direction".to_owned(), share(self.without_direction, prompts.len())),
        ])
    }
}

/// Takes an article, what was found in it, and its prompts.
type Sink<'s> = &'s mut dyn FnMut(&Document, &Annotation, &[&Prompt]) -> Result<(), EvalError>;

/// Reads the articles of the prompts, annotates them and hands over each with its prompts.
fn each_batch(path: &Path, prompts: &[Prompt], setting: Setting<'_>, sink: Sink<'_>) -> Result<(), EvalError> {
    let mut by_article: BTreeMap<&str, Vec<&Prompt>> = BTreeMap::new();
    for prompt in prompts {
        by_article.entry(&prompt.pmcid).or_default().push(prompt);
    }
    let task = setting.progress.task("annotating", Some(by_article.len() as u64), "articles");
    let mut encoder = heads_encoder(setting)?;
    let dictionary = Dictionary::default();
    let mut annotate = |documents: &mut Vec<Document>| -> Result<(), EvalError> {
        let batch: Vec<&Document> = documents.iter().collect();
        let encoder = encoder.as_mut().map(|encoder| encoder.as_mut() as &mut dyn Encoder);
        let annotations = extract::annotate_all(&batch, &dictionary, encoder)?;
        for (document, annotation) in documents.iter().zip(&annotations) {
            let id = document.identifiers.pmcid.as_deref().unwrap_or_default();
            if let Some(prompts) = by_article.get(id) {
                sink(document, annotation, prompts)?;
            }
            task.advance(1);
        }
        documents.clear();
        Ok(())
    };
    let file = std::fs::File::open(path).map_err(|source| EvalError::File { path: path.to_owned(), source })?;
    let mut documents: Vec<Document> = Vec::new();
    let mut failed = None;
    each_stream(Box::new(file), &mut |stream| {
        let Ok(mut input) = stream.input else { return ControlFlow::Continue(()) };
        let Some(parser) = formats::recognise(input.head()) else { return ControlFlow::Continue(()) };
        // An article that cannot be read is missed: its prompts count as such.
        let _ = parser.parse(&mut input, &mut |item| {
            if let Item::Document(record) = item
                && record.document.identifiers.pmcid.as_deref().is_some_and(|id| by_article.contains_key(id))
            {
                documents.push(record.document);
            }
            ControlFlow::Continue(())
        });
        if documents.len() >= BATCH {
            failed = annotate(&mut documents).err();
        }
        if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    failed.map_or_else(|| annotate(&mut documents), Err)
}

/// Labels, and what was told.
#[derive(Debug, Clone, Default)]
struct Tally {
    pairs: Vec<(Direction, Option<Direction>)>,
}

impl Tally {
    fn add(&mut self, label: Option<Direction>, told: Option<Direction>) {
        self.pairs.extend(label.map(|label| (label, told)));
    }

    fn figures(&self) -> Figures {
        let mut figures = counts::scores(&self.pairs, &DIRECTIONS);
        figures.extend(DIRECTIONS.map(|one| (one.name().to_owned(), rounded(counts::f1(&self.pairs, one)))));
        figures
    }
}

/// The file of `--details`, where one is wanted.
struct Details<'p> {
    path: &'p Path,
    file: Option<std::io::BufWriter<std::fs::File>>,
}

impl<'p> Details<'p> {
    fn create(path: Option<&'p Path>) -> Result<Self, EvalError> {
        let Some(path) = path else { return Ok(Self { path: Path::new(""), file: None }) };
        let file = std::fs::File::create(path).map_err(|source| EvalError::File { path: path.to_owned(), source })?;
        Ok(Self { path, file: Some(std::io::BufWriter::new(file)) })
    }

    fn line(&mut self, line: &dyn Fn() -> serde_json::Value) -> Result<(), EvalError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        writeln!(file, "{}", line()).map_err(|source| EvalError::File { path: self.path.to_owned(), source })
    }

    fn finish(&mut self) -> Result<(), EvalError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.flush().map_err(|source| EvalError::File { path: self.path.to_owned(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Workspace;
    use crate::progress::Silent;

    const HEADS: &str = "PromptID\tPMCID\tOutcome\tIntervention\tComparator\tValid Label\tLabel\tAnnotations\n";
    const LOWER: &str = "Pain at rest was significantly lower with zelmarin than with oxotril (P = 0.01).";
    const SAME: &str = "Nausea did not differ significantly between the groups (P = 0.6).";

    fn prompts() -> String {
        let row = |id: u8, outcome: &str, label: &str, words: &str| {
            format!("{id}\t7\t{outcome}\tzelmarin\toxotril\tTrue\t{label}\t{words}\n")
        };
        let rows = [
            row(1, "pain at rest", "significantly decreased", LOWER),
            row(2, "nausea", "no significant difference", SAME),
            // Labelled against its words, so that one is wrong.
            row(3, "nausea", "significantly increased", SAME),
        ];
        format!("{HEADS}{}", rows.concat())
    }

    #[test]
    fn what_is_right_and_wrong_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let (set, article, details) =
            (folder.path().join("set.tsv"), folder.path().join("a.nxml"), folder.path().join("details"));
        std::fs::write(&set, prompts()).unwrap();
        let body = format!(
            "<article><front><article-meta><article-id pub-id-type=\"pmc\">7</article-id><title-group><article-title>Zelmarin or oxotril\
             </article-title></title-group><abstract><sec><title>Methods</title><p>We compared zelmarin with oxotril in adults.</p></sec>\
             <sec><title>Results</title><p>{LOWER} {SAME}</p></sec></abstract></article-meta></front></article>"
        );
        std::fs::write(&article, body).unwrap();
        let workspace = Workspace::new(folder.path());
        let setting = Setting { workspace: &workspace, encoder: None, progress: &Silent };
        let data = [set];
        let request = Request { data: &data, articles: Some(&article), details: Some(&details), ..Request::default() };
        let figures = Directions.run(&request, setting).unwrap();
        assert_eq!(figures["prompts"], 3);
        assert_eq!(figures["with_evidence"]["accuracy"], 0.666_667);
        assert_eq!(figures["with_evidence"]["decreased"], 1.0);
        assert_eq!(figures["with_evidence"]["no-difference"], 0.666_667);
        assert_eq!(figures["with_article"]["accuracy"], 0.666_667);
        assert_eq!((&figures["located"], &figures["evidence_in_3"]), (&1.0.into(), &1.0.into()));
        assert_eq!(figures["unprompted"], 0.666_667);
        let lines = std::fs::read_to_string(&details).unwrap();
        assert_eq!(lines.lines().filter(|line| line.contains("\"of\":\"direction\"")).count(), 3);
        assert!(lines.lines().any(|line| line.contains("\"of\":\"evidence\"") && line.contains("\"label\":true")));
    }
}
