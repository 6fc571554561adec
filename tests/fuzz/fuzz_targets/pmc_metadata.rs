//! Any bytes read as `pmc-metadata`.
#![no_main]

mod records;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| records::read("pmc-metadata", bytes));
