//! `retrieval`: are the documents that were judged relevant found, and how far up?
//!
//! The documents are stored, mined and indexed in a workspace of their own, and each query is searched for as free words by the
//! code that answers `litmine search`.

mod beir;
mod set;
mod smart;

use std::collections::HashMap;
use std::path::Path;

use crate::corpus::{Corpus, Workspace};
use crate::embed::{self, Encoder, Purpose};
use crate::eval::measures::{average_precision, ndcg, recall};
use crate::eval::{EvalError, Figures, Ids, Request, Setting, Task, VectorCache, rounded};
use crate::harvest::Access;
use crate::index::{self, Mode, SearchRequest, Searcher};
use crate::model::DocumentId;
use crate::pipeline::{self, Meaning, PipelineError, Selection, Workshop};
use crate::store::{NewRecord, RunOutcome, Store};

use set::Set;

/// How deep rankings are looked at.
const DEPTH: usize = 1000;
/// The name of the corpus in the passing workspace.
const CORPUS: &str = "retrieval";
/// Queries embedded together.
const BATCH: usize = 64;

/// The task.
pub(super) struct Retrieval;

impl Task for Retrieval {
    fn name(&self) -> &'static str {
        "retrieval"
    }

    fn usage(&self) -> &'static str {
        "FOLDER [--split S] [--mode bm25|dense|hybrid]"
    }

    fn options(&self) -> &'static [&'static str] {
        &["split", "mode"]
    }

    fn run(&self, request: &Request<'_>, setting: Setting<'_>) -> Result<Figures, EvalError> {
        let mode = mode(request.mode)?;
        let set = read(request.only_data()?, request.split, &Ids::read(request.ids)?)?;
        let folder = tempfile::tempdir().map_err(|source| EvalError::File { path: std::env::temp_dir(), source })?;
        let bench = Bench::build(folder.path(), &set, mode, setting)?;
        let rankings = bench.rank(&set, mode, setting)?;
        Ok(figures(&set, &rankings, mode))
    }
}

fn mode(name: Option<&str>) -> Result<Mode, EvalError> {
    const MODES: [Mode; 3] = [Mode::Bm25, Mode::Dense, Mode::Hybrid];
    let name = name.unwrap_or(Mode::Hybrid.name());
    MODES.into_iter().find(|mode| mode.name() == name).ok_or_else(|| {
        EvalError::Usage(format!("unknown mode “{name}”; there are: {}", MODES.map(Mode::name).join(", ")))
    })
}

/// Reads a set in whatever layout it has.
fn read(folder: &Path, split: Option<&str>, ids: &Ids) -> Result<Set, EvalError> {
    let set = if beir::is_one(folder) {
        beir::read(folder, split.unwrap_or("test"), ids)
    } else if smart::is_one(folder) {
        match split {
            Some(split) if split != "all" => {
                let reason = format!("sets in SMART's layout have no split “{split}”");
                return Err(EvalError::Data { path: folder.to_owned(), line: None, reason });
            }
            _ => smart::read(folder, ids),
        }
    } else {
        let reason = "neither BEIR's layout (corpus.jsonl, queries.jsonl, qrels/) nor SMART's (documents, queries and judgements \
                      that begin with .I and numbers)"
            .to_owned();
        return Err(EvalError::Data { path: folder.to_owned(), line: None, reason });
    }?;
    let judged = set.queries.iter().any(|query| !query.judged.is_empty());
    if set.documents.is_empty() || !judged {
        let reason = "no query has a relevant document in it".to_owned();
        return Err(EvalError::Data { path: folder.to_owned(), line: None, reason });
    }
    Ok(set)
}

/// The set, stored, mined and indexed.
struct Bench {
    corpus: Corpus,
    store: Store,
    searcher: Searcher,
}

impl Bench {
    fn build(folder: &Path, set: &Set, mode: Mode, setting: Setting<'_>) -> Result<Self, EvalError> {
        let workspace = Workspace::new(folder);
        let file = workspace.corpora().join(format!("{CORPUS}.toml"));
        let place = |source| EvalError::File { path: file.clone(), source };
        std::fs::create_dir_all(workspace.corpora()).map_err(place)?;
        let (encoder, vectors) = match mode {
            Mode::Bm25 => (None, "none"),
            Mode::Dense | Mode::Hybrid => {
                (Some(setting.encoder.ok_or(EvalError::NoEncoder)?), "findings+documents+sentences")
            }
        };
        std::fs::write(&file, format!("schema = 1\ntitle = \"{CORPUS}\"\nvectors = \"{vectors}\"\n")).map_err(place)?;
        let corpus = workspace.corpus(CORPUS)?;
        let mut store = Store::open(&corpus.store_path())?;
        let cache = VectorCache::usual().filter(|_| encoder.is_some());
        if let Some(cache) = &cache {
            cache.fill(&mut store)?;
        }
        let run = store.begin_run("eval", CORPUS)?;
        let mut ingest = store.ingest(run, CORPUS, CORPUS)?;
        for (position, document) in (0..).zip(&set.documents) {
            let record =
                NewRecord { document: &document.document, bytes: document.id.as_bytes(), format: CORPUS, position };
            ingest.record(record)?;
        }
        ingest.commit(None)?;
        store.finish_run(run, RunOutcome::Complete)?;
        // Nothing is harvested: the documents are stored already.
        let (access, selection) = (Access::default(), Selection::default());
        let workshop =
            Workshop { corpus: &corpus, encoder, access: &access, selection: &selection, progress: setting.progress };
        let mined = pipeline::mine(workshop)?;
        if let Some(problem) = mined.problems.first() {
            return Err(EvalError::Data { path: file, line: None, reason: problem.clone() });
        }
        pipeline::index(workshop, false)?;
        if let Some(cache) = &cache {
            cache.keep(&store)?;
        }
        let searcher = Searcher::open(&corpus.index_path())?;
        Ok(Self { corpus, store, searcher })
    }

