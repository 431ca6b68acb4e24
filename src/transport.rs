//! One call on the wire: the token, the attempts, and what an answer means.
//!
//! The generated client builds each request and decodes each good answer; in
//! between it hands over to the [`Call`] that it was made with.

mod answer;

use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::StatusCode;
use progenitor_client::{ClientHooks, OperationInfo, ResponseValue};
use reqwest::{Request, Response};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time;
use tracing::{Instrument, Span, field};

use crate::{
    Error, ErrorKind, Operation, Result, RetryPolicy, ServerVersion, base_url::BaseUrl,
    connections::Connections, error, generated, retry, secrets::SecretHeaders,
};

/// What all calls of a client share.
pub(crate) struct Shared {
    pub(crate) base_url: BaseUrl,
    pub(crate) connections: Connections,
    pub(crate) headers: SecretHeaders,
    pub(crate) retry: RetryPolicy,
    /// What the HTTP client gives each attempt; none for a ready-made client,
    /// which has a timeout of its own or none.
    pub(crate) timeout: Option<Duration>,
    pub(crate) total_timeout: Duration,
    pub(crate) response_limit: usize,
    pub(crate) version: OnceLock<ServerVersion>,
}

/// One call of an operation, or a door to the generated client that judges nothing.
#[derive(Clone)]
pub struct Call {
    shared: Arc<Shared>,
    /// None at the low door, where answers are not judged.
    judged: Option<(Operation, Failure)>,
}

/// Where a failure waits while the generated client returns.
#[derive(Clone, Default)]
struct Failure(Arc<Mutex<Option<Error>>>);

impl Failure {
    fn keep(&self, error: Error) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A generated client for one call, and the way to its outcome.
pub(crate) struct Prepared<'a> {
    client: generated::Client,
    operation: Operation,
    repeatable: bool,
    group: Option<&'a str>,
    failure: Failure,
    span: Span,
}

impl Shared {
    /// Prepares one call; the group's id is for the trace.
    pub(crate) fn call<'a>(
        self: &Arc<Self>,
        operation: Operation,
        group: Option<&'a str>,
    ) -> Prepared<'a> {
        let failure = Failure::default();
        let span = tracing::info_span!(
            "open_webui_groups",
            operation = operation.id(),
            group = group,
            status = field::Empty,
            attempts = field::Empty,
            duration_ms = field::Empty,
        );
        Prepared {
            client: self.generated(Some((operation, failure.clone()))),
            operation,
            repeatable: operation.is_safe_to_repeat(),
            group,
            failure,
            span,
        }
    }

    /// The generated client with the token, and nothing of the rest.
    pub(crate) fn bare(self: &Arc<Self>) -> generated::Client {
        self.generated(None)
    }

    fn generated(self: &Arc<Self>, judged: Option<(Operation, Failure)>) -> generated::Client {
        let call = Call {
            shared: Arc::clone(self),
            judged,
        };
        let http = self.connections.kept().clone();
        generated::Client::new_with_client(self.base_url.as_str(), http, call)
    }

    /// What `/api/version` answers; asked until it answers once.
    pub(crate) async fn server_version(&self) -> Result<ServerVersion> {
        const PATH: &str = "/api/version";
        #[derive(Deserialize)]
        struct Version {
            version: String,
        }
        if let Some(version) = self.version.get() {
            return Ok(version.clone());
        }
        let build = || {
            let http = self.connections.kept();
            let request = http.get(format!("{}{PATH}", self.base_url.as_str()));
            request
                .build()
                .map_err(|error| Error::new(ErrorKind::InvalidInput).caused_by(error.without_url()))
        };
        let read = async {
            let body = self.send(build).await?;
            let answered = |kind| {
                Error::new(kind)
                    .with_status(StatusCode::OK)
                    .with_attempts(1)
            };
            let Version { version } = serde_json::from_slice(&body).map_err(|error| {
                answer::with_cause(answered(ErrorKind::NotOpenWebUi), error, &self.headers)
            })?;
            let shown = |version| error::excerpt(&self.headers.redact(version));
            version
                .parse()
                .or_else(|_| shown(version).parse())
                .map_err(|error: Error| answered(ErrorKind::Undecodable).caused_by(error))
        };
        let version: ServerVersion = read.await.map_err(|error| error.in_request("GET", PATH))?;
        // Not awaited inside the cell: with a dead server, all callers would
        // wait for each other's timeouts in a row.
        Ok(self.version.get_or_init(|| version).clone())
    }

    /// Sends one request that the generated client does not know, and reads its answer.
    pub(crate) async fn send(&self, build: impl Fn() -> Result<Request>) -> Result<Bytes> {
        let attempt = || async {
            let response = self.exchange(None, build()?).await?;
            let read = response.bytes().await;
            read.map_err(answer::transport_failure)
        };
        self.retrying(true, &Span::none(), attempt).await
    }

    /// Makes attempts, as many as the policy allows and the time suffices for.
    async fn retrying<T, F>(
        &self,
        repeatable: bool,
        span: &Span,
        attempt: impl Fn() -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let started = Instant::now();
        let mut pauses = None;
        let mut attempts = 1;
        let outcome = loop {
            let left = self.total_timeout.saturating_sub(started.elapsed());
            let outcome = if self.timeout.is_some_and(|timeout| timeout <= left) {
                attempt().await
            } else {
                let failure = |elapsed| Err(Error::new(ErrorKind::Timeout).caused_by(elapsed));
                time::timeout(left, attempt()).await.unwrap_or_else(failure)
            };
            let failure = match outcome {
                Err(failure) if retry::may_pass(&failure) => failure,
                settled => break settled,
            };
            let pauses = pauses.get_or_insert_with(|| self.retry.pauses(repeatable));
            let Some(pause) = pauses.next() else {
                break Err(failure);
            };
            let pause = pause.max(failure.retry_after().unwrap_or_default());
            if pause >= self.total_timeout.saturating_sub(started.elapsed()) {
                break Err(failure);
            }
            // Not the failure itself, which has a part of the server's answer in it.
            let (kind, status) = (failure.kind(), failure.status());
            tracing::debug!(?kind, ?status, attempt = attempts, ?pause, "trying again");
            time::sleep(pause).await;
            attempts += 1;
        };
        if !span.is_disabled() {
            span.record("attempts", attempts);
            let elapsed = started.elapsed().as_millis();
            span.record("duration_ms", u64::try_from(elapsed).unwrap_or(u64::MAX));
            let status = match &outcome {
                Ok(_) => Some(StatusCode::OK),
                Err(failure) => failure.status(),
            };
            span.record("status", status.map(|status| status.as_u16()));
        }
        outcome.map_err(|failure| failure.with_attempts(attempts))
    }

    /// One request and its answer, judged.
    async fn exchange(
        &self,
        operation: Option<Operation>,
        mut request: Request,
    ) -> Result<Response> {
        self.headers.apply(request.headers_mut());
        match self.connections.current().execute(request).await {
            Ok(response) => {
                if response.status().is_server_error() {
                    self.connections.distrust();
                }
                answer::judge(operation, response, self.response_limit, &self.headers).await
            }
            Err(error) => {
                self.connections.distrust();
                Err(answer::transport_failure(error))
            }
        }
    }
}

