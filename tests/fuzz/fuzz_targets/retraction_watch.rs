//! Any bytes read as `retraction-watch`.
#![no_main]

mod records;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| records::read("retraction-watch", bytes));
