//! The arguments, as clap reads them. Behaviour lives in the commands.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod lookup;

pub use lookup::{Asked, Design, Diff, Fit, Kind, Level, Lookup, Map, Order, Which};

/// Mines the medical research literature into evidence that can be looked up, offline.
#[derive(Debug, Parser)]
#[command(
    name = "litmine",
    version,
    arg_required_else_help = true,
    after_help = "A corpus is defined in corpora/NAME.toml. The usual way:\n\n  \
        litmine init heart                 write a commented definition; edit its sources\n  \
        litmine refresh heart              harvest, mine and index; run it again to bring it up to date\n  \
        litmine search heart 'empagliflozin AND mortality[tiab]'\n  \
        litmine lookup heart --condition 'heart failure' --treatment 'SGLT2 inhibitors'\n\n\
        Exit status: 0 done; 1 failed; 2 usage; 3 done but incomplete (the message says what is missing); \
        75 another run holds the corpus.\n\n\
        litmine quotes the literature; it gives no medical advice."
)]
pub struct Arguments {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The folder that holds corpora/, indexes/ and vocabularies/ [default: the current folder]
    #[arg(long, global = true, value_name = "DIR", env = "LITMINE_WORKSPACE", help_heading = "Everywhere")]
    pub workspace: Option<PathBuf>,
    /// Say nothing but answers and errors
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub quiet: bool,
    /// Say more; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Everywhere")]
    pub verbose: u8,
    /// When to colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Everywhere")]
    pub color: Color,
    /// Print long answers at once, without $LITMINE_PAGER, $PAGER or less
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub no_pager: bool,
    /// A table for people, JSON for programs ("schema": 1), a page for a browser or Markdown
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Everywhere")]
    pub format: Option<Format>,
    /// The folder of the transformer's model [default: where scripts/setup put it]
    #[arg(long, global = true, value_name = "DIR", env = "LITMINE_MODEL", help_heading = "Everywhere")]
    pub model: Option<PathBuf>,
    /// The litmine-encoder program [default: beside litmine]
    #[arg(long, global = true, value_name = "FILE", env = "LITMINE_ENCODER", help_heading = "Everywhere")]
    pub encoder: Option<PathBuf>,
    /// How long the encoder waits in memory for the next question; 0: it ends with the question [default: 300]
    #[arg(long, global = true, value_name = "SECONDS", env = "LITMINE_IDLE_ENCODER", help_heading = "Everywhere",
        value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub idle_encoder: Option<u64>,
    /// The same as --idle-encoder 0
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub no_idle_encoder: bool,
    /// Do without the transformer: words and concepts alone
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub no_vectors: bool,
    /// Let the words of a question go to the remote encoder of the settings (documents and vocabulary always do)
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub remote_questions: bool,
}

impl Command {
    /// Whether its answer is made whole and then read, so that a pager may show it.
    pub fn is_for_reading(&self) -> bool {
        matches!(
            self,
            Self::Search(_)
                | Self::Lookup(_)
                | Self::Map(_)
                | Self::Diff(_)
                | Self::Impact { .. }
                | Self::Show(_)
                | Self::Status { .. }
        )
    }
}

