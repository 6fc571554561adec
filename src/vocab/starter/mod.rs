//! The vocabulary that is compiled in: the conditions and treatments of everyday practice.
//!
//! The data files beside this one and their form are described in README.md. They are compiled when the program is built
//! (`build/`), so that no run of it pays for reading them.

use std::sync::{Arc, LazyLock};

use super::layer::{Bytes, Layer};

/// The name by which a corpus asks for it.
pub(super) const NAME: &str = "starter";

const COMPILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/starter.vocab"));

/// The starter vocabulary, opened once in a run.
pub(super) fn layer() -> Arc<Layer> {
    static LAYER: LazyLock<Arc<Layer>> = LazyLock::new(|| {
        // It is a constant and tests read all of it, so what could fail here cannot fail in the field.
        Arc::new(Layer::read(NAME, Bytes::Built(COMPILED)).unwrap_or_default())
    });
    Arc::clone(&LAYER)
}
