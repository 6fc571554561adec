//! The model: a folder, its vectors, batches over threads.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use memmap2::Mmap;
use rayon::prelude::*;
use rust_bert::bert::BertConfig;
use safetensors::SafeTensors;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tch::{Kind, TchError, Tensor};

use crate::recent::Recent;
use crate::tokens::{Tokens, WordPieces};
use crate::transformer::{Group, Row, Transformer, WeightsError};

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
    Torch(#[from] TchError),
    #[error("no threads can be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Tokens that are computed together: enough to keep the multiplications busy, few enough for the processor's cache.
const BATCH: usize = 512;

/// A sentence-transformers model of the BERT family with mean pooling.
pub(crate) struct Model {
    name: String,
    dimension: usize,
    depth: usize,
    pieces: WordPieces,
    /// One thread a processor; each works on batches of its own, so that none waits for another within one.
    pool: rayon::ThreadPool,
    /// The weights, a holder for each thread.
    holders: Vec<Mutex<Transformer>>,
    recent: Mutex<Recent>,
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

/// What of `config.json` rust-bert does not look at.
#[derive(Deserialize)]
struct Kin {
    model_type: Option<String>,
    position_embedding_type: Option<String>,
    layer_norm_eps: Option<f64>,
}

impl Model {
    /// Loads the model of a folder, to compute with so many threads (none: one a processor).
    pub(crate) fn load(folder: &Path, precision: Precision, threads: Option<usize>) -> Result<Self, ModelError> {
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
        let kin: Option<Kin> = read_json(&folder.join("config.json"))?;
        let Some(kin) = kin.filter(|kin| kin.model_type.as_deref() == Some("bert")) else {
            return Err(unfit("its config.json does not say that it is of type bert".to_owned()));
        };
        if kin.position_embedding_type.is_some_and(|kind| kind != "absolute") {
            return Err(unfit("its positions are not absolute".to_owned()));
        }
        let config: Option<BertConfig> = read_json(&folder.join("config.json"))?;
        let config = config.unwrap_or_default();
        let lower = tokens.do_lower_case.unwrap_or(sentence.as_ref().is_some_and(|s| s.do_lower_case));
        let positions = usize::try_from(config.max_position_embeddings).unwrap_or(512);
        let window = sentence.and_then(|s| s.max_seq_length).unwrap_or(positions).min(positions);

        let half = match precision {
            Precision::Auto => computes_bfloat16(),
            Precision::BFloat16 => true,
            Precision::Float32 => false,
        };
        let kind = if half { Kind::BFloat16 } else { Kind::Float };
        let bytes = map(&weights)?;
        let (digest, (pieces, transformer)) = rayon::join(
            || digest(&bytes),
            || {
                let strip_accents = tokens.strip_accents.unwrap_or(lower);
                let pieces = WordPieces::load(&folder.join("vocab.txt"), lower, strip_accents, window);
                (pieces, arrange(&bytes, &config, kin.layer_norm_eps.unwrap_or(1e-12), kind))
            },
        );
        let pieces = pieces.map_err(|error| unfit(format!("its vocab.txt cannot be read: {error}")))?;
        let transformer = transformer.map_err(|error| unfit(format!("its weights cannot be loaded: {error}")))?;
        let folder = folder.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{folder}@{digest}/{}", if half { "bf16" } else { "fp32" });
        let threads = threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        // libtorch has one thread within each of ours.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).start_handler(|_| tch::set_num_threads(1));
        Ok(Self {
            name,
            dimension: usize::try_from(config.hidden_size).unwrap_or(0),
            depth: transformer.depth(),
            pieces,
            pool: pool.build()?,
            holders: (0..threads).map(|_| Mutex::new(transformer.shallow_clone())).collect(),
            recent: Mutex::default(),
        })
    }

    /// The key of its vectors: folder, digest of the weights, precision.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// How many numbers a vector has.
    pub(crate) fn dimension(&self) -> usize {
        self.dimension
    }

    /// How many layers it has.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// One vector of length 1 for each text, in order.
    pub(crate) fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ModelError> {
        self.pooled(texts, &[self.depth])
    }

    /// For each text, in order, the means over its tokens of the hidden states after each of these layers, each of length 1,
    /// one behind the other.
    pub(crate) fn pooled(&self, texts: &[String], layers: &[usize]) -> Result<Vec<Vec<f32>>, ModelError> {
        let (distinct, places) = distinct(texts);
        let mut rows: Vec<Option<Vec<f32>>> = {
            let recent = self.recent();
            distinct.iter().map(|text| recent.get(text, layers)).collect()
        };
        let new: Vec<&str> =
            distinct.iter().zip(&rows).filter(|(_, row)| row.is_none()).map(|(text, _)| *text).collect();
        let computed = self.over(&self.cut(&new), layers, means)?;
        self.keep(new.iter().zip(&computed).map(|(text, row)| (*text, row.as_slice())), layers);
        rows.iter_mut().filter(|row| row.is_none()).zip(computed).for_each(|(slot, row)| *slot = Some(row));
        Ok(places.into_iter().map(|place| rows[place].clone().unwrap_or_default()).collect())
    }

    /// For each text, in order, the hidden states of its tokens after each of these layers, next to each other: tokens × (layers · width).
    /// `tokens` are those of the texts.
    pub(crate) fn states(
        &self,
        texts: &[&str],
        tokens: &[Tokens],
        layers: &[usize],
    ) -> Result<Vec<Tensor>, ModelError> {
        let mut rows: Vec<Option<Tensor>> = {
            let recent = self.recent();
            texts.iter().map(|text| recent.states(text, layers)).collect()
        };
        let new: Vec<usize> = (0..texts.len()).filter(|n| rows[*n].is_none()).collect();
        let of_new: Vec<Tokens> = new.iter().map(|n| tokens[*n].clone()).collect();
        let computed = self.over(&of_new, layers, |states, group| {
            let means = means(states, group)?;
            let of_text = |n: i64| {
                let parts = states.iter().map(|state| state.f_narrow(0, n * group.length, group.length));
                Tensor::f_cat(&parts.collect::<Result<Vec<_>, _>>()?, 1)
            };
            let states = (0..group.texts).map(of_text);
            states.zip(means).map(|(states, means)| Ok((states?, means))).collect::<Result<Vec<_>, TchError>>()
        })?;
        let mut recent = self.recent();
        for (n, (states, means)) in new.into_iter().zip(computed) {
            recent.put(texts[n], layers, &means);
            recent.put_states(texts[n], layers, &states);
            rows[n] = Some(states);
        }
        Ok(rows.into_iter().flatten().collect())
    }

    /// Keeps for a while the means of texts after each of these layers.
    fn keep<'t>(&self, rows: impl Iterator<Item = (&'t str, &'t [f32])>, layers: &[usize]) {
        let mut recent = self.recent();
        rows.for_each(|(text, means)| recent.put(text, layers, means));
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The pieces of each text.
    pub(crate) fn cut(&self, texts: &[&str]) -> Vec<Tokens> {
        self.pool.install(|| texts.par_iter().map(|text| self.pieces.cut(text)).collect())
    }

    /// Works through the texts in batches and over all threads: `work` makes of the states of a group of texts (tokens × width,
    /// for each of the layers) one value a text. The values come in the order of the texts.
    fn over<T: Send>(
        &self,
        texts: &[Tokens],
        layers: &[usize],
        work: impl Fn(&[Tensor], Group) -> Result<Vec<T>, TchError> + Sync,
    ) -> Result<Vec<T>, ModelError> {
        // Texts of one length stand together; the long batches come first, so that the threads end at about one time.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&n| std::cmp::Reverse(texts[n].ids.len()));
        let done: Vec<Vec<T>> = self.pool.install(|| {
            batches(&order, texts)
                .into_par_iter()
                .with_max_len(1)
                .map(|batch| self.batch(batch, texts, layers, &work))
                .collect::<Result<_, _>>()
        })?;
        let mut values: Vec<Option<T>> = texts.iter().map(|_| None).collect();
        for (&n, value) in order.iter().zip(done.into_iter().flatten()) {
            values[n] = Some(value);
        }
        Ok(values.into_iter().flatten().collect())
    }

    fn batch<T>(
        &self,
        batch: &[usize],
        texts: &[Tokens],
        layers: &[usize],
        work: impl Fn(&[Tensor], Group) -> Result<Vec<T>, TchError>,
    ) -> Result<Vec<T>, TchError> {
        let own = rayon::current_thread_index().unwrap_or(0) % self.holders.len();
        let transformer = self.holders[own].lock().unwrap_or_else(PoisonError::into_inner);
        let row = Row::of(batch.iter().map(|&n| texts[n].ids.as_slice()));
        tch::no_grad(|| {
            let states = transformer.hidden(&row, layers)?;
            let mut values = Vec::with_capacity(batch.len());
            for group in &row.groups {
                let part = |state: &Tensor| state.f_narrow(0, group.start, group.texts * group.length);
                let states: Vec<Tensor> = states.iter().map(part).collect::<Result<_, _>>()?;
                values.extend(work(&states, *group)?);
            }
            Ok(values)
        })
    }
}

/// The texts that differ, and for each text the place of its like among them.
fn distinct(texts: &[String]) -> (Vec<&str>, Vec<usize>) {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut distinct: Vec<&str> = Vec::new();
    let places = texts
        .iter()
        .map(|text| {
            *known.entry(text).or_insert_with(|| {
                distinct.push(text);
                distinct.len() - 1
            })
        })
        .collect();
    (distinct, places)
}

/// Cuts the order into batches of about [`BATCH`] tokens.
fn batches<'o>(order: &'o [usize], texts: &[Tokens]) -> Vec<&'o [usize]> {
    let mut batches = Vec::new();
    let (mut start, mut tokens) = (0, 0);
    for (at, &n) in order.iter().enumerate() {
        let length = texts[n].ids.len();
        if at > start && tokens + length > BATCH {
            batches.push(&order[start..at]);
            (start, tokens) = (at, 0);
        }
        tokens += length;
    }
    if start < order.len() {
        batches.push(&order[start..]);
    }
    batches
}

