//! Any bytes read as `europe-pmc`.
#![no_main]

mod records;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| records::read("europe-pmc", bytes));
