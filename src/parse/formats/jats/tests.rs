//! What articles say, on invented ones and, where they are present, on real ones.

use std::ops::ControlFlow;
use std::path::PathBuf;

use super::Jats;
use crate::model::{Document, FlagKind, Passage, RelationKind};
use crate::parse::{Item, ParseError, RecordParser, each_stream};

fn items(xml: &str) -> (Vec<Item>, Result<(), ParseError>) {
    let mut items = Vec::new();
    let ended = Jats.parse(&mut xml.as_bytes(), &mut |item| {
        items.push(item);
        ControlFlow::Continue(())
    });
    (items, ended)
}

/// An article with this in its metadata, and this behind its front.
fn article(meta: &str, rest: &str) -> Document {
    let xml = format!(
        "<article article-type=\"research-article\" xml:lang=\"en\"><front><article-meta><article-id pub-id-type=\"pmid\">7</article-id>\
         {meta}</article-meta></front>{rest}</article>"
    );
    let (items, ended) = items(&xml);
    ended.unwrap();
    match items.into_iter().next() {
        Some(Item::Document(record)) => record.document,
        other => panic!("{other:?}"),
    }
}

/// The text of a body's paragraphs, with their sections.
fn body(xml: &str) -> Vec<(String, String)> {
    let document = article("", &format!("<body>{xml}</body>"));
    document.passages.into_iter().map(|passage| (passage.section, passage.text)).collect()
}

fn paragraph(xml: &str) -> String {
    body(&format!("<p>{xml}</p>")).remove(0).1
}

#[test]
fn every_id_is_the_articles_own() {
    let paper = article(
        "<article-id pub-id-type=\"pmc\">123</article-id><article-id pub-id-type=\"doi\">10.5555/A</article-id>\
         <article-id pub-id-type=\"publisher-id\">x-1</article-id>",
        "<back><ref-list><ref><element-citation><pub-id pub-id-type=\"pmid\">9</pub-id><source>S</source></element-citation></ref></ref-list></back>",
    );
    assert_eq!(paper.identifiers.pmid, Some(7));
    assert_eq!(paper.identifiers.pmcid.as_deref(), Some("PMC123"));
    assert_eq!(paper.identifiers.doi.as_deref(), Some("10.5555/a"));
    assert_eq!(paper.identifiers.other, [("publisher-id".to_owned(), "x-1".to_owned())]);
    assert_eq!(paper.references[0].identifiers.pmid, Some(9));
}

#[test]
fn references_never_join_numbers() {
    let mark = |n: u32| format!("<xref ref-type=\"bibr\" rid=\"b{n}\">{n}</xref>");
    let marked = [
        (format!("p = 0.05<sup>{}</sup>.", mark(12)), "p = 0.05[12]."),
        (format!("p = 0.05<sup>{},{}</sup>", mark(1), mark(2)), "p = 0.05[1,2]"),
        (format!("p = 0.05<sup>{}–{}</sup>", mark(1), mark(4)), "p = 0.05[1–4]"),
        ("p = 0.05<xref ref-type=\"bibr\" rid=\"b\"><sup>12</sup></xref>".to_owned(), "p = 0.05[12]"),
        (format!("p = 0.05{}", mark(3)), "p = 0.05[3]"),
        (format!("as shown [{},{}]", mark(1), mark(2)), "as shown [1,2]"),
        ("0.05<xref ref-type=\"table-fn\" rid=\"t\"><sup>1</sup></xref>".to_owned(), "0.05[1]"),
        ("0.05<sup><xref ref-type=\"table-fn\" rid=\"t\">*</xref></sup>".to_owned(), "0.05*"),
        ("3.2 × 10<sup>9</sup>/l".to_owned(), "3.2 × 10^9/l"),
        ("3.2 × 10<sup> 9 </sup>cells, R<sup>2 </sup>= 0.6".to_owned(), "3.2 × 10^9 cells, R2 = 0.6"),
        (format!("Brand<sup>® </sup>pills<sup>{} </sup>work", mark(12)), "Brand® pills[12] work"),
        ("shown <xref ref-type=\"bibr\" rid=\"b\">12 </xref>later".to_owned(), "shown 12 later"),
        (format!("{} found it", "<xref ref-type=\"bibr\" rid=\"b\">Smith 2005</xref>"), "Smith 2005 found it"),
    ];
    for (xml, text) in marked {
        assert_eq!(paragraph(&xml), text, "{xml}");
    }
}

