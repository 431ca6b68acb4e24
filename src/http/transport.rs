//! Calls: attempts, deadlines and the trace, for whatever is sent.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use progenitor_client::ResponseValue;
use reqwest::{Request, RequestBuilder, Url};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time;
use tracing::{Instrument, Span, field};

use crate::{
    error::{Error, Result, kind::ErrorKind},
    generated,
    http::{
        base_url::BaseUrl,
        classify,
        deadline::Deadline,
        error_body::excerpt_of_display,
        retry::{Retries, RetryPolicy, next_delay},
        sender::Sender,
    },
    value::{
        names::Operation,
        server_version::{ParseServerVersionError, ServerVersion},
    },
};

/// What all calls of a client share.
pub(crate) struct Transport {
    pub(crate) base_url: BaseUrl,
    sender: Arc<Sender>,
    client: generated::Client,
    pub(crate) retry_policy: RetryPolicy,
    /// The limit of each composed call.
    pub(crate) deadline: Duration,
    /// What the HTTP client gives each attempt; none for a ready-made client,
    /// which has a timeout of its own or none.
    timeout: Option<Duration>,
    pub(crate) total_timeout: Duration,
    version: OnceLock<ServerVersion>,
}

/// One call of an operation.
pub(crate) struct Call<'a> {
    transport: &'a Transport,
    operation: Operation,
    retries: Retries,
    group: Option<&'a str>,
    deadline: Option<&'a Deadline>,
    span: Span,
}

impl Transport {
    pub(crate) fn new(
        base_url: BaseUrl,
        sender: Sender,
        retry_policy: RetryPolicy,
        timeout: Option<Duration>,
        total_timeout: Duration,
        deadline: Duration,
    ) -> Self {
        let sender = Arc::new(sender);
        Self {
            client: sender.client(&base_url),
            base_url,
            sender,
            retry_policy,
            deadline,
            timeout,
            total_timeout,
            version: OnceLock::new(),
        }
    }

    /// A generated client whose requests get the token, and whose responses are not classified.
    #[cfg(feature = "unstable-generated")]
    pub(crate) fn unclassified_client(&self) -> generated::Client {
        self.sender.unclassified_client(&self.base_url)
    }

