//! Every format on one paper that is hostile and one that is plain; what other programs' parsers read of them.

use super::*;
use crate::lookup::FlagEntry;
use crate::model::{Identifiers, Journal, PartialDate, Passage};

const HOSTILE: &str = "A {trial} of 50% \\o/ & <b>\"quoted\"</b>,\t$x_1^2$ ~ER  - \u{1b}[31m";

fn document(title: &str, pmid: u64) -> Document {
    let mut document = Document {
        identifiers: Identifiers {
            pmid: Some(pmid),
            pmcid: Some(format!("PMC{pmid}")),
            doi: Some(format!("10.5555/litmine_x({pmid})")),
            other: Vec::new(),
        },
        journal: Some(Journal {
            title: "Journal of Examples".into(),
            abbreviation: Some("J Ex".into()),
            ..Default::default()
        }),
        published: PartialDate::new(2020, Some(2), Some(3)),
        volume: Some("7".into()),
        issue: Some("1".into()),
        pages: Some("1023-8".into()),
        authors: vec![
            Author {
                last_name: "O'Néill & Søn".into(),
                fore_name: Some("Ann B".into()),
                initials: Some("AB".into()),
                ..Default::default()
            },
            Author { last_name: "The {Example} and Trial Group".into(), collective: true, ..Default::default() },
        ],
        keywords: vec!["a_b".into()],
        ..Document::default()
    };
    document.passages.push(Passage { section: "RESULTS".into(), category: None, text: HOSTILE.into() });
    document.set_title(title.into());
    document
}

fn cited(document: &Document, retracted: bool) -> CitedDocument {
    let id = document.identifiers.primary().unwrap();
    let flag = FlagEntry { kind: FlagKind::Retracted, said_by: id.clone(), source: "pubmed".into(), notice: None };
    CitedDocument {
        id,
        doi: document.identifiers.doi.clone(),
        title: document.title().to_owned(),
        authors: None,
        journal: None,
        year: document.year(),
        design: None,
        design_reason: None,
        level: None,
        sample_size: None,
        registrations: Vec::new(),
        flags: if retracted { vec![flag] } else { Vec::new() },
        origin: String::new(),
        stored_at: String::new(),
    }
}

/// The two papers in a format.
fn written(format: &str) -> String {
    let exporter = by_name(format).unwrap();
    let mut out = exporter.head(What::Documents);
    for (n, (title, pmid)) in [(HOSTILE, 7), ("A plain title", 8)].into_iter().enumerate() {
        let document = document(title, pmid);
        out.push_str(
            &exporter.document(&Exported { document: &document, cited: &cited(&document, pmid == 7) }, n == 0),
        );
    }
    out + &exporter.tail(false)
}

#[test]
fn every_format_has_the_ids_and_the_retraction_and_no_control_character() {
    for exporter in ALL {
        let out = written(exporter.name());
        for id in ["7", "8"] {
            assert!(out.contains(id), "{}: {out}", exporter.name());
        }
        assert!(out.to_lowercase().contains("retracted"), "{}: {out}", exporter.name());
        assert!(!out.contains('\u{1b}'), "{}", exporter.name());
        assert!(!exporter.read_by().is_empty() && by_name(exporter.name()).is_some());
    }
}

#[test]
fn bibtex_escapes_what_tex_obeys_and_balances_its_braces() {
    let text = written("bibtex");
    assert!(text.starts_with("@article{pmid7,") && text.contains("\n@article{pmid8,"), "{text}");
    assert!(text.contains("doi = {10.5555/litmine_x(7)}") && text.contains("pages = {1023--1028}"), "{text}");
    assert!(text.contains("O'Néill \\& Søn, Ann B and {The \\{Example\\} and Trial Group}"), "{text}");
    assert!(text.contains("title = {{A \\{trial\\} of 50\\% \\textbackslash{}o/"), "{text}");
    let depth = |text: &str| {
        let bare = text.replace("\\{", "").replace("\\}", "");
        bare.matches('{').count() as i64 - bare.matches('}').count() as i64
    };
    assert_eq!(depth(&text), 0);
}

#[test]
fn another_program_reads_the_bibtex() {
    use biblatex::ChunksExt as _;
    let library = biblatex::Bibliography::parse(&written("bibtex")).unwrap();
    assert_eq!(library.len(), 2);
    let entry = library.get("pmid7").unwrap();
    assert_eq!(entry.doi().unwrap(), "10.5555/litmine_x(7)");
    assert!(entry.title().unwrap().format_verbatim().contains("{trial} of 50%"));
    let authors = entry.author().unwrap();
    assert_eq!((authors[0].name.as_str(), authors[0].given_name.as_str()), ("O'Néill & Søn", "Ann B"));
    assert_eq!(library.get("pmid8").unwrap().title().unwrap().format_verbatim(), "A plain title");
}

#[test]
fn ris_is_a_tag_a_line_whatever_a_title_holds() {
    let text = written("ris");
    let lines: Vec<&str> = text.split("\r\n").filter(|line| !line.is_empty()).collect();
    assert!(lines.iter().all(|line| line.get(2..6) == Some("  - ") && !line.contains('\n')), "{text}");
    let of = |tag: &str| lines.iter().filter(|line| line.starts_with(tag)).map(|line| &line[6..]).collect::<Vec<_>>();
    assert_eq!((of("AN"), of("ER").len(), of("TY").len()), (vec!["7", "8"], 2, 2));
    assert_eq!((of("SP")[0], of("EP")[0], of("PY")[0], of("DA")[0]), ("1023", "1028", "2020", "2020/02/03"));
    assert_eq!(of("N1"), ["RETRACTED"]);
}

