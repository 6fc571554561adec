//! What the program answers on the demo corpus.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::program::Workspace;

const QUESTION: [&str; 9] = [
    "lookup",
    "demo",
    "--condition",
    "heart failure",
    "--treatment",
    "SGLT2 inhibitors",
    "--outcome",
    "hospitalisation",
    "--no-vectors",
];

fn answer(workspace: &Workspace) -> Value {
    let mut arguments = QUESTION.to_vec();
    arguments.extend(["--format", "json", "--limit", "50"]);
    workspace.run(&arguments).expect(0).json()
}

#[test]
fn the_demo_answers_with_a_conflict_and_a_retraction() {
    let workspace = Workspace::with_refreshed_demo();
    let answer = answer(&workspace);
    assert_eq!(answer["schema"], 1);
    let summary = &answer["summary"];
    assert_eq!(summary["votes"]["conflict"], true, "{summary:#}");
    assert_eq!(summary["retracted_not_counted"], 1);
    assert!(summary["studies"].as_u64().unwrap() >= 5, "{summary:#}");
    let studies = answer["studies"].as_array().unwrap();
    let retracted: Vec<_> = studies.iter().filter(|study| study["retracted"] == true).collect();
    assert_eq!(retracted.len(), 1);
    assert_eq!(retracted[0]["documents"][0]["id"], "PMID:99000006");
    let flag = &retracted[0]["documents"][0]["flags"][0];
    assert_eq!((&flag["flag"], &flag["notice"]), (&Value::from("retracted"), &Value::from("PMID:99000047")));
    assert_eq!(studies.last().unwrap()["retracted"], true, "retracted studies come last");
    assert_eq!(answer["coverage"]["complete"], true);
}

#[test]
fn two_papers_of_one_trial_have_one_vote() {
    let workspace = Workspace::with_refreshed_demo();
    let answer = answer(&workspace);
    let studies = answer["studies"].as_array().unwrap();
    let trial = studies.iter().find(|study| study["documents"][0]["id"] == "PMID:99000001").unwrap();
    assert_eq!(trial["documents"].as_array().unwrap().len(), 2);
    assert!(trial["grouped_by"][0].as_str().unwrap().contains("registration"));
}

#[test]
fn every_quote_is_a_span_of_the_stored_document_and_holds_its_numbers() {
    let workspace = Workspace::with_refreshed_demo();
    let answer = answer(&workspace);
    let mut quotes = 0;
    for study in answer["studies"].as_array().unwrap() {
        for finding in study["findings"].as_array().unwrap() {
            let id = finding["document"].as_str().unwrap();
            let shown = workspace.run(&["show", "demo", id, "--format", "json"]).expect(0).json();
            let text: Vec<char> = shown["annotation"]["text"].as_str().unwrap().chars().collect();
            let at = |key: &str| finding[key].as_u64().unwrap() as usize;
            let quote: String = text[at("start")..at("end")].iter().collect();
            assert_eq!(quote, finding["quote"].as_str().unwrap());
            for number in finding["numbers"].as_array().unwrap() {
                assert!(quote.contains(number.as_str().unwrap()));
            }
            quotes += 1;
        }
    }
    assert!(quotes > 5);
}

#[test]
fn a_document_is_asked_which_way_an_outcome_went() {
    let workspace = Workspace::with_refreshed_demo();
    let found = workspace.run(&["search", "demo", "aerobic exercise stretching", "--format", "json"]).expect(0).json();
    let id = found["hits"][0]["document"]["id"].as_str().unwrap().to_owned();
    let asked = ["show", "demo", &id, "--treatment", "aerobic exercise", "--comparator", "stretching", "--outcome"];
    let told = |outcome: &str, more: &[&str]| workspace.run(&[&asked[..], &[outcome], more].concat()).expect(0);
    let json = told("depression scores", &["--format", "json"]).json();
    let told_json = &json["told"];
    assert_eq!((&told_json["direction"], &told_json["comparator"]), (&"decreased".into(), &"stretching".into()));
    let quote = told_json["evidence"][0]["text"].as_str().unwrap();
    assert!(quote.contains("12 weeks were lower"), "{quote}");
    let shown = told("depression scores", &[]).out();
    assert!(shown.contains("↓ decreased") && shown.contains("check the quotes"), "{shown}");
    let unnamed = told("bone density", &["--format", "json"]).json();
    assert_eq!((&unnamed["told"]["direction"], &unnamed["told"]["likely"]), (&Value::Null, &Value::Null));
    let none = workspace.run(&["show", "demo", &id, "--outcome", " "]).expect(2).err();
    assert!(none.contains("--outcome"), "{none}");
}

