use super::*;
use proptest::prelude::*;

const HEADER: &str = "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,RetractionDOI,\
RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes,\n";

/// A row with these in the columns that are read: record, date, DOI and PMID of the notice, DOI and PMID of the paper, nature, reasons.
fn row(fields: [&str; 8]) -> String {
    let [record, dated, notice_doi, notice_pmid, doi, pmid, nature, reasons] = fields;
    format!(
        "{record},\"Marbles, in wheeze\",,,J,P,,A,,Research Article;,{dated},{notice_doi},{notice_pmid},1/1/2019 0:00,{doi},{pmid},{nature},{reasons},No,,\n"
    )
}

fn read(text: &str) -> (Vec<Item>, Result<(), ParseError>) {
    let mut items = Vec::new();
    let ended = RetractionWatch.parse(&mut text.as_bytes(), &mut |item| {
        items.push(item);
        ControlFlow::Continue(())
    });
    (items, ended)
}

fn statement(fields: [&str; 8]) -> Result<Statement, String> {
    let (mut items, ended) = read(&format!("{HEADER}{}", row(fields)));
    ended.unwrap();
    match items.remove(0) {
        Item::Statement(told) => Ok(told.statement),
        Item::Rejected(rejection) => Err(rejection.reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_row_is_a_statement_about_a_paper() {
    let found = statement([
        "12",
        "1/24/2020 0:00",
        "10.5555/Notice",
        "0",
        "10.5555/PAPER",
        "99000001",
        "Retraction",
        "+Error in Data;+Lost Marbles;",
    ]);
    let found = found.unwrap();
    assert_eq!(found.said_by.as_str(), "RW:12");
    assert_eq!((found.pmid, found.doi.as_deref()), (Some(99_000_001), Some("10.5555/paper")));
    assert_eq!((found.nature, found.dated.to_string().as_str()), (Nature::Retraction, "2020-01-24"));
    assert_eq!(found.notice.unwrap().as_str(), "DOI:10.5555/notice");
    assert_eq!(found.reasons.as_deref(), Some("Error in Data; Lost Marbles"));
}

#[test]
fn ids_that_say_that_there_is_none_are_none() {
    let found =
        statement(["1", "12/31/2019", "unavailable", "77", "Unavailable", "0", "Expression of Concern", ""]).unwrap();
    assert_eq!((found.pmid, found.doi, found.nature), (None, None, Nature::ExpressionOfConcern));
    assert_eq!(found.notice.unwrap().as_str(), "PMID:77", "a notice may be known by its PMID");
    let own = statement(["1", "12/31/2019", "10.5555/a", "7", "10.5555/A", "7", "Correction", ""]).unwrap();
    assert_eq!(own.notice, None, "a notice under the paper's own ids names nothing else");
}

#[test]
fn a_row_that_makes_no_sense_is_rejected_with_its_line_and_the_next_is_read() {
    let good = ["1", "1/2/2020", "", "0", "10.5555/a", "0", "Reinstatement", ""];
    let with = |at: usize, text: &'static str| {
        let mut fields = good;
        fields[at] = text;
        row(fields)
    };
    let table = format!(
        "{HEADER}{}{}{}{}{}short,row\n{}",
        row(good),
        with(0, "one"),
        with(1, "24/1/2020"),
        with(5, "PM7"),
        with(6, "Rumour"),
        with(0, "9")
    );
    let (items, ended) = read(&table);
    ended.unwrap();
    let said: Vec<String> = items
        .iter()
        .filter_map(|item| match item {
            Item::Rejected(rejection) => Some(rejection.reason.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(items.len() - said.len(), 2, "{said:?}");
    for (reason, (line, word)) in
        said.iter().zip([(3, "one"), (4, "24/1/2020"), (5, "PM7"), (6, "Rumour"), (7, "record")])
    {
        assert!(reason.starts_with(&format!("line {line}: ")) && reason.contains(word), "{reason}");
    }
}

#[test]
fn a_table_without_its_end_or_its_columns_is_refused() {
    let table = format!("{HEADER}{}", row(["1", "1/2/2020", "", "0", "10.5555/a", "0", "Retraction", ""]));
    for end in [table.len() - 1, table.len() - 30] {
        assert!(read(&table[..end]).1.unwrap_err().to_string().contains("cut short"));
    }
    let other = table.replace("OriginalPaperDOI", "DOI");
    assert!(read(&other).1.unwrap_err().to_string().contains("no column “OriginalPaperDOI”"));
    assert!(RetractionWatch.recognises(format!("\u{feff}{table}").as_bytes()));
    let (items, _) = read(&format!("\u{feff}{table}"));
    assert_eq!(items.len(), 1);
}

proptest! {
    #[test]
    fn no_table_is_too_strange(text in "[0-9,\"\n/aé+; ]{0,80}") {
        let _ = read(&format!("{HEADER}{text}"));
    }
}