#[test]
fn another_program_reads_the_ris_and_the_nbib() {
    use biblib::CitationParser;
    let parsers: [(&str, Box<dyn CitationParser>); 2] =
        [("ris", Box::new(biblib::RisParser::new())), ("nbib", Box::new(biblib::PubMedParser::new()))];
    for (format, parser) in parsers {
        let read = parser.parse(&written(format)).unwrap();
        assert_eq!(read.len(), 2, "{format}");
        for (n, (one, title)) in read.iter().zip([HOSTILE, "A plain title"]).enumerate() {
            let number = (n + 7).to_string();
            // RIS has no field for a PMID: it is the accession number there.
            assert_eq!(one.pmid.as_ref().or(one.accession_number.as_ref()), Some(&number), "{format}");
            assert_eq!(one.pmc_id.as_deref(), Some(format!("PMC{number}").as_str()), "{format}");
            assert_eq!(one.doi.as_deref(), Some(format!("10.5555/litmine_x({number})").as_str()), "{format}");
            assert_eq!(one.title, line(title), "{format}");
            assert_eq!(one.abstract_text.as_deref(), Some(format!("RESULTS: {}", line(HOSTILE)).as_str()), "{format}");
            let names: Vec<_> =
                one.authors.iter().map(|author| (author.name.as_str(), author.given_name.as_deref())).collect();
            // In RIS this parser takes “&” and “and” within a name for the end of an author.
            if format == "nbib" {
                assert_eq!(names, [("O'Néill & Søn", Some("Ann")), ("The {Example} and Trial Group", None)]);
            }
            assert_eq!(
                (one.journal.as_deref(), one.pages.as_deref()),
                (Some("Journal of Examples"), Some("1023-1028"))
            );
            assert_eq!((one.volume.as_deref(), one.issue.as_deref(), one.keywords.len()), (Some("7"), Some("1"), 1));
            let date = one.date.as_ref().unwrap();
            assert_eq!((date.year, date.month, date.day), (2020, Some(2), Some(3)), "{format}");
        }
    }
}

#[test]
fn csl_is_an_array_of_items() {
    let items: serde_json::Value = serde_json::from_str(&written("csl")).unwrap();
    assert_eq!((items[0]["PMID"].as_str(), items[0]["page"].as_str()), (Some("7"), Some("1023-1028")));
    assert_eq!(items[0]["issued"]["date-parts"], serde_json::json!([[2020, 2, 3]]));
    assert_eq!(items[1]["author"][1]["literal"], "The {Example} and Trial Group");
    let none = by_name("csl").unwrap();
    let empty: serde_json::Value = serde_json::from_str(&(none.head(What::Documents) + &none.tail(true))).unwrap();
    assert_eq!(empty, serde_json::json!([]));
}

#[test]
fn tables_have_a_field_for_each_column_whatever_a_title_holds() {
    for (name, delimiter) in [("csv", b','), ("tsv", b'\t')] {
        let text = written(name);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
        let head = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let column = |name: &str| head.iter().position(|other| other == name).unwrap();
        assert_eq!((rows.len(), &rows[0][column("pmid")], &rows[1][column("title")]), (2, "7", "A plain title"));
        assert!(rows[0][column("title")].starts_with("A {trial} of 50% \\o/ & <b>\"quoted\"</b>, $x_1^2$"));
    }
}

#[test]
fn parquet_has_columns_with_types_that_its_reader_reads() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;
    let mut table = parquet_table::Table::new(What::Documents).unwrap();
    let mut bytes = Vec::new();
    for (title, pmid) in [(HOSTILE, 7), ("A plain title", 8)] {
        let document = document(title, pmid);
        let cited = cited(&document, pmid == 7);
        bytes.extend(table.document(&Exported { document: &document, cited: &cited }).unwrap());
    }
    bytes.extend(table.finish().unwrap());
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let names: Vec<String> =
        reader.metadata().file_metadata().schema_descr().columns().iter().map(|one| one.name().to_owned()).collect();
    let column = |name: &str| names.iter().position(|other| other == name).unwrap();
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!((rows.len(), names.len()), (2, 20));
    assert_eq!(rows[0].get_string(column("id")).unwrap(), "PMID:7");
    assert_eq!((rows[0].get_long(column("pmid")).unwrap(), rows[1].get_long(column("year")).unwrap()), (7, 2020));
    assert_eq!(rows[0].get_string(column("flags")).unwrap(), "retracted");
    assert!(rows[0].get_string(column("title")).unwrap().starts_with("A {trial} of 50% \\o/"));
    // What is not reported is null and no empty text.
    assert!(rows[1].get_string(column("design")).is_err() && rows[1].get_long(column("sample_size")).is_err());
    let empty = parquet_table::Table::new(What::Findings).unwrap().finish().unwrap();
    let reader = SerializedFileReader::new(bytes::Bytes::from(empty)).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
}

#[test]
fn markdown_shows_what_it_would_obey() {
    let text = written("markdown");
    assert!(text.contains("&lt;b>") && text.contains("\\_1^2") && !text.contains("<b>"), "{text}");
    assert_eq!(text.lines().count(), 2);
}

#[test]
fn pages_are_first_and_last() {
    let pages = |written: &str| {
        let document = Document {
            pages: Some(written.into()),
            identifiers: Identifiers { pmid: Some(1), ..Default::default() },
            ..Document::default()
        };
        Exported { document: &document, cited: &cited(&document, false) }.pages().unwrap()
    };
    assert_eq!(pages("69-81"), ("69".into(), Some("81".into())));
    assert_eq!(pages("1023-8"), ("1023".into(), Some("1028".into())));
    assert_eq!(pages("e12"), ("e12".into(), None));
    assert_eq!(pages("S1-S9"), ("S1".into(), Some("S9".into())));
}
