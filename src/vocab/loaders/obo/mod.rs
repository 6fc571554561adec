//! Ontologies in OBO.

mod line;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::io::Read;

use super::lines::{Lines, refuse};
use super::reconcile::{Referring, mesh_id, onto_mesh};
use super::{LoadError, Loader, Source};
use crate::model::ConceptType;
use crate::progress::Progress;
use crate::vocab::entry::{Entry, Name};
use crate::vocab::layer::Title;

use line::{Scope, Synonym, plain, tag, unescape};

/// The OBO format.
pub(super) struct Obo;

impl Loader for Obo {
    fn name(&self) -> &'static str {
        "obo"
    }

    fn reads(&self) -> &'static str {
        "ontologies in OBO: Disease Ontology, MONDO, HPO (.obo, .obo.gz)"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head);
        head.trim_start_matches('\u{feff}').starts_with("format-version:") || head.contains("\n[Term]")
    }

    fn load(&self, input: &mut (dyn Read + Send), progress: &dyn Progress) -> Result<Source, LoadError> {
        let task = progress.task("importing an ontology", None, "terms");
        let mut lines = Lines::new(input);
        let mut header = Header::default();
        let mut stanza = Stanza::Header;
        let mut terms = Vec::new();
        let mut seen = HashSet::new();
        let mut last = 0;
        while let Some((number, line)) = lines.next()? {
            last = number;
            let line = line.trim();
            if line.is_empty() || line.starts_with('!') {
                continue;
            }
            if line.starts_with('[') {
                let next = Stanza::begin(number, line)?;
                if let Stanza::Term(term) = std::mem::replace(&mut stanza, next) {
                    terms.extend(term.finish(&mut seen)?);
                    task.advance(1);
                }
                continue;
            }
            let (name, value) = tag(line).ok_or_else(|| refuse(number, "a tag and a value are expected"))?;
            match &mut stanza {
                Stanza::Header => header.take(name, value),
                Stanza::Term(term) => term.take(number, name, value)?,
                Stanza::Other => {}
            }
        }
        if let Stanza::Term(term) = stanza {
            terms.extend(term.finish(&mut seen)?);
        }
        if terms.is_empty() {
            return Err(refuse(last, "the file ends without a term"));
        }
        Ok(Source { title: header.title(), entries: onto_mesh(told_apart(terms)) })
    }
}

/// What the lines being read belong to.
enum Stanza {
    Header,
    Term(Term),
    /// Relations and instances, which are no concepts.
    Other,
}

impl Stanza {
    fn begin(number: u64, line: &str) -> Result<Self, LoadError> {
        match line {
            "[Term]" => Ok(Self::Term(Term { line: number, ..Term::default() })),
            _ if line.ends_with(']') => Ok(Self::Other),
            _ => Err(refuse(number, "the head of a stanza is not closed")),
        }
    }
}

#[derive(Default)]
struct Header {
    ontology: String,
    version: Option<String>,
    date: Option<String>,
}

impl Header {
    fn take(&mut self, name: &str, value: &str) {
        match name {
            "ontology" => value.clone_into(&mut self.ontology),
            "data-version" => self.version = Some(value.to_owned()),
            "date" => self.date = Some(value.to_owned()),
            _ => {}
        }
    }

    fn title(self) -> Title {
        let title = match self.ontology.to_ascii_lowercase().trim_end_matches(".owl") {
            "doid" => "Disease Ontology".to_owned(),
            "mondo" => "Mondo Disease Ontology".to_owned(),
            "hp" => "Human Phenotype Ontology".to_owned(),
            _ if self.ontology.is_empty() => "Ontology".to_owned(),
            _ => self.ontology,
        };
        let release = self.version.or(self.date).unwrap_or_else(|| "unknown".to_owned());
        Title { title, release, credit: String::new() }
    }
}

#[derive(Default)]
struct Term {
    /// Where it begins.
    line: u64,
    entry: Entry,
    same: Vec<String>,
    obsolete: bool,
}

impl Term {
    fn take(&mut self, number: u64, name: &str, value: &str) -> Result<(), LoadError> {
        match name {
            "id" if !self.entry.id.is_empty() => return Err(refuse(number, "a term with two ids")),
            "id" => plain(value).clone_into(&mut self.entry.id),
            "name" => {
                // The preferred name comes first, wherever its line stands.
                let text = unescape(value);
                if !text.is_empty() {
                    self.entry.names.insert(0, Name::new(text));
                }
            }
            "alt_id" => self.entry.aliases.push(plain(value).to_owned()),
            "is_a" => self.entry.parents.push(plain(value).to_owned()),
            "is_obsolete" => self.obsolete = plain(value) == "true",
            "synonym" => {
                let synonym = Synonym::read(value).map_err(|reason| refuse(number, reason))?;
                if synonym.scope == Scope::Exact && !synonym.deprecated {
                    self.add(synonym);
                }
            }
            "xref" => {
                let named = mesh_id(plain(value)).filter(|_| line::is_equivalent(value));
                self.same.extend(named.filter(|id| !self.same.contains(id)));
                let omim = line::omim(plain(value));
                self.entry.aliases.extend(omim.filter(|id| !self.entry.aliases.contains(id)));
            }
            _ => {}
        }
        Ok(())
    }

    fn add(&mut self, synonym: Synonym) {
        let known = self.entry.names.iter().any(|name| name.text == synonym.text);
        if !known && !synonym.text.is_empty() {
            let name = if synonym.abbreviation { Name::abbreviated } else { Name::new };
            self.entry.names.push(name(synonym.text));
        }
    }

    /// The finished term; none where it is obsolete.
    fn finish(mut self, seen: &mut HashSet<String>) -> Result<Option<Referring>, LoadError> {
        if self.entry.id.is_empty() {
            return Err(refuse(self.line, "a term without an id"));
        }
        if !seen.insert(self.entry.id.clone()) {
            return Err(refuse(self.line, format!("two terms with the id {}", self.entry.id)));
        }
        if self.obsolete {
            return Ok(None);
        }
        if self.entry.names.is_empty() {
            return Err(refuse(self.line, format!("{} has no name", self.entry.id)));
        }
        self.entry.concept_type = type_of(&self.entry.id);
        Ok(Some((self.entry, self.same)))
    }
}

/// Leaves out other ids that several terms refer to: such an id says of none that it is the same.
fn told_apart(mut terms: Vec<Referring>) -> Vec<Referring> {
    let mut uses: HashMap<String, u32> = HashMap::new();
    for id in terms.iter().flat_map(|(entry, _)| &entry.aliases) {
        *uses.entry(id.clone()).or_default() += 1;
    }
    for (entry, _) in &mut terms {
        entry.aliases.retain(|id| uses.get(id) == Some(&1));
    }
    terms
}

/// What `types.tsv` says of an id's prefix.
fn type_of(id: &str) -> Option<ConceptType> {
    let (prefix, _) = id.split_once(':')?;
    let rules = include_str!("types.tsv").lines().filter_map(|line| line.split_once('\t'));
    rules.filter(|(known, _)| *known == prefix).find_map(|(_, name)| ConceptType::from_name(name))
}
