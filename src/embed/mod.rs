//! Text to vectors.
//!
//! The transformer itself is another program, `litmine-encoder`; see `process.rs` for how it is spoken to and `protocol.rs`
//! for what is said. Guarantees of every [`Encoder`]:
//!
//! - a vector does not depend on its batch mates: a batch equals its singles (to a cosine above 0.9999);
//! - vectors have length 1, so that their dot product is the cosine;
//! - [`Encoder::model`] changes whenever the vectors could: it is the key under which vectors are stored.

mod process;
pub mod protocol;
mod vectors;

pub use process::{EncoderSettings, ProcessEncoder};
pub use vectors::{Neighbour, VectorFile, VectorFileError, VectorFileWriter, cosine};

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
