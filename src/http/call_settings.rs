//! Settings for individual calls.

use std::time::Duration;

use crate::http::retry::RetryPolicy;

/// Settings for some calls of a client, applied by [`GroupsClient::with`](crate::GroupsClient::with).
///
/// A setting that is not set here is that of the client.
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
    /// Creates settings that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the time of one attempt, including its response.
    ///
    /// Also takes precedence over the timeout of a ready-made HTTP client. See
    /// [`GroupsClientBuilder::timeout`](crate::GroupsClientBuilder::timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Limits the time of one request, including all attempts and the pauses between them.
    ///
    /// See
    /// [`GroupsClientBuilder::total_timeout`](crate::GroupsClientBuilder::total_timeout).
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = Some(timeout);
        self
    }

    /// Limits the time that a method with several requests waits for the server.
    ///
    /// See [`GroupsClientBuilder::deadline`](crate::GroupsClientBuilder::deadline).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets how often requests are retried.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = Some(policy);
        self
    }
}
