//! A corpus: its definition, `corpora/NAME.toml`, and where its files lie in a workspace.

pub mod exported;

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use crate::harvest::sources::{self, Kind, Surroundings};
use crate::harvest::{Access, Source};

/// A corpus's definition as its file gives it. See `litmine init` for a commented one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Definition {
    /// The version of this form: 1.
    pub schema: u32,
    /// What the corpus is about, for people.
    pub title: String,
    /// Vocabularies, the first one counts most; `starter` is compiled in.
    #[serde(default = "starter_alone")]
    pub vocabularies: Vec<String>,
    /// What is embedded.
    #[serde(default)]
    pub vectors: Vectors,
    /// Where records come from, in the order in which they are read.
    #[serde(default, rename = "source")]
    pub sources: Vec<toml::Table>,
    /// Saved searches.
    #[serde(default, rename = "search")]
    pub searches: Vec<SavedSearch>,
    /// Questions whose answers are watched.
    #[serde(default, rename = "watch")]
    pub watches: Vec<Watch>,
}

fn starter_alone() -> Vec<String> {
    vec!["starter".to_owned()]
}

/// What is embedded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Vectors {
    /// Nothing; links and search go by words alone.
    #[serde(rename = "none")]
    None,
    /// Findings, and the names of concepts.
    #[default]
    #[serde(rename = "findings")]
    Findings,
    /// Documents too.
    #[serde(rename = "findings+documents")]
    FindingsAndDocuments,
    /// Each sentence of titles and abstracts besides: search by meaning is at its best, and vectors take some ten times the room.
    #[serde(rename = "findings+documents+sentences")]
    All,
}

/// A search with a name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SavedSearch {
    /// What it is called.
    pub name: String,
    /// The query, in PubMed's language.
    pub query: String,
}

/// A question that is watched.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Watch {
    /// What it is called in digests.
    pub name: Option<String>,
    /// The question in words; what the other keys name counts before what the words say.
    pub question: Option<String>,
    /// A condition.
    pub condition: Option<String>,
    /// A treatment.
    pub treatment: Option<String>,
    /// What the treatment is compared with.
    pub comparator: Option<String>,
    /// An outcome.
    pub outcome: Option<String>,
    /// Whether the effects on the outcome are pooled.
    #[serde(default)]
    pub pool: bool,
}

impl Watch {
    /// Its name, or what it asks.
    pub fn label(&self) -> String {
        let parts = [&self.question, &self.condition, &self.treatment, &self.comparator, &self.outcome];
        self.name.clone().unwrap_or_else(|| parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" · "))
    }
}

/// Why a corpus cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// No such corpus.
    #[error("there is no corpus “{name}” in {}; {}", folder.display(), hint(known, nearest.as_deref()))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// Where definitions lie.
        folder: PathBuf,
        /// What there is.
        known: Vec<String>,
        /// The nearest name.
        nearest: Option<String>,
    },
    /// A name that no corpus can have.
    #[error("“{0}” cannot name a corpus: letters, digits, “-” and “_” can, beginning with a letter or digit")]
    Name(String),
    /// The definition is not as it should be.
    #[error("{}{}: {reason}", path.display(), line.map(|l| format!(" line {l}")).unwrap_or_default())]
    Definition {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: Option<usize>,
        /// What is wrong.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

fn hint(known: &[String], nearest: Option<&str>) -> String {
    match (nearest, known) {
        (Some(nearest), _) => format!("did you mean “{nearest}”?"),
        (None, []) => "`litmine init NAME` makes one".to_owned(),
        (None, known) => format!("there are: {}", known.join(", ")),
    }
}

/// A folder with corpora, their indexes and vocabularies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace in this folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder of definitions and stores.
    pub fn corpora(&self) -> PathBuf {
        self.root.join("corpora")
    }

    /// The folder of imported vocabularies.
    pub fn vocabularies(&self) -> PathBuf {
        self.root.join("vocabularies")
    }

    /// The names of the corpora that are defined, in order.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.corpora()).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".toml").map(str::to_owned)).collect();
        names.sort();
        names
    }

    /// A corpus that is defined here.
    pub fn corpus(&self, name: &str) -> Result<Corpus, CorpusError> {
        check_name(name)?;
        let path = self.corpora().join(format!("{name}.toml"));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let known = self.names();
                let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
                return Err(CorpusError::Unknown { name: name.to_owned(), folder: self.corpora(), known, nearest });
            }
            Err(source) => return Err(CorpusError::File { path, source }),
        };
        let definition = Definition::read(&text, &path)?;
        Ok(Corpus { name: name.to_owned(), definition, root: self.root.clone() })
    }

    /// Writes the commented definition of a new corpus. An existing one is left alone.
    pub fn init(&self, name: &str) -> Result<PathBuf, CorpusError> {
        check_name(name)?;
        let folder = self.corpora();
        std::fs::create_dir_all(&folder).map_err(|source| CorpusError::File { path: folder.clone(), source })?;
        let path = folder.join(format!("{name}.toml"));
        let text = include_str!("corpus/template.toml").replace("NAME", name);
        let written = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
        match written {
            Ok(()) => Ok(path),
            Err(source) => Err(CorpusError::File { path, source }),
        }
    }
}

