//! The one owner of standard output and standard error.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the place that prints")]

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use super::args::{Color, Global};
use super::errors::{Ended, Failure};
use super::pager;

/// Prints answers to standard output and everything else to standard error.
pub(super) struct Printer {
    out: AutoStream<io::Stdout>,
    quiet: bool,
    interactive: bool,
    /// Why nothing more is written to standard output, once that is so.
    stopped: Option<io::Error>,
    /// What is kept back until the whole answer is known; none where it goes out as it comes.
    held: Option<Held>,
}

/// An answer that a pager may show.
struct Held {
    text: String,
    pager: String,
}

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

impl Printer {
    pub(super) fn new(global: &Global) -> Self {
        let choice = match global.color {
            Color::Auto => AutoStream::choice(&io::stdout()),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        // What is on standard error follows the same wish; on `auto` anstream looks at the stream itself.
        match global.color {
            Color::Auto => {}
            Color::Always => ColorChoice::Always.write_global(),
            Color::Never => ColorChoice::Never.write_global(),
        }
        Self {
            out: AutoStream::new(io::stdout(), choice),
            quiet: global.quiet,
            interactive: io::stdout().is_terminal(),
            stopped: None,
            held: None,
        }
    }

    /// Keeps the answer back until it is whole, so that a pager can show what is longer than the terminal; where nobody watches, or no pager is
    /// wanted, nothing changes.
    pub(super) fn hold(&mut self) {
        if self.interactive {
            self.held = pager::wanted().map(|pager| Held { text: String::new(), pager });
        }
    }

    /// Lets out what was kept back.
    fn release(&mut self) {
        let Some(held) = self.held.take() else { return };
        let size = terminal_size::terminal_size();
        let is_longer = size.is_some_and(|(columns, rows)| pager::is_longer(&held.text, columns.0, rows.0));
        let has_colours = self.out.current_choice() != ColorChoice::Never;
        let shown =
            || if has_colours { held.text.clone() } else { anstream::adapter::strip_str(&held.text).to_string() };
        if !is_longer || !pager::show(&held.pager, &shown()) {
            self.answer(&held.text);
        }
    }

    /// Whether a person watches standard output.
    pub(super) fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// Whether only answers and errors are wanted.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether the reader of standard output has gone: nothing more needs to be made.
    pub(super) fn is_closed(&self) -> bool {
        self.stopped.is_some()
    }

    /// Prints a part of the answer as it is.
    pub(super) fn answer(&mut self, text: &str) {
        if let Some(held) = &mut self.held {
            held.text.push_str(text);
            return;
        }
        if self.stopped.is_none() {
            self.stopped = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()).err();
        }
    }

    /// Writes a part of an answer that is no text, as it is.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.release();
        let mut out = io::stdout();
        if self.stopped.is_none() {
            self.stopped = out.write_all(bytes).and_then(|()| out.flush()).err();
        }
    }

    /// Prints a line of the answer.
    pub(super) fn line(&mut self, text: &str) {
        self.answer(text);
        self.answer("\n");
    }

    /// Says something that is worth reading and is no part of the answer.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            anstream::eprintln!("{text}");
        }
    }

    /// Says that something is not as it should be, though the work goes on.
    pub(super) fn warn(&self, text: &str) {
        anstream::eprintln!("{WARNING}warning{WARNING:#}: {text}");
    }

    /// Says how it ended, where that is not well, and gives the exit status.
    pub(super) fn finish(&mut self, ended: Result<Ended, Failure>) -> ExitCode {
        self.release();
        if self.stopped.is_none() {
            self.stopped = self.out.flush().err();
        }
        // A reader that has gone has what it wanted; an answer that was cut for another reason is none.
        let cut = self.stopped.take().filter(|error| error.kind() != io::ErrorKind::BrokenPipe);
        let ended = ended.and_then(|ended| match cut {
            None => Ok(ended),
            Some(error) => {
                Err(Failure::Other { message: format!("the answer could not be written whole: {error}"), hint: None })
            }
        });
        match ended {
            Ok(ended) => ended.status(),
            Err(failure) => {
                anstream::eprintln!("{ERROR}error{ERROR:#}: {}", failure.message());
                if let Some(hint) = failure.hint() {
                    anstream::eprintln!("{HINT}hint{HINT:#}: {hint}");
                }
                failure.status()
            }
        }
    }
}

/// Prints clap's own messages: help and version to standard output, usage errors to standard error.
pub(super) fn show_usage(error: &clap::Error) -> ExitCode {
    // A closed pipe is no error.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}