/// How the flow of records is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Prisma {
    /// Lines.
    Text,
    /// A picture.
    Svg,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For documents and mail: lookup, diff and impact.
    Markdown,
    /// One page for a browser, with nothing outside it: lookup, map and diff.
    Html,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the commented definition of a new corpus
    #[command(after_help = "Example:\n  litmine init heart && $EDITOR corpora/heart.toml")]
    Init {
        /// The corpus: letters, digits, - and _
        name: String,
    },
    /// Fetch what is new from the sources of a corpus into its store
    #[command(
        after_help = "Examples:\n  litmine harvest heart --dry-run        how many records and requests a run would take\n  \
            litmine harvest heart --only pubmed --since 2026-01-01"
    )]
    Harvest {
        /// The corpus
        corpus: String,
        /// Say what a run would take, and fetch no record
        #[arg(long)]
        dry_run: bool,
        /// Which sources
        #[command(flatten)]
        sources: Sources,
    },
    /// Extract findings from what was harvested, and link them to conditions and treatments
    Mine {
        /// The corpus
        corpus: String,
    },
    /// Bring the search index up to date with what was mined
    Index {
        /// The corpus
        corpus: String,
        /// Build it anew, whatever there is
        #[arg(long)]
        rebuild: bool,
    },
    /// Harvest, mine and index: bring a corpus up to date
    #[command(
        after_help = "Examples:\n  litmine refresh heart\n  litmine refresh --all --quiet      for a nightly job\n\n\
            Killed at any moment, running it again finishes the work."
    )]
    Refresh {
        /// The corpora
        #[arg(required_unless_present = "all")]
        corpora: Vec<String>,
        /// Every corpus of the workspace
        #[arg(long, conflicts_with = "corpora")]
        all: bool,
        /// Which sources
        #[command(flatten)]
        sources: Sources,
    },
    /// Find documents
    #[command(after_help = "Examples:\n  litmine search heart 'sglt2 inhibitors hospitalisation'\n  \
            litmine search heart '(empagliflozin OR dapagliflozin) AND randomized controlled trial[pt]'\n  \
            litmine search heart '\"heart failure\"[mh] AND 2019:2024[dp] NOT review[pt]' --sort date\n  \
            litmine search heart 'beta blockers AND therapy/narrow[filter]' --explain\n  \
            litmine search heart --strategy strategy.txt --facet year,design\n  \
            litmine search heart 'mortality AND empagliflozin' --unit finding\n\n\
            Free words are ranked by words and meaning together; a query with an operator, a tag, a quote or a * is exact.")]
    Search(Search),
    /// Look up the evidence: for a treatment in a condition, or for a question in words
    #[command(
        after_help = "Examples:\n  litmine lookup heart 'does empagliflozin reduce hospital admission in heart failure?'\n  \
            litmine lookup heart --condition 'heart failure' --treatment 'SGLT2 inhibitors' --design rct --year 2015:\n  \
            litmine lookup heart --condition hypertension --treatment exercise --outcome 'systolic blood pressure' --why\n  \
            litmine lookup heart --treatment empagliflozin --patient '72 F, CKD stage 3, on warfarin' --fit possible\n\n\
            What was understood is printed first. A class stands for its members and a condition for its kinds; the answer says so. \
            It ends with its coverage. Questions are neither logged nor stored."
    )]
    Lookup(Box<Lookup>),
    /// Draw the evidence map: conditions × treatments, with how many studies there are, of what level, and which way they point
    #[command(
        after_help = "Examples:\n  litmine map heart -o heart.html               one page for a browser: filter it, open a cell, read its findings\n  \
            litmine map heart --condition 'heart failure' --level 1b --year 2015:\n\n\
            A cell counts what a look-up of its condition and its treatment counts."
    )]
    Map(Box<Map>),
    /// Look evidence up on a full screen: the question, its studies, and each study down to the document
    #[command(after_help = "Examples:\n  litmine browse heart\n  \
            litmine browse heart --condition 'heart failure' --treatment 'SGLT2 inhibitors'\n\n\
            The keys stand at the foot of the screen; ? lists all of them.")]
    Browse {
        /// The corpus
        corpus: String,
        /// The question to begin with
        #[command(flatten)]
        asked: Box<Asked>,
    },
    /// Say what changed in the answers to questions since a day: studies new, revised, corrected, retracted; votes and pooled effects moved
    #[command(
        after_help = "Examples:\n  litmine diff heart --since 2026-03-01        the questions that the corpus watches ([[watch]])\n  \
            litmine diff heart --since 2026-03-01 --condition 'heart failure' --treatment 'SGLT2 inhibitors' --format markdown\n\n\
            With --quiet nothing is printed where nothing changed. What litmine reads otherwise than before is told apart from what the \
            literature says otherwise."
    )]
    Diff(Box<Diff>),
    /// Say what rests on a document: the watched questions whose answers hold it, with their counts as when it is retracted
    #[command(after_help = "Example:\n  litmine impact PMID:99000001")]
    Impact {
        /// PMID:123, PMCID:PMC123, DOI:10.…, or a bare PMID, PMCID or DOI
        id: String,
        /// Only in this corpus [default: all of the workspace]
        #[arg(long, value_name = "NAME")]
        corpus: Option<String>,
    },
    /// Show a stored document with its findings
    #[command(after_help = "Examples:\n  litmine show heart PMID:99000001\n  \
            litmine show heart PMID:99000001 --outcome 'quality of life' --treatment zelmarin --comparator placebo\n\n\
            With --outcome it says which way that outcome went under the treatment against the comparator, as far as the document's own words \
            tell, and quotes the sentences on which that rests.")]
    Show(Show),
    /// List documents that came under two names and were found to be one, or undo such a merge
    #[command(after_help = "Examples:\n  litmine merges heart\n  litmine merges heart --undo DOI:10.5555/x\n\n\
            Two records are one document when they share a PMID, a PMCID or a DOI and no other of these differs; where a DOI alone is \
            shared, their titles must have words in common too. What was undone is never merged again.")]
    Merges {
        /// The corpus
        corpus: String,
        /// Make this document one of its own again
        #[arg(long, value_name = "ID")]
        undo: Option<String>,
    },
    /// Serve the answers over HTTP, as JSON and as pages for a browser, to this machine alone unless it is told otherwise
    #[command(
        after_help = "Examples:\n  litmine serve                                        then open http://127.0.0.1:8765/\n  \
            curl http://127.0.0.1:8765/lookup --json '{\"corpus\": \"heart\", \"question\": \"do SGLT2 inhibitors lower mortality in heart failure?\"}'\n  \
            litmine serve --listen 10.0.0.5:8765 --allow-remote --host evidence.clinic.example\n\n\
            Reads only. No question is logged. There is no password and no encryption: for more than this machine, put a proxy that has both \
            before it. GET /openapi.json describes it."
    )]
    Serve(Serve),
    /// Export documents, or findings, for other programs: ris, bibtex, csl, nbib, csv, tsv, json, jsonl, parquet, markdown
    #[command(after_help = "Examples:\n  litmine export heart --as ris -o heart.ris\n  \
            litmine export heart 'empagliflozin AND 2020:2024[dp]' --as bibtex > refs.bib\n  \
            litmine export heart @sglt2 --as csv --findings -o effects.csv\n\n\
            ris, bibtex, csl and nbib are for reference managers; csv and tsv for spreadsheets and statistics, with --findings a line an effect; \
            json, jsonl and parquet for programs; markdown for people. What a source says is retracted says so in every format.")]
    Export(Export),
    /// Parse, extract and link any document; one JSON object a line
    #[command(after_help = "Examples:\n  litmine annotate papers.xml.gz > papers.jsonl\n  \
            litmine annotate - --input-format pubtator < abstracts.txt\n\n\
            Needs no corpus, no index and no network.")]
    Annotate(Annotate),
    /// Import vocabularies and look names up in them
    #[command(subcommand)]
    Vocab(Vocab),
    /// Say what a corpus holds, how complete it is and what went wrong
    Status {
        /// The corpus [default: all of the workspace]
        corpus: Option<String>,
        /// List every rejected record with its place and reason
        #[arg(long, requires = "corpus")]
        rejected: bool,
        /// Print the flow of records into the corpus after PRISMA 2020 instead, as text or as a picture (--format json for programs)
        #[arg(long, requires = "corpus", value_name = "FORM", num_args = 0..=1, default_missing_value = "text")]
        prisma: Option<Prisma>,
    },
    /// Measure quality on a labelled set
    #[command(
        after_help = "Examples:\n  litmine eval retrieval beir/scifact --split test --mode hybrid --format json\n\n\
            The tasks and what each takes are listed by: litmine eval list"
    )]
    Eval(Eval),
    /// Print the completions of a shell
    #[command(after_help = "Example:\n  litmine completions bash > ~/.local/share/bash-completion/completions/litmine")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages of all commands into a folder, for who packages litmine
    #[command(hide = true)]
    ManPages {
        /// The folder, which must be there
        folder: PathBuf,
    },
}

