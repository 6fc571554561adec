//! The log, on standard error, for those who ask for it.

use tracing_subscriber::EnvFilter;

/// Starts the log: warnings, more with each `-v`; `$LITMINE_LOG` says it in tracing's own words.
pub(super) fn start(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "litmine=info",
        2 => "litmine=debug",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_env("LITMINE_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().try_init();
}
