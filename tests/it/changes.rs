//! What changed between two states of the demo corpus, and what rests on a document.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::program::{Ran, Workspace};

/// Before every instant at which a test can run, and after.
const LONG_AGO: &str = "2001-01-01";

const POOLED: &str =
    "\n[[watch]]\nname = \"pooled\"\ncondition = \"hypertension\"\noutcome = \"stroke\"\npool = true\n";

/// A demo corpus after its baseline, and again after its updates; with the instant between.
fn updated(settings: Option<&str>) -> (Workspace, String, Ran) {
    let workspace = Workspace::with_demo();
    let definition = workspace.path("corpora/demo.toml");
    let text = fs::read_to_string(&definition).unwrap() + POOLED;
    fs::write(&definition, text.replace("\"demo/updates\", ", "")).unwrap();
    if let Some(settings) = settings {
        fs::create_dir_all(workspace.path("litmine")).unwrap();
        fs::write(workspace.path("litmine/settings.toml"), settings).unwrap();
    }
    workspace.run(&["refresh", "demo", "--no-vectors"]).expect(0);
    assert!(digests(&workspace, "md").is_empty(), "the first state of a corpus is no change");
    let told = workspace.path("corpora/demo.digests/told.json");
    assert!(told.exists());
    let instant = workspace.run(&["status", "demo", "--format", "json"]).expect(0).json();
    let instant = instant["corpora"][0]["coverage"]["as_of"].as_str().unwrap().to_owned();
    let text = fs::read_to_string(&definition).unwrap();
    fs::write(&definition, text.replace("\"demo/baseline\", ", "\"demo/baseline\", \"demo/updates\", ")).unwrap();
    let ran = workspace.run(&["refresh", "demo", "--no-vectors"]);
    (workspace, instant, ran)
}

fn digests(workspace: &Workspace, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(workspace.path("corpora/demo.digests")).into_iter().flatten().flatten();
    let named = |path: &PathBuf| path.extension().is_some_and(|e| e == ending) && !path.ends_with("told.json");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(named).collect();
    found.sort();
    found
}

