//! How a command ends.

use std::process::ExitCode;

use crate::corpus::CorpusError;
use crate::embed::EncoderError;
use crate::eval::EvalError;
use crate::index::IndexError;
use crate::lookup::LookupError;
use crate::parse::InputError;
use crate::pipeline::PipelineError;
use crate::store::StoreError;
use crate::vocab::VocabularyError;

/// A command that did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// All of it.
    Done,
    /// All but what the messages name.
    Incomplete,
}

impl Ended {
    pub(super) fn status(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Incomplete => 3,
        })
    }

    /// Incomplete, if that is so.
    pub(super) fn unless(incomplete: bool) -> Self {
        if incomplete { Self::Incomplete } else { Self::Done }
    }
}

/// A command that could not do its work.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(transparent)]
    Lookup(#[from] LookupError),
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Eval(#[from] EvalError),
    #[error("{message}")]
    Usage { message: String, hint: Option<String> },
    #[error("{message}")]
    Other { message: String, hint: Option<String> },
}

impl Failure {
    /// The arguments do not make sense together.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: None }
    }

    /// Anything else, in words.
    pub(super) fn other(message: impl Into<String>) -> Self {
        Self::Other { message: message.into(), hint: None }
    }

    /// The message with what caused it.
    pub(super) fn message(&self) -> String {
        let mut message = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let text = error.to_string();
            if !message.contains(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            cause = error.source();
        }
        message
    }

    /// What to do about it.
    pub(super) fn hint(&self) -> Option<&str> {
        match self {
            Self::Usage { hint, .. } | Self::Other { hint, .. } => hint.as_deref(),
            Self::Pipeline(PipelineError::Locked { .. }) => {
                Some("another litmine is writing this corpus; try again when it is done")
            }
            _ => None,
        }
    }

    /// Whether it is what was asked, and nothing here, that is wrong.
    pub(super) fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Usage { .. }
                | Self::Corpus(CorpusError::Name(_))
                | Self::Eval(EvalError::Usage(_))
                | Self::Index(IndexError::Query(_))
                | Self::Lookup(
                    LookupError::UnknownName { .. }
                        | LookupError::NothingNamed
                        | LookupError::TooLong { .. }
                        | LookupError::NobodyDescribed
                        | LookupError::DescriptionTooLong { .. }
                        | LookupError::NothingThen { .. },
                )
        )
    }

    pub(super) fn status(&self) -> ExitCode {
        ExitCode::from(match self {
            usage if usage.is_usage() => 2,
            Self::Pipeline(PipelineError::Locked { .. }) => 75,
            _ => 1,
        })
    }
}
