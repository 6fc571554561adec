//! Pages for a browser, made from the demo corpus and from hostile records.

use std::fs;

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use crate::program::Workspace;

const HOSTILE: &str = "</title><script>alert(1)</script> \" onload=\"x <img src=x onerror=alert(2)>";

/// Every tag that a page may have.
const TAGS: [&str; 55] = [
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "a",
    "header",
    "main",
    "section",
    "article",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "p",
    "dl",
    "dt",
    "dd",
    "ul",
    "ol",
    "li",
    "table",
    "caption",
    "tr",
    "th",
    "td",
    "div",
    "details",
    "summary",
    "blockquote",
    "span",
    "strong",
    "mark",
    "code",
    "svg",
    "desc",
    "line",
    "rect",
    "polygon",
    "text",
    "nav",
    "b",
    "i",
    "em",
    "tbody",
    "thead",
    "form",
    "label",
    "input",
    "select",
    "option",
    "button",
    "output",
];

/// A page without its script, and the script, which its policy must name by its digest.
fn apart(page: &str) -> (String, Option<&str>) {
    let Some((before, rest)) = page.split_once("<script>") else { return (page.to_owned(), None) };
    let (script, after) = rest.split_once("</script>").unwrap();
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(script.as_bytes()));
    assert!(page.contains(&format!("script-src &#39;sha256-{digest}&#39;;")), "the policy names another script");
    (format!("{before}{after}"), Some(script))
}

