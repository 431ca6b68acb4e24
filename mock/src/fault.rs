//! Failures on demand.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use owui_groups::Operation;
use serde_json::Value;

use crate::{
    reply::{Reply, Transfer},
    rules::{response::Response, routes::Route},
};

/// A failure that the mock shows instead of, or on top of, its own response.
///
/// It applies once, to the next groups operation, unless set otherwise.
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
    /// How many matching requests pass first.
    passes: usize,
    /// How many requests it still applies to.
    remaining: usize,
}

const FRAMING: [HeaderName; 3] = [
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
];

/// Which requests a fault is for.
#[derive(Clone, Copy, Debug)]
enum Target {
    AnyOperation,
    Operation(Operation),
    Version,
}

/// What a fault does to one request.
#[derive(Clone, Debug)]
enum Effect {
    /// The request is not carried out. This is sent in place of its response, if anything is.
    Replaced(Option<Response>),
    /// The request is carried out. Its response is sent like this, if it is.
    CarriedOut(Option<Transfer>),
}

impl Fault {
    /// The response comes late by this much. The work is done at once.
    pub fn delay(by: Duration) -> Self {
        Self::of(Effect::CarriedOut(Some(Transfer::Delayed(by))))
    }

    /// This status and body come instead; nothing is done. The body is
    /// declared as text; [`header`](Self::header) can set another
    /// `content-type`. A status below 200, which ends no request, becomes 500.
    pub fn status(status: StatusCode, body: impl Into<Vec<u8>>) -> Self {
        Self::replaced(status, "text/plain; charset=utf-8", body)
    }

    /// This status and JSON come instead; nothing is done.
    pub fn json(status: StatusCode, body: &Value) -> Self {
        Self::replaced(status, "application/json", body.to_string())
    }

    /// A web page comes instead, with status 200; nothing is done. So answers
    /// a proxy that wants a sign-in, and Open WebUI where it has no such path.
    pub fn html_page() -> Self {
        const PAGE: &str = "<!doctype html><html><head><title>Sign in</title></head></html>";
        Self::replaced(StatusCode::OK, "text/html; charset=utf-8", PAGE)
    }

    /// 429 comes instead, with `Retry-After` in whole seconds, rounded up; nothing is done.
    pub fn rate_limited(retry_after: Duration) -> Self {
        let started = u64::from(retry_after.subsec_nanos() > 0);
        let seconds = retry_after.as_secs().saturating_add(started);
        let body = r#"{"detail":"Too Many Requests"}"#;
        Self::replaced(StatusCode::TOO_MANY_REQUESTS, "application/json", body)
            .header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The work is done, but only half of the response comes before the connection is closed.
    pub fn truncated_body() -> Self {
        Self::of(Effect::CarriedOut(Some(Transfer::Truncated)))
    }

    /// The work is done, but the response never ends.
    pub fn endless_body() -> Self {
        Self::of(Effect::CarriedOut(Some(Transfer::Endless)))
    }

    /// The connection is closed without a response; nothing is done.
    pub fn dropped_before() -> Self {
        Self::of(Effect::Replaced(None))
    }

    /// The work is done, but the connection is closed without a response.
    pub fn dropped_after() -> Self {
        Self::of(Effect::CarriedOut(None))
    }

    /// Applies to this operation only.
    pub fn on(mut self, operation: Operation) -> Self {
        self.target = Target::Operation(operation);
        self
    }

    /// Applies to requests for the server's version (`GET /api/version`) only. Hardened servers
    /// respond with 403, 404 or a web page, and self-built ones report other versions.
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

    /// Lets this many requests pass before it applies: the third page of a
    /// list fails after two.
    pub fn after(mut self, requests: usize) -> Self {
        self.passes = requests;
        self
    }

    /// Applies to this many requests.
    pub fn times(mut self, times: usize) -> Self {
        self.remaining = times;
        self
    }

    /// Sets a header in the response, whether it is the mock's own or comes
    /// instead of it. A connection that is dropped has none. The headers that
    /// say where a response ends (`content-length`, `transfer-encoding`,
    /// `connection`) stay as they are.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if !FRAMING.contains(&name) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Whether the fault applies to a request for this, which is counted.
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

    /// What is sent, if anything is. `respond` carries out the request.
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
