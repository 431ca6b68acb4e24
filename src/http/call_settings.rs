//! Settings for some calls of a client.

use std::time::Duration;

use crate::http::retry::RetryPolicy;

/// Settings that [`GroupsClient::with`](crate::GroupsClient::with) changes. What is not set stays as the client has it.
///
/// ```
/// use std::time::Duration;
/// use owui_groups::{CallSettings, RetryPolicy};
///
/// let patient = CallSettings::new()
///     .timeout(Duration::from_secs(120))
///     .total_timeout(Duration::from_secs(300));
/// let impatient = CallSettings::new().retry_policy(RetryPolicy::none());
/// # let _ = (patient, impatient);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct CallSettings {
    pub(crate) timeout: Option<Duration>,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) retry_policy: Option<RetryPolicy>,
}

impl CallSettings {
    /// Settings that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the time of one attempt, its response included. Takes precedence over the timeout of a
    /// ready-made HTTP client too. See
    /// [`GroupsClientBuilder::timeout`](crate::GroupsClientBuilder::timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Limits the time of one request with all its attempts and the pauses between them. See
    /// [`GroupsClientBuilder::total_timeout`](crate::GroupsClientBuilder::total_timeout).
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = Some(timeout);
        self
    }

    /// Limits the time that a method of several requests waits for the server. See
    /// [`GroupsClientBuilder::deadline`](crate::GroupsClientBuilder::deadline).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets which requests are sent again, and how often.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = Some(policy);
        self
    }
}
