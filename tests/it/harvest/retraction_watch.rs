//! Retraction Watch's table: flags on what is held and on what comes later, and never documents.

use std::fs;

use super::{names, settings};
use crate::program::Workspace;
use crate::server::records::{md5, record, set};
use crate::server::retraction_watch::{row, table};
use crate::server::{Reply, Server};

const SOURCE: &str = "[[source]]\nkind = \"retraction-watch\"\n";

/// A server that has this table and no other.
fn serving(table: String) -> Server {
    Server::start(move |asked| match asked.path.as_str() {
        "/retraction_watch.csv" => Reply::file(asked, table.as_bytes(), &format!("\"{}\"", md5(table.as_bytes()))),
        _ => Reply::status(404),
    })
}

/// The PMIDs of the papers that are flagged as retracted.
fn retracted(workspace: &Workspace) -> Vec<String> {
    workspace.run(&["refresh", "c", "--no-vectors", "--only", "files"]).expect(0);
    let out = workspace.run(&["export", "c", "--as", "jsonl", "--accept-incomplete"]).expect(0).out();
    let objects = out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    objects
        .filter(|object| object["flags"].as_array().unwrap().iter().any(|flag| flag == "retracted"))
        .map(|object| object["pmid"].as_str().unwrap().to_owned())
        .collect()
}

fn workspace(server: &Server, pmids: &[u64]) -> Workspace {
    let workspace = Workspace::new();
    workspace.define("c", &format!("{SOURCE}[[source]]\nkind = \"files\"\npaths = [\"own.xml\"]\n"));
    hold(&workspace, pmids);
    settings(&workspace, "retraction-watch", server);
    workspace
}

fn hold(workspace: &Workspace, pmids: &[u64]) {
    fs::write(workspace.path("corpora/own.xml"), set(pmids.iter().map(|pmid| record(*pmid, "")))).unwrap();
}

#[test]
fn what_is_held_and_what_comes_later_is_flagged_and_who_says_so_is_shown() {
    let rows = [
        row(1, "1/31/2020", "unavailable", 5, "Retraction"),
        row(2, "1/31/2020", "10.5555/6", 6, "Retraction"),
        row(3, "2/1/2020", "unavailable", 6, "Reinstatement"),
        row(4, "2/1/2020", "10.5555/none", 0, "Correction"),
        row(5, "2/1/2020", "unavailable", 9, "Retraction"),
    ];
    let server = serving(table(rows));
    let workspace = workspace(&server, &[5, 6, 7]);
    let plan = workspace.run(&["harvest", "c", "--dry-run"]).expect(0).out();
    assert!(plan.contains("retraction-watch") && plan.contains("1 requests"), "{plan}");
    workspace.run(&["harvest", "c"]).expect(0).says(&["harvested retraction-watch: 5 found, 5 new"]);
    assert_eq!(names(&workspace, "c").len(), 3, "a row is no document");
    assert_eq!(retracted(&workspace), ["5"]);
    let shown = workspace.run(&["search", "c", "wheeze"]).expect(0).out();
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("RETRACTED says Retraction Watch, record 1 (notice DOI:10.5555/notice.1)"), "{shown}");
    // Nothing changed: one question, and nothing new.
    server.forget();
    workspace.run(&["harvest", "c"]).expect(0).says(&["harvested retraction-watch: nothing new"]);
    assert_eq!(server.asked().len(), 1);
    assert!(server.asked()[0].header("if-none-match").is_some());
    // A paper that comes later.
    hold(&workspace, &[5, 6, 7, 9]);
    assert_eq!(retracted(&workspace), ["5", "9"]);
    let flow = workspace.run(&["status", "c", "--prisma", "--format", "json"]).expect(0).json();
    assert_eq!(flow["identified"].as_u64(), Some(4), "rows are not among the records of a review");
}

#[test]
fn a_table_that_lost_many_rows_is_reported_and_what_it_said_stands() {
    let all: Vec<String> = (1..=300).map(|n| row(n, "1/31/2020", "unavailable", n, "Retraction")).collect();
    let server = serving(table(all.clone()));
    let workspace = workspace(&server, &[250]);
    workspace.run(&["harvest", "c"]).expect(0).says(&["300 new"]);
    let short = serving(table(all[..200].to_vec()));
    settings(&workspace, "retraction-watch", &short);
    workspace.run(&["harvest", "c"]).expect(3).says(&["100 of 300 statements", "cut short"]);
    assert_eq!(retracted(&workspace), ["250"]);
    // Of the next one that is whole the rest is believed.
    let whole = serving(table(all[..290].to_vec()));
    settings(&workspace, "retraction-watch", &whole);
    workspace.run(&["harvest", "c"]).expect(0).says(&["10 deleted"]);
}

#[test]
fn a_nightly_run_is_silent_about_papers_that_nobody_holds() {
    let mut rows = vec![row(1, "1/31/2020", "unavailable", 70, "Retraction")];
    let server = serving(table(rows.clone()));
    let workspace = workspace(&server, &[5]);
    workspace.run(&["refresh", "--all", "--no-vectors"]).expect(0);
    rows.push(row(2, "1/31/2020", "unavailable", 71, "Retraction"));
    let server = serving(table(rows.clone()));
    settings(&workspace, "retraction-watch", &server);
    let ran = workspace.run(&["refresh", "--all", "--no-vectors"]).expect(0);
    assert_eq!((ran.out(), ran.err()), (String::new(), String::new()));
    rows.push(row(3, "1/31/2020", "unavailable", 5, "Retraction"));
    let server = serving(table(rows));
    settings(&workspace, "retraction-watch", &server);
    workspace.run(&["refresh", "--all", "--no-vectors"]).expect(0).says(&["1 new", "indexed 1 documents"]);
}

#[test]
fn a_file_of_this_machine_is_read_and_its_bad_rows_are_named() {
    let workspace = Workspace::new();
    let bad = row(2, "31/31/2020", "unavailable", 6, "Retraction");
    let rows = [row(1, "1/31/2020", "unavailable", 5, "Retraction"), bad];
    fs::write(workspace.path("corpora/rw.csv"), table(rows)).unwrap();
    workspace.define("c", &format!("{SOURCE}path = \"rw.csv\"\n"));
    workspace.run(&["harvest", "c"]).expect(3).says(&["1 new", "line 3: “31/31/2020 0:00” is no date"]);
    workspace.define("d", &format!("{SOURCE}path = \"none.csv\"\n"));
    workspace.run(&["harvest", "d"]).expect(3).says(&["none.csv"]);
    workspace.define("e", &format!("{SOURCE}path = \"rw.csv\"\nurl = \"https://example.org/x.csv\"\n"));
    workspace.run(&["harvest", "e"]).expect(1).says(&["not both"]);
    workspace.define("f", &format!("{SOURCE}url = \"http://example.org/x.csv\"\n"));
    workspace.run(&["harvest", "f"]).expect(1).says(&["url"]);
}

#[test]
fn another_address_may_be_named() {
    let text = table([row(1, "1/31/2020", "unavailable", 5, "Retraction")]);
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/mirror/rw.csv" => Reply::ok(text.clone()),
        _ => Reply::status(404),
    });
    let workspace = Workspace::new();
    workspace.define("c", &format!("{SOURCE}url = \"{}mirror/rw.csv\"\n", server.address()));
    workspace.run(&["harvest", "c"]).expect(0).says(&["1 new"]);
    workspace.run(&["harvest", "c"]).expect(0).says(&["nothing new"]);
}
