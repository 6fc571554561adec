use super::*;
use crate::model::{FlagKind, RelationKind};

const PREPRINT: &str = r#"{"title":"Marbles <i>in</i> wheeze","authors":"Otter, O. M.; Badger, Bea; Marble Study Group","author_corresponding":"Bea Badger",
 "author_corresponding_institution":"Invented Institute","doi":"10.1101/2099.01.02.99000001","date":"2099-01-05","version":"2","type":"new results",
 "license":"cc_by_nc_nd","category":"respiratory medicine","jatsxml":"https://www.medrxiv.org/content/early/2099/x.source.xml",
 "abstract":"BackgroundWheeze, p < 0.05.\n\nResultsNone.","published":"10.5555/PAPER","server":"medRxiv"}"#;

const LINK: &str = r#"{"preprint_doi":"10.1101/2099.01.02.99000001","published_doi":"10.5555/paper","published_journal":"Invented Journal",
 "preprint_platform":"medRxiv","preprint_title":"Marbles in wheeze","preprint_authors":"Otter, O. M.","preprint_category":"respiratory medicine",
 "preprint_date":"2099-01-02","published_date":"2099-06-01","preprint_abstract":"Wheeze."}"#;

fn read(parser: &dyn RecordParser, text: &str) -> (Vec<Item>, bool) {
    let mut items = Vec::new();
    let mut input = text.as_bytes();
    let ended = parser.parse(&mut input, &mut |item| {
        items.push(item);
        ControlFlow::Continue(())
    });
    (items, ended.is_ok())
}

fn document(parser: &dyn RecordParser, record: &str) -> Document {
    let (mut items, whole) = read(parser, &format!(r#"{{"messages":[{{"status":"ok"}}],"collection":[{record}]}}"#));
    assert!(whole);
    match items.remove(0) {
        Item::Document(record) => record.document,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_version_of_a_preprint_gives_its_fields() {
    let document = document(&Biorxiv, PREPRINT);
    assert_eq!(document.identifiers.primary().unwrap().as_str(), "DOI:10.1101/2099.01.02.99000001");
    assert_eq!((document.version, document.title()), (2, "Marbles in wheeze"));
    let body: Vec<_> = document.body().map(|p| (p.section.as_str(), p.text.as_str())).collect();
    assert_eq!(body, [("BACKGROUND", "Wheeze, p < 0.05."), ("RESULTS", "None.")]);
    let authors: Vec<_> = document.authors.iter().map(|a| (a.last_name.as_str(), a.initials.as_deref())).collect();
    assert_eq!(authors, [("Otter", Some("OM")), ("Badger", Some("B")), ("Marble Study Group", None)]);
    assert_eq!(document.authors[1].fore_name.as_deref(), Some("Bea"));
    assert!(document.authors[2].collective && !document.authors[0].collective);
    let licence = document.licence.as_ref().unwrap();
    assert_eq!((licence.code.as_deref(), licence.text.as_deref()), (Some("CC BY-NC-ND"), Some("cc_by_nc_nd")));
    assert_eq!(document.revised.unwrap().to_string(), "2099-01-05");
    assert_eq!(document.entered, None, "the day of the first version is not on the record of the second");
}

#[test]
fn the_paper_is_a_tie_and_no_identifier() {
    for document in [document(&Biorxiv, PREPRINT), document(&Published, LINK)] {
        assert_eq!(document.identifiers.doi.as_deref(), Some("10.1101/2099.01.02.99000001"));
        let [relation] = document.relations.as_slice() else { panic!("{:?}", document.relations) };
        assert_eq!((relation.kind, relation.doi.as_deref()), (RelationKind::UpdateIn, Some("10.5555/paper")));
        let kinds: Vec<FlagKind> = document.flags().iter().map(|flag| flag.kind).collect();
        assert_eq!(kinds, [FlagKind::Updated, FlagKind::Preprint]);
    }
    let unpublished = document(&Biorxiv, &PREPRINT.replace("10.5555/PAPER", "NA"));
    assert!(unpublished.relations.is_empty());
}

#[test]
fn licences_are_named_where_they_are_of_creative_commons() {
    let code = |written: &str| document(&Biorxiv, &PREPRINT.replace("cc_by_nc_nd", written)).licence.unwrap().code;
    assert_eq!(code("cc_by").as_deref(), Some("CC BY"));
    assert_eq!(code("cc0").as_deref(), Some("CC0"));
    assert_eq!(code("cc_no"), None, "no licence is given");
    assert_eq!(code("bespoke"), None);
}

#[test]
fn a_withdrawn_preprint_says_so_of_itself() {
    let withdrawn = document(&Biorxiv, &PREPRINT.replace("new results", "WITHDRAWN"));
    let own = withdrawn.identifiers.primary().unwrap();
    assert!(withdrawn.flags().iter().any(|flag| flag.kind == FlagKind::Retracted && flag.target == own));
}

#[test]
fn what_has_no_doi_or_no_version_is_rejected() {
    let page = format!(
        r#"{{"collection":[{},{},{PREPRINT}]}}"#,
        PREPRINT.replace("10.1101/2099.01.02.99000001", "NA"),
        PREPRINT.replace("\"version\":\"2\"", "\"version\":\"two\"")
    );
    let (items, whole) = read(&Biorxiv, &page);
    assert!(
        whole && matches!(items.as_slice(), [Item::Rejected(_), Item::Rejected(_), Item::Document(_)]),
        "{items:?}"
    );
    let (items, _) = read(&Published, &format!(r#"{{"collection":[{}]}}"#, LINK.replace("10.5555/paper", "NA")));
    assert!(matches!(items.as_slice(), [Item::Rejected(_)]), "{items:?}");
}
