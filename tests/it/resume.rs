//! Killed at any moment, run at once by two: nothing is lost, and running again finishes the work.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::program::Workspace;

/// Records enough that a refresh takes a while: two baseline files and an update.
fn define_large(workspace: &Workspace) {
    fs::create_dir(workspace.path("corpora/records")).unwrap();
    let record = |pmid: usize, words: &str| {
        format!(
            "<PubmedArticle><MedlineCitation><PMID Version=\"1\">{pmid}</PMID><Article><ArticleTitle>Metformin in asthma, part {pmid}.</ArticleTitle>\
             <Abstract><AbstractText Label=\"RESULTS\">Metformin reduced wheeze (HR 0.{}, 95% CI 0.1 to 0.95). {words}</AbstractText></Abstract>\
             </Article></MedlineCitation></PubmedArticle>",
            11 + pmid % 80
        )
    };
    for file in 0..2 {
        let records: String = (0..400).map(|n| record(1 + file * 400 + n, "")).collect();
        let text = format!("<PubmedArticleSet>{records}</PubmedArticleSet>");
        fs::write(workspace.path(&format!("corpora/records/n{file}.xml")), text).unwrap();
    }
    let revised: String = (1..50).map(|n| record(n * 7, "It was said twice.")).collect();
    let text = format!(
        "<PubmedArticleSet>{revised}<DeleteCitation><PMID Version=\"1\">3</PMID><PMID Version=\"1\">404</PMID></DeleteCitation></PubmedArticleSet>"
    );
    fs::write(workspace.path("corpora/records/n2.xml"), text).unwrap();
    workspace.define("c", "[[source]]\nkind = \"files\"\npaths = [\"records\"]\n");
}

/// Everything that a reader sees, but for instants.
fn state(workspace: &Workspace) -> String {
    let lookup =
        ["lookup", "c", "--condition", "asthma", "--treatment", "metformin", "--limit", "1000", "--format", "json"];
    let mut answer = workspace.run(&lookup).expect(0).json();
    answer["coverage"] = serde_json::Value::Null;
    for study in answer["studies"].as_array_mut().unwrap() {
        for document in study["documents"].as_array_mut().unwrap() {
            document["stored_at"] = serde_json::Value::Null;
        }
    }
    let search = ["search", "c", "metformin[ti] AND twice[tiab]", "--limit", "1000", "--format", "json"];
    let mut hits = workspace.run(&search).expect(0).json();
    hits["coverage"] = serde_json::Value::Null;
    for hit in hits["hits"].as_array_mut().unwrap() {
        hit["document"]["stored_at"] = serde_json::Value::Null;
        hit["score"] = serde_json::Value::Null;
    }
    format!("{answer:#}\n{hits:#}")
}

#[test]
fn killed_at_any_moment_running_again_finishes_the_work() {
    let undisturbed = Workspace::new();
    define_large(&undisturbed);
    undisturbed.run(&["refresh", "c"]).expect(0);
    let expected = state(&undisturbed);
    assert!(expected.contains("\"studies\": 798"), "{}", &expected[..600]);

    let workspace = Workspace::new();
    define_large(&workspace);
    // Moments that grow, so that every stage is met: opening, harvest, mining, indexing.
    let mut killed = 0;
    for moment in 0..20 {
        let mut child =
            workspace.command(&["refresh", "c"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(3 + moment * 17));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            killed += 1;
        }
        child.wait().unwrap();
    }
    assert!(killed > 0, "no run lasted long enough to be killed");
    workspace.run(&["refresh", "c"]).expect(0);
    assert_eq!(state(&workspace), expected);
}

#[test]
fn two_at_once_do_not_meet() {
    let workspace = Workspace::new();
    define_large(&workspace);
    let lock =
        fs::File::options().create(true).truncate(false).write(true).open(workspace.path("corpora/c.lock")).unwrap();
    fs4::FileExt::lock(&lock).unwrap();
    workspace.run(&["refresh", "c"]).expect(75).says(&["another run holds"]);
    workspace.define("d", "[[source]]\nkind = \"files\"\npaths = [\"records\"]\n");
    workspace.run(&["refresh", "--all"]).expect(3).says(&["another run holds"]);
    drop(lock);
    workspace.run(&["refresh", "c"]).expect(0);
}
