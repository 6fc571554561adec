//! `roles`: is the part that each sentence of an abstract plays told right when its labels are hidden?
//!
//! Of records of any format those count whose abstract has a label that gives one role on every section, of at least three roles. They are
//! read as if the abstract had no labels, and each sentence is compared with the label it stood under. A sentence of which no role is told
//! counts as wrong. Macro F1 is the mean over the roles; `objective_as_background` takes the two as one, since many sections called
//! BACKGROUND hold the objective.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use crate::embed::Encoder;
use crate::eval::counts::{f1, scores};
use crate::eval::{EvalError, Figures, Ids, Request, Setting, Task, heads_encoder, rounded};
use crate::extract;
use crate::extract::extractors::roles::labelled_role;
use crate::model::{Annotation, Document, Passage, SentenceRole};
use crate::parse::{Item, each_stream, formats};
use crate::vocab::Dictionary;

/// The task.
pub(super) struct Roles;

/// Fewer roles than these, and an abstract is no structured one.
const FEWEST_ROLES: usize = 3;
/// Documents annotated together.
const BATCH: usize = 100;

impl Task for Roles {
    fn name(&self) -> &'static str {
        "roles"
    }

    fn usage(&self) -> &'static str {
        "FILE…"
    }

    fn options(&self) -> &'static [&'static str] {
        &[]
    }

    fn run(&self, request: &Request<'_>, setting: Setting<'_>) -> Result<Figures, EvalError> {
        if request.data.is_empty() {
            return Err(EvalError::Usage("give a file".to_owned()));
        }
        let ids = Ids::read(request.ids)?;
        let mut hidden = Vec::new();
        for file in request.data {
            hidden.extend(read(file, &ids)?);
        }
        if hidden.is_empty() {
            let reason = "no abstract in it has labels on all its sections".to_owned();
            return Err(EvalError::Data { path: request.data[0].clone(), line: None, reason });
        }
        let dictionary = Dictionary::default();
        let task = setting.progress.task("annotating", Some(hidden.len() as u64), "documents");
        let mut encoder = heads_encoder(setting)?;
        let mut pairs = Vec::new();
        for batch in hidden.chunks(BATCH) {
            let documents: Vec<&Document> = batch.iter().map(|hidden| &hidden.document).collect();
            let encoder = encoder.as_mut().map(|encoder| encoder.as_mut() as &mut dyn Encoder);
            let annotations = extract::annotate_all(&documents, &dictionary, encoder)?;
            pairs.extend(batch.iter().zip(&annotations).flat_map(|(hidden, annotation)| hidden.compared(annotation)));
            task.advance(batch.len() as u64);
        }
        let mut figures = figures(&pairs);
        figures.insert("documents".to_owned(), hidden.len().into());
        figures.insert("sentences".to_owned(), pairs.len().into());
        figures.insert("head".to_owned(), encoder.is_some().into());
        Ok(figures)
    }
}

/// A document whose labels are hidden, and what they said.
struct Hidden {
    document: Document,
    /// Where each section of the abstract ends in the text of the document, in code points, and its role.
    sections: Vec<(u32, SentenceRole)>,
}

impl Hidden {
    /// The document without labels; none where not every section has a label of one role, or there are too few roles.
    fn of(document: &Document) -> Option<Self> {
        let end = document.full_text_from.map_or(document.passages.len(), |from| from as usize);
        let sections: Vec<&Passage> =
            document.passages[..end].iter().filter(|passage| passage.section != "TITLE").collect();
        let roles: Vec<SentenceRole> =
            sections.iter().map(|passage| labelled_role(passage)).collect::<Option<Vec<_>>>()?;
        if roles.iter().map(|role| role.name()).collect::<BTreeSet<_>>().len() < FEWEST_ROLES {
            return None;
        }
        let mut hidden = Document { identifiers: document.identifiers.clone(), ..Document::default() };
        hidden.languages.clone_from(&document.languages);
        hidden.set_title(document.title().to_owned());
        let mut at = hidden.text().chars().count() as u32;
        let lengths = sections.iter().map(|passage| passage.text.chars().count() as u32);
        let ends: Vec<(u32, SentenceRole)> = lengths
            .zip(roles)
            .map(|(length, role)| {
                // A newline or a blank stands before each.
                at += 1 + length;
                (at, role)
            })
            .collect();
        let text = sections.iter().map(|passage| passage.text.as_str()).collect::<Vec<_>>().join(" ");
        hidden.passages.push(Passage { section: "ABSTRACT".to_owned(), category: None, text });
        Some(Self { document: hidden, sections: ends })
    }

