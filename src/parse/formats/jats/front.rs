//! `front`: journal, title, people, dates, abstracts, keywords.

use super::body::Text;
use super::dates::Published;
use super::people::People;
use super::prose::{plain, some_plain};
use super::{Draft, Read, funding, licence, related};
use crate::model::{Document, Identifiers, Journal, Passage, Term};
use crate::xml::{Cursor, Element};

/// What is gathered over the front before it can be put into the document.
#[derive(Default)]
pub(super) struct Front {
    language: Option<String>,
    people: People,
    published: Published,
    title: String,
    /// Titles in other languages, with theirs.
    translated: Vec<(Option<String>, String)>,
    abstracts: Vec<Draft>,
    first_page: Option<String>,
    last_page: Option<String>,
    location: Option<String>,
}

/// ISO 639-1 codes of languages and the MARC codes that PubMed writes.
const LANGUAGES: [(&str, &str); 24] = [
    ("en", "eng"),
    ("de", "ger"),
    ("fr", "fre"),
    ("es", "spa"),
    ("pt", "por"),
    ("it", "ita"),
    ("nl", "dut"),
    ("pl", "pol"),
    ("ru", "rus"),
    ("uk", "ukr"),
    ("tr", "tur"),
    ("zh", "chi"),
    ("ja", "jpn"),
    ("ko", "kor"),
    ("cs", "cze"),
    ("sv", "swe"),
    ("da", "dan"),
    ("no", "nor"),
    ("fi", "fin"),
    ("hu", "hun"),
    ("el", "gre"),
    ("fa", "per"),
    ("ar", "ara"),
    ("hr", "hrv"),
];

/// The language as PubMed writes it; what is not known stays as written.
fn language(code: &str) -> String {
    let code = code.trim().to_ascii_lowercase();
    let short = code.split(['-', '_']).next().unwrap_or(&code);
    LANGUAGES.iter().find(|(known, _)| *known == short).map_or_else(|| short.to_owned(), |(_, marc)| (*marc).to_owned())
}

impl Front {
    /// Reads an article whose `xml:lang` is this.
    pub(super) fn new(xml_lang: Option<&str>) -> Self {
        Self { language: xml_lang.map(language).filter(|code| !code.is_empty()), ..Self::default() }
    }

