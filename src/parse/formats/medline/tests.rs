//! What records say, on invented ones and, where they are present, on real ones.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::Medline;
use crate::model::{Document, PartialDate, RelationKind};
use crate::parse::{Input, Item, RecordParser, formats};

fn items(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    Medline
        .parse(&mut text.as_bytes(), &mut |item| {
            items.push(item);
            ControlFlow::Continue(())
        })
        .unwrap();
    items
}

fn document(fields: &str) -> Document {
    match items(&format!("PMID- 7\n{fields}\n")).remove(0) {
        Item::Document(record) => record.document,
        other => panic!("{other:?}"),
    }
}

#[test]
fn folded_lines_are_one_and_records_are_parted_however_they_are_spaced() {
    let text = "\r\n\r\nPMID- 7\r\nTI  - One \r\n      title.\r\nAB  - a\r\n\r\n      b\r\n\r\n\r\nPMID-8\r\n\r\nPMID - 9\r\nTI- Two.\r\nPMID- 10\r\n";
    let found: Vec<_> = items(text)
        .into_iter()
        .map(|item| match item {
            Item::Document(record) => (record.document.identifiers.pmid, record.document.text()),
            Item::Rejected(rejection) => (None, rejection.reason),
            Item::Deletion(_) | Item::Statement(_) => (None, String::new()),
        })
        .collect();
    let texts: Vec<_> = found.iter().map(|(pmid, text)| (*pmid, text.as_str())).collect();
    assert_eq!(texts[0], (Some(7), "One title.\na b PMID-8"), "a tag is followed by a blank");
    assert_eq!(&texts[1..], [(Some(9), "Two."), (Some(10), "")]);
}

