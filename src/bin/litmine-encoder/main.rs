//! The transformer as a program of its own: loads a sentence-transformers model of the BERT family and answers batches of text.
//!
//! It speaks `litmine::embed::protocol` over standard input and output and ends when its input does. `litmine` starts it when a
//! vector is needed; nothing else links libtorch.

mod head;
mod idle;
mod model;
mod recent;
mod serve;
mod tokens;
mod transformer;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crate::model::{Model, Precision};

const HELP: &str = "\
Turns text into vectors for litmine, which starts it when needed.

Usage: litmine-encoder --model DIR [--dtype auto|bf16|fp32] [--threads N] [--socket FILE --idle SECONDS]

  --model DIR      a sentence-transformers model of the BERT family: config.json, vocab.txt, model.safetensors
  --dtype KIND     bf16 where the processor computes with it, else fp32 (auto, the default), or one of the two
  --threads N      how many threads compute (default: one a processor)
  --socket FILE    answer at this Unix socket, this user alone, in place of standard input and output
  --idle SECONDS   end when nobody has asked there for so long (default: 300)
  -h, --help       this text
  -V, --version    the version
";

struct Arguments {
    model: PathBuf,
    precision: Precision,
    threads: Option<usize>,
    socket: Option<PathBuf>,
    idle: Duration,
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => return ExitCode::SUCCESS,
        Err(message) => return fail(&message, 2),
    };
    keep_memory();
    let load = || Model::load(&arguments.model, arguments.precision, arguments.threads);
    if let Some(socket) = arguments.socket.clone() {
        return match idle::serve(socket, arguments.idle, load) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error.to_string(), 1),
        };
    }
    let model = match load() {
        Ok(model) => model,
        Err(error) => return fail(&error.to_string(), 1),
    };
    match serve::serve(&model, &mut std::io::stdin().lock(), &mut std::io::stdout().lock(), || ()) {
        Ok(()) => ExitCode::SUCCESS,
        // The one who asked has gone.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string(), 1),
    }
}

fn fail(message: &str, status: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "litmine-encoder: {message}");
    ExitCode::from(status)
}

/// The arguments; none where the answer was printed.
fn parse(arguments: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let (mut model, mut precision, mut threads) = (None, Precision::Auto, None);
    let (mut socket, mut idle) = (None, Duration::from_secs(300));
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let (name, inline) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        let mut value = || inline.clone().or_else(|| arguments.next()).ok_or(format!("{name} needs a value"));
        match name.as_str() {
            "-h" | "--help" => return print(HELP),
            "-V" | "--version" => return print(concat!("litmine-encoder ", env!("CARGO_PKG_VERSION"), "\n")),
            "--model" => model = Some(PathBuf::from(value()?)),
            "--dtype" => {
                precision = match value()?.as_str() {
                    "auto" => Precision::Auto,
                    "bf16" => Precision::BFloat16,
                    "fp32" => Precision::Float32,
                    other => return Err(format!("unknown dtype “{other}”; there are auto, bf16 and fp32")),
                }
            }
            "--threads" => {
                let number = value()?.parse().ok().filter(|n| (1..=1024).contains(n));
                threads = Some(number.ok_or("--threads needs a number from 1")?);
            }
            "--socket" => socket = Some(PathBuf::from(value()?)),
            "--idle" => {
                let number = value()?.parse().ok().filter(|n| (1..=86_400).contains(n));
                idle = Duration::from_secs(number.ok_or("--idle needs a number of seconds, from 1 to a day")?);
            }
            _ => return Err(format!("unknown argument “{name}”; see --help")),
        }
    }
    let model = model.ok_or("--model is missing; see --help")?;
    Ok(Some(Arguments { model, precision, threads, socket, idle }))
}

fn print(text: &str) -> Result<Option<Arguments>, String> {
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(None)
}

/// Tells the C library to keep memory that is freed: each batch would otherwise be mapped, cleared and unmapped anew, which
/// takes a third of the time.
fn keep_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "a setting of the C library")]
    // SAFETY: both settings may be made at any time; this is before any thread is started.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 30);
        libc::mallopt(libc::M_TRIM_THRESHOLD, i32::MAX);
    }
}
