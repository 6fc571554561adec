//! The integration tests: one binary, a module a subject. They run the real program, offline, in any order.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod answers;
mod bad_input;
mod bad_records;
mod beside;
mod browser;
mod changes;
mod encoder;
mod export;
mod harvest;
#[cfg(feature = "encoder")]
mod heads;
#[cfg(feature = "encoder")]
mod idle_encoder;
mod lookup;
mod map;
mod merges;
mod net;
mod new_names;
mod nightly;
mod pages;
mod patient;
mod program;
mod registered;
mod remote_encoder;
mod resume;
mod screenshot;
mod search;
mod serve;
mod server;
mod tables;
mod tidy;