    /// The ids of the documents found for each query, best first.
    fn rank(&self, set: &Set, mode: Mode, setting: Setting<'_>) -> Result<Vec<Vec<String>>, EvalError> {
        let mut encoder: Option<Box<dyn Encoder>> = match mode {
            Mode::Bm25 => None,
            Mode::Dense | Mode::Hybrid => {
                // The questions of a public set are published as much as its documents are.
                Some(embed::start(setting.encoder.ok_or(EvalError::NoEncoder)?, Purpose::Published)?)
            }
        };
        let vocabulary = pipeline::vocabulary(&self.corpus).map_err(PipelineError::from)?;
        let names: HashMap<DocumentId, &str> = set
            .documents
            .iter()
            .filter_map(|document| Some((document.document.identifiers.primary()?, document.id.as_str())))
            .collect();
        let meaning = Meaning::open(&self.searcher)?;
        let task = setting.progress.task("searching", Some(set.queries.len() as u64), "queries");
        let mut rankings = Vec::with_capacity(set.queries.len());
        for batch in set.queries.chunks(BATCH) {
            let texts: Vec<&str> = batch.iter().map(|query| query.text.as_str()).collect();
            let questions = match &mut encoder {
                Some(encoder) => encoder.embed(&texts)?.into_iter().map(Some).collect(),
                None => vec![None; texts.len()],
            };
            for (query, question) in batch.iter().zip(questions) {
                let words = index::as_free_words(&query.text);
                let dense = match (&meaning, &question) {
                    (Some(meaning), Some(question)) => {
                        Some(meaning.near(&self.searcher, &self.store, question, &words, Some(mode))?)
                    }
                    _ => None,
                };
                let answer = self.searcher.search(&SearchRequest {
                    mode: Some(mode),
                    limit: DEPTH,
                    headings: &vocabulary,
                    dense: dense.as_deref(),
                    ..SearchRequest::new(&words)
                })?;
                let found = answer.hits.iter().filter_map(|hit| names.get(&hit.id)).map(|id| (*id).to_owned());
                rankings.push(found.filter(|id| query.itself.as_ref() != Some(id)).collect());
                task.advance(1);
            }
        }
        Ok(rankings)
    }
}

fn figures(set: &Set, rankings: &[Vec<String>], mode: Mode) -> Figures {
    let mean = |measure: &dyn Fn(&[String], &crate::eval::measures::Judgements) -> f64| {
        let sum: f64 = set.queries.iter().zip(rankings).map(|(query, ranked)| measure(ranked, &query.judged)).sum();
        rounded(sum / set.queries.len() as f64)
    };
    let mut figures = Figures::new();
    figures.insert("mode".to_owned(), mode.name().into());
    figures.insert("ndcg@10".to_owned(), mean(&|ranked, judged| ndcg(ranked, judged, 10)));
    figures.insert("recall@100".to_owned(), mean(&|ranked, judged| recall(ranked, judged, 100)));
    figures.insert("map".to_owned(), mean(&|ranked, judged| average_precision(ranked, judged)));
    figures.insert("queries".to_owned(), set.queries.len().into());
    figures.insert("documents".to_owned(), set.documents.len().into());
    figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn a_set_that_can_be_counted_by_hand() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path();
        std::fs::create_dir(place.join("qrels")).unwrap();
        let corpus = [
            r#"{"_id":"d1","title":"Asthma","text":"Wheeze in children."}"#,
            r#"{"_id":"d2","title":"Stroke","text":"Weakness of an arm."}"#,
            r#"{"_id":"q2","title":"Fever","text":"Temperature of the body."}"#,
        ];
        std::fs::write(place.join("corpus.jsonl"), corpus.join("\n")).unwrap();
        let queries =
            [r#"{"_id":"q1","text":"asthma (in AND \"children\""}"#, r#"{"_id":"q2","text":"fever of stroke"}"#];
        std::fs::write(place.join("queries.jsonl"), queries.join("\n")).unwrap();
        std::fs::write(place.join("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t2\n").unwrap();
        let workspace = Workspace::new(place);
        let setting = Setting { workspace: &workspace, encoder: None, progress: &Silent };
        let data = [place.to_owned()];
        let request = Request { data: &data, mode: Some("bm25"), ..Request::default() };
        let figures = Retrieval.run(&request, setting).unwrap();
        // A document of the query's own id is not counted: it is the query.
        assert_eq!(figures["ndcg@10"], 1.0);
        assert_eq!((figures["queries"].as_u64(), figures["documents"].as_u64()), (Some(2), Some(3)));
        let hybrid = Request { mode: Some("hybrid"), ..request };
        assert!(matches!(Retrieval.run(&hybrid, setting), Err(EvalError::NoEncoder)));
    }
}
