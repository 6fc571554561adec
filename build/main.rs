//! What is made when the program is built: the starter vocabulary in its compiled form, and the encoder's way to libtorch.
//!
//! The modules `model` and `vocab` are those of the library, as far as they are needed to compile a vocabulary.

#![expect(dead_code, reason = "the library's modules hold more than is needed here")]
#![allow(clippy::print_stdout, reason = "that is how a build script speaks to Cargo")]

mod encoder;
mod model;
mod starter;
mod vocab;

fn main() {
    encoder::link();
    starter::compile();
}
