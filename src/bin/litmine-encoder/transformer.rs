//! The forward pass of a BERT model (Devlin et al., 2019), for inference alone.
//!
//! Texts of a batch lie one after the other in one long row of tokens, so that nothing is padding: what works token by token
//! (the projections, the norms, the feed-forward nets) runs over the whole row, and attention runs over each group of texts of
//! one length. No mask is needed, and a text is computed as it would be alone. Query, key and value are one projection, and
//! attention is libtorch's fused operator.

use std::collections::HashMap;

use rust_bert::Activation;
use rust_bert::bert::BertConfig;
use tch::{Device, Kind, TchError, Tensor};

/// Why weights do not make a transformer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WeightsError {
    #[error("{0} is missing")]
    Missing(String),
    #[error("{name} has the shape {found:?}, the configuration asks for {wanted:?}")]
    Shape { name: String, found: Vec<i64>, wanted: Vec<i64> },
    #[error("{0}")]
    Unfit(&'static str),
    #[error("libtorch: {0}")]
    Torch(#[from] TchError),
}

/// A weight and a bias: those of a projection, or of a norm.
struct Affine {
    weight: Tensor,
    bias: Tensor,
}

impl Affine {
    fn project(&self, input: &Tensor) -> Result<Tensor, TchError> {
        input.f_linear(&self.weight, Some(&self.bias))
    }

    fn normalize(&self, input: &Tensor, epsilon: f64) -> Result<Tensor, TchError> {
        input.f_layer_norm(self.bias.size(), Some(&self.weight), Some(&self.bias), epsilon, false)
    }

    fn shallow_clone(&self) -> Self {
        Self { weight: self.weight.shallow_clone(), bias: self.bias.shallow_clone() }
    }
}

struct Layer {
    /// Query, key and value, one below the other.
    attention: Affine,
    attended: Affine,
    attended_norm: Affine,
    intermediate: Affine,
    output: Affine,
    output_norm: Affine,
}

/// Texts of one length, next to each other in the row of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    /// The row's first token of them.
    pub(crate) start: i64,
    /// How many texts.
    pub(crate) texts: i64,
    /// Tokens of each.
    pub(crate) length: i64,
}

/// The texts of a batch, as one row of tokens.
pub(crate) struct Row {
    ids: Vec<i64>,
    positions: Vec<i64>,
    /// The texts, by length.
    pub(crate) groups: Vec<Group>,
}

impl Row {
    /// The row of these texts, in order. Neighbours of one length share a group.
    pub(crate) fn of<'t>(texts: impl IntoIterator<Item = &'t [i64]>) -> Self {
        let mut row = Self { ids: Vec::new(), positions: Vec::new(), groups: Vec::new() };
        for tokens in texts {
            let (start, length) = (row.ids.len() as i64, tokens.len() as i64);
            row.ids.extend_from_slice(tokens);
            row.positions.extend(0..length);
            match row.groups.last_mut() {
                Some(group) if group.length == length => group.texts += 1,
                _ => row.groups.push(Group { start, texts: 1, length }),
            }
        }
        row
    }
}

/// The weights, arranged for the forward pass.
pub(crate) struct Transformer {
    words: Tensor,
    /// Of each position, with what every token of a single text has besides.
    positions: Tensor,
    norm: Affine,
    layers: Vec<Layer>,
    heads: i64,
    width: i64,
    epsilon: f64,
    activation: Activation,
}

