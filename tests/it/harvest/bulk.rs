//! Baseline and updates: order, deletions, filters, nothing changed, and killed at any moment.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::{held, settings};
use crate::program::Workspace;
use crate::server::bulk::Shelf;
use crate::server::{Manner, Reply, Server};

const DEFINITION: &str = "[[source]]\nkind = \"pubmed-bulk\"\n";

fn workspace(server: &Server, definition: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.define("c", definition);
    settings(&workspace, "pubmed-files", server);
    workspace
}

fn serving(shelf: Shelf) -> Server {
    Server::start(move |asked| shelf.answer(asked))
}

#[test]
fn updates_replace_and_delete_in_order() {
    let server = serving(Shelf::invented());
    let workspace = workspace(&server, DEFINITION);
    workspace.run(&["harvest", "c"]).expect(0);
    let records: BTreeMap<u64, String> = held(&workspace, "c").into_iter().collect();
    assert_eq!(records.len(), 120 - 2 + 9);
    assert!(records[&12].ends_with("Second.") && records[&6].ends_with("First.") && !records.contains_key(&77));
    // Nothing is fetched again when nothing changed: two pages, and not one file.
    server.forget();
    workspace.run(&["harvest", "c"]).expect(0).says(&["nothing new"]);
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn a_plan_counts_and_fetches_nothing() {
    let server = serving(Shelf::invented());
    let workspace = workspace(&server, DEFINITION);
    let ran = workspace.run(&["harvest", "c", "--dry-run", "--format", "json"]).expect(0);
    let plan = &ran.json()["sources"][0];
    assert_eq!((plan["records"].as_u64(), plan["requests"].as_u64()), (Some(150_000), Some(12)));
    assert_eq!(server.asked().len(), 2);
    assert!(!workspace.path("corpora/c.db").exists(), "a plan writes nothing");
}

#[test]
fn a_filter_keeps_a_topic_and_what_it_kept_stays_up_to_date() {
    let mut shelf = Shelf::invented();
    let chosen = |words: &str| crate::server::records::set([crate::server::records::record(5, words)]);
    shelf.put("updatefiles/pubmed26n0006.xml.gz", &chosen("Otters were chosen."));
    shelf.put("updatefiles/pubmed26n0007.xml.gz", &chosen("They were not."));
    let server = serving(shelf);
    let workspace = workspace(&server, &format!("{DEFINITION}words = [\"otters\"]\n"));
    workspace.run(&["harvest", "c"]).expect(0).says(&["not of the topic"]);
    let records = held(&workspace, "c");
    assert_eq!(records.len(), 1);
    assert!(records[0].1.ends_with("They were not."));
}

#[test]
fn a_query_keeps_a_topic_and_one_that_cannot_be_read_is_said() {
    let mut shelf = Shelf::invented();
    let chosen = |words: &str| crate::server::records::set([crate::server::records::record(5, words)]);
    shelf.put("updatefiles/pubmed26n0006.xml.gz", &chosen("Otters were chosen."));
    shelf.put("updatefiles/pubmed26n0007.xml.gz", &chosen("They were not."));
    let server = serving(shelf);
    let topic = "query = \"(otter*[tiab] AND chosen) NOT 900[pmid]\"\n";
    let workspace = workspace(&server, &format!("{DEFINITION}{topic}"));
    workspace.run(&["harvest", "c"]).expect(0).says(&["not of the topic"]);
    let records = held(&workspace, "c");
    assert_eq!(records.len(), 1);
    assert!(records[0].1.ends_with("They were not."), "what it kept is kept up to date");
    workspace.define("d", &format!("{DEFINITION}query = \"otters[nosuchtag]\"\n"));
    workspace.run(&["harvest", "d"]).expect(3).says(&["otters[nosuchtag]", "nosuchtag"]);
}

#[test]
fn the_flow_of_records_adds_up() {
    let server = serving(Shelf::invented());
    let workspace = workspace(&server, &format!("{DEFINITION}[[source]]\nkind = \"files\"\npaths = [\"own.xml\"]\n"));
    let own =
        crate::server::records::set([crate::server::records::record(5, ""), crate::server::records::record(500, "")]);
    fs::write(workspace.path("corpora/own.xml"), own).unwrap();
    workspace.run(&["harvest", "c"]).expect(0).says(&["1 duplicate"]);
    let flow = workspace.run(&["status", "c", "--prisma", "--format", "json"]).expect(0).json();
    let number = |value: &serde_json::Value| value.as_u64().unwrap();
    assert_eq!(number(&flow["identified"]), 129 + 2);
    assert_eq!(number(&flow["removed"]["duplicates"]), 1);
    assert_eq!(number(&flow["removed"]["withdrawn"]), 2);
    assert_eq!(number(&flow["to_screen"]), 128);
    let text = workspace.run(&["status", "c", "--prisma"]).expect(0).out();
    assert!(text.contains("Records to screen (n = 128)"), "{text}");
    assert!(workspace.run(&["status", "c", "--prisma", "svg"]).expect(0).out().starts_with("<svg"));
}

#[test]
fn a_new_year_replaces_the_old_one() {
    let server = serving(Shelf::invented());
    let workspace = workspace(&server, DEFINITION);
    workspace.run(&["harvest", "c"]).expect(0);
    let mut next = Shelf::default();
    let records = (1..=120).map(|n| crate::server::records::record(n, "Anew."));
    next.put("baseline/pubmed27n0001.xml.gz", &crate::server::records::set(records));
    next.files.extend(Shelf::invented().files.into_iter().filter(|(path, _)| path.starts_with("updatefiles")));
    let server = serving(next);
    settings(&workspace, "pubmed-files", &server);
    workspace.run(&["harvest", "c"]).expect(0);
    let records: BTreeMap<u64, String> = held(&workspace, "c").into_iter().collect();
    assert!((1..=120).all(|n| records[&n].ends_with("Anew.")), "the old year's updates must not come after it");
}

#[test]
fn a_download_that_breaks_goes_on_where_it_stopped() {
    let shelf = Shelf::invented();
    let server = Server::start(move |asked| {
        let reply = shelf.answer(asked);
        let first = asked.path.ends_with(".gz") && asked.header("range").is_none();
        if first { reply.sent(Manner::CutAt(300)) } else { reply }
    });
    let workspace = workspace(&server, DEFINITION);
    workspace.run(&["harvest", "c"]).expect(0);
    assert_eq!(held(&workspace, "c").len(), 127);
    assert!(server.asked().iter().any(|asked| asked.header("range") == Some("bytes=300-")));
}

#[test]
fn an_update_waits_for_the_file_before_it() {
    let shelf = Shelf::invented();
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/baseline/pubmed26n0002.xml.gz" => Reply::status(403),
        _ => shelf.answer(asked),
    });
    let workspace = workspace(&server, DEFINITION);
    workspace.run(&["harvest", "c"]).expect(3).says(&["n0002", "403", "2 update files wait"]);
    assert_eq!(held(&workspace, "c").len(), 80, "the other files of the baseline are there");
    let server = serving(Shelf::invented());
    settings(&workspace, "pubmed-files", &server);
    workspace.run(&["harvest", "c"]).expect(0);
    assert_eq!(held(&workspace, "c").len(), 127);
    let again: Vec<_> = server.asked().into_iter().filter(|asked| asked.path.ends_with("n0001.xml.gz")).collect();
    assert!(again.is_empty(), "what is held is not fetched again");
}

