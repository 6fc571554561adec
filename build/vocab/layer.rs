//! The compiled form, as the library writes it.

#[path = "../../src/vocab/layer/checksum.rs"]
mod checksum;
#[path = "../../src/vocab/layer/form.rs"]
mod form;
#[path = "../../src/vocab/layer/write.rs"]
mod write;

pub(crate) use form::Title;
pub(crate) use write::compile;
