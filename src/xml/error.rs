//! What can be wrong with XML, and where.

/// Why XML could not be read. Every position counts bytes of the (decompressed) stream.
#[derive(Debug, thiserror::Error)]
pub enum XmlError {
    /// The stream itself failed.
    #[error("{source}")]
    Read {
        /// How far it came.
        position: u64,
        /// What the system says.
        source: std::io::Error,
    },
    /// The declaration names an encoding other than UTF-8.
    #[error("encoded as {encoding}; only UTF-8 is read: convert it first (iconv -t UTF-8)")]
    Encoding {
        /// Where the declaration stands.
        position: u64,
        /// The encoding it names.
        encoding: String,
    },
    /// The bytes are not UTF-8.
    #[error("not UTF-8")]
    NotUtf8 {
        /// The first byte that is not.
        position: u64,
    },
    /// The document type has an internal subset, which could declare entities that grow without bound.
    #[error("the DOCTYPE declares entities or markup of its own, which is refused; remove the part in brackets")]
    InternalSubset {
        /// Where the DOCTYPE stands.
        position: u64,
    },
    /// A reference to an entity that XML does not predefine.
    #[error("unknown entity &{name};")]
    UnknownEntity {
        /// Where it stands.
        position: u64,
        /// Its name.
        name: String,
    },
    /// The markup is broken.
    #[error("{reason}")]
    Syntax {
        /// Where.
        position: u64,
        /// How.
        reason: String,
    },
    /// Elements are nested deeper than any record of this kind is.
    #[error("elements are nested deeper than {limit}")]
    TooDeep {
        /// Where.
        position: u64,
        /// What is allowed.
        limit: usize,
    },
    /// A tag, a comment or another piece of markup outside the records is longer than allowed.
    #[error("a tag or comment is longer than {limit} bytes")]
    TooLong {
        /// Where it begins.
        position: u64,
        /// What is allowed.
        limit: usize,
    },
    /// The stream ends before the document does.
    #[error("the document is cut short: it ends inside <{inside}>")]
    Truncated {
        /// Where the stream ends.
        position: u64,
        /// The innermost element that is known to be open.
        inside: String,
    },
    /// There is no element at all.
    #[error("there is no XML element in it")]
    NoElement {
        /// Where the stream ends.
        position: u64,
    },
}

impl XmlError {
    /// Where in the stream it is, in bytes.
    pub fn position(&self) -> u64 {
        match self {
            Self::Read { position, .. }
            | Self::Encoding { position, .. }
            | Self::NotUtf8 { position }
            | Self::InternalSubset { position }
            | Self::UnknownEntity { position, .. }
            | Self::Syntax { position, .. }
            | Self::TooDeep { position, .. }
            | Self::TooLong { position, .. }
            | Self::Truncated { position, .. }
            | Self::NoElement { position } => *position,
        }
    }
}