/// Runs and kills until a run comes to its end; the pauses grow, so that every stage is met.
fn kill_and_finish(workspace: &Workspace, moments: u64, step: f64) -> u64 {
    let mut killed = 0;
    for moment in 0..moments {
        let mut child =
            workspace.command(&["harvest", "c"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // A step that is no divisor of anything, so that moments do not repeat.
        sleep(Duration::from_secs_f64(0.005 + step * ((moment as f64 * 0.618_034).fract())));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            killed += 1;
        }
        child.wait().unwrap();
    }
    workspace.run(&["harvest", "c"]).expect(0);
    killed
}

#[test]
fn killed_at_fifty_moments_the_result_is_that_of_an_undisturbed_run() {
    let mut shelf = Shelf::default();
    for file in 0..3_u64 {
        let records = (0..600).map(|n| crate::server::records::record(1 + file * 600 + n, "At first."));
        shelf.put(&format!("baseline/pubmed26n{:04}.xml.gz", file + 1), &crate::server::records::set(records));
    }
    for update in 0..2_u64 {
        let revised = (1..300).map(|n| crate::server::records::record(n * (5 + update), &format!("Revised {update}.")));
        let gone = format!("<DeleteCitation><PMID Version=\"1\">{}</PMID></DeleteCitation>\n", 7 + update);
        let set = crate::server::records::set(revised.chain([gone]));
        shelf.put(&format!("updatefiles/pubmed26n{:04}.xml.gz", update + 4), &set);
    }
    let server = serving(shelf);
    let undisturbed = workspace(&server, DEFINITION);
    undisturbed.run(&["harvest", "c"]).expect(0);
    let expected = held(&undisturbed, "c");
    let disturbed = workspace(&server, DEFINITION);
    let killed = kill_and_finish(&disturbed, 50, 0.25);
    assert!(killed > 0, "no run lasted long enough to be killed");
    assert_eq!(held(&disturbed, "c"), expected);
}

#[test]
fn real_text_survives_being_killed_record_by_record() {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/bulk_pubmed.py");
    if !tool.exists() {
        eprintln!("skipped: {} is not there", tool.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("python3")
        .arg(&tool)
        .arg(folder.path())
        .args(["--files", "3", "--updates", "2", "--records", "3000"])
        .stdout(Stdio::null())
        .status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: {} does not run here", tool.display());
        return;
    }
    let mut shelf = Shelf::default();
    for part in ["baseline", "updatefiles"] {
        for entry in fs::read_dir(folder.path().join(part)).unwrap().flatten() {
            let name = entry.file_name().into_string().unwrap();
            if name.ends_with(".gz") {
                shelf.files.insert(format!("{part}/{name}"), fs::read(entry.path()).unwrap());
            }
        }
    }
    let server = serving(shelf);
    let workspace = workspace(&server, DEFINITION);
    kill_and_finish(&workspace, 50, 1.5);
    compare(&workspace, &fs::read_to_string(folder.path().join("expected.tsv")).unwrap());
}

/// Compares every record held with PMID, version and SHA-256 of its line.
fn compare(workspace: &Workspace, expected: &str) {
    use litmine::store::Store;
    use sha2::{Digest, Sha256};
    let store = Store::open(&workspace.path("corpora/c.db")).unwrap();
    let run = store.begin_run("mine", "test").unwrap();
    let stage = store.stage("test").unwrap();
    let snapshot = store.publish(run, stage, None).unwrap();
    let mut found = Vec::new();
    for version in store.visible_versions(&snapshot).unwrap() {
        let document = store.document_version(version).unwrap().document;
        let record = store.record(version).unwrap();
        let digest: String = Sha256::digest(record.trim_ascii_end()).iter().map(|b| format!("{b:02x}")).collect();
        found.push(format!("{}\t{}\t{digest}", document.identifiers.pmid.unwrap(), document.version));
    }
    found.sort();
    let mut expected: Vec<&str> = expected.lines().collect();
    expected.sort_unstable();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected);
    }
}
