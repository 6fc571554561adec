//! Any bytes read as `medline`.
#![no_main]

mod records;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| records::read("medline", bytes));