#[test]
fn a_drug_answers_for_its_class_and_says_so() {
    let workspace = Workspace::with_refreshed_demo();
    let answer = answer(&workspace);
    let named: BTreeSet<&str> = answer["studies"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|study| study["findings"].as_array().unwrap())
        .filter_map(|finding| finding["treatment"]["name"].as_str())
        .collect();
    assert!(named.iter().any(|name| name.eq_ignore_ascii_case("empagliflozin")), "{named:?}");
    assert!(named.iter().any(|name| name.eq_ignore_ascii_case("dapagliflozin")), "{named:?}");
}

#[test]
fn people_read_the_same_answer() {
    let workspace = Workspace::with_refreshed_demo();
    let shown = workspace.run(&QUESTION).expect(0).out();
    for words in ["the studies disagree", "RETRACTED says", "Coverage", "complete", "PMID:99000001"] {
        assert!(shown.contains(words), "no “{words}” in\n{shown}");
    }
    assert!(!shown.contains('\u{1b}'), "no colours where nobody watches");
    let colored = workspace.command(&QUESTION).args(["--color", "always"]).output().unwrap();
    assert!(String::from_utf8_lossy(&colored.stdout).contains('\u{1b}'));
}

#[test]
fn the_same_question_has_the_same_answer() {
    let workspace = Workspace::with_refreshed_demo();
    assert_eq!(answer(&workspace), answer(&workspace));
}

#[test]
fn an_unknown_name_is_a_question_that_cannot_be_asked_and_has_neighbours() {
    let workspace = Workspace::with_refreshed_demo();
    let arguments = ["lookup", "demo", "--condition", "hart failure", "--treatment", "metformin"];
    workspace.run(&arguments).expect(2).says(&["hart failure", "Heart Failure"]);
    // A treatment is no condition.
    workspace.run(&["lookup", "demo", "--condition", "metformin"]).expect(2).says(&["as a condition"]);
}

#[test]
fn nothing_found_is_no_error_and_no_evidence_of_absence() {
    let workspace = Workspace::with_refreshed_demo();
    let arguments = ["lookup", "demo", "--condition", "malaria", "--treatment", "warfarin"];
    let ran = workspace.run(&arguments).expect(0);
    assert!(ran.out().contains("no evidence of no effect"), "{}", ran.out());
}

#[test]
fn a_source_that_fails_never_reads_as_no_evidence() {
    let workspace = Workspace::with_refreshed_demo();
    std::fs::rename(workspace.path("corpora/demo/updates"), workspace.path("corpora/demo/elsewhere")).unwrap();
    workspace.run(&["refresh", "demo", "--no-vectors"]).expect(3).says(&["demo/updates"]);
    let ran = workspace.run(&QUESTION).expect(3).says(&["incomplete"]);
    assert!(ran.out().contains("INCOMPLETE") && ran.out().contains("what is missing here may exist"));
    let mut accepted = QUESTION.to_vec();
    accepted.push("--accept-incomplete");
    workspace.run(&accepted).expect(0);
    workspace.run(&["search", "demo", "asthma", "--no-vectors"]).expect(3);
    std::fs::rename(workspace.path("corpora/demo/elsewhere"), workspace.path("corpora/demo/updates")).unwrap();
    workspace.run(&["refresh", "demo", "--no-vectors"]).expect(0);
    workspace.run(&QUESTION).expect(0);
}

