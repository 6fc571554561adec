//! The query language on an index, against a naive scan of the same documents.

use super::*;
use crate::index::query::{Operator, read_strategy};
use crate::model::{Annotation, Author, Finding, Qualifier, Sentence, SentenceRole, Span};

/// Documents of several sentences, with what mining would say of them.
fn mined(count: u64) -> Vec<(Document, Annotation)> {
    let mut dice = Dice(11);
    documents(count)
        .into_iter()
        .map(|mut document| {
            document.passages.retain(|passage| passage.section == "TITLE");
            for section in ["METHODS", "RESULTS"] {
                let text = (0..1 + dice.roll(3)).map(|_| dice.words(9)).collect::<Vec<_>>().join(". ");
                document.passages.push(Passage { section: section.into(), category: None, text });
            }
            let mut annotation = Annotation::default();
            for (at, (passage, span)) in document.passages.iter().zip(document.passage_spans()).enumerate() {
                let mut start = span.start;
                for sentence in passage.text.split(". ") {
                    let own = Span::new(start, start + sentence.len() as u32);
                    start = own.end + 2;
                    annotation.sentences.push(Sentence { span: own, passage: at as u32, role: None, confidence: 0.0 });
                    if passage.section == "RESULTS" && dice.roll(2) == 0 {
                        annotation.findings.push(finding(own));
                    }
                }
            }
            (document, annotation)
        })
        .collect()
}

fn finding(span: Span) -> Finding {
    Finding {
        span,
        role: SentenceRole::Results,
        intervention: None,
        comparator: None,
        outcome: None,
        direction: None,
        favours: None,
        significant: None,
        effects: Vec::new(),
        links: Vec::new(),
        confidence: 1.0,
    }
}

fn index(documents: &[(Document, Annotation)]) -> (tempfile::TempDir, Searcher) {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = IndexWriter::update(folder.path(), false).unwrap();
    for (document, annotation) in documents {
        let given = IndexedDocument { annotation: Some(annotation), ..IndexedDocument::new(document) };
        writer.put(&given).unwrap();
    }
    writer.publish("1").unwrap();
    let searcher = Searcher::open(folder.path()).unwrap();
    (folder, searcher)
}

fn ids(documents: &[(Document, Annotation)], holds: impl Fn(&Document) -> bool) -> BTreeSet<u64> {
    documents.iter().filter(|(d, _)| holds(d)).map(|(d, _)| d.identifiers.pmid.unwrap()).collect()
}

/// The words of a text, sentences apart from nothing.
fn flat(text: &str) -> Vec<&str> {
    text.split([' ', '.']).filter(|word| !word.is_empty()).collect()
}

/// Whether a text holds all the words within a stretch of at most `near` others.
fn is_near(text: &str, wanted: &[&str], near: usize) -> bool {
    let words = flat(text);
    (0..words.len()).any(|start| {
        let end = (start + wanted.len() + near).min(words.len());
        let mut left: Vec<&str> = words[start..end].to_vec();
        wanted.iter().all(|word| left.iter().position(|w| w == word).map(|at| left.remove(at)).is_some())
    })
}

#[test]
fn proximity_is_what_a_scan_finds_in_either_order() {
    let documents = mined(200);
    let (_folder, searcher) = index(&documents);
    for (words, near) in [
        ("heart failure", 0),
        ("failure heart", 2),
        ("stroke women exercise", 4),
        ("asthma asthma", 3),
        ("women stroke", 1),
    ] {
        let wanted: Vec<&str> = words.split(' ').collect();
        // Two passages of an abstract are one text; what parts them counts as a word.
        let holds = |d: &Document| {
            let body = d.body().map(|p| p.text.as_str()).collect::<Vec<_>>().join(" | ");
            is_near(d.title(), &wanted, near) || is_near(&body, &wanted, near)
        };
        let expected = ids(&documents, holds);
        assert_eq!(found(&searcher, &format!("\"{words}\"[tiab:~{near}]")), expected, "{words} ~{near}");
        let reversed: Vec<&str> = words.split(' ').rev().collect();
        assert_eq!(found(&searcher, &format!("\"{}\"[tiab:~{near}]", reversed.join(" "))), expected);
    }
}

