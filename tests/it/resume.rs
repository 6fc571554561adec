//! Killed at any moment, run at once by two: nothing is lost, and running again finishes the work.

use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

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
        let records: String = (0..150).map(|n| record(1 + file * 150 + n, "")).collect();
        let text = format!("<PubmedArticleSet>{records}</PubmedArticleSet>");
        fs::write(workspace.path(&format!("corpora/records/n{file}.xml")), text).unwrap();
    }
    let revised: String = (1..40).map(|n| record(n * 7, "It was said twice.")).collect();
    let text = format!(
        "<PubmedArticleSet>{revised}<DeleteCitation><PMID Version=\"1\">3</PMID><PMID Version=\"1\">204</PMID></DeleteCitation></PubmedArticleSet>"
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
    let start = Instant::now();
    undisturbed.run(&["refresh", "c"]).expect(0);
    let whole = start.elapsed();
    let expected = state(&undisturbed);
    assert!(expected.contains("\"studies\": 298"), "{}", &expected[..600]);

    let workspace = Workspace::new();
    define_large(&workspace);
    // Moments all over the time that a run takes: opening, harvest, mining, indexing.
    let mut killed = 0;
    let mut random = 20_260_101_u64;
    for _ in 0..20 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = whole.mul_f64((random >> 11) as f64 / (1_u64 << 53) as f64);
        let mut child =
            workspace.command(&["refresh", "c"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(moment);
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

fn signal(id: u32, name: &str) {
    assert!(Command::new("kill").args([name, &id.to_string()]).status().unwrap().success());
}

#[test]
fn a_second_refresh_is_turned_away() {
    let workspace = Workspace::new();
    define_large(&workspace);
    // A store that is there: what is stopped while it makes one may hold it against readers too.
    let update = workspace.path("corpora/records/n2.xml");
    let aside = workspace.path("n2.xml");
    fs::rename(&update, &aside).unwrap();
    workspace.run(&["refresh", "c"]).expect(0);
    fs::rename(&aside, &update).unwrap();
    let mut first = workspace.command(&["refresh", "c"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Once the first holds the corpus it is made to wait, however fast it is.
    let held = || {
        let lock = fs::File::options().write(true).open(workspace.path("corpora/c.lock"));
        lock.is_ok_and(|lock| fs4::FileExt::try_lock(&lock).is_err())
    };
    while !held() {
        assert!(first.try_wait().unwrap().is_none(), "it ended before it held the corpus");
        sleep(Duration::from_millis(1));
    }
    signal(first.id(), "-STOP");
    workspace.run(&["refresh", "c"]).expect(75).says(&["another run holds"]);
    workspace.run(&["mine", "c"]).expect(75);
    workspace.run(&["index", "c"]).expect(75);
    workspace.run(&["status", "c"]).expect(0);
    signal(first.id(), "-CONT");
    assert!(first.wait().unwrap().success());
    workspace.run(&["refresh", "c"]).expect(0);
}

#[test]
fn who_reads_during_a_refresh_sees_the_old_state_or_the_new_one() {
    let workspace = Workspace::new();
    define_large(&workspace);
    let update = workspace.path("corpora/records/n2.xml");
    let aside = workspace.path("n2.xml");
    fs::rename(&update, &aside).unwrap();
    workspace.run(&["refresh", "c"]).expect(0);
    let studies = || {
        let lookup = ["lookup", "c", "--condition", "asthma", "--treatment", "metformin", "--format", "json"];
        workspace.run(&lookup).expect(0).json()["summary"]["studies"].as_u64().unwrap()
    };
    let search = || {
        let search = ["search", "c", "metformin[ti] AND twice[tiab]", "--format", "json"];
        workspace.run(&search).expect(0).json()["total"].as_u64().unwrap()
    };
    assert_eq!((studies(), search()), (300, 0));
    fs::rename(&aside, &update).unwrap();
    let mut writer = workspace.command(&["refresh", "c"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut reads = 0;
    while writer.try_wait().unwrap().is_none() {
        let (studies, hits) = (studies(), search());
        assert!(studies == 300 || studies == 298, "{studies}");
        assert!(hits == 0 || hits == 39, "{hits}");
        reads += 1;
    }
    assert!(writer.wait().unwrap().success() && reads > 0);
    assert_eq!((studies(), search()), (298, 39));
}
