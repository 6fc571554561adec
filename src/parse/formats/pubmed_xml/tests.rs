//! What records of PubMed say, on invented ones and, where they are present, on real ones.

use std::ops::ControlFlow;
use std::path::PathBuf;

use super::PubmedXml;
use crate::model::{Document, DocumentId, DocumentKind, FlagKind, Indexing, RelationKind};
use crate::parse::{Input, Item, ParseError, RecordParser};

fn items(xml: &str) -> (Vec<Item>, Result<(), ParseError>) {
    let mut items = Vec::new();
    let mut input = xml.as_bytes();
    let ended = PubmedXml.parse(&mut input, &mut |item| {
        items.push(item);
        ControlFlow::Continue(())
    });
    (items, ended)
}

/// The document of a citation with this inside.
fn citation(inner: &str) -> Document {
    document(&format!("<MedlineCitation><PMID Version=\"1\">7</PMID>{inner}</MedlineCitation>"))
}

fn document(inner: &str) -> Document {
    let (items, ended) = items(&format!("<PubmedArticleSet><PubmedArticle>{inner}</PubmedArticle></PubmedArticleSet>"));
    ended.unwrap();
    match items.into_iter().next() {
        Some(Item::Document(record)) => record.document,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_record_is_kept_as_it_stood() {
    let record = "<PubmedArticle><MedlineCitation><PMID>7</PMID></MedlineCitation></PubmedArticle>";
    let xml = format!("<PubmedArticleSet>\n  {record}\n</PubmedArticleSet>");
    let (items, _) = items(&xml);
    let Item::Document(found) = &items[0] else { panic!() };
    assert_eq!(found.bytes, record.as_bytes());
    assert_eq!(found.position, xml.find(record).unwrap() as u64);
    assert_eq!(found.document.version, 1);
}

#[test]
fn only_the_number_of_the_citation_is_the_records_own() {
    let paper = document(
        "<MedlineCitation><CommentsCorrectionsList><CommentsCorrections RefType=\"RetractionIn\"><RefSource>J 2</RefSource>\
         <PMID Version=\"1\">99</PMID></CommentsCorrections></CommentsCorrectionsList><PMID Version=\"3\">7</PMID></MedlineCitation>\
         <PubmedData><ArticleIdList><ArticleId IdType=\"pubmed\">8</ArticleId><ArticleId IdType=\"doi\">10.5555/Own</ArticleId>\
         <ArticleId IdType=\"pmc\">PMC12</ArticleId></ArticleIdList><ReferenceList><Reference><Citation>C</Citation><ArticleIdList>\
         <ArticleId IdType=\"doi\">10.5555/theirs</ArticleId><ArticleId IdType=\"pubmed\">5</ArticleId></ArticleIdList></Reference>\
         <ReferenceList><Reference><Citation>D</Citation></Reference></ReferenceList></ReferenceList></PubmedData>",
    );
    assert_eq!((paper.identifiers.pmid, paper.version), (Some(7), 3));
    assert_eq!(paper.identifiers.doi.as_deref(), Some("10.5555/own"));
    assert_eq!(paper.identifiers.pmcid.as_deref(), Some("PMC12"));
    assert_eq!(paper.references.len(), 2);
    assert_eq!(paper.references[0].identifiers.pmid, Some(5));
    assert_eq!(paper.relations[0].kind, RelationKind::RetractionIn);
    let flags = paper.flags();
    assert_eq!((flags[0].kind, &flags[0].target), (FlagKind::Retracted, &DocumentId::pmid(7)));
    assert_eq!(flags[0].notice, Some(DocumentId::pmid(99)));
}

#[test]
fn a_record_without_a_number_is_rejected_and_the_next_is_read() {
    let (items, ended) = items(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><Article/></MedlineCitation></PubmedArticle>\
         <PubmedArticle><MedlineCitation><PMID>8</PMID><b></MedlineCitation></PubmedArticle>\
         <PubmedArticle><MedlineCitation><PMID>9</PMID></MedlineCitation></PubmedArticle></PubmedArticleSet>",
    );
    assert!(ended.is_ok());
    assert!(matches!(&items[0], Item::Rejected(r) if r.reason.contains("no PMID")), "{:?}", items[0]);
    assert!(matches!(&items[1], Item::Rejected(_)), "{:?}", items[1]);
    assert!(matches!(&items[2], Item::Document(r) if r.document.identifiers.pmid == Some(9)));
}

#[test]
fn deletions_name_number_and_version() {
    let (items, _) = items(
        "<PubmedArticleSet><DeleteCitation><PMID Version=\"1\">7</PMID>\n<PMID Version=\"2\">8</PMID></DeleteCitation></PubmedArticleSet>",
    );
    let found: Vec<_> = items
        .iter()
        .map(|item| match item {
            Item::Deletion(deletion) => (deletion.id.as_pmid().unwrap(), deletion.version),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(found, [(7, 1), (8, 2)]);
}

#[test]
fn labels_that_say_nothing_are_left_out() {
    let paper = citation(
        "<Article><ArticleTitle>T <i>in vivo</i>.</ArticleTitle><Abstract><AbstractText Label=\"\">One.</AbstractText>\
         <AbstractText Label=\"UNASSIGNED\" NlmCategory=\"UNASSIGNED\">Two.</AbstractText>\
         <AbstractText Label=\"FINDINGS\" NlmCategory=\"RESULTS\">p &lt; 0.05.</AbstractText><AbstractText/>\
         <CopyrightInformation>C.</CopyrightInformation></Abstract></Article>",
    );
    let sections: Vec<_> =
        paper.passages.iter().map(|p| (p.section.as_str(), p.category.as_deref(), p.text.as_str())).collect();
    assert_eq!(
        sections,
        [
            ("TITLE", None, "T in vivo."),
            ("ABSTRACT", None, "One."),
            ("ABSTRACT", None, "Two."),
            ("FINDINGS", Some("RESULTS"), "p < 0.05.")
        ]
    );
    assert_eq!(paper.copyright.as_deref(), Some("C."));
}

#[test]
fn an_abstract_may_stand_elsewhere_in_another_language() {
    let other =
        "<OtherAbstract Type=\"Publisher\" Language=\"spa\"><AbstractText>Texto.</AbstractText></OtherAbstract>";
    let english = "<OtherAbstract Type=\"PIP\" Language=\"eng\"><AbstractText>Text.</AbstractText></OtherAbstract>";
    let only = citation(&format!("<Article><ArticleTitle>T</ArticleTitle></Article>{other}"));
    assert_eq!((only.abstract_language.as_deref(), only.passages[1].text.as_str()), (Some("spa"), "Texto."));
    let both = citation(&format!("<Article><ArticleTitle>T</ArticleTitle></Article>{other}{english}"));
    assert_eq!((both.abstract_language.as_deref(), both.passages[1].text.as_str()), (None, "Text."));
    let own = citation(&format!(
        "<Article><ArticleTitle>T</ArticleTitle><Abstract><AbstractText>Own.</AbstractText></Abstract></Article>{other}"
    ));
    assert_eq!((own.abstract_language, own.passages.len(), own.passages[1].text.as_str()), (None, 2, "Own."));
}

#[test]
fn translated_titles_lose_their_brackets() {
    let title =
        |text: &str| citation(&format!("<Article><ArticleTitle>{text}</ArticleTitle></Article>")).title().to_owned();
    assert_eq!(title("[A translated title]."), "A translated title");
    assert_eq!(title("[A] and [B]."), "[A] and [B].");
    assert_eq!(title("Plain."), "Plain.");
}

#[test]
fn dates_of_issue_and_version() {
    let paper = citation(
        "<DateRevised><Year>2020</Year><Month>02</Month><Day>30</Day></DateRevised><Article><Journal><JournalIssue><PubDate>\
         <MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate></JournalIssue></Journal>\
         <ArticleDate DateType=\"Electronic\"><Year>1998</Year><Month>11</Month><Day>03</Day></ArticleDate></Article>",
    );
    assert_eq!(paper.published.unwrap().to_string(), "1998-12");
    assert_eq!(paper.published_as_written.as_deref(), Some("1998 Dec-1999 Jan"));
    assert_eq!(paper.published_electronically.unwrap().to_string(), "1998-11-03");
    assert_eq!(paper.revised.unwrap().to_string(), "2020-02");
    let season = citation(
        "<Article><Journal><JournalIssue><PubDate><Year>1976</Year><Season>Fall</Season></PubDate></JournalIssue></Journal></Article>",
    );
    assert_eq!((season.year(), season.published_as_written.as_deref()), (Some(1976), Some("1976 Fall")));
}

#[test]
fn people_headings_substances_and_the_rest() {
    let paper = document(
        "<MedlineCitation IndexingMethod=\"Automated\"><PMID>7</PMID><Article><Journal><ISSN>1234-5678</ISSN><Title>Journal</Title>\
         <ISOAbbreviation>J. Iso</ISOAbbreviation></Journal><Pagination><StartPage>1</StartPage><EndPage>9</EndPage></Pagination>\
         <ELocationID EIdType=\"doi\" ValidYN=\"N\">10.5555/wrong</ELocationID><ELocationID EIdType=\"doi\">10.5555/right</ELocationID>\
         <AuthorList><Author><LastName>Doe</LastName><Initials>J</Initials><Suffix>Jr</Suffix><Identifier Source=\"ORCID\">0</Identifier>\
         <AffiliationInfo><Affiliation>A.</Affiliation></AffiliationInfo></Author><Author><CollectiveName>A Group</CollectiveName></Author>\
         <Author ValidYN=\"Y\"/></AuthorList><Language>eng</Language><DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName>\
         <AccessionNumberList><AccessionNumber>NCT00000001</AccessionNumber></AccessionNumberList></DataBank></DataBankList>\
         <PublicationTypeList><PublicationType UI=\"D016449\">Randomized Controlled Trial</PublicationType></PublicationTypeList></Article>\
         <MedlineJournalInfo><Country>X</Country><MedlineTA>J Med</MedlineTA><NlmUniqueID>1</NlmUniqueID><ISSNLinking>1234-5678</ISSNLinking></MedlineJournalInfo>\
         <ChemicalList><Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI=\"C1\">S</NameOfSubstance></Chemical></ChemicalList>\
         <SupplMeshList><SupplMeshName Type=\"Disease\" UI=\"C2\">D</SupplMeshName></SupplMeshList>\
         <MeshHeadingList><MeshHeading><DescriptorName UI=\"D1\" MajorTopicYN=\"N\">H</DescriptorName>\
         <QualifierName UI=\"Q1\" MajorTopicYN=\"Y\">q</QualifierName></MeshHeading></MeshHeadingList>\
         <OtherID Source=\"NLM\">PMC77 [Available on 01/01/30]</OtherID><KeywordList><Keyword>k &amp; l</Keyword></KeywordList>\
         <CoiStatement>None.</CoiStatement><PersonalNameSubjectList><PersonalNameSubject><LastName>Subject</LastName>\
         <ForeName>Old</ForeName><Initials>O</Initials></PersonalNameSubject></PersonalNameSubjectList></MedlineCitation><PubmedData><History><PubMedPubDate PubStatus=\"pubmed\"><Year>2001</Year><Month>2</Month><Day>4</Day></PubMedPubDate>\
         <PubMedPubDate PubStatus=\"medline\"><Year>2001</Year><Month>3</Month><Day>1</Day></PubMedPubDate>\
         <PubMedPubDate PubStatus=\"entrez\"><Year>2001</Year>\
         <Month>2</Month><Day>3</Day></PubMedPubDate></History><PublicationStatus>epublish</PublicationStatus></PubmedData>",
    );
    assert_eq!(paper.indexing, Indexing::Automated);
    assert_eq!(paper.authors.len(), 2, "an author without a name is none");
    assert_eq!(paper.authors[0].suffix.as_deref(), Some("Jr"));
    assert!(paper.authors[1].collective);
    assert_eq!(paper.identifiers.doi.as_deref(), Some("10.5555/right"));
    assert_eq!(paper.identifiers.pmcid.as_deref(), Some("PMC77"));
    assert_eq!(paper.pages.as_deref(), Some("1-9"));
    let journal = paper.journal.as_ref().unwrap();
    assert_eq!((journal.abbreviation.as_deref(), journal.issn.len()), (Some("J Med"), 1));
    assert_eq!(paper.registrations().collect::<Vec<_>>(), ["NCT00000001"]);
    assert_eq!(paper.substances.len(), 2);
    assert_eq!(paper.substances[0].registry, None);
    assert!(paper.headings[0].is_major_topic() && !paper.headings[0].major);
    assert_eq!(paper.keywords, ["k & l"]);
    let day = |date: Option<crate::model::PartialDate>| date.unwrap().to_string();
    assert_eq!(day(paper.created), "2001-02-03");
    assert_eq!((day(paper.entered), day(paper.headings_given)), ("2001-02-04".to_owned(), "2001-03-01".to_owned()));
    assert_eq!(paper.people[0].last_name, "Subject");
    assert_eq!(paper.publication_status.as_deref(), Some("epublish"));
}

#[test]
fn a_chapter_of_a_book() {
    let (items, _) = items(
        "<PubmedArticleSet><PubmedBookArticle><BookDocument><PMID Version=\"1\">5</PMID><ArticleIdList>\
         <ArticleId IdType=\"bookaccession\">NBK1</ArticleId></ArticleIdList><Book><Publisher><PublisherName>The Press</PublisherName></Publisher><BookTitle>The Book</BookTitle>\
         <PubDate><Year>1993</Year></PubDate><AuthorList Type=\"editors\"><Author><LastName>Editor</LastName></Author></AuthorList><Isbn>978-0-00-000000-2</Isbn></Book>\
         <ArticleTitle>Chapter</ArticleTitle><Abstract><AbstractText Label=\"Summary\">Text.</AbstractText></Abstract></BookDocument></PubmedBookArticle></PubmedArticleSet>",
    );
    let Item::Document(record) = &items[0] else { panic!("{items:?}") };
    let book = &record.document;
    assert_eq!((book.kind, book.title(), book.year()), (DocumentKind::Book, "Chapter", Some(1993)));
    assert_eq!(book.journal.as_ref().unwrap().title, "The Book");
    let others = book.identifiers.other.iter().map(|(scheme, id)| (scheme.as_str(), id.as_str())).collect::<Vec<_>>();
    assert_eq!(others, [("bookaccession", "NBK1"), ("isbn", "978-0-00-000000-2")]);
    assert_eq!((book.publisher.as_deref(), book.editors[0].last_name.as_str()), (Some("The Press"), "Editor"));
}

#[test]
fn an_answer_that_says_what_went_wrong_is_no_empty_file() {
    for body in
        ["<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>", "<ERROR>Empty id list</ERROR>"]
    {
        let (items, ended) = items(body);
        assert!(items.is_empty());
        let error = ended.unwrap_err().to_string();
        assert!(error.contains("Unable to obtain") || error.contains("Empty id list"), "{error}");
    }
}

#[test]
fn what_is_cut_short_ends_in_an_error_after_what_came_before() {
    let (items, ended) =
        items("<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID></MedlineCitation></PubmedArticle>");
    assert_eq!(items.len(), 1);
    assert!(matches!(ended, Err(ParseError::Malformed { .. })));
}

#[test]
fn entities_of_its_own_are_refused() {
    let (items, ended) = items(
        "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID>\
         </MedlineCitation></PubmedArticle></PubmedArticleSet>",
    );
    assert!(items.is_empty());
    assert!(ended.unwrap_err().to_string().contains("DOCTYPE"));
}

/// The folder of real records; none, with a word on standard error, where it is absent.
fn real_records() -> Option<PathBuf> {
    let data = std::env::var_os("LITMINE_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let folder = data.join("pubmed");
    if !folder.is_dir() {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "skipped: no real records at {}", folder.display());
        return None;
    }
    Some(folder)
}

#[test]
fn real_records_are_read_and_nothing_in_them_is_lost() {
    let Some(folder) = real_records() else { return };
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() { &mut folders } else { &mut files }.push(entry.path());
        }
    }
    assert!(files.len() > 100);
    let mut rejected = 0;
    for file in files {
        let mut xml = String::new();
        std::io::Read::read_to_string(&mut Input::open(&file).unwrap(), &mut xml).unwrap();
        let (items, ended) = items(&xml);
        ended.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut seen = Counts::default();
        for item in &items {
            match item {
                Item::Document(record) => seen.add(&record.document),
                Item::Deletion(_) => seen.deletions += 1,
                Item::Rejected(_) => rejected += 1,
                Item::Statement(_) => panic!("a record makes no statements"),
            }
        }
        if items.iter().any(|item| matches!(item, Item::Rejected(_))) {
            continue;
        }
        assert_eq!(seen, Counts::of(&xml), "{}", file.display());
    }
    assert_eq!(rejected, 1, "one of the real records has no PMID");
}

/// Counts of what stands in the XML, told from the tags alone, and of what was read.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    articles: usize,
    headings: usize,
    qualifiers: usize,
    people: usize,
    substances: usize,
    keywords: usize,
    relations: usize,
    references: usize,
    publication_types: usize,
    deletions: usize,
}

impl Counts {
    fn add(&mut self, document: &Document) {
        self.articles += 1;
        self.headings += document.headings.len();
        self.qualifiers += document.headings.iter().map(|h| h.qualifiers.len()).sum::<usize>();
        self.people += document.authors.len() + document.investigators.len();
        self.substances += document.substances.len();
        self.keywords += document.keywords.len();
        self.relations += document.relations.len();
        self.references += document.references.len();
        self.publication_types += document.publication_types.len();
    }

    fn of(xml: &str) -> Self {
        let count = |tag: &str| xml.matches(&format!("<{tag}>")).count() + xml.matches(&format!("<{tag} ")).count();
        let deletions = xml
            .split("<DeleteCitation>")
            .skip(1)
            .map(|rest| rest.split("</DeleteCitation>").next().unwrap_or_default().matches("<PMID").count())
            .sum();
        Self {
            articles: count("PubmedArticle") + count("PubmedBookArticle"),
            headings: count("MeshHeading"),
            qualifiers: count("QualifierName"),
            people: count("Author") + count("Investigator"),
            substances: count("Chemical") + count("SupplMeshName"),
            keywords: count("Keyword"),
            relations: count("CommentsCorrections"),
            references: count("Reference"),
            publication_types: count("PublicationType"),
            deletions,
        }
    }
}
