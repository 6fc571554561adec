//! Trained heads: small nets over the model's hidden states, applied inside the encoder. `README.md` beside this file has the
//! form of a head's file.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::Span;

/// A trained head, as its file has it. The encoder reads and checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    bytes: Cow<'static, [u8]>,
    digest: String,
}

impl Head {
    /// The head that a file holds.
    pub fn new(bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        let bytes = bytes.into();
        let digest = digest(&bytes);
        Self { bytes, digest }
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The SHA-256 of the file, in hexadecimal digits: what an extractor's version takes in.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// The name under which an encoder keeps the head of these bytes.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a head gives scores to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadKind {
    /// Each text as a whole.
    Sentence,
    /// Each word piece of a text.
    Token,
}

/// What an encoder says of a head that it has read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadDescription {
    /// What it gives scores to.
    pub kind: HeadKind,
    /// The names of its scores, in order.
    pub labels: Vec<String>,
    /// How many numbers of the caller's own it takes for each text.
    pub features: usize,
    /// How many kinds of the caller's own marks it takes on a text.
    #[serde(default)]
    pub marks: usize,
}

/// A stretch of a text about which the caller knows something that the text does not say: a name that a dictionary has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Where, in code points.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// What is known, by the head's own numbering.
    pub kind: usize,
}

/// What a head is applied to.
#[derive(Debug, Clone, Copy, Default)]
pub struct HeadInput<'i> {
    /// The texts.
    pub texts: &'i [&'i str],
    /// How many of the texts, in order, belong together, as the sentences of a document do: neighbours are looked for within
    /// them only. Empty: all do.
    pub groups: &'i [usize],
    /// For each text the numbers that the head takes besides. Empty where it takes none.
    pub features: &'i [Vec<f32>],
    /// For each text the marks on it. Empty where there are none.
    pub marks: &'i [Vec<Mark>],
}

impl HeadInput<'_> {
    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), String> {
        let texts = self.texts.len();
        if !self.groups.is_empty() && self.groups.iter().sum::<usize>() != texts {
            return Err(format!("the groups do not add up to {texts} texts"));
        }
        if !self.features.is_empty() && self.features.len() != texts {
            return Err(format!("{} rows of features for {texts} texts", self.features.len()));
        }
        if !self.marks.is_empty() && self.marks.len() != texts {
            return Err(format!("{} rows of marks for {texts} texts", self.marks.len()));
        }
        if self.features.iter().flatten().any(|number| !number.is_finite()) {
            return Err("a feature is no number".to_owned());
        }
        Ok(())
    }
}

/// [`HeadInput`] as it is sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HeadRequest<T> {
    /// The digest of a head that the encoder was given.
    pub head: String,
    /// See [`HeadInput::texts`].
    pub texts: Vec<T>,
    /// See [`HeadInput::groups`].
    pub groups: Vec<usize>,
    /// See [`HeadInput::features`].
    pub features: Vec<Vec<f32>>,
    /// See [`HeadInput::marks`].
    #[serde(default)]
    pub marks: Vec<Vec<Mark>>,
}

/// The scores of a word piece.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenScores {
    /// Where it stands in its text, in code points.
    pub span: Span,
    /// A number between 0 and 1 for each label.
    pub scores: Vec<f32>,
}

/// The scores of a request, one entry a text, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Scores {
    /// Of a head over sentences: a number between 0 and 1 for each label.
    Sentences(Vec<Vec<f32>>),
    /// Of a head over tokens: the pieces of each text, as far as the model's window reaches.
    Tokens(Vec<Vec<TokenScores>>),
}