    /// Prepares one call; the group's id is for the trace and for errors.
    pub(crate) fn call<'a>(
        &'a self,
        operation: Operation,
        group: Option<&'a str>,
        deadline: Option<&'a Deadline>,
    ) -> Call<'a> {
        let span = tracing::info_span!(
            "open_webui_groups",
            operation = operation.id(),
            group = group,
            status = field::Empty,
            attempts = field::Empty,
            duration_ms = field::Empty,
        );
        Call {
            transport: self,
            operation,
            retries: Retries::of(operation),
            group,
            deadline,
            span,
        }
    }

    /// What `/api/version` answers; asked until it answers once.
    pub(crate) async fn server_version(
        &self,
        deadline: Option<&Deadline>,
    ) -> Result<ServerVersion> {
        const PATH: &str = "/api/version";
        #[derive(Deserialize)]
        struct Version {
            version: String,
        }
        if let Some(version) = self.version.get() {
            return Ok(version.clone());
        }
        let build = || {
            let http = self.sender.connections.pooled();
            let request = http.get(format!("{}{PATH}", self.base_url.as_str()));
            request.build().map_err(|error| {
                Error::new(ErrorKind::InvalidInput).with_source(error.without_url())
            })
        };
        let headers = &self.sender.headers;
        let read = async {
            let body = self.send(deadline, build).await?;
            let answered = |kind| {
                Error::new(kind)
                    .with_status(StatusCode::OK)
                    .with_attempts(1)
            };
            let Version { version } = serde_json::from_slice(&body).map_err(|error| {
                classify::with_cause(answered(ErrorKind::NotOpenWebUi), error, headers)
            })?;
            version
                .parse()
                .or_else(|_| self.shown(&version).parse())
                .map_err(|error: ParseServerVersionError| {
                    answered(ErrorKind::Decode).with_source(Error::from(error))
                })
        };
        let version: ServerVersion = read
            .await
            .map_err(|error| error.with_request("GET", PATH))?;
        // Not awaited inside the cell: with a dead server, all callers would
        // wait for each other's timeouts in a row.
        Ok(self.version.get_or_init(|| version).clone())
    }

    /// A text of the server for a message: redacted, shortened, without control characters.
    pub(crate) fn shown(&self, text: &str) -> String {
        excerpt_of_display(text, &self.sender.headers)
    }

    /// A request with the token, which the caller sends.
    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let mut headers = HeaderMap::new();
        self.sender.headers.apply(&mut headers);
        let http = self.sender.connections.current();
        http.request(method, url).headers(headers)
    }

    /// Sends one request that the generated client does not know, and reads its answer.
    async fn send(
        &self,
        deadline: Option<&Deadline>,
        build: impl Fn() -> Result<Request>,
    ) -> Result<Bytes> {
        let attempt = || async {
            let response = self.sender.send(None, build()?).await?;
            let read = response.bytes().await;
            read.map_err(classify::transport_error)
        };
        self.retrying(Retries::Transient, deadline, &Span::none(), attempt)
            .await
    }

    /// Makes attempts, as many as the policy allows and the time suffices for.
    async fn retrying<T, F>(
        &self,
        retries: Retries,
        deadline: Option<&Deadline>,
        span: &Span,
        attempt: impl Fn() -> F,
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
        let started = Instant::now();
        let mut delays = None;
        let mut attempts = 1;
        let outcome = loop {
            let left = total_timeout.saturating_sub(started.elapsed());
            let outcome = if self.timeout.is_some_and(|timeout| timeout <= left) {
                attempt().await
            } else {
                let error = |elapsed| Err(Error::new(ErrorKind::Timeout).with_source(elapsed));
                time::timeout(left, attempt()).await.unwrap_or_else(error)
            };
            let error = match outcome {
                Err(error) if retries.allow(&error) => error,
                settled => break settled,
            };
            let delays = delays.get_or_insert_with(|| self.retry_policy.delays());
            let left = total_timeout.saturating_sub(started.elapsed());
            let Some(delay) = next_delay(delays, &error, left) else {
                break Err(error);
            };
            // Not the error itself, which has a part of the server's answer in it.
            let (kind, status) = (error.kind(), error.status());
            tracing::debug!(?kind, ?status, attempt = attempts, ?delay, "trying again");
            time::sleep(delay).await;
            attempts += 1;
        };
        if !span.is_disabled() {
            span.record("attempts", attempts);
            let elapsed = started.elapsed().as_millis();
            span.record("duration_ms", u64::try_from(elapsed).unwrap_or(u64::MAX));
            let status = match &outcome {
                Ok(_) => Some(StatusCode::OK),
                Err(error) => error.status(),
            };
            span.record("status", status.map(|status| status.as_u16()));
        }
        outcome.map_err(|error| error.with_attempts(attempts))
    }
}

impl<'a> Call<'a> {
    /// The same call, sent a single time whatever the operation allows.
    pub(crate) fn once(mut self) -> Self {
        self.retries = Retries::Never;
        self
    }

    /// The generated client to call the operation on.
    pub(crate) fn client(&self) -> &'a generated::Client {
        &self.transport.client
    }

    /// Makes the generated call, again where that is allowed, and returns its
    /// outcome in the crate's own terms.
    pub(crate) async fn run<T, E, F>(&self, call: impl Fn() -> F) -> Result<T>
    where
        T: DeserializeOwned,
        F: Future<Output = Result<ResponseValue<T>, generated::Error<E>>>,
    {
        let transport = self.transport;
        let attempt = || async {
            call()
                .await
                .map(ResponseValue::into_inner)
                .map_err(|error| transport.sender.error::<T, E>(error))
        };
        let outcome = transport
            .retrying(self.retries, self.deadline, &self.span, attempt)
            .instrument(self.span.clone())
            .await;
        let outcome = match outcome {
            // Another program's JSON is not of the documented shape either.
            Err(error) if error.kind() == ErrorKind::Decode => {
                match transport.server_version(self.deadline).await {
                    Err(look) if look.kind() == ErrorKind::NotOpenWebUi => {
                        Err(error.with_kind(ErrorKind::NotOpenWebUi))
                    }
                    _ => Err(error),
                }
            }
            outcome => outcome,
        };
        outcome.map_err(|error| {
            let path = self.operation.path();
            let path = path.replace("{id}", self.group.unwrap_or_default());
            error
                .with_operation(self.operation)
                .with_request(self.operation.method(), path)
                .with_group(self.group)
        })
    }
}

/// A composed call has no time left for its next request.
fn deadline_error() -> Error {
    Error::new(ErrorKind::Timeout)
        .with_message("the deadline of the whole call has passed; `deadline()` sets a longer one")
}
