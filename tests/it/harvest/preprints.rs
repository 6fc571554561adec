//! Preprints by months: resumed, not read again, new versions, and the papers that they became.

use std::time::Duration;

use litmine::store::Store;

use super::{killed_after, names, settings};
use crate::program::Workspace;
use crate::server::Server;
use crate::server::preprints::{Preprint, Preprints};

const DEFINITION: &str =
    "[[source]]\nkind = \"preprints\"\nserver = \"medrxiv\"\nfrom = \"2020-01-01\"\nto = \"2020-06-30\"\n";

fn serving(service: Preprints) -> Server {
    Server::start(move |asked| service.answer(asked))
}

fn workspace(server: &Server, definition: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.define("c", definition);
    settings(&workspace, "preprints", server);
    workspace
}

/// Runs a fresh server with these preprints in the place of the one before.
fn again(workspace: &Workspace, service: Preprints) -> Server {
    let server = serving(service);
    settings(workspace, "preprints", &server);
    server
}

#[test]
fn months_are_read_once_and_page_by_page() {
    let server = serving(Preprints::invented(250));
    let workspace = workspace(&server, DEFINITION);
    workspace.run(&["harvest", "c"]).expect(0).says(&["250 new"]);
    assert_eq!(names(&workspace, "c").len(), 250);
    let asked: Vec<String> = server.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(
        asked[..3],
        [
            "/details/medrxiv/2020-01-01/2020-01-31/0",
            "/details/medrxiv/2020-01-01/2020-01-31/30",
            "/details/medrxiv/2020-01-01/2020-01-31/60"
        ]
    );
    assert_eq!(
        asked.last().unwrap(),
        "/details/medrxiv/2020-06-01/2020-06-30/0",
        "a month without a preprint is no fault"
    );
    server.forget();
    workspace.run(&["harvest", "c"]).expect(0).says(&["nothing new"]);
    let asked: Vec<String> = server.asked().into_iter().map(|asked| asked.path).collect();
    assert!(asked.len() == 1 && asked[0].starts_with("/pubs/medrxiv/"), "{asked:?}");
    server.forget();
    workspace.run(&["harvest", "c", "--since", "2020-05-20"]).expect(0);
    assert!(server.asked().iter().any(|asked| asked.path == "/details/medrxiv/2020-05-20/2020-05-31/0"));
}

#[test]
fn the_latest_version_counts_and_the_paper_is_tied_to_it() {
    let today = jiff::Timestamp::now().to_string()[..10].to_owned();
    let definition = "[[source]]\nkind = \"preprints\"\nserver = \"medrxiv\"\nfrom = \"2020-01-01\"\n";
    let server = serving(Preprints::invented(3));
    let workspace = workspace(&server, definition);
    workspace.run(&["harvest", "c"]).expect(0).says(&["3 new"]);
    let mut later = Preprints::invented(3);
    let first = later.preprints[0].clone();
    later.preprints.push(Preprint { version: 2, posted: today.clone(), ..first });
    later.preprints[1].paper = Some(("10.5555/paper".to_owned(), today));
    let _server = again(&workspace, later);
    workspace.run(&["harvest", "c"]).expect(0).says(&["2 revised"]);
    assert_eq!(names(&workspace, "c").len(), 3);
    let store = Store::open(&workspace.path("corpora/c.db")).unwrap();
    let snapshot = store.snapshot().unwrap().unwrap();
    let document = |number: u64| {
        let id = format!("DOI:10.1101/2020.01.01.{:08}", 90_000_000 + number).parse().unwrap();
        store.document(&snapshot, &id).unwrap().unwrap().document
    };
    assert_eq!(document(0).version, 2);
    let published = document(1);
    assert_eq!(published.relations[0].doi.as_deref(), Some("10.5555/paper"));
    assert_eq!(published.licence.unwrap().code.as_deref(), Some("CC BY"), "what `details` said stays beside it");
}

#[test]
fn a_category_is_asked_for_and_an_unknown_one_is_no_answer() {
    let server = serving(Preprints::invented(80));
    let workspace = workspace(&server, &format!("{DEFINITION}category = \"Epidemiology\"\n"));
    // The test's service knows its categories by their very names, as the real one does not.
    workspace.define("d", &format!("{DEFINITION}category = \"epidemiology\"\n"));
    workspace.run(&["harvest", "d"]).expect(0).says(&["20 new"]);
    assert_eq!(server.asked()[0].field("category"), Some("epidemiology"));
    workspace.run(&["harvest", "c"]).expect(0).says(&["20 new"]);
    workspace.define("e", &format!("{DEFINITION}category = \"marble science\"\n"));
    workspace.run(&["harvest", "e"]).expect(3).says(&["no category “marble science”"]);
    assert!(names(&workspace, "e").is_empty());
}

#[test]
fn words_keep_a_topic() {
    let server = serving(Preprints::invented(40));
    let workspace = workspace(&server, &format!("{DEFINITION}words = [\"part 7\"]\n"));
    workspace.run(&["harvest", "c"]).expect(0).says(&["1 new", "39 not of the topic"]);
}

#[test]
fn a_plan_counts_and_fetches_no_records() {
    let server = serving(Preprints::invented(250));
    let workspace = workspace(&server, DEFINITION);
    let plan = workspace.run(&["harvest", "c", "--dry-run", "--format", "json"]).expect(0).json();
    let source = &plan["sources"][0];
    assert_eq!((source["records"].as_u64(), source["requests"].as_u64()), (Some(250), Some(9)));
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn killed_between_pages_it_goes_on_with_the_next() {
    let server = serving(Preprints::invented(900));
    let workspace = workspace(&server, DEFINITION);
    for moment in 0..10 {
        killed_after(&workspace, Duration::from_millis(15 + moment * 9));
    }
    workspace.run(&["harvest", "c"]).expect(0);
    assert_eq!(names(&workspace, "c").len(), 900);
}

#[test]
fn keys_that_make_no_sense_are_refused() {
    for (keys, said) in [
        ("server = \"arxiv\"\nfrom = \"2020-01-01\"", "“biorxiv” or “medrxiv”"),
        ("server = \"biorxiv\"\nfrom = \"last year\"", "from is a day"),
        ("server = \"biorxiv\"\nfrom = \"2020-02-01\"\nto = \"2020-01-01\"", "to is a day before from"),
    ] {
        let workspace = Workspace::new();
        workspace.define("c", &format!("[[source]]\nkind = \"preprints\"\n{keys}\n"));
        workspace.run(&["harvest", "c"]).expect(1).says(&[said]);
    }
}
