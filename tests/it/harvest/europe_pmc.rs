//! Cursors of Europe PMC, and its real records where they are there.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{held, killed_after, names, settings};
use crate::program::Workspace;
use crate::server::europe_pmc::EuropePmc;
use crate::server::{Reply, Server};

const DEFINITION: &str = "[[source]]\nkind = \"europe-pmc\"\nquery = \"wheeze\"\n";

const WITH_TEXTS: &str = "[[source]]\nkind = \"europe-pmc\"\nquery = \"wheeze\"\nfull_text = true\n";

fn workspace(server: &Server) -> Workspace {
    defined(server, DEFINITION)
}

fn defined(server: &Server, definition: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.define("c", definition);
    settings(&workspace, "europe-pmc", server);
    workspace
}

#[test]
fn cursors_are_followed_and_a_later_run_asks_for_updates() {
    let server = Server::start(|asked| EuropePmc { records: 1_234, ..EuropePmc::default() }.answer(asked));
    let workspace = workspace(&server);
    workspace.run(&["harvest", "c"]).expect(0).says(&["1234 new"]);
    let cursors: Vec<String> = server.asked().iter().map(|a| a.field("cursorMark").unwrap().to_owned()).collect();
    assert_eq!(cursors, ["*", "AoE500", "AoE1000"]);
    server.forget();
    workspace.run(&["harvest", "c"]).expect(0).says(&["nothing new"]);
    assert!(server.asked()[0].field("query").unwrap().starts_with("(wheeze) AND (UPDATE_DATE:["));
}

#[test]
fn killed_between_pages_it_goes_on_with_the_next() {
    let server = Server::start(|asked| EuropePmc { records: 5_200, ..EuropePmc::default() }.answer(asked));
    let workspace = workspace(&server);
    for moment in 0..10 {
        killed_after(&workspace, Duration::from_millis(20 + moment * 11));
    }
    workspace.run(&["harvest", "c"]).expect(0);
    assert_eq!(names(&workspace, "c").len(), 5_200);
}

/// An answer of the service that lies among the shared data; none where it does not.
fn recorded(path: &str) -> Option<Vec<u8>> {
    let data = std::env::var_os("LITMINE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), std::path::PathBuf::from);
    fs::read(data.join("api").join(path)).ok()
}

#[test]
fn a_recorded_full_text_is_read() {
    let Some(text) = recorded("europepmc_pygetpapers/PMC8071313/fulltext.xml") else {
        eprintln!("skipped: the recorded answer is not there");
        return;
    };
    let page = "{\"hitCount\":1,\"nextCursorMark\":\"*\",\"resultList\":{\"result\":[\
                {\"id\":\"PMC8071313\",\"source\":\"PMC\",\"pmcid\":\"PMC8071313\",\"title\":\"A\",\"isOpenAccess\":\"Y\"}]}}";
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/PMC8071313/fullTextXML" => Reply::ok(text.clone()),
        _ => Reply::ok(page),
    });
    let workspace = defined(&server, WITH_TEXTS);
    workspace.run(&["harvest", "c"]).expect(0);
    let store = litmine::store::Store::open_read_only(&workspace.path("corpora/c.db")).unwrap();
    assert_eq!(store.without_full_text().unwrap(), [""; 0]);
    assert_eq!(names(&workspace, "c").len(), 1, "the record and its text are one document");
}

#[test]
fn a_recorded_answer_is_read() {
    let Some(answer) = recorded("recorded/europepmc/search_pmid_20516115.json") else {
        eprintln!("skipped: the recorded answer is not there");
        return;
    };
    let server = Server::start(move |_| Reply::ok(answer.clone()));
    let workspace = workspace(&server);
    workspace.run(&["harvest", "c"]).expect(0).says(&["1 new"]);
    assert_eq!(names(&workspace, "c"), ["PMID:20516115"]);
}

/// How many of the documents held have their full text.
fn texts(workspace: &Workspace) -> usize {
    held(workspace, "c").iter().filter(|(_, text)| text.contains("The whole of part")).count()
}

fn asked_for_texts(server: &Server) -> Vec<String> {
    server
        .asked()
        .into_iter()
        .filter_map(|asked| Some(asked.path.strip_suffix("/fullTextXML")?[1..].to_owned()))
        .collect()
}

