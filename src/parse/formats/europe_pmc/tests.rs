use super::*;

const RESULT: &str = r#"{"id":"99000001","source":"MED","pmid":"99000001","pmcid":"PMC99","doi":"10.5555/A","title":"Marbles <i>in</i> wheeze.",
 "authorList":{"author":[{"fullName":"Otter O","firstName":"Olga","lastName":"Otter","initials":"O","authorId":{"type":"ORCID","value":"0000"}},{"collectiveName":"Marble Group"}]},
 "journalInfo":{"issue":"4","volume":"10","dateOfPublication":"2021 Apr","monthOfPublication":4,"yearOfPublication":2021,
 "journal":{"title":"Invented Journal","medlineAbbreviation":"Inv J","issn":"0000-0000"}},"pubYear":"2021","pageInfo":"1-2",
 "abstractText":"<h4>Background</h4>Wheeze, p < 0.05. <h4>Results</h4>None.","pubTypeList":{"pubType":["randomized controlled trial","Journal Article"]},
 "meshHeadingList":{"meshHeading":{"majorTopic_YN":"N","descriptorName":"Asthma","meshQualifierList":{"meshQualifier":[{"qualifierName":"therapy","majorTopic_YN":"Y"}]}}},
 "chemicalList":{"chemical":[{"name":"Glass","registryNumber":"0"}]},"keywordList":{"keyword":["marble"]},"firstIndexDate":"2021-05-01"}"#;

fn items(text: &str) -> (Vec<Item>, bool) {
    let mut items = Vec::new();
    let mut input = text.as_bytes();
    let ended = EuropePmc.parse(&mut input, &mut |item| {
        items.push(item);
        ControlFlow::Continue(())
    });
    (items, ended.is_ok())
}

#[test]
fn a_core_record_gives_its_fields() {
    let page =
        format!(r#"{{"version":"6.9","hitCount":2,"resultList":{{"result":[{RESULT},{{"id":"x","source":"PPR"}}]}}}}"#);
    let (found, whole) = items(&page);
    let [Item::Document(record), Item::Rejected(_)] = found.as_slice() else { panic!("{found:?}") };
    assert!(whole);
    let document = &record.document;
    assert_eq!(document.identifiers.pmid, Some(99_000_001));
    assert_eq!(document.identifiers.doi.as_deref(), Some("10.5555/a"));
    assert_eq!(document.title(), "Marbles in wheeze.");
    let body: Vec<_> = document.body().map(|p| (p.section.as_str(), p.text.as_str())).collect();
    assert_eq!(body, [("BACKGROUND", "Wheeze, p < 0.05."), ("RESULTS", "None.")]);
    assert_eq!(document.published.unwrap().to_string(), "2021-04");
    assert_eq!(document.published_as_written, None);
    assert!(document.authors[1].collective && document.authors[0].identifiers[0].0 == "ORCID");
    assert!(document.has_publication_type("Randomized Controlled Trial"));
    assert!(document.headings[0].is_major_topic());
    assert_eq!(document.substances[0].registry, None);
}

#[test]
fn a_season_is_no_month_and_a_preprint_goes_by_its_doi() {
    let page = r#"{"resultList":{"result":[{"id":"PPR1","source":"PPR","doi":"10.5555/p","title":"A","pubTypeList":{"pubType":["Preprint"]},
        "journalInfo":{"dateOfPublication":"2000 Summer","monthOfPublication":7,"yearOfPublication":2000}}]}}"#;
    let (found, _) = items(page);
    let [Item::Document(record)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(record.document.identifiers.primary().unwrap().as_str(), "DOI:10.5555/p");
    assert_eq!(record.document.published.unwrap().to_string(), "2000");
    assert_eq!(record.document.published_as_written.as_deref(), Some("2000 Summer"));
    assert_eq!(record.document.flags()[0].kind, crate::model::FlagKind::Preprint);
}

#[test]
fn a_record_says_that_it_was_retracted_and_a_notice_whom_it_speaks_of() {
    use crate::model::FlagKind;
    let flags = |fields: &str| {
        let page = format!(
            r#"{{"resultList":{{"result":[{{"id":"99000007","source":"MED","pmid":"99000007","title":"A",{fields}}}]}}}}"#
        );
        let (found, _) = items(&page);
        let [Item::Document(record)] = found.as_slice() else { panic!("{found:?}") };
        let said = record.document.flags().into_iter();
        said.map(|flag| (flag.kind, flag.target.to_string(), flag.notice.map(|id| id.to_string()))).collect::<Vec<_>>()
    };
    let link = |kind: &str| {
        format!(
            r#""commentCorrectionList":{{"commentCorrection":[{{"id":"99000008","source":"MED","reference":"Inv J 2","type":"{kind}","orderIn":1}}]}}"#
        )
    };
    let (own, other) = ("PMID:99000007".to_owned(), "PMID:99000008".to_owned());
    assert_eq!(flags(&link("Retraction in")), [(FlagKind::Retracted, own.clone(), Some(other.clone()))]);
    assert_eq!(flags(&link("Expression of concern in")), [(FlagKind::OfConcern, own.clone(), Some(other.clone()))]);
    assert_eq!(flags(&link("Erratum in")), [(FlagKind::Corrected, own.clone(), Some(other.clone()))]);
    assert_eq!(
        flags(&link("Retraction of")),
        [(FlagKind::Retracted, other, Some(own.clone()))],
        "not the notice itself"
    );
    assert_eq!(flags(&link("Comment in")), []);
    assert_eq!(flags(r#""pubTypeList":{"pubType":["retracted publication"]}"#), [(FlagKind::Retracted, own, None)]);
}