    pub(super) fn read(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
        while let Some(part) = cursor.child(element)? {
            match part.name() {
                "journal-meta" => document.journal = journal(cursor, &part)?,
                "article-meta" => self.article(cursor, &part, document)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn article(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
        while let Some(part) = cursor.child(element)? {
            match part.name() {
                "article-id" => article_id(cursor, &part, &mut document.identifiers)?,
                "article-categories" => {}
                "title-group" => self.titles(cursor, &part)?,
                "contrib-group" => self.people.group(cursor, &part)?,
                "aff" | "aff-alternatives" => self.people.affiliation(cursor, &part)?,
                "author-notes" => author_notes(cursor, &part, document)?,
                "pub-date" => self.published.read(cursor, &part)?,
                "pub-history" | "history" => {}
                "volume" => document.volume = some_plain(cursor, &part)?,
                "issue" => document.issue = some_plain(cursor, &part)?,
                "fpage" => self.first_page = some_plain(cursor, &part)?,
                "lpage" => self.last_page = some_plain(cursor, &part)?,
                "page-range" => document.pages = some_plain(cursor, &part)?,
                "elocation-id" => self.location = some_plain(cursor, &part)?,
                "permissions" => licence::permissions(cursor, &part, document)?,
                "copyright-statement" => document.copyright = some_plain(cursor, &part)?,
                "related-article" => related::article(cursor, &part, document)?,
                "related-object" => related::object(cursor, &part, document)?,
                "abstract" => self.abstract_of(cursor, &part)?,
                "trans-abstract" => self.abstract_of(cursor, &part)?,
                "kwd-group" => keywords(cursor, &part, document)?,
                "funding-group" => funding::group(cursor, &part, document)?,
                // Before JATS 1.0.
                "contract-num" | "grant-num" => {
                    if let Some(number) = some_plain(cursor, &part)? {
                        document.grants.push((number, String::new()));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn titles(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read {
        while let Some(part) = cursor.child(element)? {
            match part.name() {
                "article-title" => self.title = plain(cursor, &part)?,
                "subtitle" => {
                    let subtitle = plain(cursor, &part)?;
                    if !subtitle.is_empty() {
                        let colon = if self.title.ends_with([':', '.', '?', '!']) { " " } else { ": " };
                        self.title = format!("{}{colon}{subtitle}", self.title);
                    }
                }
                "trans-title-group" => {
                    let code = part.attribute("xml:lang")?.map(|code| language(&code));
                    while let Some(title) = cursor.child(&part)? {
                        if title.name() == "trans-title" {
                            self.translated.push((code.clone(), plain(cursor, &title)?));
                        }
                    }
                }
                "trans-title" => {
                    let code = part.attribute("xml:lang")?.map(|code| language(&code));
                    self.translated.push((code, plain(cursor, &part)?));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// An abstract of any kind. The first of a usual kind is the abstract; others are kept beside it.
    fn abstract_of(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read {
        let kind = element.attribute("abstract-type")?.map(|kind| kind.trim().to_ascii_lowercase());
        let code = element.attribute("xml:lang")?.map(|code| language(&code));
        let translated = element.name() == "trans-abstract";
        let usual =
            !translated && kind.as_deref().is_none_or(|kind| matches!(kind, "" | "normal" | "short" | "section"));
        let main = usual && !self.abstracts.iter().any(|draft| draft.category.as_deref() != Some(Passage::SUMMARY));
        let mut text = Text::default();
        text.abstract_in(cursor, element)?;
        let name = match (&kind, &code) {
            (Some(kind), _) if !usual => kind.clone(),
            (_, Some(code)) if translated => format!("abstract ({code})"),
            _ => "abstract".to_owned(),
        };
        for mut draft in text.into_drafts() {
            let title =
                Some(draft.section.trim_end_matches([':', '.'])).filter(|title| *title != "BODY" && !title.is_empty());
            if main {
                draft.section = title.unwrap_or("ABSTRACT").to_owned();
            } else {
                draft.section =
                    title.map_or_else(|| name.to_uppercase(), |title| format!("{}/{title}", name.to_uppercase()));
                draft.category = Some(Passage::SUMMARY.to_owned());
            }
            self.abstracts.push(draft);
        }
        Ok(())
    }

    /// Puts what was gathered into the document; the abstracts are the caller's to place.
    pub(super) fn finish(self, document: &mut Document) -> Vec<Draft> {
        let english =
            self.translated.iter().position(|(code, title)| code.as_deref() == Some("eng") && !title.is_empty());
        match english.filter(|_| self.language.as_deref().is_some_and(|code| code != "eng")) {
            Some(at) => {
                document.vernacular_title = Some(self.title).filter(|title| !title.is_empty());
                document.set_title(self.translated[at].1.clone());
            }
            None if self.title.is_empty() => {}
            None => document.set_title(self.title),
        }
        document.languages.extend(self.language);
        (document.authors, document.investigators) = self.people.finish();
        self.published.finish(document);
        document.pages = document.pages.take().or(match (self.first_page, self.last_page) {
            (Some(first), Some(last)) if first != last => Some(format!("{first}-{last}")),
            (first, _) => first.or(self.location),
        });
        if let Some(kind) = document.article_type.as_deref().and_then(publication_type) {
            document.publication_types.push(Term { id: None, name: kind.to_owned() });
        }
        self.abstracts
    }
}

/// The publication type that PubMed gives to articles of an `article-type`, where one is surely meant.
fn publication_type(article_type: &str) -> Option<&'static str> {
    Some(match article_type {
        "research-article" | "brief-report" | "rapid-communication" | "meeting-report" | "data-paper" => {
            "Journal Article"
        }
        "review-article" => "Review",
        "systematic-review" => "Systematic Review",
        "case-report" => "Case Reports",
        "editorial" => "Editorial",
        "letter" | "reply" => "Letter",
        "article-commentary" | "discussion" => "Comment",
        "correction" => "Published Erratum",
        "retraction" => "Retraction of Publication",
        "expression-of-concern" => "Expression of Concern",
        "preprint" => "Preprint",
        "protocol" => "Clinical Trial Protocol",
        "news" => "News",
        "obituary" => "Biography",
        _ => return None,
    })
}

fn journal(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read<Option<Journal>> {
    let mut journal = Journal::default();
    let mut iso = None;
    while let Some(part) = cursor.child(element)? {
        match part.name() {
            "journal-id" => {
                let kind = part.attribute("journal-id-type")?;
                let value = some_plain(cursor, &part)?;
                match kind.as_deref() {
                    Some("nlm-ta") => journal.abbreviation = value,
                    Some("iso-abbrev") => iso = value,
                    Some("nlm-journal-id" | "nlm-id") => journal.nlm_id = value,
                    _ => {}
                }
            }
            "journal-title" => journal.title = plain(cursor, &part)?,
            "journal-title-group" => {
                while let Some(title) = cursor.child(&part)? {
                    match title.name() {
                        "journal-title" => journal.title = plain(cursor, &title)?,
                        "abbrev-journal-title" => iso = iso.or(some_plain(cursor, &title)?),
                        _ => {}
                    }
                }
            }
            "issn" | "issn-l" => {
                let issn = plain(cursor, &part)?;
                if !issn.is_empty() && !journal.issn.contains(&issn) {
                    journal.issn.push(issn);
                }
            }
            _ => {}
        }
    }
    journal.abbreviation = journal.abbreviation.or(iso);
    if journal.title.is_empty() {
        journal.title = journal.abbreviation.clone().unwrap_or_default();
    }
    Ok(Some(journal).filter(|journal| *journal != Journal::default()))
}

fn article_id(cursor: &mut Cursor<'_>, element: &Element<'_>, ids: &mut Identifiers) -> Read {
    let kind = element.attribute("pub-id-type")?.map_or_else(String::new, |kind| kind.trim().to_ascii_lowercase());
    let value = plain(cursor, element)?;
    if value.is_empty() {
        return Ok(());
    }
    match kind.as_str() {
        "pmid" => ids.pmid = ids.pmid.or(value.parse().ok().filter(|pmid| *pmid > 0)),
        "pmc" | "pmcid" => ids.set_pmcid(&value),
        "doi" => ids.set_doi(&value),
        _ => {
            let pair = (if kind.is_empty() { "other".to_owned() } else { kind }, value);
            if !ids.other.contains(&pair) {
                ids.other.push(pair);
            }
        }
    }
    Ok(())
}

/// Footnotes about the authors: of them the interests are kept.
fn author_notes(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    while let Some(note) = cursor.child(element)? {
        let kind = note.attribute("fn-type")?;
        if note.name() == "fn" && matches!(kind.as_deref(), Some("conflict" | "COI-statement" | "coi-statement")) {
            let said = super::prose::whole(cursor, &note)?.0;
            if document.conflict_of_interest.is_none() && !said.is_empty() {
                document.conflict_of_interest = Some(said);
            }
        }
    }
    Ok(())
}

fn keywords(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    let kind = element.attribute("kwd-group-type")?;
    if kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("abbrev")) {
        return Ok(());
    }
    while let Some(part) = cursor.child(element)? {
        match part.name() {
            "kwd" | "compound-kwd" => {
                let word = super::prose::whole(cursor, &part)?.0;
                if !word.is_empty() && !document.keywords.contains(&word) {
                    document.keywords.push(word);
                }
            }
            "nested-kwd" | "kwd-group" => keywords(cursor, &part, document)?,
            _ => {}
        }
    }
    Ok(())
}