impl Scores {
    /// As bytes: `s`, then 32-bit floats, a row a text; or `t`, then for each text the number of its pieces and for each piece
    /// begin, end (u32) and a float a label. All little-endian.
    pub fn pack(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let floats = |bytes: &mut Vec<u8>, row: &[f32]| bytes.extend(row.iter().flat_map(|x| x.to_le_bytes()));
        match self {
            Self::Sentences(rows) => {
                bytes.push(b's');
                rows.iter().for_each(|row| floats(&mut bytes, row));
            }
            Self::Tokens(texts) => {
                bytes.push(b't');
                let whole = |bytes: &mut Vec<u8>, n: u32| bytes.extend(n.to_le_bytes());
                for pieces in texts {
                    whole(&mut bytes, pieces.len() as u32);
                    for piece in pieces {
                        whole(&mut bytes, piece.span.start);
                        whole(&mut bytes, piece.span.end);
                        floats(&mut bytes, &piece.scores);
                    }
                }
            }
        }
        bytes
    }

    /// Scores for so many texts and labels; none where the bytes are something else.
    pub fn unpack(bytes: &[u8], labels: usize, texts: usize) -> Option<Self> {
        let (kind, mut rest) = bytes.split_first()?;
        let row = |rest: &mut &[u8]| -> Option<Vec<f32>> {
            let (row, after) = rest.split_at_checked(labels.checked_mul(4)?)?;
            *rest = after;
            let row: Vec<f32> = row.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
            row.iter().all(|number| number.is_finite()).then_some(row)
        };
        let whole = |rest: &mut &[u8]| -> Option<u32> {
            let (number, after) = rest.split_first_chunk::<4>()?;
            *rest = after;
            Some(u32::from_le_bytes(*number))
        };
        let scores = match kind {
            b's' => Self::Sentences((0..texts).map(|_| row(&mut rest)).collect::<Option<_>>()?),
            b't' => {
                let piece = |rest: &mut &[u8]| {
                    let (start, end) = (whole(rest)?, whole(rest)?);
                    (start <= end).then_some(())?;
                    Some(TokenScores { span: Span::new(start, end), scores: row(rest)? })
                };
                let text = |rest: &mut &[u8]| (0..whole(rest)?).map(|_| piece(rest)).collect::<Option<Vec<_>>>();
                Self::Tokens((0..texts).map(|_| text(&mut rest)).collect::<Option<_>>()?)
            }
            _ => return None,
        };
        rest.is_empty().then_some(scores)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn scores_come_back(texts in prop::collection::vec(prop::collection::vec((0u32..99, 0u32..9, 0f32..1.0), 0..5), 0..5)) {
            let piece = |(start, length, score): &(u32, u32, f32)| {
                TokenScores { span: Span::new(*start, start + length), scores: vec![*score, 1.0 - score] }
            };
            let tokens = Scores::Tokens(texts.iter().map(|pieces| pieces.iter().map(piece).collect()).collect());
            prop_assert_eq!(Scores::unpack(&tokens.pack(), 2, texts.len()), Some(tokens));
            let rows = Scores::Sentences(texts.iter().flatten().map(|p| vec![p.2, 1.0 - p.2]).collect());
            let count = texts.iter().flatten().count();
            prop_assert_eq!(Scores::unpack(&rows.pack(), 2, count), Some(rows));
        }

        #[test]
        fn any_bytes_are_scores_or_none(bytes in prop::collection::vec(any::<u8>(), 0..64), labels in 0usize..4, texts in 0usize..4) {
            let _ = Scores::unpack(&bytes, labels, texts);
        }
    }

    #[test]
    fn what_does_not_fit_together_is_told() {
        let texts = ["a", "b"];
        let features = [vec![1.0], vec![f32::NAN]];
        let fits = |groups: &[usize], features: &[Vec<f32>]| {
            HeadInput { texts: &texts, groups, features, marks: &[] }.check().is_ok()
        };
        assert!(fits(&[], &[]) && fits(&[1, 1], &[]) && fits(&[2], &[vec![], vec![]]));
        assert!(!fits(&[1], &[]) && !fits(&[], &features) && !fits(&[], &features[..1]));
    }
}