#[test]
fn marks_stand_where_the_references_do() {
    let paper = article(
        "<title-group><article-title>T</article-title></title-group>",
        "<body><p>Ümlaut<sup><xref ref-type=\"bibr\">12</xref></sup> and [<xref ref-type=\"bibr\">3</xref>].</p></body>",
    );
    let text: Vec<char> = paper.passages[1].text.chars().collect();
    let marks: Vec<String> =
        paper.citation_marks.iter().map(|m| text[m.start as usize..m.end as usize].iter().collect()).collect();
    assert_eq!(marks, ["12", "3"]);
    assert!(paper.citation_marks.iter().all(|mark| mark.passage == 1));
}

#[test]
fn sections_have_their_path_and_floats_come_behind_their_paragraph() {
    let found = body(
        "<sec sec-type=\"results\"><label>3</label><title>Results</title><p>A.</p><sec><title>Primary <italic>outcome</italic></title>\
         <p>Before <fig><label>Figure 1.</label><caption><title>F.</title><p>G.</p></caption></fig>after.</p>\
         <p>One: <list><list-item><label>a)</label><p>first</p></list-item><list-item><p>second</p></list-item></list> end.</p></sec></sec>",
    );
    let expected = [
        ("Results", "A."),
        ("Results/Primary outcome", "Before after."),
        ("Results/Primary outcome/Figure 1", "F. G."),
        ("Results/Primary outcome", "One:"),
        ("Results/Primary outcome", "a) first"),
        ("Results/Primary outcome", "second"),
        ("Results/Primary outcome", "end."),
    ];
    assert_eq!(found, expected.map(|(section, text)| (section.to_owned(), text.to_owned())));
}

#[test]
fn cells_stand_beside_their_heads() {
    let found = body(
        "<sec><title>Results</title><table-wrap><label>Table 2.</label><caption><p>Deaths.</p></caption><table>\
         <thead><tr><th rowspan=\"2\">Outcome</th><th colspan=\"2\">Drug</th><th rowspan=\"2\">P</th></tr>\
         <tr><th>n</th><th>%</th></tr></thead><tbody><tr><td colspan=\"4\">All patients</td></tr>\
         <tr><td rowspan=\"2\">Death</td><td>12</td><td>−0.5</td><td>0.05<sup>*</sup></td></tr><tr><td>13</td><td/><td>0.2</td></tr></tbody></table>\
         <table-wrap-foot><fn><p>*By day 30.</p></fn></table-wrap-foot></table-wrap></sec>",
    );
    let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
    let expected = [
        "Deaths.",
        "All patients",
        "Death — Drug / n: 12; Drug / %: −0.5; P: 0.05*",
        "Death — Drug / n: 13; P: 0.2",
        "*By day 30.",
    ];
    assert_eq!(texts, expected);
    assert!(found.iter().all(|(section, _)| section == "Results/Table 2"));
}

