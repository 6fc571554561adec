//! Any text read as the definition of a corpus: no panic, and a refusal says why.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use litmine::corpus::Definition;

fuzz_target!(|text: &str| {
    if let Err(error) = Definition::read(text, Path::new("corpus.toml")) {
        assert!(!error.to_string().is_empty());
    }
});
