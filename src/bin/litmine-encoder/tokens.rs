//! Texts as word pieces.

use std::path::Path;

use rust_tokenizers::tokenizer::{BertTokenizer, Tokenizer as _, TruncationStrategy};

/// A text as the model reads it.
#[derive(Clone)]
pub(crate) struct Tokens {
    /// The pieces, with the model's marks for begin and end.
    pub(crate) ids: Vec<i64>,
    /// Which code points of the text each piece stands for, begin and end; none for the marks.
    pub(crate) places: Vec<Option<(u32, u32)>>,
}

/// Cuts texts into word pieces.
pub(crate) struct WordPieces {
    tokenizer: BertTokenizer,
    window: usize,
}

impl WordPieces {
    /// With the vocabulary of a file; a text is read up to `window` pieces, marks included.
    pub(crate) fn load(vocabulary: &Path, lower: bool, strip_accents: bool, window: usize) -> Result<Self, String> {
        let tokenizer =
            BertTokenizer::from_file(vocabulary, lower, strip_accents).map_err(|error| error.to_string())?;
        Ok(Self { tokenizer, window })
    }

    /// The pieces of a text.
    pub(crate) fn cut(&self, text: &str) -> Tokens {
        let input = self.tokenizer.encode(text, None, self.window, &TruncationStrategy::LongestFirst, 0);
        let places = input.token_offsets.iter().map(|place| place.map(|place| (place.begin, place.end))).collect();
        Tokens { ids: input.token_ids, places }
    }
}