fn check_name(name: &str) -> Result<(), CorpusError> {
    let ok = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.len() <= 64;
    if ok { Ok(()) } else { Err(CorpusError::Name(name.to_owned())) }
}

/// A corpus that is defined, whether or not anything was harvested.
#[derive(Debug, Clone, PartialEq)]
pub struct Corpus {
    /// Its name.
    pub name: String,
    /// Its definition.
    pub definition: Definition,
    root: PathBuf,
}

impl Corpus {
    /// The file of the store.
    pub fn store_path(&self) -> PathBuf {
        self.root.join("corpora").join(format!("{}.db", self.name))
    }

    /// The file that is locked while the corpus is written.
    pub fn lock_path(&self) -> PathBuf {
        self.root.join("corpora").join(format!("{}.lock", self.name))
    }

    /// The folder of the index.
    pub fn index_path(&self) -> PathBuf {
        self.root.join("indexes").join(&self.name)
    }

    /// The folder of the digests of watched questions.
    pub fn digests_path(&self) -> PathBuf {
        self.root.join("corpora").join(format!("{}.digests", self.name))
    }

    /// The folder that remembers what was exported, and to which files.
    pub fn exports_path(&self) -> PathBuf {
        self.root.join("corpora").join(format!("{}.exports", self.name))
    }

    /// The file of the names that its records carry.
    pub fn learned_path(&self) -> PathBuf {
        self.root.join("corpora").join(format!("{}.learned", self.name))
    }

    /// The folder of imported vocabularies.
    pub fn vocabularies_path(&self) -> PathBuf {
        self.root.join("vocabularies")
    }

    /// The names of the sources.
    pub fn source_names(&self) -> Result<Vec<String>, CorpusError> {
        Ok(self.sources(&Access::default(), None)?.iter().map(|source| source.name().to_owned()).collect())
    }

    /// The sources, ready to be harvested; what changed from `since` on is read again.
    pub fn sources(&self, access: &Access, since: Option<Date>) -> Result<Vec<Box<dyn Source>>, CorpusError> {
        let folder = self.root.join("corpora");
        let path = folder.join(format!("{}.toml", self.name));
        let refuse = |reason| CorpusError::Definition { path: path.clone(), line: None, reason };
        let mut built: Vec<Box<dyn Source>> = Vec::new();
        for table in &self.definition.sources {
            let surroundings = Surroundings { folder: &folder, access, since };
            let source = sources::build(table, &surroundings).map_err(refuse)?;
            // What is remembered of a source is found by its name.
            if built.iter().any(|other| other.name() == source.name()) {
                return Err(refuse(format!("two sources are “{}”; make them one", source.name())));
            }
            built.push(source);
        }
        Ok(built)
    }
}

