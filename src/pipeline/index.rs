//! Store → index.

