//! `litmine export` on the demo corpus.

use std::fs;

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::RowAccessor as _;

use crate::program::Workspace;

#[test]
fn every_format_has_every_document_and_says_which_is_retracted() {
    let workspace = Workspace::with_refreshed_demo();
    for format in ["ris", "bibtex", "csl", "nbib", "csv", "tsv", "json", "jsonl", "markdown"] {
        let out = workspace.run(&["export", "demo", "--as", format]).expect(0).out();
        let retracted = out.to_lowercase().matches("retracted").count();
        assert!(out.contains("99000001") && out.contains("99000006") && retracted > 0, "{format}");
    }
    let all = workspace.run(&["export", "demo", "--as", "jsonl"]).expect(0).out().lines().count();
    let none = workspace.run(&["export", "demo", "nosuchword[tiab]", "--as", "csl"]).expect(0).json();
    assert_eq!((all, none), (100, serde_json::json!([])));
    for what in [&[][..], &["--findings"]] {
        let of = |format: &str| workspace.run(&[&["export", "demo", "--as", format], what].concat()).expect(0).out();
        let lines: Vec<serde_json::Value> =
            of("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let array: Vec<serde_json::Value> = serde_json::from_str(&of("json")).unwrap();
        assert!(lines.len() > 10 && array == lines, "{what:?}");
    }
}

#[test]
fn what_is_exported_is_read_back() {
    let workspace = Workspace::with_refreshed_demo();
    let path = workspace.path("out.nbib");
    let path = path.to_str().unwrap();
    // A registration has no PMID, which a record of this format needs.
    let query = "empagliflozin AND journal article[pt]";
    workspace.run(&["export", "demo", query, "--as", "nbib", "-o", path]).expect(0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let own = workspace.path("own");
        fs::write(&own, "").unwrap();
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(path.as_ref()), mode(&own), "it may be read by who may read other files of the user");
    }
    let ids = |text: &str| {
        let mut ids: Vec<String> = text
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    let read = ids(&workspace.run(&["annotate", path, "--no-vectors"]).expect(0).out());
    let exported = ids(&workspace.run(&["export", "demo", query, "--as", "jsonl"]).expect(0).out());
    assert!(!read.is_empty());
    assert_eq!(read, exported.into_iter().filter(|id| id.starts_with("PMID:")).collect::<Vec<_>>());
}

#[test]
fn another_program_reads_the_ids_of_every_document() {
    use biblib::CitationParser;
    let workspace = Workspace::with_refreshed_demo();
    let export = |format: &str| workspace.run(&["export", "demo", "--as", format]).expect(0).out();
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::Number(number) => number.to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let lines = export("jsonl");
    let exported = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut exported: Vec<[String; 4]> =
        exported.map(|one| ["pmid", "doi", "pmcid", "title"].map(|field| text(&one[field]))).collect();
    exported.sort();
    let parsers: [(&str, Box<dyn CitationParser>); 2] =
        [("ris", Box::new(biblib::RisParser::new())), ("nbib", Box::new(biblib::PubMedParser::new()))];
    for (format, parser) in parsers {
        let told = |value: Option<String>| value.unwrap_or_default();
        let read = parser.parse(&export(format)).unwrap().into_iter();
        let mut read: Vec<[String; 4]> = read
            .map(|one| [told(one.pmid.or(one.accession_number)), told(one.doi), told(one.pmc_id), one.title])
            .collect();
        read.sort();
        assert_eq!(read.len(), exported.len(), "{format}");
        for (read, exported) in read.iter().zip(&exported) {
            assert_eq!(read, exported, "{format}");
        }
    }
}

#[test]
fn findings_have_a_line_an_effect_and_a_quote() {
    let workspace = Workspace::with_refreshed_demo();
    let table = workspace.run(&["export", "demo", "99000001[pmid]", "--as", "tsv", "--findings"]);
    let out = table.expect(0).out();
    let mut lines = out.lines();
    let head: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let column = |name: &str| head.iter().position(|other| *other == name).unwrap();
    let row =
        lines.map(|line| line.split('\t').collect::<Vec<_>>()).find(|row| row[column("measure")] == "HR").unwrap();
    assert_eq!((row[column("value")], row[column("ci_low")], row[column("ci_high")]), ("0.71", "0.59", "0.84"));
    assert!(row[column("quote")].contains("0.59 to 0.84") && row[column("treatments")].contains("empagliflozin"));
}

#[test]
fn what_cannot_be_exported_is_said_and_nothing_is_written() {
    let workspace = Workspace::with_refreshed_demo();
    workspace.run(&["export", "demo", "--as", "endnote"]).expect(2).says(&["endnote", "ris", "markdown"]);
    workspace.run(&["export", "demo", "--as", "ris", "--findings"]).expect(2).says(&["documents only", "csv"]);
    let folder = workspace.path("is-a-folder");
    fs::create_dir(&folder).unwrap();
    workspace.run(&["export", "demo", "--as", "ris", "-o", folder.to_str().unwrap()]).expect(1).says(&["is-a-folder"]);
    let nowhere = workspace.path("no/such/folder/x.ris");
    workspace.run(&["export", "demo", "--as", "ris", "-o", nowhere.to_str().unwrap()]).expect(1);
    assert!(!nowhere.exists());
}

#[test]
fn a_parquet_file_is_whole_and_holds_every_document() {
    let workspace = Workspace::with_refreshed_demo();
    let path = workspace.path("documents.parquet");
    workspace.run(&["export", "demo", "--as", "parquet", "-o", path.to_str().unwrap()]).expect(0);
    let reader = SerializedFileReader::new(fs::File::open(&path).unwrap()).unwrap();
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    let ids: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.get_string(0).unwrap().as_str()).collect();
    assert_eq!((rows.len(), ids.len()), (100, 100));
    let findings = workspace.path("findings.parquet");
    workspace.run(&["export", "demo", "--as", "parquet", "--findings", "-o", findings.to_str().unwrap()]).expect(0);
    let reader = SerializedFileReader::new(fs::File::open(&findings).unwrap()).unwrap();
    let lines = workspace.run(&["export", "demo", "--as", "csv", "--findings"]).expect(0).out();
    let rows = csv::Reader::from_reader(lines.as_bytes()).records().count();
    assert_eq!(reader.metadata().file_metadata().num_rows(), rows as i64);
}