impl Transformer {
    /// Arranges the weights of a safetensors file, named as in the reference implementation, with or without `bert.` before
    /// them; computes with numbers of `kind`. `epsilon` keeps the norms from dividing by nothing.
    pub(crate) fn new(
        mut weights: HashMap<String, Tensor>,
        config: &BertConfig,
        epsilon: f64,
        kind: Kind,
    ) -> Result<Self, WeightsError> {
        let (width, inner) = (config.hidden_size, config.intermediate_size);
        if config.num_attention_heads < 1 || width < 1 || width % config.num_attention_heads != 0 {
            return Err(WeightsError::Unfit("its hidden size is no multiple of its number of attention heads"));
        }
        let mut take = |name: &str, shape: &[i64]| {
            let found = weights.remove(name).or_else(|| weights.remove(&format!("bert.{name}")));
            let tensor = found.ok_or_else(|| WeightsError::Missing(name.to_owned()))?;
            if tensor.size() == shape {
                Ok(tensor.f_to_kind(kind)?)
            } else {
                let (found, wanted) = (tensor.size(), shape.to_vec());
                Err(WeightsError::Shape { name: name.to_owned(), found, wanted })
            }
        };
        let words = take("embeddings.word_embeddings.weight", &[config.vocab_size, width])?;
        let positions = take("embeddings.position_embeddings.weight", &[config.max_position_embeddings, width])?;
        let types = take("embeddings.token_type_embeddings.weight", &[config.type_vocab_size, width])?;
        let mut affine = |name: &str, shape: &[i64]| -> Result<Affine, WeightsError> {
            let weight = take(&format!("{name}.weight"), shape)?;
            Ok(Affine { weight, bias: take(&format!("{name}.bias"), &shape[..1])? })
        };
        let norm = affine("embeddings.LayerNorm", &[width])?;
        let mut layers = Vec::new();
        for n in 0..config.num_hidden_layers {
            let name = |part: &str| format!("encoder.layer.{n}.{part}");
            let mut parts = Vec::new();
            for part in ["query", "key", "value"] {
                parts.push(affine(&name(&format!("attention.self.{part}")), &[width, width])?);
            }
            let stack = |tensors: Vec<&Tensor>| Tensor::f_cat(&tensors, 0);
            layers.push(Layer {
                attention: Affine {
                    weight: stack(parts.iter().map(|part| &part.weight).collect())?,
                    bias: stack(parts.iter().map(|part| &part.bias).collect())?,
                },
                attended: affine(&name("attention.output.dense"), &[width, width])?,
                attended_norm: affine(&name("attention.output.LayerNorm"), &[width])?,
                intermediate: affine(&name("intermediate.dense"), &[inner, width])?,
                output: affine(&name("output.dense"), &[width, inner])?,
                output_norm: affine(&name("output.LayerNorm"), &[width])?,
            });
        }
        Ok(Self {
            words,
            positions: positions.f_add(&types.f_narrow(0, 0, 1)?)?,
            norm,
            layers,
            heads: config.num_attention_heads,
            width,
            epsilon,
            activation: config.hidden_act,
        })
    }

    /// Another holder of the same weights, for another thread.
    pub(crate) fn shallow_clone(&self) -> Self {
        let layer = |layer: &Layer| Layer {
            attention: layer.attention.shallow_clone(),
            attended: layer.attended.shallow_clone(),
            attended_norm: layer.attended_norm.shallow_clone(),
            intermediate: layer.intermediate.shallow_clone(),
            output: layer.output.shallow_clone(),
            output_norm: layer.output_norm.shallow_clone(),
        };
        Self {
            words: self.words.shallow_clone(),
            positions: self.positions.shallow_clone(),
            norm: self.norm.shallow_clone(),
            layers: self.layers.iter().map(layer).collect(),
            ..*self
        }
    }

    /// How many layers it has.
    pub(crate) fn depth(&self) -> usize {
        self.layers.len()
    }

    /// The hidden states of a row after each of these layers (0: what goes into the first), each of shape tokens × width, in
    /// the order asked for.
    pub(crate) fn hidden(&self, row: &Row, wanted: &[usize]) -> Result<Vec<Tensor>, TchError> {
        let last = wanted.iter().copied().max().unwrap_or(0).min(self.layers.len());
        let mut kept: Vec<Option<Tensor>> = wanted.iter().map(|_| None).collect();
        let mut keep = |depth: usize, state: &Tensor| {
            for (place, _) in kept.iter_mut().zip(wanted).filter(|(_, layer)| **layer == depth) {
                *place = Some(state.shallow_clone());
            }
        };
        let mut state = self.words.f_index_select(0, &Tensor::f_from_slice(&row.ids)?)?;
        state = state.f_add_(&self.positions.f_index_select(0, &Tensor::f_from_slice(&row.positions)?)?)?;
        state = self.norm.normalize(&state, self.epsilon)?;
        keep(0, &state);
        for (n, layer) in self.layers[..last].iter().enumerate() {
            state = self.step(layer, &state, &row.groups)?;
            keep(n + 1, &state);
        }
        kept.into_iter().map(|state| state.ok_or(TchError::Torch("no such layer".to_owned()))).collect()
    }

