//! Questions in words, filters and pooling, on the demo corpus.

use serde_json::Value;

use crate::program::Workspace;

const WORDS: &str = "does empagliflozin reduce hospital admission in heart failure?";

fn ask(workspace: &Workspace, more: &[&str]) -> Value {
    let mut arguments = vec!["lookup", "demo", "--format", "json", "--limit", "100"];
    arguments.extend(more);
    workspace.run(&arguments).expect(0).json()
}

fn studies(answer: &Value) -> Vec<Value> {
    answer["studies"].as_array().unwrap().clone()
}

#[test]
fn a_question_in_words_is_understood_and_said_first() {
    let workspace = Workspace::with_refreshed_demo();
    let answer = ask(&workspace, &[WORDS]);
    let question = &answer["question"];
    assert_eq!(question["condition"]["concept"], "MESH:D006333");
    assert!(question["treatment"]["name"].as_str().unwrap().eq_ignore_ascii_case("empagliflozin"));
    assert_eq!((&question["kind"], &question["direction"]), (&"therapy".into(), &"decreased".into()));
    assert_eq!(question["outcome"]["asked"], "hospital admission");
    // The words and the names ask the same.
    let named = ["--condition", "heart failure", "--treatment", "empagliflozin", "--outcome", "hospital admission"];
    assert_eq!(ask(&workspace, &named)["studies"], answer["studies"]);
    assert!(!studies(&answer).is_empty());
    let shown = workspace.run(&["lookup", "demo", WORDS]).expect(0).out();
    assert!(
        shown.starts_with("Understood a question of therapy: whether “hospital admission” is decreased"),
        "{shown}"
    );
    // A flag counts before the words.
    let overruled = ask(&workspace, &[WORDS, "--treatment", "dapagliflozin"]);
    assert!(overruled["question"]["treatment"]["name"].as_str().unwrap().eq_ignore_ascii_case("dapagliflozin"));
}

#[test]
fn words_that_are_not_used_are_said_and_nothing_of_a_question_is_kept() {
    let workspace = Workspace::with_refreshed_demo();
    let words = "does empagliflozin reduce hospital admission in quagga owners with heart failure?";
    let shown = workspace.run(&["lookup", "demo", words, "-vv"]).expect(0);
    assert!(shown.out().contains("“quagga”") && shown.out().contains("does not depend on it"), "{}", shown.out());
    assert!(!shown.err().contains("quagga"));
    let mut folders = vec![workspace.path("")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                assert!(!bytes.windows(6).any(|window| window == b"quagga"), "{}", path.display());
            }
        }
    }
}

#[test]
fn a_question_that_is_not_understood_is_usage_and_says_why() {
    let workspace = Workspace::with_refreshed_demo();
    workspace.run(&["lookup", "demo", "what is the weather like?"]).expect(2).says(&["--condition"]);
    workspace.run(&["lookup", "demo", "does empaglifozin help heart failure?"]).expect(2).says(&["mpagliflozin"]);
    workspace.run(&["lookup", "demo", &"heart failure ".repeat(7000)]).expect(2).says(&["1000 characters"]);
}