/// The means over the tokens of each text of a group of its states, each of length 1, one behind the other.
fn means(states: &[Tensor], group: Group) -> Result<Vec<Vec<f32>>, TchError> {
    let means: Vec<Tensor> = states.iter().map(|state| mean(state, group)).collect::<Result<_, _>>()?;
    Vec::<Vec<f32>>::try_from(Tensor::f_cat(&means, 1)?)
}

/// The mean over the tokens of each text of a group, in 32 bits and of length 1: texts × width.
fn mean(state: &Tensor, group: Group) -> Result<Tensor, TchError> {
    let shape = [group.texts, group.length, state.size()[1]];
    let mean = state.f_view(shape)?.f_mean_dim(1_i64, false, Kind::Float)?;
    let norm = mean.f_norm_scalaropt_dim(2.0, [1_i64], true)?.f_clamp_min(1e-12)?;
    mean.f_div(&norm)
}

fn arrange(bytes: &[u8], config: &BertConfig, epsilon: f64, kind: Kind) -> Result<Transformer, WeightsError> {
    let file = SafeTensors::deserialize(bytes)
        .map_err(|error| TchError::SafeTensorError { path: "model.safetensors".to_owned(), err: error })?;
    let mut weights = HashMap::new();
    for (name, view) in file.tensors() {
        weights.insert(name, Tensor::try_from(view)?);
    }
    Transformer::new(weights, config, epsilon, kind)
}

#[expect(unsafe_code, reason = "the weights are read where they lie")]
fn map(path: &Path) -> Result<Mmap, ModelError> {
    let place = |source| ModelError::File { path: path.to_owned(), source };
    let file = File::open(path).map_err(place)?;
    // SAFETY: the map is read while loading only; a file that somebody cuts short meanwhile ends this process and no other.
    unsafe { Mmap::map(&file) }.map_err(place)
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
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the processor multiplies 16-bit numbers by itself; where it does not, they are slower than 32-bit ones.
fn computes_bfloat16() -> bool {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    info.lines()
        .find(|line| line.starts_with("flags"))
        .is_some_and(|flags| flags.split_whitespace().any(|flag| flag == "avx512_bf16" || flag == "amx_bf16"))
}
