//! The encoder as a service: any server that speaks the interface of Text Embeddings Inference (`/embed`) or of OpenAI
//! (`/v1/embeddings`).
//!
//! What goes there leaves the machine, so each user of an encoder says what it will embed (see [`Purpose`](super::Purpose)); the
//! guard is in [`start`](super::start), which alone makes an [`HttpEncoder`].

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::{Deserialize, Serialize};

use super::conversation::start_of;
use super::{Encoder, EncoderError};
use crate::net::{Address, NetError, Network, NetworkSettings, Request, Secret};

/// What a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum RemoteKind {
    /// Text Embeddings Inference: `/info` and `/embed`.
    #[serde(rename = "text-embeddings-inference")]
    TextEmbeddingsInference,
    /// OpenAI, and whatever is like it: `/v1/embeddings`.
    #[serde(rename = "openai")]
    OpenAi,
}

/// Where embedding is done, and how much is sent at once.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteSettings {
    /// The address of the server, `https://host/`; plain http on this machine only.
    pub address: String,
    /// What it speaks.
    pub kind: RemoteKind,
    /// The model; needed for [`RemoteKind::OpenAi`], checked against the server's own word otherwise.
    pub model: Option<String>,
    /// What the server asks for.
    pub key: Option<Secret>,
    /// Numbers in a vector, where the user says so: another dimension is then an error.
    pub dimension: Option<usize>,
    /// Texts in a request.
    pub batch: usize,
    /// Requests under way at once.
    pub parallel: usize,
    /// How the network is used.
    pub network: NetworkSettings,
}

/// Bytes of a text beyond which no model's window reaches.
const LONGEST_TEXT: usize = 16 << 10;
/// What is embedded to learn the dimension.
const PROBE: &str = "heart failure";
/// How far the length of a vector may be from 1 before it is brought to it.
const ROUNDING: f32 = 1e-3;

/// A server that embeds.
#[derive(Debug)]
pub struct HttpEncoder {
    settings: RemoteSettings,
    network: Network,
    endpoint: Address,
    model: String,
    dimension: usize,
    batch: usize,
}

/// What `/info` says, as far as it is used.
#[derive(Debug, Default, Deserialize)]
struct Info {
    #[serde(default)]
    model_id: String,
    #[serde(default)]
    model_sha: Option<String>,
    #[serde(default)]
    max_client_batch_size: Option<usize>,
}

#[derive(Serialize)]
struct TextEmbeddingsInput<'t> {
    inputs: &'t [&'t str],
    truncate: bool,
    normalize: bool,
}

#[derive(Serialize)]
struct OpenAiInput<'t> {
    model: &'t str,
    input: &'t [&'t str],
    encoding_format: &'static str,
}

#[derive(Deserialize)]
struct OpenAiOutput {
    data: Vec<OpenAiRow>,
}

#[derive(Deserialize)]
struct OpenAiRow {
    index: usize,
    embedding: Vec<f32>,
}

impl HttpEncoder {
    /// Asks the server what it is, and for one vector.
    pub(super) fn connect(settings: RemoteSettings) -> Result<Self, EncoderError> {
        let base: Address = settings.address.parse().map_err(missing)?;
        let network = Network::new(settings.network.clone()).map_err(missing)?;
        let (endpoint, model, largest) = match settings.kind {
            RemoteKind::TextEmbeddingsInference => {
                let info = ask_info(&network, &base, &settings)?;
                if let Some(wanted) = settings.model.as_ref().filter(|wanted| **wanted != info.model_id) {
                    return Err(EncoderError::Missing(format!(
                        "the encoder at {base} has the model {}, the settings want {wanted}",
                        info.model_id
                    )));
                }
                let digest = info.model_sha.map(|sha| format!("@{sha}")).unwrap_or_default();
                let endpoint = base.join("embed").map_err(missing)?;
                (endpoint, format!("{}{digest}", info.model_id), info.max_client_batch_size)
            }
            RemoteKind::OpenAi => {
                let model = settings.model.clone().ok_or_else(|| {
                    EncoderError::Missing("the settings of the remote encoder need its model".to_owned())
                })?;
                let path = if base.to_string().trim_end_matches('/').ends_with("/v1") {
                    "embeddings"
                } else {
                    "v1/embeddings"
                };
                (base.join(path).map_err(missing)?, model, None)
            }
        };
        let batch = settings.batch.clamp(1, largest.unwrap_or(usize::MAX).max(1));
        let mut encoder = Self { network, endpoint, model, dimension: 0, batch, settings };
        let probe = encoder.request(&[PROBE])?.pop().unwrap_or_default();
        if let Some(wanted) = encoder.settings.dimension.filter(|wanted| *wanted != probe.len()) {
            return Err(EncoderError::Protocol(format!(
                "vectors of {} numbers, where the settings say {wanted}",
                probe.len()
            )));
        }
        encoder.dimension = probe.len();
        Ok(encoder)
    }

