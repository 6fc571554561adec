//! Cursors of Europe PMC, and its real records where they are there.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use super::{names, settings};
use crate::program::Workspace;
use crate::server::europe_pmc::EuropePmc;
use crate::server::{Reply, Server};

const DEFINITION: &str = "[[source]]\nkind = \"europe-pmc\"\nquery = \"wheeze\"\n";

fn workspace(server: &Server) -> Workspace {
    let workspace = Workspace::new();
    workspace.define("c", DEFINITION);
    settings(&workspace, "europe-pmc", server);
    workspace
}

#[test]
fn cursors_are_followed_and_a_later_run_asks_for_updates() {
    let server = Server::start(|asked| EuropePmc { records: 1_234 }.answer(asked));
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
    let server = Server::start(|asked| EuropePmc { records: 5_200 }.answer(asked));
    let workspace = workspace(&server);
    for moment in 0..10 {
        let mut child =
            workspace.command(&["harvest", "c"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(20 + moment * 11));
        let _ = child.kill();
        child.wait().unwrap();
    }
    workspace.run(&["harvest", "c"]).expect(0);
    assert_eq!(names(&workspace, "c").len(), 5_200);
}

#[test]
fn a_recorded_answer_is_read() {
    let data = std::env::var_os("LITMINE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), std::path::PathBuf::from);
    let recorded = data.join("api/recorded/europepmc/search_pmid_20516115.json");
    let Ok(answer) = fs::read(&recorded) else {
        eprintln!("skipped: {} is not there", recorded.display());
        return;
    };
    let server = Server::start(move |_| Reply::ok(answer.clone()));
    let workspace = workspace(&server);
    workspace.run(&["harvest", "c"]).expect(0).says(&["1 new"]);
    assert_eq!(names(&workspace, "c"), ["PMID:20516115"]);
}