impl Prepared<'_> {
    /// The same call, sent a single time whatever the operation allows.
    pub(crate) fn once(mut self) -> Self {
        self.repeatable = false;
        self
    }

    /// The generated client to call the operation on.
    pub(crate) fn client(&self) -> &generated::Client {
        &self.client
    }

    /// Makes the generated call, again where that is allowed, and tells its
    /// outcome in the crate's own terms.
    pub(crate) async fn run<T, E, F>(&self, call: impl Fn() -> F) -> Result<T>
    where
        T: DeserializeOwned,
        F: Future<Output = Result<ResponseValue<T>, generated::Error<E>>>,
    {
        let shared = &self.client.inner.shared;
        let attempt = || async {
            call()
                .await
                .map(ResponseValue::into_inner)
                .map_err(|error| {
                    self.failure.take().unwrap_or_else(|| {
                        answer::generated_failure::<T, E>(error, &shared.headers)
                    })
                })
        };
        let outcome = shared
            .retrying(self.repeatable, &self.span, attempt)
            .instrument(self.span.clone())
            .await;
        let outcome = match outcome {
            // Another program's JSON is not of the documented shape either.
            Err(error) if error.is_undecodable() => match shared.server_version().await {
                Err(look) if look.is_not_open_webui() => {
                    Err(error.turned_into(ErrorKind::NotOpenWebUi))
                }
                _ => Err(error),
            },
            outcome => outcome,
        };
        outcome.map_err(|error| {
            let path = self.operation.path();
            let path = path.replace("{id}", self.group.unwrap_or_default());
            error
                .in_operation(self.operation)
                .in_request(self.operation.method(), path)
                .in_group(self.group)
        })
    }
}

impl ClientHooks<Call> for generated::Client {
    async fn exec(&self, mut request: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        let Call { shared, judged } = &self.inner;
        // progenitor announces the document's version to the server, which does not ask.
        request.headers_mut().remove("api-version");
        let Some((operation, failure)) = judged else {
            shared.headers.apply(request.headers_mut());
            return self.client.execute(request).await;
        };
        let outcome = shared.exchange(Some(*operation), request).await;
        outcome.or_else(|error| {
            failure.keep(error);
            Ok(placeholder())
        })
    }
}

/// An answer that the generated client reports as unexpected; the failure
/// that it stands for waits in the call.
fn placeholder() -> Response {
    let mut response = http::Response::new("");
    *response.status_mut() = StatusCode::NOT_IMPLEMENTED;
    response.into()
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Call")
            .field("base_url", &self.shared.base_url)
            .finish_non_exhaustive()
    }
}
