//! Progress as indicatif bars, with rate and remaining time; nothing when no person watches.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::progress::{Progress, Task};

/// Bars on standard error.
pub(super) struct Bars {
    bars: MultiProgress,
    quiet: bool,
}

impl Bars {
    /// Bars if standard error is a terminal and they are wanted.
    pub(super) fn new(quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        Self { bars: MultiProgress::with_draw_target(target), quiet }
    }
}

struct Bar(ProgressBar);

impl Progress for Bars {
    fn task(&self, name: &str, total: Option<u64>, unit: &'static str) -> Box<dyn Task> {
        let bar = self.bars.add(ProgressBar::new(total.unwrap_or(0)));
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
        Box::new(Bar(bar))
    }

    fn say(&self, line: &str) {
        if !self.quiet {
            self.bars.suspend(|| anstream::eprintln!("{line}"));
        }
    }
}

impl Task for Bar {
    fn advance(&self, units: u64) {
        self.0.inc(units);
    }

    fn set_total(&self, total: u64) {
        self.0.set_length(total);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
