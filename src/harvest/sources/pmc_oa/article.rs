//! One article: what was found of it.

/// What a service has of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Article {
    /// Nothing under this number.
    Absent,
    /// It, but not for everyone; why, in words.
    Closed(String),
    /// It.
    Open {
        /// The service's record beside it, where there is one.
        metadata: Option<Vec<u8>>,
        /// Its full text; none where the one that is held is the same.
        text: Option<Vec<u8>>,
        /// What tells it from another version of it.
        state: String,
    },
}
