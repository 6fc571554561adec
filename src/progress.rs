//! How long work tells that it goes on. Stages see these traits only; the bars live in `cli/bars.rs`.

/// Receives what long work has to tell.
pub trait Progress: Send + Sync {
    /// Begins a piece of work of `total` units where that is known. `unit` is the plural that stands behind the numbers: `records`.
    fn task(&self, name: &str, total: Option<u64>, unit: &'static str) -> Box<dyn Task>;

    /// One line worth reading, not an error: what was skipped, what comes next.
    fn say(&self, line: &str);
}

/// A piece of work under way. Dropping it ends it.
pub trait Task: Send + Sync {
    /// That many more units are done.
    fn advance(&self, units: u64);

    /// The total became known, or changed.
    fn set_total(&self, total: u64);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn task(&self, _name: &str, _total: Option<u64>, _unit: &'static str) -> Box<dyn Task> {
        Box::new(Self)
    }

    fn say(&self, _line: &str) {}
}

impl Task for Silent {
    fn advance(&self, _units: u64) {}

    fn set_total(&self, _total: u64) {}
}
