//! Faults that tests inject.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use owui_groups::Operation;
use serde_json::Value;

use crate::{
    reply::{Reply, Transfer},
    rules::{response::Response, routes::Route},
};

/// A fault that changes or replaces a response of the mock.
///
/// By default, it applies once, to the next groups operation.
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use owui_groups::Operation;
/// use owui_groups_mock::{Fault, MockServer, external::StatusCode};
///
/// let server = MockServer::start()?;
/// server.inject(Fault::rate_limited(Duration::from_secs(1)).on(Operation::GetGroup).times(2));
/// server.inject(Fault::status(StatusCode::BAD_GATEWAY, "the server is gone"));
/// server.inject(Fault::dropped_after().on(Operation::CreateGroup));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault applies only when it is injected"]
pub struct Fault {
    effect: Effect,
    /// Headers to set in the response, if there is one.
    headers: HeaderMap,
    target: Target,
    /// The number of matching requests to skip first.
    passes: usize,
    /// The number of requests that the fault still applies to.
    remaining: usize,
}

const FRAMING: [HeaderName; 3] = [
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
];

/// The requests that a fault applies to.
#[derive(Clone, Copy, Debug)]
enum Target {
    AnyOperation,
    Operation(Operation),
    Version,
}

/// The effect of a fault on one request.
#[derive(Clone, Debug)]
enum Effect {
    /// The request is not carried out. This response is sent instead, or none.
    Replaced(Option<Response>),
    /// The request is carried out. Its response is sent in this way, or not at all.
    CarriedOut(Option<Transfer>),
}

impl Fault {
    /// Delays the response. The request is carried out immediately.
    pub fn delay(by: Duration) -> Self {
        Self::of(Effect::CarriedOut(Some(Transfer::Delayed(by))))
    }

    /// Sends this status and body. The request is not carried out.
    ///
    /// The content type is text, unless [`header`](Self::header) sets a different one. A status
    /// below 200 becomes 500, because such a response does not end a request.
    pub fn status(status: StatusCode, body: impl Into<Vec<u8>>) -> Self {
        Self::replaced(status, "text/plain; charset=utf-8", body)
    }

    /// Sends this status and JSON. The request is not carried out.
    pub fn json(status: StatusCode, body: &Value) -> Self {
        Self::replaced(status, "application/json", body.to_string())
    }

    /// Sends an HTML page with status 200. The request is not carried out.
    ///
    /// A proxy that requires a login responds like this, and so does Open WebUI for unknown paths.
    pub fn html_page() -> Self {
        const PAGE: &str = "<!doctype html><html><head><title>Sign in</title></head></html>";
        Self::replaced(StatusCode::OK, "text/html; charset=utf-8", PAGE)
    }

    /// Sends 429 with a `Retry-After` in whole seconds, rounded up. The request is not carried out.
    pub fn rate_limited(retry_after: Duration) -> Self {
        let started = u64::from(retry_after.subsec_nanos() > 0);
        let seconds = retry_after.as_secs().saturating_add(started);
        let body = r#"{"detail":"Too Many Requests"}"#;
        Self::replaced(StatusCode::TOO_MANY_REQUESTS, "application/json", body)
            .header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Sends half of the response, then closes the connection. The request is carried out.
    pub fn truncated_body() -> Self {
        Self::of(Effect::CarriedOut(Some(Transfer::Truncated)))
    }

    /// Sends a response that never ends. The request is carried out.
    pub fn endless_body() -> Self {
        Self::of(Effect::CarriedOut(Some(Transfer::Endless)))
    }

    /// Closes the connection without a response. The request is not carried out.
    pub fn dropped_before() -> Self {
        Self::of(Effect::Replaced(None))
    }

    /// Closes the connection without a response. The request is carried out.
    pub fn dropped_after() -> Self {
        Self::of(Effect::CarriedOut(None))
    }

    /// Applies the fault only to this operation.
    pub fn on(mut self, operation: Operation) -> Self {
        self.target = Target::Operation(operation);
        self
    }

    /// Applies the fault only to requests for the server's version (`GET /api/version`).
    ///
    /// Hardened servers respond to them with 403, 404 or an HTML page, and custom builds report
    /// other versions.
    ///
    /// ```
    /// use owui_groups_mock::{Fault, external::StatusCode};
    /// use serde_json::json;
    ///
    /// let hidden = Fault::status(StatusCode::FORBIDDEN, "").on_version();
    /// let self_built = Fault::json(StatusCode::OK, &json!({"version": "dev"})).on_version();
    /// # let _ = (hidden, self_built);
    /// ```
    pub fn on_version(mut self) -> Self {
        self.target = Target::Version;
        self
    }

    /// Skips this many matching requests first. For example, `after(2)` makes the third page of a
    /// list fail.
    pub fn after(mut self, requests: usize) -> Self {
        self.passes = requests;
        self
    }

    /// Applies the fault to this many requests. The default is 1.
    pub fn times(mut self, times: usize) -> Self {
        self.remaining = times;
        self
    }

    /// Sets a header in the response.
    ///
    /// This applies to the mock's own response and to one that replaces it. The headers that
    /// determine the end of a response (`content-length`, `transfer-encoding`, `connection`) cannot
    /// be set.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if !FRAMING.contains(&name) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Whether the fault applies to this request. Counts the request.
    pub(crate) fn applies_to(&mut self, route: &Route) -> bool {
        let is_for = match (self.target, route) {
            (Target::AnyOperation, Route::Operation(..)) | (Target::Version, Route::Version) => {
                true
            }
            (Target::Operation(only), Route::Operation(operation, _)) => only == *operation,
            _ => false,
        };
        if self.is_exhausted() || !is_for {
            return false;
        }
        if self.passes > 0 {
            self.passes -= 1;
            return false;
        }
        self.remaining -= 1;
        true
    }

    /// The reply to send, if any. `respond` carries out the request.
    pub(crate) fn reply(self, respond: impl FnOnce() -> http::Response<Bytes>) -> Option<Reply> {
        let mut reply = match self.effect {
            Effect::Replaced(response) => Reply::complete(response?),
            Effect::CarriedOut(transfer) => {
                let response = respond();
                let transfer = transfer?;
                Reply { response, transfer }
            }
        };
        reply.response.headers_mut().extend(self.headers);
        Some(reply)
    }

    pub(crate) fn is_exhausted(&self) -> bool {
        self.remaining == 0
    }

    fn of(effect: Effect) -> Self {
        Self {
            effect,
            headers: HeaderMap::new(),
            target: Target::AnyOperation,
            passes: 0,
            remaining: 1,
        }
    }

    fn replaced(status: StatusCode, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        let status = if status.is_informational() {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            status
        };
        Self::of(Effect::Replaced(Some(Response {
            status,
            content_type,
            body: body.into().into(),
        })))
    }
}
