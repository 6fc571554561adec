//! Text to vectors.
//!
//! The transformer itself is another program, `litmine-encoder`; see `process.rs` for how it is spoken to and `protocol.rs`
//! for what is said. `http.rs` is a server instead. Guarantees of every [`Encoder`]:
//!
//! - a vector does not depend on its batch mates: a batch equals its singles (to a cosine above 0.9999);
//! - vectors have length 1, so that their dot product is the cosine;
//! - [`Encoder::model`] changes whenever the vectors could: it is the key under which vectors are stored.

mod http;
mod process;
pub mod protocol;
mod vectors;

pub use http::{HttpEncoder, RemoteKind, RemoteSettings};
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

/// Starts the encoder that the settings name: a program of this machine, or a server where one is named and `purpose` allows it.
pub fn start(settings: &EncoderSettings, purpose: Purpose) -> Result<Box<dyn Encoder>, EncoderError> {
    let Some(remote) = &settings.remote else { return Ok(Box::new(ProcessEncoder::start(settings)?)) };
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
    /// It answered with an error of its own.
    #[error("the encoder failed: {0}")]
    Failed(String),
    /// It answered with something that is not an answer.
    #[error("the encoder's answer cannot be read: {0}")]
    Protocol(String),
}
