//! The responses of handlers.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// A response, as the server's web framework would send it.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
}

/// The outcome of a handler: the JSON of a successful response, or another response.
pub(crate) type Outcome = Result<Value, Response>;

const JSON: &str = "application/json";
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

impl Response {
    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self {
            status,
            content_type: JSON,
            body: body.to_string().into(),
        }
    }

    /// Creates an error response with a status and a detail.
    pub(crate) fn error(status: StatusCode, detail: impl Into<Value>) -> Self {
        Self::json(status, &json!({ "detail": detail.into() }))
    }

    /// Creates the error response to invalid fields.
    pub(crate) fn validation_error(problems: Vec<Value>) -> Self {
        Self::error(StatusCode::UNPROCESSABLE_ENTITY, problems)
    }

    /// Creates the response to an exception that is not handled.
    pub(crate) fn internal_server_error() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            content_type: TEXT,
            body: Bytes::from_static(b"Internal Server Error"),
        }
    }

    /// Whether this is the response to an exception that is not handled.
    pub(crate) fn is_exception(&self) -> bool {
        self.status == StatusCode::INTERNAL_SERVER_ERROR && self.content_type == TEXT
    }

    /// Creates the page of the web app, which real servers return for unknown paths.
    pub(crate) fn web_page() -> Self {
        Self {
            status: StatusCode::OK,
            content_type: "text/html; charset=utf-8",
            body: Bytes::from_static(PAGE.as_bytes()),
        }
    }
}

impl From<Outcome> for Response {
    fn from(outcome: Outcome) -> Self {
        outcome.map_or_else(
            |response| response,
            |body| Self::json(StatusCode::OK, &body),
        )
    }
}

impl From<Response> for http::Response<Bytes> {
    fn from(response: Response) -> Self {
        let mut message = Self::new(response.body);
        *message.status_mut() = response.status;
        let content_type = HeaderValue::from_static(response.content_type);
        message
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        message
    }
}

/// A placeholder for the real page, with a similar head.
const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n\t<head>\n\t\t<meta charset=\"utf-8\" />\n\t\t\
                    <title>Open WebUI</title>\n\t</head>\n\t<body>\n\t\t<p>This is where the web app \
                    would be: the mock has no such path.</p>\n\t</body>\n</html>\n";
