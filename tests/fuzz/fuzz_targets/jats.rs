//! Any bytes read as `jats`.
#![no_main]

mod records;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| records::read("jats", bytes));
