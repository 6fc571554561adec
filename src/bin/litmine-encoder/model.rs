//! The model: tokens, batches, hidden states, one vector a text.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rust_bert::bert::{BertConfig, BertModel};
use rust_bert::{Config as _, RustBertError};
use rust_tokenizers::tokenizer::{BertTokenizer, Tokenizer as _, TruncationStrategy};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tch::{Device, Kind, Tensor, nn};

/// The numbers that are computed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    /// What the processor does best.
    Auto,
    /// 16 bits with the range of 32.
    BFloat16,
    /// 32 bits.
    Float32,
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ModelError {
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("the model folder {} cannot be used: {reason}", path.display())]
    Unfit { path: PathBuf, reason: String },
    #[error("libtorch: {0}")]
    Torch(#[from] tch::TchError),
    #[error("{0}")]
    Bert(#[from] RustBertError),
}

/// Texts of one length that are computed together. Small ones stay in the processor's cache.
const BATCH: usize = 8;

/// A sentence-transformers model of the BERT family with mean pooling.
pub(crate) struct Model {
    name: String,
    dimension: usize,
    tokenizer: BertTokenizer,
    window: usize,
    bert: BertModel<rust_bert::bert::BertEmbeddings>,
    _variables: nn::VarStore,
}

/// `sentence_bert_config.json`.
#[derive(Deserialize)]
struct SentenceConfig {
    max_seq_length: Option<usize>,
    #[serde(default)]
    do_lower_case: bool,
}

/// `tokenizer_config.json`.
#[derive(Deserialize, Default)]
struct TokenizerConfig {
    do_lower_case: Option<bool>,
    strip_accents: Option<bool>,
}

/// `1_Pooling/config.json`.
#[derive(Deserialize)]
struct PoolingConfig {
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
}

impl Model {
    /// Loads the model of a folder.
    pub(crate) fn load(folder: &Path, precision: Precision) -> Result<Self, ModelError> {
        let unfit = |reason: String| ModelError::Unfit { path: folder.to_owned(), reason };
        let weights = folder.join("model.safetensors");
        for path in [folder.join("config.json"), folder.join("vocab.txt"), weights.clone()] {
            if !path.is_file() {
                return Err(unfit(format!("it has no {}", path.file_name().unwrap_or_default().to_string_lossy())));
            }
        }
        let pooling: Option<PoolingConfig> = read_json(&folder.join("1_Pooling/config.json"))?;
        if pooling.is_some_and(|pooling| !pooling.pooling_mode_mean_tokens) {
            return Err(unfit("its vectors are not the mean of its tokens, which is what is computed here".to_owned()));
        }
        let sentence: Option<SentenceConfig> = read_json(&folder.join("sentence_bert_config.json"))?;
        let tokens: TokenizerConfig = read_json(&folder.join("tokenizer_config.json"))?.unwrap_or_default();
        // rust-bert panics on a configuration that it cannot read; this one says so.
        if read_json::<serde_json::Value>(&folder.join("config.json"))?.is_none_or(|c| c["model_type"] != "bert") {
            return Err(unfit("its config.json does not say that it is of type bert".to_owned()));
        }
        let config = BertConfig::from_file(folder.join("config.json"));
        let lower = tokens.do_lower_case.unwrap_or(sentence.as_ref().is_some_and(|s| s.do_lower_case));
        let tokenizer =
            BertTokenizer::from_file(folder.join("vocab.txt"), lower, tokens.strip_accents.unwrap_or(lower))
                .map_err(|error| unfit(format!("its vocab.txt cannot be read: {error}")))?;
        let positions = usize::try_from(config.max_position_embeddings).unwrap_or(512);
        let window = sentence.and_then(|s| s.max_seq_length).unwrap_or(positions).min(positions);

        let mut variables = nn::VarStore::new(Device::Cpu);
        let bert = BertModel::new(variables.root(), &config);
        variables.load(&weights).map_err(|error| unfit(format!("its weights cannot be loaded: {error}")))?;
        variables.freeze();
        let half = match precision {
            Precision::Auto => computes_bfloat16(),
            Precision::BFloat16 => true,
            Precision::Float32 => false,
        };
        if half {
            variables.bfloat16();
        }
        let name = format!(
            "{}@{}/{}",
            folder.file_name().unwrap_or_default().to_string_lossy(),
            digest(&weights)?,
            if half { "bf16" } else { "fp32" }
        );
        let dimension = usize::try_from(config.hidden_size).unwrap_or(0);
        Ok(Self { name, dimension, tokenizer, window, bert, _variables: variables })
    }

    /// The key of its vectors: folder, digest of the weights, precision.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// How many numbers a vector has.
    pub(crate) fn dimension(&self) -> usize {
        self.dimension
    }

    /// One vector of length 1 for each text, in order.
    pub(crate) fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ModelError> {
        // Equal texts are computed once; like lengths together, so that little is padding.
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut distinct: Vec<&str> = Vec::new();
        for text in texts {
            places.entry(text).or_insert_with(|| {
                distinct.push(text);
                distinct.len() - 1
            });
        }
        let tokens: Vec<Vec<i64>> = distinct.iter().map(|text| self.tokens(text)).collect();
        let mut order: Vec<usize> = (0..tokens.len()).collect();
        order.sort_by_key(|&n| std::cmp::Reverse(tokens[n].len()));
        let mut rows = vec![Vec::new(); tokens.len()];
        for batch in order.chunks(BATCH) {
            let lists: Vec<&[i64]> = batch.iter().map(|&n| tokens[n].as_slice()).collect();
            for (&n, row) in batch.iter().zip(self.forward(&lists)?) {
                rows[n] = row;
            }
        }
        Ok(texts.iter().map(|text| places.get(text.as_str()).map(|&n| rows[n].clone()).unwrap_or_default()).collect())
    }

    fn tokens(&self, text: &str) -> Vec<i64> {
        self.tokenizer.encode(text, None, self.window, &TruncationStrategy::LongestFirst, 0).token_ids
    }

    fn forward(&self, batch: &[&[i64]]) -> Result<Vec<Vec<f32>>, ModelError> {
        let length = batch.iter().map(|tokens| tokens.len()).max().unwrap_or(0);
        let mut ids = Vec::with_capacity(batch.len() * length);
        let mut mask = Vec::with_capacity(batch.len() * length);
        for tokens in batch {
            let padding = length - tokens.len();
            ids.extend_from_slice(tokens);
            ids.extend(std::iter::repeat_n(0, padding));
            mask.extend(std::iter::repeat_n(1_i64, tokens.len()));
            mask.extend(std::iter::repeat_n(0, padding));
        }
        let shape = [batch.len() as i64, length as i64];
        let (ids, mask) = (Tensor::from_slice(&ids).view(shape), Tensor::from_slice(&mask).view(shape));
        let pooled = tch::no_grad(|| -> Result<Tensor, RustBertError> {
            let output = self.bert.forward_t(Some(&ids), Some(&mask), None, None, None, None, None, false)?;
            // The mean over the tokens that are there, in 32 bits; padding counts nothing.
            let weights = mask.unsqueeze(-1).to_kind(Kind::Float);
            let sum = (output.hidden_state.to_kind(Kind::Float) * &weights).sum_dim_intlist(1_i64, false, Kind::Float);
            let mean = sum / weights.sum_dim_intlist(1_i64, false, Kind::Float).clamp_min(1.0);
            let norm = mean.norm_scalaropt_dim(2.0, [1_i64], true).clamp_min(1e-12);
            Ok(mean / norm)
        })?;
        Ok(Vec::<Vec<f32>>::try_from(pooled)?)
    }
}

/// The JSON of a file; none where there is no file.
fn read_json<T: for<'d> Deserialize<'d>>(path: &Path) -> Result<Option<T>, ModelError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ModelError::File { path: path.to_owned(), source }),
    };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| ModelError::File { path: path.to_owned(), source: std::io::Error::other(error) })
}

/// The first 12 hexadecimal digits of the SHA-256 of a file.
fn digest(path: &Path) -> Result<String, ModelError> {
    let place = |source| ModelError::File { path: path.to_owned(), source };
    let mut file = std::fs::File::open(path).map_err(place)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match std::io::Read::read(&mut file, &mut buffer).map_err(place)? {
            0 => break,
            n => hasher.update(&buffer[..n]),
        }
    }
    Ok(hasher.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect())
}

/// Whether the processor multiplies 16-bit numbers by itself; where it does not, they are slower than 32-bit ones.
fn computes_bfloat16() -> bool {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    info.lines()
        .find(|line| line.starts_with("flags"))
        .is_some_and(|flags| flags.split_whitespace().any(|flag| flag == "avx512_bf16" || flag == "amx_bf16"))
}
