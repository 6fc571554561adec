//! The corpora of a workspace, opened when they are first asked for and again when they are no more what they were.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::asked;
use super::opened::{Opened, Stamp};
use crate::cli::commands::lookup::{check_instant, question};
use crate::cli::commands::search::{Sought, found};
use crate::cli::commands::{show, status};
use crate::cli::errors::Failure;
use crate::cli::settings::Settings;
use crate::corpus::CorpusError;
use crate::index::IndexError;
use crate::lookup::{Answer, Lookup, LookupError, MapRequest, Question};
use crate::report::{CorpusPage, DocumentPage, EntrancePage, HitPage, MapPage};
use crate::serve::{Answers, LookupRequest, Refusal, RefusalKind, SearchRequest};
use crate::store::StoreError;

/// Rows, columns and listed studies of a map, as the command has them.
const MAP: (usize, usize) = (20, 10);

pub(super) struct Shelf {
    settings: Settings,
    opened: RwLock<HashMap<String, Arc<Opened>>>,
}

impl Shelf {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings, opened: RwLock::new(HashMap::new()) }
    }

    /// The corpus of this name, as its files are now.
    fn corpus(&self, name: &str) -> Result<Arc<Opened>, Failure> {
        let workspace = &self.settings.workspace;
        let stamp = Stamp::of(workspace, name);
        let kept = self.opened.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(kept) = kept.filter(|kept| kept.is_as(&stamp)) {
            return Ok(kept);
        }
        let opened = Arc::new(Opened::open(workspace.corpus(name)?, stamp)?);
        self.opened.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), Arc::clone(&opened));
        Ok(opened)
    }

    fn look_up(&self, request: &LookupRequest) -> Result<Answer, Failure> {
        let (asked, sort, limit) = asked::lookup(request)?;
        let question = Question { limit, ..question(&asked, sort)? };
        let opened = self.corpus(&request.corpus)?;
        let Some(instant) = &request.as_of else {
            return opened.with(|_, lookup| Ok(lookup.answer(&question)?));
        };
        check_instant("as_of", instant)?;
        opened.with(|store, _| {
            let sources = opened.sources.clone();
            let then = Lookup::new(&opened.corpus.name, store, &opened.vocabulary, sources, Some(instant))?;
            Ok(then.answer(&question)?)
        })
    }

    fn sought(&self, request: &SearchRequest) -> Result<HitPage, Failure> {
        let arguments = asked::search(request)?;
        let opened = self.corpus(&request.corpus)?;
        opened.with(|store, lookup| {
            let searcher = opened.searcher()?;
            let at = Sought {
                corpus: &opened.corpus,
                store,
                vocabulary: &opened.vocabulary,
                searcher: &searcher,
                lookup,
                encoder: self.settings.encoder.as_ref(),
            };
            found(&arguments, &at)
        })
    }

    fn shown(&self, id: &str, corpus: Option<&str>) -> Result<Option<DocumentPage>, Failure> {
        let names = corpus.map_or_else(|| self.settings.workspace.names(), |name| vec![name.to_owned()]);
        for name in names {
            let page = self
                .corpus(&name)
                .and_then(|opened| opened.with(|_, lookup| show::page(id, lookup, &opened.vocabulary)));
            match page {
                Ok(None) => {}
                // Of all corpora, those that have nothing to show yet are passed over.
                Err(failure) if corpus.is_none() && kind(&failure) == RefusalKind::NotReady => {}
                found => return found,
            }
        }
        Ok(None)
    }
}

impl Answers for Shelf {
    fn corpora(&self) -> Result<EntrancePage, Refusal> {
        let workspace = &self.settings.workspace;
        // A definition that cannot be read is no corpus to choose; asked by name, it says what is wrong.
        let title = |name: String| Some((workspace.corpus(&name).ok()?.definition.title, name));
        let corpora = workspace.names().into_iter().filter_map(title);
        Ok(EntrancePage { corpora: corpora.map(|(title, name)| (name, title)).collect() })
    }

    fn status(&self, corpus: &str) -> Result<CorpusPage, Refusal> {
        let page = || status::page(self.settings.workspace.corpus(corpus)?, false);
        page().map_err(refusal)
    }

    fn lookup(&self, request: &LookupRequest) -> Result<Answer, Refusal> {
        self.look_up(request).map_err(refusal)
    }

    fn search(&self, request: &SearchRequest) -> Result<HitPage, Refusal> {
        self.sought(request).map_err(refusal)
    }

    fn document(&self, id: &str, corpus: Option<&str>) -> Result<DocumentPage, Refusal> {
        self.shown(id, corpus).map_err(refusal)?.ok_or_else(|| Refusal {
            kind: RefusalKind::Unknown,
            message: "no corpus that was asked holds this document".to_owned(),
            hint: None,
        })
    }

    fn map(&self, corpus: &str) -> Result<MapPage, Refusal> {
        let (limit, studies) = MAP;
        let request = MapRequest { limit, studies, ..MapRequest::default() };
        let map = self.corpus(corpus).and_then(|opened| opened.map(&request)).map_err(refusal)?;
        Ok(MapPage { corpus: corpus.to_owned(), map })
    }
}

fn kind(failure: &Failure) -> RefusalKind {
    match failure {
        Failure::Corpus(CorpusError::Unknown { .. } | CorpusError::Name(_)) => RefusalKind::Unknown,
        Failure::Lookup(LookupError::NotMined { .. } | LookupError::Outdated { .. })
        | Failure::Store(StoreError::Missing { .. })
        | Failure::Index(IndexError::Missing { .. } | IndexError::OtherFormat { .. }) => RefusalKind::NotReady,
        failure if failure.is_usage() => RefusalKind::Question,
        _ => RefusalKind::Failed,
    }
}

/// What is said to who asked: of this machine's files nothing.
fn refusal(failure: Failure) -> Refusal {
    let kind = kind(&failure);
    let hint = failure.hint().map(str::to_owned);
    let (message, hint) = match (&failure, kind) {
        (Failure::Corpus(_), RefusalKind::Unknown) => {
            ("there is no corpus of that name".to_owned(), Some("GET /corpora lists those that there are".to_owned()))
        }
        (Failure::Store(StoreError::Missing { .. }), _) => ("the corpus was never harvested".to_owned(), None),
        // What went wrong inside names files; this machine's own commands tell more.
        (_, RefusalKind::Failed) => (
            "the corpus could not be read".to_owned(),
            Some("litmine status, on the machine that serves, says more".to_owned()),
        ),
        _ => (failure.message(), hint),
    };
    Refusal { kind, message, hint }
}
