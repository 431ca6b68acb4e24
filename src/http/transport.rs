//! The settings of all calls, and the retries within the time limits.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use reqwest::{RequestBuilder, Url};
use tokio::time;
use tracing::Span;

use crate::{
    error::{Error, Result, kind::ErrorKind},
    generated,
    http::{
        base_url::BaseUrl,
        call_settings::CallSettings,
        deadline::Deadline,
        known_version::KnownVersion,
        retry::{Retries, RetryPolicy, next_delay},
        secrets::server_text::ServerText,
        sender::{Sender, set_timeout},
        transport_error::transport_error,
    },
    value::names::Operation,
};

/// The settings and connections that all calls of a client share.
pub(crate) struct Transport {
    pub(crate) base_url: BaseUrl,
    pub(crate) sender: Arc<Sender>,
    /// The generated client, which each call clones.
    pub(crate) client: generated::Client,
    pub(crate) known_version: Arc<KnownVersion>,
    pub(crate) retry_policy: RetryPolicy,
    /// The time limit of each call with several requests.
    pub(crate) deadline: Duration,
    /// The time limit of each attempt. `None` for a ready-made client, whose own timeout applies.
    timeout: Option<Duration>,
    /// The timeout that replaces that of the HTTP client for each request.
    request_timeout: Option<Duration>,
    pub(crate) total_timeout: Duration,
}

impl Transport {
    pub(crate) fn new(
        base_url: BaseUrl,
        sender: Sender,
        known_version: KnownVersion,
        retry_policy: RetryPolicy,
        timeout: Option<Duration>,
        total_timeout: Duration,
        deadline: Duration,
    ) -> Self {
        let sender = Arc::new(sender);
        Self {
            client: sender.client(&base_url, None),
            base_url,
            sender,
            known_version: Arc::new(known_version),
            retry_policy,
            deadline,
            timeout,
            request_timeout: None,
            total_timeout,
        }
    }

    /// Returns a copy with other settings and the same connections.
    pub(crate) fn with(&self, settings: CallSettings) -> Self {
        let request_timeout = settings.timeout.or(self.request_timeout);
        Self {
            client: self.sender.client(&self.base_url, request_timeout),
            base_url: self.base_url.clone(),
            sender: Arc::clone(&self.sender),
            known_version: Arc::clone(&self.known_version),
            retry_policy: settings
                .retry_policy
                .unwrap_or_else(|| self.retry_policy.clone()),
            deadline: settings.deadline.unwrap_or(self.deadline),
            timeout: settings.timeout.or(self.timeout),
            request_timeout,
            total_timeout: settings.total_timeout.unwrap_or(self.total_timeout),
        }
    }

    /// Creates a generated client whose requests have the token, and whose responses are not
    /// classified.
    #[cfg(feature = "unstable-generated")]
    pub(crate) fn unclassified_client(&self) -> generated::Client {
        self.sender.unclassified_client(&self.base_url)
    }

    /// Prepares a text of the server for a message.
    pub(crate) fn shown(&self, text: &str) -> String {
        ServerText::of_display(text, &self.sender.headers).to_string()
    }

    /// Creates a request with the token. The caller sends it.
    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let mut headers = HeaderMap::new();
        self.sender.headers.apply(&mut headers);
        let http = self.sender.connections.current();
        let request = http.request(method, url).headers(headers);
        match self.request_timeout {
            Some(timeout) => request.timeout(timeout),
            None => request,
        }
    }

    /// Sends one `GET` without the generated client, and reads the response. If `operation` is
    /// `None`, it is the request for the server's version.
    pub(crate) async fn get(
        &self,
        operation: Option<Operation>,
        path: &str,
        resend_count: u32,
    ) -> Result<Bytes> {
        let failed = |error| transport_error(error, &self.sender.headers);
        let url = format!("{}{path}", self.base_url.as_str());
        let request = self.sender.connections.pooled().get(url).build();
        let mut request = request.map_err(failed)?;
        set_timeout(&mut request, self.request_timeout);
        let response = self
            .sender
            .send(operation, request, resend_count, |outcome| outcome)
            .await?;
        response.bytes().await.map_err(failed)
    }

    /// Makes attempts as long as the policy and the remaining time allow.
    pub(crate) async fn retrying<T, F>(
        &self,
        retries: Retries,
        started: Instant,
        deadline: Option<&Deadline>,
        span: &Span,
        attempt: impl Fn(u32) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let total_timeout = match deadline {
            Some(deadline) => self.total_timeout.min(deadline.remaining()),
            None => self.total_timeout,
        };
        if deadline.is_some() && total_timeout.is_zero() {
            return Err(deadline_error());
        }
        let _waiting = deadline.map(Deadline::request);
        let mut delays = None;
        let mut attempts = 1;
        let mut may_be_carried_out = false;
        let error = loop {
            let left = total_timeout.saturating_sub(started.elapsed());
            let outcome = if self.timeout.is_some_and(|timeout| timeout <= left) {
                attempt(attempts - 1).await
            } else {
                let error = |elapsed| Err(Error::new(ErrorKind::Timeout).with_source(elapsed));
                time::timeout(left, attempt(attempts - 1))
                    .await
                    .unwrap_or_else(error)
            };
            // Returned at once, because each further move of a large value costs.
            let error = match outcome {
                Ok(value) => {
                    record(span, attempts, started, Some(StatusCode::OK));
                    return Ok(value);
                }
                Err(error) if retries.allow(&error) => error,
                Err(error) => break error,
            };
            may_be_carried_out |= error.may_have_been_carried_out();
            let delays = delays.get_or_insert_with(|| self.retry_policy.delays());
            let left = total_timeout.saturating_sub(started.elapsed());
            let Some(delay) = next_delay(delays, &error, left) else {
                break error;
            };
            // The error itself is not logged, because it contains a part of the response.
            let (kind, status) = (error.kind(), error.status());
            tracing::debug!(?kind, ?status, attempt = attempts, ?delay, "trying again");
            time::sleep(delay).await;
            attempts += 1;
        };
        record(span, attempts, started, error.status());
        Err(error
            .with_attempts(attempts)
            .with_follows_write(may_be_carried_out))
    }
}

/// Records how a call ended.
fn record(span: &Span, attempts: u32, started: Instant, status: Option<StatusCode>) {
    if span.is_disabled() {
        return;
    }
    span.record("attempts", attempts);
    let elapsed = started.elapsed().as_millis();
    span.record("duration_ms", u64::try_from(elapsed).unwrap_or(u64::MAX));
    span.record("status", status.map(|status| status.as_u16()));
}

/// The error if a call has no time left for its next request.
fn deadline_error() -> Error {
    Error::new(ErrorKind::Timeout)
        .with_message("the deadline of the call has passed; set a longer one with `deadline()`")
}
