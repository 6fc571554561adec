//! The command line: arguments in, work done, exit status out.
//!
//! [`args`] is clap and nothing else; each command is a file of [`commands`]; [`printer::Printer`] owns both streams.

pub mod args;
mod bars;
mod commands;
mod errors;
mod logging;
mod output;
mod pager;
mod printer;
mod settings;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use self::args::Arguments;
use self::printer::Printer;

/// Runs the program with these arguments (the first is the program's name) and says how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return printer::show_usage(&error),
    };
    logging::start(arguments.global.verbose);
    let mut printer = Printer::new(&arguments.global);
    if arguments.command.is_for_reading() && !arguments.global.no_pager {
        printer.hold();
    }
    let ended = settings::Settings::gather(&arguments.global)
        .and_then(|settings| commands::run(arguments.command, &settings, &mut printer));
    printer.finish(ended)
}
