//! The time limit of a call with several requests.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The time that a call with several requests may wait for the server.
///
/// The time of concurrent requests counts once.
pub(crate) struct Deadline {
    limit: Duration,
    waited: Mutex<Waited>,
}

struct Waited {
    total: Duration,
    requests: u32,
    paused: bool,
    /// The start of the current wait, if any.
    since: Option<Instant>,
}

impl Deadline {
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            limit,
            waited: Mutex::new(Waited {
                total: Duration::ZERO,
                requests: 0,
                paused: false,
                since: None,
            }),
        }
    }

    /// The remaining time.
    pub(crate) fn remaining(&self) -> Duration {
        let waited = self.lock();
        let current = waited.since.map_or(Duration::ZERO, |since| since.elapsed());
        self.limit
            .saturating_sub(waited.total)
            .saturating_sub(current)
    }

    /// Counts the time until the guard is dropped.
    pub(crate) fn request(&self) -> impl Drop + '_ {
        self.change(|waited| waited.requests += 1);
        Guard(self)
    }

    /// Stops counting, although requests may be under way.
    pub(crate) fn pause(&self) {
        self.change(|waited| waited.paused = true);
    }

    /// Continues counting if requests are under way.
    pub(crate) fn resume(&self) {
        self.change(|waited| waited.paused = false);
    }

    fn change(&self, change: impl FnOnce(&mut Waited)) {
        let mut waited = self.lock();
        if let Some(since) = waited.since.take() {
            waited.total += since.elapsed();
        }
        change(&mut waited);
        if waited.requests > 0 && !waited.paused {
            waited.since = Some(Instant::now());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waited> {
        self.waited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Guard<'a>(&'a Deadline);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.change(|waited| waited.requests -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    const LIMIT: Duration = Duration::from_secs(60);

    /// Returns the time that was counted since a moment, and the time that passed.
    fn waited(deadline: &Deadline, since: Instant) -> (Duration, Duration) {
        (LIMIT - deadline.remaining(), since.elapsed())
    }

    #[test]
    fn only_time_with_a_request_under_way_counts() {
        let deadline = Deadline::new(LIMIT);
        thread::sleep(Duration::from_millis(20));
        assert_eq!(deadline.remaining(), LIMIT);
        let since = Instant::now();
        let request = deadline.request();
        thread::sleep(Duration::from_millis(20));
        drop(request);
        let (waited, elapsed) = waited(&deadline, since);
        assert!(waited >= Duration::from_millis(20) && waited <= elapsed);
    }

    #[test]
    fn requests_at_the_same_time_count_once() {
        let deadline = Deadline::new(LIMIT);
        let since = Instant::now();
        let requests = [deadline.request(), deadline.request(), deadline.request()];
        thread::sleep(Duration::from_millis(20));
        drop(requests);
        let (waited, elapsed) = waited(&deadline, since);
        assert!(waited >= Duration::from_millis(20) && waited <= elapsed);
    }

    #[test]
    fn a_pause_does_not_count() {
        const PAUSE: Duration = Duration::from_millis(50);
        let deadline = Deadline::new(LIMIT);
        let since = Instant::now();
        deadline.pause();
        let request = deadline.request();
        thread::sleep(PAUSE);
        assert_eq!(deadline.remaining(), LIMIT);
        deadline.resume();
        thread::sleep(Duration::from_millis(20));
        deadline.pause();
        thread::sleep(PAUSE);
        drop(request);
        let (waited, elapsed) = waited(&deadline, since);
        assert!(waited >= Duration::from_millis(20) && waited <= elapsed - 2 * PAUSE);
    }
}
