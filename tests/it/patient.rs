//! A patient: compared with studies, and kept nowhere.

use crate::program::Workspace;

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
