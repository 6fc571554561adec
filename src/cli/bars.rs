//! Progress as indicatif bars, with rate and remaining time; a plain line now and then where no terminal shows them.

use std::io::{IsTerminal, stderr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::progress::{Progress, Task};

/// Bars on standard error.
pub(super) struct Bars {
    bars: MultiProgress,
    quiet: bool,
    /// When the last plain line was written; none where bars are shown, or nothing is wanted.
    written: Option<Arc<Mutex<Instant>>>,
}

/// How long it takes from one plain line to the next, whichever work it is about.
const SILENCE: Duration = Duration::from_secs(30);

impl Bars {
    /// Bars if standard error is a terminal, else lines, if they are wanted.
    pub(super) fn new(quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let written = (!quiet && !stderr().is_terminal()).then(|| Arc::new(Mutex::new(Instant::now())));
        Self { bars: MultiProgress::with_draw_target(target), quiet, written }
    }
}

struct Bar {
    bar: ProgressBar,
    name: String,
    unit: &'static str,
    begun: Instant,
    written: Option<Arc<Mutex<Instant>>>,
}

impl Bar {
    /// Writes a line if none was written for a while.
    fn tell(&self) {
        let Some(written) = &self.written else { return };
        let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.elapsed() >= SILENCE {
            *written = Instant::now();
            let line = line(&self.name, self.bar.position(), self.bar.length(), self.unit, self.begun.elapsed());
            anstream::eprintln!("{line}");
        }
    }
}

/// How far a piece of work is, how fast, and how long it will take if it goes on so.
fn line(name: &str, done: u64, total: Option<u64>, unit: &str, taken: Duration) -> String {
    let count = |n: u64| match unit {
        "bytes" => HumanBytes(n).to_string(),
        _ => format!("{} {unit}", HumanCount(n)),
    };
    let rate = done as f64 / taken.as_secs_f64().max(f64::EPSILON);
    let per_second = format!("{} a second", count(rate.round() as u64));
    match total.filter(|total| *total > 0) {
        Some(total) => {
            let left = Duration::from_secs_f64((total.saturating_sub(done) as f64 / rate.max(f64::EPSILON)).min(1e9));
            let done = if unit == "bytes" { count(done) } else { HumanCount(done).to_string() };
            format!("{name}: {done} of {}, {per_second}, {} left", count(total), HumanDuration(left))
        }
        None => format!("{name}: {}, {per_second}", count(done)),
    }
}

impl Progress for Bars {
    fn task(&self, name: &str, total: Option<u64>, unit: &'static str) -> Box<dyn Task> {
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::no_length(),
        };
        let bar = self.bars.add(bar);
        let counted = if unit == "bytes" {
            "{bytes}/{total_bytes} {bytes_per_sec}".to_owned()
        } else {
            format!("{{human_pos}}/{{human_len}} {unit} {{per_sec:.dim}}")
        };
        let template = if total.is_some() {
            format!("{{msg:24!}} {{wide_bar:.cyan}} {counted} {{eta}}")
        } else {
            format!("{{msg:24!}} {{spinner}} {{human_pos}} {unit} {{per_sec:.dim}}")
        };
        bar.set_style(ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        Box::new(Bar { bar, name: name.to_owned(), unit, begun: Instant::now(), written: self.written.clone() })
    }

    fn say(&self, line: &str) {
        if !self.quiet {
            self.bars.suspend(|| anstream::eprintln!("{line}"));
        }
    }
}

impl Task for Bar {
    fn advance(&self, units: u64) {
        self.bar.inc(units);
        self.tell();
    }

    fn set_total(&self, total: u64) {
        self.bar.set_length(total);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_how_fast_and_how_long_still() {
        let taken = Duration::from_secs(20);
        let told = line("pubmed gout", 2_000, Some(12_000), "records", taken);
        assert_eq!(told, "pubmed gout: 2,000 of 12,000 records, 100 records a second, 2 minutes left");
        assert_eq!(line("a", 0, None, "records", taken), "a: 0 records, 0 records a second");
        assert!(line("a", 0, Some(7), "bytes", Duration::ZERO).contains("of 7 B"));
    }
}
