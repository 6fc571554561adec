//! The nightly job: silent when nothing changed, a record of each run, one failing source does not stop the others.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harvest::settings;
use crate::program::Workspace;
use crate::server::bulk::Shelf;
use crate::server::{Reply, Server};

fn record(workspace: &Workspace, corpus: &str) -> Value {
    serde_json::from_slice(&fs::read(workspace.path(&format!("corpora/{corpus}.run.json"))).unwrap()).unwrap()
}

#[test]
fn it_says_what_changed_and_nothing_when_nothing_did() {
    let workspace = Workspace::with_demo();
    let first = workspace.run(&["refresh", "--all", "--no-vectors"]).expect(0);
    assert!(first.err().contains("harvested"), "{}", first.err());
    let run = record(&workspace, "demo");
    assert_eq!((run["outcome"].as_str(), run["changed"].as_bool()), (Some("complete"), Some(true)));
    assert!(run["sources"][0]["counts"]["new"].as_u64().unwrap() > 0);
    let second = workspace.run(&["refresh", "--all", "--no-vectors"]).expect(0);
    assert_eq!((second.out(), second.err()), (String::new(), String::new()));
    assert_eq!(record(&workspace, "demo")["changed"], false);
}

#[test]
fn one_failing_source_does_not_stop_the_others() {
    let server = Server::start(|_| Reply::status(403));
    let workspace = Workspace::with_demo();
    settings(&workspace, "pubmed-files", &server);
    let demo = fs::read_to_string(workspace.path("corpora/demo.toml")).unwrap();
    let first = demo.find("[[source]]").unwrap();
    let both = format!("{}[[source]]\nkind = \"pubmed-bulk\"\n\n{}", &demo[..first], &demo[first..]);
    fs::write(workspace.path("corpora/demo.toml"), both).unwrap();
    workspace.run(&["refresh", "--all", "--no-vectors"]).expect(3).says(&["403"]);
    let run = record(&workspace, "demo");
    assert_eq!(run["sources"][0]["outcome"], "failed");
    assert!(run["sources"][1]["counts"]["new"].as_u64().unwrap() > 0);
    // A look-up says that a source failed.
    let lookup = ["lookup", "demo", "--condition", "asthma", "--format", "json"];
    assert_eq!(workspace.run(&lookup).expect(3).json()["coverage"]["complete"], false);
    // One source alone.
    let only = workspace.run(&["harvest", "demo", "--only", "files"]).expect(0);
    assert!(!only.err().contains("pubmed-bulk"), "{}", only.err());
    workspace.run(&["harvest", "demo", "--only", "pubmed"]).expect(2).says(&["no source “pubmed”"]);
}

#[test]
fn a_refresh_reads_from_the_network_and_mines() {
    let shelf = Shelf::invented();
    let server = Server::start(move |asked| shelf.answer(asked));
    let workspace = Workspace::new();
    workspace.define("c", "[[source]]\nkind = \"pubmed-bulk\"\n");
    settings(&workspace, "pubmed-files", &server);
    workspace.run(&["refresh", "c", "--format", "json"]).expect(0);
    let hits = workspace.run(&["search", "c", "marbles[ti]", "--format", "json"]).expect(0).json();
    assert_eq!(hits["total"], 127);
}

#[test]
fn the_script_runs_the_program_and_needs_a_workspace() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/nightly");
    let workspace = Workspace::with_demo();
    let program = Path::new(env!("CARGO_BIN_EXE_litmine")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let run = |folder: &Path| {
        let mut command = Command::new(&script);
        command.arg(folder).env("PATH", &path).env("XDG_CONFIG_HOME", folder).env_remove("LITMINE_WORKSPACE");
        // Without an encoder: the script is under test, and not the transformer.
        command.env("LITMINE_ENCODER", folder.join("none"));
        command.output().unwrap()
    };
    let output = run(&workspace.path("corpora"));
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    workspace.run(&["refresh", "demo", "--no-vectors"]).expect(0);
    let output = run(&workspace.path("."));
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stderr));
}
