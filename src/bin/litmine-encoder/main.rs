//! The transformer as a program of its own.

fn main() {}