/// Which sources of a corpus are harvested, and how far back.
#[derive(Debug, Clone, Args)]
pub struct Sources {
    /// Only sources of this kind, or of this whole name (litmine status lists them); may be given several times
    #[arg(long, value_name = "SOURCE")]
    pub only: Vec<String>,
    /// Read again what entered its source, or was revised there, from this day on (2026-01-31)
    #[arg(long, value_name = "DATE")]
    pub since: Option<jiff::civil::Date>,
}

/// `litmine search`
#[derive(Debug, Args)]
pub struct Search {
    /// The corpus
    pub corpus: String,
    /// Words, or a query in PubMed's language; @NAME for a saved search of the corpus
    #[arg(required_unless_present = "strategy")]
    pub query: Option<String>,
    /// Run the queries of a file, one a line, and count each; the last one, or QUERY, finds the hits. A line may name those
    /// before it: #1 AND #2
    #[arg(long, value_name = "FILE")]
    pub strategy: Option<PathBuf>,
    /// Say how the query was read, and what each part of it finds
    #[arg(long)]
    pub explain: bool,
    /// Where nothing is found, loosen the query step by step, saying each
    #[arg(long)]
    pub loosen: bool,
    /// What to find
    #[arg(long, value_name = "UNIT", default_value = "document")]
    pub unit: Unit,
    /// Count all hits by year, journal, pt, mesh, design or level; several with commas
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub facet: Vec<Facet>,
    /// How to rank [default: hybrid for free words where vectors are there, else bm25]
    #[arg(long, value_name = "MODE")]
    pub mode: Option<Mode>,
    /// In which order
    #[arg(long, value_name = "ORDER", default_value = "relevance")]
    pub sort: Sort,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Pass over the first N
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: usize,
    /// Exit with 0 though a source of the corpus is incomplete
    #[arg(long)]
    pub accept_incomplete: bool,
}

