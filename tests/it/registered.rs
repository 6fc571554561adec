//! Registered trials: what reports them, and what `diff` tells of them.

use std::fs;

use serde_json::{Value, json};

use crate::program::Workspace;

/// An invented registration.
fn registration(number: &str, status: &str, with_results: bool) -> Value {
    let mut study = json!({
        "protocolSection": {
            "identificationModule": {"nctId": number, "officialTitle": format!("Dapagliflozin in heart failure, trial {number}")},
            "statusModule": {"overallStatus": status, "studyFirstPostDateStruct": {"date": "2021-02-03"}},
            "conditionsModule": {"conditions": ["Heart Failure"]},
            "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Dapagliflozin"}]},
        },
        "derivedSection": {"conditionBrowseModule": {"meshes": [{"id": "D006333", "term": "Heart Failure"}]}},
    });
    if with_results {
        study["resultsSection"] = json!({"outcomeMeasuresModule": {"outcomeMeasures": [{
            "title": "Hospital admissions for heart failure",
            "description": "Admissions for heart failure were fewer with dapagliflozin than with placebo (P = 0.01)",
            "groups": [{"id": "OG000", "title": "Dapagliflozin"}, {"id": "OG001", "title": "Placebo"}],
            "analyses": [{"groupIds": ["OG000", "OG001"], "paramType": "Hazard Ratio (HR)", "paramValue": "0.74",
                          "ciPctValue": "95", "ciLowerLimit": "0.65", "ciUpperLimit": "0.85", "pValue": "<0.001"}],
        }]}});
    }
    study
}

/// A paper on heart failure that names a registration in its abstract.
fn paper(pmid: u32, title: &str, methods: &str, number: &str) -> String {
    format!(
        "PMID- {pmid}\nOWN - NLM\nDP  - 2023\nTI  - {title}\nAB  - METHODS: {methods} The trial is registered as {number}. RESULTS: \
         Mortality in heart failure was lower with dapagliflozin than with placebo (HR 0.80, 95% CI 0.70 to 0.91, P = 0.001).\n\
         JT  - Journal [Synthetic demonstration record]\nPT  - Journal Article\n\n"
    )
}

const RANDOMISED: &str = "We randomly assigned 900 adults with heart failure to dapagliflozin or placebo.";

/// A corpus of registrations and papers.
struct Trials(Workspace);

impl Trials {
    fn new() -> Self {
        let workspace = Workspace::new();
        fs::create_dir(workspace.path("corpora/in")).unwrap();
        let watch = "[[watch]]\ncondition = \"heart failure\"\ntreatment = \"dapagliflozin\"\n";
        workspace.define("trials", &format!("[[source]]\nkind = \"files\"\npaths = [\"in\"]\n{watch}"));
        Self(workspace)
    }

    /// Takes in these registrations and papers; the instant at which all that is shown.
    fn hold(&self, registrations: &[Value], papers: &str) -> String {
        let page = json!({"studies": registrations}).to_string();
        fs::write(self.0.path("corpora/in/registrations.json"), page).unwrap();
        if !papers.is_empty() {
            fs::write(self.0.path("corpora/in/papers.txt"), papers).unwrap();
        }
        self.0.run(&["refresh", "trials"]).expect(0);
        let status = self.0.run(&["status", "trials", "--format", "json"]).expect(0).json();
        status["corpora"][0]["coverage"]["as_of"].as_str().unwrap().to_owned()
    }

    fn ask(&self) -> Value {
        let question = ["lookup", "trials", "--condition", "heart failure", "--treatment", "dapagliflozin"];
        self.0.run(&[&question[..], &["--format", "json"]].concat()).expect(0).json()
    }

