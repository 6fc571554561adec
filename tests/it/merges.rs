//! One paper under two names: found to be one, told of, undone.

use std::fs;

use crate::program::Workspace;

const TITLE: &str = "Metformin in asthma: a randomised trial";

fn full_text(ids: &str) -> String {
    format!(
        "<article article-type=\"research-article\"><front><article-meta>{ids}<title-group><article-title>{TITLE}</article-title>\
         </title-group></article-meta></front><body><sec><title>Results</title><p>Metformin reduced attacks of asthma.</p></sec></body></article>"
    )
}

fn citation(pmid: u32, doi: &str) -> String {
    format!(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version=\"1\">{pmid}</PMID><Article><ArticleTitle>{TITLE}</ArticleTitle>\
         <ELocationID EIdType=\"doi\" ValidYN=\"Y\">{doi}</ELocationID></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
}

#[test]
fn a_full_text_known_by_its_doi_and_a_citation_are_one_until_that_is_undone() {
    let workspace = Workspace::new();
    let folder = workspace.path("in");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("a.xml"), full_text("<article-id pub-id-type=\"doi\">10.5555/One</article-id>")).unwrap();
    workspace.define("a", "[[source]]\nkind = \"files\"\npaths = [\"../in\"]\n");
    workspace.run(&["refresh", "a"]).expect(0);
    let shown = workspace.run(&["show", "a", "DOI:10.5555/one", "--format", "json"]).expect(0).json();
    assert_eq!(shown["document"]["id"], "DOI:10.5555/one");

    fs::write(folder.join("b.xml"), citation(7, "10.5555/one")).unwrap();
    workspace.run(&["refresh", "a"]).expect(0);
    let listed = workspace.run(&["merges", "a", "--format", "json"]).expect(0).json();
    assert_eq!(listed["merges"][0]["absorbed"], "DOI:10.5555/one");
    assert_eq!(listed["merges"][0]["kept"], "PMID:7");
    assert_eq!(listed["merges"][0]["by"]["scheme"], "doi");
    // Asked for by either name; with the citation's id and the text of the article.
    let shown = workspace.run(&["show", "a", "DOI:10.5555/one", "--format", "json"]).expect(0).json();
    assert_eq!(shown["document"]["id"], "PMID:7");
    assert!(shown["annotation"]["text"].as_str().unwrap().contains("reduced attacks"));
    let hits = workspace.run(&["search", "a", "metformin[ti]", "--format", "json"]).expect(0).json();
    assert_eq!(hits["total"], 1);

    workspace.run(&["merges", "a", "--undo", "PMID:7"]).expect(1).says(&["PMID:7 was not merged"]);
    workspace.run(&["merges", "a", "--undo", "DOI:10.5555/one"]).expect(0);
    workspace.run(&["refresh", "a"]).expect(0);
    let hits = workspace.run(&["search", "a", "metformin[ti]", "--format", "json"]).expect(0).json();
    assert_eq!(hits["total"], 2);
    let shown = workspace.run(&["show", "a", "DOI:10.5555/one", "--format", "json"]).expect(0).json();
    assert_eq!(shown["document"]["id"], "DOI:10.5555/one");
    let listed = workspace.run(&["merges", "a", "--format", "json"]).expect(0).json();
    assert_eq!(listed["merges"].as_array().unwrap().len(), 0);
}
