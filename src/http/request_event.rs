//! What the trace shows of each request.

use std::time::Instant;

use http::Method;
use reqwest::{Request, Response};
use tracing::Level;

use crate::{
    error::Result,
    http::{secrets::headers::SecretHeaders, secrets::server_text::ServerText},
};

/// One request, until its response is there.
///
/// Boxed, so that the usual call does not pay for its size.
pub(crate) struct RequestEvent(Box<Described>);

struct Described {
    method: Method,
    path: String,
    resend_count: u32,
    sent: Instant,
}

impl RequestEvent {
    /// None if the trace does not show requests.
    pub(crate) fn new(
        request: &Request,
        resend_count: u32,
        secrets: &SecretHeaders,
    ) -> Option<Self> {
        tracing::event_enabled!(Level::DEBUG).then(|| {
            Self(Box::new(Described {
                method: request.method().clone(),
                path: ServerText::of_display(request.url().path(), secrets).to_string(),
                resend_count,
                sent: Instant::now(),
            }))
        })
    }

    /// The names of the fields are those of OpenTelemetry's conventions for HTTP.
    pub(crate) fn emit(self, outcome: &Result<Response>) {
        let Self(request) = self;
        let (status, kind) = match outcome {
            Ok(response) => (Some(response.status()), None),
            Err(error) => (error.status(), Some(error.kind())),
        };
        tracing::debug!(
            http.request.method = %request.method,
            url.path = request.path,
            http.response.status_code = status.map(|status| status.as_u16()),
            http.request.resend_count = request.resend_count,
            http.client.request.duration = request.sent.elapsed().as_secs_f64(),
            error.r#type = kind.map(tracing::field::debug),
            "request"
        );
    }
}