#[test]
fn large_tables_take_time_in_proportion() {
    let row = "<tr><td rowspan=\"65000\">a</td><td colspan=\"1000\" rowspan=\"60000\">1</td></tr><tr><td>b</td><td>2</td></tr>";
    let head = format!("<thead><tr>{}</tr></thead>", "<th>a rather long head of a column</th>".repeat(200));
    let many = format!("<table-wrap><table>{head}<tbody>{}</tbody></table></table-wrap>", row.repeat(4000));
    let began = std::time::Instant::now();
    assert!(body(&many).len() > 4000);
    let cells = "<tr><td>death</td><td>1.5</td><td>2.5</td><td>3.5</td></tr>".repeat(20_000);
    assert_eq!(body(&format!("<table-wrap><table><tbody>{cells}</tbody></table></table-wrap>")).len(), 20_000);
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

#[test]
fn abstracts_of_every_kind_are_told_apart() {
    let paper = article(
        "<title-group><article-title>Pills</article-title><subtitle>a trial</subtitle></title-group>\
         <abstract abstract-type=\"executive-summary\"><p>For editors.</p></abstract>\
         <abstract><sec><title>Results:</title><p>It fell.</p></sec></abstract>\
         <abstract abstract-type=\"graphical\"><p>Seen.</p></abstract><trans-abstract xml:lang=\"fr\"><p>Il tombait.</p></trans-abstract>",
        "<body><p>Text.</p></body>",
    );
    let found: Vec<_> = paper.passages.iter().map(|p| (p.section.as_str(), p.category.as_deref())).collect();
    let summary = Some(Passage::SUMMARY);
    let expected = [
        ("TITLE", None),
        ("Results", None),
        ("EXECUTIVE-SUMMARY", summary),
        ("GRAPHICAL", summary),
        ("ABSTRACT (FRE)", summary),
        ("BODY", None),
    ];
    assert_eq!(found, expected);
    assert_eq!(paper.full_text_from, Some(5));
    assert_eq!(paper.title(), "Pills: a trial");
}

#[test]
fn people_have_their_places_and_groups_their_members() {
    let paper = article(
        "<contrib-group><contrib contrib-type=\"author\"><name><surname>Example</surname><given-names>Ann-Marie B.</given-names></name>\
         <contrib-id contrib-id-type=\"orcid\">https://orcid.org/0000-0000-0000-0001</contrib-id><xref ref-type=\"aff\" rid=\"a1\">1</xref></contrib>\
         <contrib contrib-type=\"author\"><collab>The Group<contrib-group><contrib><name><surname>Member</surname></name></contrib></contrib-group></collab></contrib>\
         <contrib contrib-type=\"editor\"><name><surname>Editor</surname></name></contrib></contrib-group>\
         <aff id=\"a1\"><label>1</label><institution>Clinic</institution><country>Nowhere</country></aff>",
        "",
    );
    assert_eq!(paper.authors.len(), 2);
    assert_eq!(paper.authors[0].initials.as_deref(), Some("AMB"));
    assert_eq!(paper.authors[0].affiliations, ["Clinic, Nowhere"]);
    assert_eq!(paper.authors[0].identifiers, [("ORCID".to_owned(), "0000-0000-0000-0001".to_owned())]);
    assert!(paper.authors[1].collective && paper.authors[1].last_name == "The Group");
    assert_eq!(paper.investigators.len(), 1);
}

#[test]
fn dates_licence_grants_and_registrations_are_read() {
    let paper = article(
        "<pub-date pub-type=\"collection\"><year>2019</year></pub-date><pub-date pub-type=\"epub\"><day>3</day><month>4</month><year>2019</year></pub-date>\
         <pub-date pub-type=\"pmc-release\"><year>2020</year></pub-date><volume>3</volume><fpage>6</fpage><lpage>9</lpage>\
         <permissions><copyright-statement>© A</copyright-statement><license xlink:href=\"http://creativecommons.org/licenses/by/4.0/\">\
         <license-p>Use it.</license-p></license></permissions>\
         <related-object source-type=\"clinical-trials-registry\" source-id=\"ClinicalTrials.gov\" document-id=\"NCT00000000\"/>\
         <funding-group><award-group><funding-source>F</funding-source><award-id>1</award-id></award-group></funding-group>\
         <kwd-group><kwd>one</kwd><kwd><italic>two</italic></kwd></kwd-group>",
        "",
    );
    assert_eq!(paper.published.unwrap().to_string(), "2019-04-03");
    assert_eq!(paper.pages.as_deref(), Some("6-9"));
    let licence = paper.licence.unwrap();
    assert_eq!((licence.code.as_deref(), licence.text.as_deref()), (Some("CC BY 4.0"), Some("Use it.")));
    assert_eq!(paper.grants, [("1".to_owned(), "F".to_owned())]);
    assert_eq!(paper.keywords, ["one", "two"]);
    assert_eq!(paper.accessions[0].1, "NCT00000000");
}

#[test]
fn a_notice_flags_the_article_it_speaks_of() {
    let paper = article(
        "<related-article related-article-type=\"retracted-article\" ext-link-type=\"doi\" xlink:href=\"10.5555/bad\"/>",
        "",
    );
    assert_eq!(paper.relations[0].kind, RelationKind::RetractionOf);
    let flags = paper.flags();
    assert_eq!((flags[0].kind, flags[0].target.as_str()), (FlagKind::Retracted, "DOI:10.5555/bad"));
}

#[test]
fn what_stands_around_the_paper_is_kept_apart() {
    let paper = article(
        "",
        "<body><p>Text.</p></body><back><ack><p>Thanks.</p></ack><fn-group><fn fn-type=\"conflict\"><p>None.</p></fn></fn-group>\
         <ref-list><ref><mixed-citation>A. <source>B</source>. 2001.</mixed-citation></ref></ref-list></back>\
         <response><front-stub><title-group><article-title>A reply</article-title></title-group></front-stub><body><p>No.</p></body></response>",
    );
    let back: Vec<_> = paper
        .passages
        .iter()
        .filter(|p| p.category.as_deref() == Some(Passage::BACK))
        .map(|p| p.section.as_str())
        .collect();
    assert_eq!(back, ["Acknowledgements", "Conflict of interest", "A reply"]);
    assert_eq!(paper.conflict_of_interest.as_deref(), Some("None."));
    assert_eq!(paper.references[0].citation, "A. B. 2001.");
}

#[test]
fn envelopes_are_opened_and_a_server_that_refuses_is_heard() {
    let one =
        "<article><front><article-meta><article-id pub-id-type=\"pmc\">1</article-id></article-meta></front></article>";
    for (open, close) in [
        ("<pmc-articleset>", "</pmc-articleset>"),
        ("<OAI-PMH><ListRecords><record><metadata>", "</metadata></record></ListRecords></OAI-PMH>"),
    ] {
        let (items, ended) = items(&format!("{open}{one}{one}{close}"));
        assert!(ended.is_ok() && items.len() == 2, "{open}");
    }
    let refused = items("<OAI-PMH><error code=\"noRecordsMatch\">none</error></OAI-PMH>").1.unwrap_err();
    assert!(refused.to_string().contains("none"), "{refused}");
}

#[test]
fn formulas_read_in_one_of_their_forms() {
    let both = "<alternatives><mml:math><mml:mfrac><mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:mfrac></mml:math><tex-math>\\frac12</tex-math></alternatives>";
    assert_eq!(paragraph(&format!("x = <inline-formula>{both}</inline-formula>.")), "x = 1/2.");
    let tex = "<inline-formula><tex-math>\\begin{document}$$a&lt;b$$\\end{document}</tex-math></inline-formula>";
    assert_eq!(paragraph(tex), "a<b");
}

#[test]
fn an_article_without_a_name_and_one_nested_without_end_are_rejected() {
    let (found, _) = items(
        "<articles><article><front/></article><article><front><article-meta><article-id pub-id-type=\"doi\">10.5555/x</article-id></article-meta></front></article></articles>",
    );
    assert!(matches!(&found[0], Item::Rejected(rejection) if rejection.reason.contains("neither")));
    assert!(matches!(&found[1], Item::Document(_)));
    let deep = format!("<article>{}{}</article>", "<sec>".repeat(100_000), "</sec>".repeat(100_000));
    let (found, _) = items(&deep);
    assert!(matches!(&found[0], Item::Rejected(rejection) if rejection.reason.contains("nested deeper")));
}

#[test]
fn real_articles_are_read_and_nothing_in_them_is_lost() {
    let data = std::env::var_os("LITMINE_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let Ok(archive) = std::fs::File::open(data.join("jats/oa_rct.tar.gz")) else {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "skipped: no real articles at {}", data.display());
        return;
    };
    let (mut articles, mut rejected) = (0, Vec::new());
    each_stream(Box::new(archive), &mut |stream| {
        let name = stream.member.unwrap();
        let mut xml = String::new();
        std::io::Read::read_to_string(&mut stream.input.unwrap(), &mut xml).unwrap();
        let (found, ended) = items(&xml);
        ended.unwrap();
        match &found[..] {
            [Item::Document(record)] => {
                articles += 1;
                check(&name, &xml, &record.document);
            }
            other => rejected.push(format!("{name}: {other:?}")),
        }
        // A sample is enough here; the whole archive is for the checks on real data.
        if articles < 150 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
    .unwrap();
    assert_eq!(articles, 150);
    assert!(rejected.is_empty(), "{rejected:?}");
}

/// What can be counted from the tags alone is all there.
fn check(name: &str, xml: &str, paper: &Document) {
    assert!(!paper.title().is_empty(), "{name}");
    assert!(paper.published.is_some(), "{name}");
    let count = |tag: &str| xml.matches(&format!("<{tag}>")).count() + xml.matches(&format!("<{tag} ")).count();
    if !xml.contains("<sub-article") && !xml.contains("<response") {
        assert!(paper.references.len() >= count("ref"), "{name}: {} of {}", paper.references.len(), count("ref"));
    }
    assert_eq!(paper.licence.is_some(), xml.contains("<license"), "{name}");
    assert!(paper.passages.iter().all(|p| !p.text.contains('\n') && !p.text.contains("  ")), "{name}");
    for mark in &paper.citation_marks {
        let length = paper.passages[mark.passage as usize].text.chars().count() as u32;
        assert!(mark.start < mark.end && mark.end <= length, "{name}");
    }
}
