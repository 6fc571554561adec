//! The formats of records: one folder and one line of [`ALL`] each.

mod biorxiv;
mod ctgov;
mod europe_pmc;
mod jats;
mod medline;
mod pmc_metadata;
mod pubmed_xml;
mod pubtator;
mod retraction_watch;

use super::RecordParser;

/// Every format.
pub const ALL: &[&dyn RecordParser] = &[
    &pubmed_xml::PubmedXml,
    &jats::Jats,
    &medline::Medline,
    &pubtator::PubTator,
    &ctgov::CtGov,
    &europe_pmc::EuropePmc,
    &biorxiv::Biorxiv,
    &biorxiv::Published,
    &pmc_metadata::PmcMetadata,
    &retraction_watch::RetractionWatch,
];

/// The format of this name.
pub fn by_name(name: &str) -> Option<&'static dyn RecordParser> {
    ALL.iter().copied().find(|parser| parser.name() == name)
}

/// The format of a stream that begins so.
pub fn recognise(head: &[u8]) -> Option<&'static dyn RecordParser> {
    ALL.iter().copied().find(|parser| parser.recognises(head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::Item;
    use proptest::prelude::*;
    use std::ops::ControlFlow;

    /// A record of each format, invented.
    const SAMPLES: [&str; 10] = [
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version=\"1\">7</PMID><Article><ArticleTitle>A &lt;b&gt; c.</ArticleTitle>\
         <Abstract><AbstractText Label=\"RESULTS\">x<sup>2</sup> p &lt; 0.05</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>\
         <DeleteCitation><PMID Version=\"1\">8</PMID></DeleteCitation></PubmedArticleSet>",
        "<!DOCTYPE article><article article-type=\"research-article\"><front><article-meta><article-id pub-id-type=\"pmid\">7</article-id>\
         <title-group><article-title>A.</article-title></title-group><abstract><p>B.</p></abstract></article-meta></front><body><sec>\
         <title>Results</title><p>x<sup><xref ref-type=\"bibr\">2</xref></sup></p><table-wrap><label>Table 1</label><table><thead><tr>\
         <th/><th colspan=\"2\">C</th></tr></thead><tbody><tr><td rowspan=\"2\">d</td><td>1</td><td>2</td></tr><tr><td>3</td></tr>\
         </tbody></table></table-wrap></sec></body></article>",
        "PMID- 7\nTI  - A title that is\n      folded.\nAB  - RESULTS: x p < 0.05\nMH  - *Asthma/drug therapy\nFAU - Example, Ann\nAU  - Example A\n\n",
        "7|t|A title.\n7|a|An abstract.\n7\t0\t1\tA\tDisease\tD000001\n\n",
        r#"{"studies":[{"protocolSection":{"identificationModule":{"nctId":"NCT99000001","briefTitle":"A."},"descriptionModule":{"briefSummary":"B.\n\nC."}}}]}"#,
        r#"{"hitCount":1,"resultList":{"result":[{"id":"7","source":"MED","pmid":"7","title":"A <i>b</i>.","abstractText":"<h4>Results</h4>p &lt; 0.05"}]}}"#,
        r#"{"messages":[{"status":"ok"}],"collection":[{"doi":"10.1101/7","title":"A <i>b</i>","version":"1","date":"2099-01-02","license":"cc_by","abstract":"O_ST_ABSResultsC_ST_ABSp < 0.05","published":"NA"}]}"#,
        r#"{"collection":[{"preprint_doi":"10.1101/7","published_doi":"10.5555/7","preprint_title":"A","preprint_abstract":"ResultsIt rolled."}]}"#,
        r#"{"pmcid":"PMC7","version":1,"pmid":7,"doi":"10.5555/7","title":"A <i>b</i>","is_pmc_openaccess":true,"is_retracted":false,"license_code":"CC BY"}"#,
        "Record ID,RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\n\
         7,1/2/2099 0:00,unavailable,0,10.5555/7,7,Retraction,+Lost;\n",
    ];

    fn feed(parser: &dyn RecordParser, bytes: &[u8]) -> Vec<Item> {
        let mut items = Vec::new();
        let mut input = bytes;
        let _ = parser.parse(&mut input, &mut |item| {
            items.push(item);
            ControlFlow::Continue(())
        });
        items
    }

    #[test]
    fn each_sample_is_recognised_by_its_format_alone() {
        for (parser, sample) in ALL.iter().zip(SAMPLES) {
            let known: Vec<_> = ALL.iter().filter(|p| p.recognises(sample.as_bytes())).map(|p| p.name()).collect();
            assert_eq!(known, [parser.name()]);
            let first = &feed(*parser, sample.as_bytes())[0];
            assert!(matches!(first, Item::Document(_) | Item::Statement(_)), "{}", parser.name());
        }
    }

    #[test]
    fn a_sink_that_breaks_stops_the_stream() {
        for (parser, sample) in ALL.iter().zip(SAMPLES) {
            let mut seen = 0;
            let double = format!("{sample}{sample}");
            let mut input = double.as_bytes();
            let _ = parser.parse(&mut input, &mut |_| {
                seen += 1;
                ControlFlow::Break(())
            });
            assert_eq!(seen, 1, "{}", parser.name());
        }
    }

    proptest! {
        #[test]
        fn damaged_records_never_panic(which in 0..SAMPLES.len(), at in any::<prop::sample::Index>(), with in prop::collection::vec(any::<u8>(), 0..4), cut in 0_usize..6) {
            let mut bytes = SAMPLES[which].as_bytes().to_vec();
            let start = at.index(bytes.len());
            let end = (start + cut).min(bytes.len());
            bytes.splice(start..end, with);
            for parser in ALL {
                for item in feed(*parser, &bytes) {
                    if let Item::Document(record) = item {
                        prop_assert!(record.document.identifiers.primary().is_some());
                        prop_assert!(record.document.passages.iter().all(|p| !p.text.contains('\n')));
                    }
                }
            }
        }
    }
}
