//! `litmine completions`

use clap::CommandFactory as _;

use crate::cli::args::Arguments;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;

pub(super) fn run(shell: clap_complete::Shell, printer: &mut Printer) -> Result<Ended, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "litmine", &mut script);
    printer.answer(&String::from_utf8_lossy(&script));
    Ok(Ended::Done)
}