/// The keys of a definition; `source` has those of its kind besides.
const KEYS: [&str; 7] = ["schema", "title", "vocabularies", "vectors", "source", "search", "watch"];
const SEARCH_KEYS: [&str; 2] = ["name", "query"];
const WATCH_KEYS: [&str; 7] = ["name", "question", "condition", "treatment", "comparator", "outcome", "pool"];
/// What a corpus never names: a definition may come from elsewhere, and what is run is the user's own choice.
const RUN_KEYS: [&str; 5] = ["command", "run", "exec", "hook", "sendmail"];

impl Definition {
    /// Reads a definition; refuses unknown keys with the nearest known one, and the line.
    pub fn read(text: &str, path: &Path) -> Result<Self, CorpusError> {
        let refuse = |offset: Option<usize>, reason: String| CorpusError::Definition {
            path: path.to_owned(),
            line: offset.map(|offset| text[..offset.min(text.len())].matches('\n').count() + 1),
            reason,
        };
        let start = |error: &toml::de::Error| error.span().map(|span| span.start);
        let table = DeTable::parse(text).map_err(|error| refuse(start(&error), error.message().to_owned()))?;
        check_keys(table.get_ref(), &KEYS, "a corpus").map_err(|(at, reason)| refuse(Some(at), reason))?;
        for (key, known) in [("search", &SEARCH_KEYS[..]), ("watch", &WATCH_KEYS[..])] {
            for entry in tables(table.get_ref(), key) {
                check_keys(entry, known, &format!("[[{key}]]")).map_err(|(at, reason)| refuse(Some(at), reason))?;
            }
        }
        for entry in tables(table.get_ref(), "source") {
            let kind = entry.get("kind").ok_or_else(|| {
                let at = entry.keys().next().map(|key| key.span().start);
                refuse(at, format!("a [[source]] needs its kind, one of: {}", kinds()))
            })?;
            let name = kind.get_ref().as_str().unwrap_or_default();
            let Some(known) = sources::KINDS.iter().find(|known| known.name == name) else {
                let reason = match nearest(name, sources::KINDS.iter().map(|k| k.name)) {
                    Some(near) => format!("unknown kind of source “{name}”; did you mean “{near}”?"),
                    None => format!("unknown kind of source “{name}”; there are: {}", kinds()),
                };
                return Err(refuse(Some(kind.span().start), reason));
            };
            let keys: Vec<&str> = std::iter::once("kind").chain(known.keys.iter().copied()).collect();
            check_keys(entry, &keys, &format!("a source of kind {name}"))
                .map_err(|(at, reason)| refuse(Some(at), reason))?;
        }
        for entry in tables(table.get_ref(), "watch") {
            if !["question", "condition", "treatment"].iter().any(|key| entry.contains_key(*key)) {
                let at = entry.keys().next().map(|key| key.span().start);
                let reason = "a [[watch]] needs a question, a condition or a treatment".to_owned();
                return Err(refuse(at, reason));
            }
        }
        let definition: Self =
            toml::from_str(text).map_err(|error| refuse(start(&error), error.message().to_owned()))?;
        if definition.schema != 1 {
            let reason = format!("schema {} is not known; this litmine reads schema 1", definition.schema);
            let at = table.get_ref().get("schema").map(|value| value.span().start);
            return Err(refuse(at, reason));
        }
        Ok(definition)
    }
}

fn kinds() -> String {
    sources::KINDS.iter().map(|kind: &Kind| kind.name).collect::<Vec<_>>().join(", ")
}

/// The tables of an array of tables.
fn tables<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Vec<&'t DeTable<'i>> {
    let Some(DeValue::Array(entries)) = table.get(key).map(|value| value.get_ref()) else { return Vec::new() };
    entries.iter().filter_map(|entry| entry.get_ref().as_table()).collect()
}

/// Refuses the first key that is not known: its place, and what is wrong.
fn check_keys(table: &DeTable<'_>, known: &[&str], place: &str) -> Result<(), (usize, String)> {
    for key in table.keys() {
        let name = key.get_ref().as_ref();
        if RUN_KEYS.contains(&name) {
            let reason = format!(
                "“{name}” in {place}: a corpus names no program to run; your own settings file does, under [watch]"
            );
            return Err((key.span().start, reason));
        }
        if !known.contains(&name) {
            let reason = match nearest(name, known.iter().copied()) {
                Some(near) => format!("unknown key “{name}” in {place}; did you mean “{near}”?"),
                None => format!("unknown key “{name}” in {place}; there are: {}", known.join(", ")),
            };
            return Err((key.span().start, reason));
        }
    }
    Ok(())
}

