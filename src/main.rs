//! The `litmine` program.

fn main() {}
