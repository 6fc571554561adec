//! Any bytes read as `pubmed-xml`.
#![no_main]

mod records;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| records::read("pubmed-xml", bytes));