#[test]
fn searches_count_what_they_say() {
    let workspace = Workspace::with_refreshed_demo();
    let count = |query: &str| {
        let ran =
            workspace.run(&["search", "demo", query, "--no-vectors", "--format", "json", "--limit", "100"]).expect(0);
        let page = ran.json();
        assert_eq!(page["total"].as_u64().unwrap() as usize, page["hits"].as_array().unwrap().len(), "{query}");
        page["total"].as_u64().unwrap()
    };
    let all = count("empagliflozin OR metformin");
    assert!(all > 5);
    assert_eq!(
        count("empagliflozin AND metformin") + count("empagliflozin NOT metformin"),
        count("empagliflozin AND empagliflozin")
    );
    // The heading of the class is on no record of its drugs: the explosion is over the tree.
    assert!(count("randomized controlled trial[pt]") > 10);
    assert_eq!(count("99000001[pmid]"), 1);
    assert!(count("hospitali*[tiab]") >= count("hospitalization[tiab]"));
    assert!(count("\"heart failure\"[tiab] AND 2021:2023[dp]") > 0);
    let saved = workspace.run(&["search", "demo", "@sglt2-heart-failure", "--no-vectors"]).expect(0);
    assert!(saved.out().contains("Found"));
    workspace.run(&["search", "demo", "cancer[tiabb]", "--no-vectors"]).expect(2).says(&["tiab"]);
}

#[test]
fn deleted_and_revised_records_are_as_the_update_says() {
    let workspace = Workspace::with_refreshed_demo();
    let status = workspace.run(&["status", "demo", "--format", "json"]).expect(0).json();
    let totals = &status["corpora"][0]["totals"];
    assert_eq!((&totals["documents"], &totals["deleted"], &totals["retracted"]), (&100.into(), &1.into(), &2.into()));
    let counts = &status["corpora"][0]["last_run"][0]["counts"];
    assert_eq!((&counts["revised"], &counts["rejected"]), (&6.into(), &0.into()));
    workspace.run(&["refresh", "demo", "--no-vectors"]).expect(0).says(&["nothing new"]);
}

#[test]
fn annotate_needs_nothing_but_a_file() {
    let workspace = Workspace::new();
    let records = concat!(env!("CARGO_MANIFEST_DIR"), "/corpora/demo");
    let ran = workspace.run(&["annotate", records]).expect(0);
    let lines: Vec<Value> = ran.out().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 107);
    let fields = [
        "schema",
        "id",
        "pmid",
        "pmcid",
        "doi",
        "title",
        "year",
        "text",
        "passages",
        "sentences",
        "abbreviations",
        "mentions",
        "study",
        "findings",
    ];
    for line in &lines {
        assert!(fields.iter().all(|field| line.get(field).is_some()));
        let text: Vec<char> = line["text"].as_str().unwrap().chars().collect();
        for mention in line["mentions"].as_array().unwrap() {
            let at = |key: &str| mention[key].as_u64().unwrap() as usize;
            let words: String = text[at("start")..at("end")].iter().collect();
            assert_eq!(words, mention["text"].as_str().unwrap());
        }
    }
}

#[test]
fn a_pubtator_document_keeps_its_own_offsets() {
    use std::io::Write as _;
    let workspace = Workspace::new();
    let mut child = workspace
        .command(&["annotate", "-", "--input-format", "pubtator"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"7|t|Metformin in asthma.\n7|a|Nothing changed.\n\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["text"], "Metformin in asthma.\nNothing changed.");
    let mentions = line["mentions"].as_array().unwrap();
    assert_eq!((&mentions[0]["text"], &mentions[0]["start"]), (&Value::from("Metformin"), &Value::from(0)));
    assert_eq!(mentions[1]["concepts"][0], "MESH:D001249");
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_does_not_fit_on_the_disk_is_an_error() {
    let workspace = Workspace::with_refreshed_demo();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = workspace.command(&QUESTION).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not be written whole"));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let workspace = Workspace::new();
    let records = concat!(env!("CARGO_MANIFEST_DIR"), "/corpora/demo");
    let mut child = workspace.command(&["annotate", records]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn help_has_examples_and_statuses() {
    let workspace = Workspace::new();
    let help = workspace.run(&["--help"]).expect(0).out();
    for words in ["Exit status", "75", "litmine refresh heart", "no medical advice"] {
        assert!(help.contains(words), "{words}");
    }
    for command in ["init", "refresh", "search", "lookup", "show", "annotate", "completions"] {
        assert!(workspace.run(&[command, "--help"]).expect(0).out().contains("Example"), "{command}");
    }
    assert!(workspace.run(&["completions", "bash"]).expect(0).out().contains("litmine"));
    workspace.run(&["lookup", "demo"]).expect(2);
}