#[test]
fn open_articles_get_their_full_text_once_with_its_licence() {
    let service = EuropePmc { records: 7, open: 4, refused: Some(102), retracted: None };
    let server = Server::start(move |asked| service.answer(asked));
    let workspace = defined(&server, WITH_TEXTS);
    workspace.run(&["harvest", "c"]).expect(0).says(&["1 article is not open access in Europe PMC: PMC102"]);
    assert_eq!((names(&workspace, "c").len(), texts(&workspace)), (7, 3));
    // Each once, besides the attempts at the one that is refused.
    let mut asked = asked_for_texts(&server);
    asked.dedup();
    assert_eq!(asked, ["PMC101", "PMC102", "PMC103", "PMC104"]);
    workspace.run(&["mine", "c", "--no-vectors"]).expect(0);
    workspace.run(&["index", "c"]).expect(0);
    let out = workspace.run(&["export", "c", "--as", "jsonl"]).expect(0).out();
    let licences =
        out.lines().filter(|line| line.contains("The whole of part") && line.contains("\"licence\":\"CC BY"));
    assert_eq!(licences.count(), 3, "{out}");
    server.forget();
    workspace.run(&["harvest", "c"]).expect(0).says(&["nothing new"]);
    assert_eq!(asked_for_texts(&server), [""; 0], "what is held is not fetched again, nor what is closed");
}

#[test]
fn a_server_that_is_down_is_no_refusal() {
    let service = EuropePmc { records: 7, open: 6, refused: Some(101), retracted: None };
    let down = Arc::new(AtomicBool::new(true));
    let is_down = Arc::clone(&down);
    let server = Server::start(move |asked| {
        let text = asked.path.ends_with("/fullTextXML");
        if text && is_down.load(Ordering::Relaxed) { Reply::status(500) } else { service.answer(asked) }
    });
    let workspace = defined(&server, WITH_TEXTS);
    workspace.run(&["harvest", "c"]).expect(3).says(&["PMC103: ", "no other text came", "3 further full texts wait"]);
    assert_eq!((names(&workspace, "c").len(), texts(&workspace)), (7, 0), "the records came");
    server.forget();
    workspace.run(&["harvest", "c"]).expect(3);
    let mut asked = asked_for_texts(&server);
    asked.dedup();
    assert_eq!(asked, ["PMC104", "PMC105", "PMC106"], "those that were refused wait behind the others");
    down.store(false, Ordering::Relaxed);
    workspace.run(&["harvest", "c"]).expect(0).says(&["1 article is not open access in Europe PMC: PMC101"]);
    assert_eq!(texts(&workspace), 5);
}

#[test]
fn a_refusal_alone_is_told_by_a_text_that_is_held() {
    let first = EuropePmc { records: 3, open: 1, ..EuropePmc::default() };
    let server = Server::start(move |asked| first.answer(asked));
    let workspace = defined(&server, WITH_TEXTS);
    workspace.run(&["harvest", "c"]).expect(0);
    // Another article became open, says its record, and no text follows it.
    let later = EuropePmc { records: 3, open: 3, refused: Some(103), retracted: Some(2) };
    let server = Server::start(move |asked| later.answer(asked));
    settings(&workspace, "europe-pmc", &server);
    workspace.run(&["harvest", "c"]).expect(0).says(&["not open access in Europe PMC: PMC103"]);
    let mut asked = asked_for_texts(&server);
    asked.dedup();
    assert_eq!(asked, ["PMC103", "PMC101"]);
}

#[test]
fn killed_between_full_texts_it_leaves_none_out() {
    let service = EuropePmc { records: 150, open: 120, ..EuropePmc::default() };
    let server = Server::start(move |asked| service.answer(asked));
    let workspace = defined(&server, WITH_TEXTS);
    for moment in 0..8 {
        killed_after(&workspace, Duration::from_millis(30 + moment * 13));
    }
    workspace.run(&["harvest", "c"]).expect(0);
    assert_eq!((names(&workspace, "c").len(), texts(&workspace)), (150, 120));
}

#[test]
fn a_record_that_is_retracted_later_is_flagged_by_the_next_run() {
    let before = EuropePmc { records: 5, ..EuropePmc::default() };
    let server = Server::start(move |asked| before.answer(asked));
    let workspace = workspace(&server);
    let retracted = || {
        // Totals are those of what was published last.
        assert_eq!(names(&workspace, "c").len(), 5);
        let store = litmine::store::Store::open_read_only(&workspace.path("corpora/c.db")).unwrap();
        store.totals().unwrap().retracted
    };
    workspace.run(&["harvest", "c"]).expect(0);
    assert_eq!(retracted(), 0);
    let after = EuropePmc { retracted: Some(3), ..before };
    let server = Server::start(move |asked| after.answer(asked));
    settings(&workspace, "europe-pmc", &server);
    workspace.run(&["harvest", "c"]).expect(0).says(&["1 revised"]);
    assert_eq!(retracted(), 1);
}
