//! The `litmine` program: parse arguments, run, exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    litmine::cli::run(std::env::args_os())
}
