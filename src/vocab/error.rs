//! What can go wrong with vocabularies.

use std::io;
use std::path::PathBuf;

use super::loaders::LoadError;

/// Why a vocabulary could not be opened or imported.
#[derive(Debug, thiserror::Error)]
pub enum VocabularyError {
    /// No layer has this name.
    #[error(
        "no vocabulary is called “{name}” in {}; there {}; import one with `litmine vocab import FILE --name {name}`",
        folder.display(), there_are(available)
    )]
    Unknown {
        /// The name asked for.
        name: String,
        /// Where it was looked for.
        folder: PathBuf,
        /// What is there.
        available: Vec<String>,
    },
    /// A compiled vocabulary is not what it was when it was written.
    #[error("{} cannot be used: {reason}; rebuild it with `litmine vocab import FILE --name {name}`", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The vocabulary's name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A name that cannot become a file's name.
    #[error(
        "“{0}” cannot name a vocabulary: use lower-case letters, digits, “-” and “_”, and not “starter”, which is compiled in"
    )]
    Name(String),
    /// No loader knows the format.
    #[error("{}: not a vocabulary that can be imported; known formats: {}", path.display(), formats.join("; "))]
    Format {
        /// The file.
        path: PathBuf,
        /// What each loader reads.
        formats: Vec<&'static str>,
    },
    /// A loader refused the file.
    #[error("{}: {source}", path.display())]
    Load {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: LoadError,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl VocabularyError {
    /// For `map_err`: puts the file's name beside the system's reason.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

fn there_are(names: &[String]) -> String {
    match names {
        [] => "is none".to_owned(),
        names => format!("are {}", names.join(", ")),
    }
}
