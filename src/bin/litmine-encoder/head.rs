//! Trained heads over the model's hidden states. `src/embed/README.md` has the form of their files.

use std::collections::{BTreeMap, HashMap};

use litmine::embed::{HeadDescription, HeadKind, HeadRequest, Mark, Scores, TokenScores};
use litmine::model::Span;
use safetensors::SafeTensors;
use serde::Deserialize;
use tch::{Kind, TchError, Tensor};

use crate::model::{Model, ModelError};
use crate::tokens::Tokens;

/// The versions of the form that are read: the second one knows `marks`.
const FORMS: [&str; 2] = ["1", "2"];
/// Texts before and after that a head may read.
const NEIGHBOURS: usize = 8;
/// Kinds of marks that a head may take.
const MARKS: usize = 64;

/// Why a head cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeadError {
    #[error("it is no safetensors file, or is damaged: {0}")]
    Damaged(String),
    #[error("its {key} is {found}; {wanted}")]
    Key { key: &'static str, found: String, wanted: String },
    #[error("it was trained on {wanted}, and this is {found}")]
    Foreign { wanted: String, found: String },
    #[error("{0}")]
    Unfit(String),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error("libtorch: {0}")]
    Torch(#[from] TchError),
}

/// What stands between two layers of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Between {
    Relu,
    Gelu,
    Tanh,
}

/// How the last layer's numbers become scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Squash {
    Softmax,
    Sigmoid,
}

/// A layer: a projection, or a convolution where the weight has a third dimension.
struct Layer {
    weight: Tensor,
    bias: Tensor,
}

/// A head that fits the model.
pub(crate) struct Head {
    kind: HeadKind,
    labels: Vec<String>,
    /// Which hidden states it reads.
    reads: Vec<usize>,
    neighbours: usize,
    features: usize,
    /// Kinds of marks; a piece has two numbers for each: whether one begins at it, whether one lies over it.
    marks: usize,
    between: Between,
    squash: Squash,
    layers: Vec<Layer>,
}

impl Head {
    /// The head of a file, if it is one for this model.
    pub(crate) fn read(bytes: &[u8], model: &Model) -> Result<Self, HeadError> {
        let damaged = |error: safetensors::SafeTensorError| HeadError::Damaged(format!("{error:?}"));
        let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let mut keys = Keys(header.metadata().clone().unwrap_or_default());
        let form = keys.take("litmine.head").unwrap_or_default();
        if !FORMS.contains(&form.as_str()) {
            return Err(HeadError::Key {
                key: "litmine.head",
                found: said(&form),
                wanted: format!("{} are read here", FORMS.join(" and ")),
            });
        }
        let trained_on = keys.take("model").unwrap_or_default();
        let found = model.name().rsplit_once('/').map_or(model.name(), |(name, _)| name);
        if trained_on != found {
            return Err(HeadError::Foreign { wanted: said(&trained_on), found: found.to_owned() });
        }
        let kind: HeadKind = keys.word("kind", None, "sentence or token")?;
        let mut head = Self {
            kind,
            labels: keys.json("labels", None, "a JSON list of words is needed")?,
            reads: keys.json("layers", None, "a JSON list of numbers is needed")?,
            neighbours: keys.json("neighbours", Some("0"), "a number is needed")?,
            features: keys.json("features", Some("0"), "a number is needed")?,
            marks: if form == FORMS[0] { 0 } else { keys.json("marks", Some("0"), "a number is needed")? },
            between: keys.word("hidden", Some("relu"), "relu, gelu or tanh")?,
            squash: keys.word("scores", Some("softmax"), "softmax or sigmoid")?,
            layers: Vec::new(),
        };
        if let Some(key) = keys.0.keys().min() {
            return Err(HeadError::Unfit(format!("it has the key “{key}”, which is not known here")));
        }
        head.check(model)?;
        head.layers = head.read_layers(&file, model)?;
        Ok(head)
    }

    fn check(&self, model: &Model) -> Result<(), HeadError> {
        let wrong = |key, found: String, wanted: String| Err(HeadError::Key { key, found, wanted });
        if self.labels.is_empty() {
            return wrong("labels", "empty".to_owned(), "a head without labels says nothing".to_owned());
        }
        let depth = model.depth();
        if self.reads.is_empty() || self.reads.iter().any(|layer| *layer > depth) {
            return wrong("layers", format!("{:?}", self.reads), format!("the model has the layers 0 to {depth}"));
        }
        if self.neighbours > NEIGHBOURS {
            return wrong("neighbours", self.neighbours.to_string(), format!("at most {NEIGHBOURS} are read"));
        }
        if self.kind == HeadKind::Token && self.neighbours + self.features > 0 {
            return Err(HeadError::Unfit("a head over tokens has neither neighbours nor features".to_owned()));
        }
        if self.kind == HeadKind::Sentence && self.marks > 0 {
            return Err(HeadError::Unfit("a head over sentences has no marks".to_owned()));
        }
        if self.marks > MARKS {
            return wrong("marks", self.marks.to_string(), format!("at most {MARKS} kinds are read"));
        }
        Ok(())
    }