    fn step(&self, layer: &Layer, input: &Tensor, groups: &[Group]) -> Result<Tensor, TchError> {
        let projected = layer.attention.project(input)?;
        let contexts: Vec<Tensor> =
            groups.iter().map(|group| self.attend(&projected, *group)).collect::<Result<_, _>>()?;
        let context = match contexts.as_slice() {
            [one] => one.shallow_clone(),
            several => Tensor::f_cat(several, 0)?,
        };
        let mut attended = layer.attended.project(&context)?;
        let attended = layer.attended_norm.normalize(&attended.f_add_(input)?, self.epsilon)?;
        let mut inner = layer.intermediate.project(&attended)?;
        let inner = match self.activation {
            Activation::gelu => inner.f_gelu_("none")?,
            other => other.get_function().get_fn()(&inner),
        };
        let mut output = layer.output.project(&inner)?;
        layer.output_norm.normalize(&output.f_add_(&attended)?, self.epsilon)
    }

    /// What the texts of a group take from each other's tokens: tokens × width.
    fn attend(&self, projected: &Tensor, group: Group) -> Result<Tensor, TchError> {
        let Group { start, texts, length } = group;
        let shape = [texts, length, 3, self.heads, self.width / self.heads];
        let parts = projected.f_narrow(0, start, texts * length)?.f_view(shape)?.f_permute([2, 0, 3, 1, 4])?;
        let (query, key, value) = (parts.f_get(0)?, parts.f_get(1)?, parts.f_get(2)?);
        // A mask that hides nothing: tch hands on a missing one as an undefined tensor, which libtorch does not take.
        let mask = Tensor::f_zeros([1, length], (projected.kind(), Device::Cpu))?;
        Tensor::f_scaled_dot_product_attention(&query, &key, &value, Some(&mask), 0.0, false, None)?
            .f_transpose(1, 2)?
            .f_reshape([texts * length, self.width])
    }
}

#[cfg(test)]
mod tests {
    use rust_bert::bert::{BertEmbeddings, BertModel};
    use tch::nn;

    use super::*;

    fn config() -> BertConfig {
        BertConfig {
            hidden_size: 24,
            intermediate_size: 40,
            num_attention_heads: 3,
            num_hidden_layers: 2,
            vocab_size: 50,
            max_position_embeddings: 16,
            output_hidden_states: Some(true),
            ..BertConfig::default()
        }
    }

    const TEXTS: [&[i64]; 4] = [&[1, 7, 9, 30, 2], &[1, 8, 8, 31, 2], &[1, 2], &[1, 5, 6, 7, 8, 9, 10, 49, 2]];

    #[test]
    fn hidden_states_are_those_of_rust_bert() {
        let store = nn::VarStore::new(Device::Cpu);
        let reference: BertModel<BertEmbeddings> = BertModel::new(store.root(), &config());
        let weights = store.variables();
        let transformer = Transformer::new(weights, &config(), 1e-12, Kind::Float).unwrap();
        let row = Row::of(TEXTS);
        assert_eq!(row.groups.len(), 3);
        let (states, mut start) = (tch::no_grad(|| transformer.hidden(&row, &[2, 1]).unwrap()), 0);
        for text in TEXTS {
            let ids = Tensor::from_slice(text).view([1, -1]);
            let expected =
                tch::no_grad(|| reference.forward_t(Some(&ids), None, None, None, None, None, None, false).unwrap());
            let length = text.len() as i64;
            let all = expected.all_hidden_states.unwrap();
            for (state, wanted) in states.iter().zip([&expected.hidden_state, &all[0]]) {
                let difference = (state.narrow(0, start, length) - wanted.squeeze_dim(0)).abs().max().double_value(&[]);
                assert!(difference < 1e-5, "{difference} in {text:?}");
            }
            start += length;
        }
    }

    #[test]
    fn weights_that_do_not_fit_are_named() {
        let of = |change: &dyn Fn(&mut HashMap<String, Tensor>)| {
            let store = nn::VarStore::new(Device::Cpu);
            let _: BertModel<BertEmbeddings> = BertModel::new(store.root(), &config());
            let mut weights = store.variables();
            change(&mut weights);
            Transformer::new(weights, &config(), 1e-12, Kind::Float).err().map(|error| error.to_string())
        };
        let name = "encoder.layer.1.output.dense.weight";
        assert_eq!(of(&|_| ()), None);
        let error = of(&|weights| drop(weights.remove(name))).unwrap();
        assert!(error.contains(name), "{error}");
        let error = of(&|weights| drop(weights.insert(name.to_owned(), Tensor::zeros([3, 4], tch::kind::FLOAT_CPU))));
        assert!(error.as_ref().is_some_and(|error| error.contains(name) && error.contains("[3, 4]")), "{error:?}");
        let prefixed = of(&|weights| {
            *weights = weights.drain().map(|(name, tensor)| (format!("bert.{name}"), tensor)).collect();
        });
        assert_eq!(prefixed, None);
    }
}