    fn unreported(&self) -> Vec<String> {
        let answer = self.ask();
        let listed = answer["registered"]["listed"].as_array().unwrap();
        listed.iter().map(|one| one["document"]["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// Kind, document and what is said of the trial, of each change of a digest.
fn told(digest: &Value) -> Vec<(String, String, Value)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let changes = digest["questions"][0]["changes"].as_array().unwrap();
    changes.iter().map(|one| (text(&one["kind"]), text(&one["document"]["id"]), one["trial"].clone())).collect()
}

#[test]
fn a_trial_is_reported_by_a_paper_that_names_it_and_not_by_its_protocol_or_a_review() {
    let trials = Trials::new();
    let numbers = ["NCT99000201", "NCT99000202", "NCT99000203"];
    let registered = numbers.map(|number| registration(number, "COMPLETED", false));
    let plan = "Dapagliflozin in heart failure: protocol for a randomised controlled trial";
    let review = "Dapagliflozin in heart failure: a systematic review and meta-analysis";
    let papers = [
        paper(99000201, "Dapagliflozin in heart failure: a randomised controlled trial", RANDOMISED, numbers[0]),
        paper(99000202, plan, "We will randomly assign 900 adults with heart failure.", numbers[1]),
        paper(99000203, review, "We searched three databases for trials.", numbers[2]),
    ];
    trials.hold(&registered, &papers.concat());
    assert_eq!(trials.unreported(), ["NCT:NCT99000202", "NCT:NCT99000203"]);
    // A narrower question leaves the paper out of the answer, and the trial is reported all the same.
    let question = ["--condition", "heart failure", "--treatment", "dapagliflozin", "--outcome", "nausea"];
    let arguments = [&["lookup", "trials"], &question[..], &["--format", "json"]].concat();
    let answer = trials.0.run(&arguments).expect(0).json();
    assert_eq!((&answer["summary"]["studies"], &answer["registered"]["trials"]), (&0.into(), &2.into()));
}

#[test]
fn what_became_of_registered_trials_is_told_once_and_silence_is_kept() {
    let trials = Trials::new();
    let [going, stopped, posted, added] = ["NCT99000211", "NCT99000212", "NCT99000213", "NCT99000214"];
    let first = [
        registration(going, "RECRUITING", false),
        registration(stopped, "ACTIVE_NOT_RECRUITING", false),
        registration(posted, "COMPLETED", false),
    ];
    let since = trials.hold(&first, "");
    let then = [
        registration(going, "COMPLETED", false),
        registration(stopped, "TERMINATED", false),
        registration(posted, "COMPLETED", true),
        registration(added, "NOT_YET_RECRUITING", false),
    ];
    let title = "Dapagliflozin in heart failure: a randomised controlled trial";
    trials.hold(&then, &paper(99000211, title, RANDOMISED, going));
    let arguments = ["diff", "trials", "--since", &since, "--format"];
    let formed = |format: &str| trials.0.run(&[&arguments[..], &[format]].concat()).expect(0);
    let digest = formed("json").json();
    let id = |number: &str| format!("NCT:{number}");
    let state =
        |before: Value, now: &str, by: &[&str]| json!({"status_before": before, "status_now": now, "reported_by": by});
    let found = told(&digest);
    let expected = [
        ("new-study", "PMID:99000211".to_owned(), Value::Null),
        ("results-posted", id(posted), state(json!("COMPLETED"), "COMPLETED", &[])),
        ("now-reported", id(going), state(json!("RECRUITING"), "COMPLETED", &["PMID:99000211"])),
        ("status-changed", id(going), state(json!("RECRUITING"), "COMPLETED", &["PMID:99000211"])),
        ("status-changed", id(stopped), state(json!("ACTIVE_NOT_RECRUITING"), "TERMINATED", &[])),
        ("new-registration", id(added), state(Value::Null, "NOT_YET_RECRUITING", &[])),
    ];
    let expected: Vec<(String, String, Value)> = expected.map(|(kind, id, trial)| (kind.to_owned(), id, trial)).into();
    assert_eq!(found, expected, "{digest:#}");
    let question = &digest["questions"][0];
    // The paper reports one, the results another; one is new.
    assert_eq!(question["registered"], json!({"before": 3, "now": 2}));
    assert_eq!(trials.ask()["registered"]["trials"], 2);
    let findings = |n: usize| question["changes"][n]["findings_new"].as_array().unwrap().len();
    assert!(findings(1) > 0, "the findings of the results");
    let lines = [
        "registered trial: status changed: active not recruiting → terminated",
        "newly registered trial: not yet recruiting",
        "registered trial: now reported: completed · reported by PMID:99000211",
        "registered, not known to be reported: 3 → 2",
    ];
    let shown = formed("table").out();
    for line in lines {
        assert!(shown.contains(line), "no “{line}” in\n{shown}");
    }
    let markdown = formed("markdown").out();
    assert!(
        markdown.contains("**registered trial: status changed** (active not recruiting → terminated)"),
        "{markdown}"
    );
    let page = formed("html").out();
    assert!(page.contains("registered trial: results posted"), "{page}");
    // The refresh told the same, and one that brings nothing leaves nothing.
    let digests = || {
        let entries = fs::read_dir(trials.0.path("corpora/trials.digests")).unwrap().flatten();
        entries.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "md")).count()
    };
    assert_eq!(digests(), 1);
    let quiet = trials.0.run(&["refresh", "trials", "--quiet"]).expect(0);
    assert_eq!((quiet.out().as_str(), quiet.err().as_str(), digests()), ("", "", 1));
}

#[test]
fn a_registration_that_is_gone_is_told() {
    let trials = Trials::new();
    let since = trials.hold(&["NCT99000221", "NCT99000222"].map(|n| registration(n, "RECRUITING", false)), "");
    let mut other = registration("NCT99000222", "WITHDRAWN", false);
    for (part, name) in [("conditionsModule", "conditions"), ("armsInterventionsModule", "interventions")] {
        other["protocolSection"][part][name] = json!([]);
    }
    other["protocolSection"]["identificationModule"]["officialTitle"] = json!("Vitamin D in asthma");
    other["derivedSection"] = json!({});
    trials.hold(&[registration("NCT99000221", "RECRUITING", false), other], "");
    let digest = trials.0.run(&["diff", "trials", "--since", &since, "--format", "json"]).expect(0).json();
    let found = told(&digest);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("revised", "NCT:NCT99000222"));
    assert_eq!(digest["questions"][0]["registered"], json!({"before": 2, "now": 1}));
}