    /// The vectors of one batch.
    fn request(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EncoderError> {
        let body = match self.settings.kind {
            RemoteKind::TextEmbeddingsInference => {
                serde_json::to_vec(&TextEmbeddingsInput { inputs: texts, truncate: true, normalize: true })
            }
            RemoteKind::OpenAi => {
                serde_json::to_vec(&OpenAiInput { model: &self.model, input: texts, encoding_format: "float" })
            }
        };
        let body = body.map_err(|error| EncoderError::Protocol(error.to_string()))?;
        let request = Request::post_json(&self.endpoint, body).bearer(self.settings.key.as_ref());
        let answer = self.network.fetch(&request).map_err(failed)?.bytes;
        let mut rows = match self.settings.kind {
            RemoteKind::TextEmbeddingsInference => serde_json::from_slice(&answer).map_err(unreadable)?,
            RemoteKind::OpenAi => {
                let output: OpenAiOutput = serde_json::from_slice(&answer).map_err(unreadable)?;
                in_order(output.data, texts.len())?
            }
        };
        self.check(&mut rows, texts.len())?;
        Ok(rows)
    }

    /// Refuses what are no vectors for these texts; brings those that are to length 1.
    fn check(&self, rows: &mut [Vec<f32>], texts: usize) -> Result<(), EncoderError> {
        if rows.len() != texts {
            return Err(EncoderError::Protocol(format!("{} vectors for {texts} texts", rows.len())));
        }
        for row in rows {
            if row.is_empty() || (self.dimension > 0 && row.len() != self.dimension) {
                return Err(EncoderError::Protocol(format!(
                    "a vector of {} numbers among those of {}",
                    row.len(),
                    self.dimension
                )));
            }
            let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
            if !length.is_finite() || length == 0.0 {
                return Err(EncoderError::Protocol("a vector that has no direction".to_owned()));
            }
            if (length - 1.0).abs() > ROUNDING {
                row.iter_mut().for_each(|x| *x /= length);
            }
        }
        Ok(())
    }
}

impl Encoder for HttpEncoder {
    fn model(&self) -> &str {
        &self.model
    }

    fn dimension(&self) -> usize {
        self.dimension
    }

    fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EncoderError> {
        let texts: Vec<&str> = texts.iter().map(|text| start_of(text, LONGEST_TEXT)).collect();
        let batches: Vec<&[&str]> = texts.chunks(self.batch).collect();
        let answers: Vec<Mutex<Vec<Vec<f32>>>> = batches.iter().map(|_| Mutex::default()).collect();
        let (next, failure) = (AtomicUsize::new(0), Mutex::new(None));
        let (this, workers) = (&*self, self.settings.parallel.clamp(1, batches.len().max(1)));
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let (Some(batch), Some(answer)) = (batches.get(at), answers.get(at)) else { return };
                        match this.request(batch) {
                            Ok(rows) => *answer.lock().unwrap_or_else(PoisonError::into_inner) = rows,
                            Err(error) => {
                                // The others need not go on.
                                next.store(batches.len(), Ordering::Relaxed);
                                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                                return;
                            }
                        }
                    }
                });
            }
        });
        if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        Ok(answers.into_iter().flat_map(|answer| answer.into_inner().unwrap_or_else(PoisonError::into_inner)).collect())
    }
}

fn ask_info(network: &Network, base: &Address, settings: &RemoteSettings) -> Result<Info, EncoderError> {
    let address = base.join("info").map_err(missing)?;
    let request = Request::get(&address, &[]).bearer(settings.key.as_ref()).at_most(1 << 20);
    let info: Info = serde_json::from_slice(&network.fetch(&request).map_err(failed)?.bytes).map_err(unreadable)?;
    if info.model_id.is_empty() {
        return Err(EncoderError::Protocol(format!("{address} does not name a model")));
    }
    Ok(info)
}

/// The rows by their index: a server may answer in any order, but each once.
fn in_order(rows: Vec<OpenAiRow>, texts: usize) -> Result<Vec<Vec<f32>>, EncoderError> {
    let mut ordered: Vec<Option<Vec<f32>>> = vec![None; texts];
    for row in rows {
        match ordered.get_mut(row.index) {
            Some(place @ None) => *place = Some(row.embedding),
            _ => return Err(EncoderError::Protocol(format!("an index {} for {texts} texts", row.index))),
        }
    }
    ordered
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| EncoderError::Protocol(format!("not a vector for each of {texts} texts")))
}

fn missing(error: NetError) -> EncoderError {
    EncoderError::Missing(format!("the remote encoder: {error}"))
}

fn failed(error: NetError) -> EncoderError {
    match error {
        // Nobody there: the work goes on without vectors and says so, as when the local program is missing.
        error @ (NetError::Unreachable { .. } | NetError::Address { .. } | NetError::Setup(_)) => missing(error),
        error => EncoderError::Failed(error.to_string()),
    }
}

fn unreadable(error: serde_json::Error) -> EncoderError {
    // The message may quote what was read, which is vectors or a refusal, never a key.
    EncoderError::Protocol(error.to_string())
}