#[test]
fn every_field_is_read() {
    let paper = document(
        "TI  - [Pills].\nTT  - Pillen.\nAB  - BACKGROUND: Much is known (OR 2.0). RESULTS: It fell. CONCLUSION: Good.\nFAU - Example, Ann B Jr\n\
         AU  - Example AB Jr\nAUID- ORCID: 0000-0000-0000-0001\nAD  - Clinic, Nowhere.\nFAU - de Sample, Carl\nAU  - de Sample C\nCN  - The Group\n\
         FIR - Helper, Dora\nIR  - Helper D\nLA  - ger\nPT  - Journal Article\nDP  - 2000 Spring\nDEP - 20000203\nLR  - 20200101\nDCOM- 20010101\n\
         EDAT- 2000/01/02 06:00\nCRDT- 2000/01/01 10:00\nMHDA- 2000/02/01 06:00\nFPS - Subject, Old\nPS  - Subject O\nTA  - J Ex\nJT  - Journal of examples\nJID - 1\nIS  - 1234-5678 (Print)\nIS  - 1234-5678 (Linking)\nPL  - Nowhere\n\
         RN  - 0 (Pills)\nRN  - 50-00-0 (Formaldehyde (pure))\nNM  - Odd disease\nMH  - *Pain/*drug therapy/etiology\nMH  - Humans\nSB  - IM\nOT  - *pill\n\
         SI  - ClinicalTrials.gov/NCT00000000\nGR  - R01 EX-1/HL/NHLBI NIH HHS/United States\nGR  - 12/Trust/Nowhere\nLID - 10.5555/X [doi]\n\
         AID - S1 [pii]\nPMC - PMC5\nRIN - J Ex. 2001;1:2. PMID: 99\nCOIS- None.\nCI  - (c) A\nPST - ppublish\nVI  - 1\nIP  - 2\nPG  - 3-4",
    );
    let sections: Vec<_> = paper.passages.iter().map(|p| (p.section.as_str(), p.text.as_str())).collect();
    let expected = [
        ("TITLE", "Pills"),
        ("BACKGROUND", "Much is known (OR 2.0)."),
        ("RESULTS", "It fell."),
        ("CONCLUSION", "Good."),
    ];
    assert_eq!(sections, expected);
    let first = &paper.authors[0];
    assert_eq!((first.last_name.as_str(), first.fore_name.as_deref()), ("Example", Some("Ann B")));
    assert_eq!((first.initials.as_deref(), first.suffix.as_deref()), (Some("AB"), Some("Jr")));
    assert_eq!(first.identifiers, [("ORCID".to_owned(), "0000-0000-0000-0001".to_owned())]);
    assert_eq!(first.affiliations, ["Clinic, Nowhere."]);
    assert_eq!((paper.authors.len(), paper.investigators.len()), (3, 1));
    assert!(paper.authors[2].collective);
    assert_eq!(paper.published, PartialDate::new(2000, None, None));
    assert_eq!(paper.published_as_written.as_deref(), Some("2000 Spring"));
    assert_eq!(paper.published_electronically, PartialDate::new(2000, Some(2), Some(3)));
    assert_eq!(paper.entered, PartialDate::new(2000, Some(1), Some(2)));
    assert_eq!(paper.created, PartialDate::new(2000, Some(1), Some(1)));
    assert_eq!(paper.headings_given, PartialDate::new(2000, Some(2), Some(1)));
    assert_eq!((paper.people.len(), paper.people[0].last_name.as_str()), (1, "Subject"));
    assert_eq!(paper.journal.as_ref().unwrap().issn, ["1234-5678"]);
    assert_eq!(paper.substances[1].registry.as_deref(), Some("50-00-0"));
    assert_eq!(paper.substances[1].name, "Formaldehyde (pure)");
    assert!(paper.headings[0].major && paper.headings[0].qualifiers[0].major && !paper.headings[0].qualifiers[1].major);
    assert_eq!(paper.keywords, ["pill"]);
    assert_eq!(paper.accessions, [("ClinicalTrials.gov".to_owned(), "NCT00000000".to_owned())]);
    let grants = [("R01 EX-1", "NHLBI NIH HHS"), ("12", "Trust")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(paper.grants, grants);
    assert_eq!(paper.identifiers.doi.as_deref(), Some("10.5555/x"));
    assert_eq!(paper.identifiers.pmcid.as_deref(), Some("PMC5"));
    assert_eq!((paper.relations[0].kind, paper.relations[0].pmid), (RelationKind::RetractionIn, Some(99)));
    assert_eq!(paper.relations[0].citation.as_deref(), Some("J Ex. 2001;1:2."));
}

#[test]
fn a_record_without_a_number_is_rejected_and_the_next_is_read() {
    let found = items("PMID- x\nTI  - A.\n\nTI  - B.\n\nPMID- 8\n");
    assert!(matches!(&found[0], Item::Rejected(r) if r.reason.contains("no PMID")));
    assert!(matches!(&found[1], Item::Rejected(r) if r.position == 18));
    assert!(matches!(&found[2], Item::Document(_)));
}

#[test]
fn long_abstracts_take_time_in_proportion() {
    let began = std::time::Instant::now();
    document(&format!("AB  - RESULTS: {}", "A word. ".repeat(100_000)));
    document(&format!("AB  - {}", "AB: c. ".repeat(20_000)));
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
}

/// Documents of every real file beneath `folder` by their PMID.
fn real(folder: &Path, found: &mut BTreeMap<u64, Document>, rejected: &mut usize) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            real(&entry.path(), found, rejected);
            continue;
        }
        let Ok(mut input) = Input::open(&entry.path()) else { continue };
        let Some(parser) = formats::recognise(input.head()) else { continue };
        let _ = parser.parse(&mut input, &mut |item| {
            match item {
                Item::Document(record) => {
                    found.insert(record.document.identifiers.pmid.unwrap_or_default(), record.document);
                }
                Item::Rejected(_) => *rejected += 1,
                Item::Deletion(_) | Item::Statement(_) => {}
            }
            ControlFlow::Continue(())
        });
    }
}

#[test]
fn real_records_say_what_their_xml_says() {
    let data = std::env::var_os("LITMINE_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let (text, xml) = (data.join("medline_text"), data.join("pubmed"));
    if !text.is_dir() || !xml.is_dir() {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "skipped: no real records at {}", data.display());
        return;
    }
    let (mut tagged, mut marked, mut rejected) = (BTreeMap::new(), BTreeMap::new(), 0);
    real(&text, &mut tagged, &mut rejected);
    assert_eq!(rejected, 0);
    assert!(tagged.len() > 1200, "{}", tagged.len());
    real(&xml, &mut marked, &mut rejected);
    for (pmid, record) in &tagged {
        assert!(!record.title().is_empty() && record.published.is_some(), "{pmid}");
        let Some(other) = marked.get(pmid) else { continue };
        assert_eq!(record.title(), other.title(), "{pmid}");
        assert_eq!(record.year(), other.year(), "{pmid}");
        let names = |document: &Document| document.headings.iter().map(|h| h.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(record), names(other), "{pmid}");
        let people = |document: &Document| document.authors.iter().map(|a| a.last_name.clone()).collect::<Vec<_>>();
        assert_eq!(people(record), people(other), "{pmid}");
        assert_eq!(record.journal.as_ref().map(|j| &j.abbreviation), other.journal.as_ref().map(|j| &j.abbreviation));
    }
}
