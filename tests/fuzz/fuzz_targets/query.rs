//! Any text read as a query or as a strategy: no panic, spans within the text, and a query prints back to an equal one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use litmine::index::query::{parse, read_strategy};

fuzz_target!(|text: &str| {
    let _ = read_strategy(text);
    match parse(text) {
        Ok(node) => {
            let printed = node.to_string();
            let again = parse(&printed).unwrap_or_else(|error| panic!("{printed:?} does not parse: {error}"));
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
