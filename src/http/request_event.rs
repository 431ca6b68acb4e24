//! The trace event of each request.

use std::time::Instant;

use http::{Method, StatusCode};
use reqwest::{Request, Response};
use tracing::{Level, Span};

use crate::{
    error::Result,
    http::{secrets::headers::SecretHeaders, secrets::server_text::ServerText},
};

/// A request until its response arrives. If its future is dropped earlier, the event is emitted too.
///
/// Boxed, so that it costs little if the trace does not show requests.
pub(crate) struct RequestEvent(Box<Described>);

struct Described {
    /// The span of the call.
    span: Span,
    method: Method,
    path: String,
    resend_count: u32,
    sent: Instant,
    status: Option<StatusCode>,
    error: Option<String>,
}

impl RequestEvent {
    /// Returns `None` if the trace does not show requests.
    pub(crate) fn new(
        request: &Request,
        resend_count: u32,
        secrets: &SecretHeaders,
    ) -> Option<Self> {
        tracing::event_enabled!(Level::DEBUG).then(|| Self::start(request, resend_count, secrets))
    }

    #[cold]
    fn start(request: &Request, resend_count: u32, secrets: &SecretHeaders) -> Self {
        Self(Box::new(Described {
            span: Span::current(),
            method: request.method().clone(),
            path: ServerText::of_display(request.url().path(), secrets).to_string(),
            resend_count,
            sent: Instant::now(),
            status: None,
            error: Some("cancelled".to_owned()),
        }))
    }

    /// Records the end of the request. The event is emitted by the drop.
    #[cold]
    pub(crate) fn end(mut self, outcome: &Result<Response>) {
        (self.0.status, self.0.error) = match outcome {
            Ok(response) => (Some(response.status()), None),
            Err(error) => (error.status(), Some(format!("{:?}", error.kind()))),
        };
    }
}

/// The names of the fields are those of OpenTelemetry's conventions for HTTP.
impl Drop for RequestEvent {
    #[cold]
    fn drop(&mut self) {
        let request = &self.0;
        tracing::debug!(
            // A future may be dropped outside its span.
            parent: &request.span,
            http.request.method = %request.method,
            url.path = request.path,
            http.response.status_code = request.status.map(|status| status.as_u16()),
            http.request.resend_count = request.resend_count,
            http.client.request.duration = request.sent.elapsed().as_secs_f64(),
            error.r#type = request.error.as_ref().map(tracing::field::display),
            "request"
        );
    }
}
