//! Decides when a request is retried.

use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBuilder};
use http::{HeaderMap, header::RETRY_AFTER};

use crate::error::Error;

/// How often a failed request is retried, and the delays between attempts.
///
/// Requests are retried after these errors:
///
/// - The connection fails or breaks.
/// - There is no response in time, or the status is 408, 504 or 524.
/// - The status is 429, 502, 503, 520 to 523, or 530.
///
/// An operation that is not [idempotent](crate::Operation::is_idempotent), such as a create, is
/// retried only if it was certainly not carried out: after a 429, or without a connection.
///
/// The delay doubles after each attempt, and has jitter, so that many clients do not retry at the
/// same time. If the server's `Retry-After` is longer, it is used instead.
///
/// [`add_members`](crate::GroupsClient::add_members),
/// [`remove_members`](crate::GroupsClient::remove_members) and
/// [`set_members`](crate::GroupsClient::set_members) read the members again after such an error, and
/// continue with the rest.
///
/// ```
/// use std::time::Duration;
/// use owui_groups::RetryPolicy;
///
/// let patient = RetryPolicy::default()
///     .max_attempts(6)
///     .first_delay(Duration::from_millis(500));
/// let never = RetryPolicy::none();
/// # let _ = (patient, never);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    max_attempts: u32,
    first_delay: Duration,
    max_delay: Duration,
}

impl Default for RetryPolicy {
    /// Returns a policy of 3 attempts, with delays of 0.2 to 5 seconds.
    fn default() -> Self {
        Self {
            max_attempts: 3,
            first_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(5),
        }
    }
}

impl RetryPolicy {
    /// Returns a policy of one attempt, which disables retries.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets the maximum number of times that a request is sent. 0 counts as 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the delay before the second attempt.
    ///
    /// The jitter increases each delay at random, up to twice its length.
    pub fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// Sets the maximum delay, before jitter.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The delays between attempts.
    pub(crate) fn delays(&self) -> impl Iterator<Item = Duration> + use<> {
        let retries = self.max_attempts.saturating_sub(1);
        ExponentialBuilder::default()
            .with_min_delay(self.first_delay)
            .with_max_delay(self.max_delay)
            .with_max_times(usize::try_from(retries).unwrap_or(usize::MAX))
            .with_jitter()
            .build()
    }
}

/// The errors after which a request is retried.
#[derive(Clone, Copy)]
pub(crate) enum Retries {
    /// All transient errors.
    Transient,
    /// The transient errors that the operation allows. If the error has no operation, nothing was
    /// sent.
    AsOperation,
    Never,
}

impl Retries {
    pub(crate) fn allow(self, error: &Error) -> bool {
        let is_allowed = match self {
            Self::Transient => true,
            Self::AsOperation => error
                .operation()
                .is_some_and(|operation| operation.is_idempotent() || error.was_not_carried_out()),
            Self::Never => false,
        };
        is_allowed && error.is_transient()
    }
}

/// The delay before the next attempt. Returns `None` if no attempt is left, or if the delay would
/// exceed the remaining time.
pub(crate) fn next_delay(
    delays: &mut impl Iterator<Item = Duration>,
    error: &Error,
    left: Duration,
) -> Option<Duration> {
    let delay = delays.next()?;
    let delay = delay.max(error.retry_after().unwrap_or_default());
    (delay < left).then_some(delay)
}

/// Parses `Retry-After`, which is a number of seconds or a date.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let date = httpdate::parse_http_date(value).ok()?;
            Some(date.duration_since(SystemTime::now()).unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn there_is_a_pause_before_each_attempt_but_the_first() {
        let policy = RetryPolicy::default().max_attempts(9);
        assert_eq!(policy.delays().count(), 8);
        assert_eq!(RetryPolicy::none().delays().count(), 0);
    }

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let policy = RetryPolicy::default()
            .max_attempts(10)
            .first_delay(Duration::from_millis(100))
            .max_delay(Duration::from_secs(1));
        let pauses: Vec<_> = policy.delays().collect();
        assert!(pauses[0] >= Duration::from_millis(100));
        assert!(pauses.iter().all(|pause| *pause <= Duration::from_secs(2)));
    }

    #[test]
    fn two_clients_do_not_come_back_at_the_same_moment() {
        let policy = RetryPolicy::default();
        let pauses: HashSet<_> = (0..100).filter_map(|_| policy.delays().next()).collect();
        assert!(pauses.len() > 90, "{pauses:?}");
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let wait = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers)
        };
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        let later = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(60));
        let waited = wait(&later).unwrap().as_secs();
        assert!((50..=60).contains(&waited), "{waited}");
        assert_eq!(wait("Thu, 01 Jan 1970 00:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("soon"), None);
    }
}
