//! `litmine serve`

mod asked;
mod opened;
mod shelf;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::serve::{self, ServeError, ServeSettings};

pub(super) fn run(arguments: &args::Serve, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let listen = arguments.listen;
    if !listen.ip().is_loopback() && !arguments.allow_remote {
        return Err(Failure::Usage {
            message: format!("{listen} can be reached from other machines"),
            hint: Some(
                "--allow-remote lets it; there is no password and no encryption: put a proxy with both before it"
                    .to_owned(),
            ),
        });
    }
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let serving = ServeSettings {
        listen,
        hosts: arguments.host.clone(),
        at_once: arguments.at_once.unwrap_or(cores),
        time: Duration::from_secs(arguments.time_limit),
    };
    let answers = Arc::new(shelf::Shelf::new(settings.clone()));
    let served = serve::serve(answers, &serving, |address| {
        printer.line(&format!("http://{address}/"));
        printer.note("reads only; Ctrl-C stops it");
    });
    match served {
        Ok(()) => Ok(Ended::Done),
        Err(error @ ServeError::Taken { .. }) => Err(Failure::Other {
            message: error.to_string(),
            hint: Some("--listen ADDRESS:PORT names another; port 0 takes a free one".to_owned()),
        }),
        Err(error) => Err(Failure::other(error.to_string())),
    }
}