/// Asserts that elements close as they open, that ids are there for what names them, and that nothing is loaded or run.
pub(crate) fn check(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html>"));
    let mut open: Vec<&str> = Vec::new();
    for piece in page.split('<').skip(2) {
        let tag = piece.split(['>', ' ', '\n']).next().unwrap();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "in {piece}");
            continue;
        }
        assert!(TAGS.contains(&tag), "<{tag}");
        if tag != "meta" && tag != "input" {
            open.push(tag);
        }
        let attributes = piece.split('>').next().unwrap();
        assert!(!attributes.contains(" on"), "{attributes}");
        assert!(!attributes.contains(" src=") && !attributes.contains(" style="), "{attributes}");
        for (name, value) in [("href", attributes), ("aria-labelledby", attributes)]
            .into_iter()
            .filter_map(|(name, text)| Some((name, text.split_once(&format!(" {name}=\""))?.1.split('"').next()?)))
        {
            let ids: Vec<&str> = match value.strip_prefix('#') {
                Some(id) => vec![id],
                None if name == "href" => {
                    let own = ["/", "/map/demo"].contains(&value);
                    assert!(
                        own || value.starts_with("https://pubmed.") || value.starts_with("https://doi.org/"),
                        "{value}"
                    );
                    continue;
                }
                None => value.split(' ').collect(),
            };
            for id in ids {
                assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
            }
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(page.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;"), "{page}");
    assert!(!page.contains("@import") && !page.contains("url("));
}

#[test]
fn an_answer_is_one_page_that_holds_all_it_needs() {
    let workspace = Workspace::with_refreshed_demo();
    let file = workspace.path("answer.html");
    let question = ["lookup", "demo", "--condition", "heart failure", "--treatment", "SGLT2 inhibitors"];
    let to = ["--outcome", "hospitalisation", "--format", "html", "-o", file.to_str().unwrap()];
    let ran = workspace.run(&[&question[..], &to].concat()).expect(0);
    assert_eq!(ran.out(), "");
    let page = fs::read_to_string(&file).unwrap();
    check(&page);
    for words in [
        "<mark>",
        ">RETRACTED</strong>",
        "The studies disagree.",
        "Coverage",
        "litmine lookup demo --condition &#39;heart failure&#39;",
        "<th scope=\"row\">decreased</th>",
    ] {
        assert!(page.contains(words), "no “{words}”");
    }
}

#[test]
fn a_pooled_effect_is_a_picture_with_its_numbers_beside_it() {
    let workspace = Workspace::with_refreshed_demo();
    let question = ["lookup", "demo", "--condition", "heart failure", "--treatment", "SGLT2 inhibitors"];
    let more = ["--outcome", "hospitalisation", "--comparator", "placebo", "--pool"];
    let ask = |format: &str| workspace.run(&[&question[..], &more, &["--format", format]].concat()).expect(0);
    let page = ask("html").out();
    check(&page);
    let pool = &ask("json").json()["pool"];
    let inputs = pool["effect"]["inputs"].as_array().unwrap_or_else(|| panic!("{pool:#}"));
    assert_eq!(page.matches("class=\"box\"").count(), inputs.len());
    assert!(page.matches("class=\"grid\"").count() >= 3, "an axis has ticks");
}

#[test]
fn a_map_is_one_page_whose_cells_lead_to_their_studies() {
    let workspace = Workspace::with_refreshed_demo();
    let page = workspace.run(&["map", "demo", "--format", "html"]).expect(0).out();
    let (page, script) = apart(&page);
    check(&page);
    assert!(script.is_some() && !page.contains("<script"));
    let map = workspace.run(&["map", "demo", "--format", "json"]).expect(0).json();
    let cells = map["cells"].as_array().unwrap();
    assert_eq!(page.matches("<a class=\"cell ").count(), cells.len());
    assert_eq!(page.matches("class=\"studies\" tabindex=\"-1\"").count(), cells.len());
    let rows = map["rows"].as_array().unwrap().len();
    let columns = map["columns"].as_array().unwrap().len();
    let (_, table) = page.split_once("<table id=\"map\"").unwrap();
    let (table, _) = table.split_once("</table>").unwrap();
    assert_eq!(table.matches("scope=\"row\"").count(), rows);
    assert_eq!(table.matches("scope=\"col\"").count(), columns + 1);
    assert_eq!(table.matches("<td").count(), rows * columns);
    for words in ["Coverage", "RETRACTED", "<svg", "litmine lookup demo --condition MESH:D006333"] {
        assert!(page.contains(words), "no “{words}”");
    }
}

/// A corpus of one record whose every field tries to be markup.
fn hostile() -> Workspace {
    let workspace = Workspace::new();
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let record = format!(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version=\"1\">99000901</PMID><Article>\
         <Journal><Title>{0}</Title><JournalIssue><PubDate><Year>2020</Year></PubDate></JournalIssue></Journal>\
         <ArticleTitle>{0}</ArticleTitle><Abstract><AbstractText>Empagliflozin reduced mortality {0} in heart failure \
         (hazard ratio 0.74, 95% CI 0.65 to 0.85).</AbstractText></Abstract><AuthorList><Author><LastName>{0}</LastName>\
         <Initials>X</Initials></Author></AuthorList><Language>eng</Language></Article></MedlineCitation></PubmedArticle>\
         </PubmedArticleSet>",
        escape(HOSTILE)
    );
    workspace.define_with_file("hostile", "hostile.xml", record.as_bytes());
    workspace.run(&["refresh", "hostile", "--no-vectors"]).expect(0);
    workspace
}

#[test]
fn no_words_of_a_paper_become_markup() {
    let workspace = hostile();
    let page =
        workspace.run(&["lookup", "hostile", "--condition", "heart failure", "--format", "html"]).expect(0).out();
    check(&page);
    assert!(page.contains("&lt;script&gt;alert(1)"), "the title is shown as it looks: {page}");
    assert!(!page.contains("<script") && !page.contains("<img"));
}

#[test]
fn no_words_of_a_paper_become_markup_of_a_map_or_reach_its_script() {
    let workspace = hostile();
    let page = workspace.run(&["map", "hostile", "--format", "html"]).expect(0).out();
    assert_eq!(page.matches("</script>").count(), 1);
    let demo = Workspace::with_refreshed_demo().run(&["map", "demo", "--format", "html"]).expect(0).out();
    let (markup, script) = apart(&page);
    assert_eq!(script, apart(&demo).1, "the script is the same whatever papers say");
    check(&markup);
    assert!(markup.contains("&lt;script&gt;alert(1)"), "the title is shown as it looks: {markup}");
    assert!(!markup.contains("<script") && !markup.contains("<img"));
    for data in markup.split(" data-").skip(1) {
        let value = data.split('"').nth(1).unwrap();
        assert!(value.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == ' '), "{value}");
    }
}