#[test]
fn filters_leave_what_they_name() {
    let workspace = Workspace::with_refreshed_demo();
    let about = ["--condition", "heart failure"];
    let with = |more: &[&str]| studies(&ask(&workspace, &[&about, more].concat()));
    let all = with(&[]);
    let lead = |study: &Value, key: &str| study["documents"][0][key].clone();
    let trials = with(&["--design", "rct"]);
    assert!(!trials.is_empty() && trials.len() < all.len());
    assert!(trials.iter().all(|study| lead(study, "design") == "randomized-controlled-trial"));
    let recent = with(&["--year", "2022:"]);
    assert!(!recent.is_empty() && recent.iter().all(|study| lead(study, "year").as_u64().unwrap() >= 2022));
    let large = with(&["--min-n", "1000"]);
    assert!(!large.is_empty() && large.len() < all.len());
    let best = with(&["--level", "1b"]);
    assert!(best.iter().all(|study| ["1a", "1b"].contains(&lead(study, "level").as_str().unwrap())));
    let newest = with(&["--sort", "date"]);
    let years: Vec<u64> =
        newest.iter().filter(|s| s["retracted"] == false).map(|s| lead(s, "year").as_u64().unwrap()).collect();
    assert!(years.is_sorted_by(|a, b| a >= b), "{years:?}");
    let id = lead(&all[0], "id");
    let fewer = with(&["--without", id.as_str().unwrap()]);
    assert_eq!(fewer.len() + 1, all.len());
    let agreeing = with(&["--consistent"]);
    for finding in agreeing.iter().flat_map(|study| study["findings"].as_array().unwrap()) {
        assert!(finding["effects"].as_array().unwrap().iter().all(|effect| effect["consistent"] != false));
    }
    let compared = ask(&workspace, &["--treatment", "empagliflozin", "--comparator", "placebo"]);
    assert!(!studies(&compared).is_empty());
    for wrong in [["--year", "soon"], ["--as-of", "yesterday"], ["--design", "poem"], ["--level", "9"]] {
        workspace.run(&[&["lookup", "demo"], &about[..], &wrong[..]].concat()).expect(2);
    }
}

#[test]
fn an_earlier_state_answers_as_it_was() {
    let workspace = Workspace::with_refreshed_demo();
    let about = ["--condition", "heart failure"];
    workspace
        .run(&["lookup", "demo", "--condition", "heart failure", "--as-of", "2001-01-01"])
        .expect(2)
        .says(&["2001-01-01"]);
    let now = ask(&workspace, &about);
    assert_eq!(ask(&workspace, &[&about[..], &["--as-of", "2999-12-31"]].concat())["studies"], now["studies"]);
}

#[test]
fn a_pooled_effect_rests_on_quotes_and_never_on_a_retracted_study() {
    let workspace = Workspace::with_refreshed_demo();
    let about = ["--condition", "heart failure", "--treatment", "SGLT2 inhibitors"];
    let refused = ask(&workspace, &[&about[..], &["--pool"]].concat());
    assert!(refused["pool"]["refused"][0].as_str().unwrap().contains("no outcome"));
    let asked = [&about[..], &["--outcome", "hospitalisation", "--comparator", "placebo", "--pool"]].concat();
    let answer = ask(&workspace, &asked);
    let effect = &answer["pool"]["effect"];
    let inputs = effect["inputs"].as_array().unwrap_or_else(|| panic!("{:#}", answer["pool"]));
    assert!(inputs.len() >= 2);
    for input in inputs {
        assert_ne!(input["document"], "PMID:99000006", "a retracted study");
        assert!(input["quote"].as_str().unwrap().contains(input["numbers"].as_str().unwrap()));
        assert!(input["effect"]["low"].as_f64() < input["effect"]["value"].as_f64());
    }
    let (low, high) = (effect["fixed"]["low"].as_f64().unwrap(), effect["fixed"]["high"].as_f64().unwrap());
    assert!(low < effect["fixed"]["value"].as_f64().unwrap() && high < 1.5);
    let mut arguments = vec!["lookup", "demo"];
    arguments.extend(asked);
    let shown = workspace.run(&arguments).expect(0).out();
    assert!(shown.contains("check each quote") && shown.contains('■') && shown.contains('◆'), "{shown}");
}

