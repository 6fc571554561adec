//! When the next request to a host may leave.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Keeps requests to each host apart, across threads.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// The earliest moment of the next request, by host.
    next: Mutex<HashMap<String, Instant>>,
}

impl Pace {
    /// Waits for this host's turn; afterwards a request may leave.
    pub(super) fn wait(&self, host: &str, per_second: f64) {
        let turn = self.turn(host, per_second, Instant::now());
        thread::sleep(turn.saturating_duration_since(Instant::now()));
    }

    /// Takes the next turn.
    fn turn(&self, host: &str, per_second: f64, now: Instant) -> Instant {
        let apart = if per_second > 0.0 { Duration::from_secs_f64(1.0 / per_second) } else { Duration::ZERO };
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = next.entry(host.to_owned()).or_insert(now);
        let turn = (*slot).max(now);
        *slot = turn + apart;
        turn
    }

    /// Lets nobody ask this host for so long.
    pub(super) fn hold(&self, host: &str, pause: Duration) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now() + pause;
        let slot = next.entry(host.to_owned()).or_insert(until);
        *slot = (*slot).max(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_apart_and_hosts_do_not_wait_for_each_other() {
        let (pace, now) = (Pace::default(), Instant::now());
        let turns: Vec<_> = (0..4).map(|_| pace.turn("a", 10.0, now).duration_since(now).as_millis()).collect();
        assert_eq!(turns, [0, 100, 200, 300]);
        assert_eq!(pace.turn("b", 10.0, now), now);
        // A burst is not saved up for: after a rest the turns are apart again.
        let later = now + Duration::from_secs(9);
        assert_eq!(pace.turn("a", 10.0, later), later);
        assert_eq!(pace.turn("a", 10.0, later), later + Duration::from_millis(100));
    }

    #[test]
    fn threads_share_the_rate() {
        let pace = Pace::default();
        let start = Instant::now();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..3).for_each(|_| pace.wait("a", 100.0)));
            }
        });
        assert!(start.elapsed() >= Duration::from_millis(110), "12 requests at 100 a second take 11 intervals");
    }

    #[test]
    fn a_host_that_asks_to_wait_is_left_alone() {
        let pace = Pace::default();
        pace.hold("a", Duration::from_secs(60));
        let now = Instant::now();
        assert!(pace.turn("a", 10.0, now) > now + Duration::from_secs(59));
    }
}
