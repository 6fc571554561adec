//! The integration tests: one binary, a module a subject. They run the real program, offline, in any order.

mod answers;
mod bad_input;
mod encoder;
mod program;
mod resume;
mod tidy;