    /// The layers, each of which takes what the one before gives.
    fn read_layers(&self, file: &SafeTensors<'_>, model: &Model) -> Result<Vec<Layer>, HeadError> {
        let states = self.reads.len() * model.dimension();
        let mut width = match self.kind {
            HeadKind::Sentence => states * (2 * self.neighbours + 1) + self.features,
            HeadKind::Token => states + 2 * self.marks,
        };
        let mut tensors: BTreeMap<String, Tensor> = BTreeMap::new();
        for (name, view) in file.tensors() {
            let tensor = Tensor::try_from(view)?;
            if !matches!(tensor.kind(), Kind::Float | Kind::Half | Kind::BFloat16) {
                return Err(HeadError::Unfit(format!(
                    "{name} is of type {:?}; F32, F16 or BF16 is read",
                    tensor.kind()
                )));
            }
            let tensor = tensor.f_to_kind(Kind::Float)?;
            if !bool::try_from(tensor.f_isfinite()?.f_all()?)? {
                return Err(HeadError::Damaged(format!("{name} holds something that is no number")));
            }
            tensors.insert(name, tensor);
        }
        let mut layers = Vec::new();
        while let Some(weight) = tensors.remove(&format!("{}.weight", layers.len())) {
            let n = layers.len();
            let shape: Vec<usize> = weight.size().iter().map(|&size| usize::try_from(size).unwrap_or(0)).collect();
            let out = match (shape.as_slice(), self.kind) {
                ([out, inner], _) if *inner == width => *out,
                ([out, inner, span], HeadKind::Token) if *inner == width && span % 2 == 1 => *out,
                _ => {
                    let wanted = if self.kind == HeadKind::Token { " and an odd width, if any" } else { "" };
                    return Err(HeadError::Unfit(format!(
                        "{n}.weight has the shape {shape:?}; it is given {width} numbers{wanted}"
                    )));
                }
            };
            let bias = tensors.remove(&format!("{n}.bias")).filter(|bias| bias.size() == [out as i64]);
            let bias =
                bias.ok_or_else(|| HeadError::Unfit(format!("{n}.bias is missing, or has not {out} numbers")))?;
            layers.push(Layer { weight, bias });
            width = out;
        }
        if let Some(name) = tensors.keys().next() {
            return Err(HeadError::Unfit(format!("it has the tensor {name}, which is not known here")));
        }
        if layers.is_empty() || width != self.labels.len() {
            let labels = self.labels.len();
            return Err(HeadError::Unfit(format!("its last layer gives {width} numbers for {labels} labels")));
        }
        Ok(layers)
    }

    /// What it is.
    pub(crate) fn description(&self) -> HeadDescription {
        HeadDescription { kind: self.kind, labels: self.labels.clone(), features: self.features, marks: self.marks }
    }

    /// The scores of each text, or of each of its pieces.
    pub(crate) fn apply(&self, model: &Model, request: &HeadRequest<String>) -> Result<Scores, HeadError> {
        if request.texts.is_empty() {
            return Ok(match self.kind {
                HeadKind::Sentence => Scores::Sentences(Vec::new()),
                HeadKind::Token => Scores::Tokens(Vec::new()),
            });
        }
        match self.kind {
            HeadKind::Sentence => self.apply_to_sentences(model, request).map(Scores::Sentences),
            HeadKind::Token => self.apply_to_tokens(model, request).map(Scores::Tokens),
        }
    }

    fn apply_to_sentences(&self, model: &Model, request: &HeadRequest<String>) -> Result<Vec<Vec<f32>>, HeadError> {
        let texts = request.texts.len();
        let groups = if request.groups.is_empty() { vec![texts] } else { request.groups.clone() };
        if groups.iter().sum::<usize>() != texts {
            return Err(HeadError::Unfit(format!("the groups do not add up to {texts} texts")));
        }
        let rows = &request.features;
        if (self.features > 0 || !rows.is_empty())
            && (rows.len() != texts || rows.iter().any(|row| row.len() != self.features))
        {
            return Err(HeadError::Unfit(format!("each text needs {} features", self.features)));
        }
        let vectors = model.pooled(&request.texts, &self.reads)?;
        let nothing = vec![0.0; self.reads.len() * model.dimension()];
        let mut input: Vec<f32> = Vec::new();
        let mut start = 0;
        for size in groups {
            for n in start..start + size {
                for place in n as i64 - self.neighbours as i64..=n as i64 + self.neighbours as i64 {
                    let inside = place >= start as i64 && place < (start + size) as i64;
                    input.extend(if inside { &vectors[place as usize] } else { &nothing });
                }
                input.extend(rows.get(n).into_iter().flatten());
            }
            start += size;
        }
        let input = Tensor::f_from_slice(&input)?.f_view([texts as i64, -1])?;
        let scores = tch::no_grad(|| self.net(&input))?;
        Ok(Vec::<Vec<f32>>::try_from(scores)?)
    }

