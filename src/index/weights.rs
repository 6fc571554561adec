//! What counts how much in a ranking: `ranking.toml`, compiled in.

use std::sync::LazyLock;

use serde::Deserialize;

/// The weights of a ranking. One set serves all corpora.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankingWeights {
    /// What a term counts by where it stands.
    pub fields: FieldWeights,
    /// How words and meaning are joined.
    pub fusion: FusionWeights,
    /// How the documents found first sharpen a question's meaning.
    pub feedback: FeedbackWeights,
    /// How a document's sentences count in its meaning.
    pub sentences: SentenceWeights,
}

/// What a term counts by where it stands; title and abstract together count 1.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldWeights {
    /// In the title, on top of the 1 that it counts there.
    pub title: f32,
    /// In a heading, a keyword or a substance.
    pub headings: f32,
    /// In the sections of a full text.
    pub full_text: f32,
}

/// How words and meaning are joined, each brought to 0 to 1 within a query.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FusionWeights {
    /// What the ranking by words counts.
    pub words: f32,
    /// What the ranking by meaning counts.
    pub meaning: f32,
}

/// Pseudo-relevance feedback: the vectors of the documents found first are added to the question's (Rocchio 1971).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackWeights {
    /// How many documents count.
    pub documents: usize,
    /// What their mean counts beside the question, which counts 1.
    pub weight: f32,
}

/// How a document's sentences count in its meaning, where the corpus has their vectors.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentenceWeights {
    /// What the nearest sentence counts; the document as a whole counts the rest of 1.
    pub share: f32,
}

/// The weights that are compiled in.
pub fn ranking_weights() -> &'static RankingWeights {
    static WEIGHTS: LazyLock<RankingWeights> = LazyLock::new(|| {
        // A test reads it, so that this cannot fail in a program that was built.
        toml::from_str(include_str!("ranking.toml")).unwrap_or_else(|error| panic!("ranking.toml: {error}"))
    });
    &WEIGHTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_can_be_read_and_make_sense() {
        let weights = ranking_weights();
        let FieldWeights { title, headings, full_text } = weights.fields;
        assert!([title, headings, full_text].iter().all(|weight| (0.0..=1.0).contains(weight)));
        assert!((weights.fusion.words + weights.fusion.meaning - 1.0).abs() < 1e-6);
        assert!((0.0..=1.0).contains(&weights.feedback.weight));
        assert!((0.0..=1.0).contains(&weights.sentences.share));
    }
}
