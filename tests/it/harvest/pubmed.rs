//! Searches and pages of E-utilities: parts, windows, keys.

use std::sync::Arc;

use super::{held, settings};
use crate::program::Workspace;
use crate::server::Server;
use crate::server::eutils::Eutils;

const DEFINITION: &str = "[[source]]\nkind = \"pubmed\"\nquery = \"wheeze\"\n";

fn serving(eutils: Eutils) -> Server {
    let eutils = Arc::new(eutils);
    Server::start(move |asked| eutils.answer(asked))
}

fn workspace(server: &Server) -> Workspace {
    let workspace = Workspace::new();
    workspace.define("c", DEFINITION);
    settings(&workspace, "ncbi", server);
    workspace
}

#[test]
fn a_search_past_the_limit_is_fetched_in_parts_that_add_up() {
    let server = serving(Eutils::invented(21_000));
    let workspace = workspace(&server);
    workspace.run(&["harvest", "c"]).expect(0).says(&["21000 new"]);
    let held = held(&workspace, "c");
    assert_eq!(held.len(), 21_000);
    assert!(held.iter().zip(1..).all(|((pmid, _), n)| *pmid == n));
    let beyond = server.asked().iter().filter_map(|a| a.field("retstart")?.parse::<u64>().ok()).max().unwrap();
    assert!(beyond < 9_999, "{beyond}");
}

#[test]
fn a_later_run_asks_for_what_is_new_or_revised_and_says_who_asks() {
    let server = serving(Eutils::invented(450));
    let workspace = workspace(&server);
    workspace.run(&["harvest", "c"]).expect(0).says(&["450 new"]);
    for asked in server.asked() {
        assert_eq!(asked.field("tool"), Some("litmine"));
        assert_eq!(asked.field("api_key"), Some("k3y-of-the-test"));
    }
    server.forget();
    let ran = workspace.run(&["harvest", "c", "-vv"]).expect(0);
    let asked = server.asked();
    assert_eq!(asked.len(), 1, "nothing entered since: one search");
    let term = asked[0].field("term").unwrap();
    assert!(term.contains("[EDAT]") && term.contains("[MDAT]"), "{term}");
    assert!(!ran.err().contains("k3y-of-the-test"), "the key was logged");
    let store = std::fs::read(workspace.path("corpora/c.db")).unwrap();
    assert!(!String::from_utf8_lossy(&store).contains("k3y-of-the-test"), "the key was stored");
    // What changed since a day that the user names is read again.
    server.forget();
    workspace.run(&["harvest", "c", "--since", "2026-01-20"]).expect(0).says(&["unchanged"]);
    assert!(server.asked()[0].field("term").unwrap().contains("2026/01/20"));
}

#[test]
fn a_plan_asks_for_the_count_alone() {
    let server = serving(Eutils::invented(450));
    let workspace = workspace(&server);
    let ran = workspace.run(&["harvest", "c", "--dry-run", "--format", "json"]).expect(0);
    let plan = &ran.json()["sources"][0];
    assert_eq!((plan["records"].as_u64(), plan["requests"].as_u64()), (Some(450), Some(4)));
    assert_eq!(server.asked().len(), 1);
}