    /// For each sentence of the abstract the role that it has, and the one that was told.
    fn compared(&self, annotation: &Annotation) -> Vec<Pair> {
        let sentences = annotation.sentences.iter().filter(|sentence| sentence.role != Some(SentenceRole::Title));
        let compared = sentences.filter_map(|sentence| {
            let (_, role) = self.sections.iter().find(|(end, _)| sentence.span.start < *end)?;
            Some((*role, sentence.role))
        });
        compared.collect()
    }
}

fn read(path: &Path, ids: &Ids) -> Result<Vec<Hidden>, EvalError> {
    let mut found = Vec::new();
    let mut broken = None;
    let file = std::fs::File::open(path).map_err(|source| EvalError::File { path: path.to_owned(), source })?;
    let streams = each_stream(Box::new(file), &mut |stream| {
        let Ok(mut input) = stream.input else { return ControlFlow::Continue(()) };
        let Some(parser) = formats::recognise(input.head()) else { return ControlFlow::Continue(()) };
        let parsed = parser.parse(&mut input, &mut |item| {
            if let Item::Document(record) = item {
                let known = &record.document.identifiers;
                let names = [known.pmid.map(|pmid| pmid.to_string()), known.pmcid.clone()];
                if names.iter().flatten().any(|name| ids.contains(name)) {
                    found.extend(Hidden::of(&record.document));
                }
            }
            ControlFlow::Continue(())
        });
        broken = broken.take().or(parsed.err());
        ControlFlow::Continue(())
    });
    streams?;
    match broken {
        Some(error) => Err(EvalError::Data { path: path.to_owned(), line: None, reason: error.to_string() }),
        None => Ok(found),
    }
}

/// The role that a sentence has, and the one that was told.
type Pair = (SentenceRole, Option<SentenceRole>);

fn figures(pairs: &[Pair]) -> Figures {
    let mut figures = scores(pairs, &SentenceRole::OF_ABSTRACT);
    let merge = |role| if role == SentenceRole::Objective { SentenceRole::Background } else { role };
    let merged: Vec<Pair> = pairs.iter().map(|(role, told)| (merge(*role), told.map(merge))).collect();
    let others = SentenceRole::OF_ABSTRACT.into_iter().filter(|role| merge(*role) == *role).collect::<Vec<_>>();
    figures.insert("objective_as_background".to_owned(), scores(&merged, &others).into());
    let by_role = SentenceRole::OF_ABSTRACT.map(|role| (role.name().to_lowercase(), rounded(f1(pairs, role))));
    figures.insert("f1".to_owned(), Figures::from_iter(by_role).into());
    figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::tasks::figures_of;

    #[test]
    fn labels_are_hidden_and_compared_sentence_by_sentence() {
        let figures = figures_of(
            &Roles,
            "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version=\"1\">1</PMID><Article><ArticleTitle>A pill for \
             pain.</ArticleTitle><Abstract><AbstractText Label=\"BACKGROUND\">Little is known of pills. The moon was \
             full.</AbstractText><AbstractText Label=\"METHODS\">Adults were randomly assigned to a pill.</AbstractText>\
             <AbstractText Label=\"CONCLUSIONS\">In conclusion, the pill helps.</AbstractText></Abstract><Language>eng\
             </Language></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>",
        );
        let figures = figures.unwrap();
        assert_eq!((&figures["documents"], &figures["sentences"]), (&1.into(), &4.into()));
        assert_eq!(figures["accuracy"], 0.75, "of the moon nothing is told");
        assert_eq!(figures["f1"]["methods"], 1.0);
        assert_eq!(figures["f1"]["background"], 0.666_667);
        assert_eq!(figures["head"], false);
    }

    #[test]
    fn abstracts_without_labels_are_refused() {
        let error = figures_of(&Roles, "PMID- 1\nTI  - A pill.\nAB  - It helps. It does.\n").unwrap_err();
        assert!(error.to_string().contains("labels"), "{error}");
    }
}