/// `litmine serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen at; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8765")]
    pub listen: SocketAddr,
    /// Let other machines ask
    #[arg(long)]
    pub allow_remote: bool,
    /// A name under which requests may ask for this server, as those that a proxy hands on; may be given more than once
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub host: Vec<String>,
    /// How many answers are made at once [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    pub at_once: Option<NonZeroUsize>,
    /// The longest that an answer may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub time_limit: u64,
}

/// `litmine export`
#[derive(Debug, Args)]
pub struct Export {
    /// The corpus
    pub corpus: String,
    /// Only what this query finds, best first; @NAME for a saved search [default: every document]
    pub query: Option<String>,
    /// The format: ris, bibtex, csl, nbib, csv, tsv, json, jsonl, markdown or parquet
    #[arg(long = "as", value_name = "FORMAT")]
    pub form: String,
    /// The findings of the documents instead of the documents: csv, tsv, json, jsonl, markdown or parquet
    #[arg(long)]
    pub findings: bool,
    /// Write to a file, which appears whole or not at all [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Exit with 0 though a source of the corpus is incomplete
    #[arg(long)]
    pub accept_incomplete: bool,
}

/// What to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// Documents.
    Document,
    /// Sentences that report a result or draw a conclusion.
    Finding,
    /// Sentences.
    Sentence,
}

/// What to count hits by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Facet {
    /// The year of publication.
    Year,
    /// The journal.
    Journal,
    /// The publication type.
    Pt,
    /// The heading.
    Mesh,
    /// The design of the study.
    Design,
    /// The level of evidence.
    Level,
}

/// How to rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// By words.
    Bm25,
    /// By meaning.
    Dense,
    /// By both.
    Hybrid,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// Best match first.
    Relevance,
    /// Newest first.
    Date,
    /// Best level of evidence first.
    Level,
}

/// `litmine annotate`
#[derive(Debug, Args)]
pub struct Annotate {
    /// Files or folders; - for standard input
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// The format of the input
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub input_format: String,
    /// Vocabularies to use, the first one counts most [default: all that are imported, then starter]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub vocabularies: Vec<String>,
}

/// A vocabulary that its publisher keeps up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Published {
    /// The Medical Subject Headings of the U.S. National Library of Medicine.
    Mesh,
}

