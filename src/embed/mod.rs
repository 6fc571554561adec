//! Text to vectors.
//!
//! The transformer itself is another program, `litmine-encoder`, which is a child of this process ([`ProcessEncoder`]) or idles
//! between questions ([`IdleEncoder`]); `protocol.rs` has what is said. `http.rs` is a server instead. Guarantees of every
//! [`Encoder`]:
//!
//! - a vector does not depend on its batch mates: a batch equals its singles (to a cosine above 0.9999);
//! - vectors have length 1, so that their dot product is the cosine;
//! - [`Encoder::model`] changes whenever the vectors could: it is the key under which vectors are stored.

mod conversation;
mod head;
mod http;
mod idle;
mod process;
pub mod protocol;
pub mod runtime;
mod sketch;
mod vectors;

pub use head::{
    Head, HeadDescription, HeadInput, HeadKind, HeadRequest, Mark, Scores, TokenScores, digest as head_digest,
};
pub use http::{HttpEncoder, RemoteKind, RemoteSettings};
pub use idle::IdleEncoder;
pub use process::{EncoderSettings, ProcessEncoder};
pub use vectors::{Neighbour, VectorFile, VectorFileError, VectorFileWriter, cosine};

/// Whose words an encoder is wanted for. A remote one gets what is published, questions only where the user allows it, and
/// nothing of a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Documents and vocabulary.
    Published,
    /// A question that was typed.
    Question,
    /// A note or the details of a patient.
    Patient,
}

/// Starts the encoder that the settings name: a program of this machine (for a question the one that idles), or a server where
/// one is named and `purpose` allows it.
pub fn start(settings: &EncoderSettings, purpose: Purpose) -> Result<Box<dyn Encoder>, EncoderError> {
    let Some(remote) = &settings.remote else {
        return match purpose {
            Purpose::Published => Ok(Box::new(ProcessEncoder::start(settings)?)),
            Purpose::Question | Purpose::Patient => for_question(settings),
        };
    };
    match purpose {
        Purpose::Published => {}
        Purpose::Question if settings.remote_questions => {}
        Purpose::Question => {
            return Err(EncoderError::Private(
                "a question is not sent to the remote encoder unless --remote-questions allows it",
            ));
        }
        Purpose::Patient => {
            return Err(EncoderError::Private("nothing of a patient is ever sent to a remote encoder"));
        }
    }
    Ok(Box::new(HttpEncoder::connect(remote.clone())?))
}

/// Turns text into vectors.
pub trait Encoder: Send {
    /// What makes the vectors: the model's name and a digest of its weights.
    fn model(&self) -> &str;

    /// How many numbers a vector has.
    fn dimension(&self) -> usize;

    /// One vector of length 1 for each text, in order. Text past the model's window is not read.
    fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EncoderError>;

    /// What a head is, read and checked by the encoder.
    ///
    /// # Errors
    /// [`EncoderError::NoHeads`] where the encoder cannot apply heads, as remote ones cannot; [`EncoderError::Failed`] where the
    /// head is damaged or belongs to another model.
    fn describe(&mut self, head: &Head) -> Result<HeadDescription, EncoderError> {
        let _ = head;
        Err(EncoderError::NoHeads(self.model().to_owned()))
    }

    /// The scores that a head gives to each text or to each of its tokens, in order. A batch equals its singles.
    ///
    /// # Errors
    /// As of [`Encoder::describe`]; [`EncoderError::Failed`] where the input does not fit the head.
    fn apply(&mut self, head: &Head, input: &HeadInput<'_>) -> Result<Scores, EncoderError> {
        let _ = (head, input);
        Err(EncoderError::NoHeads(self.model().to_owned()))
    }
}

/// The encoder for a question: the idling one, which is started where there is none; where the settings want none, or it cannot
/// be met, a child of this process.
fn for_question(settings: &EncoderSettings) -> Result<Box<dyn Encoder>, EncoderError> {
    if let Some(idle) = settings.idle {
        match IdleEncoder::meet(settings, idle) {
            Ok(encoder) => return Ok(Box::new(encoder)),
            Err(error @ EncoderError::Missing(_)) => return Err(error),
            Err(error) => tracing::info!(%error, "no idling encoder"),
        }
    }
    Ok(Box::new(ProcessEncoder::start(settings)?))
}

/// Why there are no vectors.
#[derive(Debug, thiserror::Error)]
pub enum EncoderError {
    /// The program or the model is not there.
    #[error("{0}")]
    Missing(String),
    /// It is elsewhere, and what was to be embedded stays here.
    #[error("{0}")]
    Private(&'static str),
    /// It could not be started or spoken to.
    #[error("the encoder could not be used: {0}")]
    Io(#[from] std::io::Error),
    /// It has vectors and nothing else.
    #[error("the encoder {0} applies no trained heads; the local one does")]
    NoHeads(String),
    /// It answered with an error of its own.
    #[error("the encoder failed: {0}")]
    Failed(String),
    /// It answered with something that is not an answer.
    #[error("the encoder's answer cannot be read: {0}")]
    Protocol(String),
}
