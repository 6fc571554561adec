//! `litmine man-pages`

use std::path::Path;

use clap::CommandFactory as _;

use crate::cli::args::Arguments;
use crate::cli::errors::{Ended, Failure};

pub(super) fn run(folder: &Path) -> Result<Ended, Failure> {
    clap_mangen::generate_to(Arguments::command().disable_help_subcommand(true), folder)
        .map(|()| Ended::Done)
        .map_err(|error| Failure::other(format!("the manual pages cannot be written to {}: {error}", folder.display())))
}