fn kinds(question: &Value) -> Vec<(String, String)> {
    let changes = question["changes"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    changes.iter().map(|change| (text(&change["kind"]), text(&change["document"]["id"]))).collect()
}

#[test]
fn what_is_new_revised_and_retracted_is_told_and_adds_up() {
    let (workspace, instant, ran) = updated(None);
    ran.expect(0).says(&["answers changed"]);
    let arguments = ["diff", "demo", "--since", &instant, "--format", "json"];
    let digest = workspace.run(&arguments).expect(0).json();
    assert_eq!((&digest["schema"], &digest["changed"]), (&1.into(), &true.into()));
    let question = &digest["questions"][0];
    let found = kinds(question);
    for (kind, id) in [("retracted", "PMID:99000006"), ("new-study", "PMID:99000050"), ("revised", "PMID:99000001")] {
        assert!(found.contains(&(kind.to_owned(), id.to_owned())), "no {kind} {id} in {found:?}");
    }
    assert!(!question["mined_otherwise"].as_bool().unwrap());
    assert!(!found.iter().any(|(kind, _)| kind == "read-anew"), "{found:?}");
    let revised = question["changes"].as_array().unwrap().iter().find(|change| change["kind"] == "revised").unwrap();
    assert!(!revised["findings_new"].as_array().unwrap().is_empty());
    assert!(!revised["findings_gone"].as_array().unwrap().is_empty());
    // Both ends are answers that can be asked for again.
    let ask = |more: &[&str]| {
        let arguments = ["lookup", "demo", "--condition", "heart failure", "--treatment", "SGLT2 inhibitors"];
        workspace.run(&[&arguments, more, &["--format", "json", "--no-vectors"]].concat()).expect(0).json()
    };
    assert_eq!(ask(&["--as-of", &instant])["summary"], question["before"]);
    assert_eq!(ask(&[])["summary"], question["now"]);
    // The digest that the refresh left is the same.
    let left: Vec<PathBuf> = digests(&workspace, "json");
    let kept: Value = serde_json::from_str(&fs::read_to_string(&left[0]).unwrap()).unwrap();
    assert_eq!(kept["questions"], digest["questions"]);
    let shown = workspace.run(&["diff", "demo", "--since", &instant]).expect(0).out();
    assert!(shown.contains("RETRACTED") && shown.contains("new study: ↓ decreased"), "{shown}");
    let markdown = fs::read_to_string(&digests(&workspace, "md")[0]).unwrap();
    assert!(markdown.contains("- **RETRACTED** Empagliflozin prevents"), "{markdown}");
}

#[test]
fn where_nothing_changed_nothing_is_said() {
    let (workspace, _, ran) = updated(None);
    ran.expect(0);
    let ran = workspace.run(&["refresh", "demo", "--no-vectors", "--quiet"]).expect(0);
    assert_eq!((ran.out().as_str(), ran.err().as_str()), ("", ""));
    assert_eq!(digests(&workspace, "md").len(), 1);
    let now = workspace.run(&["status", "demo", "--format", "json"]).expect(0).json();
    let now = now["corpora"][0]["coverage"]["as_of"].as_str().unwrap().to_owned();
    let ran = workspace.run(&["diff", "demo", "--since", &now, "--quiet"]).expect(0);
    assert_eq!((ran.out().as_str(), ran.err().as_str()), ("", ""));
    assert!(workspace.run(&["diff", "demo", "--since", &now]).expect(0).out().contains("nothing changed"));
}

#[test]
fn what_cannot_be_compared_is_usage() {
    let workspace = Workspace::with_refreshed_demo();
    workspace.run(&["diff", "demo", "--since", LONG_AGO]).expect(2).says(&["nothing to show on"]);
    workspace.run(&["diff", "demo", "--since", "yesterday"]).expect(2).says(&["--since yesterday"]);
    workspace.run(&["diff", "demo", "--since", LONG_AGO, "--outcome", "death"]).expect(2).says(&["--condition"]);
    workspace.run(&["search", "demo", "asthma", "--no-vectors", "--format", "markdown"]).expect(2).says(&["markdown"]);
    workspace.define_with_file("bare", "bare.txt", b"");
    let ran = workspace.run(&["diff", "bare", "--since", LONG_AGO]);
    assert!(!ran.succeeded());
}

#[test]
fn a_digest_goes_to_the_command_of_the_settings_and_is_told_again_until_it_takes_it() {
    let (workspace, _, ran) = updated(Some("[watch]\ncommand = [\"false\"]\n"));
    ran.expect(3).says(&["the command false of the settings file"]);
    // What was not taken is told again, though nothing came in.
    let taken = workspace.path("taken.md");
    let settings = format!("[watch]\ncommand = [\"tee\", {:?}]\n", taken.display().to_string());
    fs::write(workspace.path("litmine/settings.toml"), settings).unwrap();
    let ran = workspace.run(&["refresh", "demo", "--no-vectors"]).expect(0);
    assert_eq!(ran.out(), "", "what the command prints is no answer");
    let digest = fs::read_to_string(&digests(&workspace, "md")[0]).unwrap();
    assert_eq!(fs::read_to_string(&taken).unwrap(), digest);
    fs::remove_file(&taken).unwrap();
    workspace.run(&["refresh", "demo", "--no-vectors"]).expect(0);
    assert!(!taken.exists(), "it was told already");
}

#[test]
fn no_shell_reads_the_command() {
    let (workspace, _, ran) = updated(Some("[watch]\ncommand = [\"tee /dev/null; touch broken\"]\n"));
    ran.expect(3).says(&["settings file"]);
    assert!(!workspace.path("broken").exists() && !PathBuf::from("broken").exists());
}

#[test]
fn a_corpus_that_names_a_command_is_refused() {
    let workspace = Workspace::with_demo();
    let definition = workspace.path("corpora/demo.toml");
    let text = fs::read_to_string(&definition).unwrap();
    fs::write(&definition, text + "command = [\"touch\", \"broken\"]\n").unwrap();
    workspace.run(&["refresh", "demo", "--no-vectors"]).expect(1).says(&["settings file"]);
}

#[test]
fn a_watched_question_that_cannot_be_asked_is_said_and_the_others_are_told() {
    let (workspace, _, ran) = updated(None);
    ran.expect(0);
    let definition = workspace.path("corpora/demo.toml");
    let text = fs::read_to_string(&definition).unwrap().replace("\"hypertension\"", "\"hypretension\"");
    fs::write(&definition, text.replace("\"demo/updates\", ", "")).unwrap();
    // A source that delivers less publishes no new state; asked outright, the question is refused.
    workspace.run(&["impact", "99000001"]).expect(3).says(&["hypretension"]);
}

#[test]
fn what_rests_on_a_document_is_its_answers_with_and_without_it() {
    let (workspace, _, ran) = updated(None);
    ran.expect(0);
    let impact = workspace.run(&["impact", "PMID:99000050", "--format", "json"]).expect(0).json();
    assert_eq!(impact["watched"], 2);
    let line = &impact["questions"][0];
    let count = |part: &str, key: &str| line[part][key].as_u64().unwrap();
    assert_eq!(count("after", "studies"), count("before", "studies") - 1);
    assert_eq!(count("after", "retracted_not_counted"), count("before", "retracted_not_counted") + 1);
    assert_eq!(impact["digests"].as_array().unwrap().len(), 1);
    // What was carried out of the corpus rests on it too; a file written again once, standard output not at all.
    assert_eq!(impact["exports"].as_array().unwrap().len(), 0);
    let exported = workspace.path("out.csv");
    let file = exported.to_str().unwrap();
    for _ in 0..2 {
        workspace.run(&["export", "demo", "-o", file, "--as", "csv"]).expect(0);
    }
    workspace.run(&["export", "demo", "--as", "csv"]).expect(0);
    fs::remove_file(&exported).unwrap();
    let impact = workspace.run(&["impact", "PMID:99000050", "--format", "json"]).expect(0).json();
    let exports = impact["exports"].as_array().unwrap();
    assert_eq!((exports.len(), &exports[0]["path"], &exports[0]["is_there"]), (1, &file.into(), &false.into()));
    assert!(exports[0]["documents"].as_u64().unwrap() > 1);
    // One that is retracted already holds nothing up.
    let gone = workspace.run(&["impact", "99000006"]).expect(0).out();
    assert!(gone.contains("nothing depends on it"), "{gone}");
    workspace.run(&["impact", "PMID:1"]).expect(1).says(&["in no corpus"]);
    workspace.run(&["impact", "nonsense"]).expect(2);
}
