//! Any bytes read as `biorxiv-published`.
#![no_main]

mod records;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| records::read("biorxiv-published", bytes));