#[test]
fn a_truncated_phrase_is_every_phrase_that_begins_so() {
    let documents = mined(200);
    let (_folder, searcher) = index(&documents);
    for (start, prefix) in [("women", "hosp"), ("heart", "f"), ("asthma", "hospitals")] {
        let expected = ids(&documents, |d| {
            d.passages
                .iter()
                .any(|p| flat(&p.text).windows(2).any(|pair| pair[0] == start && pair[1].starts_with(prefix)))
        });
        assert_eq!(found(&searcher, &format!("\"{start} {prefix}*\"[tiab]")), expected, "{start} {prefix}*");
    }
}

#[test]
fn sentences_and_findings_are_what_a_scan_finds() {
    let documents = mined(150);
    let (_folder, searcher) = index(&documents);
    let scan = |holds: &dyn Fn(&Document, &str) -> bool, only_findings: bool| {
        let mut all = BTreeSet::new();
        for (document, annotation) in &documents {
            let text = document.text();
            for (n, sentence) in annotation.sentences.iter().enumerate() {
                let words = &text[sentence.span.start as usize..sentence.span.end as usize];
                let is_finding = annotation.findings.iter().any(|finding| finding.span == sentence.span);
                if holds(document, words) && (is_finding || !only_findings) {
                    all.insert((document.identifiers.pmid.unwrap(), n as u16));
                }
            }
        }
        all
    };
    type Holds<'h> = &'h dyn Fn(&Document, &str) -> bool;
    let queries: [(&str, Holds<'_>); 7] = [
        ("asthma[tiab]", &|_, s| flat(s).contains(&"asthma")),
        ("asthma AND stroke", &|_, s| flat(s).contains(&"asthma") && flat(s).contains(&"stroke")),
        ("asthma[tiab] NOT women[tiab]", &|_, s| flat(s).contains(&"asthma") && !flat(s).contains(&"women")),
        ("\"heart failure\"[tiab]", &|_, s| flat(s).windows(2).any(|pair| pair == ["heart", "failure"])),
        ("hospital*[tiab] OR stroke[tiab]", &|_, s| {
            flat(s).iter().any(|w| w.starts_with("hospital") || *w == "stroke")
        }),
        ("asthma[tiab] AND review[pt]", &|d, s| flat(s).contains(&"asthma") && d.has_publication_type("Review")),
        ("\"women stroke\"[tiab:~1] AND 2012:2016[dp]", &|d, s| {
            is_near(s, &["women", "stroke"], 1) && (2012..=2016).contains(&d.year().unwrap())
        }),
    ];
    for (query, holds) in queries {
        for (unit, only_findings) in [(Unit::Sentence, false), (Unit::Finding, true)] {
            let request = SearchRequest { unit, limit: 10_000, ..SearchRequest::new(query) };
            let answer = searcher.search(&request).unwrap();
            assert_eq!(answer.total as usize, answer.hits.len());
            let hits: BTreeSet<(u64, u16)> =
                answer.hits.iter().map(|hit| (hit.id.as_pmid().unwrap(), hit.sentence.unwrap().sentence)).collect();
            assert_eq!(hits, scan(holds, only_findings), "{query} {unit:?}");
        }
    }
}

#[test]
fn counts_add_up_whatever_is_joined() {
    let documents = mined(80);
    let (_folder, searcher) = index(&documents);
    let clauses = [
        "asthma",
        "hospital*",
        "\"heart failure\"[tiab]",
        "\"women stroke\"[tiab:~3]",
        "heart failure[mh]",
        "review[pt]",
        "2012:2016[dp]",
        "therapy/broad[filter]",
        "hasabstract",
        "(asthma OR stroke[ti]) NOT women",
        "all[sb]",
    ];
    let vocabulary = Vocabulary::starter();
    for unit in [Unit::Document, Unit::Sentence, Unit::Finding] {
        let count = |query: &str| {
            let request = SearchRequest { unit, headings: &vocabulary, ..SearchRequest::new(query) };
            searcher.count(&request).unwrap_or_else(|error| panic!("{query}: {error}"))
        };
        for (n, a) in clauses.into_iter().enumerate() {
            // Each with the next and the one three on: enough that every kind meets several others.
            for b in [clauses[(n + 1) % clauses.len()], clauses[(n + 3) % clauses.len()]] {
                let both = count(&format!("({a}) AND ({b})"));
                assert_eq!(both + count(&format!("({a}) NOT ({b})")), count(&format!("({a})")), "{a} | {b}");
                assert_eq!(count(&format!("({a}) OR ({b})")), count(a) + count(b) - both, "{a} | {b}");
            }
        }
    }
}

#[test]
fn an_explanation_counts_every_part_and_what_each_takes_away() {
    let documents = mined(150);
    let (_folder, searcher) = index(&documents);
    let vocabulary = Vocabulary::starter();
    let query = "hospital*[tiab] AND women[tiab] AND asthmaa[tiab]";
    let request = SearchRequest { headings: &vocabulary, ..SearchRequest::new(query) };
    let explanation = searcher.explain(&request).unwrap();
    assert_eq!(explanation.clause.count, 0);
    let operands = &explanation.clause.operands;
    assert_eq!(operands.len(), 3);
    for operand in operands {
        assert_eq!(operand.count, found(&searcher, &operand.text).len() as u64, "{}", operand.text);
    }
    assert_eq!(operands[1].operator, Some(Operator::And));
    assert_eq!(operands[0].stands_for, 3, "{:?}", operands[0].branches);
    for branch in &operands[0].branches {
        assert_eq!(branch.count, found(&searcher, &format!("{}[tiab]", branch.name)).len() as u64);
    }
    let dearest = &explanation.costs[0];
    assert_eq!(dearest.clause, "\"asthmaa\"[tiab]".replace('"', ""));
    assert_eq!(dearest.without, found(&searcher, "hospital*[tiab] AND women[tiab]").len() as u64);
    assert_eq!(explanation.unmatched[0].nearest, ["asthma"]);
}

#[test]
fn loosening_says_each_step_and_finds_something() {
    let documents = mined(100);
    let (_folder, searcher) = index(&documents);
    let request = SearchRequest::new("\"asthma stroke women metformin\"[ti] AND nothinglikeit[ti]");
    let loosened = searcher.loosen(&request).unwrap();
    assert!(loosened.steps.len() >= 3, "{loosened:?}");
    assert!(loosened.steps.iter().rev().skip(1).all(|step| step.count == 0));
    let last = loosened.steps.last().unwrap();
    assert_eq!(last.what, "left out: \"nothinglikeit\"[tw]".replace('"', ""));
    assert_eq!(last.count, found(&searcher, &loosened.query.unwrap()).len() as u64);
    let nothing = searcher.loosen(&SearchRequest::new("nothinglikeit[ti]")).unwrap();
    assert_eq!(nothing.query, None);
}

#[test]
fn the_lines_of_a_strategy_are_the_sets_they_name() {
    let documents = mined(100);
    let (_folder, searcher) = index(&documents);
    let strategy = "1. asthma[tiab]\n2. women[tiab]\n3. #1 AND #2\n4. (#3 OR stroke[ti]) NOT #2\n";
    let mut lines = Lines::default();
    let mut counts = Vec::new();
    for line in read_strategy(strategy).unwrap() {
        counts.push(searcher.run_line(&mut lines, &SearchRequest::new(&line.query)).unwrap().0 as usize);
    }
    let both = found(&searcher, "asthma[tiab] AND women[tiab]");
    let last = found(&searcher, "((asthma[tiab] AND women[tiab]) OR stroke[ti]) NOT women[tiab]");
    assert_eq!(counts[2..], [both.len(), last.len()]);
    let request = SearchRequest { lines: Some(&lines), ..SearchRequest::new("#3 NOT #4") };
    assert_eq!(searcher.count(&request).unwrap() as usize, both.difference(&last).count());
    let error = searcher.count(&SearchRequest::new("#1")).unwrap_err().to_string();
    assert!(error.contains("#1 refers to a line"), "{error}");
}

#[test]
fn facets_count_the_documents_that_were_found() {
    let documents = mined(100);
    let (_folder, searcher) = index(&documents);
    let vocabulary = Vocabulary::starter();
    let request = SearchRequest { headings: &vocabulary, ..SearchRequest::new("asthma[tiab]") };
    let hits = found(&searcher, "asthma[tiab]");
    let years = searcher.facet(&request, Facet::Year).unwrap();
    assert_eq!(years.iter().map(|line| line.count).sum::<u64>(), hits.len() as u64);
    assert!(years.windows(2).all(|pair| pair[0].value > pair[1].value));
    let of = |holds: &dyn Fn(&Document) -> bool| ids(&documents, holds).intersection(&hits).count() as u64;
    let types = searcher.facet(&request, Facet::PublicationType).unwrap();
    let reviews = types.iter().find(|line| line.value == "review").unwrap();
    assert_eq!(reviews.count, of(&|d| d.has_publication_type("Review")));
    let headings = searcher.facet(&request, Facet::Mesh).unwrap();
    let failure = headings.iter().find(|line| line.value == "heart failure").unwrap();
    assert_eq!(failure.count, of(&|d| d.headings[0].name == "Heart Failure"));
}

#[test]
fn headings_with_subheadings_and_major_topics() {
    let mut documents = mined(4);
    let qualifier = |name: &str, major| Qualifier { id: None, name: name.into(), major };
    let heading = |qualifiers| Heading { id: Some("D001249".into()), name: "Asthma".into(), major: false, qualifiers };
    for (document, qualifiers) in documents.iter_mut().map(|(document, _)| document).zip([
        vec![qualifier("drug therapy", true)],
        vec![qualifier("administration & dosage", false)],
        vec![qualifier("poisoning", false)],
        vec![],
    ]) {
        document.headings = vec![heading(qualifiers)];
    }
    // A record that gives no ids.
    documents[3].0.headings[0].id = None;
    let (_folder, searcher) = index(&documents);
    let expect =
        |query: &str, ids: &[u64]| assert_eq!(found(&searcher, query), ids.iter().copied().collect(), "{query}");
    expect("asthma[mh]", &[1, 2, 3, 4]);
    expect("asthma[majr]", &[1]);
    expect("therapy[sh]", &[1]);
    expect("asthma/therapy[mh]", &[1]);
    expect("asthma/therapy[mh:noexp]", &[]);
    expect("therapeutic use[sh]", &[2, 3]);
    expect("asthma/tu[mh]", &[2, 3]);
    expect("adverse effects[sh]", &[3]);
    expect("adverse effects[sh:noexp]", &[]);
    expect("medline[sb]", &[1, 2, 3, 4]);
}

#[test]
fn a_pharmacological_action_is_what_has_it() {
    struct Actions;
    impl Headings for Actions {
        fn find(&self, name: &str) -> Option<ConceptId> {
            (name == "soothers").then(|| ConceptId::mesh("D000001"))
        }

        fn narrower(&self, heading: &ConceptId) -> Vec<ConceptId> {
            vec![heading.clone(), ConceptId::mesh("D000002")]
        }

        fn acting(&self, action: &ConceptId) -> Vec<ConceptId> {
            if action.as_str() == "MESH:D000002" {
                vec![ConceptId::mesh("D001249")]
            } else {
                vec![ConceptId::mesh("D006333")]
            }
        }
    }
    let documents = mined(60);
    let (_folder, searcher) = index(&documents);
    let count =
        |query: &str| searcher.count(&SearchRequest { headings: &Actions, ..SearchRequest::new(query) }).unwrap();
    let of = |names: &[&str]| ids(&documents, |d| names.contains(&d.headings[0].name.as_str())).len() as u64;
    assert_eq!(count("soothers[pa]"), of(&["Asthma", "Heart Failure"]));
    assert_eq!(count("soothers[pa:noexp]"), of(&["Heart Failure"]));
}

#[test]
fn authors_journals_and_places() {
    let mut documents = mined(3);
    let author = |last: &str, fore: &str, initials: &str| Author {
        last_name: last.into(),
        fore_name: Some(fore.into()),
        initials: Some(initials.into()),
        ..Author::default()
    };
    documents[0].0.authors = vec![author("Wong", "Julia S", "JS"), author("O'Brien", "Ann", "A")];
    documents[1].0.authors = vec![author("Wong", "Karl", "K")];
    documents[2].0.investigators = vec![author("Jones", "Karen", "K")];
    documents[2].0.journal = Some(crate::model::Journal {
        title: "The Journal of Invented Trials".into(),
        abbreviation: Some("J Invent Trials".into()),
        country: Some("England".into()),
        ..crate::model::Journal::default()
    });
    let (_folder, searcher) = index(&documents);
    let expect =
        |query: &str, ids: &[u64]| assert_eq!(found(&searcher, query), ids.iter().copied().collect(), "{query}");
    expect("wong[au]", &[1, 2]);
    expect("wong j[au]", &[1]);
    expect("wong js", &[1]);
    expect("wong julia s[fau]", &[1]);
    expect("julia s wong[fau]", &[1]);
    expect("o'brien a[lastau]", &[1]);
    expect("jones karen[fir]", &[3]);
    expect("journal of invented trials[ta]", &[3]);
    expect("j invent trials", &[3]);
    expect("england[pl]", &[3]);
}

#[test]
fn what_cannot_be_complete_is_an_error_with_the_limit() {
    let documents = mined(5);
    let (_folder, searcher) = index(&documents);
    for query in ["*[tiab]", "a*b[tiab]", "\"hip pain*\"[tiab:~2]", "\"hip\"[tiab:~2]"] {
        assert!(searcher.count(&SearchRequest::new(query)).is_err(), "{query}");
    }
}

#[test]
fn books_people_and_the_days_of_a_record_are_fields_of_their_own() {
    let mut book = documents(1).remove(0);
    book.kind = crate::model::DocumentKind::Book;
    book.journal = Some(crate::model::Journal { title: "Handbook of Examples".into(), ..Default::default() });
    book.publisher = Some("Example University Press".into());
    book.editors = vec![Author { last_name: "Editor".into(), initials: Some("AB".into()), ..Author::default() }];
    book.people = vec![Author { last_name: "Subject".into(), initials: Some("C".into()), ..Author::default() }];
    book.identifiers.other.push(("isbn".into(), "978-0-00-000000-2".into()));
    for (date, written) in
        [(&mut book.entered, "2020-01-03"), (&mut book.created, "2020-01-02"), (&mut book.headings_given, "2020-05-01")]
    {
        *date = Some(written.parse().unwrap());
    }
    let (_folder, searcher) = index(&[(book, Annotation::default())]);
    for (query, found) in [
        ("handbook[book] AND example university press[pubn] AND editor a[ed] AND subject c[ps]", 1),
        ("9780000000002[isbn] OR nobody[ps]", 1),
        ("978-0-00-000000-2[isbn]", 1),
        ("2020/01/03[edat] AND 2020/01/02[crdt] AND 2020/05[mhda]", 1),
        ("2020/01/02[edat] OR 2020/01/03[crdt] OR 2020/01[mhda] OR subject[ed] OR editor[ps]", 0),
    ] {
        assert_eq!(searcher.search(&SearchRequest::new(query)).unwrap().total, found, "{query}");
    }
}