/// The known word that was probably meant.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|candidate| (strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Definition, String> {
        Definition::read(text, Path::new("x.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn the_template_is_a_definition() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::new(folder.path());
        workspace.init("heart").unwrap();
        let corpus = workspace.corpus("heart").unwrap();
        assert_eq!(corpus.definition.schema, 1);
        assert!(!corpus.definition.sources.is_empty());
        assert!(workspace.init("heart").is_err(), "it must not be written over");
    }

    #[test]
    fn the_template_shows_every_kind_of_source_as_it_may_be_written() {
        let template = include_str!("corpus/template.toml");
        for kind in sources::KINDS {
            let named = format!("kind = \"{}\"", kind.name);
            let shown =
                template.split("\n\n").map(|block| block.replace("# ", "")).find(|block| block.contains(&named));
            let Some((_, source)) = shown.as_deref().and_then(|block| block.split_once("[[source]]")) else {
                panic!("{} is not shown", kind.name)
            };
            let definition = read(&format!("schema = 1\ntitle = \"x\"\n[[source]]{source}")).unwrap();
            let surroundings = Surroundings { folder: Path::new(""), access: &Access::default(), since: None };
            sources::build(&definition.sources[0], &surroundings).map(drop).unwrap();
        }
    }

    #[test]
    fn unknown_keys_are_refused_with_the_nearest_and_the_line() {
        let error = read("schema = 1\ntitle = \"x\"\nvocabulary = []\n").unwrap_err();
        assert!(error.contains("line 3") && error.contains("“vocabularies”"), "{error}");
        let error = read("schema = 1\ntitle = \"x\"\n[[source]]\nkind = \"files\"\npath = \"a\"\n").unwrap_err();
        assert!(error.contains("line 5") && error.contains("“paths”"), "{error}");
        let error = read("schema = 1\ntitle = \"x\"\n[[source]]\nkind = \"file\"\n").unwrap_err();
        assert!(error.contains("line 4") && error.contains("“files”"), "{error}");
    }

    #[test]
    fn a_corpus_names_no_program_to_run() {
        for watch in ["condition = \"x\"\ncommand = [\"sendmail\"]", "command = \"x\""] {
            let error = read(&format!("schema = 1\ntitle = \"x\"\n[[watch]]\n{watch}\n")).unwrap_err();
            assert!(error.contains("settings file"), "{error}");
        }
        assert!(read("schema = 1\ntitle = \"x\"\ncommand = \"x\"\n").unwrap_err().contains("settings file"));
        let empty = read("schema = 1\ntitle = \"x\"\n[[watch]]\noutcome = \"death\"\n").unwrap_err();
        assert!(empty.contains("needs a question") && empty.contains("line 4"), "{empty}");
    }

    #[test]
    fn a_later_schema_is_refused() {
        assert!(read("schema = 2\ntitle = \"x\"\n").unwrap_err().contains("schema 2"));
    }

    #[test]
    fn two_sources_of_one_name_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::new(folder.path());
        std::fs::create_dir(workspace.corpora()).unwrap();
        let source = "[[source]]\nkind = \"pmc-oa\"\npmcids = [\"PMC1\"]\n";
        let text = format!("schema = 1\ntitle = \"x\"\n{source}{}", source.replace("PMC1", "PMC2"));
        std::fs::write(workspace.corpora().join("x.toml"), text).unwrap();
        let error = workspace.corpus("x").unwrap().source_names().unwrap_err().to_string();
        assert!(error.contains("two sources are “pmc-oa of a list”"), "{error}");
    }

    #[test]
    fn an_unknown_corpus_names_its_neighbour() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::new(folder.path());
        workspace.init("heart").unwrap();
        assert!(workspace.corpus("haert").unwrap_err().to_string().contains("“heart”"));
        assert!(matches!(workspace.corpus("../x"), Err(CorpusError::Name(_))));
    }
}
