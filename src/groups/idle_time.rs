//! Measures how long a consumer does not poll a stream.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Wake, Waker},
    time::{Duration, Instant},
};

use crate::http::deadline::Deadline;

/// The time during which a stream waits for its consumer. It starts when the stream yields an item,
/// or when the stream is woken. It ends when the consumer polls. The deadline of the requests is
/// paused during this time.
///
/// This is the waker of the stream. A consumer may stop polling at any time, for example in a
/// `select!`, so only the wake shows that the stream no longer waits for the server.
pub(crate) struct IdleTime {
    deadline: Option<Arc<Deadline>>,
    state: Mutex<State>,
}

struct State {
    total: Duration,
    since: Option<Instant>,
    consumer: Waker,
}

impl IdleTime {
    /// Starts as idle, because nothing was polled yet.
    pub(crate) fn new(deadline: Option<Arc<Deadline>>) -> Self {
        let idle_time = Self {
            deadline,
            state: Mutex::new(State {
                total: Duration::ZERO,
                since: None,
                consumer: Waker::noop().clone(),
            }),
        };
        idle_time.begin();
        idle_time
    }

    /// The consumer polls, and provides its waker.
    pub(crate) fn end(&self, consumer: &Waker) {
        let mut state = self.lock();
        if let Some(since) = state.since.take() {
            state.total += since.elapsed();
        }
        state.consumer.clone_from(consumer);
        if let Some(deadline) = &self.deadline {
            deadline.resume();
        }
    }

    /// The consumer has to take the next step.
    pub(crate) fn begin(&self) {
        let mut state = self.lock();
        if state.since.is_none() {
            state.since = Some(Instant::now());
            if let Some(deadline) = &self.deadline {
                deadline.pause();
            }
        }
    }

    /// The idle time so far.
    pub(crate) fn total(&self) -> Duration {
        self.lock().total
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for IdleTime {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.begin();
        let consumer = self.lock().consumer.clone();
        consumer.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    const PAUSE: Duration = Duration::from_millis(20);

    #[test]
    fn time_counts_from_a_wake_until_the_next_poll() {
        let idle_time = Arc::new(IdleTime::new(None));
        idle_time.end(Waker::noop());
        let before = idle_time.total();
        thread::sleep(PAUSE);
        let since = Instant::now();
        Waker::from(Arc::clone(&idle_time)).wake();
        thread::sleep(PAUSE);
        Waker::from(Arc::clone(&idle_time)).wake();
        idle_time.end(Waker::noop());
        let idle = idle_time.total() - before;
        assert!(idle >= PAUSE && idle <= since.elapsed());
    }

    #[test]
    fn the_deadline_stands_still_as_long() {
        let deadline = Arc::new(Deadline::new(Duration::from_secs(60)));
        let idle_time = Arc::new(IdleTime::new(Some(Arc::clone(&deadline))));
        let request = deadline.request();
        thread::sleep(PAUSE);
        assert_eq!(deadline.remaining(), Duration::from_secs(60));
        idle_time.end(Waker::noop());
        thread::sleep(PAUSE);
        Waker::from(Arc::clone(&idle_time)).wake();
        let left = deadline.remaining();
        thread::sleep(PAUSE);
        assert_eq!(deadline.remaining(), left);
        assert!(left <= Duration::from_secs(60) - PAUSE);
        drop(request);
    }
}