    fn apply_to_tokens(
        &self,
        model: &Model,
        request: &HeadRequest<String>,
    ) -> Result<Vec<Vec<TokenScores>>, HeadError> {
        let rows = &request.marks;
        if (self.marks > 0 || !rows.is_empty()) && rows.len() != request.texts.len() {
            return Err(HeadError::Unfit("each text needs a row of marks".to_owned()));
        }
        if let Some(mark) = rows.iter().flatten().find(|mark| mark.kind >= self.marks) {
            return Err(HeadError::Unfit(format!("a mark of kind {}, and there are {}", mark.kind, self.marks)));
        }
        let texts: Vec<&str> = request.texts.iter().map(String::as_str).collect();
        let tokens = model.cut(&texts);
        let states = model.states(&texts, &tokens, &self.reads)?;
        let mut scored = Vec::with_capacity(texts.len());
        for (n, (tokens, states)) in tokens.iter().zip(states).enumerate() {
            let pieces = tokens.ids.len() as i64;
            let mut input = states.f_to_kind(Kind::Float)?;
            if self.marks > 0 {
                let marks = self.marked(tokens, rows.get(n).map_or(&[], Vec::as_slice));
                input = Tensor::f_cat(&[input, Tensor::f_from_slice(&marks)?.f_view([pieces, -1])?], 1)?;
            }
            let scores = Vec::<Vec<f32>>::try_from(tch::no_grad(|| self.net(&input))?)?;
            let pieces = tokens.places.iter().zip(scores).filter_map(|(place, scores)| {
                place.map(|(start, end)| TokenScores { span: Span::new(start, end), scores })
            });
            scored.push(pieces.collect());
        }
        Ok(scored)
    }

    /// What the marks on a text say of each of its pieces: for each kind whether a mark begins at it, and whether one lies over it.
    fn marked(&self, tokens: &Tokens, marks: &[Mark]) -> Vec<f32> {
        let width = 2 * self.marks;
        let mut rows = vec![0.0; tokens.ids.len() * width];
        for (row, place) in rows.chunks_exact_mut(width).zip(&tokens.places) {
            let Some((start, end)) = *place else { continue };
            for mark in marks.iter().filter(|mark| mark.start <= start && end <= mark.end && start < end) {
                row[2 * mark.kind + 1] = 1.0;
                if mark.start == start {
                    row[2 * mark.kind] = 1.0;
                }
            }
        }
        rows
    }

    /// The scores of rows of input: those of texts, or those of the pieces of one text, in order.
    fn net(&self, input: &Tensor) -> Result<Tensor, TchError> {
        let mut state = input.shallow_clone();
        for (n, layer) in self.layers.iter().enumerate() {
            if n > 0 {
                state = match self.between {
                    Between::Relu => state.f_relu()?,
                    Between::Gelu => state.f_gelu("none")?,
                    Between::Tanh => state.f_tanh()?,
                };
            }
            state = match layer.weight.size().as_slice() {
                [_, _, width] => {
                    let row = state.f_transpose(0, 1)?.f_unsqueeze(0)?;
                    let row = row.f_conv1d(&layer.weight, Some(&layer.bias), 1, width / 2, 1, 1)?;
                    row.f_squeeze_dim(0)?.f_transpose(0, 1)?
                }
                _ => state.f_linear(&layer.weight, Some(&layer.bias))?,
            };
        }
        match self.squash {
            Squash::Softmax => state.f_softmax(-1, Kind::Float),
            Squash::Sigmoid => state.f_sigmoid(),
        }
    }
}

/// The keys of a file that were not looked at yet.
struct Keys(HashMap<String, String>);

impl Keys {
    fn take(&mut self, key: &str) -> Option<String> {
        self.0.remove(key)
    }

    fn json<T: for<'d> Deserialize<'d>>(
        &mut self,
        key: &'static str,
        usual: Option<&str>,
        wanted: &str,
    ) -> Result<T, HeadError> {
        let found = self.take(key).or_else(|| usual.map(str::to_owned)).unwrap_or_default();
        serde_json::from_str(&found).map_err(|_| HeadError::Key { key, found: said(&found), wanted: wanted.to_owned() })
    }

    fn word<T: for<'d> Deserialize<'d>>(
        &mut self,
        key: &'static str,
        usual: Option<&str>,
        wanted: &str,
    ) -> Result<T, HeadError> {
        let found = self.take(key).or_else(|| usual.map(str::to_owned)).unwrap_or_default();
        let value = serde_json::Value::String(found.clone());
        let wanted = || format!("there are {wanted}");
        T::deserialize(value).map_err(|_| HeadError::Key { key, found: said(&found), wanted: wanted() })
    }
}

fn said(value: &str) -> String {
    if value.is_empty() { "missing".to_owned() } else { format!("“{value}”") }
}