#[test]
fn studies_are_compared_with_a_patient_and_nothing_of_the_patient_is_kept() {
    let workspace = Workspace::new();
    let record = |pmid: u32, abstract_text: &str| {
        format!(
            "<PubmedArticle><MedlineCitation><PMID Version=\"1\">{pmid}</PMID><Article><ArticleTitle>Metformin in type 2 diabetes: a randomised trial.\
             </ArticleTitle><Abstract><AbstractText Label=\"METHODS\" NlmCategory=\"METHODS\">{abstract_text}</AbstractText>\
             <AbstractText Label=\"RESULTS\" NlmCategory=\"RESULTS\">Metformin reduced weight in type 2 diabetes.</AbstractText></Abstract>\
             </Article></MedlineCitation></PubmedArticle>"
        )
    };
    let set = [
        record(1, "Adults aged 18 to 60 years with type 2 diabetes were eligible."),
        record(
            2,
            "Adults aged 40 to 85 years with type 2 diabetes were eligible. Patients with an eGFR below 20 mL/min were excluded.",
        ),
        record(3, "Weight was measured for 12 weeks."),
    ];
    let bytes = format!("<PubmedArticleSet>{}</PubmedArticleSet>", set.concat());
    workspace.define_with_file("a", "a.xml", bytes.as_bytes());
    workspace.run(&["refresh", "a"]).expect(0);
    let patient = "72 F, eGFR 44, type 2 diabetes, zebrafancier";
    let ask = ["lookup", "a", "--treatment", "metformin", "--patient", patient];
    let answer = workspace.run(&[&ask[..], &["--format", "json"]].concat()).expect(0).json();
    assert_eq!(answer["patient"]["not_read"][0], "zebrafancier");
    let studies: Vec<(String, String)> = answer["studies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|study| {
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            (text(&study["documents"][0]["id"]), text(&study["fit"]["verdict"]))
        })
        .collect();
    let told = |id: &str, verdict: &str| (id.to_owned(), verdict.to_owned());
    assert_eq!(studies, [told("PMID:2", "unclear"), told("PMID:3", "unclear"), told("PMID:1", "excluded")]);
    let excluded = &answer["studies"][2]["fit"]["facts"][0];
    assert_eq!(excluded["verdict"], "excluded");
    assert!(excluded["quote"]["quote"].as_str().unwrap().contains("aged 18 to 60 years"));

    let shown = workspace.run(&ask).expect(0).out();
    assert!(shown.contains("excluded: 72 years old") && shown.contains("compared with nothing"), "{shown}");
    let possible = workspace.run(&[&ask[..], &["--fit", "possible", "--format", "json"]].concat()).expect(0).json();
    assert_eq!(possible["studies"].as_array().unwrap().len(), 2);
    assert_eq!(possible["summary"]["studies"], 2);
    // From standard input, as a page, with everything logged: the words are nowhere but in the answer's own list of what was compared.
    std::fs::write(workspace.path("patient.txt"), patient).unwrap();
    let file = format!("@{}", workspace.path("patient.txt").display());
    let page = workspace
        .run(&["lookup", "a", "--treatment", "metformin", "-vv", "--patient", &file, "--format", "html"])
        .expect(0);
    assert!(!page.err().contains("zebrafancier"), "{}", page.err());
    let page = workspace.run(&[&ask[..], &["--format", "html"]].concat()).expect(0).out();
    assert!(!page.contains("eGFR 44, type 2 diabetes"), "the command at the foot has the words of the patient");
    std::fs::remove_file(workspace.path("patient.txt")).unwrap();
    assert_eq!(files_with(&workspace.path(""), "zebrafancier"), Vec::<std::path::PathBuf>::new());

    workspace
        .run(&["lookup", "a", "--treatment", "metformin", "--patient", "likes gardening"])
        .expect(2)
        .says(&["nothing of the patient"]);
    workspace
        .run(&["lookup", "a", "--treatment", "metformin", "--patient", &"x ".repeat(6000)])
        .expect(2)
        .says(&["10000 characters"]);
    workspace.run(&["lookup", "a", "--treatment", "metformin", "--fit", "fits"]).expect(2).says(&["--patient"]);
}

/// The files below a folder that hold these words.
fn files_with(folder: &std::path::Path, words: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files_with(&entry.path(), words));
        } else if entry.file_type().unwrap().is_file() {
            let bytes = std::fs::read(entry.path()).unwrap_or_default();
            if bytes.windows(words.len()).any(|window| window == words.as_bytes()) {
                found.push(entry.path());
            }
        }
    }
    found
}