/// `litmine show`
#[derive(Debug, Args)]
pub struct Show {
    /// The corpus
    pub corpus: String,
    /// PMID:123, PMCID:PMC123, DOI:10.…, or a bare PMID, PMCID or DOI
    pub id: String,
    /// Ask which way this outcome went
    #[arg(long, value_name = "WORDS")]
    pub outcome: Option<String>,
    /// … under this treatment, as the document calls it
    #[arg(long, value_name = "WORDS", requires = "outcome")]
    pub treatment: Option<String>,
    /// … against this one
    #[arg(long, value_name = "WORDS", requires = "outcome")]
    pub comparator: Option<String>,
}

/// `litmine eval`
#[derive(Debug, Args)]
pub struct Eval {
    /// What to measure; `list` lists the tasks
    pub task: String,
    /// The labelled set: files or folders, plain or .gz
    pub data: Vec<PathBuf>,
    /// Which part of the set
    #[arg(long, value_name = "NAME")]
    pub split: Option<String>,
    /// Which way of ranking
    #[arg(long, value_name = "MODE")]
    pub mode: Option<String>,
    /// Limit it to the documents whose ids a file lists, one a line
    #[arg(long, value_name = "FILE")]
    pub ids: Option<PathBuf>,
    /// The archive of the articles that the set speaks of
    #[arg(long, value_name = "TAR")]
    pub articles: Option<PathBuf>,
    /// The corpus that is asked
    #[arg(long, value_name = "NAME")]
    pub corpus: Option<String>,
    /// Write what was found of each item to a file, an object a line
    #[arg(long, value_name = "FILE")]
    pub details: Option<PathBuf>,
    /// Vocabularies to use, the first one counts most [default: all that are imported, then starter]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub vocabularies: Vec<String>,
}

/// `litmine vocab`
#[derive(Debug, Subcommand)]
pub enum Vocab {
    /// Import vocabulary files, plain or .gz: MeSH XML, OBO, RRF or a table
    #[command(
        after_help = "Examples:\n  litmine vocab import desc2026.xml.gz supp2026.xml.gz pa2026.xml.gz --name mesh2026\n  \
                            litmine vocab import doid.obo --name doid\n  litmine vocab import formulary.tsv --references drugbank_mappings.tsv"
    )]
    Import {
        /// The files; what they tell of one id is united
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// A table of cross-references, by which ids of other vocabularies are reconciled with MeSH's and known beside them
        #[arg(long, value_name = "FILE")]
        references: Vec<PathBuf>,
        /// What to call it in definitions [default: the file's name]
        #[arg(long)]
        name: Option<String>,
    },
    /// Fetch the newest edition of a vocabulary from its publisher, and import it
    #[command(after_help = "Example:\n  litmine vocab update mesh")]
    Update {
        /// Which
        which: Published,
        /// Though the newest is there
        #[arg(long)]
        again: bool,
    },
    /// List the vocabularies that are there
    List,
    /// Find the concepts that a name stands for
    Find {
        /// The name
        words: String,
        /// Vocabularies to use [default: all]
        #[arg(long, value_name = "NAME", value_delimiter = ',')]
        vocabularies: Vec<String>,
    },
    /// List frequent phrases of a corpus that look like treatments and conditions and that none of its vocabularies knows
    #[command(after_help = "Example:\n  litmine vocab new heart-failure --least 5")]
    New {
        /// The corpus
        corpus: String,
        /// The fewest papers that make a phrase frequent
        #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
        least: u32,
        /// The most phrases of each kind
        #[arg(long, value_name = "N", default_value_t = 25)]
        limit: usize,
        /// Exit with 0 though a source of the corpus is incomplete
        #[arg(long)]
        accept_incomplete: bool,
    },
    /// Show a concept: names, kin, classes; and what a corpus has on it
    #[command(after_help = "Example:\n  litmine vocab show \"heart failure\" --corpus heart-failure")]
    Show {
        /// Its id (MESH:D006333) or a name
        id: String,
        /// Vocabularies to use [default: all, or the corpus's]
        #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with = "corpus")]
        vocabularies: Vec<String>,
        /// Say how often a corpus speaks of it, and what it tells of it with others
        #[arg(long, value_name = "NAME")]
        corpus: Option<String>,
        /// End with 0 though a source of the corpus is incomplete
        #[arg(long)]
        accept_incomplete: bool,
    },
}
